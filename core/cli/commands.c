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

/* Its report is no table of events. */
static int check_doctor(const struct cli *cli, struct err *e)
{
	if (cli->sink == &columns_sink_ops || cli->sink == &json_sink_ops ||
	    cli->sink == &jsonpretty_sink_ops)
		return 0;
	return err_set(e, -EINVAL,
		       "captrace doctor has no output '%s'; there is json, jsonpretty "
		       "and, without -o, text",
		       cli->sink->name);
}

const struct cli_command cli_commands[] = {
	{
		.name = "trace",
		.bit = CLI_TRACE,
		.usage = "[OPTIONS] [-- COMMAND [ARGS…]]",
		.help = "Shows the capability checks the kernel makes: who asked, for which "
			"capability, from\n"
			"which system call, and whether it was granted. With COMMAND: runs it, "
			"shows its checks\n"
			"and those of all its descendants, and returns its exit code.\n",
		.command = true,
	},
	{
		.name = "record",
		.bit = CLI_RECORD,
		.usage = "[OPTIONS] -o FILE [-- COMMAND [ARGS…]]",
		.help = "Keeps the capability checks in FILE, for captrace replay and captrace "
			"advise: unaudited\n"
			"ones too, with how the system calls ended that were denied one.\n",
		.sink = &record_sink_ops,
		.command = true,
		.unaudited = true,
		.check = check_record,
	},
	{
		.name = "replay",
		.bit = CLI_REPLAY,
		.usage = "[OPTIONS] FILE…",
		.help = "Shows what was recorded, several recordings merged by time. It needs no "
			"privilege.\n",
		.files = true,
		.check = check_replay,
	},
	{
		.name = "advise",
		.bit = CLI_ADVISE,
		.usage = "[OPTIONS] [FILE… | -- COMMAND [ARGS…]]",
		.help = "Says which capabilities are required, missing, optional and unused, with "
			"the evidence: of\n"
			"COMMAND and its descendants, of recordings, or of what runs until it is "
			"interrupted.\n",
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
		.help = "Says what this machine allows: each way to trace, with the fields it "
			"gives or the reason\n"
			"against it. Exit code 0 if one works, else 3.\n",
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
