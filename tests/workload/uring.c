// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A request that an io_uring worker serves: a thread that has made no system call makes the check,
 * with the task's credentials. Since 5.12 the worker is a thread of the process (kernel commit
 * 3bfe6106693b); before, it was a kernel thread, which is no descendant of the command.
 */
#include <dirent.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "expect.h"
#include "topics.h"

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void *ring_map(int fd, size_t len, off_t offset)
{
	return must(mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset));
}

static bool ring_open(struct ring *r)
{
	struct io_uring_params p = {};
	char *sq, *cq;

	r->fd = syscall(SYS_io_uring_setup, 4, &p);
	if (r->fd < 0)
		return false;
	/* The kernel checks IPC_LOCK, because with it the memory of the rings is not accounted. */
	expect(.syscall = "io_uring_setup", .cap = CAP_IPC_LOCK, .unaudited = true);
	sq = ring_map(r->fd, p.sq_off.array + p.sq_entries * sizeof(unsigned int),
		      IORING_OFF_SQ_RING);
	cq = ring_map(r->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		      IORING_OFF_CQ_RING);
	r->sqes = ring_map(r->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r->sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	r->sq_mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	r->sq_array = (unsigned int *)(sq + p.sq_off.array);
	r->cq_head = (unsigned int *)(cq + p.cq_off.head);
	r->cq_tail = (unsigned int *)(cq + p.cq_off.tail);
	r->cq_mask = (unsigned int *)(cq + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return true;
}

/* Submits @sqe and waits for its completion; its result. */
static int ring_do(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned int tail = *r->sq_tail, head;
	int res;

	r->sqes[tail & *r->sq_mask] = *sqe;
	r->sq_array[tail & *r->sq_mask] = tail & *r->sq_mask;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	must(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0));
	head = *r->cq_head;
	if (head == __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE))
		fail("io_uring: no completion");
	res = r->cqes[head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return res;
}

/* The tid of a worker among this process's threads; 0 if there is none. */
static pid_t find_worker(char comm[16])
{
	char path[64], buf[32];
	struct dirent *d;
	pid_t found = 0;
	ssize_t n;
	DIR *dir;
	int fd;

	dir = opendir("/proc/self/task");
	while (dir && !found && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/self/task/%.20s/comm", d->d_name);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		n = read(fd, buf, sizeof(buf) - 1);
		close(fd);
		if (n < 8 || strncmp(buf, "iou-wrk-", 8))
			continue;
		buf[n - 1] = '\0';
		snprintf(comm, 16, "%.15s", buf);
		found = atoi(d->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

void topic_uring(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.flags = IOSQE_ASYNC, /* by a worker, not by this task in io_uring_enter() */
		.fd = AT_FDCWD,
		.addr = (uintptr_t) "secret",
		.open_flags = O_RDONLY,
		.user_data = 1,
	};
	struct other_task other = {.task = "worker"};
	char comm[16];
	struct ring r;
	pid_t tid;
	int fd;

	make_file("secret", 0);
	if (!ring_open(&r)) {
		skip("io_uring: %s", strerror(errno));
		return;
	}
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	fd = ring_do(&r, &sqe);
	if (fd < 0)
		fail("IORING_OP_OPENAT: %s", strerror(-fd));
	other.tid = find_worker(comm);
	if (!other.tid) {
		skip("io_uring: its workers are kernel threads here, none of the command's");
	} else {
		own_ids(&other.pid, &tid);
		other.comm = comm;
		expect(.cap = CAP_DAC_READ_SEARCH, .other = &other);
	}
	ASK(CAP_SYS_CHROOT, chroot, "/");
}
