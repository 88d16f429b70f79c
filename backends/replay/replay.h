/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the replay backend share. The format is core/output/record_format.h's. */
#ifndef CAPTRACE_BACKENDS_REPLAY_REPLAY_H
#define CAPTRACE_BACKENDS_REPLAY_REPLAY_H

#include <jansson.h>

#include "core/event/event.h"
#include "core/output/record_format.h"

struct err;
struct intern;

#define REPLAY_FRAMES_MAX 128

/* A line of a recording. Its strings are the intern's. */
struct replay_item {
	enum record_type type;
	uint64_t time; /* 0: it has none */
	union {
		struct cap_event ev;
		union {
			struct cap_outcome outcome;
			struct cap_exec exec;
			struct record_lost lost;
			struct record_end end;
		} object; /* what record_read() fills in */
	};
	struct cap_frame frames[REPLAY_FRAMES_MAX];
};

/*
 * Reads one line. -EBADMSG with @e if it is none of a recording. For a header *@header is set to
 * its text, which the caller reads and json_decref()s.
 */
int replay_parse(struct replay_item *item, const char *line, size_t len, struct intern *in,
		 json_t **header, struct err *e);

#endif
