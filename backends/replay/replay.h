/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the replay backend share. The format is core/output/record.h's. */
#ifndef CAPTRACE_BACKENDS_REPLAY_REPLAY_H
#define CAPTRACE_BACKENDS_REPLAY_REPLAY_H

#include <jansson.h>

#include "core/event/event.h"
#include "core/event/origin.h"

struct err;
struct intern;

#define REPLAY_FRAMES_MAX 128

enum replay_type {
	REPLAY_OTHER, /* of a type that this version doesn't know */
	REPLAY_HEADER,
	REPLAY_EVENT,
	REPLAY_OUTCOME,
	REPLAY_EXEC,
	REPLAY_CRED_OVERRIDE, /* the next check's credentials were not the task's own */
	REPLAY_LOST,
	REPLAY_END,
};

/* A line of a recording. Its strings are the intern's. */
struct replay_item {
	enum replay_type type;
	uint64_t time; /* 0: it has none */
	union {
		struct cap_event ev;
		struct cap_outcome outcome;
		struct cap_exec exec;
		struct {
			uint64_t count;
			const char *where;
		} lost;
		struct {
			uint64_t events, unaudited;
		} end;
	};
	struct cap_frame frames[REPLAY_FRAMES_MAX];
};

/*
 * Reads one line. -EBADMSG with @e if it is none of a recording. For a header *@header is set to
 * its text, which the caller gives to replay_header() and json_decref().
 */
int replay_parse(struct replay_item *item, const char *line, size_t len, struct intern *in,
		 json_t **header, struct err *e);

/* What replay_header() fills in, and the memory of it. */
struct replay_origin {
	struct cap_origin src;
	char **command;
	pid_t *pids;
};

int replay_header(struct replay_origin *rs, const json_t *header, struct intern *in, struct err *e);
void replay_origin_clear(struct replay_origin *rs);

#endif
