// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/granted.h"

#include <fcntl.h>
#include <glob.h>
#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/wait.h>

#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/event.h"
#include "core/event/origin.h"

/* Where runtimes keep the OCI bundle of a running container; %s is its id. */
static const char *const bundles[] = {
	"/run/containerd/io.containerd.runtime.v2.task/*/%s/config.json",
	"/run/docker/containerd/daemon/io.containerd.runtime.v2.task/*/%s/config.json",
	"/var/lib/containers/storage/*-containers/%s/userdata/config.json",
	"/run/containers/storage/*-containers/%s/userdata/config.json",
	"/home/*/.local/share/containers/storage/*-containers/%s/userdata/config.json",
};

static bool add_name(uint64_t *caps, const char *name)
{
	int cap = capname_parse(name);

	if (cap >= 0)
		*caps |= UINT64_C(1) << cap;
	return cap >= 0;
}

/* Whether @id is safe in a glob pattern: no wildcard, and no way out of the directory. */
static bool safe_id(const char *id)
{
	return *id && !strpbrk(id, "/*?[\\") && strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

/* Reads the bounding set from an OCI specification (opencontainers/runtime-spec, config.md). */
static bool read_spec(const char *path, uint64_t *caps)
{
	json_t *spec = json_load_file(path, 0, NULL);
	const json_t *process = json_object_get(spec, "process");
	const json_t *sets = json_object_get(process, "capabilities");
	const json_t *list = json_object_get(sets, "bounding"), *name;
	size_t i;

	*caps = 0;
	json_array_foreach(list, i, name)
	{
		if (json_is_string(name))
			add_name(caps, json_string_value(name));
	}
	json_decref(spec);
	/* A specification with a process and no capabilities grants none. */
	return process;
}

static bool of_container(struct granted *g, const struct subject *sub)
{
	char pattern[PATH_MAX];

	if (!sub->containerid || !sub->live || !safe_id(sub->containerid))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(bundles) && !g->known; i++) {
		const char *star = strstr(bundles[i], "%s");
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%.*s%s%s", (int)(star - bundles[i]), bundles[i],
			 sub->containerid, star + 2);
		if (glob(pattern, 0, NULL, &found))
			continue;
		g->known = read_spec(found.gl_pathv[0], &g->caps);
		globfree(&found);
	}
	g->bounding = g->known;
	snprintf(g->from, sizeof(g->from), "specification of container %.100s", sub->name);
	return g->known;
}

/* Opens the output of `systemctl show` for @unit. Its exit code does not matter. */
static FILE *systemctl_show(const char *unit, pid_t *pid)
{
	char *argv[] = {"systemctl", "show",       "-p", "CapabilityBoundingSet", "-p", "LoadState",
			"--",        (char *)unit, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int fds[2], rc;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawnp(pid, argv[0], &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	close(fds[1]);
	if (rc) {
		close(fds[0]);
		return NULL;
	}
	return fdopen(fds[0], "r");
}

static bool of_unit(struct granted *g, const struct subject *sub)
{
	static const char key[] = "CapabilityBoundingSet=";
	char line[4096], *name, *rest;
	bool loaded = false, found = false;
	pid_t pid;
	FILE *f;

	if (!sub->unit || !sub->live || sub->unit[0] == '-')
		return false;
	f = systemctl_show(sub->unit, &pid);
	while (f && fgets(line, sizeof(line), f)) {
		loaded |= !strcmp(line, "LoadState=loaded\n");
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		found = true;
		for (name = strtok_r(line + strlen(key), " \n", &rest); name;
		     name = strtok_r(NULL, " \n", &rest))
			add_name(&g->caps, name);
	}
	if (f) {
		fclose(f);
		waitpid(pid, NULL, 0);
	}
	g->known = loaded && found;
	g->bounding = g->known;
	if (!g->known)
		g->caps = 0;
	snprintf(g->from, sizeof(g->from), "CapabilityBoundingSet= of %.100s", sub->unit);
	return g->known;
}

static uint64_t file_caps(const char *path)
{
	cap_t caps = path && path[0] == '/' ? cap_get_file(path) : NULL;
	uint64_t set = 0;

	for (int cap = 0; caps && cap < SUBJECT_CAPS; cap++) {
		cap_flag_value_t on;

		if (!cap_get_flag(caps, cap, CAP_PERMITTED, &on) && on == CAP_SET)
			set |= UINT64_C(1) << cap;
	}
	cap_free(caps);
	return set;
}

/* Adds up the file's capabilities, the command's before its exec, and those effective at checks. */
static void as_seen(struct granted *g, const struct subject *sub, const struct cap_origin *origins,
		    size_t origins_len)
{
	uint64_t file = sub->live ? file_caps(sub->exe) : 0;

	g->known = file;
	g->caps = sub->seen | file;
	for (size_t i = 0; i < origins_len; i++) {
		if (!sub->homes[i])
			continue;
		g->known |= origins[i].sets.known || origins[i].fields & FIELD(CAPS);
		if (origins[i].sets.known && origins[i].command)
			g->caps |= origins[i].sets.permitted;
	}
	if (file)
		snprintf(g->from, sizeof(g->from),
			 "file capabilities of %.100s, and effective sets", sub->exe);
	else
		snprintf(g->from, sizeof(g->from), "seen in effective sets");
}

void granted_find(struct granted *g, enum advise_by by, const struct subject *sub,
		  const struct cap_origin *origins, size_t origins_len)
{
	*g = (struct granted){0};
	if ((by == ADVISE_BY_CONTAINER || by == ADVISE_BY_POD) && of_container(g, sub))
		return;
	if (by == ADVISE_BY_UNIT && of_unit(g, sub))
		return;
	as_seen(g, sub, origins, origins_len);
}
