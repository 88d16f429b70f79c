/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a runtime's state says about one container. Members are NULL if the state doesn't have them.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_CONTAINER_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_CONTAINER_H

#include <jansson.h>

struct container {
	char *name;
	char *pod;
	char *namespace;
	char **labels;                  /* "key=value", ends with NULL */
	size_t labels_len, labels_room; /* number of labels, and their size in bytes */
};

void container_clear(struct container *c);

/* Copies @s to @field, unless @field is already set, or @s is NULL or too long for a name. */
void container_set(char **field, const char *s);

/*
 * Adds the strings in @object as labels. An existing key is kept: add the container's labels before
 * its pod's.
 */
void container_add_labels(struct container *c, const json_t *object);

/*
 * Sets pod, namespace and container name from the labels that the kubelet gives to every runtime
 * (pkg/kubelet/types/labels.go).
 */
void container_set_kubernetes(struct container *c, const json_t *labels);

#endif
