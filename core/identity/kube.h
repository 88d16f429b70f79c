/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the name of the Kubernetes node that this machine is. */
#ifndef CAPTRACE_CORE_IDENTITY_KUBE_H
#define CAPTRACE_CORE_IDENTITY_KUBE_H

#include <stddef.h>

struct state_env;

/*
 * Writes the node's name to @buf: $NODE_NAME, which a DaemonSet gets from the downward API, or else
 * the name in the kubelet's own certificate (system:node:NAME). Not the host name, because many
 * nodes have another name. -ENOENT if there is none.
 */
int kube_node(const struct state_env *env, char *buf, size_t size);

#endif
