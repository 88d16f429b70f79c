// SPDX-License-Identifier: GPL-2.0-or-later
/* The backend that reads recordings instead of a kernel. Several are merged by time. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "backends/replay/input.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/intern.h"
#include "core/base/util.h"

struct replay {
	struct backend base;
	struct intern *names;
	struct replay_input *inputs;
	struct cap_origin *origins; /* one for each input */
	size_t len;
	uint64_t wanted; /* FIELDS_EXTRA bits that were asked for */
	bool stopped;
	struct backend_stats stats;
	char incomplete[512];
};

extern const struct backend_ops replay_backend_ops;

static void replay_close(struct backend *base)
{
	struct replay *r = container_of(base, struct replay, base);

	for (size_t i = 0; i < r->len; i++)
		replay_input_close(&r->inputs[i]);
	free(r->inputs);
	free(r->origins);
	intern_free(r->names);
	free(r);
}

static int open_inputs(struct replay *r, const struct backend_cfg *cfg, struct err *e)
{
	bool standard = false;

	for (size_t i = 0; i < cfg->files_len; i++) {
		bool dash = !strcmp(cfg->files[i], "-");
		int rc;

		if (dash && standard)
			return err_set(e, -EINVAL, "standard input can be read only once");
		standard |= dash;
		r->inputs[i].fd = -1;
		r->len = i + 1;
		rc = replay_input_open(&r->inputs[i], cfg->files[i], r->names, e);
		if (rc)
			return rc;
		r->origins[i] = r->inputs[i].header.origin;
	}
	return 0;
}

static int replay_open(struct backend **out, const struct backend_cfg *cfg, struct err *e)
{
	struct replay *r;
	int rc = -ENOMEM;

	if (!cfg->files_len)
		return err_set(e, -EINVAL, "nothing to replay: captrace replay FILE…");
	r = calloc(1, sizeof(*r));
	if (!r)
		return err_sys(e, rc, "replay");
	r->base.ops = &replay_backend_ops;
	r->base.variant = replay_backend_ops.variants; /* the only one */
	r->wanted = cfg->fields & FIELDS_EXTRA;
	r->names = intern_new();
	r->inputs = calloc(cfg->files_len, sizeof(*r->inputs));
	r->origins = calloc(cfg->files_len, sizeof(*r->origins));
	if (r->names && r->inputs && r->origins)
		rc = open_inputs(r, cfg, e);
	else
		err_sys(e, rc, "replay");
	if (rc) {
		replay_close(&r->base);
		return rc;
	}
	*out = &r->base;
	return 0;
}

static int replay_start(struct backend *base, struct err *e)
{
	return 0;
}

static uint64_t replay_fields(const struct backend *base)
{
	const struct replay *r = container_of(base, struct replay, base);
	uint64_t fields = 0;

	for (size_t i = 0; i < r->len; i++)
		fields |= r->origins[i].fields;
	return fields;
}

static int replay_fds(const struct backend *base, struct pollfd *fds, int max)
{
	const struct replay *r = container_of(base, struct replay, base);
	int n = 0;

	for (size_t i = 0; i < r->len && n < max; i++)
		if (r->inputs[i].polled)
			fds[n++] = (struct pollfd){.fd = r->inputs[i].fd, .events = POLLIN};
	return n;
}

static void add_loss(struct replay *r, uint64_t count, const char *where)
{
	struct backend_stats *s = &r->stats;
	size_t i;

	for (i = 0; i < s->losses_len; i++)
		if (s->losses[i].where == where || i == BACKEND_LOSSES_MAX - 1)
			break;
	if (i == s->losses_len) {
		s->losses[i].where = where;
		s->losses_len++;
	}
	s->losses[i].count += count;
}

static void deliver(struct replay *r, struct replay_input *in, struct event_handler *handler)
{
	struct replay_item *item = &in->item;
	unsigned int origin = (unsigned int)(in - r->inputs);

	switch (item->type) {
	case RECORD_EVENT:
		item->ev.origin = origin;
		handler->event(handler, &item->ev);
		break;
	case RECORD_OUTCOME:
		item->object.outcome.origin = origin;
		if (r->wanted & FIELD(OUTCOME))
			handler->outcome(handler, &item->object.outcome);
		break;
	case RECORD_EXEC:
		item->object.exec.origin = origin;
		if (r->wanted & FIELD(EXEC))
			handler->exec(handler, &item->object.exec);
		break;
	case RECORD_LOST:
		add_loss(r, item->object.lost.count, item->object.lost.where);
		break;
	case RECORD_END:
		r->stats.unaudited += item->object.end.unaudited;
		break;
	case RECORD_HEADER:
	case RECORD_CRED_OVERRIDE:
	case RECORD_OTHER:
	case RECORD_TYPES:
		break;
	}
	in->has_item = false;
}

/*
 * Returns the input with the oldest next item, or NULL if all are at their end or one of them has
 * to be waited for.
 */
static struct replay_input *oldest(struct replay *r, int *rc, struct err *e)
{
	struct replay_input *best = NULL;
	bool wait = false;

	for (size_t i = 0; i < r->len; i++) {
		struct replay_input *in = &r->inputs[i];

		*rc = replay_input_next(in, r->names, e);
		if (*rc == -EAGAIN)
			wait = true;
		else if (*rc < 0)
			return NULL;
		else if (*rc && (!best || in->item.time < best->item.time))
			best = in;
	}
	*rc = 0;
	return wait ? NULL : best;
}

static int replay_drain(struct backend *base, struct event_handler *handler, struct err *e)
{
	struct replay *r = container_of(base, struct replay, base);
	int n, rc;

	if (r->stopped)
		return 0;
	for (n = 0; n < BACKEND_DRAIN_MAX; n++) {
		struct replay_input *in = oldest(r, &rc, e);

		if (rc)
			return rc;
		if (!in)
			break;
		deliver(r, in, handler);
	}
	return n;
}

static void replay_stop(struct backend *base)
{
	container_of(base, struct replay, base)->stopped = true;
}

static bool replay_ended(const struct backend *base)
{
	const struct replay *r = container_of(base, struct replay, base);

	for (size_t i = 0; i < r->len; i++)
		if (!r->inputs[i].eof || r->inputs[i].has_item)
			return false;
	return true;
}

/* Returns in @buf why @in may be incomplete, or NULL if it is complete. */
static const char *why_incomplete(const struct replay_input *in, char *buf, size_t size)
{
	if (in->bare)
		snprintf(buf, size, "%s has no header: it may be incomplete", in->name);
	else if (!in->ended)
		snprintf(buf, size, "%s is truncated: it has no closing line", in->name);
	else if (in->missing)
		snprintf(buf, size, "%s lacks %" PRIu64 " of its events", in->name, in->missing);
	else
		return NULL;
	return buf;
}

static void find_incomplete(struct replay *r)
{
	char why[256];
	size_t n = 0;

	r->incomplete[0] = '\0';
	for (size_t i = 0; i < r->len; i++)
		if (why_incomplete(&r->inputs[i], why, sizeof(why)) && n < sizeof(r->incomplete))
			n += (size_t)snprintf(r->incomplete + n, sizeof(r->incomplete) - n, "%s%s",
					      n ? "; " : "", why);
}

static void replay_stats(const struct backend *base, struct backend_stats *stats)
{
	const struct replay *r = container_of(base, struct replay, base);

	*stats = r->stats;
	/* Before the end it is not known whether a recording is complete. */
	if (!replay_ended(base))
		return;
	find_incomplete((struct replay *)r);
	stats->incomplete = r->incomplete[0] ? r->incomplete : NULL;
}

static const struct cap_origin *replay_origins(const struct backend *base, size_t *len)
{
	const struct replay *r = container_of(base, struct replay, base);

	*len = r->len;
	return r->origins;
}

static const struct backend_variant variants[] = {
	{"file", ~UINT64_C(0)},
	{0},
};

const struct backend_ops replay_backend_ops = {
	.name = "replay",
	.recorded = true,
	.variants = variants,
	.open = replay_open,
	.start = replay_start,
	.fields = replay_fields,
	.fds = replay_fds,
	.drain = replay_drain,
	.stop = replay_stop,
	.stats = replay_stats,
	.ended = replay_ended,
	.origins = replay_origins,
	.close = replay_close,
};
