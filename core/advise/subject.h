/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subjects: whom advice is for (a command, a container, a unit, …), and what each asked for. */
#ifndef CAPTRACE_CORE_ADVISE_SUBJECT_H
#define CAPTRACE_CORE_ADVISE_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/advise/subject_names.h"
#include "core/advise/tally.h"

struct cap_event;
struct cap_exec;
struct cap_origin;
struct subjects;

/* Seen from the user namespace that a subject starts in, its home. */
enum scope {
	SCOPE_HOME,   /* asked by it, of it: what advice is about */
	SCOPE_OWN,    /* asked of one that is the subject's own: needs nothing */
	SCOPE_BEYOND, /* asked, from either, of one outside: nothing can be given for it */
	SCOPES
};

#define SUBJECT_CAPS 64

struct subject {
	const char *name;
	size_t number; /* of its own, from 0 */
	struct tally *tallies[SCOPES][SUBJECT_CAPS];
	uint64_t seen;    /* effective sets of its home's credentials, together */
	uint64_t kept;    /* capabilities that a process used and then still had */
	uint64_t dropped; /* that a process used only before it gave them away */
	uint32_t *homes;  /* of each origin; 0: not known yet */
	bool has_uid;
	uint32_t uid;                                   /* of its first check */
	const char *containerid, *runtime, *unit, *exe; /* of its first check with one; or NULL */
	bool live; /* it was seen in a running kernel, not in a recording */
};

/* @origins outlives the subjects. NULL if there is no memory. */
struct subjects *subjects_new(enum advise_by by, const struct cap_origin *origins,
			      size_t origins_len);
void subjects_free(struct subjects *s);

/* How they are told apart: never ADVISE_BY_AUTO. */
enum advise_by subjects_by(const struct subjects *s);

/* The subject that @ev is of, and the scope of the check; NULL if there is no memory. */
struct subject *subjects_find(struct subjects *s, const struct cap_event *ev, enum scope *scope);

/* The tally of the event's capability in that scope; NULL if there is no memory. */
struct tally *subject_tally(struct subject *sub, enum scope scope, int cap);

void subjects_exec(struct subjects *s, const struct cap_exec *x);

/* Nothing more comes: puts them in order. */
void subjects_finish(struct subjects *s);

/* All of them, in the order of their names; NULL past the last. */
struct subject *subjects_at(struct subjects *s, size_t i);

#endif
