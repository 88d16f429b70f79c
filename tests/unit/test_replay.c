// SPDX-License-Identifier: GPL-2.0-or-later
/* Recordings: replay reads what record wrote. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/origin.h"
#include "core/output/out.h"
#include "core/output/record.h"
#include "tests/unit/helper.h"

extern const struct backend_ops replay_backend_ops;

#define ALL_FIELDS ((UINT64_C(1) << CAP_FIELD_COUNT) - 1)

/* What a replay delivered: the checks as lines of JSON, the rest as counts. */
struct seen {
	struct event_handler handler;
	struct sink *json;
	struct out *out;
	unsigned int events, outcomes, execs;
	struct cap_outcome outcome;
};

static void on_event(struct event_handler *handler, const struct cap_event *ev)
{
	struct seen *s = container_of(handler, struct seen, handler);

	s->json->ops->event(s->json, ev);
	s->events++;
}

static void on_outcome(struct event_handler *handler, const struct cap_outcome *o)
{
	struct seen *s = container_of(handler, struct seen, handler);

	s->outcome = *o;
	s->outcomes++;
}

static void on_exec(struct event_handler *handler, const struct cap_exec *x)
{
	struct seen *s = container_of(handler, struct seen, handler);

	cr_assert_str_eq(x->filename, "/usr/bin/a\n\"b\"");
	s->execs++;
}

static void seen_init(struct seen *s)
{
	struct sink_cfg cfg = {0};
	struct err e;

	*s = (struct seen){.handler = {on_event, on_outcome, on_exec}};
	s->out = cfg.out = out_new(-1);
	cr_assert_eq(sink_find("json")->open(&s->json, &cfg, &e), 0);
}

static void seen_free(struct seen *s)
{
	s->json->ops->close(s->json);
	out_free(s->out);
}

static void discard(char *name)
{
	unlink(name);
	free(name);
}

/* Writes @text to a new file. Returns its name, for discard(). */
static char *file_of(const char *text, size_t len)
{
	char *name = strdup("/tmp/captrace-test-XXXXXX");
	int fd = mkstemp(name);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	return name;
}

static int replay(struct seen *s, char **files, size_t len, struct backend_stats *stats,
		  struct err *e)
{
	static char why[512], where[BACKEND_LOSSES_MAX][32];
	struct backend_cfg cfg = {.files = files, .files_len = len, .fields = ALL_FIELDS};
	const struct backend_ops *ops = &replay_backend_ops;
	struct backend *b;
	int rc = ops->open(&b, &cfg, e);

	if (rc)
		return rc;
	ops->start(b, e);
	while (!ops->ended(b)) {
		rc = ops->drain(b, &s->handler, e);
		if (rc < 0)
			break;
	}
	ops->stats(b, stats);
	snprintf(why, sizeof(why), "%s", stats->incomplete ? stats->incomplete : "");
	stats->incomplete = why;
	for (size_t i = 0; i < stats->losses_len; i++) {
		snprintf(where[i], sizeof(where[i]), "%s", stats->losses[i].where);
		stats->losses[i].where = where[i];
	}
	ops->close(b);
	return MIN(rc, 0);
}

static const char *text_of(struct out *out)
{
	static char text[65536];
	const char *data;
	size_t len;

	data = out_data(out, &len);
	cr_assert_lt(len, sizeof(text));
	memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

/* Records these events, each followed by an outcome and an exec. The caller frees the text. */
static char *record(const struct cap_event *evs, size_t len)
{
	static char *command[] = {"nice", "-n", "\xff", NULL};
	const struct cap_origin src = {
		.host = "h",
		.kernel = "6.1",
		.variant = "bpf:fexit",
		.fields = ALL_FIELDS,
		.start = 17,
		.command = command,
		.path = "/usr/bin/nice",
		.sets = {true, 1, 2, 4, 8},
	};
	const struct sink_cfg cfg = {.out = out_new(-1), .origins = &src, .origins_len = 1};
	const struct run_summary res = {.shown = len, .lost = 3, .unaudited = 5};
	struct sink *sink;
	struct err e;
	char *text;

	cr_assert_eq(record_sink_ops.open(&sink, &cfg, &e), 0);
	for (size_t i = 0; i < len; i++) {
		const uint64_t time = evs[i].timestamp; /* 0: unknown */
		const struct cap_outcome o = {
			.since = time,
			.until = time ? time + 1 : 0,
			.pid = evs[i].pid,
			.tid = evs[i].tid,
			.refused = true,
			.has_ret = true,
			.ret = -13,
			.has_permitted = true,
			.permitted = UINT64_C(0x1ffffffffff),
		};
		const struct cap_exec x = {.timestamp = time ? time + 2 : 0,
					   .pid = 1,
					   .tid = 1,
					   .filename = "/usr/bin/a\n\"b\""};

		sink->ops->event(sink, &evs[i]);
		sink->ops->outcome(sink, &o);
		sink->ops->exec(sink, &x);
	}
	sink->ops->lost(sink, 3, "ring buffer");
	sink->ops->finish(sink, &res);
	sink->ops->close(sink);
	text = strdup(text_of(cfg.out));
	out_free(cfg.out);
	return text;
}

/* An event that has every field. */
static void event_full(struct cap_event *ev)
{
	static const struct cap_frame frames[] = {{.symbol = "cap_capable", .offset = 16},
						  {.addr = UINT64_C(0xffffffffc0000123)}};

	event_chroot(ev);
	ev->have = FIELDS_BACKEND | FIELD(RUNTIME) | FIELD(CONTAINER) | FIELD(CONTAINERID) |
		   FIELD(POD) | FIELD(NAMESPACE) | FIELD(NODE) | FIELD(UNIT);
	ev->kstack = frames;
	ev->kstack_len = ARRAY_SIZE(frames);
	ev->insetid = true;
	ev->runtime = "docker";
	ev->container = "test";
	ev->containerid = "0123";
	ev->pod = "p";
	ev->namespace = "default";
	ev->node = "n";
	ev->unit = "a.service";
}

Test(replay, what_was_recorded_comes_back_whole)
{
	struct backend_stats stats;
	struct cap_event evs[4];
	struct seen s;
	struct err e;
	char *text, *name, *want;

	event_full(&evs[0]);
	event_chroot(&evs[1]);
	evs[1].verdict = CAP_DENY;
	evs[1].audit = false;
	event_chroot(&evs[2]);
	evs[2].have = FIELD(CAP) | FIELD(PID);
	event_chroot(&evs[3]);
	strcpy(evs[3].comm, "a\n\"\\b\x1b");
	evs[3].cap = 77;
	text = record(evs, 4);
	name = file_of(text, strlen(text));
	seen_init(&s);
	for (size_t i = 0; i < 4; i++)
		s.json->ops->event(s.json, &evs[i]);
	want = strdup(text_of(s.out));
	out_clear(s.out);
	cr_assert_eq(replay(&s, &name, 1, &stats, &e), 0, "%s", e.msg);
	cr_assert_str_eq(text_of(s.out), want);
	cr_assert_eq(s.outcomes, 4);
	cr_assert_eq(s.execs, 4);
	cr_assert(s.outcome.refused && s.outcome.has_ret && s.outcome.ret == -13);
	cr_assert(s.outcome.has_permitted && !s.outcome.has_ids);
	cr_assert_eq(s.outcome.permitted, UINT64_C(0x1ffffffffff));
	cr_assert_eq(stats.losses_len, 1);
	cr_assert_str_eq(stats.losses[0].where, "ring buffer");
	cr_assert_eq(stats.losses[0].count, 3);
	cr_assert_eq(stats.unaudited, 5);
	cr_assert_str_eq(stats.incomplete, "");
	seen_free(&s);
	free(want);
	discard(name);
	free(text);
}

/* The ftrace backend has no usable timestamps before Linux 3.17 (rings) or 4.1 (perf). */
Test(replay, times_of_a_clock_that_cant_be_read)
{
	struct backend_stats stats;
	struct cap_event ev;
	struct err e = {0};
	struct seen s;
	char *text, *name;

	event_chroot(&ev);
	ev.timestamp = 0;
	ev.have &= ~FIELD(TIMESTAMP);
	text = record(&ev, 1);
	cr_assert(strstr(text, "\"outcome\",\"timestamp\":null"));
	cr_assert(strstr(text, "\"since\":null"));
	name = file_of(text, strlen(text));
	seen_init(&s);
	cr_assert_eq(replay(&s, &name, 1, &stats, &e), 0, "%s", e.msg);
	cr_assert_eq(s.outcomes, 1);
	cr_assert_eq(s.outcome.since + s.outcome.until, 0);
	seen_free(&s);
	discard(name);
	free(text);
}

Test(replay, the_header_comes_back)
{
	struct backend_cfg cfg = {.files_len = 1};
	const struct cap_origin *src;
	struct cap_event ev;
	struct backend *b;
	struct err e;
	char *text, *name;
	size_t len;

	event_chroot(&ev);
	text = record(&ev, 1);
	name = file_of(text, strlen(text));
	cfg.files = &name;
	cr_assert_eq(replay_backend_ops.open(&b, &cfg, &e), 0, "%s", e.msg);
	src = b->ops->origins(b, &len);
	cr_assert_eq(len, 1);
	cr_assert_str_eq(src->file, name);
	cr_assert_str_eq(src->kernel, "6.1");
	cr_assert_str_eq(src->variant, "bpf:fexit");
	cr_assert_eq(src->fields, ALL_FIELDS);
	cr_assert_eq(b->ops->fields(b), ALL_FIELDS);
	cr_assert_eq(src->start, 17);
	cr_assert_str_eq(src->command[0], "nice");
	cr_assert_str_eq(src->command[2], "\xef\xbf\xbd");
	cr_assert_null(src->command[3]);
	cr_assert_str_eq(src->path, "/usr/bin/nice");
	cr_assert(src->sets.known && src->sets.bounding == 1 && src->sets.ambient == 8);
	b->ops->close(b);
	discard(name);
	free(text);
}

/*
 * Counts the events in the first @len bytes of @text; a truncated last line counts if it is whole
 * JSON.
 */
static unsigned int events_in(const char *text, size_t len)
{
	unsigned int n = 0;

	for (const char *at = text; at < text + len;) {
		const char *end = memchr(at, '\n', (size_t)(text + len - at));
		size_t line = end ? (size_t)(end - at) : (size_t)(text + len - at);

		if (line && at[line - 1] == '}' && strstr(at, "\"type\":\"normal\"") < at + line &&
		    strstr(at, "\"type\":\"normal\""))
			n++;
		at += line + 1;
	}
	return n;
}

Test(replay, a_cut_recording_is_read_to_the_cut, .timeout = 60)
{
	struct cap_event evs[2];
	char *text;
	size_t len, header;

	event_full(&evs[0]);
	event_chroot(&evs[1]);
	text = record(evs, 2);
	len = strlen(text);
	header = strcspn(text, "\n");
	for (size_t cut = 0; cut < len; cut++) {
		struct backend_stats stats = {0};
		char *name = file_of(text, cut);
		struct err e = {0};
		struct seen s;
		int rc;

		seen_init(&s);
		rc = replay(&s, &name, 1, &stats, &e);
		if (cut < header) {
			cr_assert_eq(rc, -EBADMSG, "cut at %zu: %d", cut, rc);
			cr_assert(strstr(e.msg, cut ? "not a captrace recording" : "empty"), "%s",
				  e.msg);
		} else {
			cr_assert_eq(rc, 0, "cut at %zu: %s", cut, e.msg);
			cr_assert_eq(s.events, events_in(text, cut), "cut at %zu", cut);
			/* A last line that lacks only its newline is still whole. */
			cr_assert(cut == len - 1 || strstr(stats.incomplete, "is truncated"),
				  "cut at %zu: %s", cut, stats.incomplete);
		}
		seen_free(&s);
		discard(name);
	}
	free(text);
}

Test(replay, several_are_merged_by_time)
{
	struct backend_stats stats;
	struct cap_event a[3], b[2];
	char *names[2], *text, *text_b;
	const char *at;
	struct seen s;
	struct err e;

	for (int i = 0; i < 3; i++) {
		event_chroot(&a[i]);
		a[i].timestamp = 1000 + 100 * (uint64_t)i;
		a[i].tid = 2 * i + 1;
	}
	for (int i = 0; i < 2; i++) {
		event_chroot(&b[i]);
		b[i].timestamp = 1050 + 100 * (uint64_t)i;
		b[i].tid = 2 * i + 2;
	}
	text = record(a, 3);
	names[0] = file_of(text, strlen(text));
	text_b = record(b, 2);
	names[1] = file_of(text_b, strlen(text_b));
	seen_init(&s);
	cr_assert_eq(replay(&s, names, 2, &stats, &e), 0, "%s", e.msg);
	at = text_of(s.out);
	for (int i = 1; i <= 5; i++) {
		char want[32];

		snprintf(want, sizeof(want), "\"tid\":%d,", i);
		at = strstr(at, want);
		cr_assert(at, "no %s in its place", want);
	}
	cr_assert_eq(stats.losses_len, 1, "the same place in both");
	cr_assert_eq(stats.losses[0].count, 6);
	cr_assert_eq(stats.unaudited, 10);
	seen_free(&s);
	free(text);
	free(text_b);
	discard(names[0]);
	discard(names[1]);
}

static void expect_refused(const char *text, const char *part)
{
	struct backend_stats stats;
	char *name = file_of(text, strlen(text));
	struct err e = {0};
	struct seen s;

	seen_init(&s);
	cr_assert_lt(replay(&s, &name, 1, &stats, &e), 0, "'%s' was taken", text);
	cr_assert(strstr(e.msg, part), "%s: %s", text, e.msg);
	seen_free(&s);
	discard(name);
}

#define HEADER "{\"type\":\"header\",\"format\":\"captrace\",\"version\":1,\"fields\":[\"pid\"]}\n"

Test(replay, what_is_no_recording_is_said)
{
	expect_refused("root:x:0:0\n", "is not a captrace recording");
	expect_refused("{\"a\":1}\n", "is not a captrace recording");
	expect_refused("{\"type\":\"header\",\"format\":\"x\",\"version\":1}\n",
		       "not a captrace recording");
	expect_refused("{\"type\":\"header\",\"format\":\"captrace\",\"version\":2}\n",
		       "made by a newer captrace");
	expect_refused(HEADER "nonsense\n{\"type\":\"end\",\"events\":0}\n", ":2: ");
	expect_refused(HEADER "{\"type\":\"normal\",\"pid\":\"x\"}\n", ":2: 'pid' is missing or");
	expect_refused(HEADER "{\"type\":\"normal\",\"pid\":4294967296}\n",
		       ":2: 'pid' is missing or");
	expect_refused(HEADER "{\"type\":\"normal\",\"verdict\":\"no\"}\n",
		       "'verdict' is missing or");
	expect_refused(HEADER "{\"type\":\"normal\",\"audit\":2}\n", "'audit' is missing or");
	expect_refused(HEADER "{\"type\":\"normal\",\"kstack\":[1]}\n", "'kstack' is missing or");
	expect_refused(HEADER "{\"type\":\"outcome\",\"timestamp\":-1}\n",
		       "'timestamp' is missing or");
	expect_refused(HEADER "{\"type\":\"outcome\",\"pid\":1}\n", "'tid' is missing or");
	expect_refused(HEADER HEADER, ":2: a second header");
	expect_refused(HEADER "{\"type\":\"end\",\"events\":0}\n{\"type\":\"normal\"}\n",
		       ":3: a line follows the closing line");
}

static void expect_incomplete(const char *text, unsigned int events, const char *part)
{
	struct backend_stats stats;
	char *name = file_of(text, strlen(text));
	struct err e = {0};
	struct seen s;

	seen_init(&s);
	cr_assert_eq(replay(&s, &name, 1, &stats, &e), 0, "%s: %s", text, e.msg);
	cr_assert_eq(s.events, events);
	cr_assert(strstr(stats.incomplete, part), "%s: %s", text, stats.incomplete);
	seen_free(&s);
	discard(name);
}

Test(replay, what_is_missing_is_said)
{
	const char *event = "{\"type\":\"normal\",\"pid\":1,\"new key\":[{}]}\n";
	char text[512];

	expect_incomplete(event, 1, "has no header");
	snprintf(text, sizeof(text), HEADER "%s{\"type\":\"end\",\"events\":3}\n", event);
	expect_incomplete(text, 1, "lacks 2 of its events");
	snprintf(text, sizeof(text), HEADER "{\"type\":\"new type\"}\n%s", event);
	expect_incomplete(text, 1, "is truncated");
}

Test(replay, nothing_to_read)
{
	struct backend_cfg cfg = {0};
	char *files[] = {"-", "-"};
	struct backend *b;
	struct err e;

	cr_assert_eq(replay_backend_ops.open(&b, &cfg, &e), -EINVAL);
	cr_assert(strstr(e.msg, "nothing to replay"));
	files[0] = "/no/such/file";
	cfg.files = files;
	cfg.files_len = 1;
	cr_assert_eq(replay_backend_ops.open(&b, &cfg, &e), -ENOENT);
	cr_assert(strstr(e.msg, "/no/such/file"));
}
