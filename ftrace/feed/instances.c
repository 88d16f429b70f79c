// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/instances.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <tracefs.h>

#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/owner_name.h"

/* How often, and how long apart, removal is retried: other programs may have pipes open briefly. */
#define TRIES       20
#define TRY_WAIT_NS 10000000

struct removal {
	const char *prefix;
	bool last; /* the last try: mark the instances that remain */
	size_t stay;
	int error;
	char first[128]; /* name of the first one that remains */
};

/* Stops recording so that the probes can be removed, and shrinks the rings. */
static void disable_and_shrink(struct tracefs_instance *inst)
{
	tracefs_instance_file_write(inst, "events/enable", "0");
	tracefs_instance_file_write(inst, "buffer_size_kb", "8");
}

/*
 * Marks an instance that a captrace which is still running gives up. The mark is set before the
 * last try: if that fails, a captrace that has a pipe open will see the mark after it closes the
 * pipe.
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
		disable_and_shrink(inst);
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
		why = "another program has a trace pipe open, and this kernel then refuses to "
		      "remove "
		      "any instance; the next captrace that starts or ends will remove them";
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
		log_verbose("removing the trace instance %s, left by an earlier captrace", name);
		if (tracefs_instance_destroy(inst)) {
			log_verbose("could not remove %s: %s", name, strerror(errno));
			/* If its captrace still runs, the user may have stopped tracing by hand. */
			if (stale)
				disable_and_shrink(inst);
		}
	}
	tracefs_instance_free(inst);
	return 0;
}

void instances_remove_left(void)
{
	tracefs_instances_walk(remove_left, NULL);
}
