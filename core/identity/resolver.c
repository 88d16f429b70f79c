// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/resolver.h"

#include <string.h>
#include <sys/stat.h>

#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "core/identity/cgroup_owner.h"
#include "core/identity/cgroup_path.h"
#include "core/identity/runtime/conmon.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"

#define NAME_MAX_LEN 128

/*
 * Clients of containerd name containers freely (ctr run … web: /default/web), so that the last
 * component of any path may be a container. nerdctl and systemd's driver put the name into a scope.
 */
static bool name_in_path(const char *path, char name[NAME_MAX_LEN])
{
	const char *leaf = strrchr(path, '/'), *dash;
	size_t len;

	if (!leaf || !leaf[1] || leaf == path)
		return false;
	leaf++;
	len = strlen(leaf);
	if (text_ends_with(text_of(leaf), ".scope")) {
		dash = strchr(leaf, '-');
		if (!dash)
			return false;
		len -= (size_t)(dash + 1 - leaf) + strlen(".scope");
		leaf = dash + 1;
	} else if (text_ends_with(text_of(leaf), ".service") ||
		   text_ends_with(text_of(leaf), ".slice")) {
		return false;
	}
	/* identifiers/validate.go of containerd. */
	if (!len || len >= NAME_MAX_LEN ||
	    strspn(leaf, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") <
		    len ||
	    leaf[0] == '.')
		return false;
	memcpy(name, leaf, len);
	name[len] = '\0';
	return true;
}

static const char *id_text(struct text id, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", (int)id.len, id.s);
	return buf;
}

struct cgroup_owner *resolver_by_path(uint64_t key, const char *path)
{
	struct cgroup_owner_facts facts = {.key = key, .cgroup = path};
	char id[NAME_MAX_LEN];
	struct cgroup_parts parts;

	cgroup_path_parse(path, &parts);
	if (parts.containers_len) {
		facts.containerid = id_text(parts.containers[0].id, id, sizeof(id));
		facts.runtime = runtime_of(&parts.containers[0]);
	}
	facts.complete = !parts.containers_len && !name_in_path(path, id);
	return cgroup_owner_new(&facts);
}

static void tell_unreadable(struct resolver *r, enum runtime_id id, int error)
{
	if (r->reported & 1u << id)
		return;
	r->reported |= 1u << id;
	log_note("can't read the state of %s (%s): its containers have an id, but no name",
		 runtime_name_of(id), strerror(-error));
}

/*
 * Asks @only, or all runtimes. Returns the runtime that knows the container and fills @c; NULL if
 * none does.
 */
static const struct runtime *ask(struct resolver *r, const struct runtime *only,
				 const struct container_ref *ref, struct container *c)
{
	for (int i = 0; i < RUNTIMES_LEN; i++) {
		int rc;

		if (only && runtimes[i] != only)
			continue;
		rc = runtimes[i]->read(&r->env, ref, c);
		if (!rc)
			return runtimes[i];
		container_clear(c);
		if (rc != -ENOENT && rc != -ENOTDIR)
			tell_unreadable(r, runtimes[i]->id, rc);
	}
	return NULL;
}

/* Sets the facts of the innermost container that a runtime knows. */
static bool find_container(struct resolver *r, const struct cgroup_parts *parts,
			   struct cgroup_owner_facts *facts, struct container *c,
			   char id[NAME_MAX_LEN])
{
	struct container_ref ref = {.id = id, .cgroup = facts->cgroup};

	for (size_t i = 0; i < parts->containers_len; i++) {
		const struct cgroup_container *part = &parts->containers[i];

		id_text(part->id, id, NAME_MAX_LEN);
		facts->runtime = ask(r, runtime_of(part), &ref, c);
		if (facts->runtime)
			break;
	}
	if (!parts->containers_len && name_in_path(facts->cgroup, id))
		facts->runtime = ask(r, &containerd_runtime, &ref, c);
	if (facts->runtime)
		facts->containerid = id;
	return facts->runtime != NULL;
}

struct cgroup_owner *resolver_by_state(struct resolver *r, uint64_t key, const char *path,
				       bool last)
{
	struct cgroup_owner_facts facts = {.key = key, .cgroup = path};
	struct container c = {0};
	struct cgroup_parts parts;
	char id[NAME_MAX_LEN];
	struct cgroup_owner *owner;

	cgroup_path_parse(path, &parts);
	if (find_container(r, &parts, &facts, &c, id)) {
		facts.container = &c;
		facts.complete = true;
	} else {
		/* If no container has that name, it is just the name of a cgroup. */
		facts.complete = last || !parts.containers_len;
		if (parts.containers_len) {
			facts.containerid = id_text(parts.containers[0].id, id, sizeof(id));
			facts.runtime = runtime_of(&parts.containers[0]);
		}
	}
	owner = cgroup_owner_new(&facts);
	container_clear(&c);
	return owner;
}

/*
 * A process in the container could call itself conmon; the real one runs outside, in another mount
 * namespace.
 */
static bool is_outside(const struct state_env *env, pid_t pid, uint64_t key)
{
	char path[STATE_PATH_MAX];
	struct stat st;

	return !state_path(env, path, "/proc/%d/ns/mnt", (int)pid) && !stat(path, &st) &&
	       st.st_ino != (key & ~CGROUP_KEY_MNTNS);
}

struct cgroup_owner *resolver_by_process(struct resolver *r, uint64_t key, pid_t pid)
{
	struct cgroup_owner_facts facts = {.key = key, .complete = true};
	struct container c = {0};
	struct conmon conmon;
	struct cgroup_owner *owner;

	if (!conmon_above(&r->env, pid, &conmon) && is_outside(&r->env, conmon.pid, key)) {
		const struct container_ref ref = {
			.id = conmon.id,
			.cgroup = "",
			.bundle = conmon.bundle[0] ? conmon.bundle : NULL,
		};

		facts.containerid = conmon.id;
		facts.runtime = &podman_runtime;
		facts.container = &c;
		podman_runtime.read(&r->env, &ref, &c);
		container_set(&c.name, conmon.name[0] ? conmon.name : NULL);
	}
	owner = cgroup_owner_new(&facts);
	container_clear(&c);
	return owner;
}
