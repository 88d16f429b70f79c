// SPDX-License-Identifier: GPL-2.0-or-later
/* yaml: one document per event. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/output/render_cache.h"
#include "core/output/sinks.h"

struct yaml_sink {
	struct sink sink;
	struct out *out;
	struct render_cache *cache;
};

/*
 * Whether every parser reads the unquoted @s as that string: it has no indicators, and neither YAML
 * 1.1 nor 1.2 takes it for a boolean, a null or a number (numbers start with a digit, a sign or a
 * point).
 */
static bool is_plain(const char *s)
{
	static const char *const words[] = {"y",   "n",    "yes",   "no",  "on",
					    "off", "true", "false", "null"};
	size_t len = strlen(s);

	if (!isalpha((unsigned char)s[0]) || (unsigned char)s[0] > 0x7f || s[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!(isalnum((unsigned char)s[i]) && (unsigned char)s[i] < 0x80) &&
		    !strchr("_-./+ ", s[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcasecmp(s, words[i]))
			return false;
	return true;
}

static void string(struct out *o, const char *s)
{
	if (is_plain(s))
		out_str(o, s);
	else
		json_write_string(o, s, strlen(s));
}

static void list(struct out *o, const struct value *v)
{
	char item[VALUE_ITEM_MAX];
	const char *s;
	size_t pos = 0, n;

	for (n = 0; (s = v->list.next(v->list.ev, &pos, item)); n++) {
		out_str(o, "\n  - ");
		string(o, s);
	}
	if (!n)
		out_str(o, " []");
}

static void member(struct out *o, const struct column *col, const struct value *v)
{
	out_str(o, col->key);
	out_char(o, ':');
	if (v->type == VALUE_LIST) {
		list(o, v);
	} else {
		out_char(o, ' ');
		if (v->type == VALUE_STR)
			string(o, v->s);
		else
			jw_value(&(struct json_writer){.out = o, .after_key = true}, v);
	}
	out_char(o, '\n');
}

static size_t render(void *arg, struct out *o, const struct cap_event *ev)
{
	size_t time = RENDER_NO_TIME;
	struct value v;

	out_str(o, "---\n");
	for (size_t i = 0; i < columns_len; i++) {
		bool is_time = columns[i].needs == FIELD(TIMESTAMP);

		column_get(&columns[i], ev, &v);
		if (is_time && v.type != VALUE_NONE) {
			out_data(o, &time);
			time += strlen(columns[i].key) + strlen(": ");
		}
		member(o, &columns[i], &v);
		if (is_time)
			out_str(o, "type: normal\n");
	}
	return time;
}

static void yaml_event(struct sink *sink, const struct cap_event *ev)
{
	render_cache_write(container_of(sink, struct yaml_sink, sink)->cache, ev);
}

static void yaml_count(struct sink *sink, const struct cap_event *ev, uint64_t count)
{
	struct yaml_sink *ys = container_of(sink, struct yaml_sink, sink);
	struct value v;

	out_str(ys->out, "---\ntype: count\ncount: ");
	out_u64(ys->out, count);
	out_char(ys->out, '\n');
	for (size_t i = 0; i < columns_len; i++) {
		column_get(&columns[i], ev, &v);
		member(ys->out, &columns[i], &v);
	}
}

static void yaml_lost(struct sink *sink, uint64_t count, const char *where)
{
	struct yaml_sink *ys = container_of(sink, struct yaml_sink, sink);

	out_str(ys->out, "---\ntype: lost\ncount: ");
	out_u64(ys->out, count);
	out_str(ys->out, "\nwhere: ");
	string(ys->out, where);
	out_char(ys->out, '\n');
}

static int yaml_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	struct yaml_sink *ys = calloc(1, sizeof(*ys));

	if (!ys)
		return err_nomem(e);
	ys->cache = render_cache_new(cfg->out, render, ys);
	if (!ys->cache) {
		free(ys);
		return err_nomem(e);
	}
	ys->sink.ops = &yaml_sink_ops;
	ys->out = cfg->out;
	*sink = &ys->sink;
	return 0;
}

static void yaml_close(struct sink *sink)
{
	struct yaml_sink *ys = container_of(sink, struct yaml_sink, sink);

	render_cache_free(ys->cache);
	free(ys);
}

const struct sink_ops yaml_sink_ops = {
	.name = "yaml",
	.whole = true,
	.open = yaml_open,
	.event = yaml_event,
	.unique_count = yaml_count,
	.lost = yaml_lost,
	.close = yaml_close,
};
