// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers saved at the entry from user space lie at the end of a task's kernel stack. How
 * large that is, what is left free above them and how large they are is in no type information, or
 * differs: they are looked for while the calibrator is in a system call that is known.
 */
#include <inttypes.h>
#include <string.h>

#include "backends/ftrace_backend.h"
#include "backends/ftrace_dump.h"
#include "compat/layout_find.h"
#include "compat/machine.h"
#include "core/err.h"
#include "core/log.h"
#include "core/util.h"

#define SEARCHES 4
#define END_SIZE 512 /* of the stack's end; struct pt_regs is the smaller part of it */

static const size_t stack_sizes[] = {8192, 16384, 32768, 65536}; /* THREAD_SIZE */

/* Where registers of this call lie in both dumps; -1: nowhere, -2: in more than one place. */
static int find_saved(const struct machine *m, const struct dump *first, const struct dump *again,
		      int nr)
{
	size_t last = (size_t)MAX(m->saved[SAVED_NR], m->saved[SAVED_MODE]);
	int found = -1;

	for (size_t at = 0; at + last + m->word <= first->size; at += m->word) {
		if (!machine_is_saved(m, first->data + at, nr) ||
		    !machine_is_saved(m, again->data + at, nr))
			continue;
		found = found == -1 ? (int)at : -2;
	}
	return found;
}

static int search(struct ftrace_backend *b, struct ftrace_trial *t, struct err *e)
{
	unsigned char first[END_SIZE], again[END_SIZE];
	struct dump one = {first, END_SIZE, b->machine->word}, two = {again, END_SIZE, one.word};
	char stack[64];

	snprintf(stack, sizeof(stack), "+%d(@0x%" PRIx64 ")", b->layout.at[LAYOUT_TASK_STACK],
		 b->current[b->cpu]);
	for (size_t i = 0; i < ARRAY_SIZE(stack_sizes); i++) {
		struct ftrace_dump d = {
			.base = stack,
			.from = stack_sizes[i] - END_SIZE,
			.size = END_SIZE,
			.out = first,
		};
		int at, rc = ftrace_dump(t, NULL, WITNESS_ASK, &d, e);

		/* Twice: what was only left there from before would have to be so again. */
		d.out = again;
		if (!rc)
			rc = ftrace_dump(t, NULL, WITNESS_ASK, &d, e);
		if (rc)
			return rc;
		at = find_saved(b->machine, &one, &two, calibrator_syscall(CALIB_AUDITED));
		if (at == -1)
			continue;
		if (at >= 0)
			b->layout.at[LAYOUT_STACK_REGS] = (int)d.from + at;
		return at >= 0 ? 0 : -ENODATA;
	}
	return -ENODATA;
}

int ftrace_find_regs(struct ftrace_backend *b, struct ftrace_trial *t, struct err *e)
{
	struct err why = {0};
	int rc;

	if (!b->current || !layout_has(&b->layout, LAYOUT_TASK_STACK))
		return 0;
	/* What was left on the stack by chance in one search isn't in the next. */
	for (int i = 0; i < SEARCHES; i++) {
		rc = search(b, t, &why);
		if (rc != -ENODATA)
			break;
	}
	if (rc == -ENOMEM)
		return err_sys(e, rc, "saved registers");
	if (rc && b->cfg.fields & CAP_HAVE(SYSCALL))
		log_note("system calls are unknown: their saved registers were not found: %s",
			 *why.msg ? why.msg : "no place is the only one");
	return 0;
}
