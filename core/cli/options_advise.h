/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of the options that only `captrace advise` takes. */
#ifndef CAPTRACE_CORE_CLI_OPTIONS_ADVISE_H
#define CAPTRACE_CORE_CLI_OPTIONS_ADVISE_H

struct cli;
struct cli_state;
struct err;

int cli_set_by(struct cli_state *st, const char *arg, struct err *e);
int cli_set_explain(struct cli_state *st, const char *arg, struct err *e);
int cli_set_format(struct cli_state *st, const char *arg, struct err *e);
int cli_set_expect(struct cli_state *st, const char *arg, struct err *e);
int cli_set_allow_incomplete(struct cli_state *st, const char *arg, struct err *e);

/* Refuses combinations that make no sense. */
int cli_check_advise(const struct cli *cli, struct err *e);

#endif
