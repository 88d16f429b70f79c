/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps of kernel memory that a probe can reach while a reference task makes its check. */
#ifndef CAPTRACE_FTRACE_DISCOVER_DUMP_H
#define CAPTRACE_FTRACE_DISCOVER_DUMP_H

#include <stddef.h>
#include <stdint.h>

#include "ftrace/discover/reference_task.h"

struct err;
struct probe_context;
struct trial;

/* What is to be read, and where to. */
struct dump_request {
	const char *base; /* expression of the structure's address */
	size_t from, size;
	unsigned char *out; /* @size bytes */
};

/*
 * Of the check that was seen last: its first two arguments, and the stack pointer at cap_capable.
 */
struct dump_seen {
	uint64_t cred, ns, sp;
};

/*
 * Makes the trial's child act as often as it takes to read it all. @seen may be NULL. -ENODATA if
 * its checks are not seen, -EOPNOTSUPP if it can't act so.
 */
int dump_read(struct trial *t, enum reference_act act, const struct dump_request *req,
	      struct dump_seen *seen, struct err *e);

/* ftrace/discover/dump_log.c: with -vvv, and for doctor's bundle. @word: bytes of a long. */
void dump_log(const struct dump_request *req, int word);

/*
 * Reads the words of the kernel's size at @addrs while the reference task asks; what can't be read
 * may be anything.
 */
int dump_words(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e);

/* Expressions of cap_capable's first two arguments, as the main probe has them. */
const char *dump_cred_arg(const struct probe_context *ctx);
const char *dump_ns_arg(const struct probe_context *ctx);

#endif
