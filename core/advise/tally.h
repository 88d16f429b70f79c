/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was seen of one capability: how often, how it went, and the evidence. */
#ifndef CAPTRACE_CORE_ADVISE_TALLY_H
#define CAPTRACE_CORE_ADVISE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cap_event;

/* What became of a check. */
enum check_outcome {
	/* Granted */
	GRANTED_NEEDED,   /* and nothing says that the operation could have done without */
	GRANTED_NARROW,   /* where a wider capability would have done as well */
	GRANTED_WIDE,     /* after a narrower one, which would have done, was denied */
	GRANTED_UNNEEDED, /* asked before it was known to be needed, and it wasn't */
	GRANTED_NOAUDIT,  /* unaudited */
	/* Denied */
	DENIED_FATAL,       /* and the system call failed for it */
	DENIED_REPLACED,    /* and a wider one, asked next, was granted */
	DENIED_COVERED,     /* beside a narrower one, which would have done */
	DENIED_RETRIED,     /* and the execve() failed, but the next one did not */
	DENIED_SUCCEEDED,   /* and the system call succeeded */
	DENIED_DROPPED,     /* though it was there to begin with: it has been given away */
	DENIED_NOT_FATAL,   /* and the system call did not fail for it, as far as is known */
	DENIED_OTHER_ERROR, /* and the system call failed for another reason */
	DENIED_NETLINK,     /* and the answer was a netlink message, not the call's result */
	DENIED_UNKNOWN,     /* and how the system call ended is not known */
	DENIED_NOAUDIT,     /* unaudited */
	CHECK_OUTCOMES
};

#define FIRST_DENIED DENIED_FATAL

/* One system call's part. */
struct tally_call {
	const char *name; /* NULL: none or not known */
	uint64_t granted, denied, refused, unaudited;
	uint64_t
		spare; /* GRANTED_UNNEEDED, DENIED_SUCCEEDED, and unaudited: what there is a reason for */
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

/* Counts @ev as @kind. Returns the index of its system call's part. */
unsigned int tally_add(struct tally *t, const struct cap_event *ev, enum check_outcome kind);

/* @count more like @ev, which was added as @kind to @call. */
void tally_add_more(struct tally *t, const struct cap_event *ev, unsigned int call,
		    enum check_outcome kind, uint64_t count);

/* A check that was counted as @from turns out to be @to; both granted or both denied. */
void tally_move(struct tally *t, unsigned int call, enum check_outcome from, enum check_outcome to);

/* The event's process has not asked for this before. */
void tally_add_process(struct tally *t, const struct cap_event *ev);

/* Keeps the event's stack, the first of each system call and verdict. */
void tally_add_stack(struct tally *t, const struct cap_event *ev);

uint64_t tally_granted(const struct tally *t);
uint64_t tally_denied(const struct tally *t);

#endif
