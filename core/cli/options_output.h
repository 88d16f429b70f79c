/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of the options for output. */
#ifndef CAPTRACE_CORE_CLI_OPTIONS_OUTPUT_H
#define CAPTRACE_CORE_CLI_OPTIONS_OUTPUT_H

struct cli_state;
struct err;

/* FORMAT or columns=NAME,… */
int cli_set_output(struct cli_state *st, const char *arg, struct err *e);

/* The file to write; - is standard output. */
int cli_set_file(struct cli_state *st, const char *arg, struct err *e);

#endif
