/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of subjects (--by), and which subject a check belongs to. */
#ifndef CAPTRACE_CORE_ADVISE_SUBJECT_NAMES_H
#define CAPTRACE_CORE_ADVISE_SUBJECT_NAMES_H

#include <stddef.h>

struct cap_event;
struct cap_exec;
struct cap_origin;
struct subject_names;

enum advise_by {
	ADVISE_BY_AUTO, /* the traced command or processes; if there are none, each comm */
	ADVISE_BY_COMMAND,
	ADVISE_BY_COMM,
	ADVISE_BY_EXE,
	ADVISE_BY_CONTAINER,
	ADVISE_BY_UNIT,
	ADVISE_BY_POD,
	ADVISE_BY_UID,
	ADVISE_BY_COUNT
};

#define SUBJECT_NAME_MAX 512

/* "comm", …; NULL past the last. */
const char *advise_by_name(enum advise_by by);

/* @origins must outlive the result. NULL if there is no memory. */
struct subject_names *subject_names_new(enum advise_by by, const struct cap_origin *origins,
					size_t origins_len);
void subject_names_free(struct subject_names *n);

/* What a subject is here: never ADVISE_BY_AUTO. */
enum advise_by subject_names_by(const struct subject_names *n);

/* The name of @ev's subject, valid as long as @ev and @buf are. */
const char *subject_names_of(struct subject_names *n, const struct cap_event *ev,
			     char buf[SUBJECT_NAME_MAX]);

/* The file that @ev's subject executes, valid as long as @n; NULL: a subject may have several. */
const char *subject_names_exe(struct subject_names *n, const struct cap_event *ev);

void subject_names_exec(struct subject_names *n, const struct cap_exec *x);

#endif
