/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where events come from: a running kernel, or a recording of one. A recording's header holds all
 * of it, so that advice about a recording is the same as it would have been live.
 */
#ifndef CAPTRACE_CORE_EVENT_ORIGIN_H
#define CAPTRACE_CORE_EVENT_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The capability sets of a process, as bits. */
struct cap_sets {
	bool known;
	uint64_t bounding, permitted, inheritable, ambient;
};

struct cap_origin {
	const char *file;                               /* the recording; NULL: a running kernel */
	char host[65], kernel[65], build[65], arch[65]; /* uname(2) */
	char variant[32];                               /* "bpf:fexit" */
	uint64_t fields;      /* FIELD() bits that its events can have, FIELDS_EXTRA too */
	uint64_t start;       /* Unix ns */
	bool unaudited;       /* unaudited checks are among the events */
	char *const *command; /* argv of the command that was traced, or NULL */
	const char *path;     /* the file that was executed for it; NULL: unknown */
	const pid_t *pids;    /* the traced processes, if there is no command */
	size_t pids_len;
	struct cap_sets sets; /* of the command before its exec, or of the first process */
};

/*
 * A key that differs for tasks of different origins. @origin: as events have it; @id: a pid or tid.
 */
static inline uint64_t origin_task_key(unsigned int origin, int32_t id)
{
	return (uint64_t)origin << 32 | (uint32_t)id;
}

/* Sets the uname(2) members and the time, and clears the others. */
void origin_init(struct cap_origin *origin);

/* Reads the sets of process @pid from /proc; if that fails, sets->known is false. */
void cap_sets_read(struct cap_sets *sets, pid_t pid);

#endif
