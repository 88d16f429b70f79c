// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Podman keeps names and labels in its database (bolt up to 4.x). Names are also in the container
 * list of containers/storage, and on the command line of conmon, which watches the container.
 */
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/bolt.h"
#include "core/identity/runtime/conmon.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"
#include "core/identity/runtime/storage.h"

#define BOLT_DB "bolt_state.db"

/* A value to look for in a bucket of the database, by its key. */
struct want {
	const char *key;
	char *value;
};

static int on_value(void *arg, const void *key, size_t key_len, const void *value, size_t value_len)
{
	struct want *w = arg;

	if (strlen(w->key) != key_len || memcmp(key, w->key, key_len) != 0)
		return 0;
	free(w->value);
	w->value = strndup(value, value_len);
	return 0;
}

/* The value of @key in the bucket @bucket / @id, to be freed; NULL if there is none. */
static char *bolt_value(const char *db, const char *bucket, const char *id, const char *key)
{
	const char *const buckets[] = {bucket, id, NULL};
	struct want w = {.key = key};

	if (bolt_for_each(db, buckets, on_value, &w)) {
		free(w.value);
		return NULL;
	}
	return w.value;
}

static json_t *bolt_json(const char *db, const char *bucket, const char *id)
{
	cleanup_free char *text = bolt_value(db, bucket, id, "config");

	return text ? json_loads(text, 0, NULL) : NULL;
}

static void read_database(const struct state_env *env, const struct storage_container *s,
			  const char *id, struct container *c)
{
	cleanup_json json_t *config = NULL, *pod_config = NULL;
	char db[STATE_PATH_MAX];
	const char *pod;

	if (!s->libpod[0] || state_path(env, db, "%s/" BOLT_DB, s->libpod))
		return;
	config = bolt_json(db, "ctr", id);
	container_set(&c->name, state_str(config, "name"));
	container_add_labels(c, json_object_get(config, "labels"));
	pod = state_str(config, "pod");
	pod_config = pod ? bolt_json(db, "pod", pod) : NULL;
	container_set(&c->pod, state_str(pod_config, "name"));
	container_add_labels(c, json_object_get(pod_config, "labels"));
}

static void read_list(const struct state_env *env, const char *dir, const char *file,
		      const char *id, struct container *c)
{
	cleanup_json json_t *list = NULL;
	char path[STATE_PATH_MAX];
	const json_t *entry;
	size_t i;

	if (c->name || !dir[0] || state_path(env, path, "%s/%s", dir, file))
		return;
	list = state_json(path);
	json_array_foreach(list, i, entry)
	{
		const char *entry_id = state_str(entry, "id");

		if (entry_id && !strcmp(entry_id, id))
			container_set(&c->name, json_string_value(json_array_get(
							json_object_get(entry, "names"), 0)));
	}
}

static void read_conmon(const struct state_env *env, const struct storage_container *s,
			const char *id, struct container *c)
{
	cleanup_free char *text = NULL;
	char path[STATE_PATH_MAX];
	struct conmon conmon;

	if (c->name || !s->run[0] || state_path(env, path, "%s/%s/userdata/conmon.pid", s->run, id))
		return;
	text = state_read(path, NULL);
	if (!text || conmon_read(env, (int)strtol(text, NULL, 10), &conmon))
		return;
	if (!strcmp(conmon.id, id))
		container_set(&c->name, conmon.name);
}

static int podman_read(const struct state_env *env, const struct container_ref *ref,
		       struct container *c)
{
	struct storage_container s;
	const char *manager;
	int rc = storage_find(env, ref, &s);

	if (rc)
		return rc;
	manager = storage_manager(&s);
	if (!manager || strcmp(manager, "libpod") != 0) {
		storage_container_clear(&s);
		return -ENOENT;
	}
	read_database(env, &s, ref->id, c);
	read_list(env, s.graph, "containers.json", ref->id, c);
	read_list(env, s.run, "volatile-containers.json", ref->id, c);
	read_conmon(env, &s, ref->id, c);
	storage_container_clear(&s);
	return 0;
}

static const char *const signs[] = {
	"/run/libpod",
	"/var/lib/containers/storage/libpod",
	"/usr/bin/podman",
	"/usr/local/bin/podman",
	NULL,
};

const struct runtime podman_runtime = {
	.id = RUNTIME_PODMAN,
	.prefix = "libpod",
	.signs = signs,
	.read = podman_read,
};
