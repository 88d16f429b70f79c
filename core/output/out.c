// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/out.h"

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/util.h"

/* If one drain of a busy ring makes more than this, the extra write costs little per event. */
#define OUT_SIZE (64 * 1024)

struct out {
	int fd;
	int interrupt; /* fd, or -1 */
	int error;     /* negative errno */
	size_t len, size;
	char *buf;
};

struct out *out_new(int fd)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->fd = fd;
	o->interrupt = -1;
	o->size = fd < 0 ? 256 : OUT_SIZE;
	o->buf = malloc(o->size);
	if (!o->buf) {
		free(o);
		return NULL;
	}
	return o;
}

void out_free(struct out *o)
{
	if (!o)
		return;
	free(o->buf);
	free(o);
}

void out_set_interrupt(struct out *o, int fd)
{
	o->interrupt = fd;
}

/* Waits until there is room for PIPE_BUF bytes. */
static int wait_for_room(const struct out *o)
{
	struct pollfd fds[] = {
		{.fd = o->fd, .events = POLLOUT},
		{.fd = o->interrupt, .events = POLLIN},
	};

	while (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		if (errno != EINTR)
			return -errno;
	/* There is room, or the reader is gone, which write() will report. */
	return fds[0].revents ? 0 : -EINTR;
}

/*
 * A pipe that poll() calls ready takes PIPE_BUF bytes at once. A longer write may block for the
 * rest, and signals that are blocked for a signalfd would not interrupt it.
 */
static int write_all(const struct out *o, const char *data, size_t len)
{
	size_t chunk = o->interrupt >= 0 ? PIPE_BUF : len;

	while (len) {
		ssize_t n;
		int rc = wait_for_room(o);

		if (rc)
			return rc;
		n = write(o->fd, data, MIN(len, chunk));
		if (n >= 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno != EAGAIN && errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int out_flush(struct out *o)
{
	if (o->fd >= 0) {
		if (!o->error && o->len)
			o->error = write_all(o, o->buf, o->len);
		o->len = 0;
	}
	return o->error;
}

static void grow(struct out *o, size_t len)
{
	size_t size = o->size;
	char *buf;

	while (size - o->len < len)
		size *= 2;
	buf = realloc(o->buf, size);
	if (!buf) {
		o->error = -ENOMEM;
		return;
	}
	o->buf = buf;
	o->size = size;
}

/* Makes room for @len bytes (at most OUT_SIZE); false if nothing can be written any more. */
static inline bool reserve(struct out *o, size_t len)
{
	if (__builtin_expect(o->size - o->len < len, 0)) {
		if (o->fd < 0)
			grow(o, len);
		else
			out_flush(o);
	}
	return !o->error;
}

void out_write(struct out *o, const void *data, size_t len)
{
	if (len > OUT_SIZE && o->fd >= 0) {
		if (!out_flush(o))
			o->error = write_all(o, data, len);
		return;
	}
	if (!reserve(o, len))
		return;
	memcpy(o->buf + o->len, data, len);
	o->len += len;
}

void out_str(struct out *o, const char *s)
{
	out_write(o, s, strlen(s));
}

void out_char(struct out *o, char c)
{
	if (reserve(o, 1))
		o->buf[o->len++] = c;
}

void out_u64(struct out *o, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char text[20], *p = text + sizeof(text);

	while (v >= 100) {
		p -= 2;
		memcpy(p, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		p -= 2;
		memcpy(p, pairs + v * 2, 2);
	} else {
		*--p = (char)('0' + v);
	}
	out_write(o, p, (size_t)(text + sizeof(text) - p));
}

void out_s64(struct out *o, int64_t v)
{
	if (v < 0)
		out_char(o, '-');
	out_u64(o, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void out_repeat(struct out *o, char c, size_t n)
{
	while (n) {
		size_t part = MIN(n, (size_t)OUT_SIZE);

		if (!reserve(o, part))
			return;
		memset(o->buf + o->len, c, part);
		o->len += part;
		n -= part;
	}
}

const char *out_data(const struct out *o, size_t *len)
{
	*len = o->len;
	return o->buf;
}

void out_clear(struct out *o)
{
	o->len = 0;
}
