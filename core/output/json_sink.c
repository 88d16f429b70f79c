// SPDX-License-Identifier: GPL-2.0-or-later
/* json: an object a line. jsonpretty: the same as `jq .` prints it. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/json.h"
#include "core/output/out.h"
#include "core/output/render_cache.h"
#include "core/output/sinks.h"

#define PRETTY_INDENT 2
#define MEMOS         8

/*
 * The names of a full capability set are more than half of an object, and nearly all events of a
 * system have one of a few sets: the text of the last ones is kept.
 */
struct memo {
	const struct column *col;
	uint64_t key;
	struct out *text;
};

struct json_sink {
	struct sink sink;
	struct out *out;
	int indent;       /* as json_write_value() has it */
	const char *end;  /* of an object */
	struct out *keys; /* the texts before all values, one after the other */
	size_t *key_end;  /* of each column's text in `keys` */
	size_t timestamp; /* its column */
	struct memo memos[MEMOS];
	struct render_cache *cache;
};

static void sink_close(struct sink *sink)
{
	struct json_sink *js = container_of(sink, struct json_sink, sink);

	for (size_t i = 0; i < MEMOS; i++)
		out_free(js->memos[i].text);
	render_cache_free(js->cache);
	out_free(js->keys);
	free(js->key_end);
	free(js);
}

/* What stands before the value of a member: the separator and its key. */
static void key_text(struct json_sink *js, struct out *o, const char *key, bool first)
{
	out_char(o, first ? '{' : ',');
	if (js->indent >= 0) {
		out_char(o, '\n');
		out_repeat(o, ' ', PRETTY_INDENT);
	}
	json_write_string(o, key, strlen(key));
	out_str(o, js->indent >= 0 ? ": " : ":");
}

static void list_value(struct json_sink *js, struct out *o, const struct column *col,
		       const struct value *v)
{
	/* Fibonacci hashing: the sets differ in few bits. */
	struct memo *m = &js->memos[v->list.key * UINT64_C(0x9e3779b97f4a7c15) >> 61];
	const char *text;
	size_t len;

	if (m->col != col || m->key != v->list.key) {
		if (!m->text)
			m->text = out_new(-1);
		if (!m->text) {
			json_write_value(o, v, js->indent);
			return;
		}
		out_clear(m->text);
		json_write_value(m->text, v, js->indent);
		/* A text that memory ran out for is not the list's. */
		if (out_flush(m->text)) {
			out_free(m->text);
			*m = (struct memo){0};
			json_write_value(o, v, js->indent);
			return;
		}
		m->col = col;
		m->key = v->list.key;
	}
	text = out_data(m->text, &len);
	out_write(o, text, len);
}

static size_t render(void *arg, struct out *o, const struct cap_event *ev)
{
	struct json_sink *js = arg;
	size_t start = 0, time = RECENT_NO_TIME, len;
	const char *keys = out_data(js->keys, &len);
	struct value v;

	for (size_t i = 0; i < columns_len; i++) {
		out_write(o, keys + start, js->key_end[i] - start);
		start = js->key_end[i];
		if (i == js->timestamp && event_has(ev, FIELD(TIMESTAMP)))
			out_data(o, &time);
		column_get(&columns[i], ev, &v);
		if (v.type == VALUE_LIST && v.list.key)
			list_value(js, o, &columns[i], &v);
		else
			json_write_value(o, &v, js->indent);
	}
	out_str(o, js->end);
	return time;
}

static int sink_open_as(struct sink **sink, const struct sink_ops *ops, const struct sink_cfg *cfg,
			int indent, struct err *e)
{
	struct json_sink *js = calloc(1, sizeof(*js));

	if (!js)
		return err_nomem(e);
	js->sink.ops = ops;
	js->out = cfg->out;
	js->indent = indent;
	js->end = indent >= 0 ? "\n}\n" : "}\n";
	js->keys = out_new(-1);
	js->key_end = calloc(columns_len, sizeof(*js->key_end));
	js->cache = render_cache_new(cfg->out, render, js);
	if (!js->keys || !js->key_end || !js->cache)
		goto no_memory;
	for (size_t i = 0; i < columns_len; i++) {
		/* The type is the same for all events: it rides on the key that follows. */
		if (i && !strcmp(columns[i - 1].key, "timestamp")) {
			key_text(js, js->keys, "type", false);
			out_str(js->keys, "\"normal\"");
			js->timestamp = i - 1;
		}
		key_text(js, js->keys, columns[i].key, i == 0);
		out_data(js->keys, &js->key_end[i]);
	}
	if (out_flush(js->keys))
		goto no_memory;
	*sink = &js->sink;
	return 0;

no_memory:
	sink_close(&js->sink);
	return err_nomem(e);
}

static void sink_event(struct sink *sink, const struct cap_event *ev)
{
	struct json_sink *js = container_of(sink, struct json_sink, sink);

	render_cache_write(js->cache, ev);
}

static void sink_count(struct sink *sink, const struct cap_event *ev, uint64_t count)
{
	struct json_sink *js = container_of(sink, struct json_sink, sink);
	struct value v;

	key_text(js, js->out, "type", true);
	out_str(js->out, "\"count\"");
	key_text(js, js->out, "count", false);
	out_u64(js->out, count);
	for (size_t i = 0; i < columns_len; i++) {
		key_text(js, js->out, columns[i].key, false);
		column_get(&columns[i], ev, &v);
		json_write_value(js->out, &v, js->indent);
	}
	out_str(js->out, js->end);
}

static void sink_lost(struct sink *sink, uint64_t count, const char *where)
{
	struct json_sink *js = container_of(sink, struct json_sink, sink);

	key_text(js, js->out, "type", true);
	out_str(js->out, "\"lost\"");
	key_text(js, js->out, "count", false);
	out_u64(js->out, count);
	key_text(js, js->out, "where", false);
	json_write_string(js->out, where, strlen(where));
	out_str(js->out, js->end);
}

static int json_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	return sink_open_as(sink, &json_sink_ops, cfg, -1, e);
}

static int jsonpretty_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	return sink_open_as(sink, &jsonpretty_sink_ops, cfg, PRETTY_INDENT, e);
}

const struct sink_ops json_sink_ops = {
	.name = "json",
	.help = "a JSON object a line",
	.whole = true,
	.open = json_open,
	.event = sink_event,
	.unique_count = sink_count,
	.lost = sink_lost,
	.close = sink_close,
};

const struct sink_ops jsonpretty_sink_ops = {
	.name = "jsonpretty",
	.help = "the same, indented",
	.whole = true,
	.open = jsonpretty_open,
	.event = sink_event,
	.unique_count = sink_count,
	.lost = sink_lost,
	.close = sink_close,
};
