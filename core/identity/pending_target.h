/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pending targets: containers, pods and units that the user named and that aren't there yet.
 * captrace says which ones it waits for, so that a mistyped name does not go unnoticed.
 */
#ifndef CAPTRACE_CORE_IDENTITY_PENDING_TARGET_H
#define CAPTRACE_CORE_IDENTITY_PENDING_TARGET_H

struct pending_target;
struct cap_event;
struct filter;
struct state_env;

#define PENDING_RUNTIME "container of" /* a @what whose name is a runtime's */

struct pending_target *pending_target_new(void);
void pending_target_free(struct pending_target *p);

/*
 * Adds @name, which is a @what ("container", …; static) and is there once something passes @filter,
 * which is taken over. -ENOMEM.
 */
int pending_target_add(struct pending_target *p, const char *what, const char *name,
		       struct filter *filter);

/* Marks what @ev is of as seen; only the identity in @ev is looked at. */
void pending_target_see(struct pending_target *p, const struct cap_event *ev);

/*
 * Says which ones have not been seen, and whether their runtime seems to be missing from @env; from
 * then on, with -v, says when one is seen.
 */
void pending_target_tell(struct pending_target *p, const struct state_env *env);

/* At the end: says which ones were never seen. */
void pending_target_tell_missing(const struct pending_target *p);

#endif
