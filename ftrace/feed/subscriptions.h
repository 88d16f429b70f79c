/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A feed's list of subscriptions, which owns copies of their strings. */
#ifndef CAPTRACE_FTRACE_FEED_SUBSCRIPTIONS_H
#define CAPTRACE_FTRACE_FEED_SUBSCRIPTIONS_H

#include <stddef.h>

struct feed_subscription;

/* Zeroed: an empty list. */
struct subscriptions {
	struct feed_subscription *list; /* in the order of subscriptions_add() */
	size_t len, room;
};

/* Adds a copy of @s. Returns 0 or -ENOMEM. */
int subscriptions_add(struct subscriptions *all, const struct feed_subscription *s);

/* Removes all subscriptions and frees their memory. */
void subscriptions_clear(struct subscriptions *all);

#endif
