/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom advice is for: a command, a container, a unit, … and what each of them asked for. */
#ifndef CAPTRACE_CORE_ADVISE_SUBJECT_H
#define CAPTRACE_CORE_ADVISE_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/advise/tally.h"

struct cap_event;
struct cap_exec;
struct cap_outcome;
struct cap_origin;
struct subjects;

enum advise_by {
	ADVISE_BY_AUTO, /* the command or processes traced; else the program's name */
	ADVISE_BY_COMMAND,
	ADVISE_BY_COMM,
	ADVISE_BY_EXE,
	ADVISE_BY_CONTAINER,
	ADVISE_BY_UNIT,
	ADVISE_BY_POD,
	ADVISE_BY_UID,
	ADVISE_BY_COUNT
};

/* Seen from the user namespace that a subject starts in, its home. */
enum scope {
	SCOPE_HOME, /* asked by it, of it: what advice is about */
	SCOPE_OWN,  /* asked of one that is the subject's own: needs nothing */
	SCOPE_BEYOND, /* asked, from there or from home, of one outside: nothing can be given for it */
	SCOPES
};

#define SUBJECT_CAPS 64

struct subject {
	const char *name;
	struct tally *tallies[SCOPES][SUBJECT_CAPS];
	uint64_t seen;    /* effective sets of its home's credentials, together */
	uint64_t kept;    /* capabilities that a process used and then still had */
	uint64_t dropped; /* that a process used only before it gave them away */
	uint32_t *homes;  /* of each source; 0: not known yet */
	bool has_uid;
	uint32_t uid;                                   /* of its first check */
	const char *containerid, *runtime, *unit, *exe; /* of its first check with one; or NULL */
	bool live; /* it was seen in a running kernel, not in a recording */
};

/* "comm", …; NULL past the last. */
const char *advise_by_name(enum advise_by by);

/* @sources outlives the subjects. NULL if there is no memory. */
struct subjects *subjects_new(enum advise_by by, const struct cap_origin *origins,
			      size_t origins_len);
void subjects_free(struct subjects *s);

/* How they are told apart: never ADVISE_BY_AUTO. */
enum advise_by subjects_by(const struct subjects *s);

/* The subject that @ev is of, and the scope of the check; NULL if there is no memory. */
struct subject *subjects_find(struct subjects *s, const struct cap_event *ev, enum scope *scope);

/* The tally of the event's capability in that scope; NULL if there is no memory. */
struct tally *subject_tally(struct subject *sub, enum scope scope, int cap);

/*
 * Whether the check was denied though the process, or the command that it is of, had the capability
 * once: then it has given that away, as a user id that isn't 0 any more does, and to grant it would
 * change nothing.
 */
bool subjects_gave(struct subjects *s, const struct subject *sub, enum scope scope,
		   const struct cap_event *ev);

/*
 * @ev was counted in @t: takes in what it tells of its process. @used: a capability was granted for
 * something that needs it.
 */
void subjects_process(struct subjects *s, struct subject *sub, enum scope scope,
		      const struct cap_event *ev, struct tally *t, bool used);

void subjects_outcome(struct subjects *s, const struct cap_outcome *o);
void subjects_exec(struct subjects *s, const struct cap_exec *x);

/* Nothing more comes: sums the processes up. */
void subjects_finish(struct subjects *s);

/* All of them, in the order of their names; NULL past the last. */
struct subject *subjects_at(struct subjects *s, size_t i);

#endif
