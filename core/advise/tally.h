/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tally of one capability: how often it was asked for, what became of that, the evidence. */
#ifndef CAPTRACE_CORE_ADVISE_TALLY_H
#define CAPTRACE_CORE_ADVISE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cap_event;

/* What became of a check. Those that were granted come first. */
enum check_outcome {
	/* Granted, and nothing says that the operation could have done without it. */
	GRANTED_NEEDED,
	/* Granted. A wider capability would have done as well. */
	GRANTED_NARROW,
	/* Granted, after a narrower capability that would have done was denied. */
	GRANTED_WIDE,
	/* Granted. The kernel asked before it knew whether it was needed, and it was not. */
	GRANTED_UNNEEDED,
	/* Granted, asked without audit: the kernel only chose between two ways to go on. */
	GRANTED_NOAUDIT,
	/* Denied, and the system call failed for it. */
	DENIED_FATAL,
	/* Denied. The kernel then asked for a wider capability, which was granted. */
	DENIED_REPLACED,
	/* Denied, but a narrower capability, asked for before or after it, would have done. */
	DENIED_COVERED,
	/* Denied, and the execve() failed for it, but the next execve() of the thread succeeded. */
	DENIED_RETRIED,
	/* Denied, and the system call succeeded. */
	DENIED_SUCCEEDED,
	/* Denied. The process had the capability before and has given it away. */
	DENIED_DROPPED,
	/* Denied, and the system call did not fail for it: what it returned is not known. */
	DENIED_NOT_FATAL,
	/* Denied, and the system call failed for another reason. */
	DENIED_OTHER_ERROR,
	/* Denied. Whether that was an error is in a netlink message, not in the call's result. */
	DENIED_NETLINK,
	/* Denied, and how the system call ended is not known. */
	DENIED_UNKNOWN,
	/* Denied, asked without audit: the kernel only chose between two ways to go on. */
	DENIED_NOAUDIT,
	CHECK_OUTCOMES
};

#define FIRST_DENIED DENIED_FATAL

/* One system call's part. */
struct tally_call {
	const char *name; /* NULL: none or not known */
	uint64_t granted, denied, refused, unaudited;
	uint64_t unneeded; /* checks that the call did not need: see rule_reason() */
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
	int refused_error;    /* errno of the last refusal; 0: none */
	uint32_t userns;      /* the first that it was asked in; 0: not known */
	struct tally_call calls[TALLY_CALLS_MAX];
	size_t calls_len;
	uint64_t processes; /* different ones, at least */
	struct tally_process procs[TALLY_PROCS_MAX];
	size_t procs_len;
	struct tally_stack stacks[TALLY_STACKS_MAX];
	size_t stacks_len;
};

struct tally *tally_new(int cap);
void tally_free(struct tally *t);

/* Counts @ev as @outcome. Returns the index of its system call's part. */
unsigned int tally_add(struct tally *t, const struct cap_event *ev, enum check_outcome outcome);

/* @count more like @ev, which was added as @outcome to @call. */
void tally_add_more(struct tally *t, const struct cap_event *ev, unsigned int call,
		    enum check_outcome outcome, uint64_t count);

/* A check that was counted as @from turns out to be @to; both granted or both denied. */
void tally_move(struct tally *t, unsigned int call, enum check_outcome from, enum check_outcome to);

/* The event's process has not asked for this before. */
void tally_add_process(struct tally *t, const struct cap_event *ev);

/* Keeps the event's stack, the first of each system call and verdict. */
void tally_add_stack(struct tally *t, const struct cap_event *ev);

uint64_t tally_granted(const struct tally *t);
uint64_t tally_denied(const struct tally *t);

#endif
