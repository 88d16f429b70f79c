// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "core/advise/advise.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"
#include "core/cli/options_advise.h"
#include "core/output/record.h"
#include "core/output/sinks.h"

static int check_record(const struct cli *cli, struct err *e)
{
	return cli->file ? 0
			 : err_set(e, -EINVAL,
				   "captrace record needs -o FILE (- is standard output)");
}

static int check_replay(const struct cli *cli, struct err *e)
{
	return cli->files_len
		       ? 0
		       : err_set(e, -EINVAL, "captrace replay needs FILE… (- is standard input)");
}

/* The report of doctor has no columns of events. */
static int check_doctor(const struct cli *cli, struct err *e)
{
	if (cli->sink == &columns_sink_ops || cli->sink == &json_sink_ops ||
	    cli->sink == &jsonpretty_sink_ops)
		return 0;
	return err_set(e, -EINVAL,
		       "captrace doctor has no output format '%s'; use json, jsonpretty, or no -o "
		       "for text",
		       cli->sink->name);
}

const struct cli_command cli_commands[] = {
	{
		.name = "trace",
		.bit = CLI_TRACE,
		.usage = "[OPTIONS] [-- COMMAND [ARGS…]]",
		.help = "Shows the capability checks that the kernel makes: by which process, for "
			"which capability, from which system call, and whether it was granted. "
			"With COMMAND, runs it, shows its checks and those of all its descendants, "
			"and returns its exit code.",
		.command = true,
	},
	{
		.name = "record",
		.bit = CLI_RECORD,
		.usage = "[OPTIONS] -o FILE [-- COMMAND [ARGS…]]",
		.help = "Records capability checks in FILE for captrace replay and captrace "
			"advise, including unaudited ones, and how system calls with denied checks "
			"ended.",
		.sink = &record_sink_ops,
		.command = true,
		.unaudited = true,
		.check = check_record,
	},
	{
		.name = "replay",
		.bit = CLI_REPLAY,
		.usage = "[OPTIONS] FILE…",
		.help = "Shows recorded checks, those of several recordings in the order of time. "
			"Needs no privileges.",
		.files = true,
		.check = check_replay,
	},
	{
		.name = "advise",
		.bit = CLI_ADVISE,
		.usage = "[OPTIONS] [FILE… | -- COMMAND [ARGS…]]",
		.help = "Reports which capabilities are required, missing, optional and unused, "
			"with the evidence. Judges COMMAND and its descendants, recordings, or "
			"everything that runs until captrace is interrupted.",
		.sink = &advise_sink_ops,
		.files = true,
		.command = true,
		.unaudited = true,
		.check = cli_check_advise,
	},
	{
		.name = "doctor",
		.bit = CLI_DOCTOR,
		.usage = "[OPTIONS]",
		.help = "Tries each way to trace on this machine and shows the fields it gives, or "
			"why it does not work. Exit code 0 if one works, else 3.",
		.check = check_doctor,
	},
};

const size_t cli_commands_len = ARRAY_SIZE(cli_commands);

const struct cli_command *cli_command_find(const char *name)
{
	for (size_t i = 0; i < cli_commands_len; i++)
		if (!strcmp(cli_commands[i].name, name))
			return &cli_commands[i];
	return NULL;
}
