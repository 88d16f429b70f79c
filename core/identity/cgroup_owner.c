// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/cgroup_owner.h"

#include <string.h>

#include "core/base/util.h"
#include "core/event/event.h"
#include "core/identity/cgroup_path.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"

/* Copies texts one after the other into the memory behind the structure. */
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

static void pack_labels(struct packer *p, struct cgroup_owner *owner, const char **array,
			const struct container *c)
{
	for (size_t i = 0; i < c->labels_len; i++)
		array[i] = pack(p, c->labels[i]);
	array[c->labels_len] = NULL;
	owner->labels = array;
}

struct cgroup_owner *cgroup_owner_new(const struct cgroup_owner_facts *facts)
{
	static const struct container nothing;
	const struct container *c = facts->container ? facts->container : &nothing;
	size_t array = c->labels_len ? (c->labels_len + 1) * sizeof(char *) : 0, size;
	struct cgroup_parts parts = {0};
	struct packer p;
	struct cgroup_owner *owner;

	if (facts->cgroup)
		cgroup_path_parse(facts->cgroup, &parts);
	parts.unit = cgroup_unescape(parts.unit);
	size = sizeof(*owner) + array + room(facts->cgroup) + room(facts->containerid) +
	       room(c->name) + room(c->pod) + room(c->namespace) + parts.unit.len + 1;
	for (size_t i = 0; i < c->labels_len; i++)
		size += room(c->labels[i]);
	owner = calloc(1, size);
	if (!owner)
		return NULL;
	p.at = (char *)(owner + 1) + array;
	owner->key = facts->key;
	owner->complete = facts->complete;
	owner->runtime = facts->runtime ? runtime_name_of(facts->runtime->id) : NULL;
	owner->cgroup = pack(&p, facts->cgroup);
	owner->containerid = pack(&p, facts->containerid);
	owner->container = pack(&p, c->name);
	owner->pod = pack(&p, c->pod);
	owner->namespace = pack(&p, c->namespace);
	owner->unit = pack_text(&p, parts.unit);
	if (array)
		pack_labels(&p, owner, (const char **)(owner + 1), c);
	return owner;
}

static void set(struct cap_event *ev, const char **field, const char *s, uint64_t bit)
{
	*field = s;
	ev->have = s ? ev->have | bit : ev->have & ~bit;
}

/*
 * Start-up exists only in the cgroup of a container or service, where a process from outside
 * prepares something. Scopes are made around processes that already run.
 */
static bool has_startup(const struct cgroup_owner *owner)
{
	if (owner->containerid)
		return true;
	return owner->unit && !text_ends_with(text_of(owner->unit), ".scope");
}

static void fill_container(const struct cgroup_owner *owner, struct cap_event *ev)
{
	set(ev, &ev->runtime, owner->runtime, FIELD(RUNTIME));
	set(ev, &ev->container, owner->container, FIELD(CONTAINER));
	set(ev, &ev->containerid, owner->containerid, FIELD(CONTAINERID));
	set(ev, &ev->pod, owner->pod, FIELD(POD));
	set(ev, &ev->namespace, owner->namespace, FIELD(NAMESPACE));
	ev->labels = owner->labels;
}

void cgroup_owner_fill(const struct cgroup_owner *owner, struct cap_event *ev)
{
	fill_container(owner, ev);
	set(ev, &ev->cgroup, owner->cgroup, FIELD(CGROUP));
	set(ev, &ev->unit, owner->unit, FIELD(UNIT));
	ev->owner = owner->number;
	if (!has_startup(owner))
		ev->have &= ~FIELD(STARTUP);
}

void cgroup_owner_fill_container(const struct cgroup_owner *owner, struct cap_event *ev)
{
	fill_container(owner, ev);
	ev->owner ^= owner->number << 32;
}
