// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes that are created in other ways than with fork(). */
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);

/*
 * May share its parent's memory, thread-local data included, so it only makes system calls and
 * writes expectations.
 */
static int ask_once(void *name)
{
	task_name("%s", (const char *)name);
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	return 0;
}

static void by_clone(const char *name, int flags)
{
	pid_t pid;

	pid = must(clone(ask_once, stack_top(), flags | SIGCHLD, (void *)name));
	child_wait(pid);
	task_name("main");
}

static void by_clone3(void)
{
#ifdef SYS_clone3
	struct clone_args args = {.exit_signal = SIGCHLD};
	long pid;

	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0) {
		skip("clone3: %s", strerror(errno));
		return;
	}
	if (!pid)
		_exit(ask_once("clone3"));
	child_wait(pid);
#else
	skip("clone3: not known to this C library");
#endif
}

/* The parent exits before the check; the orphan is still one of the command's descendants. */
static void orphan(void)
{
	pid_t parent;
	int gone[2];
	char c;

	must(pipe(gone));
	if (!must(fork())) {
		parent = getpid();
		if (must(fork()))
			_exit(0);
		close(gone[0]);
		setsid();
		while (getppid() == parent)
			sched_yield();
		ask_once("orphan");
		_exit(0);
	}
	must(wait(NULL));
	close(gone[1]);
	/* Returns 0 once all processes that have the other end open have exited. */
	while (read(gone[0], &c, 1) > 0)
		;
	close(gone[0]);
}

void topic_clones(void)
{
	by_clone("vfork", CLONE_VM | CLONE_VFORK);
	by_clone("vm", CLONE_VM);
	by_clone("files", CLONE_FILES | CLONE_FS | CLONE_IO);
	by_clone3();
	orphan();
}
