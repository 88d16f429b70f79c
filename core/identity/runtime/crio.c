// SPDX-License-Identifier: GPL-2.0-or-later
/* CRI-O keeps all that it knows about a container in the annotations of its OCI configuration. */
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"
#include "core/identity/runtime/storage.h"

#define CRIO "io.kubernetes.cri-o."

/* The labels of a container or pod are JSON in one annotation. */
static void add_labels(struct container *c, const json_t *annotations)
{
	const char *text = state_str(annotations, CRIO "Labels");
	cleanup_json json_t *labels = text ? json_loads(text, 0, NULL) : NULL;

	container_add_labels(c, labels);
}

/* Adds the pod's labels, which are those of its sandbox. */
static void add_pod_labels(const struct state_env *env, const struct container_ref *ref,
			   const char *sandbox, struct container *c)
{
	const struct container_ref pod = {.id = sandbox, .cgroup = ref->cgroup};
	struct storage_container s;

	if (!sandbox || storage_find(env, &pod, &s))
		return;
	add_labels(c, json_object_get(s.config, "annotations"));
	storage_container_clear(&s);
}

static int crio_read(const struct state_env *env, const struct container_ref *ref,
		     struct container *c)
{
	const char *manager, *type;
	const json_t *annotations;
	struct storage_container s;
	int rc = storage_find(env, ref, &s);

	if (rc)
		return rc;
	manager = storage_manager(&s);
	annotations = json_object_get(s.config, "annotations");
	/* Before about 1.18 CRI-O did not name itself as the manager; Podman does. */
	if (manager ? strcmp(manager, "cri-o") != 0 : !state_str(annotations, CRIO "ContainerID")) {
		storage_container_clear(&s);
		return -ENOENT;
	}
	type = state_str(annotations, CRIO "ContainerType");
	container_set(&c->pod, state_str(annotations, CRIO "KubeName"));
	container_set(&c->namespace, state_str(annotations, CRIO "Namespace"));
	/*
	 * A pod's sandbox is not a container of its own: the kubelet's name for it is the same in
	 * every pod.
	 */
	if (!type || strcmp(type, "sandbox") != 0)
		container_set_kubernetes(c, annotations);
	add_labels(c, annotations);
	add_pod_labels(env, ref, state_str(annotations, CRIO "SandboxID"), c);
	storage_container_clear(&s);
	return 0;
}

static const char *const signs[] = {
	"/run/crio",
	"/etc/crio/crio.conf",
	"/etc/crio/crio.conf.d",
	NULL,
};

const struct runtime crio_runtime = {
	.id = RUNTIME_CRIO,
	.prefix = "crio",
	.signs = signs,
	.read = crio_read,
};
