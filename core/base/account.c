// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/account.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "core/base/util.h"

static void take(struct account *a, const struct passwd *pw)
{
	*a = (struct account){.uid = pw->pw_uid, .gid = pw->pw_gid};
	snprintf(a->name, sizeof(a->name), "%s", pw->pw_name);
}

#ifdef CAPTRACE_NSS

bool account_by_name(const char *name, struct account *a)
{
	const struct passwd *pw = getpwnam(name);

	if (pw)
		take(a, pw);
	return pw != NULL;
}

bool account_by_uid(uid_t uid, struct account *a)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw)
		take(a, pw);
	return pw != NULL;
}

bool account_group(const char *name, gid_t *gid)
{
	const struct group *gr = getgrnam(name);

	if (gr)
		*gid = gr->gr_gid;
	return gr != NULL;
}

int account_groups(const struct account *a, gid_t *groups, int max)
{
	int n = max;

	return getgrouplist(a->name, a->gid, groups, &n) < 0 ? -E2BIG : n;
}

#else

/* Finds a user by @name, or by @uid if @name is NULL. */
static bool find_passwd(const char *name, uid_t uid, struct account *a)
{
	cleanup_fclose FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	while (f && (pw = fgetpwent(f))) {
		if (name ? strcmp(pw->pw_name, name) != 0 : pw->pw_uid != uid)
			continue;
		take(a, pw);
		return true;
	}
	return false;
}

bool account_by_name(const char *name, struct account *a)
{
	return find_passwd(name, 0, a);
}

bool account_by_uid(uid_t uid, struct account *a)
{
	return find_passwd(NULL, uid, a);
}

bool account_group(const char *name, gid_t *gid)
{
	cleanup_fclose FILE *f = fopen("/etc/group", "re");
	const struct group *gr;

	while (f && (gr = fgetgrent(f))) {
		if (strcmp(gr->gr_name, name) != 0)
			continue;
		*gid = gr->gr_gid;
		return true;
	}
	return false;
}

int account_groups(const struct account *a, gid_t *groups, int max)
{
	cleanup_fclose FILE *f = fopen("/etc/group", "re");
	const struct group *gr;
	int n = 0;

	if (max < 1)
		return -E2BIG;
	groups[n++] = a->gid;
	while (f && (gr = fgetgrent(f))) {
		for (char **member = gr->gr_mem; *member; member++) {
			if (strcmp(*member, a->name) != 0 || gr->gr_gid == a->gid)
				continue;
			if (n == max)
				return -E2BIG;
			groups[n++] = gr->gr_gid;
		}
	}
	return n;
}

#endif
