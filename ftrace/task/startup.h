/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up, as bpf/startup.h has it: what a container's runtime, or systemd for a unit, does in the
 * new cgroup before the program that the cgroup is for. A thread group starts up from when it is put
 * into a cgroup from outside until it executes that program, and so does what it forks meanwhile.
 *
 * Fed with what the kernel tells of all tasks, in order of time with the checks. What wasn't told
 * makes those unknown whom it may be about. All numbers are of the initial PID namespace.
 */
#ifndef CAPTRACE_FTRACE_TASK_STARTUP_H
#define CAPTRACE_FTRACE_TASK_STARTUP_H

#include <stdbool.h>
#include <stdint.h>

struct startup;

enum startup_tri { STARTUP_NO, STARTUP_YES, STARTUP_UNKNOWN };

/* What a thread group executes, and its root folder at that time. */
struct startup_image {
	char exe[32]; /* the file's own name, not what execve() was given */
	uint64_t root_mnt, root_dentry;
};

struct startup_task {
	int32_t tgid;
	bool fresh; /* it has been forked and has not executed anything since */
	struct startup_image image;
	/* Whether the cgroup that it is put into is below its parent's: then it starts nothing up. */
	enum startup_tri own;
	uint64_t cgroup; /* key of that cgroup (core/event/cgroup.h); 0: it isn't one that counts */
};

struct startup *startup_new(void);
void startup_free(struct startup *s);

/*
 * @mover, a thread, is about to put @t into a cgroup; and it has, into one that counts or not. In
 * between @t is there already.
 */
void startup_move(struct startup *s, int32_t mover, const struct startup_task *t);
void startup_moved(struct startup *s, int32_t mover, int32_t tgid, bool counts);

/* @elsewhere: @child was made in another cgroup than its parent's (CLONE_INTO_CGROUP, 5.7). */
void startup_forked(struct startup *s, int32_t parent, const struct startup_task *child,
		    bool elsewhere);

/* @tgid is about to execute @image; and it has. */
void startup_image(struct startup *s, int32_t tgid, const struct startup_image *image);
void startup_executed(struct startup *s, int32_t tgid);

void startup_ended(struct startup *s, int32_t tgid);

/* Something was lost: nobody's start-up is known any more. False if that was so already. */
bool startup_lose(struct startup *s);

/* @cgroup: the key of that which @tgid is in. */
enum startup_tri startup_of(const struct startup *s, int32_t tgid, uint64_t cgroup);

#endif
