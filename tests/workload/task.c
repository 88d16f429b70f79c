// SPDX-License-Identifier: GPL-2.0-or-later
/* Helpers for children, credentials and files. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

pid_t child_start(const char *name, void (*fn)(void))
{
	pid_t pid;

	pid = must(fork());
	if (pid)
		return pid;
	task_name("%s", name);
	fn();
	_exit(0);
}

void child_wait(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0));
	if (WIFSIGNALED(status))
		fail("a child of %s ended by signal %d", expect_task_name(), WTERMSIG(status));
	if (WEXITSTATUS(status))
		_exit(WEXITSTATUS(status)); /* it has reported why */
}

void in_child(const char *name, void (*fn)(void))
{
	child_wait(child_start(name, fn));
}

/* child_idle()'s child ends when its parent closes this or exits; a kill() could make a check. */
static int stop_fd = -1;

pid_t child_idle(const char *name, void (*prepare)(void))
{
	int ready[2], stop[2];
	pid_t pid;
	char c;

	must(pipe(ready));
	must(pipe(stop));
	pid = must(fork());
	if (!pid) {
		close(ready[0]);
		close(stop[1]);
		task_name("%s", name);
		prepare();
		must(write(ready[1], "", 1));
		must(read(stop[0], &c, 1));
		_exit(0);
	}
	close(ready[1]);
	close(stop[0]);
	if (read(ready[0], &c, 1) != 1)
		fail("child %s did not start", name);
	close(ready[0]);
	stop_fd = stop[1];
	return pid;
}

void child_stop(pid_t pid)
{
	close(stop_fd);
	stop_fd = -1;
	child_wait(pid);
}

void become_nobody(void)
{
	/* setgroups() makes a check even if nothing changes, the others only for a new id. */
	if (getuid() == NOBODY)
		return;
	must(ASK_SETID(CAP_SETGID, setgroups, 0, NULL));
	must(ASK_SETID(CAP_SETGID, setresgid, NOBODY, NOBODY, NOBODY));
	must(ASK_SETID(CAP_SETUID, setresuid, NOBODY, NOBODY, NOBODY));
}

void set_effective(int cap, int on)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {};
	uint32_t bit = UINT32_C(1) << (cap % 32);

	must(syscall(SYS_capget, &hdr, data));
	data[cap / 32].effective &= ~bit;
	if (on)
		data[cap / 32].effective |= bit;
	/* cap_inh_is_capped() makes a check at every capset(). */
	expect(.syscall = "capset", .cap = CAP_SETPCAP, .inlined = true);
	must(syscall(SYS_capset, &hdr, data));
}

void make_file(const char *name, int mode)
{
	int fd;

	fd = must(open(name, O_RDWR | O_CREAT | O_TRUNC, mode));
	must(fchmod(fd, mode));
	close(fd);
}

const char *self_path(void)
{
	static char path[4096];
	ssize_t n;

	n = must(readlink("/proc/self/exe", path, sizeof(path) - 1));
	path[n] = '\0';
	return path;
}

void copy_self(const char *name, int mode)
{
	char buf[65536];
	int from, to;
	ssize_t n;

	from = must(open("/proc/self/exe", O_RDONLY));
	to = must(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755));
	while ((n = must(read(from, buf, sizeof(buf)))) > 0)
		must(write(to, buf, n));
	/* Last, because a write clears the set-user-ID bit and makes a check for that. */
	must(fchmod(to, mode));
	close(from);
	close(to);
}

void exec_step(const char *file, const char *step, const char *name)
{
	execl(file, file, step, expect_topic_name(), name, (char *)NULL);
	fail("exec %s: %s", file, strerror(errno));
}

void *stack_top(void)
{
	static char stack[65536] __attribute__((aligned(64)));

	return stack + sizeof(stack);
}
