// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/probe_group.h"

#include <string.h>
#include <tracefs.h>

#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/instances.h"
#include "ftrace/feed/owner_name.h"
#include "ftrace/probe/fetch.h"

#define FORMAT_ROOM 32768
#define DYNEVENT_PROBES \
	(TRACEFS_DYNEVENT_KPROBE | TRACEFS_DYNEVENT_KRETPROBE | TRACEFS_DYNEVENT_EPROBE)

struct defined {
	char *event;
	struct tracefs_dynevent *dyn;
};

struct probe_group {
	const struct tracedir *tracedir;
	struct owner_name own;
	struct defined *defined;
	size_t len, room;
};

static void remove_stale_probes(void)
{
	struct tracefs_dynevent **all = tracefs_dynevent_get_all(DYNEVENT_PROBES, NULL);

	for (size_t i = 0; all && all[i]; i++) {
		char *system = NULL, *event = NULL;

		tracefs_dynevent_info(all[i], &system, &event, NULL, NULL, NULL);
		if (system && owner_name_is_stale(system)) {
			log_verbose("removing the probe %s/%s, left by a killed captrace", system,
				    event);
			if (tracefs_dynevent_destroy(all[i], false))
				log_verbose("could not remove %s/%s: %s", system, event,
					    strerror(errno));
		}
		free(system);
		free(event);
	}
	tracefs_dynevent_list_free(all);
}

int probe_group_new(struct probe_group **out, const struct tracedir *t, struct err *e)
{
	struct probe_group *g = calloc(1, sizeof(*g));

	if (!g)
		return err_sys(e, -ENOMEM, "probes");
	g->tracedir = t;
	owner_name_init(&g->own);
	tracefs_set_loglevel(TEP_LOG_NONE);
	instances_remove_left(); /* a probe cannot be removed while an instance has it enabled */
	remove_stale_probes();
	*out = g;
	return 0;
}

void probe_group_free(struct probe_group *g)
{
	if (!g)
		return;
	while (g->len)
		probe_group_remove(g, g->defined[g->len - 1].event);
	instances_remove_at_end(g->own.instances);
	/* Captraces that ended while this one had pipes open could not remove theirs. */
	instances_remove_left();
	free(g->defined);
	free(g);
}

const char *probe_group_name(const struct probe_group *g)
{
	return g->own.group;
}

const char *probe_group_instances(const struct probe_group *g)
{
	return g->own.instances;
}

/*
 * The reason in the kernel's error log, which has the form
 * "[   5.31] trace_kprobe: error: Invalid fetch argument\n  Command: …".
 */
static void kernel_reason(char *buf, size_t size)
{
	cleanup_free char *last = tracefs_error_last(NULL);
	const char *p = last ? strstr(last, "error: ") : NULL;

	buf[0] = '\0';
	if (p)
		snprintf(buf, size, ": %.*s", (int)strcspn(p + 7, "\n"), p + 7);
}

static struct tracefs_dynevent *make(const struct probe_group *g, const struct probe_def *def,
				     const char *args)
{
	char system[128];
	size_t len;

	switch (def->type) {
	case PROBE_ENTRY:
		return tracefs_kprobe_alloc(g->own.group, def->event, def->place, args);
	case PROBE_RETURN:
		return tracefs_kretprobe_alloc(g->own.group, def->event, def->place, args, 0);
	case PROBE_EVENT:
		break;
	}
	len = strcspn(def->place, "/");
	snprintf(system, sizeof(system), "%.*s", (int)len, def->place);
	return tracefs_eprobe_alloc(g->own.group, def->event, system,
				    def->place + len + (def->place[len] == '/'), args);
}

static int remember(struct probe_group *g, const char *event, struct tracefs_dynevent *dyn)
{
	if (g->len == g->room) {
		size_t room = MAX(g->room * 2, (size_t)16);
		struct defined *grown = realloc(g->defined, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		g->defined = grown;
		g->room = room;
	}
	g->defined[g->len].event = strdup(event);
	if (!g->defined[g->len].event)
		return -ENOMEM;
	g->defined[g->len++].dyn = dyn;
	return 0;
}

static int add(struct probe_group *g, const struct probe_def *def, const char *args, struct err *e)
{
	struct tracefs_dynevent *dyn = make(g, def, args);
	char reason[256];
	int rc;

	if (!dyn)
		return err_sys(e, -ENOMEM, "probe on %s", def->place);
	if (tracefs_dynevent_create(dyn)) {
		rc = errno ? -errno : -EINVAL;
		kernel_reason(reason, sizeof(reason));
		tracefs_dynevent_free(dyn);
		log_debug("probe rejected: %s %s %s: %s%s", def->event, def->place, args,
			  strerror(-rc), reason);
		return err_sys(e, rc, "probe on %s%s", def->place, rc == -EINVAL ? reason : "");
	}
	log_trace("probe defined: %s %s %s", def->event, def->place, args);
	rc = remember(g, def->event, dyn);
	if (rc) {
		tracefs_dynevent_destroy(dyn, false);
		tracefs_dynevent_free(dyn);
		return err_sys(e, rc, "probe on %s", def->place);
	}
	return 0;
}

int probe_group_remove(struct probe_group *g, const char *event)
{
	for (size_t i = g->len; i-- > 0;) {
		struct defined d = g->defined[i];
		int rc = 0;

		if (strcmp(d.event, event))
			continue;
		if (tracefs_dynevent_destroy(d.dyn, false)) {
			rc = -errno;
			log_verbose("removing the probe %s/%s: %s", g->own.group, event,
				    strerror(-rc));
		}
		tracefs_dynevent_free(d.dyn);
		free(d.event);
		g->defined[i] = g->defined[--g->len];
		return rc;
	}
	return -ENOENT;
}

int probe_group_find(const struct probe_group *g, const char *system, const char *event,
		     const struct fetch *f, struct fetch_map *map, struct err *e)
{
	cleanup_free char *format = malloc(FORMAT_ROOM);
	const char *line;
	int rc, id = -1;

	if (!format)
		return err_sys(e, -ENOMEM, "format of a probe");
	rc = tracedir_read(g->tracedir, format, FORMAT_ROOM, "events/%s/%s/format", system, event);
	if (rc < 0)
		return err_sys(e, rc, "events/%s/%s", system, event);
	rc = fetch_map_init(map, f, format, (size_t)rc, e);
	if (rc)
		return rc;
	/* The file `id` only exists with CONFIG_PERF_EVENTS. */
	line = strstr(format, "\nID: ");
	if (!line || sscanf(line, " ID: %d", &id) != 1 || id < 0)
		return err_set(e, -EBADMSG, "events/%s/%s/format has no ID", system, event);
	return id;
}

int probe_group_define(struct probe_group *g, const struct probe_def *def, struct fetch *f,
		       struct fetch_map *map, struct err *e)
{
	cleanup_free char *args = NULL;
	int rc = fetch_render(f, &args);

	if (rc)
		return err_sys(e, rc, "probe on %s", def->place);
	rc = add(g, def, args, e);
	if (rc)
		return rc;
	rc = probe_group_find(g, g->own.group, def->event, f, map, e);
	if (rc < 0)
		probe_group_remove(g, def->event);
	return rc;
}
