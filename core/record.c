// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/record.h"

#include <time.h>

#include "core/err.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/output/sinks.h"
#include "core/session.h"
#include "core/source.h"
#include "core/util.h"

struct record {
	struct sink sink;
	struct sink *events; /* writes checks and losses */
	struct json_writer w;
};

static void write_fields(struct json_writer *w, uint64_t fields)
{
	json_key(w, "fields");
	json_begin(w, '[');
	for (int i = 0; i < CAP_FIELD_COUNT; i++)
		if (fields >> i & 1)
			json_str(w, event_field_name((enum cap_field)i));
	json_end(w, ']');
}

static void write_target(struct json_writer *w, const struct cap_source *src)
{
	if (src->command) {
		json_key(w, "command");
		json_begin(w, '[');
		for (char *const *arg = src->command; *arg; arg++)
			json_str(w, *arg);
		json_end(w, ']');
		json_key_str(w, "path", src->path);
	}
	if (src->pids_len) {
		json_key(w, "pids");
		json_begin(w, '[');
		for (size_t i = 0; i < src->pids_len; i++)
			json_u64(w, (uint64_t)src->pids[i]);
		json_end(w, ']');
	}
	if (!src->sets.known)
		return;
	json_key(w, "capabilities");
	json_begin(w, '{');
	json_key_u64(w, "bounding", src->sets.bounding);
	json_key_u64(w, "permitted", src->sets.permitted);
	json_key_u64(w, "inheritable", src->sets.inheritable);
	json_key_u64(w, "ambient", src->sets.ambient);
	json_end(w, '}');
}

static void write_header(struct json_writer *w, const struct cap_source *src)
{
	json_begin(w, '{');
	json_key_str(w, "type", "header");
	json_key_str(w, "format", RECORD_FORMAT);
	json_key_u64(w, "version", RECORD_VERSION);
	json_key_str(w, "captrace", CAPTRACE_VERSION);
	json_key_str(w, "host", src->host);
	json_key_str(w, "kernel", src->kernel);
	json_key_str(w, "build", src->build);
	json_key_str(w, "machine", src->arch);
	json_key_str(w, "variant", src->variant);
	write_fields(w, src->fields);
	json_key_u64(w, "start", src->start);
	json_key_bool(w, "unaudited", src->unaudited);
	write_target(w, src);
	json_end(w, '}');
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
		return err_set(e, -ENOMEM, "out of memory");
	r->sink.ops = &record_sink_ops;
	r->w.out = cfg->out;
	rc = json_sink_ops.open(&r->events, cfg, e);
	if (rc) {
		record_close(&r->sink);
		return rc;
	}
	write_header(&r->w, cfg->sources);
	*sink = &r->sink;
	return 0;
}

static void record_event(struct sink *sink, const struct cap_event *ev)
{
	struct record *r = container_of(sink, struct record, sink);

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
	json_begin(w, '{');
	json_key_str(w, "type", type);
	json_key_u64(w, "timestamp", timestamp);
	json_key_u64(w, "pid", (uint64_t)pid);
	json_key_u64(w, "tid", (uint64_t)tid);
}

static void record_outcome(struct sink *sink, const struct cap_outcome *o)
{
	struct json_writer *w = &container_of(sink, struct record, sink)->w;

	begin_beside(w, "outcome", o->until, o->pid, o->tid);
	json_key_u64(w, "since", o->since);
	json_key_bool(w, "refused", o->refused);
	if (o->has_ret) {
		json_key(w, "ret");
		json_s64(w, o->ret);
	}
	if (o->has_ids)
		json_key_bool(w, "idschanged", o->ids_changed);
	if (o->has_permitted)
		json_key_u64(w, "permitted", o->permitted);
	json_end(w, '}');
}

static void record_exec(struct sink *sink, const struct cap_exec *x)
{
	struct json_writer *w = &container_of(sink, struct record, sink)->w;

	begin_beside(w, "exec", x->timestamp, x->pid, x->tid);
	json_key_str(w, "filename", x->filename);
	json_end(w, '}');
}

static void record_finish(struct sink *sink, const struct session_result *res)
{
	struct json_writer *w = &container_of(sink, struct record, sink)->w;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	json_begin(w, '{');
	json_key_str(w, "type", "end");
	json_key_u64(w, "timestamp", (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
	json_key_u64(w, "events", res->shown);
	json_key_u64(w, "lost", res->lost);
	json_key_u64(w, "unaudited", res->unaudited);
	json_key_bool(w, "limit", res->limit);
	json_key_u64(w, "signal", (uint64_t)res->signal);
	json_end(w, '}');
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
