// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/reference_task.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "compat/host/cgroup_dir.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/discover/reference_child.h"

struct reference_task {
	pid_t pid;
	int cpu;                       /* that it is bound to, or -1 */
	int ask, answer;               /* pipes, a byte an act and an errno back */
	struct reference_known *known; /* shared with the child, which fills it in */
	/* What it is moved to, to be removed; "": it can't be. And where it came from. */
	char cgroup[4096], v1[4096], v1_home[4096];
};

static int wait_answer(struct reference_task *w)
{
	int rc;

	return read(w->answer, &rc, sizeof(rc)) == sizeof(rc) ? rc : -EOPNOTSUPP;
}

static int spawn(struct reference_task *w, uint32_t seed)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC))
		return -errno;
	if (pipe2(from, O_CLOEXEC)) {
		int rc = -errno;

		close(to[0]);
		close(to[1]);
		return rc;
	}
	w->pid = fork();
	if (w->pid == 0) {
		struct reference_child child = {
			.ask = to[0],
			.answer = from[1],
			.seed = seed,
			.known = w->known,
		};

		close(to[1]);
		close(from[0]);
		reference_child_run(&child);
	}
	close(to[0]);
	close(from[1]);
	w->ask = to[1];
	w->answer = from[0];
	return w->pid < 0 ? -errno : wait_answer(w);
}

static void make_cgroups(struct reference_task *w, uint32_t seed, const char *prefix, int hierarchy)
{
	char name[96];

	snprintf(name, sizeof(name), "%s_w%u", prefix, seed);
	if (cgroup_dir_make(0, name, w->cgroup, sizeof(w->cgroup)))
		w->cgroup[0] = '\0';
	if (!hierarchy || cgroup_dir_of(0, hierarchy, w->v1_home, sizeof(w->v1_home)) ||
	    cgroup_dir_make(hierarchy, name, w->v1, sizeof(w->v1)))
		w->v1[0] = '\0';
}

int reference_task_start(struct reference_task **out, uint32_t seed, const char *prefix,
			 int hierarchy, struct err *e)
{
	struct reference_task *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		return err_sys(e, -ENOMEM, "layout discovery");
	w->ask = w->answer = w->cpu = -1;
	w->known = mmap(NULL, sizeof(*w->known), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (w->known == MAP_FAILED) {
		free(w);
		return err_sys(e, -ENOMEM, "layout discovery");
	}
	make_cgroups(w, seed, prefix, hierarchy);
	rc = spawn(w, seed);
	if (rc) {
		reference_task_free(w);
		return err_sys(e, rc, "layout discovery: a child with other credentials");
	}
	*out = w;
	return 0;
}

void reference_task_free(struct reference_task *w)
{
	if (!w)
		return;
	if (w->ask >= 0)
		close(w->ask); /* it ends at the end of file */
	if (w->answer >= 0)
		close(w->answer);
	if (w->pid > 0)
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (*w->cgroup)
		rmdir(w->cgroup);
	if (*w->v1)
		rmdir(w->v1);
	munmap(w->known, sizeof(*w->known));
	free(w);
}

pid_t reference_task_tid(const struct reference_task *w)
{
	return w->known->tid;
}

static void bind_again(const struct reference_task *w)
{
	cpu_set_t set;

	if (w->cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(w->cpu, &set);
	/* Not critical: elsewhere it is not found, and discovery says so. */
	sched_setaffinity(w->known->tid, sizeof(set), &set);
}

void reference_task_bind(struct reference_task *w, int cpu)
{
	w->cpu = cpu;
	bind_again(w);
}

/* By captrace, not by itself: 4.9 and older want the writer's user id to be 0 or the task's. */
static int move(const struct reference_task *w, const char *cgroup, uint64_t *id)
{
	if (!*cgroup || cgroup_dir_enter(cgroup, w->pid))
		return -EOPNOTSUPP;
	/* In a cgroup of a cpuset's it may use all of that's CPUs; on 4.9 in any of version 2. */
	bind_again(w);
	*id = cgroup_dir_id(cgroup);
	return *id ? 0 : -EOPNOTSUPP;
}

static int before_act(const struct reference_task *w, enum reference_act what)
{
	switch (what) {
	case REFERENCE_CGROUP:
		return move(w, w->cgroup, &w->known->cgroup);
	case REFERENCE_CGROUP_V1:
		return move(w, w->v1, &w->known->cgroup_v1);
	case REFERENCE_CGROUP_V1_BACK:
		return *w->v1 ? move(w, w->v1_home, &w->known->cgroup_v1) : -EOPNOTSUPP;
	default:
		return 0;
	}
}

int reference_task_do(struct reference_task *w, enum reference_act what)
{
	unsigned char byte = (unsigned char)what;
	int rc = before_act(w, what);

	if (rc)
		return rc;
	if (write(w->ask, &byte, 1) != 1)
		return -EOPNOTSUPP;
	return wait_answer(w);
}

static int write_map(pid_t pid, const char *file, uint32_t id)
{
	cleanup_close int fd = -1;
	char path[64], line[32];
	int n = snprintf(line, sizeof(line), "0 %u 1", id);

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, line, (size_t)n) == n ? 0 : -EOPNOTSUPP;
}

int reference_task_map_ids(struct reference_task *w)
{
	int rc = write_map(w->known->tgid, "gid_map", w->known->ids[5]);

	return rc ? rc : write_map(w->known->tgid, "uid_map", w->known->ids[4]);
}

const struct reference_known *reference_task_known(const struct reference_task *w)
{
	return w->known;
}
