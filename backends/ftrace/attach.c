// SPDX-License-Identifier: GPL-2.0-or-later
/* Which probes are attached where, and what CPUs that come and go mean for that. */
#include <string.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/outcome.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"

#define LOOK_NS 20000000

static int attach_probe(struct ftrace_backend *b, int index, struct err *e)
{
	const struct probe *s = &b->probes.probes[index];
	cleanup_free char *filter = NULL, *unaudited = NULL;
	struct feed_subscription src = {
		.system = s->system,
		.event = s->event,
		.id = s->id,
		/* An event probe asks itself where it is called (ftrace/task/task_notes.h). */
		.cpu = hook_is_eprobe(s->dec.hook) ? -1 : s->cpu,
		/*
		 * An ended task's name is only kept for longer. These come in the wake of a grace
		 * period, and some are counted and not recorded, though there is room (t, 6.18).
		 */
		.loss_ok = s->dec.hook == HOOK_FREE,
		.stack = s->dec.hook == b->ctx.main || hook_caller(s->dec.hook),
	};
	int rc = ftrace_filter(b, s->dec.hook, false, &filter);

	if (!rc)
		rc = ftrace_filter(b, s->dec.hook, true, &unaudited);
	if (rc)
		return err_sys(e, rc, "filter");
	src.filter = filter;
	rc = b->feed->ops->attach(b->feed, &src, e);
	if (rc || !filter || !unaudited || !strcmp(filter, unaudited))
		return rc;
	src.filter = unaudited;
	src.count = true;
	return b->feed->ops->attach(b->feed, &src, e);
}

/* On the CPU @only, or on all (-1). What doesn't need the current task is for all CPUs. */
static int attach_hook(struct ftrace_backend *b, enum hook hook, int only, struct err *e)
{
	int rc = 0;

	if (!b->ctx.current || !hook_is_per_cpu(hook)) {
		if (only >= 0)
			return 0; /* the feed has seen to it */
		rc = ftrace_define(b, hook, -1, e);
		return rc < 0 ? rc : attach_probe(b, rc, e);
	}
	for (int cpu = 0; cpu < b->ctx.cpus.len && rc >= 0; cpu++) {
		if (!cpus_has(&b->ctx.cpus, cpu) || (only >= 0 && cpu != only))
			continue;
		rc = ftrace_define(b, hook, cpu, e);
		if (rc >= 0)
			rc = attach_probe(b, rc, e);
	}
	return MIN(rc, 0);
}

/* Without it whether ids changed is unknown, and what they were asked for counts as needed. */
static int attach_commits(struct ftrace_backend *b, int cpu, struct err *e)
{
	struct err why = {0};
	int rc = -ENODATA;

	if (!b->ctx.current || !hook_can_commit(&b->ctx.layout))
		err_set(&why, rc, "not all of struct cred is known");
	else
		rc = attach_hook(b, HOOK_COMMIT, cpu, &why);
	if (rc == -ENOMEM)
		return err_set(e, rc, "%s", why.msg);
	if (rc)
		log_verbose("ftrace:%s: whether system calls change ids is unknown: %s",
			    b->base.variant->name, why.msg);
	outcomes_know_commits(b->outcomes, !rc);
	return 0;
}

/* Without it the outcomes are unknown, and the advice says so. */
static int attach_outcomes(struct ftrace_backend *b, int cpu, struct err *e)
{
	struct err why = {0};
	int rc;

	if (!(b->cfg.fields & FIELD(OUTCOME)) || !(b->fields & FIELD(SYSCALL)))
		return 0;
	rc = attach_hook(b, HOOK_SYSCALL, cpu, &why);
	if (rc == -ENOMEM)
		return err_set(e, rc, "%s", why.msg);
	if (rc) {
		log_verbose("ftrace:%s: how system calls end is unknown: %s", b->base.variant->name,
			    why.msg);
		return 0;
	}
	if (!b->outcomes)
		b->outcomes = outcomes_new(b->ctx.machine);
	if (!b->outcomes)
		return err_sys(e, -ENOMEM, "ftrace");
	b->fields |= FIELD(OUTCOME);
	return attach_commits(b, cpu, e);
}

/* Without it nobody's start-up is told apart, and what it asked for is shown. */
static int attach_startup(struct ftrace_backend *b, int cpu, struct err *e)
{
	const enum hook *hooks;
	size_t len = ftrace_startup_hooks(b, &hooks);
	struct err why = {0};
	int rc = 0;

	if (!len)
		return 0;
	for (size_t i = 0; i < len && !rc; i++)
		rc = attach_hook(b, hooks[i], cpu, &why);
	return ftrace_startup_attached(b, rc, why.msg, e);
}

/* @cpu: that one alone; -1: all */
static int attach_all(struct ftrace_backend *b, int cpu, struct err *e)
{
	int rc = 0;

	if (b->follow || b->comms)
		rc = attach_hook(b, HOOK_FORK, cpu, e);
	if (!rc && b->comms)
		rc = attach_hook(b, HOOK_RENAME, cpu, e);
	if (!rc && b->comms)
		rc = attach_hook(b, HOOK_FREE, cpu, e);
	if (!rc && b->notes)
		rc = attach_hook(b, HOOK_TASK, cpu, e);
	if (!rc)
		rc = attach_startup(b, cpu, e);
	if (!rc && b->returns)
		rc = attach_hook(b, HOOK_RETURN, cpu, e);
	if (!rc)
		rc = attach_hook(b, b->ctx.main, cpu, e);
	for (int hook = HOOK_CAPSET; hook <= HOOK_OVERCOMMIT && !rc; hook++)
		if (b->inlined & hook_caller((enum hook)hook))
			rc = attach_hook(b, (enum hook)hook, cpu, e);
	return rc ? rc : attach_outcomes(b, cpu, e);
}

int ftrace_attach(struct ftrace_backend *b, struct err *e)
{
	return attach_all(b, -1, e);
}

static const char *main_event(const struct ftrace_backend *b)
{
	for (size_t i = 0; i < b->probes.len; i++)
		if (b->probes.probes[i].dec.hook == b->ctx.main)
			return b->probes.probes[i].event;
	return "";
}

/* All that it needs of its own. */
static bool has_probes(const struct ftrace_backend *b, int cpu)
{
	for (size_t i = 0; i < b->probes.len; i++)
		if (b->probes.probes[i].cpu == cpu)
			return true;
	return !b->ctx.current;
}

static int take_in(struct ftrace_backend *b, int cpu, struct err *e)
{
	int rc = b->feed->ops->set_cpu(b->feed, cpu, true, e);

	if (rc || has_probes(b, cpu))
		return rc;
	if (cpu >= b->ctx.cpus_room)
		return err_set(e, -ENOENT, "where it keeps its current task is not known");
	rc = attach_all(b, cpu, e);
	/* The check itself has to come after what tells of its task. */
	return rc || !b->notes ? rc : b->feed->ops->last(b->feed, main_event(b), e);
}

void ftrace_follow_cpus(struct ftrace_backend *b)
{
	struct cpus now, before = b->ctx.cpus;
	struct err why = {0};
	uint64_t ns = clock_mono_ns();

	if (ns - b->cpus_looked < LOOK_NS)
		return;
	b->cpus_looked = ns;
	cpus_online(&now);
	if (now.len == before.len && !memcmp(now.bits, before.bits, sizeof(now.bits)))
		return;
	b->ctx.cpus = now;
	for (int cpu = 0; cpu < MAX(now.len, before.len); cpu++) {
		bool came = cpus_has(&now, cpu);

		if (came == cpus_has(&before, cpu))
			continue;
		log_verbose("CPU %d %s", cpu, came ? "came up" : "went away");
		b->cpu_came |= came;
		if (came)
			ftrace_startup_lose(b, "a CPU came up, whose tasks were not seen before");
		if (came ? take_in(b, cpu, &why) : b->feed->ops->set_cpu(b->feed, cpu, false, &why))
			log_note("CPU %d is not traced: %s", cpu, why.msg);
	}
}
