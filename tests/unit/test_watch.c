// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests the watch for new cgroups on a plain folder instead of a cgroup file system. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/identity/watch.h"

struct seen {
	char paths[256];
	size_t len;
};

static void on_cgroup(void *arg, uint64_t key, const char *path)
{
	struct seen *seen = arg;

	cr_assert(key);
	seen->len += (size_t)snprintf(seen->paths + seen->len, sizeof(seen->paths) - seen->len,
				      "%s ", path);
}

static void make(const struct hierarchy *h, const char *path)
{
	char folder[512];

	snprintf(folder, sizeof(folder), "%s%s", h->v2, path);
	cr_assert_eq(mkdir(folder, 0700), 0, "%s", folder);
}

static void expect(struct watch *w, const char *paths)
{
	struct seen seen = {0};

	watch_read(w, on_cgroup, &seen);
	cr_assert_str_eq(seen.paths, paths);
}

Test(watch, reports_new_cgroups_and_those_below_them)
{
	struct hierarchy h = {.v2 = "/tmp/captrace-watch-XXXXXX"};
	char command[300];
	struct watch *w;
	struct err e;

	cr_assert_not_null(mkdtemp(h.v2));
	/* The ids of other file systems may have the bit that marks version 1. */
	memcpy(h.v1, h.v2, sizeof(h.v1));
	make(&h, "/old");
	cr_assert_eq(watch_new(&w, &h, &e), 0, "%s", e.msg);
	watch_add(w, 1, "/");
	watch_add(w, 2, "/old");
	expect(w, "");
	make(&h, "/new");
	make(&h, "/old/below");
	expect(w, "/new /old/below ");
	/* /new/a/b and /new/a/b/c exist before /new/a is watched. */
	make(&h, "/new/a");
	make(&h, "/new/a/b");
	make(&h, "/new/a/b/c");
	expect(w, "/new/a /new/a/b /new/a/b/c ");
	make(&h, "/new/a/b/c/d");
	expect(w, "/new/a/b/c/d ");
	watch_free(w);
	snprintf(command, sizeof(command), "rm -r %s", h.v2);
	cr_assert_eq(system(command), 0);
}
