/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * containers/storage, which CRI-O and Podman share: a folder per container with its OCI
 * configuration, under a graph root (persistent) and a run root (until the machine stops).
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_STORAGE_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_STORAGE_H

#include "core/identity/runtime/state.h"

struct container_ref;

struct storage_container {
	json_t *config; /* the OCI configuration; owned */
	/*
	 * The folders that contain the container's folder (…/overlay-containers), below env->root;
	 * run may be "".
	 */
	char graph[STATE_PATH_MAX], run[STATE_PATH_MAX];
	char libpod[STATE_PATH_MAX]; /* where Podman's database is, if the container is Podman's */
};

/*
 * Finds a container's configuration and folders. -ENOENT if there is no such container; another
 * negative errno if it can't be read.
 */
int storage_find(const struct state_env *env, const struct container_ref *ref,
		 struct storage_container *c);
void storage_container_clear(struct storage_container *c);

/* The manager that the configuration names: "cri-o" or "libpod"; NULL if none. */
const char *storage_manager(const struct storage_container *c);

#endif
