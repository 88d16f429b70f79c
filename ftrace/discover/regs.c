// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the registers saved at the entry from user space, which are at the end of a task's kernel
 * stack. The size of the stack, the gap above the registers and their size differ, or are in no
 * type information. So discovery searches the stack while the calibrator is in a known system call.
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
#define END_SIZE 512 /* bytes of the stack's end, of which struct pt_regs is the smaller part */

#define HEAD_SIZE 1024 /* bytes of a task: its stack pointer is near the start */

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

/* Finds the offset at which both dumps have registers of the call; -1: none, -2: more than one. */
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

/* Dumps the end of the calibrator's stack during its first check. */
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
		/*
		 * Twice, to rule out a remnant of an earlier call, which is unlikely to be there
		 * again.
		 */
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
 * Discovery finds task_struct.stack by the stack pointer, which an event probe can't fetch. Here it
 * is the one of the task's pointers to pages that leads to a stack with the registers at its end.
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
	/* A remnant on the stack that disturbed one search is unlikely to be there in the next. */
	for (int i = 0; i < SEARCHES && rc == -ENODATA; i++)
		rc = stack ? search(d, &why) : search_stacks(d, &why);
	if (rc == -ENOMEM)
		return err_sys(e, rc, "saved registers");
	if (rc && d->fields & FIELD(SYSCALL))
		log_note("system calls are unknown: the saved registers were not found: %s",
			 *why.msg ? why.msg : "no place on the stack is the only one that fits");
	return 0;
}
