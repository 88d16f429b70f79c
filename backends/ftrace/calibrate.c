// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calibration of the ftrace backend: the calibrator's checks are known, so the probes' records of
 * them are compared with that knowledge, field by field. Fields that differ are not given to users.
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
	const struct probe *p = trial_probe_of(discovery_trial(b->discovery), r);
	struct ftrace_seen *seen = &b->seen[b->seen_len];
	struct hook_call call;

	if (!p || b->seen_len == FTRACE_SEEN_MAX)
		return;
	*seen = (struct ftrace_seen){.hook = p->dec.hook};
	seen->frame = (uint64_t)fetch_get(&p->dec.map, FETCH_FRAME, feed_raw(r), r->size);
	if (seen->hook == HOOK_RETURN) {
		seen->ret = (int32_t)fetch_get(&p->dec.map, FETCH_RET, feed_raw(r), r->size);
		b->seen_len++;
	} else if (ftrace_decode(b, p, r, &seen->ev, &call)) {
		ftrace_set_audit(b, r, &seen->ev);
		seen->opts = (uint32_t)fetch_get(&p->dec.map, FETCH_OPTS, feed_raw(r), r->size);
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

/* Removes @bits from the fields that the backend gives, and tells the user if any was wanted. */
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

/* Fields that every record of the calibrator's checks has, if the backend can give them. */
#define ALWAYS                                                                           \
	(FIELD(PID) | FIELD(UID) | FIELD(GID) | FIELD(CAPS) | FIELD(SYSCALL) |           \
	 FIELD(CURRENT_USERNS) | FIELD(TARGET_USERNS) | FIELD(MNTNS) | FIELD(CGROUPID) | \
	 FIELD(CGROUP_KEY))

/* Knowing a field's offset does not guarantee that records really have the field. */
static void drop_missing_fields(struct ftrace_backend *b)
{
	drop(b, ALWAYS & ~b->fields_seen, "the records of captrace's own checks do not have it");
}

/* The results of comparing entries of cap_capable() with the returns that follow them. */
struct returns_seen {
	bool any;
	bool differ_frame; /* the distance between the frames is not always the same */
	bool differ;       /* some computed verdict was wrong */
	bool agree;        /* some computed verdict was right */
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
 * Verdicts are computed if possible, because one event costs less than two. Returns give the
 * verdicts that cannot be computed: if too little is known about the two namespaces, or if the
 * kernel has rules of its own.
 */
static void settle_verdict(struct ftrace_backend *b, const struct returns_seen *r)
{
	bool all = layout_has(&b->ctx.layout, LAYOUT_NS_PARENT) &&
		   layout_has(&b->ctx.layout, LAYOUT_NS_OWNER) &&
		   layout_has(&b->ctx.layout, LAYOUT_NS_LEVEL) &&
		   layout_has(&b->ctx.layout, LAYOUT_CRED_EUID);
	bool computed = b->compute && r->agree && !r->differ;

	if (b->compute && r->differ)
		log_verbose("ftrace:%s: computed verdicts differ from what cap_capable returns",
			    b->base.variant->name);
	b->compute = computed;
	b->pair = r->any && !r->differ_frame && !(computed && all) && wants_verdict(b);
	if (b->pair)
		b->fields |= FIELD(VERDICT);
	else if (!computed)
		drop(b, FIELD(VERDICT),
		     r->any ? "computed verdicts differ from what cap_capable returns"
			    : "computed verdicts could not be compared with what cap_capable "
			      "returns");
	if (computed && !all && !b->pair)
		log_note("the verdict is unknown for some checks against another user namespace");
}

static void verify_fields(struct ftrace_backend *b, enum calib_step step)
{
	struct cap_event known;

	ftrace_known(b, step, &known);
	for (size_t i = 0; i < b->seen_len; i++) {
		const struct cap_event *ev = &b->seen[i].ev;

		if (b->seen[i].hook == HOOK_RETURN || ev->cap != known.cap)
			continue;
		b->fields_seen |= b->seen[i].hook == b->ctx.main ? ev->have : 0;
		drop(b, ftrace_known_differs(&known, ev),
		     "the probe's value for captrace's own child was wrong");
	}
}

static int define(struct ftrace_backend *b, enum hook hook, struct err *e)
{
	int cpu = hook_is_per_cpu(hook) ? discovery_cpu(b->discovery) : -1;
	struct trial *t = discovery_trial(b->discovery);
	struct probe_cfg cfg = ftrace_probe_cfg(b);
	int rc = trial_define_hook(t, hook, cpu, &cfg, e);

	/* Before 4.8 (35abb67de744) the kernel does not support $comm. */
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
			     ? "captrace does not know the form of cap_capable's fourth argument"
			     : "the form of cap_capable's fourth argument could not be determined");
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
		return err_set(e, -ENODATA, "the probe was not hit, or records too little");
	verify_fields(b, caller_steps[hook]);
	return 0;
}

static int settle_callers(struct ftrace_backend *b, struct err *e)
{
	unsigned int covered = 0;
	char names[128];

	if (b->cal.unknown)
		log_verbose("ftrace:%s: could not test whether cap_capable is inlined for: %s",
			    b->base.variant->name,
			    callers_names(b->cal.unknown, names, sizeof(names)));
	for (int h = HOOK_CAPSET; h <= HOOK_OVERCOMMIT; h++) {
		enum hook hook = (enum hook)h;
		unsigned int bit = hook_caller(hook);
		struct err why = {0};
		int rc;

		if (!(b->cal.inlined & bit) || !ftrace_wanted(b, hook))
			continue;
		rc = try_caller(b, hook, &why);
		if (rc == -ENOMEM)
			return err_sys(e, rc, "probes");
		if (rc)
			log_note("checks by %s are not seen: cap_capable is inlined into it, and "
				 "probing it failed: %s",
				 hook_symbol(hook), why.msg);
		else
			covered |= bit;
	}
	b->inlined = covered;
	return 0;
}

/* Notes whether audit, as told by the caller, is correct for the two checks where it is known. */
static void note_audit(const struct ftrace_backend *b, enum calib_step step, bool correct[2])
{
	for (size_t i = 0; i < b->seen_len; i++) {
		const struct cap_event *ev = &b->seen[i].ev;

		if (!event_has(ev, FIELD(AUDIT)))
			continue;
		if (step == CALIB_AUDITED && ev->cap == CAP_SETPCAP)
			correct[0] = ev->audit;
		if (step == CALIB_UNAUDITED &&
		    (ev->cap == CAP_SYS_ADMIN || ev->cap == CAP_SYS_PTRACE))
			correct[1] = !ev->audit;
	}
}

static void settle_audit(struct ftrace_backend *b, const bool correct[2])
{
	char names[128];

	b->fields |= FIELD(AUDIT) | FIELD(INSETID);
	if (!correct[0] || !correct[1])
		drop(b, FIELD(AUDIT) | FIELD(INSETID),
		     "the callers of cap_capable could not be told apart");
	if (b->cal.inlined)
		log_note("some checks do not pass the tracepoint and are not seen: %s",
			 callers_names(b->cal.inlined, names, sizeof(names)));
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
	drop_missing_fields(b);
	if (b->ctx.main != HOOK_MAIN) {
		settle_audit(b, audited);
		return 0;
	}
	settle_form(b);
	return settle_callers(b, e);
}

/* If probes cannot fetch the thread's name, it comes from the kernel's events about tasks. */
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
	log_verbose("ftrace:%s: comm comes from task events: probes cannot fetch it before "
		    "Linux 4.8",
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
