// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests identity with a feed that reports whatever cgroups the test wants, on the machine's own
 * hierarchy.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "core/identity/cgroup_feed.h"
#include "core/identity/cgroup_owner.h"
#include "core/identity/identity.h"
#include "core/identity/owner_cache.h"
#include "core/identity/pending_target.h"
#include "core/identity/selector.h"
#include "tests/unit/helper.h"

#define DOCKER_ID "39d717f5cf4c8300f32119704e91eb93c7ab5510a8f2a5abc36bab22131b9d1d"
#define OTHER_ID  "0000000000000000000000000000000000000000000000000000000000000000"

/* Keys that no cgroup of this machine has. */
#define KEY(n) (UINT64_C(0x3000000000000000) + (n))

struct fake {
	struct cgroup_feed base;
	pthread_mutex_t lock;
	struct cgroup_new cgroup_events[64];
	size_t len;
	unsigned int delay_ms; /* of each drain */
	struct {
		uint64_t key;
		enum cgroup_verdict verdict;
	} cgroups_wanted[4096];
	size_t wanted_len;
};

static void fake_drain(struct cgroup_feed *feed, void (*fn)(void *arg, const struct cgroup_new *),
		       void *arg)
{
	struct fake *f = container_of(feed, struct fake, base);
	eventfd_t ignored;

	eventfd_read(f->base.fd, &ignored);
	usleep(f->delay_ms * 1000);
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->len; i++)
		fn(arg, &f->cgroup_events[i]);
	f->len = 0;
	pthread_mutex_unlock(&f->lock);
}

static void fake_set_wanted(struct cgroup_feed *feed, uint64_t key, enum cgroup_verdict verdict)
{
	struct fake *f = container_of(feed, struct fake, base);

	pthread_mutex_lock(&f->lock);
	if (f->wanted_len < ARRAY_SIZE(f->cgroups_wanted)) {
		f->cgroups_wanted[f->wanted_len].key = key;
		f->cgroups_wanted[f->wanted_len++].verdict = verdict;
	}
	pthread_mutex_unlock(&f->lock);
}

static void tell(struct fake *f, uint64_t key, const char *path)
{
	pthread_mutex_lock(&f->lock);
	cr_assert_lt(f->len, ARRAY_SIZE(f->cgroup_events));
	f->cgroup_events[f->len++] = (struct cgroup_new){.key = key, .path = path};
	pthread_mutex_unlock(&f->lock);
	eventfd_write(f->base.fd, 1);
}

static enum cgroup_verdict verdict_of(struct fake *f, uint64_t key)
{
	enum cgroup_verdict v = CGROUP_UNKNOWN;

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->wanted_len; i++)
		if (f->cgroups_wanted[i].key == key)
			v = f->cgroups_wanted[i].verdict;
	pthread_mutex_unlock(&f->lock);
	return v;
}

struct setting {
	struct fake fake;
	struct filter *filter;
	struct pending_target *pending;
	struct identity *id;
};

static void set_up(struct setting *s, const char *fixture, const char *rule)
{
	static char root[128];
	struct identity_cfg cfg = {.root = root};
	struct err e = {0};

	snprintf(root, sizeof(root), FIXTURES "/identity/%s", fixture);
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->fake.lock, NULL);
	s->fake.base = (struct cgroup_feed){
		.fd = eventfd(0, EFD_NONBLOCK),
		.drain = fake_drain,
		.set_wanted = fake_set_wanted,
	};
	cfg.filter = s->filter = filter_new();
	cfg.pending = s->pending = pending_target_new();
	if (rule)
		cr_assert_eq(filter_add(s->filter, rule, &e), 0, "%s", e.msg);
	if (identity_new(&s->id, &cfg, &e))
		cr_skip_test("no cgroups here: %s", e.msg);
	cr_assert_eq(identity_start(s->id, &s->fake.base, &e), 0, "%s", e.msg);
}

static void tear_down(struct setting *s)
{
	identity_stop(s->id);
	identity_free(s->id);
	filter_free(s->filter);
	pending_target_free(s->pending);
	close(s->fake.base.fd);
}

static struct cap_event event_in(struct setting *s, uint64_t key)
{
	struct cap_event ev = {.have = FIELD(CGROUP_KEY) | FIELD(STARTUP), .cgroup_key = key};

	identity_fill(s->id, &ev);
	return ev;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

Test(identity, a_container_from_its_cgroup_event)
{
	struct cap_event ev;
	struct setting s;

	set_up(&s, "docker", NULL);
	tell(&s.fake, KEY(1), "/docker/" DOCKER_ID);
	/* The event waits until the runtime's state was read. */
	ev = event_in(&s, KEY(1));
	cr_assert(event_has(&ev, FIELD(CONTAINER) | FIELD(RUNTIME) | FIELD(CONTAINERID)));
	cr_assert_str_eq(ev.container, "test");
	cr_assert_str_eq(ev.runtime, "docker");
	cr_assert_str_eq(ev.containerid, DOCKER_ID);
	cr_assert_str_eq(ev.cgroup, "/docker/" DOCKER_ID);
	cr_assert_neq(ev.owner, 0);
	cr_assert(!event_has(&ev, FIELD(POD)) && !event_has(&ev, FIELD(UNIT)));
	cr_assert(event_has(&ev, FIELD(STARTUP)));
	cr_assert_eq(identity_unknown(s.id), 0);
	tear_down(&s);
}

Test(identity, a_container_unknown_to_the_runtime)
{
	struct cap_event ev;
	struct setting s;
	double start;

	set_up(&s, "docker", NULL);
	tell(&s.fake, KEY(1), "/docker/" OTHER_ID);
	start = seconds();
	ev = event_in(&s, KEY(1));
	/* The event waits, but not for long, and only once. */
	cr_assert_lt(seconds() - start, 2);
	cr_assert(!event_has(&ev, FIELD(CONTAINER)));
	cr_assert_str_eq(ev.containerid, OTHER_ID);
	cr_assert_str_eq(ev.runtime, "docker");
	start = seconds();
	for (int i = 0; i < 1000; i++)
		event_in(&s, KEY(1));
	cr_assert_lt(seconds() - start, 0.2);
	tear_down(&s);
}

Test(identity, units_need_no_state)
{
	struct cap_event ev;
	struct setting s;

	set_up(&s, "docker", NULL);
	tell(&s.fake, KEY(1), "/system.slice/nginx.service");
	tell(&s.fake, KEY(2), "/user.slice/user-1000.slice/session-1.scope");
	tell(&s.fake, KEY(3), "/just/a/cgroup");
	ev = event_in(&s, KEY(1));
	cr_assert_str_eq(ev.unit, "nginx.service");
	cr_assert(event_has(&ev, FIELD(STARTUP)));
	/*
	 * Scopes are made around processes that already run, and a plain cgroup is not made for a
	 * program.
	 */
	ev = event_in(&s, KEY(2));
	cr_assert_str_eq(ev.unit, "session-1.scope");
	cr_assert(!event_has(&ev, FIELD(STARTUP)));
	ev = event_in(&s, KEY(3));
	cr_assert(event_has(&ev, FIELD(CGROUP)) && !event_has(&ev, FIELD(UNIT)));
	cr_assert(!event_has(&ev, FIELD(STARTUP)));
	tear_down(&s);
}

/* Before 4.14 a new cgroup may get the inode number of one that is gone. */
Test(identity, another_cgroup_with_the_same_key)
{
	struct cap_event ev;
	struct setting s;
	int tries = 1000;

	set_up(&s, "docker", NULL);
	tell(&s.fake, KEY(1), "/system.slice/nginx.service");
	ev = event_in(&s, KEY(1));
	cr_assert_str_eq(ev.unit, "nginx.service");
	tell(&s.fake, KEY(1), "/system.slice/other.service");
	while (tries-- && !strcmp(event_in(&s, KEY(1)).unit, "nginx.service"))
		usleep(5000);
	ev = event_in(&s, KEY(1));
	cr_assert_str_eq(ev.unit, "other.service");
	tear_down(&s);
}

Test(identity, unknown_cgroups_are_absent_and_counted)
{
	struct cap_event ev;
	struct setting s;

	set_up(&s, "docker", NULL);
	ev = event_in(&s, KEY(9));
	cr_assert_eq(ev.have & FIELDS_IDENTITY, 0);
	cr_assert_eq(identity_unknown(s.id), 1);
	/* Without a key nothing can be looked up. */
	ev = (struct cap_event){0};
	identity_fill(s.id, &ev);
	cr_assert_eq(ev.have, 0);
	cr_assert_eq(identity_unknown(s.id), 1);
	tear_down(&s);
}

Test(identity, the_feed_is_told_which_cgroups_are_wanted)
{
	struct setting s;

	set_up(&s, "docker", "container==test");
	tell(&s.fake, KEY(1), "/docker/" DOCKER_ID);
	tell(&s.fake, KEY(2), "/system.slice/nginx.service");
	event_in(&s, KEY(1));
	event_in(&s, KEY(2));
	for (int i = 0; i < 100 && !verdict_of(&s.fake, KEY(2)); i++)
		usleep(10000);
	cr_assert_eq(verdict_of(&s.fake, KEY(1)), CGROUP_WANTED);
	cr_assert_eq(verdict_of(&s.fake, KEY(2)), CGROUP_UNWANTED);
	/* Checks of an unknown cgroup have to be delivered. */
	event_in(&s, KEY(3));
	usleep(50000);
	cr_assert_eq(verdict_of(&s.fake, KEY(3)), CGROUP_UNKNOWN);
	tear_down(&s);
}

Test(identity, without_a_feed_the_file_system_is_watched)
{
	struct setting s;

	set_up(&s, "docker", NULL);
	identity_stop(s.id);
	identity_free(s.id);
	cr_assert_eq(identity_new(&s.id, &(struct identity_cfg){.root = "", .filter = s.filter},
				  &(struct err){0}),
		     0);
	cr_assert_eq(identity_start(s.id, NULL, &(struct err){0}), 0);
	cr_assert_eq(event_in(&s, KEY(1)).have & FIELDS_IDENTITY, 0);
	cr_assert_eq(verdict_of(&s.fake, KEY(1)), CGROUP_UNKNOWN);
	tear_down(&s);
}

Test(identity, a_hanging_worker_does_not_block_events)
{
	struct setting s;
	double start;

	set_up(&s, "docker", NULL);
	s.fake.delay_ms = 700;
	tell(&s.fake, KEY(1), "/docker/" DOCKER_ID);
	start = seconds();
	for (int i = 1; i < 100; i++)
		event_in(&s, KEY((uint64_t)i));
	cr_assert_lt(seconds() - start, 0.6, "%f s", seconds() - start);
	/* When it comes back, everything works again. */
	s.fake.delay_ms = 0;
	usleep(1200000);
	cr_assert_str_eq(event_in(&s, KEY(1)).container, "test");
	tear_down(&s);
}

Test(identity, what_an_event_points_to_is_valid_until_the_sweep)
{
	struct cap_event before, after;
	struct setting s;

	set_up(&s, "docker", NULL);
	tell(&s.fake, KEY(1), "/system.slice/a.service");
	before = event_in(&s, KEY(1));
	/* New owners arrive; what an event points to stays valid until the sweep. */
	for (int i = 0; i < 20; i++) {
		tell(&s.fake, KEY(100 + (uint64_t)i), "/system.slice/b.service");
		event_in(&s, KEY(100 + (uint64_t)i));
	}
	cr_assert_str_eq(before.unit, "a.service");
	identity_sweep(s.id);
	after = event_in(&s, KEY(1));
	cr_assert_str_eq(after.unit, "a.service");
	cr_assert_eq(before.owner, after.owner);
	tear_down(&s);
}

static struct cgroup_owner *owner_of(uint64_t key)
{
	const struct cgroup_owner_facts facts = {.key = key, .cgroup = "/x", .complete = true};

	return cgroup_owner_new(&facts);
}

Test(owner_cache, is_bounded_and_drops_the_least_recently_used)
{
	struct owner_cache *cache = owner_cache_new(100);

	for (uint64_t i = 1; i <= 100; i++)
		owner_cache_put(cache, owner_of(i));
	cr_assert_not_null(owner_cache_find(cache, 1));
	owner_cache_put(cache, owner_of(101));
	cr_assert_not_null(owner_cache_find(cache, 1));
	cr_assert_null(owner_cache_find(cache, 2));
	for (uint64_t i = 1000; i < 11000; i++)
		owner_cache_put(cache, owner_of(i));
	cr_assert_null(owner_cache_find(cache, 1));
	for (uint64_t i = 10900; i < 11000; i++)
		cr_assert_not_null(owner_cache_find(cache, i), "%d", (int)i);
	owner_cache_sweep(cache);
	/* Replaces one with the same key. */
	owner_cache_put(cache, owner_of(10950));
	owner_cache_put(cache, owner_of(10950));
	cr_assert_not_null(owner_cache_find(cache, 10901));
	owner_cache_free(cache);
}

Test(selector, terms)
{
	static const char *const labels[] = {"app=web", "tier=front", "empty=", "a.b/c=d", NULL};
	static const char *const good[] = {"app=web",       "app==web", "app=web,tier=front",
					   "app!=db",       "app",      "!missing",
					   "missing!=x",    "empty=",   "a.b/c=d",
					   "app,tier=front"};
	static const char *const bad[] = {"app=we",  "app=webs", "app=web,tier=back", "app!=web",
					  "missing", "!app",     "missing=x",         "empty=x",
					  "pp=web",  "ap=web",   "app=web,missing"};
	static const char *const wrong[] = {"", "=x", "a=b,", ",a=b", "!=x", "!", "a=b,,c=d"};
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		cr_assert_eq(selector_check(good[i], &e), 0, "%s: %s", good[i], e.msg);
		cr_assert(selector_match(good[i], labels), "%s", good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert(!selector_match(bad[i], labels), "%s", bad[i]);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		cr_assert_eq(selector_check(wrong[i], &e), -EINVAL, "'%s'", wrong[i]);
	cr_assert(!selector_match("app", NULL));
	cr_assert(selector_match("!app", NULL));
}
