// SPDX-License-Identifier: GPL-2.0-or-later
/* Describes the ftrace backend: facts for doctor, and the capabilities it needs while tracing. */
#include <linux/capability.h>

#include "backends/ftrace/backend.h"
#include "compat/host/host_caps.h"
#include "core/base/util.h"
#include "ftrace/discover/discovery.h"
#include "ftrace/feed/feed.h"

/* DAC_OVERRIDE: tracefs may belong to another user, and probes have to be removed at the end. */
uint64_t ftrace_keeps(const struct backend *base)
{
	return host_caps_for_perf() | UINT64_C(1) << CAP_DAC_OVERRIDE | UINT64_C(1) << CAP_IPC_LOCK;
}

static const char *verdict_origin(const struct ftrace_backend *b)
{
	if (!(b->fields & FIELD(VERDICT)))
		return "unknown";
	if (b->ctx.main != HOOK_MAIN)
		return "from the tracepoint";
	if (b->pair)
		return b->compute ? "computed if possible, else from cap_capable's return"
				  : "from cap_capable's return";
	return b->compute ? "computed from what the probe fetches, verified with a return probe"
			  : "unknown";
}

static void describe_layout(const struct ftrace_backend *b,
			    void (*fact)(void *arg, const char *key, const char *value), void *arg)
{
	char missing[512] = "";
	size_t n = 0;

	fact(arg, "layout", layout_origin_name(b->ctx.layout.origin));
	for (int f = 0; layout_is_discovered((enum layout_field)f) && n < sizeof(missing); f++)
		if (!layout_has(&b->ctx.layout, (enum layout_field)f) &&
		    discovery_looks_for(&b->ctx, (enum layout_field)f))
			n += (size_t)snprintf(missing + n, sizeof(missing) - n, "%s%s",
					      n ? ", " : "",
					      layout_field_name((enum layout_field)f));
	if (n)
		fact(arg, "layout_lacks", missing);
}

static const char *current_origin(const struct ftrace_backend *b)
{
	if (!b->ctx.current)
		return "not found: the task's fields are unknown";
	return b->ctx.by_symbol ? "found by a per-CPU symbol" : "found by the code of task_curr";
}

void ftrace_describe(const struct backend *base,
		     void (*fact)(void *arg, const char *key, const char *value), void *arg)
{
	const struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);
	char buf[192];

	if (b->ctx.main == HOOK_MAIN)
		fact(arg, "fourth_argument", calibration_form(&b->cal, buf, sizeof(buf)));
	fact(arg, "verdicts", verdict_origin(b));
	if (b->ctx.main != HOOK_TRACEPOINT) {
		describe_layout(b, fact, arg);
		fact(arg, "current_task", current_origin(b));
		fact(arg, "saved_registers",
		     layout_has(&b->ctx.layout, LAYOUT_STACK_REGS) ? "found on the stack"
								   : "not found");
	}
	fact(arg, "inlined_callers", callers_names(b->cal.inlined, buf, sizeof(buf)));
	if (b->cal.unknown)
		fact(arg, "untried_callers", callers_names(b->cal.unknown, buf, sizeof(buf)));
	if (b->ctx.main == HOOK_EPROBE)
		fact(arg, "probes", "event probes on the tracepoint");
	fact(arg, "ring",
	     b->ctx.feed_ops == &feed_perf ? "perf" : "trace_pipe_raw of a private instance");
}
