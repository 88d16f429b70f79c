/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which capabilities the processes of each subject had, used and dropped. */
#ifndef CAPTRACE_CORE_ADVISE_SUBJECT_PROCESSES_H
#define CAPTRACE_CORE_ADVISE_SUBJECT_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/advise/subject.h"

struct cap_event;
struct cap_origin;
struct cap_outcome;
struct subject_processes;

/* @origins and all subjects passed in must outlive the result. NULL if there is no memory. */
struct subject_processes *subject_processes_new(const struct cap_origin *origins,
						size_t origins_len);
void subject_processes_free(struct subject_processes *p);

/*
 * Whether the check was denied although the process, or the command it belongs to, had the capability
 * before. Then the process has dropped it, for example by a change from user id 0 to another, and
 * granting it would change nothing.
 */
bool subject_processes_dropped(struct subject_processes *p, const struct subject *sub,
			       enum scope scope, const struct cap_event *ev);

/*
 * Updates the process of @ev, which was counted in @t. @used: the capability was granted to an
 * operation that needs it.
 */
void subject_processes_add(struct subject_processes *p, struct subject *sub, enum scope scope,
			   const struct cap_event *ev, struct tally *t, bool used);

void subject_processes_outcome(struct subject_processes *p, const struct cap_outcome *o);

/* No more checks follow: sets `kept` and `dropped` of each subject. */
void subject_processes_finish(struct subject_processes *p);

#endif
