// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/advise_helper.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/advise/format.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/out.h"

extern const struct backend_ops replay_backend_ops;

#define TIME(us) (UINT64_C(1700000000000000000) + (uint64_t)(us)*1000)

char *line_check(struct check c)
{
	char *text, audit[16] = "null";

	if (c.audit >= 0)
		snprintf(audit, sizeof(audit), "%d", c.audit);
	cr_assert_geq(asprintf(&text,
			       "{\"type\":\"normal\",\"timestamp\":%" PRIu64
			       ",\"pid\":%d,\"tid\":%d,\"comm\":\"%s\",\"syscall\":\"%s\","
			       "\"uid\":%d,\"cap\":%d,\"audit\":%s,\"verdict\":\"%s\","
			       "\"caps\":%llu,\"targetuserns\":%u,\"currentuserns\":%u}\n",
			       TIME(c.us), c.pid, c.pid, c.comm, c.syscall, c.uid, c.cap, audit,
			       c.verdict, c.caps, c.target ? c.target : INIT_NS,
			       c.current ? c.current : INIT_NS),
		      0);
	return text;
}

char *line_outcome(int since_us, int until_us, int pid, int ret, const char *more)
{
	char *text;

	cr_assert_geq(asprintf(&text,
			       "{\"type\":\"outcome\",\"timestamp\":%" PRIu64
			       ",\"pid\":%d,\"tid\":%d,\"since\":%" PRIu64
			       ",\"refused\":%s,\"ret\":%d%s}\n",
			       TIME(until_us), pid, pid, TIME(since_us),
			       ret == -1 || ret == -13 ? "true" : "false", ret, more ? more : ""),
		      0);
	return text;
}

char *line_exec(int us, int pid, const char *filename)
{
	char *text;

	cr_assert_geq(asprintf(&text,
			       "{\"type\":\"exec\",\"timestamp\":%" PRIu64
			       ",\"pid\":%d,\"tid\":%d,\"filename\":\"%s\"}\n",
			       TIME(us), pid, pid, filename),
		      0);
	return text;
}

char *lines(const char *header, ...)
{
	char *all = strdup(header), *line;
	int events = 0;
	va_list ap;

	va_start(ap, header);
	while ((line = va_arg(ap, char *))) {
		char *more;

		events += strstr(line, "\"type\":\"normal\"") != NULL;
		cr_assert_geq(asprintf(&more, "%s%s", all, line), 0);
		free(all);
		free(line);
		all = more;
	}
	va_end(ap);
	cr_assert_geq(asprintf(&line, "%s{\"type\":\"end\",\"events\":%d,\"unaudited\":0}\n", all,
			       events),
		      0);
	free(all);
	return line;
}

struct pump {
	struct event_handler handler;
	struct sink *to;
	uint64_t events;
};

static void on_event(struct event_handler *handler, const struct cap_event *ev)
{
	struct pump *p = container_of(handler, struct pump, handler);

	p->to->ops->event(p->to, ev);
	p->events++;
}

static void on_outcome(struct event_handler *handler, const struct cap_outcome *o)
{
	struct pump *p = container_of(handler, struct pump, handler);

	p->to->ops->outcome(p->to, o);
}

static void on_exec(struct event_handler *handler, const struct cap_exec *x)
{
	struct pump *p = container_of(handler, struct pump, handler);

	p->to->ops->exec(p->to, x);
}

static char *file_of(const char *text)
{
	char *name = strdup("/tmp/captrace-test-XXXXXX");
	int fd = mkstemp(name);
	size_t len = strlen(text);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	return name;
}

static void pump(struct backend *b, struct sink *to)
{
	struct pump p = {.handler = {on_event, on_outcome, on_exec}, .to = to};
	struct run_summary res = {0};
	struct backend_stats stats;
	struct err e = {0};

	while (!res.failed && !b->ops->ended(b))
		res.failed = b->ops->drain(b, &p.handler, &e) < 0;
	b->ops->stats(b, &stats);
	for (size_t i = 0; i < stats.losses_len; i++)
		res.lost += stats.losses[i].count;
	res.shown = p.events;
	res.incomplete = stats.incomplete;
	to->ops->finish(to, &res);
}

static char *out_text(struct out *out)
{
	size_t len;
	const char *data = out_data(out, &len);

	return strndup(data, len);
}

/* Replaces the file name @name, which differs in every run, by FILE. */
static void rename_in(char **text, const char *name)
{
	char *at = strstr(*text, name), *renamed;

	if (!at)
		return;
	cr_assert_geq(asprintf(&renamed, "%.*sFILE%s", (int)(at - *text), *text, at + strlen(name)),
		      0);
	free(*text);
	*text = renamed;
}

struct advised advise(const struct advise_cfg *given, const char *const *texts, size_t len)
{
	const struct advise_cfg json = {.format = advice_format_find("json", NULL)};
	const struct advise_cfg *cfg = given ? given : &json;
	struct backend_cfg bcfg = {.files_len = len, .fields = FIELDS_BACKEND | FIELDS_EXTRA};
	struct sink_cfg scfg = {.out = out_new(-1), .advise = cfg};
	struct advised a = {0};
	struct backend *b;
	struct sink *sink;
	struct err e = {0};
	static bool quiet;
	char *names[4];

	/* Advice also writes to stderr why it is incomplete. Each test is a process of its own. */
	if (!quiet)
		cr_redirect_stderr();
	quiet = true;
	for (size_t i = 0; i < len; i++)
		names[i] = file_of(texts[i]);
	bcfg.files = names;
	cr_assert_eq(replay_backend_ops.open(&b, &bcfg, &e), 0, "%s", e.msg);
	scfg.origins = b->ops->origins(b, &scfg.origins_len);
	cr_assert_eq(advise_sink_ops.open(&sink, &scfg, &e), 0, "%s", e.msg);
	pump(b, sink);
	a.code = sink->ops->exit_code(sink);
	a.text = out_text(scfg.out);
	for (size_t i = 0; i < len; i++)
		rename_in(&a.text, names[i]);
	if (cfg->format == json.format) {
		a.json = json_loads(a.text, 0, NULL);
		cr_assert(a.json, "no JSON: %s", a.text);
	}
	sink->ops->close(sink);
	b->ops->close(b);
	out_free(scfg.out);
	for (size_t i = 0; i < len; i++) {
		unlink(names[i]);
		free(names[i]);
	}
	return a;
}

void advised_free(struct advised *a)
{
	json_decref(a->json);
	free(a->text);
}

const char *names_at(const struct advised *a, size_t n, const char *key)
{
	static char text[2048];
	const json_t *subject = json_array_get(json_object_get(a->json, "subjects"), n);
	const json_t *list = json_object_get(subject, key), *name;
	size_t i, len = 0;

	cr_assert(json_is_array(list), "no %s of subject %zu in %s", key, n, a->text);
	text[0] = '\0';
	json_array_foreach(list, i, name)
	{
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? " " : "",
					json_string_value(name));
	}
	return text;
}

const char *names_of(const struct advised *a, const char *key)
{
	return names_at(a, 0, key);
}

const json_t *row_of(const struct advised *a, const char *cap)
{
	const json_t *subject = json_array_get(json_object_get(a->json, "subjects"), 0), *row;
	size_t i;

	json_array_foreach(json_object_get(subject, "capabilities"), i, row)
	{
		if (!strcmp(json_string_value(json_object_get(row, "capName")), cap))
			return row;
	}
	cr_assert(false, "no row of %s in %s", cap, a->text);
	return NULL;
}

const char *reason_of(const struct advised *a, const char *cap)
{
	const char *reason = json_string_value(json_object_get(row_of(a, cap), "reason"));

	return reason ? reason : "";
}
