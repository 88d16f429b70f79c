// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/reference_task.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "compat/host/cgroup_dir.h"
#include "core/base/err.h"
#include "core/base/kernfs.h"
#include "core/base/util.h"
#include "ftrace/discover/reference_child.h"

struct reference_task {
	pid_t pid;
	int cpu;         /* to which it is bound, or -1 */
	int ask, answer; /* pipes: one byte for each act, and an errno as the answer */
	struct reference_known *known; /* shared with the child, which fills it in */
	char cgroup[4096], v1[4096];   /* made for it, and removed at the end; "": none */
	char v1_home[4096];            /* captrace's own */
};

static int wait_answer(struct reference_task *r)
{
	int rc;

	return read(r->answer, &rc, sizeof(rc)) == sizeof(rc) ? rc : -EOPNOTSUPP;
}

static int spawn(struct reference_task *r, uint32_t seed)
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
	r->pid = fork();
	if (r->pid == 0) {
		struct reference_child child = {
			.ask = to[0],
			.answer = from[1],
			.seed = seed,
			.known = r->known,
		};

		close(to[1]);
		close(from[0]);
		reference_child_run(&child);
	}
	close(to[0]);
	close(from[1]);
	r->ask = to[1];
	r->answer = from[0];
	return r->pid < 0 ? -errno : wait_answer(r);
}

static void make_cgroups(struct reference_task *r, uint32_t seed, const char *prefix, int hierarchy)
{
	char name[96];

	snprintf(name, sizeof(name), "%s_w%u", prefix, seed);
	if (cgroup_dir_make(0, name, r->cgroup, sizeof(r->cgroup)))
		r->cgroup[0] = '\0';
	if (!hierarchy || cgroup_dir_of(0, hierarchy, r->v1_home, sizeof(r->v1_home)) ||
	    cgroup_dir_make(hierarchy, name, r->v1, sizeof(r->v1)))
		r->v1[0] = '\0';
}

int reference_task_start(struct reference_task **out, uint32_t seed, const char *prefix,
			 int hierarchy, struct err *e)
{
	struct reference_task *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_sys(e, -ENOMEM, "layout discovery");
	r->ask = r->answer = r->cpu = -1;
	r->known = mmap(NULL, sizeof(*r->known), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (r->known == MAP_FAILED) {
		free(r);
		return err_sys(e, -ENOMEM, "layout discovery");
	}
	make_cgroups(r, seed, prefix, hierarchy);
	rc = spawn(r, seed);
	if (rc) {
		reference_task_free(r);
		return err_sys(e, rc, "layout discovery: a child with other credentials");
	}
	*out = r;
	return 0;
}

void reference_task_free(struct reference_task *r)
{
	if (!r)
		return;
	if (r->ask >= 0)
		close(r->ask); /* the child exits at the end of file */
	if (r->answer >= 0)
		close(r->answer);
	if (r->pid > 0)
		while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (*r->cgroup)
		rmdir(r->cgroup);
	if (*r->v1)
		rmdir(r->v1);
	munmap(r->known, sizeof(*r->known));
	free(r);
}

pid_t reference_task_tid(const struct reference_task *r)
{
	return r->known->tid;
}

static void bind_again(const struct reference_task *r)
{
	cpu_set_t set;

	if (r->cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(r->cpu, &set);
	/* May fail: on another CPU the task is not found, which discovery reports. */
	sched_setaffinity(r->known->tid, sizeof(set), &set);
}

void reference_task_bind(struct reference_task *r, int cpu)
{
	r->cpu = cpu;
	bind_again(r);
}

/*
 * captrace moves the task, because up to 4.9 the writer's user id has to be 0 or the same as the
 * task's.
 */
static int move(const struct reference_task *r, const char *cgroup, uint64_t *id)
{
	if (!*cgroup || cgroup_dir_enter(cgroup, r->pid))
		return -EOPNOTSUPP;
	/*
	 * A move to a cgroup with a cpuset resets the affinity; on 4.9 to any cgroup of version 2.
	 */
	bind_again(r);
	*id = kernfs_id(cgroup);
	return *id ? 0 : -EOPNOTSUPP;
}

static int before_act(const struct reference_task *r, enum reference_act what)
{
	switch (what) {
	case REFERENCE_CGROUP:
		return move(r, r->cgroup, &r->known->cgroup);
	case REFERENCE_CGROUP_V1:
		return move(r, r->v1, &r->known->cgroup_v1);
	case REFERENCE_CGROUP_V1_BACK:
		return *r->v1 ? move(r, r->v1_home, &r->known->cgroup_v1) : -EOPNOTSUPP;
	default:
		return 0;
	}
}

int reference_task_do(struct reference_task *r, enum reference_act what)
{
	unsigned char byte = (unsigned char)what;
	int rc = before_act(r, what);

	if (rc)
		return rc;
	if (write(r->ask, &byte, 1) != 1)
		return -EOPNOTSUPP;
	return wait_answer(r);
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

int reference_task_map_ids(struct reference_task *r)
{
	int rc = write_map(r->known->tgid, "gid_map", r->known->ids[5]);

	return rc ? rc : write_map(r->known->tgid, "uid_map", r->known->ids[4]);
}

const struct reference_known *reference_task_known(const struct reference_task *r)
{
	return r->known;
}
