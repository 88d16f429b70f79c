// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/returns.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

/*
 * cap_capable() does not sleep, so few threads are in it at a time. Checks whose return was lost
 * take up room, too.
 */
#define HELD_MAX 256

struct held {
	struct cap_event ev;
	struct hook_call call;
	struct cap_frame *frames;
	uint64_t frame;
	bool old; /* held since before the last flush */
};

struct returns {
	returns_fn *fn;
	void *arg;
	struct held held[HELD_MAX];
	size_t len;
};

struct returns *returns_new(returns_fn *fn, void *arg)
{
	struct returns *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->fn = fn;
	r->arg = arg;
	return r;
}

void returns_free(struct returns *r)
{
	for (size_t i = 0; r && i < r->len; i++)
		free(r->held[i].frames);
	free(r);
}

/* Keeps the others in the order in which they came. */
static void hand_out(struct returns *r, size_t i)
{
	struct held h = r->held[i];

	r->len--;
	memmove(&r->held[i], &r->held[i + 1], (r->len - i) * sizeof(h));
	r->fn(r->arg, &h.ev, &h.call);
	free(h.frames);
}

static size_t find(const struct returns *r, int32_t tid)
{
	size_t i = 0;

	while (i < r->len && r->held[i].ev.tid != tid)
		i++;
	return i;
}

int returns_hold(struct returns *r, const struct cap_event *ev, const struct hook_call *call,
		 uint64_t frame)
{
	size_t i = find(r, ev->tid);
	struct held h = {.ev = *ev, .call = *call, .frame = frame};

	if (i < r->len)
		hand_out(r, i);
	else if (r->len == HELD_MAX)
		hand_out(r, 0);
	if (ev->kstack_len) {
		h.frames = malloc(ev->kstack_len * sizeof(*h.frames));
		if (!h.frames)
			return -ENOMEM;
		memcpy(h.frames, ev->kstack, ev->kstack_len * sizeof(*h.frames));
		h.ev.kstack = h.frames;
	}
	r->held[r->len++] = h;
	return 0;
}

void returns_match(struct returns *r, int32_t tid, uint64_t frame, int32_t ret)
{
	size_t i = find(r, tid);

	if (i == r->len || r->held[i].frame != frame)
		return;
	r->held[i].ev.verdict = ret ? CAP_DENY : CAP_ALLOW;
	r->held[i].ev.have |= FIELD(VERDICT);
	hand_out(r, i);
}

void returns_flush(struct returns *r, bool all)
{
	size_t i = 0;

	while (i < r->len) {
		if (all || r->held[i].old)
			hand_out(r, i);
		else
			r->held[i++].old = true;
	}
}
