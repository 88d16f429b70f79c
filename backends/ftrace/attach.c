// SPDX-License-Identifier: GPL-2.0-or-later
/* Attaches the probes, and follows CPUs that come up and go away. */
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
	const struct probe *p = &b->probes.probes[index];
	cleanup_free char *filter = NULL, *unaudited = NULL;
	struct feed_subscription sub = {
		.system = p->system,
		.event = p->event,
		.id = p->id,
		/* An event probe checks the CPU itself (ftrace/task/task_notes.h). */
		.cpu = hook_is_eprobe(p->dec.hook) ? -1 : p->cpu,
		/*
		 * If one is lost, an ended task's name is merely kept longer. These events come
		 * after a grace period, and some are counted but not recorded, although there is
		 * room (seen on 6.18).
		 */
		.loss_ok = p->dec.hook == HOOK_FREE,
		.stack = p->dec.hook == b->ctx.main || hook_caller(p->dec.hook),
	};
	int rc = ftrace_filter(b, p->dec.hook, false, &filter);

	if (!rc)
		rc = ftrace_filter(b, p->dec.hook, true, &unaudited);
	if (rc)
		return err_sys(e, rc, "filter");
	sub.filter = filter;
	rc = b->feed->ops->attach(b->feed, &sub, e);
	if (rc || !filter || !unaudited || !strcmp(filter, unaudited))
		return rc;
	sub.filter = unaudited;
	sub.count = true;
	return b->feed->ops->attach(b->feed, &sub, e);
}

/*
 * Attaches @hook on the CPU @only, or on all CPUs (-1). One probe serves all CPUs if it does not
 * need the current task.
 */
static int attach_hook(struct ftrace_backend *b, enum hook hook, int only, struct err *e)
{
	int rc = 0;

	if (!b->ctx.current || !hook_is_per_cpu(hook)) {
		if (only >= 0)
			return 0; /* the feed has attached it to the new CPU already */
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

/* Without commits it is unknown whether ids changed, and then the capability counts as needed. */
static int attach_commits(struct ftrace_backend *b, int cpu, struct err *e)
{
	struct err why = {0};
	int rc = -ENODATA;

	if (!b->ctx.current || !hook_can_commit(&b->ctx.layout))
		err_set(&why, rc, "the layout of struct cred is not fully known");
	else
		rc = attach_hook(b, HOOK_COMMIT, cpu, &why);
	if (rc == -ENOMEM)
		return err_set(e, rc, "%s", why.msg);
	if (rc)
		log_verbose("ftrace:%s: cannot tell whether system calls change ids: %s",
			    b->base.variant->name, why.msg);
	outcomes_know_commits(b->outcomes, !rc);
	return 0;
}

/* Without returns of system calls the outcomes are unknown, and the advice says so. */
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
		log_verbose("ftrace:%s: the outcomes of system calls are unknown: %s",
			    b->base.variant->name, why.msg);
		return 0;
	}
	if (!b->outcomes)
		b->outcomes = outcomes_new(b->ctx.machine);
	if (!b->outcomes)
		return err_sys(e, -ENOMEM, "ftrace");
	b->fields |= FIELD(OUTCOME);
	return attach_commits(b, cpu, e);
}

/* Without these hooks start-up is not told apart, and its checks are shown. */
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

/* @cpu: attaches what is missing on this CPU; -1: attaches all */
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

/* Whether the CPU already has the probes that it needs for itself. */
static bool has_probes(const struct ftrace_backend *b, int cpu)
{
	for (size_t i = 0; i < b->probes.len; i++)
		if (b->probes.probes[i].cpu == cpu)
			return true;
	return !b->ctx.current;
}

static int add_cpu(struct ftrace_backend *b, int cpu, struct err *e)
{
	int rc = b->feed->ops->set_cpu(b->feed, cpu, true, e);

	if (rc || has_probes(b, cpu))
		return rc;
	if (cpu >= b->ctx.cpus_room)
		return err_set(e, -ENOENT, "the address of its current task is unknown");
	rc = attach_all(b, cpu, e);
	/* The probe for the check has to be called after those for its task. */
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
			ftrace_startup_lose(b, "a CPU came up, and its tasks were not seen before");
		if (came ? add_cpu(b, cpu, &why) : b->feed->ops->set_cpu(b->feed, cpu, false, &why))
			log_note("CPU %d is not traced: %s", cpu, why.msg);
	}
}
