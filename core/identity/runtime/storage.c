// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/storage.h"

#include <dirent.h>
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/home.h"
#include "core/identity/runtime/runtime.h"
#include "core/identity/text.h"

#define GRAPH_ROOT "/var/lib/containers/storage"
#define RUN_ROOT   "/run/containers/storage"

struct roots {
	char graph[STATE_PATH_MAX], run[STATE_PATH_MAX];
};

/* Copies the value of `key = "…"` in @text to @buf; false if it isn't there. */
static bool toml_string(const char *text, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		const char *start, *end;

		p += strspn(p, "\n \t");
		if (strncmp(p, key, len) != 0)
			continue;
		start = p + len + strspn(p + len, " \t");
		if (*start++ != '=')
			continue;
		start += strspn(start, " \t");
		if (*start++ != '"')
			continue;
		end = strpbrk(start, "\"\n");
		if (!end || *end != '"' || (size_t)(end - start) >= size)
			continue;
		snprintf(buf, size, "%.*s", (int)(end - start), start);
		return true;
	}
	return false;
}

/* See containers-storage.conf(5). */
static void system_roots(const struct state_env *env, struct roots *r)
{
	cleanup_free char *conf = NULL;
	char path[STATE_PATH_MAX];

	if (!state_path(env, path, "/etc/containers/storage.conf"))
		conf = state_read(path, NULL);
	if (!conf || !toml_string(conf, "graphroot", r->graph, sizeof(r->graph)))
		snprintf(r->graph, sizeof(r->graph), GRAPH_ROOT);
	if (!conf || !toml_string(conf, "runroot", r->run, sizeof(r->run)))
		snprintf(r->run, sizeof(r->run), RUN_ROOT);
}

static bool user_roots(const struct state_env *env, const char *cgroup, struct roots *r)
{
	char home[STATE_PATH_MAX];
	uid_t uid;

	if (!home_uid_of(cgroup, &uid) || home_of(env, uid, home))
		return false;
	if (snprintf(r->graph, sizeof(r->graph), "%s/.local/share/containers/storage", home) >=
	    (int)sizeof(r->graph))
		return false;
	snprintf(r->run, sizeof(r->run), "/run/user/%u/containers", uid);
	return true;
}

/* The bundle is GRAPH/overlay-containers/ID/userdata. The run root is not needed then. */
static bool bundle_roots(const char *bundle, struct roots *r)
{
	char *slash;

	if (snprintf(r->graph, sizeof(r->graph), "%s", bundle) >= (int)sizeof(r->graph))
		return false;
	for (int i = 0; i < 3; i++) {
		slash = strrchr(r->graph, '/');
		if (!slash || slash == r->graph)
			return false;
		*slash = '\0';
	}
	memcpy(r->run, r->graph, sizeof(r->run));
	return true;
}

/* Reads the configuration of @id in the folders of @root; sets @dir to the folder that has it. */
static int read_in(const struct state_env *env, const char *root, const char *id, char *dir,
		   json_t **config)
{
	char path[STATE_PATH_MAX];
	const struct dirent *d;
	int rc = -ENOENT;
	DIR *list;

	if (state_path(env, path, "%s", root))
		return -ENAMETOOLONG;
	list = opendir(path);
	if (!list)
		return -errno;
	while (!*config && (d = readdir(list))) {
		/* Each driver has a folder of containers: overlay-containers, vfs-containers. */
		if (!text_ends_with(text_of(d->d_name), "-containers") ||
		    snprintf(dir, STATE_PATH_MAX, "%s/%s", root, d->d_name) >= STATE_PATH_MAX ||
		    state_path(env, path, "%s/%s/userdata/config.json", dir, id))
			continue;
		*config = state_json(path);
		if (!*config && errno != ENOENT)
			rc = -errno;
	}
	closedir(list);
	return *config ? 0 : rc;
}

/* Sets @other to the folder of the same driver's containers in the other root. */
static void other_dir(char *other, const char *other_root, const char *dir)
{
	if (snprintf(other, STATE_PATH_MAX, "%s%s", other_root, strrchr(dir, '/')) >=
	    STATE_PATH_MAX)
		other[0] = '\0';
}

static int find_in_roots(const struct state_env *env, const struct roots *r, const char *id,
			 struct storage_container *c)
{
	int rc = read_in(env, r->graph, id, c->graph, &c->config), error;

	if (!rc) {
		other_dir(c->run, r->run, c->graph);
	} else {
		/* CRI-O's bundle is only under the run root. */
		error = rc;
		rc = read_in(env, r->run, id, c->run, &c->config);
		if (!rc)
			other_dir(c->graph, r->graph, c->run);
		else if (error != -ENOENT)
			rc = error;
	}
	if (snprintf(c->libpod, sizeof(c->libpod), "%s/libpod", r->graph) >= (int)sizeof(c->libpod))
		c->libpod[0] = '\0';
	return rc;
}

int storage_find(const struct state_env *env, const struct container_ref *ref,
		 struct storage_container *c)
{
	struct roots r;
	int rc = -ENOENT;

	memset(c, 0, sizeof(*c));
	if (ref->bundle ? bundle_roots(ref->bundle, &r) : user_roots(env, ref->cgroup, &r))
		rc = find_in_roots(env, &r, ref->id, c);
	if (rc) {
		system_roots(env, &r);
		rc = find_in_roots(env, &r, ref->id, c);
	}
	return rc;
}

void storage_container_clear(struct storage_container *c)
{
	json_decref(c->config);
	c->config = NULL;
}

const char *storage_manager(const struct storage_container *c)
{
	return state_str(json_object_get(c->config, "annotations"), "io.container.manager");
}
