/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of values that a probe records. It is rendered as the probe's arguments, and the event's
 * `format` then says where each value is in a raw record. Each value costs time at every hit, so
 * two adjacent values of four bytes are read as one of eight.
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
	/* the check's target namespace */
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
	FETCH_V1_NUMBER, /* of the hierarchy, to be compared with cgroup_v1.number */
	FETCH_V1_LEVEL,
	FETCH_V1_CGROUP,
	FETCH_NR, /* in the order of enum saved_reg */
	FETCH_IP,
	FETCH_MODE,
	FETCH_CX,
	FETCH_R11,
	FETCH_FLAGS,
	FETCH_INSN,
	FETCH_CALL_ARG, /* the system call's first MACHINE_CALL_ARGS arguments */
	FETCH_CALL_ARG_LAST = FETCH_CALL_ARG + 2,
	FETCH_COMPAT_ARG, /* the same in the registers that a 32-bit task uses */
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
	/* tracepoints about tasks */
	FETCH_PID,
	FETCH_CLONE_FLAGS,
	FETCH_NEW_COMM,
	FETCH_ID, /* of a system call */
	FETCH_DST_ROOT,
	FETCH_DST_LEVEL,
	/* probes about tasks */
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
	/* for discovery, and arrays of pointers */
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
	bool merged;        /* read together with the value before it */
	bool alone;         /* used in a filter: do not merge */
	unsigned int count; /* length of an array; 0: a single value */
	long offset;
	char base[FETCH_BASE_MAX];
};

struct fetch {
	struct fetch_arg args[FETCH_ARGS_MAX];
	size_t len;
	bool overflow;
	char condition[FETCH_CONDITION_MAX]; /* "": none */
};

/*
 * Fetches the memory at @offset from the address that @base ("%di", "+8(%di)", "@0xffff…") yields.
 */
void fetch_mem(struct fetch *f, enum fetch_value v, enum fetch_type type, long offset,
	       const char *base, ...) __attribute__((format(printf, 5, 6)));

/* Fetches an array of @count values of 64 bits from there; at most 64 (4.20, 40b53b771806). */
void fetch_array(struct fetch *f, enum fetch_value v, unsigned int count, long offset,
		 const char *base);

/* Fetches the value of @expr itself: a register, $retval, $comm. */
void fetch_expr(struct fetch *f, enum fetch_value v, enum fetch_type type, const char *expr);

/*
 * Fetches, and records, only if @condition holds: a filter on the probed event's own fields. For
 * event probes only (6.0, 752be5c5c910). The kernel evaluates it before it fetches any value.
 */
void fetch_if(struct fetch *f, const char *condition, ...) __attribute__((format(printf, 2, 3)));

/* Marks a value that a filter will use, so that it is not merged with another. */
void fetch_keep_alone(struct fetch *f, enum fetch_value v);

/* The name of a value in probe definitions and filters; it may be in @buf. */
const char *fetch_name(enum fetch_value v, char buf[8]);

/*
 * Sets @text to the probe's arguments; the caller frees it. -E2BIG if they exceed a probe's limit
 * of 4,096 bytes. (Older kernels also limit each argument to 63 bytes.)
 */
int fetch_render(struct fetch *f, char **text);

/* Where the values are in a raw record. */
struct fetch_map {
	struct {
		uint16_t offset;
		uint16_t size; /* bytes; 0: the record does not have the value */
		bool is_signed;
	} at[FETCH_VALUES];
	uint32_t size; /* minimum bytes of a record: all but its strings */
};

/* Parses @format, the text of the event's `format` file, with libtraceevent. */
int fetch_map_init(struct fetch_map *m, const struct fetch *f, const char *format, size_t len,
		   struct err *e);

static inline bool fetch_has(const struct fetch_map *m, enum fetch_value v)
{
	return m->at[v].size;
}

/* The value in @raw, extended to 64 bits according to its type; 0 if the record lacks it. */
int64_t fetch_get(const struct fetch_map *m, enum fetch_value v, const void *raw, uint32_t size);

/* The address of an array in @raw, and its bytes in @len; NULL if the record does not have it. */
const void *fetch_get_array(const struct fetch_map *m, enum fetch_value v, const void *raw,
			    uint32_t size, size_t *len);

/* Copies a string of at most @room - 1 bytes. False if the record does not have it. */
bool fetch_get_string(const struct fetch_map *m, enum fetch_value v, const void *raw, uint32_t size,
		      char *to, size_t room);

#endif
