/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads kernel memory with probes while a reference task makes its check. */
#ifndef CAPTRACE_FTRACE_DISCOVER_DUMP_H
#define CAPTRACE_FTRACE_DISCOVER_DUMP_H

#include <stddef.h>
#include <stdint.h>

#include "ftrace/discover/reference_task.h"

struct err;
struct probe_context;
struct trial;

/* What to read, and where to put it. */
struct dump_request {
	const char *base; /* the fetch expression of the structure's address */
	size_t from, size;
	unsigned char *out; /* @size bytes */
};

/*
 * From the last check that was seen: its first two arguments, and the stack pointer at cap_capable.
 */
struct dump_seen {
	uint64_t cred, ns, sp;
};

/*
 * Makes the trial's child do @act as often as needed to read the whole request. @seen may be NULL.
 * -ENODATA: the child's checks are not seen; -EOPNOTSUPP: the child can't do @act.
 */
int dump_read(struct trial *t, enum reference_act act, const struct dump_request *req,
	      struct dump_seen *seen, struct err *e);

/*
 * ftrace/discover/dump_log.c: logs a dump for -vvv and for doctor's bundle. @word: bytes of a long.
 */
void dump_log(const struct dump_request *req, int word);

/*
 * Reads the kernel's words at @addrs while the reference task makes a check. A word that can't be
 * read may have any value.
 */
int dump_words(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e);

/* The fetch expressions of cap_capable's first two arguments on the main hook. */
const char *dump_cred_arg(const struct probe_context *ctx);
const char *dump_ns_arg(const struct probe_context *ctx);

#endif
