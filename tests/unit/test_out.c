// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/output/out.h"

Test(out, numbers)
{
	static const uint64_t numbers[] = {0,   9,      10,         99,         100,           101,
					   999, 123456, 4294967295, UINT64_MAX, UINT64_MAX - 1};
	struct out *o = out_new(-1);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char expected[64];
		const char *data;
		size_t len;

		out_clear(o);
		out_u64(o, numbers[i]);
		out_char(o, ' ');
		out_s64(o, (int64_t)numbers[i]);
		snprintf(expected, sizeof(expected), "%lu %ld", numbers[i], (int64_t)numbers[i]);
		data = out_data(o, &len);
		cr_assert_eq(len, strlen(expected));
		cr_assert_eq(memcmp(data, expected, len), 0, "%s", expected);
	}
	out_clear(o);
	out_s64(o, INT64_MIN);
	cr_assert_eq(memcmp(out_data(o, &(size_t){0}), "-9223372036854775808", 20), 0);
	out_free(o);
}

Test(out, all_arrives_in_order_whatever_the_sizes)
{
	static char big[200000];
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct out *o = out_new(fd);
	size_t total = 0;
	char *back;

	memset(big, 'x', sizeof(big));
	for (int i = 0; i < 3000; i++) {
		out_write(o, "abc\n", 4);
		total += 4;
	}
	out_write(o, big, sizeof(big));
	out_repeat(o, ' ', 100000);
	out_str(o, "end");
	total += sizeof(big) + 100000 + 3;
	cr_assert_eq(out_flush(o), 0);
	cr_assert_eq(lseek(fd, 0, SEEK_END), (off_t)total);
	back = mmap(NULL, total, PROT_READ, MAP_SHARED, fd, 0);
	cr_assert_eq(memcmp(back, "abc\nabc\n", 8), 0);
	cr_assert_eq(back[12000], 'x');
	cr_assert_eq(back[12000 + sizeof(big)], ' ');
	cr_assert_eq(memcmp(back + total - 4, " end", 4), 0);
	munmap(back, total);
	out_free(o);
	close(fd);
}

Test(out, memory_grows)
{
	struct out *o = out_new(-1);
	size_t len;

	for (int i = 0; i < 100000; i++)
		out_str(o, "0123456789");
	cr_assert_eq(out_flush(o), 0);
	out_data(o, &len);
	cr_assert_eq(len, 1000000);
	out_free(o);
}

Test(out, the_first_error_stays)
{
	int fds[2];
	struct out *o;

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	o = out_new(fds[1]);
	out_str(o, "gone");
	cr_assert_eq(out_flush(o), -EPIPE);
	close(fds[1]);
	out_str(o, "again");
	cr_assert_eq(out_flush(o), -EPIPE);
	for (int i = 0; i < 100000; i++)
		out_str(o, "0123456789");
	cr_assert_eq(out_flush(o), -EPIPE);
	out_free(o);
}

Test(out, a_full_disk_is_an_error)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct out *o = out_new(fd);

	out_str(o, "x");
	cr_assert_eq(out_flush(o), -ENOSPC);
	out_free(o);
	close(fd);
}

static void *read_all(void *arg)
{
	static char buf[4096];
	size_t *total = arg;
	ssize_t n;

	while ((n = read((int)total[0], buf, sizeof(buf))) > 0)
		total[1] += (size_t)n;
	return NULL;
}

Test(out, a_nonblocking_reader_gets_all)
{
	size_t state[2] = {0};
	pthread_t thread;
	int fds[2];
	struct out *o;

	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	cr_assert_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	state[0] = (size_t)fds[0];
	cr_assert_eq(pthread_create(&thread, NULL, read_all, state), 0);
	o = out_new(fds[1]);
	for (int i = 0; i < 100000; i++)
		out_str(o, "0123456789");
	cr_assert_eq(out_flush(o), 0);
	close(fds[1]);
	pthread_join(thread, NULL);
	cr_assert_eq(state[1], 1000000);
	out_free(o);
}

Test(out, free_takes_null)
{
	out_free(NULL);
}
