// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/reorder.h"

#include <string.h>

#include "core/base/util.h"

struct entry {
	uint64_t time;
	uint64_t serial; /* order of the pushes, for equal times */
	size_t offset;   /* in data */
	size_t size;
};

struct reorder {
	struct entry *entries;
	size_t len, room;
	char *data;
	size_t data_len, data_room;
	uint64_t serial;
	uint64_t newest;
};

struct reorder *reorder_new(void)
{
	return calloc(1, sizeof(struct reorder));
}

void reorder_free(struct reorder *r)
{
	if (!r)
		return;
	free(r->entries);
	free(r->data);
	free(r);
}

static int grow(void **mem, size_t *room, size_t need, size_t item)
{
	size_t n = MAX(*room * 2, need);
	void *p;

	if (need <= *room)
		return 0;
	p = realloc(*mem, n * item);
	if (!p)
		return -ENOMEM;
	*mem = p;
	*room = n;
	return 0;
}

int reorder_push(struct reorder *r, uint64_t time, const void *data, size_t size)
{
	size_t aligned = (size + 7) & ~(size_t)7;

	if (grow((void **)&r->entries, &r->room, MAX(r->len + 1, (size_t)64), sizeof(*r->entries)))
		return -ENOMEM;
	if (grow((void **)&r->data, &r->data_room, MAX(r->data_len + aligned, (size_t)4096), 1))
		return -ENOMEM;
	memcpy(r->data + r->data_len, data, size);
	r->entries[r->len++] = (struct entry){time, r->serial++, r->data_len, size};
	r->data_len += aligned;
	r->newest = MAX(r->newest, time);
	return 0;
}

uint64_t reorder_newest(const struct reorder *r)
{
	return r->newest;
}

static int by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->serial < y->serial ? -1 : 1;
}

/* Moves the remaining records to the front. The entries are sorted by time, their data is not. */
static int keep_rest(struct reorder *r, size_t from)
{
	size_t left = r->len - from;
	struct reorder rest = {.serial = r->serial, .newest = r->newest};

	for (size_t i = from; i < r->len; i++) {
		const struct entry *e = &r->entries[i];

		if (reorder_push(&rest, e->time, r->data + e->offset, e->size))
			break;
	}
	if (rest.len != left) {
		/* No memory for a second copy: keep the data where it is. */
		free(rest.entries);
		free(rest.data);
		memmove(r->entries, r->entries + from, left * sizeof(*r->entries));
		r->len = left;
		return -ENOMEM;
	}
	free(r->entries);
	free(r->data);
	*r = rest;
	return 0;
}

size_t reorder_flush(struct reorder *r, uint64_t until,
		     void (*fn)(void *arg, const void *data, size_t size), void *arg)
{
	size_t n = 0;

	if (!r->len)
		return 0;
	qsort(r->entries, r->len, sizeof(*r->entries), by_time);
	while (n < r->len && r->entries[n].time <= until) {
		fn(arg, r->data + r->entries[n].offset, r->entries[n].size);
		n++;
	}
	if (n == r->len)
		r->len = r->data_len = 0;
	else if (n)
		keep_rest(r, n);
	return n;
}
