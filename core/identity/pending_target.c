// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/pending_target.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "core/identity/runtime/runtime.h"

struct named_target {
	struct named_target *next;
	const char *what;
	struct filter *filter;
	bool seen;
	char name[];
};

struct pending_target {
	struct named_target *first, **last;
	bool reported; /* the ones that are missing */
};

struct pending_target *pending_target_new(void)
{
	struct pending_target *p = calloc(1, sizeof(*p));

	if (p)
		p->last = &p->first;
	return p;
}

void pending_target_free(struct pending_target *p)
{
	if (!p)
		return;
	while (p->first) {
		struct named_target *next = p->first->next;

		filter_free(p->first->filter);
		free(p->first);
		p->first = next;
	}
	free(p);
}

int pending_target_add(struct pending_target *p, const char *what, const char *name,
		       struct filter *filter)
{
	struct named_target *t = calloc(1, sizeof(*t) + strlen(name) + 1);

	if (!t) {
		filter_free(filter);
		return -ENOMEM;
	}
	t->what = what;
	t->filter = filter;
	memcpy(t->name, name, strlen(name) + 1);
	*p->last = t;
	p->last = &t->next;
	return 0;
}

/* Whether @t stands for any container of a runtime; otherwise it has a name of its own. */
static bool is_runtime(const struct named_target *t)
{
	return !strcmp(t->what, PENDING_RUNTIME);
}

static void log_found(const struct named_target *t)
{
	if (is_runtime(t))
		log_verbose("found a %s container", t->name);
	else
		log_verbose("found %s '%s'", t->what, t->name);
}

void pending_target_see(struct pending_target *p, const struct cap_event *ev)
{
	for (struct named_target *t = p->first; t; t = t->next) {
		if (t->seen || !filter_match(t->filter, ev))
			continue;
		t->seen = true;
		if (p->reported)
			log_found(t);
	}
}

/* A number is more likely a process id, which belongs to --pid, than a name. */
static bool is_number(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

/* What may be wrong with a name that nothing has. */
static const char *hint(const struct named_target *t, const struct state_env *env)
{
	int id;

	if (!is_runtime(t))
		return is_number(t->name) ? " (--pid traces a process)" : "";
	id = runtime_name_parse(t->name);
	return id >= 0 && !runtime_present(runtimes[id], env)
		       ? " (that runtime does not seem to be installed)"
		       : "";
}

void pending_target_tell(struct pending_target *p, const struct state_env *env)
{
	for (const struct named_target *t = p->first; t; t = t->next) {
		if (t->seen)
			continue;
		if (is_runtime(t))
			log_note("no %s container yet: waiting for one%s", t->name, hint(t, env));
		else
			log_note("no %s '%s' yet: waiting for it%s", t->what, t->name,
				 hint(t, env));
	}
	p->reported = true;
}

void pending_target_tell_missing(const struct pending_target *p)
{
	for (const struct named_target *t = p->first; t; t = t->next) {
		if (t->seen)
			continue;
		if (is_runtime(t))
			log_note("no %s container appeared", t->name);
		else
			log_note("no %s '%s' appeared", t->what, t->name);
	}
}
