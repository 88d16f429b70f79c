// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System calls of another ABI than the kernel's native one, whose names are in another table: a
 * 32-bit program, and a 64-bit one that uses the 32-bit entry.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

#ifdef __x86_64__

/* Numbers from arch/x86/entry/syscalls/syscall_32.tbl; the comments have their 64-bit names. */
enum {
	I386_GETPID = 20,       /* writev */
	I386_CHROOT = 61,       /* wait4 */
	I386_SETHOSTNAME = 74,  /* fsync */
	I386_SETGROUPS = 81,    /* fchdir */
	I386_GETGROUPS = 80,    /* chdir */
	I386_SETPRIORITY = 97,  /* getrlimit */
	I386_SETGROUPS32 = 206, /* io_setup */
	I386_FCHOWN32 = 207,    /* io_destroy */
};

static long int80(long nr, long a, long b, long c)
{
	long ret;

	/* Older kernels do not preserve these registers across the 32-bit entry. */
	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

#define ASK_INT80(capability, name, nr, a, b, c) \
	(expect(.syscall = (name), .cap = (capability)), int80(nr, a, b, c))

static bool have_int80(void)
{
	int status;
	pid_t pid;

	pid = must(fork());
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		_exit(int80(I386_GETPID, 0, 0, 0) != getpid());
	}
	must(waitpid(pid, &status, 0));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void by_int80(void)
{
	static const char root[] = "/"; /* below 4 GB in a static program */
	int fd;

	if ((uintptr_t)root >> 32)
		fail("not linked below 4 GB");
	fd = must(open("file", O_RDWR | O_CREAT, 0644));
	/* Alternate between the entries, so that captrace can't go by the task's previous call. */
	ASK_INT80(CAP_SYS_NICE, "setpriority", I386_SETPRIORITY, PRIO_PROCESS, 0, -3);
	ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, 0, -5);
	ASK_INT80(CAP_SYS_ADMIN, "sethostname", I386_SETHOSTNAME, 0, -1, 0);
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	ASK_INT80(CAP_SYS_CHROOT, "chroot", I386_CHROOT, (uintptr_t)root, 0, 0);
	ASK(CAP_SYS_CHROOT, chroot, root);
	ASK_INT80(CAP_CHOWN, "fchown32", I386_FCHOWN32, fd, 12, -1);
	expect(.syscall = "setgroups32", .cap = CAP_SETGID, .insetid = true);
	int80(I386_SETGROUPS32, 0, 0, 0);
	if (int80(I386_GETGROUPS, 0, 0, 0) == -ENOSYS) {
		skip("16-bit ids: not in this kernel"); /* CONFIG_UID16 */
		return;
	}
	expect(.syscall = "setgroups", .cap = CAP_SETGID, .insetid = true);
	int80(I386_SETGROUPS, 0, 0, 0);
}

#endif

/* Runs workload32, which is in the same directory as this program. */
static void exec32(void)
{
	char path[4200], *slash;

	snprintf(path, sizeof(path), "%s", self_path());
	slash = strrchr(path, '/');
	snprintf(slash, sizeof(path) - (slash - path), "/workload32");
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	execl(path, path, "@ask", expect_topic_name(), "bits32", (char *)NULL);
	skip("32-bit program: %s: %s", path, strerror(errno));
}

void topic_abi(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
	in_child("bits32", exec32);
#endif
#ifdef __x86_64__
	if (have_int80())
		in_child("int80", by_int80);
	else
		skip("int 0x80: not in this kernel");
#else
	(void)exec32;
#endif
	in_child("native", step_ask);
}
