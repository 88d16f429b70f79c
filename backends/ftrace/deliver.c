// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns the feed's records into events while tracing, and delivers them. */
#include <sched.h>
#include <string.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/outcome.h"
#include "compat/calibrate/callers.h"
#include "compat/host/kstack.h"
#include "core/base/util.h"
#include "core/event/drop.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/returns.h"
#include "ftrace/task/comms.h"
#include "ftrace/task/follow.h"
#include "ftrace/task/task_notes.h"

/* Enough frames to identify the caller: the hook, one or two LSM functions, and the caller. */
#define AUDIT_FRAMES 8

uint32_t ftrace_frames(const struct ftrace_backend *b)
{
	if (b->cfg.fields & FIELD(KSTACK))
		return FEED_FRAMES_MAX;
	return b->audit ? AUDIT_FRAMES : 0;
}

void ftrace_set_audit(const struct ftrace_backend *b, const struct feed_record *r,
		      struct cap_event *ev)
{
	if (b->audit &&
	    callers_judge(b->audit, feed_frames(r), r->frames_len, &ev->audit, &ev->insetid))
		ev->have |= FIELD(AUDIT) | FIELD(INSETID);
}

static void set_stack(struct ftrace_backend *b, const struct feed_record *r, struct cap_event *ev)
{
	size_t from = kstack_fill(b->frames, b->ksyms, feed_frames(r), r->frames_len);

	if (from == r->frames_len)
		from = 0;
	ev->kstack = b->frames + from;
	ev->kstack_len = r->frames_len - from;
	ev->have |= FIELD(KSTACK);
}

/* Excluding captrace itself by one number is enough: it has a single thread. */
static bool is_target(struct ftrace_backend *b, const struct feed_record *r, int32_t tid)
{
	if (!b->follow)
		return (r->pid > 0 ? r->pid : tid) != getpid();
	/* In a child PID namespace, a target's number in the initial one is not known before. */
	if (b->ctx.in_child_pidns && follow_is_seed(b->follow, r->pid))
		follow_add(b->follow, tid);
	return follow_has(b->follow, tid);
}

static void on_task(struct ftrace_backend *b, const struct probe *p, const struct feed_record *r)
{
	const struct fetch_map *map = &p->dec.map;
	const void *raw = feed_raw(r);
	int32_t tid = (int32_t)fetch_get(map, FETCH_PID, raw, r->size);
	enum fetch_value name = p->dec.hook == HOOK_RENAME ? FETCH_NEW_COMM : FETCH_COMM;
	char comm[COMM_SIZE];
	struct feed_entry entry;

	memcpy(&entry, raw, sizeof(entry));
	if (b->comms && p->dec.hook == HOOK_FREE)
		comms_drop(b->comms, tid);
	else if (b->comms && fetch_get_string(map, name, raw, r->size, comm, sizeof(comm)))
		comms_set(b->comms, tid, comm);
	if (!b->follow || p->dec.hook != HOOK_FORK)
		return;
	is_target(b, r, entry.pid);
	follow_fork(b->follow, entry.pid, tid,
		    fetch_get(map, FETCH_CLONE_FLAGS, raw, r->size) & CLONE_THREAD);
}

/* A record's time as Unix time, ns; 0: unknown */
static uint64_t unix_time(const struct ftrace_backend *b, uint64_t time)
{
	return b->feed->clock_unknown ? 0 : time + b->clock_offset;
}

static void deliver(struct ftrace_backend *b, struct cap_event *ev, const struct hook_call *call)
{
	if (b->outcomes)
		outcomes_before(b->outcomes, ev->tid, call, b->handler);
	b->handler->event(b->handler, ev);
	if (b->outcomes)
		outcomes_after(b->outcomes, ev, call);
}

void ftrace_on_verdict(void *arg, struct cap_event *ev, const struct hook_call *call)
{
	deliver(arg, ev, call);
}

/* Holds the check until its return gives the verdict. False if there is no need to. */
static bool hold(struct ftrace_backend *b, const struct probe *p, const struct feed_record *r,
		 const struct cap_event *ev, const struct hook_call *call)
{
	int64_t frame = fetch_get(&p->dec.map, FETCH_FRAME, feed_raw(r), r->size);

	return b->returns && p->dec.hook == HOOK_MAIN && !event_has(ev, FIELD(VERDICT)) &&
	       !returns_hold(b->returns, ev, call, (uint64_t)(frame + b->pair_frame));
}

static void on_check(struct ftrace_backend *b, const struct probe *p, const struct feed_record *r,
		     struct cap_event *ev, const struct hook_call *call)
{
	const char *comm = b->comms ? comms_get(b->comms, ev->tid) : NULL;

	ev->timestamp = unix_time(b, ev->timestamp);
	if (comm) {
		memcpy(ev->comm, comm, sizeof(ev->comm));
		ev->have |= FIELD(COMM);
	}
	ftrace_set_audit(b, r, ev);
	if (r->frames_len && b->frames)
		set_stack(b, r, ev);
	ftrace_startup_set(b, ev);
	ev->have &= b->fields & (b->cfg.fields | FIELD(AUDIT));
	if (!hold(b, p, r, ev, call))
		deliver(b, ev, call);
}

static void on_return(struct ftrace_backend *b, const struct probe *p, const struct feed_record *r)
{
	const struct fetch_map *map = &p->dec.map;
	const void *raw = feed_raw(r);
	struct feed_entry entry;

	memcpy(&entry, raw, sizeof(entry));
	if (b->returns)
		returns_match(b->returns, entry.pid,
			      (uint64_t)fetch_get(map, FETCH_FRAME, raw, r->size),
			      (int32_t)fetch_get(map, FETCH_RET, raw, r->size));
}

static void on_commit(struct ftrace_backend *b, const struct probe *p, const struct feed_record *r)
{
	struct hook_commit commit;
	struct feed_entry entry;
	struct hook_call call;
	bool known;

	if (!b->outcomes)
		return;
	memcpy(&entry, feed_raw(r), sizeof(entry));
	hook_call(&p->dec, r, &call);
	known = hook_commit(&p->dec, r, &commit);
	outcomes_commit(b->outcomes, entry.pid, &call, known ? &commit : NULL, b->handler);
}

static void on_syscall(struct ftrace_backend *b, const struct probe *p, const struct feed_record *r)
{
	const void *raw = feed_raw(r);
	struct feed_entry entry;

	memcpy(&entry, raw, sizeof(entry));
	if (b->outcomes)
		outcomes_return(b->outcomes, entry.pid,
				fetch_get(&p->dec.map, FETCH_ID, raw, r->size),
				fetch_get(&p->dec.map, FETCH_RET, raw, r->size),
				unix_time(b, r->time), b->handler);
}

bool ftrace_decode(const struct ftrace_backend *b, const struct probe *p,
		   const struct feed_record *r, struct cap_event *ev, struct hook_call *call)
{
	if (!hook_decode(&p->dec, r, ev))
		return false;
	/* Only these two need the system call. */
	if (b->outcomes || b->notes)
		hook_call(&p->dec, r, call);
	if (p->dec.hook == HOOK_TASK)
		task_notes_put(b->notes, ev, call);
	else if (b->notes)
		task_notes_take(b->notes, ev, call);
	return p->dec.hook != HOOK_TASK;
}

void ftrace_on_record(void *arg, const struct feed_record *r)
{
	struct ftrace_backend *b = arg;
	const struct probe *p = probe_table_of(&b->probes, r);
	struct hook_call call = {0};
	struct cap_event ev;

	if (!p)
		return;
	if (p->dec.hook == HOOK_FREE || p->dec.hook > HOOK_COMMIT)
		ftrace_startup_on_record(b, p, r);
	if (p->dec.hook == HOOK_FORK || p->dec.hook == HOOK_RENAME || p->dec.hook == HOOK_FREE)
		on_task(b, p, r);
	else if (p->dec.hook == HOOK_SYSCALL)
		on_syscall(b, p, r);
	else if (p->dec.hook == HOOK_COMMIT)
		on_commit(b, p, r);
	else if (p->dec.hook == HOOK_RETURN)
		on_return(b, p, r);
	else if (p->dec.hook < HOOK_SYSCALL && ftrace_decode(b, p, r, &ev, &call)) {
		if (is_target(b, r, ev.tid))
			on_check(b, p, r, &ev, &call);
		else
			debug_drop(b->follow ? "not a target" : "captrace's own check", &ev, NULL);
	}
}
