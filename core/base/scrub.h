/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes kernel addresses out of text that leaves the machine. Each becomes a token, P<hash>_<offset>:
 * a hash of its page with a key that nobody keeps, and its place in the page. So it shows which
 * addresses are the same, or in the same page, and not where the kernel is.
 */
#ifndef CAPTRACE_CORE_BASE_SCRUB_H
#define CAPTRACE_CORE_BASE_SCRUB_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct scrub {
	uint64_t key[2];
	bool narrow;  /* the kernel's words have 32 bits */
	bool has_gap; /* x86-64: from -4 GB to -2 GB there is nothing, two ids of -1 and less are */
};

/* What addresses of the kernel look like. */
enum scrub_flag {
	SCRUB_NARROW = 1 << 0, /* its words have 32 bits */
	SCRUB_GAP = 1 << 1,    /* as struct scrub has it */
};

/* With a new key. @flags: enum scrub_flag. */
int scrub_init(struct scrub *s, unsigned int flags, struct err *e);

/* Whether @v looks like an address of the kernel's. Error numbers don't. */
bool scrub_is_address(const struct scrub *s, uint64_t v);

/* A copy of @line with its addresses replaced; to be freed. NULL: no memory. */
char *scrub_line(const struct scrub *s, const char *line);

#endif
