// SPDX-License-Identifier: GPL-2.0-or-later
/* json: one object per line. jsonpretty: the same, as `jq .` prints it. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/output/record_format.h"
#include "core/output/render_cache.h"
#include "core/output/sinks.h"

#define MEMOS 8

/*
 * The names of a full capability set are more than half of an object, and nearly all events on a
 * system have one of a few sets, so the texts of recent sets are kept.
 */
struct memo {
	const struct column *col;
	uint64_t key;
	struct out *text;
};

struct json_sink {
	struct sink sink;
	struct json_writer w; /* for objects that are not cached */
	struct out *keys;     /* the texts before each of the values, one after the other */
	size_t *key_end;      /* where each column's text in `keys` ends */
	size_t timestamp;     /* the index of its column */
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

/* A writer for a member's value, in an object in @o that has the key already. */
static struct json_writer value_writer(const struct json_sink *js, struct out *o)
{
	return (struct json_writer){
		.out = o,
		.pretty = js->w.pretty,
		.depth = 1,
		.after_key = true,
	};
}

/* The text of a list, from `memos` if it is there; NULL if there is no memory for it. */
static const char *list_text(struct json_sink *js, const struct column *col, const struct value *v,
			     size_t *len)
{
	/* Fibonacci hashing: the sets differ in few bits. */
	struct memo *m = &js->memos[v->list.key * UINT64_C(0x9e3779b97f4a7c15) >> 61];
	struct json_writer w;

	if (!m->text)
		m->text = out_new(-1);
	if (!m->text)
		return NULL;
	if (m->col != col || m->key != v->list.key) {
		out_clear(m->text);
		w = value_writer(js, m->text);
		jw_value(&w, v);
		/* Memory ran out, so the text is not complete. */
		if (out_flush(m->text)) {
			out_free(m->text);
			*m = (struct memo){0};
			return NULL;
		}
		m->col = col;
		m->key = v->list.key;
	}
	return out_data(m->text, len);
}

static size_t render(void *arg, struct out *o, const struct cap_event *ev)
{
	struct json_sink *js = arg;
	size_t start = 0, time = RENDER_NO_TIME, all, len;
	const char *keys = out_data(js->keys, &all), *text;
	struct json_writer w = value_writer(js, o);
	struct value v;

	for (size_t i = 0; i < columns_len; i++) {
		out_write(o, keys + start, js->key_end[i] - start);
		start = js->key_end[i];
		if (i == js->timestamp && event_has(ev, FIELD(TIMESTAMP)))
			out_data(o, &time);
		column_get(&columns[i], ev, &v);
		w.after_key = true;
		text = v.type == VALUE_LIST && v.list.key ? list_text(js, &columns[i], &v, &len)
							  : NULL;
		if (text)
			jw_text(&w, text, len);
		else
			jw_value(&w, &v);
	}
	out_write(o, keys + start, all - start);
	return time;
}

/* Makes the text of an object without its values, and notes where each of them goes. */
static int make_keys(struct json_sink *js)
{
	struct json_writer w = {.pretty = js->w.pretty};

	w.out = js->keys = out_new(-1);
	js->key_end = calloc(columns_len, sizeof(*js->key_end));
	if (!js->keys || !js->key_end)
		return -ENOMEM;
	jw_begin(&w, '{');
	for (size_t i = 0; i < columns_len; i++) {
		/*
		 * All events have the same type, so it is part of the text before the next value.
		 */
		if (i && columns[i - 1].needs == FIELD(TIMESTAMP)) {
			jw_key_str(&w, "type", record_type_name(RECORD_EVENT));
			js->timestamp = i - 1;
		}
		jw_key(&w, columns[i].key);
		jw_text(&w, "", 0);
		out_data(js->keys, &js->key_end[i]);
	}
	jw_end(&w, '}');
	return out_flush(js->keys);
}

static int sink_open_as(struct sink **sink, const struct sink_ops *ops, const struct sink_cfg *cfg,
			struct err *e)
{
	struct json_sink *js = calloc(1, sizeof(*js));

	if (!js)
		return err_nomem(e);
	js->sink.ops = ops;
	js->w.out = cfg->out;
	js->w.pretty = ops == &jsonpretty_sink_ops;
	js->cache = render_cache_new(cfg->out, render, js);
	if (!js->cache || make_keys(js)) {
		sink_close(&js->sink);
		return err_nomem(e);
	}
	*sink = &js->sink;
	return 0;
}

static void sink_event(struct sink *sink, const struct cap_event *ev)
{
	struct json_sink *js = container_of(sink, struct json_sink, sink);

	render_cache_write(js->cache, ev);
}

static void sink_count(struct sink *sink, const struct cap_event *ev, uint64_t count)
{
	struct json_writer *w = &container_of(sink, struct json_sink, sink)->w;
	struct value v;

	jw_begin(w, '{');
	jw_key_str(w, "type", "count");
	jw_key_u64(w, "count", count);
	for (size_t i = 0; i < columns_len; i++) {
		jw_key(w, columns[i].key);
		column_get(&columns[i], ev, &v);
		jw_value(w, &v);
	}
	jw_end(w, '}');
}

static void sink_lost(struct sink *sink, uint64_t count, const char *where)
{
	const struct record_lost lost = {count, where};

	record_write(&container_of(sink, struct json_sink, sink)->w, RECORD_LOST, &lost);
}

static int json_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	return sink_open_as(sink, &json_sink_ops, cfg, e);
}

static int jsonpretty_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	return sink_open_as(sink, &jsonpretty_sink_ops, cfg, e);
}

const struct sink_ops json_sink_ops = {
	.name = "json",
	.whole = true,
	.open = json_open,
	.event = sink_event,
	.unique_count = sink_count,
	.lost = sink_lost,
	.close = sink_close,
};

const struct sink_ops jsonpretty_sink_ops = {
	.name = "jsonpretty",
	.whole = true,
	.open = jsonpretty_open,
	.event = sink_event,
	.unique_count = sink_count,
	.lost = sink_lost,
	.close = sink_close,
};
