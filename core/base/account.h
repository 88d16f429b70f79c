/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Users and groups by name. Through NSS, but in a static binary from /etc/passwd and /etc/group
 * alone: glibc's NSS loads shared objects, which away from the build host are not those it needs.
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
 * The groups of @a, its own first, at most @max of them, in @groups. Returns their number or a
 * negative errno.
 */
int account_groups(const struct account *a, gid_t *groups, int max);

#endif
