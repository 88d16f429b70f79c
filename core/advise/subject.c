// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/subject.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/idmap.h"
#include "core/base/intern.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/origin.h"

/* Past these their evidence is summed up early, and a process may be counted twice. */
#define PROCESSES_MAX 65536

#define INIT_USER_NS_INO 0xEFFFFFFDU /* PROC_USER_INIT_INO, since 3.8 */

#define NAME_MAX_LEN 512

/* What a process of a subject has done. */
struct process {
	uint64_t used;    /* capabilities */
	uint64_t dropped; /* of them: given away since, and not used again */
	uint64_t had;     /* effective sets, together */
	uint64_t asked[SCOPES];
};

/* Of a source: the effective set that a command began with. */
struct first_set {
	bool known;
	bool permitted; /* outcomes tell what is permitted */
	uint64_t caps;
};

struct subjects {
	enum advise_by by;
	const struct cap_origin *origins;
	size_t origins_len;
	struct intern *names;
	struct subject **list; /* by the number of the name */
	size_t len, room;
	struct first_set *first; /* of each source */
	struct idmap *processes; /* by source and pid, subject */
	struct idmap *latest;    /* by source and pid: the number of the last subject, and 1 */
	struct idmap *exes;      /* by source and pid: the number of the name */
	struct intern *exe_names;
};

static const char *const by_names[ADVISE_BY_COUNT] = {
	[ADVISE_BY_AUTO] = "auto",
	[ADVISE_BY_COMMAND] = "command",
	[ADVISE_BY_COMM] = "comm",
	[ADVISE_BY_EXE] = "exe",
	[ADVISE_BY_CONTAINER] = "container",
	[ADVISE_BY_UNIT] = "unit",
	[ADVISE_BY_POD] = "pod",
	[ADVISE_BY_UID] = "uid",
};

const char *advise_by_name(enum advise_by by)
{
	return (unsigned int)by < ADVISE_BY_COUNT ? by_names[by] : NULL;
}

static enum advise_by choose(const struct cap_origin *origins, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!origins[i].command && !origins[i].pids_len)
			return ADVISE_BY_COMM;
	return ADVISE_BY_COMMAND;
}

struct subjects *subjects_new(enum advise_by by, const struct cap_origin *origins,
			      size_t origins_len)
{
	struct subjects *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->by = by == ADVISE_BY_AUTO ? choose(origins, origins_len) : by;
	s->origins = origins;
	s->origins_len = origins_len;
	s->names = intern_new();
	s->exe_names = intern_new();
	s->processes = idmap_new(sizeof(struct process), PROCESSES_MAX);
	s->latest = idmap_new(sizeof(size_t), PROCESSES_MAX);
	s->exes = idmap_new(sizeof(const char *), PROCESSES_MAX);
	s->first = calloc(origins_len, sizeof(*s->first));
	if (s->first && s->names && s->exe_names && s->processes && s->latest && s->exes)
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
	free(s->first);
	idmap_free(s->processes);
	idmap_free(s->latest);
	idmap_free(s->exes);
	intern_free(s->names);
	intern_free(s->exe_names);
	free(s);
}

enum advise_by subjects_by(const struct subjects *s)
{
	return s->by;
}

static uint64_t process_key(unsigned int origin, int32_t pid)
{
	return (uint64_t)origin << 32 | (uint32_t)pid;
}

static void command_name(const struct cap_origin *src, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (char *const *arg = src->command; arg && *arg && n < size; arg++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "", *arg);
	for (size_t i = 0; !src->command && i < src->pids_len && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%d", n ? "," : "pid ",
				      (int)src->pids[i]);
	if (!n)
		snprintf(buf, size, "all processes");
}

static const char *exe_of_pid(int32_t pid, char *buf, size_t size)
{
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, buf, size - 1);
	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}

/* What was executed, or, of a process that was there before, what /proc tells while it lives. */
static const char *exe_name(struct subjects *s, const struct cap_event *ev)
{
	uint64_t key = process_key(ev->origin, ev->pid);
	const char **known = idmap_find(s->exes, key, 0);
	char buf[NAME_MAX_LEN];
	const char *name = NULL;

	if (known)
		return *known;
	if (!s->origins[ev->origin].file)
		name = exe_of_pid(ev->pid, buf, sizeof(buf));
	if (!name) {
		snprintf(buf, sizeof(buf), "[%s]", ev->comm);
		name = buf;
	}
	name = intern_string(s->exe_names, name);
	known = name ? idmap_make(s->exes, key, 0) : NULL;
	if (known)
		*known = name;
	return name ? name : "?";
}

static const char *or_none(const struct cap_event *ev, uint64_t have, const char *name,
			   const char *none)
{
	return event_has(ev, have) && name ? name : none;
}

/* The name of the subject that @ev is of, its own or in @buf. */
static const char *name_of(struct subjects *s, const struct cap_event *ev, char *buf, size_t size)
{
	switch (s->by) {
	case ADVISE_BY_COMM:
		return or_none(ev, FIELD(COMM), ev->comm, "(no name)");
	case ADVISE_BY_EXE:
		return exe_name(s, ev);
	case ADVISE_BY_CONTAINER:
		return or_none(ev, FIELD(CONTAINER), ev->container,
			       or_none(ev, FIELD(CONTAINERID), ev->containerid, "(no container)"));
	case ADVISE_BY_UNIT:
		return or_none(ev, FIELD(UNIT), ev->unit, "(no unit)");
	case ADVISE_BY_POD:
		if (!event_has(ev, FIELD(POD)) || !ev->pod)
			return "(no pod)";
		snprintf(buf, size, "%s/%s", or_none(ev, FIELD(NAMESPACE), ev->namespace, ""),
			 ev->pod);
		return buf;
	case ADVISE_BY_UID:
		if (!event_has(ev, FIELD(UID)))
			return "(no user)";
		snprintf(buf, size, "%" PRIu32, ev->uid);
		return buf;
	default:
		command_name(&s->origins[ev->origin], buf, size);
		return buf;
	}
}

static struct subject *subject_new(struct subjects *s, const char *name)
{
	struct subject *sub = calloc(1, sizeof(*sub));

	if (!sub)
		return NULL;
	sub->name = name;
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
 * The user namespace that a subject starts in: of a command, a container, a pod or a unit that of
 * its first check; of what is told apart by less, the host's.
 */
static uint32_t home_of(const struct subjects *s, struct subject *sub, const struct cap_event *ev)
{
	uint32_t *home = &sub->homes[ev->origin];
	bool whole = s->by == ADVISE_BY_CONTAINER || s->by == ADVISE_BY_POD ||
		     s->by == ADVISE_BY_UNIT || s->origins[ev->origin].command ||
		     s->origins[ev->origin].pids_len;

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
		sub->containerid = intern_string(s->exe_names, ev->containerid);
	if (!sub->runtime && event_has(ev, FIELD(RUNTIME)) && ev->runtime)
		sub->runtime = intern_string(s->exe_names, ev->runtime);
	if (!sub->unit && event_has(ev, FIELD(UNIT)) && ev->unit)
		sub->unit = intern_string(s->exe_names, ev->unit);
	if (!sub->exe && s->by == ADVISE_BY_EXE)
		sub->exe = exe_name(s, ev);
	if (!sub->exe && s->by == ADVISE_BY_COMMAND)
		sub->exe = s->origins[ev->origin].path;
}

struct subject *subjects_find(struct subjects *s, const struct cap_event *ev, enum scope *scope)
{
	char buf[NAME_MAX_LEN];
	struct subject *sub = find(s, name_of(s, ev, buf, sizeof(buf)));

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

static void fold(void *arg, uint64_t key, uint64_t number, void *value)
{
	const struct subjects *s = arg;
	const struct process *p = value;
	struct subject *sub = s->list[number];

	sub->kept |= p->used & ~p->dropped;
	sub->dropped |= p->used & p->dropped;
}

static struct process *find_process(struct subjects *s, unsigned int origin, int32_t pid,
				    size_t number)
{
	uint64_t key = process_key(origin, pid);
	size_t *latest;

	if (idmap_len(s->processes) == PROCESSES_MAX) {
		idmap_take(s->processes, fold, s);
		idmap_take(s->latest, NULL, NULL);
	}
	latest = idmap_make(s->latest, key, 0);
	if (latest)
		*latest = number + 1;
	return idmap_make(s->processes, key, number);
}

bool subjects_gave(struct subjects *s, const struct subject *sub, enum scope scope,
		   const struct cap_event *ev)
{
	struct first_set *first = &s->first[ev->origin];
	uint64_t had = 0;
	bool caps = event_has(ev, FIELD(CAPS));
	const struct process *p;

	if (scope != SCOPE_HOME)
		return false;
	if (s->origins[ev->origin].command) {
		if (!first->known && caps)
			first->caps = ev->caps;
		first->known |= caps;
		had = first->caps;
	}
	if (ev->verdict == CAP_ALLOW || (caps && ev->caps >> ev->cap & 1))
		return false;
	p = event_has(ev, FIELD(PID)) ? idmap_find(s->processes, process_key(ev->origin, ev->pid),
						   (uint64_t)intern_number(s->names, sub->name))
				      : NULL;
	return ((p ? p->had : 0) | had) >> ev->cap & 1;
}

void subjects_process(struct subjects *s, struct subject *sub, enum scope scope,
		      const struct cap_event *ev, struct tally *t, bool used)
{
	uint64_t bit = UINT64_C(1) << ev->cap;
	struct process *p = NULL;

	if (event_has(ev, FIELD(PID)))
		p = find_process(s, ev->origin, ev->pid,
				 (size_t)intern_number(s->names, sub->name));
	if (p && !(p->asked[scope] & bit)) {
		p->asked[scope] |= bit;
		tally_add_process(t, ev);
	}
	if (scope != SCOPE_HOME)
		return;
	if (event_has(ev, FIELD(CAPS)))
		sub->seen |= ev->caps;
	if (!p)
		return;
	if (event_has(ev, FIELD(CAPS)))
		p->had |= ev->caps;
	/* Where no outcome tells what is still permitted, the effective set has to do. */
	if (event_has(ev, FIELD(CAPS)) && !s->first[ev->origin].permitted)
		p->dropped |= p->used & ~ev->caps;
	if (used) {
		p->used |= bit;
		p->dropped &= ~bit;
	}
}

/* What isn't permitted any more can't be had again but by an exec. */
void subjects_outcome(struct subjects *s, const struct cap_outcome *o)
{
	uint64_t key = process_key(o->origin, o->pid);
	const size_t *latest = idmap_find(s->latest, key, 0);
	struct process *p = latest ? idmap_find(s->processes, key, *latest - 1) : NULL;

	s->first[o->origin].permitted |= o->has_permitted;
	if (p && o->has_permitted)
		p->dropped |= p->used & ~o->permitted;
}

void subjects_exec(struct subjects *s, const struct cap_exec *x)
{
	const char **known, *name;
	char buf[NAME_MAX_LEN];

	if (s->by != ADVISE_BY_EXE)
		return;
	/* A relative name, or one of a script: what it is can be looked up only now. */
	name = s->origins[x->origin].file ? NULL : exe_of_pid(x->pid, buf, sizeof(buf));
	name = intern_string(s->exe_names, name ? name : x->filename);
	if (idmap_len(s->exes) == PROCESSES_MAX)
		idmap_take(s->exes, NULL, NULL);
	known = name ? idmap_make(s->exes, process_key(x->origin, x->pid), 0) : NULL;
	if (known)
		*known = name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct subject *const *)a)->name, (*(struct subject *const *)b)->name);
}

void subjects_finish(struct subjects *s)
{
	idmap_take(s->processes, fold, s);
	if (s->len)
		qsort(s->list, s->len, sizeof(struct subject *), by_name);
}

struct subject *subjects_at(struct subjects *s, size_t i)
{
	return i < s->len ? s->list[i] : NULL;
}
