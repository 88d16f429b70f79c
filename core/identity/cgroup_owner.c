// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/cgroup_owner.h"

#include <string.h>

#include "core/base/util.h"
#include "core/event/event.h"
#include "core/identity/cgroup_path.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"

/* Texts behind the structure, one after the other. */
struct packer {
	char *at;
};

static size_t room(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static const char *pack(struct packer *p, const char *s)
{
	char *to = p->at;

	if (!s)
		return NULL;
	p->at = stpcpy(to, s) + 1;
	return to;
}

static const char *pack_text(struct packer *p, struct text t)
{
	char *to = p->at;

	if (!t.s)
		return NULL;
	memcpy(to, t.s, t.len);
	to[t.len] = '\0';
	p->at = to + t.len + 1;
	return to;
}

static void pack_labels(struct packer *p, struct cgroup_owner *s, const char **array,
			const struct container *c)
{
	for (size_t i = 0; i < c->labels_len; i++)
		array[i] = pack(p, c->labels[i]);
	array[c->labels_len] = NULL;
	s->labels = array;
}

struct cgroup_owner *cgroup_owner_new(const struct cgroup_owner_facts *facts)
{
	static const struct container nothing;
	const struct container *c = facts->container ? facts->container : &nothing;
	size_t array = c->labels_len ? (c->labels_len + 1) * sizeof(char *) : 0, size;
	struct cgroup_parts parts = {0};
	struct packer p;
	struct cgroup_owner *s;

	if (facts->cgroup)
		cgroup_path_parse(facts->cgroup, &parts);
	parts.unit = cgroup_unescape(parts.unit);
	size = sizeof(*s) + array + room(facts->cgroup) + room(facts->containerid) + room(c->name) +
	       room(c->pod) + room(c->namespace) + parts.unit.len + 1;
	for (size_t i = 0; i < c->labels_len; i++)
		size += room(c->labels[i]);
	s = calloc(1, size);
	if (!s)
		return NULL;
	p.at = (char *)(s + 1) + array;
	s->key = facts->key;
	s->complete = facts->complete;
	s->runtime = facts->runtime ? runtime_name_of(facts->runtime->id) : NULL;
	s->cgroup = pack(&p, facts->cgroup);
	s->containerid = pack(&p, facts->containerid);
	s->container = pack(&p, c->name);
	s->pod = pack(&p, c->pod);
	s->namespace = pack(&p, c->namespace);
	s->unit = pack_text(&p, parts.unit);
	if (array)
		pack_labels(&p, s, (const char **)(s + 1), c);
	return s;
}

static void set(struct cap_event *ev, const char **field, const char *s, uint64_t bit)
{
	*field = s;
	ev->have = s ? ev->have | bit : ev->have & ~bit;
}

/*
 * What enters a cgroup from outside prepares something only if the cgroup is a container's or a
 * service's: scopes are made around processes that run already.
 */
static bool has_startup(const struct cgroup_owner *s)
{
	if (s->containerid)
		return true;
	return s->unit && !text_ends_with(text_of(s->unit), ".scope");
}

static void fill_container(const struct cgroup_owner *s, struct cap_event *ev)
{
	set(ev, &ev->runtime, s->runtime, FIELD(RUNTIME));
	set(ev, &ev->container, s->container, FIELD(CONTAINER));
	set(ev, &ev->containerid, s->containerid, FIELD(CONTAINERID));
	set(ev, &ev->pod, s->pod, FIELD(POD));
	set(ev, &ev->namespace, s->namespace, FIELD(NAMESPACE));
	ev->labels = s->labels;
}

void cgroup_owner_fill(const struct cgroup_owner *s, struct cap_event *ev)
{
	fill_container(s, ev);
	set(ev, &ev->cgroup, s->cgroup, FIELD(CGROUP));
	set(ev, &ev->unit, s->unit, FIELD(UNIT));
	ev->owner = s->number;
	if (!has_startup(s))
		ev->have &= ~FIELD(STARTUP);
}

void cgroup_owner_fill_container(const struct cgroup_owner *s, struct cap_event *ev)
{
	fill_container(s, ev);
	ev->owner ^= s->number << 32;
}
