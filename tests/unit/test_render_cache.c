// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/out.h"
#include "tests/unit/helper.h"

struct open_sink {
	struct sink *sink;
	struct out *out;
	const struct column *cols[64];
};

static void start(struct open_sink *s, const struct sink_ops *ops, const char *list)
{
	struct sink_cfg cfg = {.cols = s->cols, .kstack = true, .width = 80};
	struct err e = {0};

	s->out = cfg.out = out_new(-1);
	cfg.cols_len = find_columns(list, s->cols);
	cr_assert_eq(ops->open(&s->sink, &cfg, &e), 0, "%s", e.msg);
}

static void end(struct open_sink *s)
{
	s->sink->ops->close(s->sink);
	out_free(s->out);
}

/* One of many events: a few threads, and for each of them one value that changes now and then. */
static void storm_event(struct cap_event *ev, uint32_t *seed)
{
	static const uint64_t times[] = {0, 7, 999999999, UINT64_C(1700000000000000000)};
	static const struct cap_frame frames[] = {{.addr = 1, .symbol = "cap_capable"},
						  {.addr = 2, .symbol = "ns_capable"}};
	static const char *const names[] = {"web", "db"};

	event_chroot(ev);
	ev->timestamp = times[random_below(seed, ARRAY_SIZE(times))] + random_below(seed, 1000);
	ev->tid = (int32_t)random_below(seed, 24);
	switch (random_below(seed, 12)) {
	case 0:
		ev->uid = 1000;
		break;
	case 1:
		ev->comm[0] = '"';
		break;
	case 2:
		ev->have &= ~FIELD(AUDIT);
		break;
	case 3:
		ev->have &= ~FIELD(TIMESTAMP);
		break;
	case 4:
		ev->caps = 1;
		break;
	case 5:
		ev->have |= FIELD(KSTACK);
		ev->kstack = frames;
		ev->kstack_len = 1 + random_below(seed, 2);
		break;
	case 6:
		ev->have |= FIELD(CONTAINER);
		ev->container = names[random_below(seed, 2)];
		break;
	case 7:
		ev->verdict = CAP_DENY;
		break;
	default:
		break;
	}
}

/* A sink that has written many events writes the same as a new one. */
static void expect_same(const char *name, const char *list)
{
	const struct sink_ops *ops = sink_find(name);
	struct open_sink old, fresh;
	uint32_t seed = 1;

	start(&old, ops, list);
	for (int i = 0; i < 5000; i++) {
		struct cap_event ev;
		const char *a, *b;
		size_t a_len, b_len;

		storm_event(&ev, &seed);
		if (ops->resize && i % 100 == 0)
			ops->resize(old.sink, i % 200 ? 60 : 80);
		out_clear(old.out);
		ops->event(old.sink, &ev);
		start(&fresh, ops, list);
		if (ops->resize)
			ops->resize(fresh.sink, i % 200 < 100 ? 80 : 60);
		ops->event(fresh.sink, &ev);
		a = out_data(old.out, &a_len);
		b = out_data(fresh.out, &b_len);
		cr_assert(a_len == b_len && !memcmp(a, b, a_len),
			  "%s, event %d:\n%.*s\nis not\n%.*s", name, i, (int)a_len, a, (int)b_len,
			  b);
		end(&fresh);
	}
	end(&old);
}

Test(cache, json)
{
	expect_same("json", NULL);
	expect_same("jsonpretty", NULL);
}

Test(cache, yaml)
{
	expect_same("yaml", NULL);
}

Test(cache, columns_without_and_with_the_time)
{
	expect_same("columns", NULL);
	expect_same("columns", "pid,tid,timestamp,capname");
	expect_same("columns", "tid,capsnames,container");
}

/* A new field's member must be where it is compared, or one event's text is shown for another's. */
Test(render_cache, what_columns_show_is_compared)
{
	for (size_t i = 0; i < columns_len; i++) {
		const struct column *c = &columns[i];

		if (c->member && c->needs & FIELDS_BACKEND & ~FIELD(TIMESTAMP))
			cr_assert(c->offset >= offsetof(struct cap_event, pid) &&
					  c->offset < offsetof(struct cap_event, kstack),
				  "%s", c->name);
		else if (c->needs & FIELDS_IDENTITY)
			cr_assert_geq(c->offset, offsetof(struct cap_event, runtime), "%s",
				      c->name);
	}
}
