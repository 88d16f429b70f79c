/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the container runtimes that captrace knows, and how users may spell them. */
#ifndef CAPTRACE_CORE_EVENT_RUNTIME_NAME_H
#define CAPTRACE_CORE_EVENT_RUNTIME_NAME_H

struct err;

/* core/identity/runtime has a row for each, and tries them in this order. */
enum runtime_id {
	RUNTIME_DOCKER,
	RUNTIME_CONTAINERD,
	RUNTIME_CRIO,
	RUNTIME_PODMAN,
	RUNTIMES_LEN,
};

/* The name, as the column shows it: "docker". Static. */
const char *runtime_name_of(enum runtime_id id);

/* The runtime with this name or alias, any case; or -EINVAL. */
int runtime_name_parse(const char *text);

/* Sets @e to "unknown container runtime", with a suggestion and the list. Returns -EINVAL. */
int runtime_name_unknown(const char *text, struct err *e);

#endif
