/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only place that names concrete backends; core/main.c hands the table to core. */
#ifndef CAPTRACE_BACKENDS_REGISTRY_H
#define CAPTRACE_BACKENDS_REGISTRY_H

struct backend_ops;

/* In the order in which `auto` tries them; ends with NULL. */
extern const struct backend_ops *const backends[];

/* For --version: prints on stdout what is built in, in lines such as "bpf: yes (libbpf 1.1)". */
void registry_print_builtin(void);

#endif
