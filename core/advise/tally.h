/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tally of one capability: how often it was checked, with which outcomes, and the evidence. */
#ifndef CAPTRACE_CORE_ADVISE_TALLY_H
#define CAPTRACE_CORE_ADVISE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cap_event;

/* What became of a check. Granted outcomes come first. */
enum check_outcome {
	/* Granted, and no rule says that the operation could do without it. */
	GRANTED_NEEDED,
	/* Granted. A wider capability would have been enough too. */
	GRANTED_NARROW,
	/* Granted, after a narrower capability that would have been enough was denied. */
	GRANTED_WIDE,
	/* Granted. The kernel checked before it knew whether it needed the capability; it did not. */
	GRANTED_UNNEEDED,
	/* Granted, checked without audit: the kernel only chose between two ways to go on. */
	GRANTED_NOAUDIT,
	/* Denied, and the system call failed because of it. */
	DENIED_FATAL,
	/* Denied. The kernel then checked a wider capability, which was granted. */
	DENIED_REPLACED,
	/* Denied, but a narrower capability, checked before or after it, would have been enough. */
	DENIED_COVERED,
	/* Denied, and the execve() failed because of it, but the thread's next execve() succeeded. */
	DENIED_RETRIED,
	/* Denied, but the system call succeeded. */
	DENIED_SUCCEEDED,
	/* Denied. The process had the capability before and has dropped it. */
	DENIED_DROPPED,
	/* Denied, but the system call did not fail because of it. Its result is not known. */
	DENIED_NOT_FATAL,
	/* Denied, but the system call failed for another reason. */
	DENIED_OTHER_ERROR,
	/* Denied. Whether that was an error is in a netlink message, not in the call's result. */
	DENIED_NETLINK,
	/* Denied, and how the system call ended is not known. */
	DENIED_UNKNOWN,
	/* Denied, checked without audit: the kernel only chose between two ways to go on. */
	DENIED_NOAUDIT,
	CHECK_OUTCOMES
};

#define FIRST_DENIED DENIED_FATAL

/* The checks of one system call. */
struct tally_call {
	const char *name; /* NULL: no system call, or not known */
	uint64_t granted, denied, refused, unaudited;
	uint64_t unneeded; /* checks the call did not need: those rule_reason() may explain */
};

#define TALLY_CALLS_MAX  32
#define TALLY_PROCS_MAX  8
#define TALLY_STACKS_MAX 4

struct tally_process {
	int32_t pid;
	unsigned int origin;
	char comm[16];
};

/* A kernel stack as text, innermost frame first. */
struct tally_stack {
	const char *syscall;
	bool denied;
	char **frames;
	size_t len;
};

struct tally {
	int cap;
	uint64_t n[CHECK_OUTCOMES];
	uint64_t unaudited, audit_unknown;
	uint64_t first, last; /* Unix ns; 0: not known */
	int refused_error;    /* errno of the last call that failed because of a denial; 0: none */
	uint32_t userns;      /* target of the first check; 0: not known */
	struct tally_call calls[TALLY_CALLS_MAX];
	size_t calls_len;
	uint64_t processes; /* distinct ones; a lower limit */
	struct tally_process procs[TALLY_PROCS_MAX];
	size_t procs_len;
	struct tally_stack stacks[TALLY_STACKS_MAX];
	size_t stacks_len;
};

struct tally *tally_new(int cap);
void tally_free(struct tally *t);

/* Counts @ev as @outcome. Returns the index of its system call in `calls`. */
unsigned int tally_add(struct tally *t, const struct cap_event *ev, enum check_outcome outcome);

/* Counts @count more checks like @ev, which tally_add() counted as @outcome in @call. */
void tally_add_more(struct tally *t, const struct cap_event *ev, unsigned int call,
		    enum check_outcome outcome, uint64_t count);

/* Counts one check of @call as @to and no longer as @from; both granted or both denied. */
void tally_move(struct tally *t, unsigned int call, enum check_outcome from, enum check_outcome to);

/* Records the process of @ev, which has not been checked for this capability before. */
void tally_add_process(struct tally *t, const struct cap_event *ev);

/* Keeps the stack of @ev unless there is one of the same system call and verdict. */
void tally_add_stack(struct tally *t, const struct cap_event *ev);

uint64_t tally_granted(const struct tally *t);
uint64_t tally_denied(const struct tally *t);

#endif
