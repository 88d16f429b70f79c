/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom to trace, by process, container, pod, unit and cgroup: handlers for the table of options. */
#ifndef CAPTRACE_CORE_CLI_OPTIONS_TARGET_H
#define CAPTRACE_CORE_CLI_OPTIONS_TARGET_H

struct cli_state;
struct err;

int cli_set_pids(struct cli_state *st, const char *list, struct err *e);
int cli_set_runtimes(struct cli_state *st, const char *list, struct err *e);
int cli_set_containers(struct cli_state *st, const char *list, struct err *e);
int cli_set_namespaces(struct cli_state *st, const char *list, struct err *e);
int cli_set_pods(struct cli_state *st, const char *list, struct err *e);
int cli_set_selector(struct cli_state *st, const char *list, struct err *e);
int cli_set_units(struct cli_state *st, const char *list, struct err *e);
int cli_set_cgroups(struct cli_state *st, const char *list, struct err *e);
int cli_set_startup(struct cli_state *st, const char *arg, struct err *e);
int cli_set_host_root(struct cli_state *st, const char *arg, struct err *e);

#endif
