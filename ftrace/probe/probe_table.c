// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/probe_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/fetch.h"
#include "ftrace/probe/probe_context.h"
#include "ftrace/probe/probe_group.h"

#define IDS 65536 /* ids have 16 bits in a record */

const struct probe *probe_table_of(const struct probe_table *t, const struct feed_record *r)
{
	struct feed_entry entry;

	if (r->size < sizeof(entry) || !t->by_id)
		return NULL;
	memcpy(&entry, feed_raw(r), sizeof(entry));
	return t->by_id[entry.type] ? &t->probes[t->by_id[entry.type] - 1] : NULL;
}

static struct probe *new_probe(struct probe_table *t)
{
	if (t->len == UINT16_MAX)
		return NULL;
	if (t->len == t->room) {
		size_t room = MAX(t->room * 2, (size_t)8);
		struct probe *grown = realloc(t->probes, room * sizeof(*grown));

		if (!grown)
			return NULL;
		t->probes = grown;
		t->room = room;
	}
	return &t->probes[t->len];
}

static int define_probe(const struct probe_context *ctx, struct probe *p, struct fetch *f,
			struct err *e)
{
	struct probe_def def = {
		.event = p->event,
		.type = hook_probe_type(p->dec.hook),
		.place = hook_symbol(p->dec.hook),
	};

	snprintf(p->system, sizeof(p->system), "%s", probe_group_name(ctx->group));
	/* kprobe_profile lists events without their groups, so the name itself has to be unique. */
	snprintf(p->event, sizeof(p->event), "%s%d%s", hook_event(p->dec.hook), MAX(p->cpu, 0),
		 p->system + strlen("captrace"));
	return probe_group_define(ctx->group, &def, f, &p->dec.map, e);
}

static int find_tracepoint(const struct probe_context *ctx, struct probe *p, const struct fetch *f,
			   struct err *e)
{
	const char *name = hook_symbol(p->dec.hook);
	int len = (int)strcspn(name, "/");

	snprintf(p->system, sizeof(p->system), "%.*s", len, name);
	snprintf(p->event, sizeof(p->event), "%s", name + len + 1);
	return probe_group_find(ctx->group, p->system, p->event, f, &p->dec.map, e);
}

static struct hook_cfg hook_cfg_of(const struct probe_context *ctx, int cpu,
				   const struct probe_cfg *cfg)
{
	return (struct hook_cfg){
		.machine = ctx->machine,
		.layout = &ctx->layout,
		.fields = cfg->fields,
		.v1 = ctx->v1.number ? &ctx->v1 : NULL,
		.current = cpu >= 0 && ctx->current ? ctx->current[cpu] : 0,
		.caps = cfg->caps,
		.compute = cfg->compute,
		.pair = cfg->pair,
		.no_compat = ctx->no_compat,
		.keeps_junk = ctx->feed_ops == &feed_ring,
		.comm = ctx->comm,
		.pin_uid = cfg->pin_uid,
	};
}

int probe_table_define(struct probe_table *t, const struct probe_context *ctx, enum hook hook,
		       int cpu, const struct probe_cfg *cfg, struct err *e)
{
	struct probe *p = new_probe(t);
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));

	if (!t->by_id)
		t->by_id = calloc(IDS, sizeof(*t->by_id));
	if (!p || !f || !t->by_id)
		return err_sys(e, -ENOMEM, "probes");
	*p = (struct probe){
		.cpu = cpu,
		.dec = {.hook = hook,
			.cfg = hook_cfg_of(ctx, cpu, cfg),
			.cal = cfg->cal,
			.in_child_pidns = ctx->in_child_pidns},
	};
	hook_fetch(f, &p->dec.cfg, hook);
	if (hook_is_eprobe(hook) && cpu >= 0)
		fetch_if(f, "common_cpu == %d", cpu);
	p->id = hook_event(hook) ? define_probe(ctx, p, f, e) : find_tracepoint(ctx, p, f, e);
	if (p->id < 0)
		return p->id;
	t->by_id[p->id % IDS] = (uint16_t)(t->len + 1);
	return (int)t->len++;
}

void probe_table_clear(struct probe_table *t, const struct probe_context *ctx)
{
	/* For the kernel's own tracepoints, which are not in the group, this does nothing. */
	while (t->len)
		probe_group_remove(ctx->group, t->probes[--t->len].event);
	free(t->probes);
	free(t->by_id);
	*t = (struct probe_table){0};
}
