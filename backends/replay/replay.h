/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the replay backend. core/output/record_format.h defines the format. */
#ifndef CAPTRACE_BACKENDS_REPLAY_REPLAY_H
#define CAPTRACE_BACKENDS_REPLAY_REPLAY_H

#include <jansson.h>

#include "core/event/event.h"
#include "core/output/record_format.h"

struct err;
struct intern;

#define REPLAY_FRAMES_MAX 128

/* A line of a recording. The intern owns its strings. */
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
 * Parses one line. Returns 0, -EBADMSG if it is not a line of a recording, or another negative
 * errno, with @e set. For a header it sets *@header to the JSON object, which the caller reads and
 * releases with json_decref().
 */
int replay_parse(struct replay_item *item, const char *line, size_t len, struct intern *in,
		 json_t **header, struct err *e);

#endif
