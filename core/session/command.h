/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traced command: it is forked early and held before its exec until tracing is live. All its
 * descendants are traced, too, until the last has ended.
 */
#ifndef CAPTRACE_CORE_SESSION_COMMAND_H
#define CAPTRACE_CORE_SESSION_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct command;
struct err;

/*
 * Looks up argv[0] in PATH, forks, switches to @user in the child (a name, UID or UID:GID; NULL: no
 * change) and holds the child. captrace becomes the subreaper of the command's orphans. Returns 0,
 * or a negative errno with @e set: -ENOENT if there is no such command, -EACCES if it can't be run,
 * -EINVAL if there is no such user; any other is a failure of captrace itself.
 */
int command_spawn(struct command **c, char *const argv[], const char *user, struct err *e);

/* The command's thread group, in captrace's PID namespace. */
pid_t command_pid(const struct command *c);

/* The file that it will execute, as found in PATH. */
const char *command_path(const struct command *c);

/* Lets the command exec. A failed exec is reported in the same way as by command_spawn(). */
int command_go(struct command *c, struct err *e);

/*
 * Reaps the children that have ended (SIGCHLD). True once the command and all its descendants are
 * gone.
 */
bool command_reap(struct command *c);

/* True once the command itself has ended, though descendants may still run. */
bool command_ended(const struct command *c);

/*
 * Ends the command and all its descendants: sends @sig, then SIGKILL to what still runs after 1 s.
 */
void command_end(struct command *c, int sig);

/*
 * The exit code as a shell reports it: the command's own, or 128 + the signal's number. Valid once
 * the command has ended.
 */
int command_exit_code(const struct command *c);

/* Ends whatever is still held or running. */
void command_free(struct command *c);

#endif
