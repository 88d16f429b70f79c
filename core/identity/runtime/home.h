/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the state of rootless containers is: under the user's home, and /run/user. */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_HOME_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_HOME_H

#include <stdbool.h>
#include <sys/types.h>

struct state_env;

/* The user whose slice @cgroup lies in (user-1000.slice). */
bool home_uid_of(const char *cgroup, uid_t *uid);

/*
 * The home of @uid by the root's /etc/passwd, as seen from that root, in @buf (STATE_PATH_MAX
 * bytes). -ENOENT.
 */
int home_of(const struct state_env *env, uid_t uid, char *buf);

#endif
