// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/subscriptions.h"

#include <string.h>

#include "core/base/util.h"
#include "ftrace/feed/feed.h"

static void free_strings(const struct feed_subscription *s)
{
	free((char *)s->system);
	free((char *)s->event);
	free((char *)s->filter);
}

int subscriptions_add(struct subscriptions *all, const struct feed_subscription *s)
{
	struct feed_subscription copy = *s;

	if (all->len == all->room) {
		size_t room = MAX(all->room * 2, (size_t)8);
		struct feed_subscription *grown = realloc(all->list, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		all->list = grown;
		all->room = room;
	}
	copy.system = strdup(s->system);
	copy.event = strdup(s->event);
	copy.filter = s->filter ? strdup(s->filter) : NULL;
	if (!copy.system || !copy.event || (s->filter && !copy.filter)) {
		free_strings(&copy);
		return -ENOMEM;
	}
	all->list[all->len++] = copy;
	return 0;
}

void subscriptions_clear(struct subscriptions *all)
{
	for (size_t i = 0; i < all->len; i++)
		free_strings(&all->list[i]);
	free(all->list);
	*all = (struct subscriptions){0};
}
