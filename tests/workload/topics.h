/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The topics, and helpers that they share. */
#ifndef CAPTRACE_TESTS_WORKLOAD_TOPICS_H
#define CAPTRACE_TESTS_WORKLOAD_TOPICS_H

#include <sys/types.h>

/*
 * Runs @fn in a forked child whose task name is @name, waits for it, and fails if it failed. Tasks
 * run one after the other unless a topic is about concurrency, which keeps a failed run readable.
 */
void in_child(const char *name, void (*fn)(void));

/* The same, as two calls. */
pid_t child_start(const char *name, void (*fn)(void));
void child_wait(pid_t pid);

/*
 * Starts a child that runs @prepare and then sleeps until child_stop(). Returns once @prepare is
 * done. There can be one such child at a time.
 */
pid_t child_idle(const char *name, void (*prepare)(void));
void child_stop(pid_t pid);

/* Becomes nobody, without capabilities. Makes three (expected) checks if it was another user. */
void become_nobody(void);

/* Removes @cap from the effective set or puts it back; one (expected, inlined) check of SETPCAP. */
void set_effective(int cap, int on);

void make_file(const char *name, int mode);

/* Copies the program itself to @name in the current directory. */
void copy_self(const char *name, int mode);
const char *self_path(void);

/* Execs @file, whose main() runs @step of the same topic, with the task name @task. */
void exec_step(const char *file, const char *step, const char *task) __attribute__((noreturn));

/* The top of a stack for clone(), aligned for all ABIs. */
void *stack_top(void);

/* Number of processes of `storm` (-n). */
extern unsigned int storm_size;

void topic_granted(void);
void topic_denied(void);
void topic_dropped(void);
void topic_setid(void);
void topic_unaudited(void);
void topic_fault(void);
void topic_threads(void);
void topic_exec(void);
void topic_clones(void);
void topic_storm(void);
void topic_abi(void);
void topic_userns(void);
void topic_owner(void);
void topic_creds(void);
void topic_overlay(void);
void topic_uring(void);
void topic_inlined(void);
void topic_comm(void);
void topic_pidns(void);
void topic_mntns(void);
void topic_cgroup(void);
void topic_files(void);
void topic_paths(void);
void topic_net(void);
void topic_admin(void);

int list_bpf_ids(void);
int load_bpf(const char *name, const char *file);
int run_once(char *calls, const char *file);

/* What the workload does after it has exec'd itself. */
void step_ask(void);
void step_suid(void);
void step_idle(void);

#endif
