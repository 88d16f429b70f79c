/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One capability check, in the one form that every backend produces and every filter and sink
 * reads. A field is valid only if its bit is set in `have`: what a variant cannot know is absent,
 * never 0 and never a guess.
 */
#ifndef CAPTRACE_CORE_EVENT_EVENT_H
#define CAPTRACE_CORE_EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cap_field {
	CAP_FIELD_TIMESTAMP,
	CAP_FIELD_PID,
	CAP_FIELD_TID,
	CAP_FIELD_COMM,
	CAP_FIELD_UID,
	CAP_FIELD_GID,
	CAP_FIELD_CAP,
	CAP_FIELD_AUDIT,
	CAP_FIELD_INSETID,
	CAP_FIELD_VERDICT,
	CAP_FIELD_SYSCALL,
	CAP_FIELD_CAPS,
	CAP_FIELD_TARGET_USERNS,
	CAP_FIELD_CURRENT_USERNS,
	CAP_FIELD_MNTNS,
	CAP_FIELD_CGROUPID,
	CAP_FIELD_CGROUP_KEY,
	CAP_FIELD_STARTUP,
	CAP_FIELD_KSTACK,
	/* From identity, never from a backend. */
	CAP_FIELD_RUNTIME,
	CAP_FIELD_CONTAINER,
	CAP_FIELD_CONTAINERID,
	CAP_FIELD_POD,
	CAP_FIELD_NAMESPACE,
	CAP_FIELD_NODE,
	CAP_FIELD_UNIT,
	CAP_FIELD_CGROUP,
	/* Not fields of a check: whether struct cap_outcome and struct cap_exec are delivered. */
	CAP_FIELD_OUTCOME,
	CAP_FIELD_EXEC,
	CAP_FIELD_CRED_OVERRIDE, /* cred_override; has no column */
	CAP_FIELD_COUNT
};

#define FIELD(field) (UINT64_C(1) << (CAP_FIELD_##field))

/* Every field of a check that a backend can give. */
#define FIELDS_BACKEND (FIELD(RUNTIME) - 1)

/* All fields that identity can give. */
#define FIELDS_IDENTITY                                                                           \
	(FIELD(RUNTIME) | FIELD(CONTAINER) | FIELD(CONTAINERID) | FIELD(POD) | FIELD(NAMESPACE) | \
	 FIELD(NODE) | FIELD(UNIT) | FIELD(CGROUP))
/* What a backend can give besides FIELDS_BACKEND. */
#define FIELDS_EXTRA (FIELD(OUTCOME) | FIELD(EXEC) | FIELD(CRED_OVERRIDE))

/* The fields of FIELDS_IDENTITY that are about the container. */
#define FIELDS_CONTAINER \
	(FIELD(RUNTIME) | FIELD(CONTAINER) | FIELD(CONTAINERID) | FIELD(POD) | FIELD(NAMESPACE))

/* Events that are equal in these are one row with --unique, and counted together by advice. */
#define UNIQUE_FIELDS                                                                \
	(FIELD(COMM) | FIELD(CAP) | FIELD(VERDICT) | FIELD(AUDIT) | FIELD(SYSCALL) | \
	 FIELD(TARGET_USERNS) | FIELD(STARTUP) | FIELDS_IDENTITY)

enum cap_verdict { CAP_ALLOW, CAP_DENY };

/* A kernel stack frame, innermost first. */
struct cap_frame {
	uint64_t addr;
	const char *symbol; /* NULL: unknown; the backend's, valid during the callback */
	uint64_t offset;    /* of @addr in @symbol */
};

/*
 * The members are in three parts. A new one goes into the part whose description fits:
 *
 *  1. `have` and the time, which differ from event to event;
 *  2. from `pid` to `owner`: values that, together with `have`, decide what the event looks like.
 *     Where these bytes are equal, the text of one event is used for another
 *     (core/output/render_cache.c). So every value that is shown must be here, unless it is in part
 *     3, and nothing but padding may be here that can differ without being shown;
 *  3. what is stored elsewhere: frames and texts. First the backend's, then, from `runtime` on,
 *     identity's, which a backend must not touch: it clears an event only up to there
 *     (backends/bpf/decode.c).
 *
 * Both files assert what they rely on.
 */
struct cap_event {
	uint64_t have;      /* FIELD() bits */
	uint64_t timestamp; /* Unix time of the check, ns */
	int32_t pid;        /* thread group, initial PID namespace */
	int32_t tid;        /* thread, initial PID namespace */
	char comm[16];      /* any bytes, NUL-terminated */
	uint32_t uid;       /* cred->uid as the initial user namespace sees it */
	uint32_t gid;
	int32_t cap;  /* any number the kernel was asked for */
	bool audit;   /* false: CAP_OPT_NOAUDIT */
	bool insetid; /* CAP_OPT_INSETID */
	enum cap_verdict verdict;
	const char *syscall;     /* static; name in the table of the task's ABI at that time */
	uint64_t caps;           /* cred->cap_effective */
	uint32_t target_userns;  /* inode of the namespace asked about */
	uint32_t current_userns; /* inode of the credentials' namespace */
	uint32_t mntns;          /* inode of the task's mount namespace */
	uint64_t cgroupid;       /* of the task, cgroup v2 */
	uint64_t cgroup_key;     /* of the task, for identity (core/event/cgroup.h) */
	/*
	 * The task was put into its cgroup from outside and has not executed a program there since:
	 * it is a container's runtime, or the child of systemd that becomes a unit.
	 */
	bool startup;
	/*
	 * The credentials were not the task's own, but replaced them for a while
	 * (override_creds()): those of the task that mounted an overlayfs, or, in access(), a copy
	 * with other ids.
	 */
	bool cred_override;
	/*
	 * Stands for all that identity has set below: events with the same number have the same
	 * values there. 0: nothing is known about that.
	 */
	uint64_t owner;
	const struct cap_frame *kstack;
	size_t kstack_len;
	unsigned int origin; /* which recording it is from, of several; 0 for a running kernel */
	const char *runtime, *container, *containerid, *pod, *namespace, *node, *unit;
	const char *cgroup; /* path of the cgroup that cgroup_key names */
	/* Labels of the container and its pod, "key=value", NULL-terminated; or NULL. */
	const char *const *labels;
};

/*
 * How a system call ended in which the kernel checked for a capability. Reported for every audited
 * check that was denied, and for those granted ones that the call may not have needed (SETUID,
 * SETGID, SETPCAP, FSETID, NET_ADMIN, SYS_ADMIN, SYS_NICE). It applies to the thread's checks from
 * `since` to `until`, and comes after them.
 */
struct cap_outcome {
	/*
	 * Unix ns of the first of the checks and of the return from the call; 0: the clock is
	 * unknown
	 */
	uint64_t since, until;
	int32_t pid, tid;
	bool refused; /* the call failed with EPERM or EACCES */
	bool has_ret; /* false: only `refused` is known */
	int64_t ret;  /* what the call returned; a negative errno if it failed */
	bool has_ids;
	bool ids_changed; /* a user or group id of the thread has changed since the check */
	bool has_permitted;
	uint64_t permitted; /* cred->cap_permitted after the call */
	bool has_args;
	uint64_t args[3]; /* the first arguments of the call */
	unsigned int origin;
};

/* A process has executed a file. */
struct cap_exec {
	uint64_t timestamp; /* Unix ns */
	int32_t pid, tid;
	const char *filename; /* as passed to execve(); valid during the callback */
	unsigned int origin;
};

static inline bool event_has(const struct cap_event *ev, uint64_t bits)
{
	return (ev->have & bits) == bits;
}

/* The name of the system call, or NULL. */
static inline const char *event_syscall(const struct cap_event *ev)
{
	return event_has(ev, FIELD(SYSCALL)) ? ev->syscall : NULL;
}

/* "timestamp", "pid", … for diagnostics; NULL past the last field. */
const char *event_field_name(enum cap_field field);

#endif
