// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Further calls, mostly on files: attributes, leases, limits, handles, exec, System V objects,
 * other processes.
 */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "expect.h"
#include "topics.h"

static void attributes(void)
{
	struct timespec times[2] = {{1, 0}, {1, 0}};

	make_file("file", 0644);
	must(ASK_SOME(CAP_SYS_ADMIN, setxattr, "file", "trusted.x", "1", 1, 0));
	must(ASK(CAP_SYS_ADMIN, getxattr, "file", "trusted.x", NULL, 0));
	must(ASK_SOME(CAP_SYS_ADMIN, removexattr, "file", "trusted.x"));
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "file", 8, -1, 0));
	must(ASK_SOME(CAP_FOWNER, utimensat, AT_FDCWD, "file", times, 0));
}

static void attributes_of_nobody(void)
{
	become_nobody();
	/* The kernel refuses as if the attribute did not exist. */
	must_fail(ENODATA, ASK(CAP_SYS_ADMIN, getxattr, "file", "trusted.x", NULL, 0));
}

static void lease(void)
{
	int fd = must(open("file", O_RDONLY));

	must(ASK(CAP_LEASE, fcntl, fd, F_SETLEASE, F_RDLCK));
	ASK(CAP_LEASE, fcntl, fd, F_SETLEASE, F_UNLCK);
	close(fd);
}

static void limits(void)
{
	struct rlimit none = {0, 0};
	uint64_t more[2] = {0, 4096};
	int fds[2];
	void *p;

	must(pipe(fds));
	/* Above /proc/sys/fs/pipe-max-size. */
	ASK(CAP_SYS_RESOURCE, fcntl, fds[0], F_SETPIPE_SZ, 4 << 20);
	must(setrlimit(RLIMIT_CORE, &none));
	ASK(CAP_SYS_RESOURCE, prlimit64, 0, RLIMIT_CORE, more, NULL);
	must(setrlimit(RLIMIT_MEMLOCK, &none));
	p = must(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	/* can_do_mlock(), then the comparison with the limit. */
	must(ASK_SOME(CAP_IPC_LOCK, mlock, p, 4096));
}

static void handle(void)
{
	struct {
		struct file_handle h;
		unsigned char bytes[MAX_HANDLE_SZ];
	} fh = {.h.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, "file", &fh.h, &mount_id, 0) < 0) {
		skip("name_to_handle_at: %s", strerror(errno));
		return;
	}
	must(ASK(CAP_DAC_READ_SEARCH, open_by_handle_at, AT_FDCWD, &fh, O_RDONLY));
}

/* Another user's program, which may be executed but not read. */
static void exec_unreadable(void)
{
	copy_self("private", 0100);
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "private", 8, -1, 0));
	/* The open for execution, then would_dump(), which tests whether the file is readable. */
	expect(.syscall = "execve", .cap = CAP_DAC_OVERRIDE);
	expect(.syscall = "execve", .cap = CAP_DAC_READ_SEARCH);
	exec_step("./private", "@ask", "exec");
}

static int queue[2];

static void make_queue(void)
{
	must(ASK_SETID(CAP_SETUID, setresuid, 8, 8, 8));
	queue[1] = must(msgget(IPC_PRIVATE, 0));
	must(write(queue[0], &queue[1], sizeof(queue[1])));
}

static void sysv(void)
{
	char buf[512];
	int fds[2], id;
	pid_t other;

	must(pipe(fds));
	queue[0] = fds[1];
	other = child_idle("other", make_queue);
	must(read(fds[0], &id, sizeof(id)));
	ASK_IF_THERE(CAP_IPC_OWNER, msgctl, id, IPC_STAT, buf);
	ASK_IF_THERE(CAP_SYS_ADMIN, msgctl, id, IPC_RMID, NULL);
	child_stop(other);
}

static void idle_as_other(void)
{
	must(ASK_SETID(CAP_SETUID, setresuid, 8, 8, 8));
}

static void processes(void)
{
	static char there[8]; /* at the same address in the child */
	struct iovec local = {(char[8]){}, 8}, remote = {there, 8};
	unsigned long cpus[16] = {1};
	pid_t other;

	other = child_idle("other", idle_as_other);
	/* To the lowest priority, because raising it would make a check of its own. */
	must(ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, other, 19));
	must(ASK(CAP_SYS_NICE, sched_setaffinity, other, sizeof(cpus), cpus));
	/* ptrace_may_access() with audit, for the ids and for the memory. */
	must(ASK_SOME(CAP_SYS_PTRACE, process_vm_readv, other, &local, 1, &remote, 1, 0));
	child_stop(other);
}

void topic_files(void)
{
	make_file("file", 0644);
	in_child("attributes", attributes);
	in_child("nobody", attributes_of_nobody);
	in_child("lease", lease);
	in_child("limits", limits);
	in_child("handle", handle);
	in_child("exec", exec_unreadable);
	in_child("sysv", sysv);
	in_child("processes", processes);
}
