/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pending targets: containers, pods and units that the user named and that don't exist yet.
 * captrace reports which ones it waits for, so that a mistyped name does not go unnoticed.
 */
#ifndef CAPTRACE_CORE_IDENTITY_PENDING_TARGET_H
#define CAPTRACE_CORE_IDENTITY_PENDING_TARGET_H

struct pending_target;
struct cap_event;
struct filter;
struct state_env;

#define PENDING_RUNTIME "runtime" /* the @what of a runtime: any of its containers is waited for */

struct pending_target *pending_target_new(void);
void pending_target_free(struct pending_target *p);

/*
 * Adds the target @name of the kind @what ("container", …; static). It exists once something passes
 * @filter. Takes ownership of @filter. -ENOMEM.
 */
int pending_target_add(struct pending_target *p, const char *what, const char *name,
		       struct filter *filter);

/* Marks the targets that @ev belongs to as seen. Only the identity fields of @ev are looked at. */
void pending_target_see(struct pending_target *p, const struct cap_event *ev);

/*
 * Reports the targets that have not been seen, and whether their runtime seems to be missing in
 * @env. From then on, with -v, also reports when one is seen.
 */
void pending_target_tell(struct pending_target *p, const struct state_env *env);

/* At the end: reports the targets that were never seen. */
void pending_target_tell_missing(const struct pending_target *p);

#endif
