/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of the options that choose targets: processes, containers, pods, units, cgroups. */
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
