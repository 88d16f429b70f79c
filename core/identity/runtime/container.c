// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/container.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/state.h"

/*
 * Labels past these limits can't be selected by; the runtimes have no limit of their own.
 * Kubernetes names have up to 253 characters. A longer string is not a name, and truncated it could
 * be another container's name, so it is ignored.
 */
#define LABELS_MAX     256
#define LABELS_LEN_MAX 32768
#define NAME_LEN_MAX   255

void container_clear(struct container *c)
{
	for (size_t i = 0; i < c->labels_len; i++)
		free(c->labels[i]);
	free(c->labels);
	free(c->name);
	free(c->pod);
	free(c->namespace);
	memset(c, 0, sizeof(*c));
}

void container_set(char **field, const char *s)
{
	if (!*field && s && strlen(s) <= NAME_LEN_MAX)
		*field = strdup(s);
}

static void add_label(struct container *c, const char *key, const char *value)
{
	char **labels, *label;
	size_t len = strlen(key) + strlen(value) + 2;

	if (c->labels_len == LABELS_MAX || len > LABELS_LEN_MAX - c->labels_room)
		return;
	labels = realloc(c->labels, (c->labels_len + 2) * sizeof(*labels));
	if (!labels)
		return;
	c->labels = labels;
	labels[c->labels_len] = NULL;
	if (asprintf(&label, "%s=%s", key, value) < 0)
		return;
	c->labels_room += len;
	labels[c->labels_len++] = label;
	labels[c->labels_len] = NULL;
}

static bool has_label(const struct container *c, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < c->labels_len; i++)
		if (!strncmp(c->labels[i], key, len) && c->labels[i][len] == '=')
			return true;
	return false;
}

void container_add_labels(struct container *c, const json_t *object)
{
	const char *key;
	json_t *value;

	/* jansson's iterators take no const pointer; nothing is changed here. */
	json_object_foreach((json_t *)object, key, value)
	{
		if (json_is_string(value) && !has_label(c, key))
			add_label(c, key, json_string_value(value));
	}
}

void container_set_kubernetes(struct container *c, const json_t *labels)
{
	container_set(&c->pod, state_str(labels, "io.kubernetes.pod.name"));
	container_set(&c->namespace, state_str(labels, "io.kubernetes.pod.namespace"));
	container_set(&c->name, state_str(labels, "io.kubernetes.container.name"));
}
