/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads from a bolt database (go.etcd.io/bbolt), which containerd and Podman keep their metadata
 * in. It is a copy-on-write B+tree of named buckets: a reader that finds the same transaction in
 * force after reading as before has seen nothing half-written, and takes no lock.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_BOLT_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_BOLT_H

#include <stddef.h>

/* Returns 0 to go on; anything else ends the iteration and is returned. */
typedef int (*bolt_fn)(void *arg, const void *key, size_t key_len, const void *value,
		       size_t value_len);

/*
 * Calls @fn for each key and value (not bucket) of the bucket that @buckets leads to, one name
 * after another up to NULL. If the database changed meanwhile it starts anew, so that @fn may see
 * the same key again. 0; -ENOENT if there is no such file or bucket; -EBADMSG if the file is no
 * such database; another negative errno if it can't be read.
 */
int bolt_for_each(const char *path, const char *const *buckets, bolt_fn fn, void *arg);

#endif
