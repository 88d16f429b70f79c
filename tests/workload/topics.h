/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The topics, and what they share. */
#ifndef CAPTRACE_TESTS_WORKLOAD_TOPICS_H
#define CAPTRACE_TESTS_WORKLOAD_TOPICS_H

#include <sys/types.h>

/*
 * Runs @fn in a forked child whose task name is @name, waits for it, and fails if it failed. Tasks
 * run one after the other unless a topic is about concurrency, so that a failing run can be read.
 */
void in_child(const char *name, void (*fn)(void));

/* The same in two steps. */
pid_t child_start(const char *name, void (*fn)(void));
void child_wait(pid_t pid);

/*
 * A child that only sleeps until child_stop(), after @prepare. Returns once @prepare is done. One at
 * a time.
 */
pid_t child_idle(const char *name, void (*prepare)(void));
void child_stop(pid_t pid);

/* Becomes nobody with no capabilities; makes three checks if privileged. */
void become_nobody(void);

/* Takes @cap out of the effective set, or puts it back; one (inlined) check of SETPCAP each. */
void set_effective(int cap, int on);

void make_file(const char *name, int mode);

/* Copies the program itself to @name in the current directory. */
void copy_self(const char *name, int mode);
const char *self_path(void);

/* Execs @file with `@step`: main() goes on there, under the same topic and with task name @task. */
void exec_step(const char *file, const char *step, const char *task) __attribute__((noreturn));

/* A clone stack, aligned as all ABIs want it; its top. */
void *stack_top(void);

/* How many processes `storm` makes; -n. */
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

/* What an exec'd self does. */
void step_ask(void);
void step_suid(void);
void step_idle(void);

#endif
