// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds where each CPU keeps its current task. The address of a per-CPU variable is that of its
 * symbol plus the CPU's offset, and the array of offsets is a symbol, too. The result is verified
 * for each event: its task fields count only if the task's thread id is that of the record.
 */
#include <inttypes.h>
#include <string.h>

#include "compat/host/ksyms.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/internal.h"

enum symbol { SYM_OFFSETS, SYM_CURRENT_TASK, SYM_PCPU_HOT, SYM_ENTRY_TASK, SYM_RUNQUEUES, SYMBOLS };

static const char *const names[SYMBOLS] = {
	[SYM_OFFSETS] = "__per_cpu_offset",
	[SYM_CURRENT_TASK] = "current_task", /* x86 up to 6.1, and since 6.15 */
	[SYM_PCPU_HOT] = "pcpu_hot",         /* x86, 6.2 (e57ef2ed97c1) to 6.14: first member */
	[SYM_ENTRY_TASK] = "__entry_task",   /* arm64 (c02433dd6de3, 4.10), arm since 5.16 */
	[SYM_RUNQUEUES] = "runqueues",       /* any machine; needs the offset of rq.curr */
};

/* Returns the variable's address without the offset of a CPU, or 0, and sets @name. */
static uint64_t choose(const struct probe_context *ctx, const struct ksym *syms, const char **name)
{
	for (int i = SYM_CURRENT_TASK; i < SYM_RUNQUEUES; i++)
		if (syms[i].addr) {
			*name = names[i];
			return syms[i].addr;
		}
	*name = names[SYM_RUNQUEUES];
	if (syms[SYM_RUNQUEUES].addr && layout_has(&ctx->layout, LAYOUT_RQ_CURR))
		return syms[SYM_RUNQUEUES].addr + (uint64_t)ctx->layout.at[LAYOUT_RQ_CURR];
	return 0;
}

static int read_offsets(struct discovery *d, uint64_t array, struct err *e)
{
	struct probe_context *ctx = d->ctx;
	size_t n = (size_t)ctx->cpus_room;
	cleanup_free uint64_t *addrs = calloc(n, sizeof(*addrs));

	if (!addrs)
		return err_sys(e, -ENOMEM, "per-CPU offsets");
	for (size_t i = 0; i < n; i++)
		addrs[i] = array + i * ctx->machine->word;
	return trial_peek(d->trial, addrs, ctx->current, n, e);
}

/* The fields that need the current task. */
#define TASK_FIELDS (FIELD(PID) | FIELD(SYSCALL) | FIELD(MNTNS) | FIELD(CGROUPID))

/* A note and not only with -v, because users get these fields by default. */
static void report_unknown(const struct discovery *d, const char *why)
{
	char fields[256] = "";
	size_t n = 0;

	for (int f = 0; f < CAP_FIELD_COUNT; f++)
		if (d->fields & TASK_FIELDS & UINT64_C(1) << f && n < sizeof(fields))
			n += (size_t)snprintf(fields + n, sizeof(fields) - n, "%s%s", n ? ", " : "",
					      event_field_name((enum cap_field)f));
	if (n)
		log_note("%s: unknown, because the current task can't be found (%s)", fields, why);
}

static int without_symbols(struct discovery *d, const char *why, struct err *e)
{
	struct err no_guess = {0};
	char reason[sizeof(no_guess.msg) + 64];
	int rc = trial_peek(d->trial, NULL, NULL, 0, e);

	if (rc)
		return rc;
	if (!why && !discovery_guess_current(d, &no_guess)) {
		log_verbose("%s: the current task's address is taken from the code of task_curr",
			    d->ctx->name);
		discovery_next_guess(d);
		return 0;
	}
	if (!why)
		snprintf(reason, sizeof(reason),
			 "no data symbols (needs CONFIG_KALLSYMS_ALL), and %s", no_guess.msg);
	report_unknown(d, why ? why : reason);
	return 0;
}

int discovery_find_current(struct discovery *d, struct err *e)
{
	struct probe_context *ctx = d->ctx;
	struct ksym syms[SYMBOLS];
	struct err why = {0};
	const char *name;
	uint64_t base;
	int rc;

	for (int i = 0; i < SYMBOLS; i++)
		syms[i] = (struct ksym){.name = names[i]};
	rc = ksyms_resolve(syms, SYMBOLS, &why);
	base = rc ? 0 : choose(ctx, syms, &name);
	if (!base)
		return without_symbols(d, rc ? why.msg : NULL, e);
	ctx->current = calloc((size_t)ctx->cpus_room, sizeof(*ctx->current));
	if (!ctx->current)
		return err_sys(e, -ENOMEM, "per-CPU offsets");
	/* A kernel built without CONFIG_SMP has no offsets. */
	rc = syms[SYM_OFFSETS].addr ? read_offsets(d, syms[SYM_OFFSETS].addr, e)
				    : trial_peek(d->trial, NULL, NULL, 0, e);
	if (rc)
		return rc;
	for (int cpu = 0; cpu < ctx->cpus_room; cpu++)
		ctx->current[cpu] += base;
	if (ctx->machine->word == 4)
		for (int cpu = 0; cpu < ctx->cpus_room; cpu++)
			ctx->current[cpu] &= UINT32_MAX;
	ctx->by_symbol = true;
	log_verbose("%s: the current task is at %s of each CPU", ctx->name, name);
	return 0;
}
