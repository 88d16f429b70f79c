/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the container, unit and pod in a cgroup's path. It uses only the naming rules of systemd,
 * Kubernetes and the container runtimes, and reads no file.
 */
#ifndef CAPTRACE_CORE_IDENTITY_CGROUP_PATH_H
#define CAPTRACE_CORE_IDENTITY_CGROUP_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/identity/text.h"

/* How many nested containers of a path are kept; the outermost ones are dropped. */
#define CGROUP_CONTAINERS_MAX 4

/* A path component that is named after a container. */
struct cgroup_container {
	struct text id;
	struct text prefix; /* "docker" of docker-<id>.scope; not there for a bare id */
	struct text parent; /* the component before it: "docker" of /docker/<id> */
};

struct cgroup_parts {
	/* Innermost first. */
	struct cgroup_container containers[CGROUP_CONTAINERS_MAX];
	size_t containers_len;
	struct text unit; /* the innermost unit of this machine's systemd, escaped as in the path */
	struct text pod_uid; /* with '-' or '_' between its parts, as in the path */
};

/* The texts in @parts point into @path. */
void cgroup_path_parse(const char *path, struct cgroup_parts *parts);

/*
 * Whether @path lies in the unit named @unit, at any depth; user@1000.service and user-1000.slice
 * count as units, too. What systemd runs inside a container is not a unit of this machine.
 */
bool cgroup_path_in_unit(const char *path, const char *unit);

/* Whether @path is @top or below it. */
bool cgroup_path_under(const char *path, const char *top);

/*
 * The name of the unit whose cgroup is named @s: without systemd's escape (cg_unescape() of its
 * cgroup-util.c).
 */
struct text cgroup_unescape(struct text s);

#endif
