/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * containers/storage, which CRI-O and Podman share: a folder per container, with its OCI
 * configuration, under a graph root (kept) and a run root (until the machine stops).
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_STORAGE_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_STORAGE_H

#include "core/identity/runtime/state.h"

struct container_ref;

struct storage_container {
	json_t *config; /* the OCI configuration; owned */
	/* The folders of containers that it is in, from the root: …/overlay-containers; run may be "". */
	char graph[STATE_PATH_MAX], run[STATE_PATH_MAX];
	char libpod[STATE_PATH_MAX]; /* where Podman's database is, if it is Podman's */
};

/* -ENOENT if there is no such container; another negative errno if it can't be read. */
int storage_find(const struct state_env *env, const struct container_ref *ref,
		 struct storage_container *c);
void storage_container_clear(struct storage_container *c);

/* Which of the two has it, as its configuration says: "cri-o", "libpod"; NULL if it doesn't. */
const char *storage_manager(const struct storage_container *c);

#endif
