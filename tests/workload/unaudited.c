// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks that the kernel makes without audit, which captrace shows only with --all. */
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

/* arm and new 32-bit ABIs have only mmap2; glibc uses it wherever it exists. */
#ifdef SYS_mmap2
#define MMAP "mmap2"
#else
#define MMAP "mmap"
#endif

static void seccomp_filter(void)
{
	struct sock_fprog prog = {.len = 1, .filter = NULL};

	expect(.syscall = "prctl", .cap = CAP_SYS_ADMIN, .unaudited = true, .comm = "ua:seccomp");
	WINDOW("seccomp", syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0));
}

/* For memory that counts as committed, cap_vm_enough_memory() checks SYS_ADMIN; often inlined. */
#define expect_overcommit(name, window)                                                         \
	expect(.syscall = name, .cap = CAP_SYS_ADMIN, .target = INIT_USERNS, .unaudited = true, \
	       .repeat = true, .inlined = true, .comm = "ua:" window)

static void overcommit(void)
{
	long page = sysconf(_SC_PAGESIZE);
	pid_t pid = -1;
	char *p;

	expect_overcommit(MMAP, "mmap");
	WINDOW("mmap",
	       p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	must(p);
	expect_overcommit("mremap", "mremap");
	WINDOW("mremap", p = mremap(p, page, 64 * page, MREMAP_MAYMOVE));
	must(p);
	p = must(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	expect_overcommit("mprotect", "mprotect");
	WINDOW("mprotect", mprotect(p, page, PROT_READ | PROT_WRITE));
	expect_overcommit("brk", "brk");
	WINDOW("brk", sbrk(16 * page));
	expect_overcommit("clone", "clone");
	WINDOW("clone", {
		pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
		if (!pid)
			_exit(0);
	});
	must(pid);
	must(waitpid(pid, NULL, 0));
}

static char stat_path[32];

static void read_stat(void)
{
	char buf[512];
	int fd;

	fd = must(open(stat_path, O_RDONLY));
	/* ptrace_may_access(), once for the ids and once because the process is not dumpable. */
	expect(.syscall = "read", .cap = CAP_SYS_PTRACE, .unaudited = true, .repeat = true,
	       .comm = "ua:stat");
	WINDOW("stat", syscall(SYS_read, fd, buf, sizeof(buf)));
	close(fd);
}

static void read_stat_as_nobody(void)
{
	become_nobody();
	snprintf(stat_path, sizeof(stat_path), "/proc/%d/stat", (int)getppid());
	read_stat();
}

static void idle(void)
{
	/* A change of ids makes the process not dumpable. */
	must(ASK_SETID(CAP_SETUID, setresuid, 30, 30, 30));
}

void topic_unaudited(void)
{
	pid_t other;

	seccomp_filter();
	overcommit();
	other = child_idle("other", idle);
	snprintf(stat_path, sizeof(stat_path), "/proc/%d/stat", (int)other);
	read_stat();
	child_stop(other);
	in_child("nobody", read_stat_as_nobody);
}

/* Uses a page of stack in each call. */
static __attribute__((noinline)) int dig(int pages)
{
	volatile char frame[4096];

	frame[0] = pages;
	return pages ? dig(pages - 1) + frame[0] : 0;
}

void topic_fault(void)
{
	/*
	 * The stack grows in the page fault, and acct_stack_growth() makes the same check as
	 * overcommit() expects. The register slot of the system call's number then has the fault's
	 * error code, which must not be mistaken for a number.
	 */
	expect(.cap = CAP_SYS_ADMIN, .target = INIT_USERNS, .unaudited = true, .repeat = true,
	       .inlined = true, .comm = "ua:fault");
	WINDOW("fault", dig(512));
}
