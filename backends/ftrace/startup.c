// SPDX-License-Identifier: GPL-2.0-or-later
/* What container runtimes and systemd do in a cgroup before the program that it is for. */
#include "ftrace/task/startup.h"

#include "backends/ftrace/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/startup_probe.h"
#include "ftrace/task/startup_record.h"

/* In the order in which they are attached; the last is attached for b->comms, too. */
static const enum hook hooks[] = {
	HOOK_CGROUP_ATTACHED, HOOK_EXECED, HOOK_CGROUP_ATTACH, HOOK_NEWTASK, HOOK_EXEC, HOOK_FREE,
};

static const char *why_not(const struct ftrace_backend *b)
{
	const struct hook_cfg cfg = {.layout = &b->ctx.layout};

	if (b->cfg.cgroups->v1 && !b->ctx.v1.number)
		return "it takes a task's cgroup in version 1";
	if (b->ctx.main != HOOK_MAIN)
		return "it takes probes";
	if (!b->ctx.current || !(b->fields & FIELD(PID)))
		return "it takes the current task";
	return startup_lacks(&cfg);
}

size_t ftrace_startup_hooks(const struct ftrace_backend *b, const enum hook **out)
{
	const char *lack;

	if (!(b->cfg.fields & FIELD(STARTUP)) || !b->cfg.cgroups)
		return 0;
	lack = why_not(b);
	if (lack) {
		log_verbose("ftrace:%s: what is a runtime's start-up is unknown: %s",
			    b->base.variant->name, lack);
		return 0;
	}
	*out = hooks;
	return ARRAY_SIZE(hooks) - (b->comms ? 1 : 0);
}

int ftrace_startup_attached(struct ftrace_backend *b, int rc, const char *why, struct err *e)
{
	if (rc == -ENOMEM)
		return err_set(e, rc, "%s", why);
	if (rc) {
		log_verbose("ftrace:%s: what is a runtime's start-up is unknown: %s",
			    b->base.variant->name, why);
		ftrace_startup_lose(b, why);
		return 0;
	}
	if (!b->startup)
		b->startup = startup_new();
	b->fields |= FIELD(STARTUP);
	return b->startup ? 0 : err_sys(e, -ENOMEM, "ftrace");
}

void ftrace_startup_lose(struct ftrace_backend *b, const char *why)
{
	if (b->startup && startup_lose(b->startup))
		log_note("from here on it is unknown what is a runtime's start-up, and that is "
			 "shown, too: %s",
			 why);
}

/* At the end the feed's count is of what has not been read yet. */
static void look_for_losses(struct ftrace_backend *b)
{
	if (!b->stopped && b->feed->ops->lost(b->feed))
		ftrace_startup_lose(b, "records were lost");
	else if (b->missed)
		ftrace_startup_lose(b, "probes were missed");
}

void ftrace_startup_on_record(struct ftrace_backend *b, const struct probe *src,
			      const struct feed_record *r)
{
	if (!b->startup)
		return;
	startup_take(b->startup, &src->dec, r, b->cfg.cgroups->v1);
}

static uint64_t key_of(const struct ftrace_backend *b, const struct cap_event *ev)
{
	if (event_has(ev, FIELD(CGROUP_KEY)))
		return ev->cgroup_key;
	return event_has(ev, FIELD(CGROUPID)) && !b->ctx.v1.number ? ev->cgroupid : 0;
}

void ftrace_startup_set(struct ftrace_backend *b, struct cap_event *ev)
{
	enum startup_tri is;

	if (!b->startup || !event_has(ev, FIELD(PID)))
		return;
	look_for_losses(b);
	is = startup_of(b->startup, ev->pid, key_of(b, ev));
	if (is == STARTUP_UNKNOWN)
		return;
	ev->startup = is == STARTUP_YES;
	ev->have |= FIELD(STARTUP);
}
