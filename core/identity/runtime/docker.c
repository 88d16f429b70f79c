// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Docker writes <data root>/containers/<id>/config.v2.json when a container is created and removes
 * it with the container. Pods of cri-dockerd are Docker containers with the kubelet's labels.
 */
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/home.h"
#include "core/identity/runtime/runtime.h"
#include "core/identity/runtime/state.h"

static const char *const data_roots[] = {
	"/var/lib/docker",
	"/var/snap/docker/common/var-lib-docker",
};

/* Where the bundles of Docker's containers are, with dockerd's own containerd or the machine's. */
static const char *const bundles[] = {
	"/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby",
	"/run/containerd/io.containerd.runtime.v2.task/moby",
};

/* Reads the configuration in the container's folder @dir, a path below env->root. */
static json_t *read_config(const struct state_env *env, const char *dir)
{
	char path[STATE_PATH_MAX];

	if (state_path(env, path, "%s/config.v2.json", dir)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return state_json(path);
}

static json_t *read_in(const struct state_env *env, const char *data_root, const char *id)
{
	char dir[STATE_PATH_MAX];

	if (snprintf(dir, sizeof(dir), "%s/containers/%s", data_root, id) >= (int)sizeof(dir)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return read_config(env, dir);
}

/* Looks in the data root that /etc/docker/daemon.json names. */
static json_t *read_configured(const struct state_env *env, const char *id)
{
	cleanup_json json_t *daemon = NULL;
	char path[STATE_PATH_MAX];
	const char *data_root;

	if (state_path(env, path, "/etc/docker/daemon.json"))
		return NULL;
	daemon = state_json(path);
	data_root = state_str(daemon, "data-root");
	errno = ENOENT;
	return data_root ? read_in(env, data_root, id) : NULL;
}

/*
 * Finds a data root that was set by dockerd --data-root: the bundle mounts /etc/hostname from the
 * container's folder.
 */
static json_t *read_by_bundle(const struct state_env *env, const char *bundle, const char *id)
{
	cleanup_json json_t *config = NULL;
	char path[STATE_PATH_MAX];
	const json_t *mount;
	size_t i;

	if (state_path(env, path, "%s/%s/config.json", bundle, id))
		return NULL;
	config = state_json(path);
	json_array_foreach(json_object_get(config, "mounts"), i, mount)
	{
		const char *source = state_str(mount, "source");
		const char *at = source ? strstr(source, id) : NULL;

		if (!at || strcmp(at + strlen(id), "/hostname") != 0)
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)(at - source + (ptrdiff_t)strlen(id)),
			 source);
		return read_config(env, path);
	}
	return NULL;
}

static json_t *read_rootless(const struct state_env *env, const struct container_ref *ref)
{
	char home[STATE_PATH_MAX], data_root[STATE_PATH_MAX + 32];
	uid_t uid;

	errno = ENOENT;
	if (!home_uid_of(ref->cgroup, &uid) || home_of(env, uid, home))
		return NULL;
	snprintf(data_root, sizeof(data_root), "%s/.local/share/docker", home);
	return read_in(env, data_root, ref->id);
}

/* On failure errno is that of the first place that exists but can't be read, or else ENOENT. */
static json_t *find_config(const struct state_env *env, const struct container_ref *ref)
{
	json_t *config = read_configured(env, ref->id);
	int error = ENOENT;

	for (size_t i = 0; !config && i < ARRAY_SIZE(data_roots); i++) {
		config = read_in(env, data_roots[i], ref->id);
		if (!config && errno != ENOENT && error == ENOENT)
			error = errno;
	}
	if (!config)
		config = read_rootless(env, ref);
	for (size_t i = 0; !config && i < ARRAY_SIZE(bundles); i++)
		config = read_by_bundle(env, bundles[i], ref->id);
	errno = error;
	return config;
}

static const json_t *labels_of(const json_t *config)
{
	return json_object_get(json_object_get(config, "Config"), "Labels");
}

/* Adds the pod's labels, which are those of its sandbox. */
static void add_pod_labels(const struct state_env *env, struct container *c, const json_t *labels)
{
	const struct container_ref sandbox = {
		.id = state_str(labels, "io.kubernetes.sandbox.id"),
		.cgroup = "",
	};
	cleanup_json json_t *config = sandbox.id ? find_config(env, &sandbox) : NULL;

	container_add_labels(c, labels_of(config));
}

static int docker_read(const struct state_env *env, const struct container_ref *ref,
		       struct container *c)
{
	cleanup_json json_t *config = find_config(env, ref);
	const json_t *labels = labels_of(config);
	const char *name = state_str(config, "Name");

	if (!config)
		return -errno;
	container_set_kubernetes(c, labels);
	if (name)
		container_set(&c->name, name + (*name == '/'));
	container_add_labels(c, labels);
	add_pod_labels(env, c, labels);
	return 0;
}

static const char *const signs[] = {
	"/run/docker.sock",
	"/run/docker",
	"/var/lib/docker/containers",
	"/var/snap/docker/common/var-lib-docker/containers",
	NULL,
};

const struct runtime docker_runtime = {
	.id = RUNTIME_DOCKER,
	.prefix = "docker",
	.parent = "docker",
	.signs = signs,
	.read = docker_read,
};
