/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format of recordings: JSON, one object per line, each with a `type`.
 *
 *   header    the first line: the version of the format, and what is recorded
 *   normal    a check, as `-o json` shows it (its keys: core/event/column_table.c)
 *   outcome   how the system call ended that some earlier checks were made for
 *   exec      a process has executed a file
 *   override  the credentials of the next check were not the task's own (no keys)
 *   lost      events were lost, as `-o json` shows it
 *   end       the last line: the counts, and why the recording ended
 *
 * A reader skips types and keys that it doesn't know; a change that it would misread raises the
 * version. A recording without the last line was cut off.
 *
 * Each type has a table of keys in record_format.c, by which it is written (record.c) and read
 * (backends/replay). A new key is a row there; a new type is a table there and a value of the enum
 * here.
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

/*
 * The structures that lines are written from and read into. A check has none of these: its keys are
 * the columns.
 */
struct record_header {
	const char *format;
	uint64_t version;
	const char *captrace; /* version of the captrace that wrote it */
	struct cap_origin origin;
};
/* RECORD_OUTCOME: struct cap_outcome. RECORD_EXEC: struct cap_exec. RECORD_CRED_OVERRIDE: none. */
struct record_lost {
	uint64_t count;
	const char *where; /* "ring buffer", … */
};
struct record_end {
	uint64_t timestamp; /* Unix ns */
	uint64_t events, lost, unaudited;
	bool limit;      /* --timeout or --max-events ended it */
	uint64_t signal; /* the signal that ended it, or 0 */
};

const char *record_type_name(enum record_type type);

/* The type with this name. */
enum record_type record_type_of(const char *name);

/* Writes one line from @object, a structure as above; not for RECORD_EVENT. */
void record_write(struct json_writer *w, enum record_type type, const void *object);

/*
 * Reads @o, a line of @type, into the zeroed @object. Strings belong to @in; a header's command and
 * pids are allocated (record_header_clear()). -EBADMSG with @e if a required key is missing or a
 * value has the wrong type.
 */
int record_read(const json_t *o, enum record_type type, void *object, struct intern *in,
		struct err *e);

/* The same for a check. @frames has room for @frames_max frames of its stack; more are dropped. */
int record_read_event(const json_t *o, struct cap_event *ev, struct cap_frame *frames,
		      size_t frames_max, struct intern *in, struct err *e);

void record_header_clear(struct record_header *h);

#endif
