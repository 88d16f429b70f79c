// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/output/cell.h"
#include "core/output/out.h"
#include "tests/unit/helper.h"

static void utf8_locale(void)
{
	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

static void ascii_locale(void)
{
	setlocale(LC_CTYPE, "C");
	setenv("LC_ALL", "C", 1);
}

TestSuite(columns, .init = utf8_locale);
TestSuite(cell, .init = utf8_locale);
TestSuite(ascii, .init = ascii_locale);

/* The output of cell_write() for @s, to free; @cells is how many it says it took. */
static char *cell_of(const char *s, size_t limit, bool utf8, size_t *cells)
{
	struct out *o = out_new(-1);
	const char *data;
	size_t len;
	char *text;

	*cells = cell_write(o, s, strlen(s), limit, utf8);
	data = out_data(o, &len);
	text = strndup(data, len);
	out_free(o);
	return text;
}

static void expect(const char *s, size_t limit, const char *written)
{
	size_t cells;
	char *text = cell_of(s, limit, true, &cells);

	cr_assert_str_eq(text, written);
	cr_assert_eq(cells, (size_t)line_cells(text), "%s", text);
	cr_assert_leq(cells, limit);
	free(text);
}

static void expect_ascii(const char *s, size_t limit, const char *written)
{
	size_t cells;
	char *text = cell_of(s, limit, false, &cells);

	cr_assert_str_eq(text, written);
	cr_assert_eq(cells, strlen(text));
	free(text);
}

Test(cell, fits_or_is_cut)
{
	expect("nice", 4, "nice");
	expect("nicer", 4, "nic…");
	expect("ab", 1, "…");
	expect("a", 1, "a");
	expect("中文", 4, "中文");
	expect("中文", 3, "中…");
	expect("中文", 2, "…");
	expect("é", 1, "é");
	expect("e\u0301e", 2, "e\u0301e");
	expect("", 5, "\"\"");
}

Test(cell, escapes)
{
	expect("\x1b[2J", CELL_WHOLE, "\\x1b[2J");
	expect("a\nb\tc\rd", CELL_WHOLE, "a\\nb\\tc\\rd");
	expect("\a\b\f\v\x7f", CELL_WHOLE, "\\a\\b\\f\\v\\x7f");
	expect("a\\x1b", CELL_WHOLE, "a\\\\x1b");
	expect("\xc2\x9b"
	       "31m",
	       CELL_WHOLE, "\\xc2\\x9b31m");
	expect("\xff\xe4\xb8", CELL_WHOLE, "\\xff\\xe4\\xb8");
	expect("a\u202eb", CELL_WHOLE, "a\\xe2\\x80\\xaeb");
	expect("\u200b", CELL_WHOLE, "\\xe2\\x80\\x8b");
	expect(" a b ", CELL_WHOLE, "\\x20a b\\x20");
}

Test(cell, an_escape_is_never_cut_apart)
{
	expect("\x1b\x1b", 8, "\\x1b\\x1b");
	expect("\x1b\x1b", 7, "\\x1b…");
	expect("\x1b\x1b", 4, "…");
	expect("a\n", 2, "a…");
}

Test(cell, ascii_only)
{
	expect_ascii("nicer", 4, "nic~");
	expect_ascii("é", CELL_WHOLE, "\\xc3\\xa9");
	expect_ascii("ab", 1, "~");
}

Test(cell, no_byte_reaches_the_terminal_as_a_control)
{
	for (int first = 1; first < 256; first++) {
		for (int second = 1; second < 256; second++) {
			char s[3] = {(char)first, (char)second};
			size_t cells;
			char *text = cell_of(s, CELL_WHOLE, true, &cells);

			cr_assert_eq(line_cells(text), (int)cells, "%02x %02x", first, second);
			cr_assert_null(strpbrk(text, "\n\x7f\x1b"));
			cr_assert_null(strstr(text, "\xc2\x9b"));
			free(text);
			text = cell_of(s, 5, false, &cells);
			for (const char *p = text; *p; p++)
				cr_assert(*p >= ' ' && *p < 0x7f, "%02x %02x", first, second);
			cr_assert_leq(cells, 5);
			free(text);
		}
	}
}

Test(ascii, marks_what_is_cut)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	strcpy(ev.comm, "caf\xc3\xa9-very-long");
	cr_assert_not(cell_locale_is_utf8());
	text = render("columns", NULL, 40, &ev, 0);
	cr_assert_null(strstr(text, "…"));
	cr_assert(strchr(text, '~'), "%s", text);
	free(text);
}

Test(ascii, the_locales_name_counts_where_it_was_not_loaded)
{
	setenv("LC_ALL", "xx_XX.UTF-8", 1);
	cr_assert(cell_locale_is_utf8());
	setenv("LC_ALL", "", 1);
	setenv("LC_CTYPE", "C", 1);
	setenv("LANG", "de_DE.utf8", 1);
	cr_assert_not(cell_locale_is_utf8());
	unsetenv("LC_CTYPE");
	cr_assert(cell_locale_is_utf8());
	unsetenv("LANG");
	cr_assert_not(cell_locale_is_utf8());
}

Test(columns, the_default_table)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	text = render("columns", NULL, 80, &ev, 0);
	cr_assert_str_eq(
		text,
		"PID     COMM            SYSCALL      UID    CAP CAPNAME            AUDIT VERDICT\n"
		"3277678 chroot          chroot       0      18  SYS_CHROOT         1     Allow\n");
	free(text);
	text = render("columns", NULL, 0, &ev, 0);
	cr_assert(strstr(text, "\n3277678 chroot          chroot       0 "), "%s", text);
	free(text);
}

Test(columns, columns_of_the_reference)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	text = render("columns",
		      "comm,syscall,capName,verdict,targetuserns,currentuserns,caps,capsnames", 120,
		      &ev, 0);
	cr_assert(strstr(text, "3fffffffff"), "%s", text);
	cr_assert(strstr(text, " chown,dac_"), "%s", text);
	cr_assert(strstr(text, "…\n"), "%s", text);
	free(text);
}

/* Each line fits, is printable and has no trailing blank. */
static void check_lines(const char *text, unsigned int width)
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n");
		int cells = line_cells(line);

		cr_assert_geq(cells, 0, "not printable: %.*s", (int)len, line);
		if (width)
			cr_assert_leq((unsigned int)cells, width, "at %u: %.*s", width, (int)len,
				      line);
		cr_assert(len && line[len - 1] != ' ', "'%.*s'", (int)len, line);
		cr_assert_eq(line[len], '\n');
	}
}

Test(columns, fit_at_any_width)
{
	static const unsigned int widths[] = {40, 60, 80, 81, 100, 200, 0};
	static const char *const comms[] = {"nice",
					    "",
					    "a",
					    "123456789012345",
					    "\x1b[2J\x1b]0;x\a",
					    "中文中文中",
					    " ",
					    "\xff\xfe\xfd\xfc"};

	for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
		for (size_t c = 0; c < sizeof(comms) / sizeof(comms[0]); c++) {
			struct cap_event ev;
			char *text;

			event_chroot(&ev);
			ev.cap = 40;
			ev.syscall = "landlock_create_ruleset";
			strcpy(ev.comm, comms[c]);
			text = render("columns", NULL, widths[w], &ev, 0);
			check_lines(text, widths[w]);
			free(text);
		}
	}
}

Test(columns, a_pipe_gets_whole_values)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	ev.cap = 40;
	ev.uid = UINT32_MAX;
	ev.caps = UINT64_MAX;
	ev.syscall = "a_system_call_with_a_name_that_is_longer_than_any";
	strcpy(ev.comm, "\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b");
	text = render("columns", "comm,syscall,uid,capname,capsnames", 0, &ev, 0);
	cr_assert_null(strstr(text, "…"));
	cr_assert(strstr(text, ev.syscall));
	cr_assert(strstr(text, "4294967295 CHECKPOINT_RESTORE"), "%s", text);
	cr_assert(strstr(text, ",cap_63\n"));
	check_lines(text, 0);
	free(text);
}

Test(columns, numbers_are_never_cut)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	ev.pid = 4194304;
	ev.uid = UINT32_MAX;
	for (unsigned int width = 1; width < 120; width++) {
		text = render("columns", NULL, width, &ev, 0);
		cr_assert(strstr(text, "4194304 "), "at %u: %s", width, text);
		cr_assert(strstr(text, " 4294967295 18 "), "at %u: %s", width, text);
		free(text);
	}
}

/* The column after one that a long number pushed is in its place again. */
Test(columns, texts_give_way)
{
	struct cap_event ev;
	char *text, *row;

	event_chroot(&ev);
	ev.uid = UINT32_MAX;
	ev.cap = 40;
	text = render("columns", NULL, 80, &ev, 0);
	check_lines(text, 80);
	row = strchr(text, '\n') + 1;
	cr_assert(strstr(row, " 4294967295 40 CHECKPOINT_RES… 1 "), "%s", text);
	cr_assert_eq(strstr(text, "AUDIT") - text, line_cells(row) - 11, "%s", text);
	free(text);
}

Test(columns, absent_is_a_dash)
{
	struct cap_event ev = {.have = FIELD(PID), .pid = 1};
	char *text = render("columns", NULL, 80, &ev, 0);

	cr_assert(strstr(text, "\n1       -               -            -      -   -                "
			       "  -     -\n"),
		  "%s", text);
	free(text);
}

Test(columns, frames_under_the_row)
{
	static const struct cap_frame frames[] = {
		{.addr = 1, .symbol = "cap_capable", .offset = 0x1},
		{.addr = 2, .symbol = "security\x1b_capable", .offset = 0x2f},
		{.addr = 0xffffffffc0001234},
	};
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	text = render("columns", "pid", 80, &ev, 0);
	cr_assert_str_eq(text, "PID\n3277678\n");
	free(text);
	ev.have |= FIELD(KSTACK);
	ev.kstack = frames;
	ev.kstack_len = 3;
	text = render("columns", "pid", 80, &ev, 0);
	cr_assert_str_eq(text, "PID\n3277678\n        cap_capable+0x1\n"
			       "        security\\x1b_capable+0x2f\n        0xffffffffc0001234\n");
	free(text);
}

Test(columns, losses_are_reported_on_stderr)
{
	cr_assert_null(sink_find("columns")->lost);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void resize_and_count(bool header, unsigned int width, size_t headings)
{
	const struct column *cols[64];
	struct sink_cfg cfg = {.out = out_new(-1), .cols = cols, .header = header, .width = 80};
	const struct sink_ops *ops = sink_find("columns");
	struct cap_event ev;
	struct sink *sink;
	const char *data;
	char *text;
	size_t len;

	event_chroot(&ev);
	cfg.cols_len = find_columns(NULL, cols);
	cr_assert_eq(ops->open(&sink, &cfg, NULL), 0);
	ops->event(sink, &ev);
	ops->resize(sink, width);
	ops->event(sink, &ev);
	ops->event(sink, &ev);
	ops->close(sink);
	data = out_data(cfg.out, &len);
	text = strndup(data, len);
	cr_assert_eq(count(text, "PID "), headings, "%s", text);
	cr_assert_eq(count(text, "3277678"), 3);
	free(text);
	out_free(cfg.out);
}

Test(columns, resize)
{
	resize_and_count(true, 80, 1);
	resize_and_count(true, 60, 2);
	resize_and_count(true, 100, 2);
	resize_and_count(false, 60, 0);
}
