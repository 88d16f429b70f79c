// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calibration of the ftrace backend: the calibrator's checks are known, so what a probe says of
 * them is compared with it, field by field. What doesn't agree is left out.
 */
#include <linux/capability.h>
#include <string.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/known.h"
#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/discovery.h"
#include "ftrace/discover/trial.h"
#include "ftrace/feed/feed.h"
#include "ftrace/task/comms.h"

static void on_record(void *arg, const struct feed_record *r)
{
	struct ftrace_backend *b = arg;
	const struct probe *src = trial_probe_of(discovery_trial(b->discovery), r);
	struct ftrace_seen *seen = &b->seen[b->seen_len];
	struct hook_call call;

	if (!src || b->seen_len == FTRACE_SEEN_MAX)
		return;
	*seen = (struct ftrace_seen){.hook = src->dec.hook};
	seen->frame = (uint64_t)fetch_get(&src->dec.map, FETCH_FRAME, feed_raw(r), r->size);
	if (seen->hook == HOOK_RETURN) {
		seen->ret = (int32_t)fetch_get(&src->dec.map, FETCH_RET, feed_raw(r), r->size);
		b->seen_len++;
	} else if (ftrace_decode(b, src, r, &seen->ev, &call)) {
		ftrace_set_audit(b, r, &seen->ev);
		seen->opts = (uint32_t)fetch_get(&src->dec.map, FETCH_OPTS, feed_raw(r), r->size);
		b->seen_len++;
	}
}

static int make_step(struct ftrace_backend *b, enum calib_step step)
{
	b->seen_len = 0;
	return trial_step(discovery_trial(b->discovery), step, on_record, b);
}

static void judge(struct ftrace_backend *b, enum calib_step step, int rc)
{
	struct calib_seen seen[FTRACE_SEEN_MAX];
	size_t n = 0;

	for (size_t i = 0; i < b->seen_len; i++)
		if (b->seen[i].hook == b->ctx.main)
			seen[n++] = (struct calib_seen){b->seen[i].ev.cap, b->seen[i].opts};
	calibration_judge(&b->cal, step, rc, seen, n);
}

/* Drops @bits from what the backend gives, and says so. */
static void drop(struct ftrace_backend *b, uint64_t bits, const char *why)
{
	uint64_t gone = b->fields & bits & b->cfg.fields;

	b->fields &= ~bits;
	for (int f = 0; f < CAP_FIELD_COUNT; f++)
		if (gone & UINT64_C(1) << f)
			log_note("%s is unknown: %s", event_field_name((enum cap_field)f), why);
}

static bool wants_verdict(const struct ftrace_backend *b)
{
	return b->cfg.fields & FIELD(VERDICT);
}

/* What every record of the calibrator's checks has, if any does. */
#define ALWAYS                                                                           \
	(FIELD(PID) | FIELD(UID) | FIELD(GID) | FIELD(CAPS) | FIELD(SYSCALL) |           \
	 FIELD(CURRENT_USERNS) | FIELD(TARGET_USERNS) | FIELD(MNTNS) | FIELD(CGROUPID) | \
	 FIELD(CGROUP_KEY))

/* A place that was found is no proof that what is wanted stands there in every record. */
static void keep_what_came(struct ftrace_backend *b)
{
	drop(b, ALWAYS & ~b->had, "the records of captrace's own checks are without it");
}

/* What is said of a verdict by returns, which follow their entries. */
struct returns_seen {
	bool any;
	bool differ_frame; /* frames are not always as far apart */
	bool differ;       /* what was computed is not what was answered */
	bool agree;
};

static void compare_verdicts(struct ftrace_backend *b, struct returns_seen *r)
{
	const struct ftrace_seen *entry = NULL;

	for (size_t i = 0; i < b->seen_len; i++) {
		const struct ftrace_seen *s = &b->seen[i];

		if (s->hook == HOOK_MAIN) {
			entry = s;
		} else if (s->hook == HOOK_RETURN && entry) {
			enum cap_verdict v = s->ret ? CAP_DENY : CAP_ALLOW;
			int64_t frame = (int64_t)(s->frame - entry->frame);

			r->differ_frame |= r->any && frame != b->pair_frame;
			b->pair_frame = frame;
			r->any = true;
			if (event_has(&entry->ev, FIELD(VERDICT)))
				*(entry->ev.verdict == v ? &r->agree : &r->differ) = true;
			entry = NULL;
		}
	}
}

/*
 * One event that has the verdict is better than two, so it is computed where it can be. Returns
 * tell what can't: two namespaces of which too little is known, or a kernel that has its own rules.
 */
static void settle_verdict(struct ftrace_backend *b, const struct returns_seen *r)
{
	bool all = layout_has(&b->ctx.layout, LAYOUT_NS_PARENT) &&
		   layout_has(&b->ctx.layout, LAYOUT_NS_OWNER) &&
		   layout_has(&b->ctx.layout, LAYOUT_NS_LEVEL) &&
		   layout_has(&b->ctx.layout, LAYOUT_CRED_EUID);
	bool computed = b->compute && r->agree && !r->differ;

	if (b->compute && r->differ)
		log_verbose("ftrace:%s: verdicts: what is computed is not what cap_capable returns",
			    b->base.variant->name);
	b->compute = computed;
	b->pair = r->any && !r->differ_frame && !(computed && all) && wants_verdict(b);
	if (b->pair)
		b->fields |= FIELD(VERDICT);
	else if (!computed)
		drop(b, FIELD(VERDICT),
		     r->any ? "what is computed is not what cap_capable returns"
			    : "it could not be compared with what cap_capable returns");
	if (computed && !all && !b->pair)
		log_note("verdicts of checks against another user namespace are unknown");
}

static void verify_fields(struct ftrace_backend *b, enum calib_step step)
{
	struct cap_event known;

	ftrace_known(b, step, &known);
	for (size_t i = 0; i < b->seen_len; i++) {
		const struct cap_event *ev = &b->seen[i].ev;

		if (b->seen[i].hook == HOOK_RETURN || ev->cap != known.cap)
			continue;
		b->had |= b->seen[i].hook == b->ctx.main ? ev->have : 0;
		drop(b, ftrace_known_differs(&known, ev),
		     "what the probe finds is not what captrace knows of its own child");
	}
}

static int define(struct ftrace_backend *b, enum hook hook, struct err *e)
{
	int cpu = hook_is_per_cpu(hook) ? discovery_cpu(b->discovery) : -1;
	struct trial *t = discovery_trial(b->discovery);
	struct probe_cfg cfg = ftrace_probe_cfg(b);
	int rc = trial_define_hook(t, hook, cpu, &cfg, e);

	/* 35abb67de744 (4.8) */
	if (rc != -EINVAL || !b->ctx.comm || hook != b->ctx.main)
		return rc;
	b->ctx.comm = false;
	return trial_define_hook(t, hook, cpu, &cfg, e);
}

static void settle_form(struct ftrace_backend *b)
{
	log_verbose("ftrace:%s: the fourth argument of cap_capable holds: %s",
		    b->base.variant->name, opts_form_name(b->cal.form));
	if (b->cal.form == OPTS_UNKNOWN)
		drop(b, FIELD(AUDIT) | FIELD(INSETID),
		     b->cal.conflict
			     ? "the fourth argument of cap_capable has no known form"
			     : "the fourth argument of cap_capable could not be calibrated");
	else if (b->cal.form == OPTS_AUDIT)
		b->fields &= ~FIELD(INSETID);
}

static const enum calib_step caller_steps[HOOKS_COUNT] = {
	[HOOK_CAPSET] = CALIB_CAPSET,
	[HOOK_PRCTL] = CALIB_SECUREBITS,
	[HOOK_MMAP_ADDR] = CALIB_MMAP0,
	[HOOK_OVERCOMMIT] = CALIB_OVERCOMMIT,
};

/* Tries the probe of an inlined caller. */
static int try_caller(struct ftrace_backend *b, enum hook hook, struct err *e)
{
	bool seen = false;
	int rc = define(b, hook, e);

	if (rc)
		return rc;
	make_step(b, caller_steps[hook]);
	for (size_t i = 0; i < b->seen_len; i++)
		seen |= b->seen[i].hook == hook;
	if (!seen)
		return err_set(e, -ENODATA, "its probe is not hit, or tells too little");
	verify_fields(b, caller_steps[hook]);
	return 0;
}

static int settle_callers(struct ftrace_backend *b, struct err *e)
{
	unsigned int covered = 0;

	if (b->cal.unknown)
		log_verbose("ftrace:%s: could not try whether capset, prctl or mmap checks arrive "
			    "(callers %#x)",
			    b->base.variant->name, b->cal.unknown);
	for (int k = HOOK_CAPSET; k <= HOOK_OVERCOMMIT; k++) {
		enum hook hook = (enum hook)k;
		unsigned int bit = hook_caller(hook);
		struct err why = {0};
		int rc;

		if (!(b->cal.inlined & bit) || !ftrace_wanted(b, hook))
			continue;
		rc = try_caller(b, hook, &why);
		if (rc == -ENOMEM)
			return err_sys(e, rc, "probes");
		if (rc)
			log_note("checks of %s are not seen: cap_capable is inlined there, and %s",
				 hook_symbol(hook), why.msg);
		else
			covered |= bit;
	}
	b->inlined = covered;
	return 0;
}

/* Where the caller tells audit: whether it told right of the two checks that are known. */
static void note_audit(const struct ftrace_backend *b, enum calib_step step, bool told[2])
{
	for (size_t i = 0; i < b->seen_len; i++) {
		const struct cap_event *ev = &b->seen[i].ev;

		if (!event_has(ev, FIELD(AUDIT)))
			continue;
		if (step == CALIB_AUDITED && ev->cap == CAP_SETPCAP)
			told[0] = ev->audit;
		if (step == CALIB_UNAUDITED &&
		    (ev->cap == CAP_SYS_ADMIN || ev->cap == CAP_SYS_PTRACE))
			told[1] = !ev->audit;
	}
}

static void settle_audit(struct ftrace_backend *b, const bool told[2])
{
	b->fields |= FIELD(AUDIT) | FIELD(INSETID);
	if (!told[0] || !told[1])
		drop(b, FIELD(AUDIT) | FIELD(INSETID),
		     "the callers of cap_capable could not be told apart");
	if (b->cal.inlined)
		log_note("some checks can't be seen through the tracepoint (callers %#x)",
			 b->cal.inlined);
}

static int run_steps(struct ftrace_backend *b, struct err *e)
{
	bool returns = b->ctx.main == HOOK_MAIN && !define(b, HOOK_RETURN, NULL);
	bool audited[2] = {false, false};
	struct returns_seen seen = {0};
	int rc = b->notes ? define(b, HOOK_TASK, e) : 0;

	if (!rc)
		rc = define(b, b->ctx.main, e);
	if (rc)
		return rc;
	for (int step = 0; step < CALIB_STEPS; step++) {
		rc = make_step(b, (enum calib_step)step);
		judge(b, (enum calib_step)step, rc);
		verify_fields(b, (enum calib_step)step);
		note_audit(b, (enum calib_step)step, audited);
		if (returns)
			compare_verdicts(b, &seen);
	}
	if (!b->cal.audited_seen && !b->cal.unaudited_seen)
		return err_set(e, -ENODATA,
			       "attached, but captrace's own capability checks do not arrive");
	if (b->ctx.main == HOOK_MAIN)
		settle_verdict(b, &seen);
	keep_what_came(b);
	if (b->ctx.main != HOOK_MAIN) {
		settle_audit(b, audited);
		return 0;
	}
	settle_form(b);
	return settle_callers(b, e);
}

/* Where no probe can fetch the name, what the kernel tells of tasks has it. */
static int settle_comm(struct ftrace_backend *b, struct err *e)
{
	char buf[8];

	if (b->ctx.comm)
		return 0;
	b->fields &= ~FIELD(COMM);
	if (!(b->cfg.fields & FIELD(COMM)) ||
	    tracedir_read(b->ctx.tracedir, buf, sizeof(buf), "events/task/task_rename/format") < 0)
		return 0;
	b->comms = comms_new();
	if (!b->comms)
		return err_sys(e, -ENOMEM, "ftrace");
	b->fields |= FIELD(COMM);
	log_verbose("ftrace:%s: probes have no $comm (4.8): names are kept by task events",
		    b->base.variant->name);
	return 0;
}

int ftrace_calibrate(struct ftrace_backend *b, struct err *e)
{
	struct hook_cfg cfg = {
		.machine = b->ctx.machine,
		.layout = &b->ctx.layout,
		.v1 = b->ctx.v1.number ? &b->ctx.v1 : NULL,
		.current = b->ctx.current ? b->ctx.current[discovery_cpu(b->discovery)] : 0,
		.compute = true,
		.comm = true,
	};
	int rc;

	calibration_facts(&b->cal, discovery_calibrator(b->discovery));
	b->fields = FIELD(TIMESTAMP) | hook_fields(&cfg, b->ctx.main) | FIELD(KSTACK);
	if (b->ctx.main == HOOK_TRACEPOINT)
		b->fields |=
			FIELD(COMM) |
			(b->ctx.feed_ops == &feed_perf && !b->ctx.in_child_pidns ? FIELD(PID) : 0);
	b->ctx.comm = true;
	b->compute = b->ctx.main == HOOK_MAIN && b->fields & FIELD(VERDICT);
	rc = run_steps(b, e);
	return rc ? rc : settle_comm(b, e);
}
