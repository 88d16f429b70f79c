// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/identity/runtime/bolt.h"
#include "core/identity/runtime/state.h"
#include "tests/unit/helper.h"

#define DB FIXTURES "/identity/podman/var/lib/containers/storage/libpod/bolt_state.db"
#define META \
	FIXTURES "/identity/containerd/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db"

static int count(void *arg, const void *key, size_t key_len, const void *value, size_t value_len)
{
	++*(int *)arg;
	return 0;
}

static int first(void *arg, const void *key, size_t key_len, const void *value, size_t value_len)
{
	snprintf(arg, 128, "%.*s=%.*s", (int)key_len, (const char *)key, (int)value_len,
		 (const char *)value);
	return 7;
}

Test(bolt, buckets)
{
	const char *const all[] = {"all-ctrs", NULL}, *const pods[] = {"allPods", NULL};
	const char *const none[] = {"all-ctr", NULL}, *const deep[] = {"all-ctrs", "x", NULL};
	const char *const top[] = {NULL}, *const empty[] = {"exec", NULL};
	char pair[128];
	int n = 0;

	cr_assert_eq(bolt_for_each(DB, all, count, &n), 0);
	cr_assert_eq(n, 2);
	cr_assert_eq(bolt_for_each(DB, pods, first, pair), 7);
	cr_assert_str_eq(pair + 64, "=mypod");
	cr_assert_eq(bolt_for_each(DB, none, count, &n), -ENOENT);
	cr_assert_eq(bolt_for_each(DB, deep, count, &n), -ENOENT);
	n = 0;
	/* A bucket that holds only buckets, and an empty one. */
	cr_assert_eq(bolt_for_each(DB, top, count, &n), 0);
	cr_assert_eq(bolt_for_each(DB, empty, count, &n), 0);
	cr_assert_eq(n, 0);
	cr_assert_eq(bolt_for_each("/nonexistent", all, count, &n), -ENOENT);
	cr_assert_eq(bolt_for_each(FIXTURES "/identity/node-k3s", all, count, &n), -EMEDIUMTYPE);
	cr_assert_eq(bolt_for_each(FIXTURES "/identity/docker-rootless/etc/passwd", all, count, &n),
		     -EBADMSG);
}

static void write_file(const char *path, const char *data, size_t len)
{
	FILE *f = fopen(path, "w");

	cr_assert(f && fwrite(data, 1, len, f) == len && !fclose(f));
}

/*
 * Whatever the file contains, the result is an error or an end, never a read outside of it (SAN=1).
 */
Test(bolt, damage)
{
	const char *const path[] = {"v1", "k8s.io", "containers", NULL};
	char copy[] = "/tmp/captrace-bolt-XXXXXX";
	uint32_t seed = 12345;
	size_t len;
	char *data = state_read(META, &len), *damaged;
	int fd = mkstemp(copy), n = 0;

	cr_assert(data && fd >= 0);
	damaged = malloc(len);
	for (int i = 0; i < 3000; i++) {
		memcpy(damaged, data, len);
		/* Damages what follows the two pages that have a checksum. */
		for (int j = 0; j < 8; j++)
			damaged[8192 + random_below(&seed, (uint32_t)len - 8192)] =
				(char)random_below(&seed, 256);
		write_file(copy, damaged,
			   i % 3 ? len : 8192 + random_below(&seed, (uint32_t)len - 8192));
		bolt_for_each(copy, path, count, &n);
	}
	/* One of the two meta pages is torn: the other one is used. */
	memcpy(damaged, data, len);
	damaged[40] ^= 1;
	write_file(copy, damaged, len);
	cr_assert(!bolt_for_each(copy, path, count, &n));
	damaged[4096 + 40] ^= 1;
	write_file(copy, damaged, len);
	cr_assert_eq(bolt_for_each(copy, path, count, &n), -EBADMSG);
	unlink(copy);
	close(fd);
	free(damaged);
	free(data);
}
