// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/render_cache.h"

#include <string.h>

#include "core/base/util.h"
#include "core/event/event.h"
#include "core/output/out.h"

#define SLOTS 16

/*
 * Whether the event holds all of its values itself. Elsewhere a value can change behind the same
 * pointer.
 */
static bool is_self_contained(const struct cap_event *ev)
{
	uint64_t own = FIELDS_BACKEND & ~FIELD(KSTACK);

	return !(ev->have & ~(own | (ev->owner ? FIELDS_IDENTITY : 0)));
}

struct slot {
	struct cap_event ev; /* have 0: empty */
	struct out *text;
	/* Where the digits of the time start and end; both RENDER_NO_TIME: the text has no time. */
	size_t time, after;
};

struct render_cache {
	struct out *out;
	size_t (*render)(void *arg, struct out *o, const struct cap_event *ev);
	void *arg;
	struct slot slots[SLOTS];
};

struct render_cache *
render_cache_new(struct out *out,
		 size_t (*render)(void *arg, struct out *o, const struct cap_event *ev), void *arg)
{
	struct render_cache *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->out = out;
	r->render = render;
	r->arg = arg;
	return r;
}

void render_cache_free(struct render_cache *r)
{
	for (size_t i = 0; r && i < SLOTS; i++)
		out_free(r->slots[i].text);
	free(r);
}

void render_cache_forget(struct render_cache *r)
{
	for (size_t i = 0; i < SLOTS; i++)
		r->slots[i].ev.have = 0;
}

static struct slot *slot_of(struct render_cache *r, const struct cap_event *ev)
{
	uint64_t key = (uint64_t)(uint32_t)ev->tid << 8 ^ (uint64_t)(uint32_t)ev->cap ^
		       (uint64_t)(uintptr_t)ev->syscall;

	return &r->slots[key * UINT64_C(0x9e3779b97f4a7c15) >> 60];
}

/* The bytes of two events that are compared: part 2 of struct cap_event. */
#define FROM        offsetof(struct cap_event, pid)
#define TO          offsetof(struct cap_event, kstack)
#define COMPARED(m) (offsetof(struct cap_event, m) >= FROM && offsetof(struct cap_event, m) < TO)

_Static_assert(COMPARED(tid) && COMPARED(comm) && COMPARED(uid) && COMPARED(gid) && COMPARED(cap) &&
		       COMPARED(audit) && COMPARED(insetid) && COMPARED(verdict) &&
		       COMPARED(syscall) && COMPARED(caps) && COMPARED(target_userns) &&
		       COMPARED(current_userns) && COMPARED(mntns) && COMPARED(cgroupid) &&
		       COMPARED(startup),
	       "all that is shown of a backend's fields has to be compared");
_Static_assert(COMPARED(owner), "it identifies all that identity has set");
_Static_assert(!COMPARED(have) && !COMPARED(timestamp), "what differs each time is not compared");

/* Padding may differ and make equal events look different, which does no harm. */
static bool same_but_time(const struct cap_event *a, const struct cap_event *b)
{
	return a->have == b->have &&
	       !memcmp((const char *)a + FROM, (const char *)b + FROM, TO - FROM);
}

static bool slot_fill(struct render_cache *r, struct slot *s, const struct cap_event *ev)
{
	const char *text;
	size_t len;

	s->ev.have = 0;
	if (!s->text)
		s->text = out_new(-1);
	if (!s->text)
		return false;
	out_clear(s->text);
	s->time = s->after = r->render(r->arg, s->text, ev);
	if (out_flush(s->text)) {
		/* Memory ran out, so the text is not complete. */
		out_free(s->text);
		s->text = NULL;
		return false;
	}
	text = out_data(s->text, &len);
	while (s->after < len && text[s->after] >= '0' && text[s->after] <= '9')
		s->after++;
	memcpy(&s->ev, ev, sizeof(*ev));
	return true;
}

void render_cache_write(struct render_cache *r, const struct cap_event *ev)
{
	struct slot *s = slot_of(r, ev);
	const char *text;
	size_t len;

	if (!is_self_contained(ev) || !ev->have ||
	    (!same_but_time(&s->ev, ev) && !slot_fill(r, s, ev))) {
		r->render(r->arg, r->out, ev);
		return;
	}
	text = out_data(s->text, &len);
	if (s->time == RENDER_NO_TIME) {
		out_write(r->out, text, len);
		return;
	}
	out_write(r->out, text, s->time);
	out_u64(r->out, ev->timestamp);
	out_write(r->out, text + s->after, len - s->after);
}
