// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/record.h"

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/origin.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/output/sinks.h"

struct record {
	struct sink sink;
	struct sink *events; /* writes checks and losses */
	struct json_writer w;
};

static void write_fields(struct json_writer *w, uint64_t fields)
{
	jw_key(w, "fields");
	jw_begin(w, '[');
	for (int i = 0; i < CAP_FIELD_COUNT; i++)
		if (fields >> i & 1)
			jw_str(w, event_field_name((enum cap_field)i));
	jw_end(w, ']');
}

static void write_target(struct json_writer *w, const struct cap_origin *src)
{
	if (src->command) {
		jw_key(w, "command");
		jw_begin(w, '[');
		for (char *const *arg = src->command; *arg; arg++)
			jw_str(w, *arg);
		jw_end(w, ']');
		jw_key_str(w, "path", src->path);
	}
	if (src->pids_len) {
		jw_key(w, "pids");
		jw_begin(w, '[');
		for (size_t i = 0; i < src->pids_len; i++)
			jw_u64(w, (uint64_t)src->pids[i]);
		jw_end(w, ']');
	}
	if (!src->sets.known)
		return;
	jw_key(w, "capabilities");
	jw_begin(w, '{');
	jw_key_u64(w, "bounding", src->sets.bounding);
	jw_key_u64(w, "permitted", src->sets.permitted);
	jw_key_u64(w, "inheritable", src->sets.inheritable);
	jw_key_u64(w, "ambient", src->sets.ambient);
	jw_end(w, '}');
}

static void write_header(struct json_writer *w, const struct cap_origin *src)
{
	jw_begin(w, '{');
	jw_key_str(w, "type", "header");
	jw_key_str(w, "format", RECORD_FORMAT);
	jw_key_u64(w, "version", RECORD_VERSION);
	jw_key_str(w, "captrace", CAPTRACE_VERSION);
	jw_key_str(w, "host", src->host);
	jw_key_str(w, "kernel", src->kernel);
	jw_key_str(w, "build", src->build);
	jw_key_str(w, "machine", src->arch);
	jw_key_str(w, "variant", src->variant);
	write_fields(w, src->fields);
	jw_key_u64(w, "start", src->start);
	jw_key_bool(w, "unaudited", src->unaudited);
	write_target(w, src);
	jw_end(w, '}');
}

static void record_close(struct sink *sink)
{
	struct record *r = container_of(sink, struct record, sink);

	if (r->events)
		r->events->ops->close(r->events);
	free(r);
}

static int record_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
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
	write_header(&r->w, cfg->origins);
	*sink = &r->sink;
	return 0;
}

static void record_event(struct sink *sink, const struct cap_event *ev)
{
	struct record *r = container_of(sink, struct record, sink);

	/* A line of its own: it is no column of the check that follows. */
	if (event_has(ev, FIELD(CRED_OVERRIDE)) && ev->cred_override) {
		jw_begin(&r->w, '{');
		jw_key_str(&r->w, "type", "override");
		jw_end(&r->w, '}');
	}
	r->events->ops->event(r->events, ev);
}

static void record_lost(struct sink *sink, uint64_t count, const char *where)
{
	struct record *r = container_of(sink, struct record, sink);

	r->events->ops->lost(r->events, count, where);
}

static void begin_beside(struct json_writer *w, const char *type, uint64_t timestamp, int32_t pid,
			 int32_t tid)
{
	jw_begin(w, '{');
	jw_key_str(w, "type", type);
	jw_key_time(w, "timestamp", timestamp);
	jw_key_u64(w, "pid", (uint64_t)pid);
	jw_key_u64(w, "tid", (uint64_t)tid);
}

static void record_outcome(struct sink *sink, const struct cap_outcome *o)
{
	struct json_writer *w = &container_of(sink, struct record, sink)->w;

	begin_beside(w, "outcome", o->until, o->pid, o->tid);
	jw_key_time(w, "since", o->since);
	jw_key_bool(w, "refused", o->refused);
	if (o->has_ret) {
		jw_key(w, "ret");
		jw_s64(w, o->ret);
	}
	if (o->has_ids)
		jw_key_bool(w, "idschanged", o->ids_changed);
	if (o->has_permitted)
		jw_key_u64(w, "permitted", o->permitted);
	if (o->has_args) {
		jw_key(w, "args");
		jw_begin(w, '[');
		for (size_t i = 0; i < ARRAY_SIZE(o->args); i++)
			jw_s64(w, (int64_t)o->args[i]);
		jw_end(w, ']');
	}
	jw_end(w, '}');
}

static void record_exec(struct sink *sink, const struct cap_exec *x)
{
	struct json_writer *w = &container_of(sink, struct record, sink)->w;

	begin_beside(w, "exec", x->timestamp, x->pid, x->tid);
	jw_key_str(w, "filename", x->filename);
	jw_end(w, '}');
}

static void record_finish(struct sink *sink, const struct run_summary *res)
{
	struct json_writer *w = &container_of(sink, struct record, sink)->w;

	jw_begin(w, '{');
	jw_key_str(w, "type", "end");
	jw_key_u64(w, "timestamp", clock_wall_ns());
	jw_key_u64(w, "events", res->shown);
	jw_key_u64(w, "lost", res->lost);
	jw_key_u64(w, "unaudited", res->unaudited);
	jw_key_bool(w, "limit", res->limit);
	jw_key_u64(w, "signal", (uint64_t)res->signal);
	jw_end(w, '}');
}

const struct sink_ops record_sink_ops = {
	.name = "record",
	.help = "a recording",
	.whole = true,
	.open = record_open,
	.event = record_event,
	.outcome = record_outcome,
	.exec = record_exec,
	.lost = record_lost,
	.finish = record_finish,
	.close = record_close,
};
