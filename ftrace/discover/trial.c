// SPDX-License-Identifier: GPL-2.0-or-later
/* Experiments with probes, on the checks of one child alone. */
#include <inttypes.h>
#include <string.h>
#include <tracefs.h>

#include "backends/ftrace/backend.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"

#define TRIAL_RING 65536
#define PEEK_WORDS 64 /* a probe; its definition has to fit in 4,096 bytes */

struct trial {
	struct ftrace_backend *b;
	struct feed *feed;
	pid_t tid;
	char event[64]; /* of its probe, as kprobe_profile needs it: nobody else's */
	struct fetch_map map;
	trial_fn *fn;
	void *arg;
};

int trial_open(struct trial **out, struct ftrace_backend *b, pid_t tid, struct err *e)
{
	struct trial *t = calloc(1, sizeof(*t));
	struct feed_cfg cfg = {
		.tracedir = b->tracedir,
		.system = probe_group_name(b->group),
		.instances = probe_group_instances(b->group),
		.pid = tid,
		.buffer_size = TRIAL_RING * (size_t)b->cpus.len,
		.frames = b->audit ? ftrace_frames(b) : 0,
	};
	int rc;

	if (!t)
		return err_sys(e, -ENOMEM, "calibration");
	t->b = b;
	t->tid = tid;
	b->trials++;
	snprintf(t->event, sizeof(t->event), "trial%u%s", b->trials,
		 probe_group_name(b->group) + strlen("captrace"));
	rc = b->feed_ops->open(&t->feed, &cfg, e);
	if (!rc)
		rc = b->feed_ops->start(t->feed, e);
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
	free(t);
}

struct ftrace_backend *trial_backend(const struct trial *t)
{
	return t->b;
}

int trial_attach(struct trial *t, const char *event, int id, struct err *e)
{
	struct feed_subscription src = {
		.system = probe_group_name(t->b->group),
		.event = event,
		.id = id,
		.cpu = -1,
		.stack = true,
	};

	return t->feed->ops->attach(t->feed, &src, e);
}

int trial_define(struct trial *t, struct fetch *f, struct err *e)
{
	int id = probe_group_define(t->b->group, t->event,
				    t->b->main == HOOK_EPROBE ? PROBE_EVENT : PROBE_ENTRY,
				    hook_symbol(t->b->main), f, &t->map, e);
	int rc;

	if (id < 0)
		return id;
	rc = trial_attach(t, t->event, id, e);
	if (rc)
		trial_undefine(t);
	return rc;
}

void trial_undefine(struct trial *t)
{
	t->feed->ops->detach(t->feed);
	probe_group_remove(t->b->group, t->event);
}

const struct fetch_map *trial_map(const struct trial *t)
{
	return &t->map;
}

static void on_record(void *arg, const struct feed_record *r)
{
	struct trial *t = arg;
	struct feed_entry entry;

	memcpy(&entry, feed_raw(r), sizeof(entry));
	/* A perf event is bound to it; an older trace instance may not be. */
	if (t->fn && (r->pid > 0 || entry.pid == t->tid))
		t->fn(t->b, r, t->arg);
}

void trial_read(struct trial *t, trial_fn *fn, void *arg)
{
	t->fn = fn;
	t->arg = arg;
	t->feed->ops->read(t->feed, on_record, t);
}

int trial_step(struct trial *t, enum calib_step step, trial_fn *fn, void *arg)
{
	int rc = calibrator_step(t->b->calibrator, step);

	trial_read(t, fn, arg);
	return rc;
}

/* How often a hit of the trial's probe was missed, says the kernel. */
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

static void on_peek(struct ftrace_backend *b, const struct feed_record *r, void *arg)
{
	struct peek *p = arg;

	for (size_t i = 0; i < p->len; i++)
		p->words[i] = (uint64_t)fetch_get(p->map, (enum fetch_value)(FETCH_WORD + i),
						  feed_raw(r), r->size);
	p->seen = true;
}

/*
 * With what can't be read at the end: before ec6aba3d2be1 (5.14) a kprobe's count of missed hits
 * grew with each such value, as the namespaces of a task that exits are, and tells nothing.
 */
static int peek_once(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len,
		     struct err *e)
{
	enum fetch_type type = t->b->machine->word == 8 ? FETCH_U64 : FETCH_U32;
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
	t->b->faults_missed = t->b->main == HOOK_MAIN && missed(t);
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
