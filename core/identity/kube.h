/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of the Kubernetes node that this machine is. */
#ifndef CAPTRACE_CORE_IDENTITY_KUBE_H
#define CAPTRACE_CORE_IDENTITY_KUBE_H

#include <stddef.h>

struct state_env;

/*
 * Its name, in @buf: as NODE_NAME says, which a DaemonSet gets from the downward API, else as the
 * kubelet's own certificate does (system:node:NAME). Not the host name, which many nodes aren't
 * called by. -ENOENT.
 */
int kube_node(const struct state_env *env, char *buf, size_t size);

#endif
