// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/discovery.h"

#include <sched.h>

#include "compat/host/machine.h"
#include "compat/layout/layout_load.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/internal.h"
#include "ftrace/feed/instances.h"
#include "ftrace/probe/probe_group.h"

/* Binds the calibrator to one CPU, so that the probe of that CPU sees all its steps. */
static void bind_calibrator(struct discovery *d)
{
	cpu_set_t set;

	while (!cpus_has(&d->ctx->cpus, d->cfg.cpu))
		d->cfg.cpu++;
	CPU_ZERO(&set);
	CPU_SET(d->cfg.cpu, &set);
	/*
	 * May fail: on another CPU the task's fields would be missing, which calibration reports.
	 */
	sched_setaffinity(calibrator_pid(d->cfg.calibrator), sizeof(set), &set);
}

int discovery_open(struct discovery **out, struct probe_context *ctx, uint64_t fields,
		   struct err *e)
{
	struct discovery *d = calloc(1, sizeof(*d));
	int rc;

	if (!d)
		return err_sys(e, -ENOMEM, "discovery");
	d->ctx = ctx;
	d->fields = fields;
	d->cfg.ctx = ctx;
	rc = calibrator_start(&d->cfg.calibrator, e);
	if (rc) {
		free(d);
		return rc;
	}
	bind_calibrator(d);
	*out = d;
	return 0;
}

void discovery_close(struct discovery *d)
{
	if (!d)
		return;
	calibrator_free(d->cfg.calibrator);
	while (d->guesses_len)
		free(d->guesses[--d->guesses_len]);
	free(d);
}

int discovery_load_layout(struct probe_context *ctx, const char *btf_path, struct err *e)
{
	struct err why = {0};
	int rc;

	layout_init(&ctx->layout);
	if (layout_discovery_forced())
		return 0;
	rc = layout_load(&ctx->layout, btf_path, &why);
	if (rc && btf_path)
		return err_set(e, rc == -ENOMEM ? rc : -EBADMSG, "--btf: %s", why.msg);
	if (rc)
		layout_init(&ctx->layout);
	else
		log_verbose("%s: layout from %s", ctx->name,
			    layout_origin_name(ctx->layout.origin));
	return 0;
}

/*
 * Defines a probe that stays on the function while others come and go there: the kernel then only
 * adds those to a list. Otherwise it patches its text to arm and disarm each one, which takes most
 * of the start on kernels with the function tracer. Discovery works without it, too.
 */
static struct trial *hold_function(struct discovery *d)
{
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	struct trial *t = NULL;
	struct err why = {0};

	if (!f || d->ctx->main != HOOK_MAIN || trial_open(&t, &d->cfg, &why))
		return NULL;
	fetch_expr(f, FETCH_CAP, FETCH_S32, d->ctx->machine->args[2]);
	if (!trial_define(t, f, &why))
		return t;
	trial_close(t);
	return NULL;
}

int discovery_start(struct discovery *d, uint32_t frames, struct err *e)
{
	d->cfg.frames = frames;
	d->held = hold_function(d);
	return trial_open(&d->trial, &d->cfg, e);
}

void discovery_stop(struct discovery *d)
{
	trial_close(d->trial);
	if (d->held)
		trial_undefine(d->held);
	trial_close(d->held);
	d->trial = d->held = NULL;
	/*
	 * The instances of reference tasks, which open pipes of the calibrator may have kept busy.
	 */
	instances_remove(probe_group_instances(d->ctx->group));
}

int discovery_run(struct discovery *d, struct err *e)
{
	int rc = 0;

	/* The tracepoint alone gives no access to other kernel memory. */
	if (d->ctx->main != HOOK_TRACEPOINT) {
		rc = discovery_find_current(d, e);
		if (!rc && d->ctx->layout.origin == LAYOUT_UNKNOWN)
			rc = discovery_find_layout(d, e);
		if (!rc)
			rc = discovery_place_v1(d, e);
		if (!rc)
			rc = discovery_find_regs(d, e);
	}
	if (!rc)
		layout_log(&d->ctx->layout);
	return rc;
}

struct trial *discovery_trial(const struct discovery *d)
{
	return d->trial;
}

struct calibrator *discovery_calibrator(const struct discovery *d)
{
	return d->cfg.calibrator;
}

int discovery_cpu(const struct discovery *d)
{
	return d->cfg.cpu;
}
