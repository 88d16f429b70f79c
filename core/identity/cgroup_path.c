// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/cgroup_path.h"

#include <string.h>

#include "core/base/util.h"

#define ID_LEN 64 /* hexadecimal digits: a SHA-256, or as many random ones */

/* Moves @path past its next component and returns that component; len 0 at the end. */
static struct text next_part(const char **path)
{
	struct text t;

	t.s = *path + strspn(*path, "/");
	t.len = strcspn(t.s, "/");
	*path = t.s + t.len;
	return t;
}

static bool is_id(struct text t)
{
	if (t.len != ID_LEN)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!strchr("0123456789abcdef", t.s[i]))
			return false;
	return true;
}

/*
 * Container names: <id>, docker-<id>.scope, libpod-<id>, and kubepods-….slice:cri-containerd:<id>,
 * which a runtime with the cgroupfs driver makes of a path that was meant for systemd.
 */
static bool parse_container(struct text part, struct cgroup_container *c)
{
	const char *sep;

	if (text_ends_with(part, ".scope"))
		part.len -= strlen(".scope");
	if (part.len < ID_LEN)
		return false;
	c->id = (struct text){part.s + part.len - ID_LEN, ID_LEN};
	c->prefix = (struct text){0};
	if (!is_id(c->id))
		return false;
	if (part.len == ID_LEN)
		return true;
	if (c->id.s[-1] != '-' && c->id.s[-1] != ':')
		return false;
	c->prefix = (struct text){part.s, part.len - ID_LEN - 1};
	sep = memrchr(c->prefix.s, ':', c->prefix.len);
	if (sep) {
		c->prefix.len -= (size_t)(sep + 1 - c->prefix.s);
		c->prefix.s = sep + 1;
	}
	/* conmon watches the container from outside: libpod-conmon-<id>.scope, crio-conmon-<id>. */
	return c->prefix.len && !text_ends_with(c->prefix, "conmon");
}

static void add_container(struct cgroup_parts *parts, const struct cgroup_container *c)
{
	size_t keep = MIN(parts->containers_len, (size_t)CGROUP_CONTAINERS_MAX - 1);

	memmove(parts->containers + 1, parts->containers, keep * sizeof(*c));
	parts->containers[0] = *c;
	parts->containers_len = keep + 1;
}

static bool is_uid(struct text t)
{
	if (t.len < 32 || t.len > 36)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!strchr("0123456789abcdef-_", t.s[i]))
			return false;
	return true;
}

/*
 * Pod names: pod<uid>, kubepods-burstable-pod<uid>.slice, and kubelet-kubepods-…, where the kubelet
 * has a cgroup as its root (kind). A static pod's uid is a hash without dashes.
 */
static struct text parse_pod(struct text part)
{
	struct text uid = part;

	if (text_ends_with(part, ".slice")) {
		const char *all = memmem(part.s, part.len, "kubepods", 8), *pod;

		if (!all || (all > part.s && all[-1] != '-'))
			return (struct text){0};
		pod = memmem(all, part.len - (size_t)(all - part.s), "-pod", 4);
		if (!pod)
			return (struct text){0};
		uid.len = part.len - strlen(".slice") - (size_t)(pod + 4 - part.s);
		uid.s = pod + 4;
	} else if (text_starts_with(part, "pod")) {
		uid.s += 3;
		uid.len -= 3;
	} else {
		return (struct text){0};
	}
	return is_uid(uid) ? uid : (struct text){0};
}

struct text cgroup_unescape(struct text s)
{
	if (s.len && s.s[0] == '_') {
		s.s++;
		s.len--;
	}
	return s;
}

/* The unit types whose cgroups hold processes; slices only hold other units. */
static bool is_unit(struct text part)
{
	static const char *const types[] = {".service", ".scope", ".socket", ".mount", ".swap"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_ends_with(part, types[i]) && part.len > strlen(types[i]))
			return true;
	return false;
}

/*
 * Whether it is a machine of systemd-nspawn or LXC, which may run a systemd of its own:
 * machine-web.scope, systemd-nspawn@web.service, lxc.payload.web, lxc/web.
 */
static bool is_machine(struct text part, struct text before)
{
	if (text_starts_with(part, "machine-") && text_ends_with(part, ".scope"))
		return true;
	return text_starts_with(part, "systemd-nspawn@") || text_starts_with(part, "lxc.payload") ||
	       text_is(before, "lxc");
}

/* Podman names a pod's cgroup with its bare id; a container's name has a prefix. */
static bool is_pod_of_podman(const struct cgroup_container *c)
{
	return !c->prefix.s && text_is(c->parent, "libpod_parent");
}

void cgroup_path_parse(const char *path, struct cgroup_parts *parts)
{
	struct text part, before = {0}, uid;
	struct cgroup_container c;
	bool machine = false;

	memset(parts, 0, sizeof(*parts));
	for (part = next_part(&path); part.len; before = part, part = next_part(&path)) {
		uid = parse_pod(part);
		if (uid.s)
			parts->pod_uid = uid;
		if (!parts->containers_len && !machine && is_unit(part))
			parts->unit = part;
		machine |= is_machine(part, before);
		c.parent = before;
		if (parse_container(part, &c) && !is_pod_of_podman(&c))
			add_container(parts, &c);
	}
}

bool cgroup_path_in_unit(const char *path, const char *unit)
{
	struct text part, before = {0};
	struct cgroup_container c;

	for (part = next_part(&path); part.len; before = part, part = next_part(&path)) {
		if (text_is(cgroup_unescape(part), unit))
			return true;
		if (parse_container(part, &c) || is_machine(part, before))
			return false;
	}
	return false;
}

bool cgroup_path_under(const char *path, const char *top)
{
	size_t len = strlen(top);

	while (len && top[len - 1] == '/')
		len--;
	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}
