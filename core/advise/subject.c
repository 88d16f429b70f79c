// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/subject.h"

#include <string.h>

#include "core/base/intern.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/origin.h"

#define INIT_USER_NS_INO 0xEFFFFFFDU /* PROC_USER_INIT_INO, since 3.8 */

struct subjects {
	struct subject_names *namer;
	const struct cap_origin *origins;
	size_t origins_len;
	struct intern *names;
	struct intern *strings; /* copies of the strings that subjects keep of events */
	struct subject **list;  /* by `number`, until subjects_finish() sorts them by name */
	size_t len, room;
};

struct subjects *subjects_new(enum advise_by by, const struct cap_origin *origins,
			      size_t origins_len)
{
	struct subjects *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->origins = origins;
	s->origins_len = origins_len;
	s->namer = subject_names_new(by, origins, origins_len);
	s->names = intern_new();
	s->strings = intern_new();
	if (s->namer && s->names && s->strings)
		return s;
	subjects_free(s);
	return NULL;
}

static void subject_free(struct subject *sub)
{
	for (int scope = 0; scope < SCOPES; scope++)
		for (int cap = 0; cap < SUBJECT_CAPS; cap++)
			tally_free(sub->tallies[scope][cap]);
	free(sub->homes);
	free(sub);
}

void subjects_free(struct subjects *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->len; i++)
		subject_free(s->list[i]);
	free(s->list);
	subject_names_free(s->namer);
	intern_free(s->names);
	intern_free(s->strings);
	free(s);
}

enum advise_by subjects_by(const struct subjects *s)
{
	return subject_names_by(s->namer);
}

static struct subject *subject_new(const struct subjects *s, const char *name)
{
	struct subject *sub = calloc(1, sizeof(*sub));

	if (!sub)
		return NULL;
	sub->name = name;
	sub->number = s->len;
	sub->homes = calloc(s->origins_len, sizeof(*sub->homes));
	if (!sub->homes) {
		free(sub);
		return NULL;
	}
	return sub;
}

static struct subject *find(struct subjects *s, const char *name)
{
	int number = intern_number(s->names, name);

	if (number < 0)
		return NULL;
	if ((size_t)number < s->len)
		return s->list[number];
	if (s->len == s->room) {
		size_t room = s->room ? s->room * 2 : 16;
		struct subject **list = realloc(s->list, room * sizeof(*list));

		if (!list)
			return NULL;
		s->list = list;
		s->room = room;
	}
	s->list[s->len] = subject_new(s, intern_string(s->names, name));
	return s->list[s->len] ? s->list[s->len++] : NULL;
}

/*
 * The user namespace that a subject starts in. For a command, --pid, a container, a pod or a unit it
 * is that of the first check; other subjects (a comm, a user) may span namespaces: the host's.
 */
static uint32_t home_of(const struct subjects *s, struct subject *sub, const struct cap_event *ev)
{
	uint32_t *home = &sub->homes[ev->origin];
	enum advise_by by = subjects_by(s);
	bool whole = by == ADVISE_BY_CONTAINER || by == ADVISE_BY_POD || by == ADVISE_BY_UNIT ||
		     s->origins[ev->origin].command || s->origins[ev->origin].pids_len;

	if (*home)
		return *home;
	/* All subjects of one command start where it does. */
	for (size_t i = 0; s->origins[ev->origin].command && i < s->len; i++)
		if (s->list[i]->homes[ev->origin])
			return *home = s->list[i]->homes[ev->origin];
	return *home = whole ? ev->current_userns : INIT_USER_NS_INO;
}

static enum scope scope_of(const struct subjects *s, struct subject *sub,
			   const struct cap_event *ev)
{
	uint32_t home;

	if (!event_has(ev, FIELD(TARGET_USERNS) | FIELD(CURRENT_USERNS)))
		return SCOPE_HOME;
	home = home_of(s, sub, ev);
	if (ev->target_userns == home)
		return ev->current_userns == home ? SCOPE_HOME : SCOPE_BEYOND;
	return ev->target_userns == INIT_USER_NS_INO ? SCOPE_BEYOND : SCOPE_OWN;
}

static void first_facts(struct subjects *s, struct subject *sub, const struct cap_event *ev)
{
	if (!sub->has_uid && event_has(ev, FIELD(UID))) {
		sub->has_uid = true;
		sub->uid = ev->uid;
		sub->live = !s->origins[ev->origin].file;
	}
	if (!sub->containerid && event_has(ev, FIELD(CONTAINERID)) && ev->containerid)
		sub->containerid = intern_string(s->strings, ev->containerid);
	if (!sub->runtime && event_has(ev, FIELD(RUNTIME)) && ev->runtime)
		sub->runtime = intern_string(s->strings, ev->runtime);
	if (!sub->unit && event_has(ev, FIELD(UNIT)) && ev->unit)
		sub->unit = intern_string(s->strings, ev->unit);
	if (!sub->exe)
		sub->exe = subject_names_exe(s->namer, ev);
}

struct subject *subjects_find(struct subjects *s, const struct cap_event *ev, enum scope *scope)
{
	char buf[SUBJECT_NAME_MAX];
	struct subject *sub = find(s, subject_names_of(s->namer, ev, buf));

	if (!sub)
		return NULL;
	first_facts(s, sub, ev);
	*scope = scope_of(s, sub, ev);
	return sub;
}

struct tally *subject_tally(struct subject *sub, enum scope scope, int cap)
{
	struct tally **t = &sub->tallies[scope][cap];

	if (!*t)
		*t = tally_new(cap);
	return *t;
}

void subjects_exec(struct subjects *s, const struct cap_exec *x)
{
	subject_names_exec(s->namer, x);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct subject *const *)a)->name, (*(struct subject *const *)b)->name);
}

void subjects_finish(struct subjects *s)
{
	if (s->len)
		qsort(s->list, s->len, sizeof(struct subject *), by_name);
}

struct subject *subjects_at(struct subjects *s, size_t i)
{
	return i < s->len ? s->list[i] : NULL;
}
