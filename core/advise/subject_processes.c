// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/subject_processes.h"

#include "core/base/idmap.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/origin.h"

/* When the table is full it is summed up early, and a process may then be counted twice. */
#define PROCESSES_MAX 65536

/* A process of a subject; all members are sets of capabilities. */
struct process {
	struct subject *sub;
	uint64_t used;          /* granted to an operation that needs them */
	uint64_t dropped;       /* those of `used` that were dropped and not used again */
	uint64_t had;           /* union of the effective sets */
	uint64_t asked[SCOPES]; /* checked at least once */
};

/* What is known of an origin's command. */
struct first_set {
	bool known;
	bool permitted; /* outcomes report the permitted set */
	uint64_t caps;  /* effective set at the first check */
};

struct subject_processes {
	const struct cap_origin *origins;
	struct first_set *first; /* of each origin */
	struct idmap *map;       /* struct process, by origin and pid, and the subject's number */
	struct idmap *latest;    /* by origin and pid: the last subject of the process */
};

struct subject_processes *subject_processes_new(const struct cap_origin *origins,
						size_t origins_len)
{
	struct subject_processes *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->origins = origins;
	p->first = calloc(origins_len, sizeof(*p->first));
	p->map = idmap_new(sizeof(struct process), PROCESSES_MAX);
	p->latest = idmap_new(sizeof(struct subject *), PROCESSES_MAX);
	if (p->first && p->map && p->latest)
		return p;
	subject_processes_free(p);
	return NULL;
}

void subject_processes_free(struct subject_processes *p)
{
	if (!p)
		return;
	free(p->first);
	idmap_free(p->map);
	idmap_free(p->latest);
	free(p);
}

static void sum_up(void *arg, uint64_t key, uint64_t number, void *value)
{
	const struct process *process = value;
	struct subject *sub = process->sub;

	sub->kept |= process->used & ~process->dropped;
	sub->dropped |= process->used & process->dropped;
}

static struct process *find(const struct subject_processes *p, const struct subject *sub,
			    const struct cap_event *ev)
{
	return idmap_find(p->map, origin_task_key(ev->origin, ev->pid), sub->number);
}

static struct process *find_or_make(struct subject_processes *p, struct subject *sub,
				    const struct cap_event *ev)
{
	uint64_t key = origin_task_key(ev->origin, ev->pid);
	struct process *process;
	struct subject **latest;

	if (idmap_len(p->map) == PROCESSES_MAX) {
		idmap_take(p->map, sum_up, NULL);
		idmap_take(p->latest, NULL, NULL);
	}
	latest = idmap_make(p->latest, key, 0);
	if (latest)
		*latest = sub;
	process = idmap_make(p->map, key, sub->number);
	if (process)
		process->sub = sub;
	return process;
}

bool subject_processes_dropped(struct subject_processes *p, const struct subject *sub,
			       enum scope scope, const struct cap_event *ev)
{
	struct first_set *first = &p->first[ev->origin];
	bool caps = event_has(ev, FIELD(CAPS));
	const struct process *process;
	uint64_t had = 0;

	if (scope != SCOPE_HOME)
		return false;
	if (p->origins[ev->origin].command) {
		if (!first->known && caps)
			first->caps = ev->caps;
		first->known |= caps;
		had = first->caps;
	}
	if (ev->verdict == CAP_ALLOW || (caps && ev->caps >> ev->cap & 1))
		return false;
	process = event_has(ev, FIELD(PID)) ? find(p, sub, ev) : NULL;
	return ((process ? process->had : 0) | had) >> ev->cap & 1;
}

void subject_processes_add(struct subject_processes *p, struct subject *sub, enum scope scope,
			   const struct cap_event *ev, struct tally *t, bool used)
{
	struct process *process = event_has(ev, FIELD(PID)) ? find_or_make(p, sub, ev) : NULL;
	uint64_t bit = UINT64_C(1) << ev->cap;

	if (process && !(process->asked[scope] & bit)) {
		process->asked[scope] |= bit;
		tally_add_process(t, ev);
	}
	if (scope != SCOPE_HOME)
		return;
	if (event_has(ev, FIELD(CAPS)))
		sub->seen |= ev->caps;
	if (!process)
		return;
	if (event_has(ev, FIELD(CAPS)))
		process->had |= ev->caps;
	/* If outcomes do not report the permitted set, take the effective set for it. */
	if (event_has(ev, FIELD(CAPS)) && !p->first[ev->origin].permitted)
		process->dropped |= process->used & ~ev->caps;
	if (used) {
		process->used |= bit;
		process->dropped &= ~bit;
	}
}

/* A capability that left the permitted set is gone for good: only an exec can bring it back. */
void subject_processes_outcome(struct subject_processes *p, const struct cap_outcome *o)
{
	uint64_t key = origin_task_key(o->origin, o->pid);
	struct subject *const *latest = idmap_find(p->latest, key, 0);
	struct process *process = latest ? idmap_find(p->map, key, (*latest)->number) : NULL;

	p->first[o->origin].permitted |= o->has_permitted;
	if (process && o->has_permitted)
		process->dropped |= process->used & ~o->permitted;
}

void subject_processes_finish(struct subject_processes *p)
{
	idmap_take(p->map, sum_up, NULL);
}
