// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/drop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/event/capname.h"
#include "core/event/event.h"

/* A comm may hold any bytes; those that could control a terminal are replaced. */
static void comm_text(const struct cap_event *ev, char *buf)
{
	const char *s = event_has(ev, FIELD(COMM)) ? ev->comm : "-";
	size_t i;

	for (i = 0; s[i]; i++)
		buf[i] = s[i] > ' ' && s[i] < 0x7f ? s[i] : '?';
	buf[i] = '\0';
}

void drop_tell(const char *stage, const struct cap_event *ev, const char *why)
{
	char comm[sizeof(ev->comm)], pid[16] = "-", name[CAPNAME_MAX];

	comm_text(ev, comm);
	if (event_has(ev, FIELD(PID)))
		snprintf(pid, sizeof(pid), "%" PRId32, ev->pid);
	log_tagged(LOG_TAG_DROP, "pid=%s comm=%s cap=%s: %s%s%s", pid, comm,
		   event_has(ev, FIELD(CAP)) ? capname_of(ev->cap, name, sizeof(name)) : "-", stage,
		   why ? ": " : "", why ? why : "");
}
