/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that the user gave for what to trace. What isn't there yet is waited for, and said, so
 * that a mistyped name isn't silence.
 */
#ifndef CAPTRACE_CORE_IDENTITY_PENDING_TARGET_H
#define CAPTRACE_CORE_IDENTITY_PENDING_TARGET_H

struct pending_target;
struct cap_event;
struct filter;
struct state_env;

#define AWAITED_RUNTIME "container of" /* a @what whose name is a runtime's */

struct pending_target *pending_target_new(void);
void pending_target_free(struct pending_target *a);

/*
 * Adds @name, which is a @what ("container", …; static) and is there once something passes @filter,
 * which is taken over. -ENOMEM.
 */
int pending_target_add(struct pending_target *a, const char *what, const char *name,
		       struct filter *filter);

/* Takes in that there is @ev, of which only the identity is looked at. */
void pending_target_see(struct pending_target *a, const struct cap_event *ev);

/*
 * Says what isn't there yet, and which runtime has left no sign of itself in @env; from then on, with
 * -v, when it comes.
 */
void pending_target_tell(struct pending_target *a, const struct state_env *env);

/* Says what never came. */
void pending_target_tell_missing(const struct pending_target *a);

#endif
