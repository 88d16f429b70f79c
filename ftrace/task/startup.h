/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells the start-up of containers and units from what their programs do (bpf/startup.h does the
 * same in the kernel). Start-up is what a container's runtime, or systemd for a unit, does in the
 * new cgroup before it executes the program that the cgroup is for. A thread group starts up from
 * when it is put into a cgroup from outside until it executes that program, and so do its forks in
 * between.
 *
 * The caller passes the kernel's records about all tasks, in order of time with the checks. If a
 * record is missing, the state of the tasks that it may concern becomes unknown. All numbers are
 * those of the initial PID namespace.
 */
#ifndef CAPTRACE_FTRACE_TASK_STARTUP_H
#define CAPTRACE_FTRACE_TASK_STARTUP_H

#include <stdbool.h>
#include <stdint.h>

struct startup;

enum startup_tri { STARTUP_NO, STARTUP_YES, STARTUP_UNKNOWN };

/* The program that a thread group executes, and its root directory at that time. */
struct startup_image {
	char exe[32]; /* the name of the file itself, not the argument of execve() */
	uint64_t root_mnt, root_dentry;
};

struct startup_task {
	int32_t tgid;
	bool fresh; /* forked, and has not executed a program since */
	struct startup_image image;
	/*
	 * Whether its new cgroup is below that of its parent process. If so, this is not a
	 * start-up.
	 */
	enum startup_tri below_parent;
	uint64_t cgroup; /* key of the new one (core/event/cgroup.h); 0: in an ignored hierarchy */
};

struct startup *startup_new(void);
void startup_free(struct startup *s);

/*
 * startup_move(): the thread @mover is about to put @t into a cgroup. startup_moved(): it has done
 * so; @counts: the cgroup is not a root, and its hierarchy is not ignored. In between @t may
 * already be in the new cgroup.
 */
void startup_move(struct startup *s, int32_t mover, const struct startup_task *t);
void startup_moved(struct startup *s, int32_t mover, int32_t tgid, bool counts);

/* @elsewhere: @child was created in a cgroup other than its parent's (CLONE_INTO_CGROUP, 5.7). */
void startup_forked(struct startup *s, int32_t parent, const struct startup_task *child,
		    bool elsewhere);

/* startup_image(): @tgid is about to execute @image. startup_executed(): it has done so. */
void startup_image(struct startup *s, int32_t tgid, const struct startup_image *image);
void startup_executed(struct startup *s, int32_t tgid);

void startup_ended(struct startup *s, int32_t tgid);

/* Records were lost: everybody's start-up is unknown from now on. False if it was so already. */
bool startup_lose(struct startup *s);

/* Whether @tgid is starting up; @cgroup: key of the cgroup that it is in. */
enum startup_tri startup_of(const struct startup *s, int32_t tgid, uint64_t cgroup);

#endif
