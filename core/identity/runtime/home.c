// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/home.h"

#include <pwd.h>
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/state.h"

bool home_uid_of(const char *cgroup, uid_t *uid)
{
	const char *p = strstr(cgroup, "/user-");
	unsigned int v;
	int n = 0;

	if (!p || sscanf(p, "/user-%u.slice%n", &v, &n) != 1 || !n)
		return false;
	*uid = v;
	return true;
}

/* Doesn't use NSS, because the root may be another machine's and a user database may hang. */
int home_of(const struct state_env *env, uid_t uid, char *buf)
{
	cleanup_fclose FILE *f = NULL;
	char path[STATE_PATH_MAX];
	const struct passwd *pw;

	if (state_path(env, path, "/etc/passwd"))
		return -ENAMETOOLONG;
	f = fopen(path, "re");
	while (f && (pw = fgetpwent(f))) {
		if (pw->pw_uid != uid || pw->pw_dir[0] != '/')
			continue;
		return snprintf(buf, STATE_PATH_MAX, "%s", pw->pw_dir) >= STATE_PATH_MAX
			       ? -ENAMETOOLONG
			       : 0;
	}
	return -ENOENT;
}
