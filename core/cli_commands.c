// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "core/cli.h"
#include "core/cli_option.h"
#include "core/util.h"

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
};

const size_t cli_commands_len = ARRAY_SIZE(cli_commands);

const struct cli_command *cli_command_find(const char *name)
{
	for (size_t i = 0; i < cli_commands_len; i++)
		if (!strcmp(cli_commands[i].name, name))
			return &cli_commands[i];
	return NULL;
}
