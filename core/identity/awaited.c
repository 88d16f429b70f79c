// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/awaited.h"

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

struct awaited {
	struct item *first, **last;
	bool told;
};

struct awaited *awaited_new(void)
{
	struct awaited *a = calloc(1, sizeof(*a));

	if (a)
		a->last = &a->first;
	return a;
}

void awaited_free(struct awaited *a)
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

int awaited_add(struct awaited *a, const char *what, const char *name, struct filter *filter)
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

void awaited_see(struct awaited *a, const struct cap_event *ev)
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
	const struct runtime *r;

	if (strcmp(i->what, AWAITED_RUNTIME) != 0)
		return is_number(i->name) ? " (a process is --pid)" : "";
	r = runtime_find(i->name);
	return r && !runtime_present(r, env) ? " (nor a sign of that runtime here)" : "";
}

void awaited_tell(struct awaited *a, const struct state_env *env)
{
	for (const struct item *i = a->first; i; i = i->next)
		if (!i->seen)
			log_note("there is no %s %s yet: waiting for it%s", i->what, i->name,
				 hint(i, env));
	a->told = true;
}

void awaited_tell_missing(const struct awaited *a)
{
	for (const struct item *i = a->first; i; i = i->next)
		if (!i->seen)
			log_note("there was no %s %s", i->what, i->name);
}
