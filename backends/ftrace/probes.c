// SPDX-License-Identifier: GPL-2.0-or-later
/* The probes of the ftrace backend: what they fetch, their filters, and their missed hits. */
#include <inttypes.h>
#include <string.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/outcome.h"
#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"

struct probe_cfg ftrace_probe_cfg(const struct ftrace_backend *b)
{
	return (struct probe_cfg){
		.fields = b->cfg.fields,
		.caps = b->caps,
		.compute = b->compute,
		/* Calibration tries both: computed verdicts and those of returns. */
		.pair = b->pair || (b->discovery && b->ctx.main == HOOK_MAIN),
		.pin_uid = b->cfg.prefilter.has_uid,
		.cal = &b->cal,
	};
}

int ftrace_define(struct ftrace_backend *b, enum hook hook, int cpu, struct err *e)
{
	const struct probe_cfg cfg = ftrace_probe_cfg(b);

	return probe_table_define(&b->probes, &b->ctx, hook, cpu, &cfg, e);
}

bool ftrace_wanted(const struct ftrace_backend *b, enum hook hook)
{
	int cap = hook_caller_cap(hook);

	if (cap >= 0 && !(b->cfg.prefilter.caps >> cap & 1))
		return false;
	/* This hook is hit at every mmap and brk, and its unaudited checks would be left out. */
	return hook != HOOK_OVERCOMMIT || !b->cfg.prefilter.audited_only;
}

/*
 * Lists the wanted capabilities or the others, whichever are fewer: older kernels accept at most
 * 128 comparisons.
 */
static void filter_caps(FILE *out, uint64_t caps)
{
	bool few = __builtin_popcountll(caps) <= 32;
	const char *sep = "(";

	if (caps == UINT64_MAX)
		return;
	for (int cap = 0; cap < 64; cap++) {
		if ((caps >> cap & 1) != few)
			continue;
		fprintf(out, few ? "%scap == %d" : "%scap != %d", sep, cap);
		sep = few ? " || " : " && ";
	}
	fprintf(out, few && caps ? " || cap > 63) && " : few ? "(cap > 63) && " : ") && ");
}

/*
 * @unaudited: a filter for what passes all conditions but audited_only, to count what is left out.
 * The verdict is only known in user space; if it is a condition, user space does the counting.
 */
static void filter_main(const struct ftrace_backend *b, FILE *out, bool unaudited)
{
	const struct prefilter *pre = &b->cfg.prefilter;
	bool by_verdict = pre->verdicts != ((1 << CAP_ALLOW) | (1 << CAP_DENY));

	filter_caps(out, pre->caps);
	/* If not everything is traced, the kernel would count other processes' checks, too. */
	if (!pre->audited_only || by_verdict || !b->ctx.feed_ops->counts || !b->cfg.target.all ||
	    b->ctx.main != HOOK_MAIN)
		return;
	if (b->cal.form == OPTS_BITS)
		fputs(unaudited ? "opts & 2 && " : "!(opts & 2) && ", out);
	else if (b->cal.form == OPTS_AUDIT)
		fputs(unaudited ? "opts == 0 && " : "opts != 0 && ", out);
}

int ftrace_filter(const struct ftrace_backend *b, enum hook hook, bool unaudited, char **out)
{
	cleanup_free char *text = NULL;
	size_t len = 0;
	FILE *f;

	*out = NULL;
	if (hook == HOOK_SYSCALL) {
		*out = outcomes_filter(b->ctx.machine);
		return *out ? 0 : -ENOMEM;
	}
	f = open_memstream(&text, &len);
	if (!f)
		return -ENOMEM;
	if (hook == b->ctx.main || hook == HOOK_TASK)
		filter_main(b, f, unaudited);
	if (hook == HOOK_PRCTL)
		fputs("a1 == 28 && ", f); /* PR_SET_SECUREBITS */
	if (hook == HOOK_MMAP_ADDR)
		fprintf(f, "a1 < %" PRIu64 " && ", b->cal.mmap_min_addr);
	if (b->cfg.prefilter.has_uid &&
	    (hook == HOOK_MAIN || hook_is_eprobe(hook) || hook_caller(hook)))
		fprintf(f, "uid == %" PRIu32 " && ", b->cfg.prefilter.uid);
	if (fclose(f))
		return -ENOMEM;
	if (len < 4)
		return 0;
	text[len - 4] = '\0'; /* the last " && " */
	*out = text;
	text = NULL;
	return 0;
}

/*
 * A line of kprobe_profile is "  check0_123_456_789         10        2". All probes on one
 * function miss a hit together, so the most that one of them missed counts for each hook.
 */
uint64_t ftrace_missed(const struct ftrace_backend *b)
{
	char path[4200], name[128];
	cleanup_fclose FILE *f = NULL;
	cleanup_free char *line = NULL;
	uint64_t most[HOOKS_COUNT] = {0}, sum = 0, missed;
	size_t room = 0;

	snprintf(path, sizeof(path), "%s/kprobe_profile", tracedir_path(b->ctx.tracedir));
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0) {
		if (sscanf(line, "%127s %*u %" SCNu64, name, &missed) != 2 || !missed)
			continue;
		for (size_t i = 0; i < b->probes.len; i++)
			if (!strcmp(b->probes.probes[i].event, name))
				most[b->probes.probes[i].dec.hook] =
					MAX(most[b->probes.probes[i].dec.hook], missed);
	}
	for (int hook = 0; hook < HOOKS_COUNT; hook++)
		sum += most[hook];
	return sum;
}
