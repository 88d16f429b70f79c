// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdarg.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/drop.h"
#include "core/event/event.h"
#include "tests/unit/helper.h"

/* The text written to the redirected stderr. */
static const char *said(void)
{
	static char text[4096];
	FILE *f = cr_get_redirected_stderr();
	size_t n;

	fflush(stderr);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	return text;
}

Test(log, components)
{
	static const char *const files[][2] = {
		{"ftrace/discover/learn.c", "ftrace/discover"},
		{"backends/bpf/object.c", "backends/bpf"},
		{"core/identity/runtime/docker.c", "core/identity/runtime"},
		{"compat/layout/layout.c", "compat/layout"},
		{"core/backend.c", "core"},
		{"tests/unit/test_log.c", "tests/unit"},
		{"x", "x"},
	};
	char buf[40];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		cr_assert_str_eq(log_component(files[i][0], buf, sizeof(buf)), files[i][1]);
}

Test(log, plain_up_to_v, .init = cr_redirect_stderr)
{
	log_level = LOG_VERBOSE;
	log_note("a %d", 1);
	log_verbose("b");
	log_debug("c");
	cr_assert_str_eq(said(), "captrace: a 1\ncaptrace: b\n");
}

Test(log, with_time_and_component_from_vv_on, .init = cr_redirect_stderr)
{
	unsigned int s, ms;
	const char *text;
	int at = 0;

	log_level = LOG_DEBUG;
	log_note("a");
	log_debug("b");
	log_trace("c");
	text = said();
	cr_assert_eq(sscanf(text, "captrace: a\ncaptrace: %u.%3u tests/unit: b\n%n", &s, &ms, &at),
		     2, "%s", text);
	cr_assert_eq(at, (int)strlen(text), "%s", text);
}

static void library(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void library(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_library("libx", fmt, ap);
	va_end(ap);
}

static void on_line(void *arg, int level, const char *text)
{
	strcat(arg, text);
	strcat(arg, "|");
}

Test(log, a_librarys_lines_in_pieces, .init = cr_redirect_stderr)
{
	char tapped[256] = "";
	const char *text, *p;

	log_level = LOG_DEBUG;
	log_set_tap(on_line, tapped);
	library("libx: one\ntwo\nthr");
	library("ee\n");
	log_set_tap(NULL, NULL);
	text = said();
	cr_assert(strstr(text, " libx: one\n"), "%s", text);
	cr_assert(strstr(text, " libx: two\n"), "%s", text);
	p = strstr(text, " libx: three\n");
	cr_assert(p && !p[strlen(" libx: three\n")], "%s", text);
	cr_assert_str_eq(tapped, "libx: one|two|thr|ee|");
}

Test(log, tags)
{
	struct err e = {0};

	cr_assert_eq(log_set_tags("drop", &e), 0);
	cr_assert(log_has_tag(LOG_TAG_DROP));
	cr_assert_eq(log_set_tags("drop,,drop,", &e), 0);
	cr_assert(log_has_tag(LOG_TAG_DROP));
	cr_assert_eq(log_set_tags(NULL, &e), 0);
	cr_assert_not(log_has_tag(LOG_TAG_DROP));
	cr_assert_eq(log_set_tags("", &e), 0);
	cr_assert_eq(log_set_tags("drop,dro", &e), -EINVAL);
	cr_assert(strstr(e.msg, "'dro'") && strstr(e.msg, "CAPTRACE_DEBUG"), "%s", e.msg);
}

Test(log, what_is_dropped, .init = cr_redirect_stderr)
{
	struct cap_event ev;

	event_chroot(&ev);
	ev.pid = 7;
	strcpy(ev.comm, "a\x1b[1m");
	debug_drop("filter", &ev, "comm");
	cr_assert_eq(log_set_tags("drop", NULL), 0);
	debug_drop("filter", &ev, "comm");
	ev.have = 0;
	debug_drop("limit", &ev, NULL);
	cr_assert_str_eq(said(), "captrace: drop: pid=7 comm=a?[1m cap=SYS_CHROOT: filter: comm\n"
				 "captrace: drop: pid=- comm=- cap=-: limit\n");
}

Test(clock, times)
{
	struct timespec ts = timespec_of_ns(UINT64_C(3000000005));
	uint64_t before = clock_mono_ns(), wall = clock_wall_ns();
	struct timespec end = clock_deadline(2500);

	cr_assert(ts.tv_sec == 3 && ts.tv_nsec == 5);
	cr_assert_eq(ns_of_timespec(&ts), UINT64_C(3000000005));
	cr_assert_geq(clock_mono_ns(), before);
	cr_assert_geq(ns_of_timespec(&end), wall + 2500 * NS_PER_MS);
	cr_assert_lt(ns_of_timespec(&end), wall + 62500 * NS_PER_MS);
	cr_assert_lt(clock_mono_ns() + clock_wall_offset() - wall, 60 * NS_PER_SEC);
}
