/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traced command: forked early, held before its exec until tracing is live, followed with all
 * its descendants until the last has ended.
 */
#ifndef CAPTRACE_CORE_SESSION_COMMAND_H
#define CAPTRACE_CORE_SESSION_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct command;
struct err;

/*
 * Looks up argv[0] in PATH, switches to @user in the child (a name, UID or UID:GID; NULL: no change)
 * and holds it. captrace becomes the subreaper of what the command leaves behind. Returns 0, or a
 * negative errno with @e set: -ENOENT if there is no such command, -EACCES if it can't be run,
 * -EINVAL if there is no such user, anything else is captrace's own failure.
 */
int command_spawn(struct command **c, char *const argv[], const char *user, struct err *e);

/* Thread group of the command, in captrace's PID namespace. */
pid_t command_pid(const struct command *c);

/* The file it will execute, as it was found. */
const char *command_path(const struct command *c);

/* Lets it exec. A failed exec is reported here, as by command_spawn(). */
int command_go(struct command *c, struct err *e);

/* Takes in what has ended (SIGCHLD). True once the command and all its descendants are gone. */
bool command_reap(struct command *c);

/* True once the command itself has ended, though descendants may still run. */
bool command_ended(const struct command *c);

/* Ends the command and all its descendants: @sig first, after a grace of 1 s SIGKILL. */
void command_end(struct command *c, int sig);

/* As a shell has it: the exit code, or 128 + the signal's number. Valid after its end. */
int command_exit_code(const struct command *c);

/* Ends what is still held or running. */
void command_free(struct command *c);

#endif
