// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/identity/hierarchy.h"
#include "tests/unit/helper.h"

static void expect(const char *fixture, const char *v2, const char *v1, int number,
		   const char *controller)
{
	struct hierarchy h;
	char root[128];
	struct err e = {0};

	snprintf(root, sizeof(root), FIXTURES "/identity/%s", fixture);
	cr_assert_eq(hierarchy_find(&h, root, &e), 0, "%s: %s", fixture, e.msg);
	cr_assert_str_eq(h.v2, v2, "%s: %s", fixture, h.v2);
	cr_assert_str_eq(h.v1, v1, "%s: %s", fixture, h.v1);
	cr_assert_eq(h.chosen.v1, number, "%s: %d", fixture, h.chosen.v1);
	if (controller)
		cr_assert_str_eq(h.chosen.controller, controller);
	else
		cr_assert_null(h.chosen.controller);
}

Test(hierarchy, which_one_counts)
{
	expect("cgroup-v2", "/sys/fs/cgroup", "", 0, NULL);
	/* A version 1 controller that is used for something else. */
	expect("cgroup-netcls", "/sys/fs/cgroup", "", 0, NULL);
	/* systemd's own hierarchy where systemd runs; elsewhere nothing has to fill that one. */
	expect("cgroup-v1", "", "/sys/fs/cgroup/systemd", 1, NULL);
	expect("cgroup-hybrid-systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", 1,
	       NULL);
	expect("cgroup-hybrid", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids", 8, "pids");
}

Test(hierarchy, none)
{
	struct hierarchy h;
	struct err e;

	cr_assert_eq(hierarchy_find(&h, FIXTURES "/identity/docker", &e), -ENOENT);
}

struct found {
	const struct hierarchy *h;
	int count, matched, tried;
};

static void on_cgroup(void *arg, uint64_t key, const char *path)
{
	struct found *f = arg;
	char again[CGROUP_PATH_SIZE];
	int rc;

	f->count++;
	cr_assert_eq(path[0], '/');
	cr_assert_neq(key, 0);
	rc = hierarchy_path(f->h, key, again, sizeof(again));
	/* Opening a handle takes CAP_DAC_READ_SEARCH, and a cgroup may be gone by now. */
	f->tried += rc != -ENOENT;
	f->matched += !rc && !strcmp(again, path);
}

Test(hierarchy, this_machine)
{
	struct hierarchy h;
	struct found f = {.h = &h};
	struct err e;

	if (hierarchy_find(&h, "", &e))
		cr_skip_test("no cgroup file system here");
	cr_assert_eq(hierarchy_scan(&h, on_cgroup, &f), f.count);
	cr_assert_gt(f.count, 0);
	cr_assert_eq(f.matched, f.tried);
}
