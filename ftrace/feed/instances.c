// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/instances.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <tracefs.h>

#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/owner_name.h"

/* Others' pipes that are only open for a moment are closed by then. */
#define TRIES       20
#define TRY_WAIT_NS 10000000

struct removal {
	const char *prefix;
	bool last; /* what stays is marked */
	size_t stay;
	int error;
	char first[128]; /* of those that stay */
};

/* Nothing is recorded any more, the probes can be removed, and the rings take little memory. */
static void quiet(struct tracefs_instance *inst)
{
	tracefs_instance_file_write(inst, "events/enable", "0");
	tracefs_instance_file_write(inst, "buffer_size_kb", "8");
}

/*
 * The mark of a captrace that gives up while it still lives. It is made before the last try: if
 * that fails, somebody has a pipe open, and finds the mark after closing it.
 */
static void mark(struct tracefs_instance *inst)
{
	tracefs_trace_off(inst);
}

static bool is_marked(struct tracefs_instance *inst)
{
	return tracefs_trace_is_on(inst) == 0;
}

static int remove_own(const char *name, void *arg)
{
	struct removal *r = arg;
	struct tracefs_instance *inst;

	if (strncmp(name, r->prefix, strlen(r->prefix)) != 0)
		return 0;
	inst = tracefs_instance_alloc(NULL, name);
	if (!inst)
		return 0;
	if (r->last) {
		quiet(inst);
		mark(inst);
	}
	if (tracefs_instance_destroy(inst)) {
		r->error = errno;
		if (!r->stay++)
			snprintf(r->first, sizeof(r->first), "%s", name);
		log_debug("removing the trace instance %s: %s", name, strerror(r->error));
	}
	tracefs_instance_free(inst);
	return 0;
}

static size_t remove_all(struct removal *r)
{
	r->stay = 0;
	tracefs_instances_walk(remove_own, r);
	return r->stay;
}

size_t instances_remove(const char *prefix)
{
	struct removal r = {.prefix = prefix};

	return remove_all(&r);
}

void instances_remove_at_end(const char *prefix)
{
	const struct timespec wait = {.tv_nsec = TRY_WAIT_NS};
	struct removal r = {.prefix = prefix};
	const char *why;

	for (int i = 0; i < TRIES && remove_all(&r); i++)
		nanosleep(&wait, NULL);
	if (!r.stay)
		return;
	r.last = true;
	if (!remove_all(&r))
		return;
	if (r.error == EBUSY)
		why = "another program has a trace pipe open, and on this kernel that holds all "
		      "instances; the next captrace that starts or ends removes them";
	else
		why = strerror(r.error);
	log_note("%zu trace %s could not be removed (%s%s): %s", r.stay,
		 r.stay > 1 ? "instances" : "instance", r.first, r.stay > 1 ? ", …" : "", why);
}

static int remove_left(const char *name, void *arg)
{
	bool stale = owner_name_is_stale(name);
	struct tracefs_instance *inst;

	if (!stale && !owner_name_is_one(name))
		return 0;
	inst = tracefs_instance_alloc(NULL, name);
	if (!inst)
		return 0;
	if (stale || is_marked(inst)) {
		log_verbose("removing the trace instance %s, which an earlier captrace left", name);
		if (tracefs_instance_destroy(inst)) {
			log_verbose("%s: %s", name, strerror(errno));
			/* One that lives may have been switched off by hand: it is left as it is. */
			if (stale)
				quiet(inst);
		}
	}
	tracefs_instance_free(inst);
	return 0;
}

void instances_remove_left(void)
{
	tracefs_instances_walk(remove_left, NULL);
}
