// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/probe_context.h"

#include <event-parse.h>
#include <errno.h>
#include <stdlib.h>

#include "compat/host/machine.h"
#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/pidns.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/probe_group.h"

/* Bytes of a long in the kernel, as its ring buffer pages have it. */
static int kernel_word(const struct tracedir *t)
{
	struct tep_handle *tep = tep_alloc();
	char buf[1024];
	int n = tracedir_read(t, buf, sizeof(buf), "events/header_page"), word = 0;

	if (tep && n > 0 && !tep_parse_header_page(tep, buf, (unsigned long)n, sizeof(long)))
		word = tep_get_header_page_size(tep);
	tep_free(tep);
	return word;
}

/*
 * How many CPUs' addresses to keep: also those of CPUs that may come up later, as long as reading
 * their addresses takes no additional probe (one reads 64).
 */
static int room_for(const struct cpus *online)
{
	struct cpus possible;

	cpus_possible(&possible);
	return MAX(online->len, MIN(possible.len, (online->len + 63) & ~63));
}

int probe_context_open(struct probe_context *c, struct err *e)
{
	int rc;

	layout_init(&c->layout);
	c->in_child_pidns = pidns_is_child();
	cpus_online(&c->cpus);
	c->cpus_room = room_for(&c->cpus);
	rc = tracedir_open(&c->tracedir, e);
	if (rc)
		return rc;
	c->features.tracefs = tracedir_path(c->tracedir);
	c->machine = machine_of_kernel(kernel_word(c->tracedir));
	if (!c->machine)
		return err_set(e, -EOPNOTSUPP,
			       "captrace does not support probes on this architecture");
	return probe_group_new(&c->group, c->tracedir, e);
}

void probe_context_close(struct probe_context *c)
{
	probe_group_free(c->group);
	tracedir_close(c->tracedir);
	free(c->current);
}

int probe_context_check(struct probe_context *c, struct err *e)
{
	if (c->main == HOOK_MAIN && !feature_has(&c->features, FEATURE_KPROBE_EVENTS))
		return err_set(e, -ENOENT, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
	if (c->in_child_pidns && c->feed_ops == &feed_ring)
		return err_set(e, -EOPNOTSUPP,
			       "captrace runs in a child PID namespace, but trace rings only have "
			       "the PIDs of the initial one");
	return 0;
}
