// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/probe_group.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <tracefs.h>

#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/pidns.h"
#include "core/base/util.h"
#include "ftrace/feed/instances.h"
#include "ftrace/probe/fetch.h"

#define PREFIX       "captrace_"
#define FORMAT_ROOM  32768
#define PID_DIGITS   5 /* of base 36 */
#define START_DIGITS 7
#define START_MAX    UINT64_C(78364164096) /* 36^7: 24 years */
#define NS_DIGITS    7
#define DYNEVENT_PROBES \
	(TRACEFS_DYNEVENT_KPROBE | TRACEFS_DYNEVENT_KRETPROBE | TRACEFS_DYNEVENT_EPROBE)

struct probe {
	char *event;
	struct tracefs_dynevent *dyn;
};

struct probe_group {
	const struct tracedir *tracedir;
	char name[64];
	char instances[sizeof(PREFIX) + PID_DIGITS + START_DIGITS + NS_DIGITS];
	struct probe *probes;
	size_t len, room;
};

/* Clock ticks after boot, field 22 of proc(5)'s stat; 0 if there is no such process. */
static uint64_t start_time(int pid)
{
	cleanup_fclose FILE *f = NULL;
	char path[32], line[1024], *p;
	uint64_t start;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f || !fgets(line, sizeof(line), f))
		return 0;
	p = strrchr(line, ')'); /* the name can hold anything */
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p && sscanf(p, "%" SCNu64, &start) == 1 ? start : 0;
}

static char *put_digits(char *p, uint64_t v, int n)
{
	for (int i = n - 1; i >= 0; i--, v /= 36)
		p[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
	return p + n;
}

static bool take_digits(const char **p, uint64_t *v, int n)
{
	char digits[16], *end;

	snprintf(digits, sizeof(digits), "%.*s", n, *p);
	if (strspn(digits, "0123456789abcdefghijklmnopqrstuvwxyz") != (size_t)n)
		return false;
	*v = strtoull(digits, &end, 36);
	*p += n;
	return true;
}

/*
 * Before 4.1 the kernel makes an instance of any name that is stored with the dentry (d_iname), which
 * a name of 32 characters or more is not: then one appears that is called as something else was.
 */
static void name_instances(char *name, int pid, uint64_t start, uint32_t ns)
{
	char *p = name + snprintf(name, sizeof(PREFIX), PREFIX);

	p = put_digits(p, (uint64_t)pid, PID_DIGITS);
	p = put_digits(p, start % START_MAX, START_DIGITS);
	p = put_digits(p, ns, NS_DIGITS);
	*p = '\0';
}

static bool parse_instance(const char *name, int *pid, uint64_t *start, uint32_t *ns)
{
	uint64_t pid64, ns64;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	name += strlen(PREFIX);
	if (!take_digits(&name, &pid64, PID_DIGITS) || !take_digits(&name, start, START_DIGITS) ||
	    !take_digits(&name, &ns64, NS_DIGITS))
		return false;
	*pid = (int)pid64;
	*ns = (uint32_t)ns64;
	return true;
}

static bool parse_name(const char *name, int *pid, uint64_t *start, uint32_t *ns)
{
	return sscanf(name, PREFIX "%d_%" SCNu64 "_%" SCNu32, pid, start, ns) == 3 ||
	       parse_instance(name, pid, start, ns);
}

int probe_group_is_one(const char *name)
{
	uint64_t start;
	uint32_t ns;
	int pid;

	return parse_name(name, &pid, &start, &ns);
}

int probe_group_is_stale(const char *name)
{
	uint32_t ns, own = pidns_of("self");
	uint64_t start;
	int pid;

	if (!parse_name(name, &pid, &start, &ns))
		return 0;
	if (ns == own)
		return start_time(pid) % START_MAX != start % START_MAX;
	/* Only the initial namespace sees all processes. */
	return own == PIDNS_INIT_INO && !pidns_lives(ns);
}

static void remove_stale_probes(void)
{
	struct tracefs_dynevent **all = tracefs_dynevent_get_all(DYNEVENT_PROBES, NULL);

	for (size_t i = 0; all && all[i]; i++) {
		char *system = NULL, *event = NULL;

		tracefs_dynevent_info(all[i], &system, &event, NULL, NULL, NULL);
		if (system && probe_group_is_stale(system)) {
			log_verbose("removing the probe %s/%s of a captrace that was killed",
				    system, event);
			if (tracefs_dynevent_destroy(all[i], false))
				log_verbose("%s/%s: %s", system, event, strerror(errno));
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
	snprintf(g->name, sizeof(g->name), PREFIX "%d_%" PRIu64 "_%" PRIu32, (int)getpid(),
		 start_time(getpid()), pidns_of("self"));
	name_instances(g->instances, (int)getpid(), start_time(getpid()), pidns_of("self"));
	tracefs_set_loglevel(TEP_LOG_NONE);
	instances_remove_left(); /* before the probes that they have enabled */
	remove_stale_probes();
	*out = g;
	return 0;
}

void probe_group_free(struct probe_group *g)
{
	if (!g)
		return;
	while (g->len)
		probe_group_remove(g, g->probes[g->len - 1].event);
	instances_remove_at_end(g->instances);
	/* Of captraces that ended while this one had pipes open. */
	instances_remove_left();
	free(g->probes);
	free(g);
}

const char *probe_group_name(const struct probe_group *g)
{
	return g->name;
}

const char *probe_group_instances(const struct probe_group *g)
{
	return g->instances;
}

/* "[   5.31] trace_kprobe: error: Invalid fetch argument\n  Command: …": the middle. */
static void kernels_reason(char *buf, size_t size)
{
	cleanup_free char *last = tracefs_error_last(NULL);
	const char *p = last ? strstr(last, "error: ") : NULL;

	buf[0] = '\0';
	if (p)
		snprintf(buf, size, ": %.*s", (int)strcspn(p + 7, "\n"), p + 7);
}

static struct tracefs_dynevent *make(const struct probe_group *g, const char *event,
				     enum probe_type kind, const char *place, const char *args)
{
	char system[128];
	size_t len;

	switch (kind) {
	case PROBE_ENTRY:
		return tracefs_kprobe_alloc(g->name, event, place, args);
	case PROBE_RETURN:
		return tracefs_kretprobe_alloc(g->name, event, place, args, 0);
	case PROBE_EVENT:
		break;
	}
	len = strcspn(place, "/");
	snprintf(system, sizeof(system), "%.*s", (int)len, place);
	return tracefs_eprobe_alloc(g->name, event, system, place + len + (place[len] == '/'),
				    args);
}

static int keep(struct probe_group *g, const char *event, struct tracefs_dynevent *dyn)
{
	if (g->len == g->room) {
		size_t room = MAX(g->room * 2, (size_t)16);
		struct probe *grown = realloc(g->probes, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		g->probes = grown;
		g->room = room;
	}
	g->probes[g->len].event = strdup(event);
	if (!g->probes[g->len].event)
		return -ENOMEM;
	g->probes[g->len++].dyn = dyn;
	return 0;
}

static int add(struct probe_group *g, const char *event, enum probe_type kind, const char *place,
	       const char *args, struct err *e)
{
	struct tracefs_dynevent *dyn = make(g, event, kind, place, args);
	char reason[256];
	int rc;

	if (!dyn)
		return err_sys(e, -ENOMEM, "probe on %s", place);
	if (tracefs_dynevent_create(dyn)) {
		rc = errno ? -errno : -EINVAL;
		kernels_reason(reason, sizeof(reason));
		tracefs_dynevent_free(dyn);
		log_debug("refused: %s %s %s: %s%s", event, place, args, strerror(-rc), reason);
		return err_sys(e, rc, "probe on %s%s", place, rc == -EINVAL ? reason : "");
	}
	log_trace("taken: %s %s %s", event, place, args);
	rc = keep(g, event, dyn);
	if (rc) {
		tracefs_dynevent_destroy(dyn, false);
		tracefs_dynevent_free(dyn);
		return err_sys(e, rc, "probe on %s", place);
	}
	return 0;
}

int probe_group_remove(struct probe_group *g, const char *event)
{
	for (size_t i = g->len; i-- > 0;) {
		struct probe p = g->probes[i];
		int rc = 0;

		if (strcmp(p.event, event))
			continue;
		if (tracefs_dynevent_destroy(p.dyn, false)) {
			rc = -errno;
			log_verbose("removing the probe %s/%s: %s", g->name, event, strerror(-rc));
		}
		tracefs_dynevent_free(p.dyn);
		free(p.event);
		g->probes[i] = g->probes[--g->len];
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
	/* The file `id` is only there with CONFIG_PERF_EVENTS. */
	line = strstr(format, "\nID: ");
	if (!line || sscanf(line, " ID: %d", &id) != 1 || id < 0)
		return err_set(e, -EBADMSG, "events/%s/%s has no number", system, event);
	return id;
}

int probe_group_define(struct probe_group *g, const char *event, enum probe_type kind,
		       const char *place, struct fetch *f, struct fetch_map *map, struct err *e)
{
	cleanup_free char *args = NULL;
	int rc = fetch_render(f, &args);

	if (rc)
		return err_sys(e, rc, "probe on %s", place);
	rc = add(g, event, kind, place, args, e);
	if (rc)
		return rc;
	rc = probe_group_find(g, g->name, event, f, map, e);
	if (rc < 0)
		probe_group_remove(g, event);
	return rc;
}
