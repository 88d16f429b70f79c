// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/subject_names.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/idmap.h"
#include "core/base/intern.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/origin.h"

/* When the table is full it is emptied, and the programs are looked up anew. */
#define PROCESSES_MAX 65536

struct subject_names {
	enum advise_by by;
	const struct cap_origin *origins;
	struct idmap *exes;     /* by origin and pid: the name of the program */
	struct intern *strings; /* the names in `exes` */
};

static const char *const by_names[ADVISE_BY_COUNT] = {
	[ADVISE_BY_AUTO] = "auto",
	[ADVISE_BY_COMMAND] = "command",
	[ADVISE_BY_COMM] = "comm",
	[ADVISE_BY_EXE] = "exe",
	[ADVISE_BY_CONTAINER] = "container",
	[ADVISE_BY_UNIT] = "unit",
	[ADVISE_BY_POD] = "pod",
	[ADVISE_BY_UID] = "uid",
};

const char *advise_by_name(enum advise_by by)
{
	return (unsigned int)by < ADVISE_BY_COUNT ? by_names[by] : NULL;
}

static enum advise_by choose(const struct cap_origin *origins, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!origins[i].command && !origins[i].pids_len)
			return ADVISE_BY_COMM;
	return ADVISE_BY_COMMAND;
}

struct subject_names *subject_names_new(enum advise_by by, const struct cap_origin *origins,
					size_t origins_len)
{
	struct subject_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->by = by == ADVISE_BY_AUTO ? choose(origins, origins_len) : by;
	n->origins = origins;
	n->exes = idmap_new(sizeof(const char *), PROCESSES_MAX);
	n->strings = intern_new();
	if (n->exes && n->strings)
		return n;
	subject_names_free(n);
	return NULL;
}

void subject_names_free(struct subject_names *n)
{
	if (!n)
		return;
	idmap_free(n->exes);
	intern_free(n->strings);
	free(n);
}

enum advise_by subject_names_by(const struct subject_names *n)
{
	return n->by;
}

static void command_name(const struct cap_origin *src, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (char *const *arg = src->command; arg && *arg && n < size; arg++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "", *arg);
	for (size_t i = 0; !src->command && i < src->pids_len && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%d", n ? "," : "pid ",
				      (int)src->pids[i]);
	if (!n)
		snprintf(buf, size, "all processes");
}

static const char *exe_of_pid(int32_t pid, char *buf, size_t size)
{
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, buf, size - 1);
	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}

/* The file of the last exec; for a process that ran before, its /proc/PID/exe while it exists. */
static const char *exe_name(struct subject_names *n, const struct cap_event *ev)
{
	uint64_t key = origin_task_key(ev->origin, ev->pid);
	const char **known = idmap_find(n->exes, key, 0);
	char buf[SUBJECT_NAME_MAX];
	const char *name = NULL;

	if (known)
		return *known;
	if (!n->origins[ev->origin].file)
		name = exe_of_pid(ev->pid, buf, sizeof(buf));
	if (!name) {
		snprintf(buf, sizeof(buf), "[%s]", ev->comm);
		name = buf;
	}
	name = intern_string(n->strings, name);
	known = name ? idmap_make(n->exes, key, 0) : NULL;
	if (known)
		*known = name;
	return name ? name : "?";
}

static const char *or_none(const struct cap_event *ev, uint64_t have, const char *name,
			   const char *none)
{
	return event_has(ev, have) && name ? name : none;
}

const char *subject_names_of(struct subject_names *n, const struct cap_event *ev,
			     char buf[SUBJECT_NAME_MAX])
{
	switch (n->by) {
	case ADVISE_BY_COMM:
		return or_none(ev, FIELD(COMM), ev->comm, "(no name)");
	case ADVISE_BY_EXE:
		return exe_name(n, ev);
	case ADVISE_BY_CONTAINER:
		return or_none(ev, FIELD(CONTAINER), ev->container,
			       or_none(ev, FIELD(CONTAINERID), ev->containerid, "(no container)"));
	case ADVISE_BY_UNIT:
		return or_none(ev, FIELD(UNIT), ev->unit, "(no unit)");
	case ADVISE_BY_POD:
		if (!event_has(ev, FIELD(POD)) || !ev->pod)
			return "(no pod)";
		snprintf(buf, SUBJECT_NAME_MAX, "%s/%s",
			 or_none(ev, FIELD(NAMESPACE), ev->namespace, ""), ev->pod);
		return buf;
	case ADVISE_BY_UID:
		if (!event_has(ev, FIELD(UID)))
			return "(no user)";
		snprintf(buf, SUBJECT_NAME_MAX, "%" PRIu32, ev->uid);
		return buf;
	default:
		command_name(&n->origins[ev->origin], buf, SUBJECT_NAME_MAX);
		return buf;
	}
}

const char *subject_names_exe(struct subject_names *n, const struct cap_event *ev)
{
	if (n->by == ADVISE_BY_EXE)
		return exe_name(n, ev);
	return n->by == ADVISE_BY_COMMAND ? n->origins[ev->origin].path : NULL;
}

void subject_names_exec(struct subject_names *n, const struct cap_exec *x)
{
	const char **known, *name;
	char buf[SUBJECT_NAME_MAX];

	if (n->by != ADVISE_BY_EXE)
		return;
	/* The name may be relative or a script's: /proc has the real file, and only now. */
	name = n->origins[x->origin].file ? NULL : exe_of_pid(x->pid, buf, sizeof(buf));
	name = intern_string(n->strings, name ? name : x->filename);
	if (idmap_len(n->exes) == PROCESSES_MAX)
		idmap_take(n->exes, NULL, NULL);
	known = name ? idmap_make(n->exes, origin_task_key(x->origin, x->pid), 0) : NULL;
	if (known)
		*known = name;
}
