/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a cgroup's path: container, unit and pod, by the naming rules of systemd, Kubernetes
 * and the container runtimes alone: no file is looked at.
 */
#ifndef CAPTRACE_CORE_IDENTITY_CGROUP_PATH_H
#define CAPTRACE_CORE_IDENTITY_CGROUP_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/identity/text.h"

/* A container has at most so many around it that its path tells of. */
#define CGROUP_CONTAINERS_MAX 4

/* A part of the path that is named after a container. */
struct cgroup_container {
	struct text id;
	struct text prefix; /* "docker" of docker-<id>.scope; of a bare id: not there */
	struct text parent; /* the part before it: "docker" of /docker/<id> */
};

struct cgroup_parts {
	/* The innermost first. */
	struct cgroup_container containers[CGROUP_CONTAINERS_MAX];
	size_t containers_len;
	struct text unit;    /* the innermost of this machine's systemd, escaped as in the path */
	struct text pod_uid; /* with '-' or '_' between its parts, as in the path */
};

/* All of @parts points into @path. */
void cgroup_path_parse(const char *path, struct cgroup_parts *parts);

/*
 * Whether @path lies in the unit of that name, at any depth: in user@1000.service and in
 * user-1000.slice, too. What systemd runs inside a container is no unit of this machine.
 */
bool cgroup_path_in_unit(const char *path, const char *unit);

/* Whether @path is @top or below it. */
bool cgroup_path_under(const char *path, const char *top);

/* What systemd calls a unit whose cgroup has the name @s (cg_unescape() of its cgroup-util.c). */
struct text cgroup_unescape(struct text s);

#endif
