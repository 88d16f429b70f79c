/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subjects: what advice is about (a command, a container, a unit, …), with the checks of each. */
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

/* Where a check belongs, relative to the user namespace that the subject starts in (its home). */
enum scope {
	SCOPE_HOME, /* credentials and target are its home: advice is about these */
	SCOPE_OWN,  /* the target is a namespace the subject made: nothing to grant */
	SCOPE_BEYOND, /* the target is outside the credentials' own namespace: nothing can be granted */
	SCOPES
};

#define SUBJECT_CAPS 64

struct subject {
	const char *name;
	size_t number; /* unique, from 0 */
	struct tally *tallies[SCOPES][SUBJECT_CAPS];
	uint64_t seen;    /* union of the effective sets of credentials of its home */
	uint64_t kept;    /* capabilities that some process used and did not drop afterwards */
	uint64_t dropped; /* capabilities that some process used and then dropped */
	uint32_t *homes;  /* user namespace for each origin; 0: not known yet */
	bool has_uid;
	uint32_t uid; /* of its first check */
	const char *containerid, *runtime, *unit,
		*exe; /* of its first check that has one; or NULL */
	bool live;    /* its checks come from the running kernel, not from a recording */
};

/* @origins must outlive the result. NULL if there is no memory. */
struct subjects *subjects_new(enum advise_by by, const struct cap_origin *origins,
			      size_t origins_len);
void subjects_free(struct subjects *s);

/* What a subject is here: never ADVISE_BY_AUTO. */
enum advise_by subjects_by(const struct subjects *s);

/* The subject of @ev, and the scope of the check; NULL if there is no memory. */
struct subject *subjects_find(struct subjects *s, const struct cap_event *ev, enum scope *scope);

/* The tally of @cap in @scope, created if needed; NULL if there is no memory. */
struct tally *subject_tally(struct subject *sub, enum scope scope, int cap);

void subjects_exec(struct subjects *s, const struct cap_exec *x);

/* No more checks follow: sorts the subjects by name. */
void subjects_finish(struct subjects *s);

/* Subject @i in that order; NULL past the last. */
struct subject *subjects_at(struct subjects *s, size_t i);

#endif
