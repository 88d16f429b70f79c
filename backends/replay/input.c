// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/replay/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/signals.h"
#include "core/base/util.h"

/* Longer than any line of a recording: a file with such a line is not one. */
#define LINE_MAX_BYTES (4U << 20)
#define READ_BYTES     (256U << 10)

/* Makes room at the end of the buffer. */
static int make_room(struct replay_input *r)
{
	size_t room = r->room ? r->room * 2 : READ_BYTES;
	char *buf;

	if (r->pos) {
		memmove(r->buf, r->buf + r->pos, r->len - r->pos);
		r->len -= r->pos;
		r->pos = 0;
	}
	if (r->len < r->room)
		return 0;
	if (r->len >= LINE_MAX_BYTES)
		return -EBADMSG;
	buf = realloc(r->buf, room);
	if (!buf)
		return -ENOMEM;
	r->buf = buf;
	r->room = room;
	return 0;
}

/*
 * Returns 1 if it added to the buffer, 0 at the end, -EAGAIN if nothing is there yet, or another
 * errno.
 */
static int fill(struct replay_input *r)
{
	struct pollfd p = {.fd = r->fd, .events = POLLIN};
	ssize_t n;
	int rc;

	if (r->polled && poll(&p, 1, 0) <= 0)
		return -EAGAIN;
	rc = make_room(r);
	if (rc)
		return rc;
	n = read(r->fd, r->buf + r->len, r->room - r->len);
	if (n < 0)
		return -errno;
	r->len += (size_t)n;
	return n > 0;
}

/*
 * Finds the next line, without its newline; it is valid until the next call. @whole: it had a
 * newline. Returns 1, 0 at the end, -EAGAIN if the line is not complete yet, or another negative
 * errno.
 */
static int next_line(struct replay_input *r, const char **line, size_t *len, bool *whole)
{
	size_t seen = 0;

	for (;;) {
		size_t have = r->len - r->pos;
		char *start = r->buf + r->pos;
		char *end = have > seen ? memchr(start + seen, '\n', have - seen) : NULL;
		int rc;

		*whole = end;
		*line = start;
		*len = end ? (size_t)(end - start) : have;
		if (end) {
			r->pos += *len + 1;
			return 1;
		}
		seen = have;
		rc = fill(r);
		if (rc < 0)
			return rc;
		if (!rc) {
			*line = r->buf + r->pos;
			r->pos = r->len;
			return have > 0;
		}
	}
}

static int at_line(const struct replay_input *r, struct err *e)
{
	return err_wrap(e, "%s:%" PRIu64, r->name, r->line);
}

/* Parses a line into r->item. */
static int take_line(struct replay_input *r, const char *line, size_t len, struct intern *in,
		     json_t **header, struct err *e)
{
	r->line++;
	if (r->ended)
		return err_set(e, -EBADMSG, "a line follows the closing line");
	return replay_parse(&r->item, line, len, in, header, e);
}

/* A RECORD_CRED_OVERRIDE line belongs to the check on the next line. */
static void take_cred_override(struct replay_input *r)
{
	if (r->item.type == RECORD_EVENT && r->cred_override) {
		r->item.ev.have |= FIELD(CRED_OVERRIDE);
		r->item.ev.cred_override = true;
	}
	r->cred_override = r->item.type == RECORD_CRED_OVERRIDE;
}

static void take_end(struct replay_input *r)
{
	r->ended = true;
	if (r->item.object.end.events > r->events)
		r->missing = r->item.object.end.events - r->events;
}

int replay_input_next(struct replay_input *r, struct intern *in, struct err *e)
{
	const char *line;
	json_t *header = NULL;
	bool whole;
	size_t len;
	int rc;

	while (!r->has_item && !r->eof) {
		rc = next_line(r, &line, &len, &whole);
		if (rc == -EAGAIN)
			return rc;
		if (rc < 0)
			return err_sys(e, rc, "%s", r->name);
		if (!rc) {
			r->eof = true;
			break;
		}
		rc = take_line(r, line, len, in, &header, e);
		/* A last line without a newline: the recording was truncated there. */
		if (rc == -EBADMSG && !whole) {
			r->eof = true;
			break;
		}
		if (!rc && r->item.type == RECORD_HEADER) {
			json_decref(header);
			rc = err_set(e, -EBADMSG,
				     "a second header: pass each recording as a file of its own");
		}
		if (rc)
			return at_line(r, e);
		take_cred_override(r);
		r->events += r->item.type == RECORD_EVENT;
		if (r->item.type == RECORD_END)
			take_end(r);
		r->has_item = r->item.type != RECORD_OTHER && r->item.type != RECORD_CRED_OVERRIDE;
	}
	return r->has_item;
}

/* Waits until there is something to read. The signals that end captrace are unblocked meanwhile. */
static int wait_for_input(int fd)
{
	sigset_t ending = signals_ending(), mask;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int s = 1; s < SIGRTMIN; s++)
		if (sigismember(&ending, s) == 1)
			sigdelset(&mask, s);
	return ppoll(&p, 1, NULL, &mask) < 0 ? -errno : 0;
}

static int first_line(struct replay_input *r, const char **line, size_t *len)
{
	bool whole;
	int rc;

	for (;;) {
		rc = next_line(r, line, len, &whole);
		if (rc != -EAGAIN)
			return rc;
		rc = wait_for_input(r->fd);
		if (rc)
			return rc;
	}
}

/* Without a header it is the output of -o json, which may have any of the fields. */
static void no_header(struct replay_input *r)
{
	struct cap_origin *src = &r->header.origin;

	r->bare = true;
	src->fields = ~UINT64_C(0) & ~FIELDS_EXTRA;
	src->unaudited = true;
	src->start = r->item.time;
	r->events += r->item.type == RECORD_EVENT;
	r->has_item = r->item.type != RECORD_OTHER;
}

static int read_header(struct replay_input *r, struct intern *in, struct err *e)
{
	json_t *header = NULL;
	const char *line;
	size_t len;
	int rc = first_line(r, &line, &len);

	if (rc < 0)
		return err_sys(e, rc, "%s", r->name);
	if (!rc)
		return err_set(e, -EBADMSG, "%s: empty", r->name);
	rc = take_line(r, line, len, in, &header, e);
	if (rc == -EBADMSG)
		return err_wrap(e, "%s is not a captrace recording: first line", r->name);
	if (!rc && r->item.type == RECORD_HEADER)
		rc = record_read(header, RECORD_HEADER, &r->header, in, e);
	else if (!rc)
		no_header(r);
	json_decref(header);
	r->header.origin.file = r->name;
	return rc ? err_wrap(e, "%s", r->name) : 0;
}

int replay_input_open(struct replay_input *r, char *path, struct intern *in, struct err *e)
{
	bool standard = !strcmp(path, "-");
	struct stat st;

	r->name = standard ? "standard input" : path;
	r->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0 || fstat(r->fd, &st))
		return err_sys(e, -errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return err_sys(e, -EISDIR, "%s", path);
	r->polled = !S_ISREG(st.st_mode);
	return read_header(r, in, e);
}

void replay_input_close(struct replay_input *r)
{
	if (r->fd > STDIN_FILENO)
		close(r->fd);
	free(r->buf);
	record_header_clear(&r->header);
}
