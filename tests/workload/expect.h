/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expectations: before each check that a workload causes, it writes what captrace has to show for
 * it, as one JSON line with captrace's own keys. A key that the workload does not know for certain
 * is left out. The expectations of one task, in order, are all the audited checks of that task.
 *
 * Besides captrace's keys:
 *   workload  the topic
 *   task      a name for the thread that is the same in every run; each tid has one
 *   repeat    one or more equal checks in a row match, because kernels differ in how many they make
 *   inlined   made inside commoncap.c: on many kernels no probe on cap_capable sees it
 *   skip      (alone) why this topic, or a part of it, can't run here
 *   failed    (alone) why the topic did not do what it should: the run is worthless
 */
#ifndef CAPTRACE_TESTS_WORKLOAD_EXPECT_H
#define CAPTRACE_TESTS_WORKLOAD_EXPECT_H

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define NOBODY  65534
#define CAP_ANY (-1)

/* The initial user namespace's inode, PROC_USER_INIT_INO of include/linux/proc_ns.h. */
#define INIT_USERNS 0xEFFFFFFDu

enum verdict {
	BY_CAPS, /* from the effective set; only if the target is the credentials' own namespace */
	ALLOW,
	DENY,
};

/* Checked credentials that are not the task's own: override_creds(), file_ns_capable(). */
struct creds {
	uint32_t uid, gid;
	uint64_t caps;
	uint32_t userns;
};

/* Another task, which makes a check but cannot write the expectation itself. */
struct other_task {
	pid_t pid, tid;
	const char *comm;
	const char *task;
};

struct expectation {
	const char *syscall; /* NULL: the check is made outside system calls */
	int cap;             /* CAP_ANY: any */
	enum verdict verdict;
	uint32_t target; /* target user namespace; 0: the credentials' own */
	bool unaudited;
	bool insetid;
	bool repeat;
	bool inlined;
	bool any_caps;                  /* do not compare the credentials' capabilities */
	const char *comm;               /* NULL: the thread's */
	const struct creds *creds;      /* NULL: the task's */
	const struct other_task *other; /* NULL: the calling thread */
};

void expect_check(const struct expectation *x);

/* Writes an expectation for the calling thread's next check. */
#define expect(...) expect_check(&(struct expectation){__VA_ARGS__})

/* Expects that the system call @name checks @capability once, and makes the call. */
#define ASK(capability, name, ...) \
	(expect(.syscall = #name, .cap = (capability)), syscall(SYS_##name, ##__VA_ARGS__))

/* The same for calls whose checks have CAP_OPT_INSETID. */
#define ASK_SETID(capability, name, ...)                                 \
	(expect(.syscall = #name, .cap = (capability), .insetid = true), \
	 syscall(SYS_##name, ##__VA_ARGS__))

/* The same for calls that make one or more equal checks. */
#define ASK_SOME(capability, name, ...)                                 \
	(expect(.syscall = #name, .cap = (capability), .repeat = true), \
	 syscall(SYS_##name, ##__VA_ARGS__))

/* As ASK(), for calls that some kernels lack: the expectation is written after the call. */
#define ASK_IF_THERE(capability, name, ...)                            \
	({                                                             \
		long _r = syscall(SYS_##name, ##__VA_ARGS__);          \
		int _e = errno;                                        \
		if (_r == -1 && _e == ENOSYS)                          \
			skip("%s: not in this kernel", #name);         \
		else                                                   \
			expect(.syscall = #name, .cap = (capability)); \
		errno = _e;                                            \
		_r;                                                    \
	})

/*
 * The C library's own system calls make unaudited checks, too (each mmap() does). A topic's own
 * ones are told apart by the thread's name at that time: @call, and nothing else, runs under a name
 * that begins with "ua:". Write the expectations before, with .comm.
 */
#define WINDOW(name, call)                      \
	do {                                    \
		char _comm[16];                 \
		own_comm(_comm);                \
		prctl(PR_SET_NAME, "ua:" name); \
		call;                           \
		prctl(PR_SET_NAME, _comm);      \
	} while (0)

/* Reports a part of the topic that can't run here, and why. */
void skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Reports that a step failed without which the expectations are wrong, and ends the process. */
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* @expr has to succeed; its value. */
#define must(expr)                                                                         \
	({                                                                                 \
		__typeof__(expr) _r = (expr);                                              \
		if (_r == (__typeof__(_r))-1)                                              \
			fail("%s:%d: %s: %s", __FILE__, __LINE__, #expr, strerror(errno)); \
		_r;                                                                        \
	})

/* @expr has to fail with @error. */
#define must_fail(error, expr)                                                                    \
	do {                                                                                      \
		errno = 0;                                                                        \
		if ((long)(expr) != -1L || errno != (error))                                      \
			fail("%s:%d: %s: %s, not %s", __FILE__, __LINE__, #expr, strerror(errno), \
			     strerror(error));                                                    \
	} while (0)

/* Properties of the calling thread. */
uint64_t own_caps(void); /* effective set */
uint32_t own_userns(void);
uint32_t own_mntns(void);
uint32_t userns_of(pid_t pid);        /* of a child; @pid is from the initial PID namespace */
void own_ids(pid_t *pid, pid_t *tid); /* in the initial PID namespace */
void own_comm(char buf[16]);

/*
 * After unshare(CLONE_NEWUSER) getuid() no longer returns the id in the initial namespace. This
 * keeps the current ids for the expectations of this process and of those that it forks.
 */
void hold_ids(void);

/* Sets the cgroup id in the expectations from now on, after a move to that cgroup; 0: unknown. */
void hold_cgroup(uint64_t id);

/* Sets the thread's task name in the expectations from now on. */
void task_name(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * For main(): expect_open() opens @file, where expectations go, and /proc of the initial PID
 * namespace; expect_topic() sets the topic and the task's name.
 */
void expect_open(const char *file);
void expect_topic(const char *topic, const char *task);
const char *expect_topic_name(void);
const char *expect_task_name(void);

#endif
