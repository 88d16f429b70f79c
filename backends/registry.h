/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place that names concrete backends: core is handed the table by core/main.c. */
#ifndef CAPTRACE_BACKENDS_REGISTRY_H
#define CAPTRACE_BACKENDS_REGISTRY_H

struct backend_ops;

/* In the order in which `auto` tries them; ends with NULL. */
extern const struct backend_ops *const backends[];

/* "bpf: yes (libbpf 1.1)…" lines of what is built in, on stdout, for --version. */
void registry_print_builtin(void);

#endif
