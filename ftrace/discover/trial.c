// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/trial.h"

#include <inttypes.h>
#include <string.h>
#include <tracefs.h>

#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/probe/probe_context.h"
#include "ftrace/probe/probe_group.h"
#include "ftrace/probe/probe_table.h"

#define TRIAL_RING 65536
#define PEEK_WORDS 64 /* per probe, whose definition has to fit in 4,096 bytes */

struct trial {
	const struct trial_cfg *cfg;
	struct probe_context *ctx;
	struct reference_task *reference; /* NULL: the trial is of the calibrator */
	struct feed *feed;
	pid_t tid;
	char event[64]; /* its probe's name; unique, so that it can be found in kprobe_profile */
	struct fetch_map map;
	struct probe_table hooks;
	feed_fn *fn;
	void *arg;
};

static struct trial *new_trial(const struct trial_cfg *cfg)
{
	struct trial *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->cfg = cfg;
	t->ctx = cfg->ctx;
	return t;
}

static int open_feed(struct trial *t, pid_t tid, struct err *e)
{
	struct probe_context *ctx = t->ctx;
	struct feed_cfg cfg = {
		.tracedir = ctx->tracedir,
		.system = probe_group_name(ctx->group),
		.instances = probe_group_instances(ctx->group),
		.pid = tid,
		.buffer_size = TRIAL_RING * (size_t)ctx->cpus.len,
		.frames = t->cfg->frames,
	};
	int rc;

	t->tid = tid;
	ctx->trials++;
	snprintf(t->event, sizeof(t->event), "trial%u%s", ctx->trials,
		 probe_group_name(ctx->group) + strlen("captrace"));
	rc = ctx->feed_ops->open(&t->feed, &cfg, e);
	return rc ? rc : ctx->feed_ops->start(t->feed, e);
}

int trial_open(struct trial **out, const struct trial_cfg *cfg, struct err *e)
{
	struct trial *t = new_trial(cfg);
	int rc;

	if (!t)
		return err_sys(e, -ENOMEM, "calibration");
	rc = open_feed(t, calibrator_pid(cfg->calibrator), e);
	if (rc) {
		trial_close(t);
		return rc;
	}
	*out = t;
	return 0;
}

int trial_open_reference(struct trial **out, const struct trial_cfg *cfg, uint32_t seed,
			 int hierarchy, struct err *e)
{
	struct trial *t = new_trial(cfg);
	int rc;

	if (!t)
		return err_sys(e, -ENOMEM, "calibration");
	rc = reference_task_start(&t->reference, seed, probe_group_name(cfg->ctx->group), hierarchy,
				  e);
	if (!rc) {
		reference_task_bind(t->reference, cfg->cpu);
		rc = open_feed(t, reference_task_tid(t->reference), e);
	}
	if (rc) {
		trial_close(t);
		return rc;
	}
	*out = t;
	return 0;
}

void trial_close(struct trial *t)
{
	if (!t)
		return;
	if (t->feed)
		t->feed->ops->close(t->feed);
	probe_table_clear(&t->hooks, t->ctx);
	reference_task_free(t->reference);
	free(t);
}

struct probe_context *trial_context(const struct trial *t)
{
	return t->ctx;
}

int trial_do(struct trial *t, enum reference_act act)
{
	return t->reference ? reference_task_do(t->reference, act)
			    : calibrator_step(t->cfg->calibrator, CALIB_AUDITED);
}

const struct reference_known *trial_known(const struct trial *t)
{
	return t->reference ? reference_task_known(t->reference) : NULL;
}

int trial_map_ids(struct trial *t)
{
	return t->reference ? reference_task_map_ids(t->reference) : -EOPNOTSUPP;
}

static int attach(struct trial *t, const char *event, int id, struct err *e)
{
	struct feed_subscription src = {
		.system = probe_group_name(t->ctx->group),
		.event = event,
		.id = id,
		.cpu = -1,
		.stack = true,
	};

	return t->feed->ops->attach(t->feed, &src, e);
}

int trial_define(struct trial *t, struct fetch *f, struct err *e)
{
	const struct probe_def def = {
		.event = t->event,
		.type = hook_probe_type(t->ctx->main),
		.place = hook_symbol(t->ctx->main),
	};
	int id = probe_group_define(t->ctx->group, &def, f, &t->map, e);
	int rc;

	if (id < 0)
		return id;
	rc = attach(t, t->event, id, e);
	if (rc)
		trial_undefine(t);
	return rc;
}

void trial_undefine(struct trial *t)
{
	t->feed->ops->detach(t->feed);
	probe_group_remove(t->ctx->group, t->event);
}

const struct fetch_map *trial_map(const struct trial *t)
{
	return &t->map;
}

int trial_define_hook(struct trial *t, enum hook hook, int cpu, const struct probe_cfg *cfg,
		      struct err *e)
{
	int i = probe_table_define(&t->hooks, t->ctx, hook, cpu, cfg, e);

	return i < 0 ? i : attach(t, t->hooks.probes[i].event, t->hooks.probes[i].id, e);
}

const struct probe *trial_probe_of(const struct trial *t, const struct feed_record *r)
{
	return probe_table_of(&t->hooks, r);
}

static void on_record(void *arg, const struct feed_record *r)
{
	struct trial *t = arg;
	struct feed_entry entry;

	memcpy(&entry, feed_raw(r), sizeof(entry));
	/*
	 * A perf event records only this task; trace instances of older kernels may record others.
	 */
	if (t->fn && (r->pid > 0 || entry.pid == t->tid))
		t->fn(t->arg, r);
}

void trial_read(struct trial *t, feed_fn *fn, void *arg)
{
	t->fn = fn;
	t->arg = arg;
	t->feed->ops->read(t->feed, on_record, t);
}

int trial_step(struct trial *t, enum calib_step step, feed_fn *fn, void *arg)
{
	int rc = calibrator_step(t->cfg->calibrator, step);

	trial_read(t, fn, arg);
	return rc;
}

/* The kernel's count of missed hits of the trial's probe. */
static uint64_t missed(const struct trial *t)
{
	cleanup_free char *text = tracefs_instance_file_read(NULL, "kprobe_profile", NULL);
	const char *line = text ? strstr(text, t->event) : NULL;
	uint64_t n;

	return line && sscanf(line + strlen(t->event), " %*u %" SCNu64, &n) == 1 ? n : 0;
}

struct peek {
	const struct fetch_map *map;
	uint64_t *words;
	size_t len;
	bool seen;
};

static void on_peek(void *arg, const struct feed_record *r)
{
	struct peek *p = arg;

	for (size_t i = 0; i < p->len; i++)
		p->words[i] = (uint64_t)fetch_get(p->map, (enum fetch_value)(FETCH_WORD + i),
						  feed_raw(r), r->size);
	p->seen = true;
}

/*
 * In addition fetches a word that is never readable. Before ec6aba3d2be1 (5.14) each such value,
 * for example a namespace of an exiting task, increased the kprobe's count of missed hits. If it
 * does so here, that count does not show losses.
 */
static int peek_once(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len,
		     struct err *e)
{
	enum fetch_type type = t->ctx->machine->word == 8 ? FETCH_U64 : FETCH_U32;
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	struct peek p = {.map = &t->map, .words = words, .len = len};
	char expr[32];
	int rc;

	if (!f)
		return err_sys(e, -ENOMEM, "reading kernel memory");
	for (size_t i = 0; i < len; i++) {
		snprintf(expr, sizeof(expr), "@0x%" PRIx64, addrs[i]);
		fetch_expr(f, (enum fetch_value)(FETCH_WORD + i), type, expr);
	}
	fetch_expr(f, (enum fetch_value)(FETCH_WORD + len), FETCH_U32, "@0x10");
	rc = trial_define(t, f, e);
	if (rc)
		return rc;
	trial_step(t, CALIB_AUDITED, on_peek, &p);
	t->ctx->faults_missed = t->ctx->main == HOOK_MAIN && missed(t);
	trial_undefine(t);
	return p.seen ? 0
		      : err_set(e, -ENODATA,
				"attached, but captrace's own capability checks do not arrive");
}

int trial_peek(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; !rc && (i < len || !i); i += PEEK_WORDS)
		rc = peek_once(t, addrs + i, words + i, MIN(len - i, (size_t)PEEK_WORDS), e);
	return rc;
}
