// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/unique.h"

#include <string.h>

#include "core/base/util.h"

#define BUCKETS 1024 /* a power of two */

struct row {
	struct row *next;  /* in the bucket */
	struct row *later; /* in order of arrival */
	uint64_t hash, count;
	struct cap_event ev; /* its texts are in `texts`, or static */
	char texts[];
};

struct unique {
	size_t len, max;
	bool full;
	struct row *first, **last;
	struct row *buckets[BUCKETS];
};

/* Members of the event that point to text, which doesn't outlive the event. */
static const size_t texts[] = {
	offsetof(struct cap_event, syscall),   offsetof(struct cap_event, runtime),
	offsetof(struct cap_event, container), offsetof(struct cap_event, containerid),
	offsetof(struct cap_event, pod),       offsetof(struct cap_event, namespace),
	offsetof(struct cap_event, node),      offsetof(struct cap_event, unit),
	offsetof(struct cap_event, cgroup),
};

static const uint64_t text_bits[] = {
	FIELD(SYSCALL),   FIELD(RUNTIME), FIELD(CONTAINER), FIELD(CONTAINERID), FIELD(POD),
	FIELD(NAMESPACE), FIELD(NODE),    FIELD(UNIT),      FIELD(CGROUP),
};

_Static_assert(ARRAY_SIZE(texts) == ARRAY_SIZE(text_bits), "one bit per text");

static const char **text_of(struct cap_event *ev, size_t i)
{
	return (const char **)((char *)ev + texts[i]);
}

struct unique *unique_new(size_t max)
{
	struct unique *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->max = max;
	u->last = &u->first;
	return u;
}

void unique_free(struct unique *u)
{
	if (!u)
		return;
	while (u->first) {
		struct row *later = u->first->later;

		free(u->first);
		u->first = later;
	}
	free(u);
}

/*
 * The container, or else the unit. A container's own scope is not used, because its name changes
 * with each start.
 */
static const char *subject_of(const struct cap_event *ev)
{
	if (event_has(ev, FIELD(CONTAINERID)))
		return ev->containerid;
	return event_has(ev, FIELD(UNIT)) ? ev->unit : "";
}

static const char *syscall_of(const struct cap_event *ev)
{
	return event_has(ev, FIELD(SYSCALL)) ? ev->syscall : "";
}

/*
 * The numbers of the key, in a structure without padding. `have` says which are known; unknown ones
 * are 0.
 */
struct numbers {
	uint64_t have;
	uint32_t target_userns;
	int32_t cap;
	uint32_t verdict, audit, startup, pad;
};

static struct numbers numbers_of(const struct cap_event *ev)
{
	const uint64_t fields = FIELD(COMM) | FIELD(VERDICT) | FIELD(AUDIT) | FIELD(SYSCALL) |
				FIELD(TARGET_USERNS) | FIELD(STARTUP);
	struct numbers n = {.have = ev->have & fields, .cap = ev->cap};

	if (event_has(ev, FIELD(TARGET_USERNS)))
		n.target_userns = ev->target_userns;
	if (event_has(ev, FIELD(VERDICT)))
		n.verdict = ev->verdict;
	if (event_has(ev, FIELD(AUDIT)))
		n.audit = ev->audit;
	if (event_has(ev, FIELD(STARTUP)))
		n.startup = ev->startup;
	return n;
}

/* FNV-1a; each text is followed by a separator. */
static uint64_t mix(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(1099511628211);
	return (h ^ 0x100) * UINT64_C(1099511628211);
}

static uint64_t hash_of(const struct cap_event *ev)
{
	struct numbers n = numbers_of(ev);
	uint64_t h = mix(UINT64_C(14695981039346656037), &n, sizeof(n));

	h = mix(h, ev->comm, event_has(ev, FIELD(COMM)) ? strlen(ev->comm) : 0);
	h = mix(h, subject_of(ev), strlen(subject_of(ev)));
	return mix(h, syscall_of(ev), strlen(syscall_of(ev)));
}

static bool same(const struct cap_event *a, const struct cap_event *b)
{
	struct numbers x = numbers_of(a), y = numbers_of(b);

	return !memcmp(&x, &y, sizeof(x)) &&
	       (!event_has(a, FIELD(COMM)) || !strcmp(a->comm, b->comm)) &&
	       !strcmp(subject_of(a), subject_of(b)) && !strcmp(syscall_of(a), syscall_of(b));
}

static struct row *row_new(const struct cap_event *ev)
{
	struct row *row;
	size_t size = 0;
	char *at;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (event_has(ev, text_bits[i]))
			size += strlen(*text_of((struct cap_event *)ev, i)) + 1;
	row = calloc(1, sizeof(*row) + size);
	if (!row)
		return NULL;
	row->ev = *ev;
	/* The stack's frames are gone when the rows are shown. */
	row->ev.have &= ~FIELD(KSTACK);
	row->ev.labels = NULL;
	at = row->texts;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char **text = text_of(&row->ev, i);

		if (!event_has(ev, text_bits[i]))
			continue;
		at = stpcpy(at, *text) + 1;
		*text = at - strlen(*text) - 1;
	}
	return row;
}

bool unique_add(struct unique *u, const struct cap_event *ev, uint64_t count)
{
	uint64_t hash = hash_of(ev);
	struct row **bucket = &u->buckets[hash % BUCKETS], *row;

	for (row = *bucket; row; row = row->next) {
		if (row->hash == hash && same(&row->ev, ev)) {
			row->count += count;
			return false;
		}
	}
	row = u->len < u->max ? row_new(ev) : NULL;
	if (!row) {
		u->full = true;
		return true;
	}
	row->hash = hash;
	row->count = count;
	row->next = *bucket;
	*bucket = row;
	*u->last = row;
	u->last = &row->later;
	u->len++;
	return true;
}

bool unique_full(const struct unique *u)
{
	return u->full;
}

void unique_for_each(const struct unique *u,
		     void (*fn)(void *arg, const struct cap_event *ev, uint64_t count), void *arg)
{
	for (const struct row *row = u->first; row; row = row->later)
		fn(arg, &row->ev, row->count);
}
