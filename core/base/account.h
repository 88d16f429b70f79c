/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks up users and groups by name. Static binaries do not use NSS but only /etc/passwd and
 * /etc/group: glibc's NSS loads shared objects, and on another machine those may not match the
 * glibc that is linked in.
 */
#ifndef CAPTRACE_CORE_BASE_ACCOUNT_H
#define CAPTRACE_CORE_BASE_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

struct account {
	char name[64];
	uid_t uid;
	gid_t gid;
};

/* False if there is no such user. */
bool account_by_name(const char *name, struct account *a);
bool account_by_uid(uid_t uid, struct account *a);

/* False if there is no such group. */
bool account_group(const char *name, gid_t *gid);

/*
 * Stores the groups of @a in @groups, the primary one first. Returns their number, or -E2BIG if
 * there are more than @max.
 */
int account_groups(const struct account *a, gid_t *groups, int max);

#endif
