// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads: tid and pid differ, checks are concurrent, one thread execs and gets the leader's id. */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "expect.h"
#include "topics.h"

enum { THREADS = 4, ROUNDS = 5 };

static pthread_barrier_t start;

static void *ask_in_thread(void *arg)
{
	const char *name = arg;
	int i;

	task_name("%s", name);
	prctl(PR_SET_NAME, name);
	pthread_barrier_wait(&start);
	for (i = 0; i < ROUNDS; i++) {
		ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
		ASK(CAP_SYS_CHROOT, chroot, "/");
	}
	return NULL;
}

static void thread_start(pthread_t *t, void *(*fn)(void *), void *arg)
{
	int err;

	err = pthread_create(t, NULL, fn, arg);
	if (err)
		fail("pthread_create: %s", strerror(err));
}

static void *exec_in_thread(void *arg)
{
	task_name("execer");
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	/* After the exec this thread has the leader's id, and the leader is gone. */
	exec_step(self_path(), "@ask", "leader");
}

static void leader(void)
{
	pthread_t t;

	ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, 0, -1);
	thread_start(&t, exec_in_thread, NULL);
	pthread_join(t, NULL);
}

void topic_threads(void)
{
	static char names[THREADS][16] = {"one", "two", "three", "four"};
	pthread_t t[THREADS];
	int i;

	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		thread_start(&t[i], ask_in_thread, names[i]);
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	ASK(CAP_SYS_ADMIN, setdomainname, NULL, -1);
	in_child("leader", leader);
}
