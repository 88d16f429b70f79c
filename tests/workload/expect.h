/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The workload's word: before each check that a workload provokes, it says what captrace has to show
 * of it, as one JSON line with captrace's own keys. A key that the workload doesn't know for certain
 * is left out. The words of one task, in order, are all the audited checks of that task.
 *
 * Beside captrace's keys:
 *   workload  the topic
 *   task      names the thread the same way in every run; one name a tid
 *   repeat    one or more equal checks in a row stand for this word: kernels differ in how many
 *   inlined   made inside commoncap.c: on many kernels no probe on cap_capable sees it
 *   skip      (alone) why this topic, or a part of it, can't run here
 *   failed    (alone) the topic did not do what it says: the run is worthless
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
	BY_CAPS, /* as the effective set has it: right if the target is the credentials' namespace */
	ALLOW,
	DENY,
};

/* Credentials that are asked about and are not the task's: override_creds(), file_ns_capable(). */
struct creds {
	uint32_t uid, gid;
	uint64_t caps;
	uint32_t userns;
};

/* Another task that makes the check, where it can't speak for itself. */
struct cgroup_owner {
	pid_t pid, tid;
	const char *comm;
	const char *task;
};

struct word {
	const char *syscall; /* NULL: none; the check comes from outside system calls */
	int cap;             /* CAP_ANY: one that is left open */
	enum verdict verdict;
	uint32_t target; /* user namespace asked about; 0: the credentials' own */
	bool unaudited;
	bool insetid;
	bool repeat;
	bool inlined;
	bool any_caps;                  /* the credentials' capabilities are left open */
	const char *comm;               /* NULL: the thread's */
	const struct creds *creds;      /* NULL: the task's */
	const struct cgroup_owner *who; /* NULL: the calling thread */
};

void expect_word(const struct word *w);

/* The calling thread is about to be asked for a capability. */
#define expect(...) expect_word(&(struct word){__VA_ARGS__})

/* Says that the system call @name will ask once for @capability, and calls it. */
#define ASK(capability, name, ...) \
	(expect(.syscall = #name, .cap = (capability)), syscall(SYS_##name, ##__VA_ARGS__))

/* The same for calls that tell the security modules that ids are to be set. */
#define ASK_SETID(capability, name, ...)                                 \
	(expect(.syscall = #name, .cap = (capability), .insetid = true), \
	 syscall(SYS_##name, ##__VA_ARGS__))

/* One or more checks. */
#define ASK_SOME(capability, name, ...)                                 \
	(expect(.syscall = #name, .cap = (capability), .repeat = true), \
	 syscall(SYS_##name, ##__VA_ARGS__))

/* The same for calls that not every kernel has: the word comes after. */
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
 * Unaudited checks can only be told from the C library's own (each of its mmaps asks) by the time they
 * fall in: @call runs under a name that begins with "ua:", and nothing else does. Say the words before,
 * with .comm.
 */
#define WINDOW(name, call)                      \
	do {                                    \
		char _comm[16];                 \
		own_comm(_comm);                \
		prctl(PR_SET_NAME, "ua:" name); \
		call;                           \
		prctl(PR_SET_NAME, _comm);      \
	} while (0)

/* A part that can't run here, and why. */
void skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What has to succeed so that the words are true. Says what failed and ends the process. */
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#define must(expr)                                                                         \
	({                                                                                 \
		__typeof__(expr) _r = (expr);                                              \
		if (_r == (__typeof__(_r))-1)                                              \
			fail("%s:%d: %s: %s", __FILE__, __LINE__, #expr, strerror(errno)); \
		_r;                                                                        \
	})

/* What has to be refused with @error. */
#define must_fail(error, expr)                                                                    \
	do {                                                                                      \
		errno = 0;                                                                        \
		if ((long)(expr) != -1L || errno != (error))                                      \
			fail("%s:%d: %s: %s, not %s", __FILE__, __LINE__, #expr, strerror(errno), \
			     strerror(error));                                                    \
	} while (0)

/* What the calling process is, in its own or in the initial namespaces. */
uint64_t own_caps(void); /* effective set */
uint32_t own_userns(void);
uint32_t own_mntns(void);
uint32_t userns_of(pid_t pid); /* of a child; @pid as the initial PID namespace has it */
void own_ids(pid_t *pid, pid_t *tid);
void own_comm(char buf[16]);

/*
 * After unshare(CLONE_NEWUSER) getuid() no longer tells what the initial namespace sees. Keeps what
 * it says now for this process and those that it forks.
 */
void hold_ids(void);

/* cgroup id of the calling task from now on, which the workload has put it in; 0: unknown. */
void hold_cgroup(uint64_t id);

/* The thread's name in the words from now on, within the topic. */
void task_name(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Set-up of the driver: the file that words go to, /proc of the initial PID namespace, the topic. */
void expect_open(const char *file);
void expect_topic(const char *topic, const char *task);
const char *expect_topic_name(void);
const char *expect_task_name(void);

#endif
