// SPDX-License-Identifier: GPL-2.0-or-later
/* columns: one row per event, for people. */
#include <inttypes.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/cell.h"
#include "core/output/out.h"
#include "core/output/render_cache.h"
#include "core/output/sinks.h"
#include "core/output/widths.h"

#define FRAME_INDENT 8
#define COUNT_CELLS  8 /* width of the counts before the rows at the end */

struct columns_sink {
	struct sink sink;
	struct sink_cfg cfg;
	const struct column *kstack; /* NULL: no frames under the row */
	bool utf8;
	bool heading_due;           /* the widths have changed */
	bool counting;              /* the counts at the end have begun */
	unsigned short *cells;      /* of each column */
	struct render_cache *cache; /* NULL: rows show the time, so no two are equal */
};

/*
 * A row that is being written. Each cell is written at the cursor, as near to its column as it can
 * be.
 */
struct row {
	const struct columns_sink *cs;
	struct out *out;
	size_t i;      /* column */
	size_t start;  /* where the column starts */
	size_t cursor; /* cells written */
};

static void put(struct row *row, const char *text, size_t len, bool may_cut)
{
	const struct columns_sink *cs = row->cs;
	size_t cells = cs->cells[row->i], end = row->start + cells, limit = CELL_WHOLE, pad;

	/* Blanks are written before a cell, never after it: no row has trailing ones. */
	if (row->i) {
		pad = row->start > row->cursor ? row->start - row->cursor : 1;
		out_repeat(row->out, ' ', pad);
		row->cursor += pad;
	}
	/*
	 * A text that a long number has pushed to the right is cut more, so that the next column is
	 * in its place again.
	 */
	if (cs->cfg.width && may_cut) {
		size_t least = MIN(cells, (size_t)cs->cfg.cols[row->i]->min);

		limit = end > row->cursor + least ? end - row->cursor : least;
	}
	row->cursor += cell_write(row->out, text, len, limit, cs->utf8);
	row->start = end + 1;
	row->i++;
}

static void put_heading(const struct columns_sink *cs)
{
	struct row row = {.cs = cs, .out = cs->cfg.out};
	char buf[32];

	for (size_t i = 0; i < cs->cfg.cols_len; i++) {
		const char *heading = column_heading(cs->cfg.cols[i], buf, sizeof(buf));

		put(&row, heading, strlen(heading), true);
	}
	out_char(cs->cfg.out, '\n');
}

static void put_frames(const struct columns_sink *cs, struct out *o, const struct cap_event *ev)
{
	char item[VALUE_ITEM_MAX];
	const char *frame;
	struct value v;
	size_t pos = 0;

	column_get(cs->kstack, ev, &v);
	if (v.type == VALUE_NONE)
		return;
	while ((frame = v.list.next(ev, &pos, item))) {
		out_repeat(o, ' ', FRAME_INDENT);
		cell_write(o, frame, strlen(frame), CELL_WHOLE, cs->utf8);
		out_char(o, '\n');
	}
}

static size_t render(void *arg, struct out *o, const struct cap_event *ev)
{
	const struct columns_sink *cs = arg;
	struct row row = {.cs = cs, .out = o};

	for (size_t i = 0; i < cs->cfg.cols_len; i++) {
		cleanup_free char *big = NULL;
		const char *text;
		char buf[1024];
		struct value v;

		column_get(cs->cfg.cols[i], ev, &v);
		text = value_whole(&v, buf, sizeof(buf), &big);
		put(&row, text, strlen(text), v.type == VALUE_STR || v.type == VALUE_LIST);
	}
	out_char(o, '\n');
	if (cs->kstack)
		put_frames(cs, o, ev);
	return RENDER_NO_TIME;
}

static void columns_event(struct sink *sink, const struct cap_event *ev)
{
	struct columns_sink *cs = container_of(sink, struct columns_sink, sink);

	if (cs->heading_due)
		put_heading(cs);
	cs->heading_due = false;
	if (cs->cache)
		render_cache_write(cs->cache, ev);
	else
		render(cs, cs->cfg.out, ev);
}

/* Writes a row again, after the count of events that it stands for. */
static void columns_count(struct sink *sink, const struct cap_event *ev, uint64_t count)
{
	struct columns_sink *cs = container_of(sink, struct columns_sink, sink);
	char text[32];

	if (!cs->counting && cs->cfg.header) {
		out_str(cs->cfg.out, "\nCOUNT    ");
		put_heading(cs);
	}
	cs->counting = true;
	snprintf(text, sizeof(text), "%-*" PRIu64 " ", COUNT_CELLS, count);
	out_str(cs->cfg.out, text);
	render(cs, cs->cfg.out, ev);
}

static void columns_resize(struct sink *sink, unsigned int width)
{
	struct columns_sink *cs = container_of(sink, struct columns_sink, sink);
	cleanup_free unsigned short *old = malloc(cs->cfg.cols_len * sizeof(*old));

	if (old)
		memcpy(old, cs->cells, cs->cfg.cols_len * sizeof(*old));
	cs->cfg.width = width;
	widths_fit(cs->cfg.cols, cs->cfg.cols_len, width, cs->cells);
	if (cs->cache)
		render_cache_forget(cs->cache);
	if (cs->cfg.header &&
	    (!old || memcmp(old, cs->cells, cs->cfg.cols_len * sizeof(*old)) != 0))
		cs->heading_due = true;
}

static bool shows_time(const struct sink_cfg *cfg)
{
	for (size_t i = 0; i < cfg->cols_len; i++)
		if (cfg->cols[i]->needs & FIELD(TIMESTAMP))
			return true;
	return false;
}

static void columns_close(struct sink *sink)
{
	struct columns_sink *cs = container_of(sink, struct columns_sink, sink);

	render_cache_free(cs->cache);
	free(cs->cells);
	free(cs);
}

static int columns_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	struct columns_sink *cs = calloc(1, sizeof(*cs));

	if (!cs)
		return err_nomem(e);
	cs->cells = calloc(cfg->cols_len, sizeof(*cs->cells));
	if (!shows_time(cfg))
		cs->cache = render_cache_new(cfg->out, render, cs);
	if (!cs->cells || (!cs->cache && !shows_time(cfg))) {
		columns_close(&cs->sink);
		return err_nomem(e);
	}
	cs->sink.ops = &columns_sink_ops;
	cs->cfg = *cfg;
	cs->kstack = cfg->kstack ? column_find("kstack", strlen("kstack")) : NULL;
	cs->utf8 = cell_locale_is_utf8();
	widths_fit(cfg->cols, cfg->cols_len, cfg->width, cs->cells);
	if (cfg->header)
		put_heading(cs);
	*sink = &cs->sink;
	return 0;
}

const struct sink_ops columns_sink_ops = {
	.name = "columns",
	.open = columns_open,
	.event = columns_event,
	.unique_count = columns_count,
	.resize = columns_resize,
	.close = columns_close,
};
