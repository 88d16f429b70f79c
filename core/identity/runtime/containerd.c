// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * containerd keeps an OCI bundle per container under <state>/io.containerd.runtime.v2.task, from
 * before its start until after its end. The name that a client gives a container is in the bundle's
 * annotations; labels are in the metadata database.
 */
#include <dirent.h>
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/bolt.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"
#include "core/identity/runtime/state.h"

#define TASKS    "io.containerd.runtime.v2.task"
#define METADATA "io.containerd.metadata.v1.bolt/meta.db"

/* Prefix of the annotations that identify a pod's container. */
#define CRI "io.kubernetes.cri."

static const struct {
	const char *state, *root;
} places[] = {
	{"/run/containerd", "/var/lib/containerd"},
	{"/run/k3s/containerd", "/var/lib/rancher/k3s/agent/containerd"},
	{"/run/k0s/containerd", "/var/lib/k0s/containerd"},
	{"/var/snap/microk8s/common/run/containerd",
	 "/var/snap/microk8s/common/var/lib/containerd"},
};

struct bundle {
	json_t *config;
	const char *root;    /* root folder of the containerd that it belongs to */
	char namespace[128]; /* containerd's namespace, not Kubernetes' */
};

/* Whether @d is a containerd namespace. Docker's (moby) is left to docker.c. */
static bool is_namespace(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "moby") != 0 &&
	       strlen(d->d_name) < sizeof(((struct bundle *)NULL)->namespace);
}

static json_t *read_bundle(const struct state_env *env, size_t place, const char *namespace,
			   const char *id)
{
	char path[STATE_PATH_MAX];

	if (state_path(env, path, "%s/" TASKS "/%s/%s/config.json", places[place].state, namespace,
		       id)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return state_json(path);
}

/* 0, or a negative errno: -ENOENT unless a bundle exists but can't be read. */
static int find_in_place(const struct state_env *env, size_t place, const char *id,
			 struct bundle *b)
{
	char path[STATE_PATH_MAX];
	const struct dirent *d;
	int rc = -ENOENT;
	DIR *dir;

	if (state_path(env, path, "%s/" TASKS, places[place].state))
		return -ENAMETOOLONG;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!b->config && (d = readdir(dir))) {
		if (!is_namespace(d))
			continue;
		b->config = read_bundle(env, place, d->d_name, id);
		if (!b->config && errno != ENOENT && errno != ENOTDIR)
			rc = -errno;
		b->root = places[place].root;
		snprintf(b->namespace, sizeof(b->namespace), "%s", d->d_name);
	}
	closedir(dir);
	return b->config ? 0 : rc;
}

static int find_bundle(const struct state_env *env, const char *id, struct bundle *b)
{
	int rc = -ENOENT;

	*b = (struct bundle){0};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		int error = find_in_place(env, i, id, b);

		if (!error)
			return 0;
		if (error != -ENOENT)
			rc = error;
	}
	return rc;
}

/*
 * Anybody may choose a name, so it counts only if the bundle says that this is its cgroup:
 * /default/web, or system.slice:nerdctl:web for system.slice/nerdctl-web.scope. A full id always
 * counts.
 */
static bool is_cgroup_of(const json_t *config, const struct container_ref *ref)
{
	const char *path = state_str(json_object_get(config, "linux"), "cgroupsPath");
	const char *leaf = strrchr(ref->cgroup, '/'), *first, *second;
	char scope[STATE_PATH_MAX];

	if (strlen(ref->id) == 64)
		return true;
	if (!path || !leaf)
		return false;
	first = strchr(path, ':');
	second = first ? strchr(first + 1, ':') : NULL;
	if (!second)
		return cgroup_path_under(ref->cgroup, path);
	snprintf(scope, sizeof(scope), "%.*s-%s.scope", (int)(second - first - 1), first + 1,
		 second + 1);
	return !strcmp(leaf + 1, scope);
}

/* Labels are the keys and values of this bucket: v1, namespace, "containers", id, "labels". */
static int on_label(void *arg, const void *key, size_t key_len, const void *value, size_t value_len)
{
	json_t *labels = arg;
	cleanup_free char *name = strndup(key, key_len);

	if (name)
		json_object_set_new_nocheck(labels, name, json_stringn(value, value_len));
	return 0;
}

static void add_labels(const struct state_env *env, const struct bundle *b, const char *id,
		       struct container *c)
{
	const char *const buckets[] = {"v1", b->namespace, "containers", id, "labels", NULL};
	cleanup_json json_t *labels = json_object();
	char path[STATE_PATH_MAX];

	if (!id || state_path(env, path, "%s/" METADATA, b->root))
		return;
	bolt_for_each(path, buckets, on_label, labels);
	container_add_labels(c, labels);
}

/* Before about 1.5 only the sandbox's own bundle names the pod, in the path of its logs. */
static void set_pod_by_logs(struct container *c, const json_t *annotations)
{
	const char *dir = state_str(annotations, CRI "sandbox-log-directory"), *pod, *uid;
	cleanup_free char *text = NULL;

	/* /var/log/pods/NAMESPACE_NAME_UID; none of the three can contain '_'. */
	dir = dir ? strrchr(dir, '/') : NULL;
	pod = dir ? strchr(dir, '_') : NULL;
	uid = pod ? strchr(pod + 1, '_') : NULL;
	if (!uid)
		return;
	text = strndup(dir + 1, (size_t)(pod - dir - 1));
	container_set(&c->namespace, text);
	free(text);
	text = strndup(pod + 1, (size_t)(uid - pod - 1));
	container_set(&c->pod, text);
}

static void set_pod(struct container *c, const json_t *annotations)
{
	container_set(&c->pod, state_str(annotations, CRI "sandbox-name"));
	container_set(&c->namespace, state_str(annotations, CRI "sandbox-namespace"));
	set_pod_by_logs(c, annotations);
}

static void set_pod_by_sandbox(const struct state_env *env, const char *sandbox,
			       struct container *c)
{
	struct bundle b;

	if (c->pod || !sandbox || find_bundle(env, sandbox, &b))
		return;
	set_pod(c, json_object_get(b.config, "annotations"));
	json_decref(b.config);
}

static int containerd_read(const struct state_env *env, const struct container_ref *ref,
			   struct container *c)
{
	const json_t *annotations;
	const char *sandbox, *type;
	struct bundle b;
	int rc = find_bundle(env, ref->id, &b);

	if (rc)
		return rc;
	if (!is_cgroup_of(b.config, ref)) {
		json_decref(b.config);
		return -ENOENT;
	}
	annotations = json_object_get(b.config, "annotations");
	sandbox = state_str(annotations, CRI "sandbox-id");
	type = state_str(annotations, CRI "container-type");
	set_pod(c, annotations);
	set_pod_by_sandbox(env, sandbox, c);
	container_set(&c->name, state_str(annotations, CRI "container-name"));
	/*
	 * A pod's sandbox is not a container of its own and gets no name. Other containers have
	 * nerdctl's name, or their id is their name.
	 */
	container_set(&c->name, state_str(annotations, "nerdctl/name"));
	if (!type && !c->pod)
		container_set(&c->name, ref->id);
	add_labels(env, &b, ref->id, c);
	add_labels(env, &b, sandbox, c);
	json_decref(b.config);
	return 0;
}

static const char *const signs[] = {
	"/run/containerd/containerd.sock",
	("/run/containerd/" TASKS), /* two literals, one string */
	"/run/k3s/containerd",
	"/run/k0s/containerd",
	"/var/snap/microk8s/common/run/containerd",
	NULL,
};

const struct runtime containerd_runtime = {
	.id = RUNTIME_CONTAINERD,
	.prefix = "cri-containerd",
	.signs = signs,
	.read = containerd_read,
};
