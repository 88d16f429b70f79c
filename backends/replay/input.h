/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One recording as it is read: line by line, a pipe without blocking. */
#ifndef CAPTRACE_BACKENDS_REPLAY_INPUT_H
#define CAPTRACE_BACKENDS_REPLAY_INPUT_H

#include "backends/replay/replay.h"

struct replay_input {
	const char *name; /* as it was given; "standard input" for - */
	int fd;
	bool polled;        /* a pipe or a terminal: it may have nothing yet */
	bool eof;           /* and all of it has been handed out */
	bool bare;          /* no header: what -o json prints */
	bool ended;         /* its closing line was read */
	bool cred_override; /* the last line was about the next check's credentials */
	uint64_t events;    /* read so far */
	uint64_t missing;   /* by its closing line */
	uint64_t line;
	char *buf;
	size_t len, pos, room;
	struct record_header header;
	/* The next item to hand out, if there is one. */
	bool has_item;
	struct replay_item item;
};

/* Opens @path and reads its first line. A negative errno with @e set. */
int replay_input_open(struct replay_input *r, char *path, struct intern *in, struct err *e);
void replay_input_close(struct replay_input *r);

/*
 * Looks for the next item. 1: r->item is it; 0: there is no more; -EAGAIN: not yet; another negative
 * errno with @e set.
 */
int replay_input_next(struct replay_input *r, struct intern *in, struct err *e);

#endif
