// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/helper.h"

#include <criterion/criterion.h>
#include <string.h>
#include <wchar.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/output/out.h"

void event_chroot(struct cap_event *ev)
{
	*ev = (struct cap_event){
		.have = FIELDS_BACKEND & ~FIELD(KSTACK),
		.timestamp = UINT64_C(1677087968732237745),
		.pid = 3277678,
		.tid = 3277679,
		.comm = "chroot",
		.cap = 18,
		.audit = true,
		.verdict = CAP_ALLOW,
		.syscall = "chroot",
		.caps = UINT64_C(0x3fffffffff),
		.target_userns = 4026531837,
		.current_userns = 4026531837,
		.mntns = 4026533307,
		.cgroupid = 4711,
	};
}

size_t find_columns(const char *list, const struct column **cols)
{
	size_t n = 0;

	if (!list) {
		for (size_t i = 0; i < columns_len; i++)
			if (columns[i].shown)
				cols[n++] = &columns[i];
		return n;
	}
	while (*list) {
		size_t len = strcspn(list, ",");

		cols[n] = column_find(list, len);
		cr_assert_not_null(cols[n], "no column %.*s", (int)len, list);
		n++;
		list += len;
		list += *list == ',';
	}
	return n;
}

char *render(const char *name, const char *list, unsigned int width, const struct cap_event *ev,
	     uint64_t lost)
{
	const struct sink_ops *ops = sink_find(name);
	const struct column *cols[64];
	struct sink_cfg cfg = {.cols = cols, .header = true, .kstack = true, .width = width};
	struct err e = {0};
	struct sink *sink;
	const char *data;
	char *text;
	size_t len;

	cr_assert_not_null(ops);
	cfg.out = out_new(-1);
	cfg.cols_len = find_columns(list, cols);
	cr_assert_eq(ops->open(&sink, &cfg, &e), 0, "%s", e.msg);
	if (ev)
		ops->event(sink, ev);
	if (lost && ops->lost)
		ops->lost(sink, lost, "ring buffer");
	if (ops->finish)
		ops->finish(sink, &(struct run_summary){0});
	ops->close(sink);
	data = out_data(cfg.out, &len);
	text = strndup(data, len);
	cr_assert_eq(strlen(text), len, "a NUL in the output");
	out_free(cfg.out);
	return text;
}

int line_cells(const char *line)
{
	size_t len = strcspn(line, "\n");
	int cells = 0;

	for (size_t i = 0; i < len;) {
		uint32_t cp;
		int width;

		i += utf8_decode(line + i, len - i, &cp);
		width = cp == UTF8_INVALID ? -1 : wcwidth((wchar_t)cp);
		if (width < 0)
			return -1;
		cells += width;
	}
	return cells;
}

uint32_t random_below(uint32_t *state, uint32_t n)
{
	/* xorshift32 */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % n;
}
