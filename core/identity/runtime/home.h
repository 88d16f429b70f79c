/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the folders with the state of rootless containers, which is under the user's home and
 * /run/user.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_HOME_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_HOME_H

#include <stdbool.h>
#include <sys/types.h>

struct state_env;

/* Sets @uid to the user in whose slice (user-1000.slice) @cgroup lies; false if there is none. */
bool home_uid_of(const char *cgroup, uid_t *uid);

/*
 * Writes the home of @uid to @buf (STATE_PATH_MAX bytes), as in the root's /etc/passwd and seen
 * from that root. -ENOENT if there is none.
 */
int home_of(const struct state_env *env, uid_t uid, char *buf);

#endif
