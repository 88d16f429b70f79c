// SPDX-License-Identifier: GPL-2.0-or-later
/* What an event costs each sink: ns per event and bytes, to /dev/null. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "core/err.h"
#include "core/output/out.h"
#include "core/sink.h"
#include "core/util.h"

#define EVENTS 1000000

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void run(const struct sink_ops *ops, int fd)
{
	static const uint64_t sets[] = {0x1ffffffffff, 0, 0xa80425fb, 0x3fffffffff};
	const struct column *cols[64];
	struct cap_event ev = {
		.have = CAP_HAVE_BACKEND & ~CAP_HAVE(KSTACK),
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
	double start;

	for (size_t i = 0; i < columns_len; i++)
		if (columns[i].shown)
			cols[cfg.cols_len++] = &columns[i];
	if (!cfg.out || ops->open(&sink, &cfg, &e))
		exit(1);
	start = now();
	for (uint64_t i = 0; i < EVENTS; i++) {
		ev.timestamp = UINT64_C(1700000000000000000) + i * 1000;
		ev.pid = ev.tid = (int32_t)(i % 4194304);
		ev.caps = sets[i % ARRAY_SIZE(sets)];
		ops->event(sink, &ev);
	}
	out_flush(cfg.out);
	printf("%-10s %6.0f ns/event\n", ops->name, (now() - start) * 1e9 / EVENTS);
	ops->close(sink);
	out_free(cfg.out);
}

int main(void)
{
	cleanup_close int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (size_t i = 0; sinks[i]; i++)
		run(sinks[i], fd);
	return 0;
}
