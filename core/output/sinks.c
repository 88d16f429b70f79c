// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/sinks.h"

#include <string.h>

const struct sink_ops *const sinks[] = {
	&columns_sink_ops, &json_sink_ops, &jsonpretty_sink_ops, &yaml_sink_ops, NULL,
};

const struct sink_ops *sink_find(const char *name)
{
	for (size_t i = 0; sinks[i]; i++)
		if (!strcmp(sinks[i]->name, name))
			return sinks[i];
	return NULL;
}
