// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measures what an event costs each sink, in ns, with output to /dev/null: an event that is unlike
 * all before it, and one of a storm, in which a few threads do the same again and again.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/out.h"
#include "core/sink.h"

#define EVENTS 1000000

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double run(const struct sink_ops *ops, int fd, uint64_t threads)
{
	static const uint64_t sets[] = {0x1ffffffffff, 0, 0xa80425fb, 0x3fffffffff};
	const struct column *cols[64];
	struct cap_event ev = {
		.have = FIELDS_BACKEND & ~FIELD(KSTACK),
		.comm = "nice",
		.cap = 23,
		.audit = true,
		.syscall = "setpriority",
		.target_userns = 4026531837,
		.current_userns = 4026531837,
		.mntns = 4026533307,
		.cgroupid = 4711,
	};
	struct sink_cfg cfg = {.out = out_new(fd), .cols = cols, .header = true, .width = 80};
	struct sink *sink;
	struct err e = {0};
	double start, ns;

	for (size_t i = 0; i < columns_len; i++)
		if (columns[i].shown)
			cols[cfg.cols_len++] = &columns[i];
	if (!cfg.out || ops->open(&sink, &cfg, &e))
		exit(1);
	start = now();
	for (uint64_t i = 0; i < EVENTS; i++) {
		ev.timestamp = UINT64_C(1700000000000000000) + i * 1000;
		ev.pid = ev.tid = (int32_t)(i % threads);
		ev.caps = sets[i % MIN(threads, ARRAY_SIZE(sets))];
		ops->event(sink, &ev);
	}
	out_flush(cfg.out);
	ns = (now() - start) * 1e9 / EVENTS;
	ops->close(sink);
	out_free(cfg.out);
	return ns;
}

int main(void)
{
	cleanup_close int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	printf("%-10s %9s %9s   ns/event\n", "", "all new", "storm");
	for (size_t i = 0; sinks[i]; i++)
		printf("%-10s %9.0f %9.0f\n", sinks[i]->name, run(sinks[i], fd, EVENTS),
		       run(sinks[i], fd, 4));
	return 0;
}
