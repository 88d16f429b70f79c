/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a feed is subscribed to, with strings of its own. */
#ifndef CAPTRACE_FTRACE_FEED_SUBSCRIPTIONS_H
#define CAPTRACE_FTRACE_FEED_SUBSCRIPTIONS_H

#include <stddef.h>

struct feed_subscription;

/* Zeroed: none. */
struct subscriptions {
	struct feed_subscription *list; /* in the order in which they were added */
	size_t len, room;
};

/* Adds a copy of @s. -ENOMEM. */
int subscriptions_add(struct subscriptions *all, const struct feed_subscription *s);

/* Forgets all of them, and gives their memory back. */
void subscriptions_clear(struct subscriptions *all);

#endif
