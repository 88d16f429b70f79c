// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/pending_target.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "core/identity/runtime/runtime.h"

struct item {
	struct item *next;
	const char *what;
	struct filter *filter;
	bool seen;
	char name[];
};

struct pending_target {
	struct item *first, **last;
	bool told;
};

struct pending_target *pending_target_new(void)
{
	struct pending_target *a = calloc(1, sizeof(*a));

	if (a)
		a->last = &a->first;
	return a;
}

void pending_target_free(struct pending_target *a)
{
	if (!a)
		return;
	while (a->first) {
		struct item *next = a->first->next;

		filter_free(a->first->filter);
		free(a->first);
		a->first = next;
	}
	free(a);
}

int pending_target_add(struct pending_target *a, const char *what, const char *name,
		       struct filter *filter)
{
	struct item *item = calloc(1, sizeof(*item) + strlen(name) + 1);

	if (!item) {
		filter_free(filter);
		return -ENOMEM;
	}
	item->what = what;
	item->filter = filter;
	memcpy(item->name, name, strlen(name) + 1);
	*a->last = item;
	a->last = &item->next;
	return 0;
}

void pending_target_see(struct pending_target *a, const struct cap_event *ev)
{
	for (struct item *i = a->first; i; i = i->next) {
		if (i->seen || !filter_match(i->filter, ev))
			continue;
		i->seen = true;
		if (a->told)
			log_verbose("there is now %s %s", i->what, i->name);
	}
}

/* A number is more likely meant for --pid than to be a name. */
static bool is_number(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

/* What may be wrong with a name that nothing has. */
static const char *hint(const struct item *i, const struct state_env *env)
{
	int id;

	if (strcmp(i->what, AWAITED_RUNTIME) != 0)
		return is_number(i->name) ? " (a process is --pid)" : "";
	id = runtime_name_parse(i->name);
	return id >= 0 && !runtime_present(runtimes[id], env) ? " (nor a sign of that runtime here)"
							      : "";
}

void pending_target_tell(struct pending_target *a, const struct state_env *env)
{
	for (const struct item *i = a->first; i; i = i->next)
		if (!i->seen)
			log_note("there is no %s %s yet: waiting for it%s", i->what, i->name,
				 hint(i, env));
	a->told = true;
}

void pending_target_tell_missing(const struct pending_target *a)
{
	for (const struct item *i = a->first; i; i = i->next)
		if (!i->seen)
			log_note("there was no %s %s", i->what, i->name);
}
