// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells apart what container runtimes and systemd do in a cgroup before the program it is for. */
#include "ftrace/task/startup.h"

#include "backends/ftrace/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/startup_probe.h"
#include "ftrace/task/startup_record.h"

/* In the order of attaching. The last is attached already if there is b->comms. */
static const enum hook hooks[] = {
	HOOK_CGROUP_ATTACHED, HOOK_EXECED, HOOK_CGROUP_ATTACH, HOOK_NEWTASK, HOOK_EXEC, HOOK_FREE,
};

/* Why start-up cannot be told apart, in @buf; "": it can be. */
static void why_not(const struct ftrace_backend *b, char *buf, size_t size)
{
	const struct hook_cfg cfg = {.layout = &b->ctx.layout};
	const char *lack = startup_lacks(&cfg);

	buf[0] = '\0';
	if (b->cfg.cgroups->v1 && !b->ctx.v1.number)
		snprintf(buf, size, "a task's cgroup in the version 1 hierarchy is unknown");
	else if (b->ctx.main != HOOK_MAIN)
		snprintf(buf, size, "that requires probes on functions");
	else if (!b->ctx.current || !(b->fields & FIELD(PID)))
		snprintf(buf, size, "the current task is unknown");
	else if (lack)
		snprintf(buf, size, "the offset of %s is unknown", lack);
}

size_t ftrace_startup_hooks(const struct ftrace_backend *b, const enum hook **out)
{
	char why[128];

	if (!(b->cfg.fields & FIELD(STARTUP)) || !b->cfg.cgroups)
		return 0;
	why_not(b, why, sizeof(why));
	if (why[0]) {
		log_verbose("ftrace:%s: runtime start-up cannot be told apart: %s",
			    b->base.variant->name, why);
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
		log_verbose("ftrace:%s: runtime start-up cannot be told apart: %s",
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
		log_note("runtime start-up can no longer be told apart (%s); its checks are shown "
			 "from now on",
			 why);
}

/* After stop() the feed's count includes records that have not been read yet, so it is ignored. */
static void look_for_losses(struct ftrace_backend *b)
{
	if (!b->stopped && b->feed->ops->lost(b->feed))
		ftrace_startup_lose(b, "records were lost");
	else if (b->missed)
		ftrace_startup_lose(b, "probe hits were missed");
}

void ftrace_startup_on_record(struct ftrace_backend *b, const struct probe *p,
			      const struct feed_record *r)
{
	if (!b->startup)
		return;
	startup_take(b->startup, &p->dec, r, b->cfg.cgroups->v1);
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
