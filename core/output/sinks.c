// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/sinks.h"

#include <string.h>

#define SINK_ADDRESS(name) &name##_sink_ops,
const struct sink_ops *const sinks[] = {SINKS(SINK_ADDRESS) NULL};

const struct sink_ops *sink_find(const char *name)
{
	for (size_t i = 0; sinks[i]; i++)
		if (!strcmp(sinks[i]->name, name))
			return sinks[i];
	return NULL;
}
