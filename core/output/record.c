// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/record.h"

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/record_format.h"
#include "core/output/sinks.h"

struct record {
	struct sink sink;
	struct sink *events; /* writes checks and losses */
	struct json_writer w;
};

static void record_close(struct sink *sink)
{
	struct record *r = container_of(sink, struct record, sink);

	if (r->events)
		r->events->ops->close(r->events);
	free(r);
}

static int record_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	struct record_header header = {
		.format = RECORD_FORMAT,
		.version = RECORD_VERSION,
		.captrace = CAPTRACE_VERSION,
	};
	struct record *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_nomem(e);
	r->sink.ops = &record_sink_ops;
	r->w.out = cfg->out;
	rc = json_sink_ops.open(&r->events, cfg, e);
	if (rc) {
		record_close(&r->sink);
		return rc;
	}
	header.origin = *cfg->origins;
	record_write(&r->w, RECORD_HEADER, &header);
	*sink = &r->sink;
	return 0;
}

static void record_event(struct sink *sink, const struct cap_event *ev)
{
	struct record *r = container_of(sink, struct record, sink);

	/* On a line of its own, before the check, because the check has no column for it. */
	if (event_has(ev, FIELD(CRED_OVERRIDE)) && ev->cred_override)
		record_write(&r->w, RECORD_CRED_OVERRIDE, NULL);
	r->events->ops->event(r->events, ev);
}

static void record_lost(struct sink *sink, uint64_t count, const char *where)
{
	struct record *r = container_of(sink, struct record, sink);

	r->events->ops->lost(r->events, count, where);
}

static void record_outcome(struct sink *sink, const struct cap_outcome *o)
{
	record_write(&container_of(sink, struct record, sink)->w, RECORD_OUTCOME, o);
}

static void record_exec(struct sink *sink, const struct cap_exec *x)
{
	record_write(&container_of(sink, struct record, sink)->w, RECORD_EXEC, x);
}

static void record_finish(struct sink *sink, const struct run_summary *res)
{
	const struct record_end end = {
		.timestamp = clock_wall_ns(),
		.events = res->shown,
		.lost = res->lost,
		.unaudited = res->unaudited,
		.limit = res->limit,
		.signal = (uint64_t)res->signal,
	};

	record_write(&container_of(sink, struct record, sink)->w, RECORD_END, &end);
}

const struct sink_ops record_sink_ops = {
	.name = "record",
	.whole = true,
	.open = record_open,
	.event = record_event,
	.outcome = record_outcome,
	.exec = record_exec,
	.lost = record_lost,
	.finish = record_finish,
	.close = record_close,
};
