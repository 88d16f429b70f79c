/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads one recording line by line. Once the header was read, reading from a pipe does not block.
 */
#ifndef CAPTRACE_BACKENDS_REPLAY_INPUT_H
#define CAPTRACE_BACKENDS_REPLAY_INPUT_H

#include "backends/replay/replay.h"

struct replay_input {
	const char *name; /* as the user gave it; "standard input" for - */
	int fd;
	bool polled;        /* a pipe or a terminal, which may have nothing to read yet */
	bool eof;           /* every line was read and every item delivered */
	bool bare;          /* no header: output of -o json */
	bool ended;         /* the closing line was read */
	bool cred_override; /* the last line was a RECORD_CRED_OVERRIDE */
	uint64_t events;    /* read so far */
	uint64_t missing;   /* events, according to the closing line */
	uint64_t line;
	char *buf;
	size_t len, pos, room;
	struct record_header header;
	/* The next item to deliver, if there is one. */
	bool has_item;
	struct replay_item item;
};

/*
 * Opens @path and reads its first line, for which it waits. Keeps @path. Returns 0 or a negative
 * errno with @e set.
 */
int replay_input_open(struct replay_input *r, char *path, struct intern *in, struct err *e);
void replay_input_close(struct replay_input *r);

/*
 * Reads up to the next item. Returns 1 if r->item is the next one, 0 if there are no more, -EAGAIN
 * if there is none yet, or another negative errno with @e set.
 */
int replay_input_next(struct replay_input *r, struct intern *in, struct err *e);

#endif
