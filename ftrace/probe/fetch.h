/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a probe fetches: a list of named values, rendered as probe arguments, and found again in the
 * raw records by the event's `format`. Each fetched value costs every hit, so two neighbours of four
 * bytes are read as one of eight.
 */
#ifndef CAPTRACE_FTRACE_PROBE_FETCH_H
#define CAPTRACE_FTRACE_PROBE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum fetch_value {
	FETCH_CAP,
	FETCH_OPTS,
	FETCH_RET,
	FETCH_COMM,
	/* credentials */
	FETCH_UID,
	FETCH_GID,
	FETCH_EUID,
	FETCH_SUID,
	FETCH_SGID,
	FETCH_EGID,
	FETCH_FSUID,
	FETCH_FSGID,
	FETCH_PERMITTED,
	FETCH_SECUREBITS,
	FETCH_CAPS,
	FETCH_CRED_NS,
	FETCH_CRED_INUM,
	FETCH_CRED_LEVEL,
	/* the namespace asked about */
	FETCH_NS,
	FETCH_NS_INUM,
	FETCH_NS_LEVEL,
	FETCH_NS_OWNER,
	FETCH_NS_PARENT,
	/* the current task */
	FETCH_TID,
	FETCH_TGID,
	FETCH_STATUS,
	FETCH_NSPROXY,
	FETCH_MNTNS,
	FETCH_CGROUP,
	FETCH_V1_NUMBER, /* of the hierarchy, to be compared */
	FETCH_V1_LEVEL,
	FETCH_V1_CGROUP,
	FETCH_NR, /* in the order of enum saved_reg */
	FETCH_IP,
	FETCH_MODE,
	FETCH_CX,
	FETCH_R11,
	FETCH_FLAGS,
	FETCH_INSN,
	FETCH_CALL_ARG, /* of the system call: MACHINE_CALL_ARGS of them */
	FETCH_CALL_ARG_LAST = FETCH_CALL_ARG + 2,
	FETCH_COMPAT_ARG, /* where a 32-bit task has them */
	FETCH_COMPAT_ARG_LAST = FETCH_COMPAT_ARG + 2,
	/* credentials that are being replaced */
	FETCH_OLD_UID,
	FETCH_OLD_GID,
	FETCH_OLD_SUID,
	FETCH_OLD_SGID,
	FETCH_OLD_EUID,
	FETCH_OLD_EGID,
	FETCH_OLD_FSUID,
	FETCH_OLD_FSGID,
	/* arguments of an inlined caller */
	FETCH_ARG1,
	FETCH_ARG2,
	FETCH_SP,    /* the stack pointer */
	FETCH_FRAME, /* pairs an entry with its return (machine.frame) */
	/* of tracepoints about tasks */
	FETCH_PID,
	FETCH_CLONE_FLAGS,
	FETCH_NEW_COMM,
	FETCH_ID, /* of a system call */
	FETCH_DST_ROOT,
	FETCH_DST_LEVEL,
	/* of probes about tasks */
	FETCH_TASK_FLAGS,
	FETCH_EXE,
	FETCH_ROOT_MNT,
	FETCH_ROOT_DENTRY,
	FETCH_CSET,
	FETCH_CURRENT_CSET,
	FETCH_LEVEL,
	FETCH_ABOVE,
	FETCH_ABOVE_LEVEL,
	FETCH_ABOVE_V1,
	FETCH_ABOVE_V1_LEVEL,
	/* anything: discovery and the like */
	FETCH_WORD,
	FETCH_WORD_LAST = FETCH_WORD + 99,
	FETCH_VALUES
};

#define FETCH_BASE_MAX      120
#define FETCH_CONDITION_MAX 32
#define FETCH_ARGS_MAX      112 /* the kernel's MAX_TRACE_ARGS is 128 */

enum fetch_type { FETCH_U32, FETCH_S32, FETCH_U64, FETCH_STRING };

struct fetch_arg {
	enum fetch_value value;
	enum fetch_type type;
	bool deref;
	bool merged;        /* read with the one before it */
	bool alone;         /* a filter names it: don't merge */
	unsigned int count; /* of an array; 0: one value */
	long offset;
	char base[FETCH_BASE_MAX];
};

struct fetch {
	struct fetch_arg args[FETCH_ARGS_MAX];
	size_t len;
	bool overflow;
	char condition[FETCH_CONDITION_MAX]; /* "": none */
};

/* The memory at @offset from the address that @base ("%di", "+8(%di)", "@0xffff…") yields. */
void fetch_mem(struct fetch *f, enum fetch_value v, enum fetch_type type, long offset,
	       const char *base, ...) __attribute__((format(printf, 5, 6)));

/* An array of @count values of 64 bits there; at most 64 (4.20, 40b53b771806). */
void fetch_array(struct fetch *f, enum fetch_value v, unsigned int count, long offset,
		 const char *base);

/* What @expr itself yields: a register, $retval, $comm. */
void fetch_expr(struct fetch *f, enum fetch_value v, enum fetch_type type, const char *expr);

/*
 * Fetches only where @condition, a filter on the probed event's own fields, holds: event probes only
 * (6.0, 752be5c5c910). It is decided before anything is fetched.
 */
void fetch_if(struct fetch *f, const char *condition, ...) __attribute__((format(printf, 2, 3)));

/* Marks a value that a filter will name. */
void fetch_keep_alone(struct fetch *f, enum fetch_value v);

/* The name of a value in definitions and filters. */
const char *fetch_name(enum fetch_value v, char buf[8]);

/*
 * The arguments as text, to be freed. -E2BIG for more than a probe can have (4,096 bytes of text,
 * 63 of one argument on older kernels).
 */
int fetch_render(struct fetch *f, char **text);

/* Where the values are in a raw record. */
struct fetch_map {
	struct {
		uint16_t offset;
		uint16_t size; /* 0: not there */
		bool is_signed;
	} at[FETCH_VALUES];
	uint32_t size; /* bytes of a record without strings */
};

/* From the text of the event's `format` file, through libtraceevent. */
int fetch_map_init(struct fetch_map *m, const struct fetch *f, const char *format, size_t len,
		   struct err *e);

static inline bool fetch_has(const struct fetch_map *m, enum fetch_value v)
{
	return m->at[v].size;
}

/* The value in @raw, extended to 64 bits as its type says; 0 if it isn't there. */
int64_t fetch_get(const struct fetch_map *m, enum fetch_value v, const void *raw, uint32_t size);

/* Where an array is, and its bytes; NULL if it isn't there. */
const void *fetch_get_array(const struct fetch_map *m, enum fetch_value v, const void *raw,
			    uint32_t size, size_t *len);

/* Copies a string of at most @room - 1 bytes. False if it isn't there. */
bool fetch_get_string(const struct fetch_map *m, enum fetch_value v, const void *raw, uint32_t size,
		      char *to, size_t room);

#endif
