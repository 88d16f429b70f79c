/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a bolt database (go.etcd.io/bbolt), in which containerd and Podman keep their metadata. It
 * is a copy-on-write B+tree of named buckets. A reader that finds the same transaction in force
 * after reading as before has seen nothing half-written, and needs no lock.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_BOLT_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_BOLT_H

#include <stddef.h>

/* Returns 0 to continue; any other value ends the iteration and is returned. */
typedef int (*bolt_fn)(void *arg, const void *key, size_t key_len, const void *value,
		       size_t value_len);

/*
 * Calls @fn for each key and value (not bucket) in the bucket that the names in @buckets lead to,
 * from the top; the names end with NULL. If the database changes meanwhile the iteration restarts,
 * so that @fn may see the same key again. 0; -ENOENT if there is no such file or bucket; -EBADMSG
 * if the file is not a bolt database; another negative errno if it can't be read.
 */
int bolt_for_each(const char *path, const char *const *buckets, bolt_fn fn, void *arg);

#endif
