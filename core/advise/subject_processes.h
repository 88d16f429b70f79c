/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processes of each subject have used, had, and given away. */
#ifndef CAPTRACE_CORE_ADVISE_SUBJECT_PROCESSES_H
#define CAPTRACE_CORE_ADVISE_SUBJECT_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/advise/subject.h"

struct cap_event;
struct cap_origin;
struct cap_outcome;
struct subject_processes;

/* @origins, and the subjects that are given to it, outlive it. NULL if there is no memory. */
struct subject_processes *subject_processes_new(const struct cap_origin *origins,
						size_t origins_len);
void subject_processes_free(struct subject_processes *p);

/*
 * Whether the check was denied though the process, or the command that it is of, had the capability
 * once: then it has given that away, as a user id that isn't 0 any more does, and to grant it would
 * change nothing.
 */
bool subject_processes_dropped(struct subject_processes *p, const struct subject *sub,
			       enum scope scope, const struct cap_event *ev);

/*
 * @ev was counted in @t: takes in what it tells of its process. @used: a capability was granted for
 * something that needs it.
 */
void subject_processes_add(struct subject_processes *p, struct subject *sub, enum scope scope,
			   const struct cap_event *ev, struct tally *t, bool used);

void subject_processes_outcome(struct subject_processes *p, const struct cap_outcome *o);

/* Nothing more comes: sums the processes up in their subjects. */
void subject_processes_finish(struct subject_processes *p);

#endif
