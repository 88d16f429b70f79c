// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers saved at the entry from user space lie at the end of a task's kernel stack. How
 * large that is, what is left free above them and how large they are is in no type information, or
 * differs: they are looked for while the calibrator is in a system call that is known.
 */
#include <inttypes.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/dump.h"
#include "ftrace/discover/internal.h"
#include "ftrace/discover/layout_find.h"

#define SEARCHES 4
#define END_SIZE 512 /* of the stack's end; struct pt_regs is the smaller part of it */

#define HEAD_SIZE 1024 /* of a task: stack is near its beginning */

static const size_t stack_sizes[] = {8192, 16384, 32768, 65536}; /* THREAD_SIZE */

/* How saved registers are recognised. */
enum recognition { BY_MODE, BY_ARGUMENTS };

static bool is_saved(const struct machine *m, const unsigned char *regs, enum recognition how)
{
	int nr = calibrator_syscall(CALIB_AUDITED);

	return how == BY_MODE ? machine_is_saved(m, regs, nr)
			      : machine_is_saved_with(m, regs, nr, calibrator_audited_args);
}

static size_t regs_end(const struct machine *m)
{
	int end = MAX(m->saved[SAVED_NR], m->saved[SAVED_MODE]);

	for (int i = 0; i < MACHINE_CALL_ARGS; i++)
		end = MAX(end, m->call_args[i]);
	return (size_t)end + m->word;
}

/* Where registers of the call lie in both dumps; -1: nowhere, -2: in more than one place. */
static int find_saved_by(const struct machine *m, const struct dump *first,
			 const struct dump *again, enum recognition how)
{
	int found = -1;

	for (size_t at = 0; at + regs_end(m) <= first->size; at += m->word)
		if (is_saved(m, first->data + at, how) && is_saved(m, again->data + at, how))
			found = found == -1 ? (int)at : -2;
	return found;
}

static int find_saved(const struct machine *m, const struct dump *first, const struct dump *again)
{
	int at = find_saved_by(m, first, again, BY_MODE);

	return at >= 0 ? at : find_saved_by(m, first, again, BY_ARGUMENTS);
}

/* The end of a task's stack, as the calibrator's first check leaves it. */
static int dump_end(const struct discovery *d, size_t from, unsigned char *out, struct err *e)
{
	const struct probe_context *ctx = d->ctx;
	char stack[64];
	struct dump_request req = {.base = stack, .from = from, .size = END_SIZE, .out = out};

	snprintf(stack, sizeof(stack), "+%d(@0x%" PRIx64 ")", ctx->layout.at[LAYOUT_TASK_STACK],
		 ctx->current[d->cfg.cpu]);
	return dump_read(d->trial, REFERENCE_ASK, &req, NULL, e);
}

static int search(struct discovery *d, struct err *e)
{
	struct probe_context *ctx = d->ctx;
	unsigned char first[END_SIZE], again[END_SIZE];
	struct dump one = {first, END_SIZE, ctx->machine->word}, two = {again, END_SIZE, one.word};

	for (size_t i = 0; i < ARRAY_SIZE(stack_sizes); i++) {
		size_t from = stack_sizes[i] - END_SIZE;
		int at, rc = dump_end(d, from, first, e);

		if (!rc && find_saved(ctx->machine, &one, &one) == -1)
			continue;
		/* Twice: what was only left there from before would have to be so again. */
		if (!rc)
			rc = dump_end(d, from, again, e);
		if (rc)
			return rc;
		at = find_saved(ctx->machine, &one, &two);
		if (at == -1)
			continue;
		if (at >= 0)
			ctx->layout.at[LAYOUT_STACK_REGS] = (int)from + at;
		return at >= 0 ? 0 : -ENODATA;
	}
	return -ENODATA;
}

/*
 * An event probe can't fetch the stack pointer, by which discovery knows task_struct.stack: here
 * the one of the task's pointers to whole pages is it at whose end the registers lie.
 */
static int search_stacks(struct discovery *d, struct err *e)
{
	struct probe_context *ctx = d->ctx;
	unsigned char head[HEAD_SIZE];
	struct dump task = {head, HEAD_SIZE, ctx->machine->word};
	char current[32];
	struct dump_request req = {.base = current, .size = HEAD_SIZE, .out = head};
	size_t from = 0;
	int at, rc;

	snprintf(current, sizeof(current), "@0x%" PRIx64, ctx->current[d->cfg.cpu]);
	rc = dump_read(d->trial, REFERENCE_ASK, &req, NULL, e);
	while (!rc && (at = dump_find_page(&task, from)) >= 0) {
		from = (size_t)at + task.word;
		ctx->layout.at[LAYOUT_TASK_STACK] = at;
		rc = search(d, e);
		if (rc != -ENODATA)
			return rc;
		rc = 0;
	}
	ctx->layout.at[LAYOUT_TASK_STACK] = LAYOUT_ABSENT;
	return rc ? rc : -ENODATA;
}

int discovery_find_regs(struct discovery *d, struct err *e)
{
	const struct probe_context *ctx = d->ctx;
	bool stack = layout_has(&ctx->layout, LAYOUT_TASK_STACK);
	struct err why = {0};
	int rc = -ENODATA;

	if (!ctx->current)
		return 0;
	/* What was left on the stack by chance in one search isn't in the next. */
	for (int i = 0; i < SEARCHES && rc == -ENODATA; i++)
		rc = stack ? search(d, &why) : search_stacks(d, &why);
	if (rc == -ENOMEM)
		return err_sys(e, rc, "saved registers");
	if (rc && d->fields & FIELD(SYSCALL))
		log_note("system calls are unknown: their saved registers were not found: %s",
			 *why.msg ? why.msg : "no place is the only one");
	return 0;
}
