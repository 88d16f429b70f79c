/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format of recordings: JSON, an object a line, each with a `type`.
 *
 *   header    the first line: the format's version and what is recorded
 *   normal    a check, as `-o json` shows it (its keys are the columns': core/event/column_table.c)
 *   outcome   how the call ended that some checks before it were made for
 *   exec      a process has executed a file
 *   override  the next check's credentials were not the task's own (no keys)
 *   lost      as `-o json` has it
 *   end       the last line: how many of them there are, and why it ends
 *
 * A reader skips types and keys that it doesn't know; a change that it would misread raises the
 * version. A recording without its last line is cut.
 *
 * Each type's keys are one table in record_format.c, which writes (record.c) and reads
 * (backends/replay) by it: a new key is a row there, a new type is a table and its enum here.
 */
#ifndef CAPTRACE_CORE_OUTPUT_RECORD_FORMAT_H
#define CAPTRACE_CORE_OUTPUT_RECORD_FORMAT_H

#include <jansson.h>

#include "core/event/event.h"
#include "core/event/origin.h"

struct err;
struct intern;
struct json_writer;

#define RECORD_FORMAT  "captrace"
#define RECORD_VERSION 1

enum record_type {
	RECORD_OTHER, /* one that this version doesn't know */
	RECORD_HEADER,
	RECORD_EVENT,
	RECORD_OUTCOME,
	RECORD_EXEC,
	RECORD_CRED_OVERRIDE,
	RECORD_LOST,
	RECORD_END,
	RECORD_TYPES
};

/* What each type's object is made of, and read into. An event is none of these: it has columns. */
struct record_header {
	const char *format;
	uint64_t version;
	const char *captrace; /* version of who wrote it */
	struct cap_origin origin;
};
/* RECORD_OUTCOME: struct cap_outcome; RECORD_EXEC: struct cap_exec; RECORD_CRED_OVERRIDE: nothing. */
struct record_lost {
	uint64_t count;
	const char *where; /* "ring buffer", … */
};
struct record_end {
	uint64_t timestamp; /* Unix ns */
	uint64_t events, lost, unaudited;
	bool limit;      /* --timeout or --max-events ended it */
	uint64_t signal; /* that ended it, or 0 */
};

const char *record_type_name(enum record_type type);

/* The type that `type` names. */
enum record_type record_type_of(const char *name);

/* Writes a line. @object: as above; not for RECORD_EVENT. */
void record_write(struct json_writer *w, enum record_type type, const void *object);

/*
 * Reads @o, a line of @type, into the zeroed @object. Strings are @in's; a header's command and pids
 * are allocated (record_header_clear()). -EBADMSG with @e if a key is missing or not of its kind.
 */
int record_read(const json_t *o, enum record_type type, void *object, struct intern *in,
		struct err *e);

/* The same of a check, of which @frames takes up to @frames_max of the stack. */
int record_read_event(const json_t *o, struct cap_event *ev, struct cap_frame *frames,
		      size_t frames_max, struct intern *in, struct err *e);

void record_header_clear(struct record_header *h);

#endif
