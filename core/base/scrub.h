/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removes kernel addresses from text that leaves the machine. Each is replaced by a token,
 * P<hash>_<offset>: a hash of its page, with a key that is never stored, and the offset in the
 * page. Tokens show which addresses are equal or in the same page, but not where the kernel is.
 */
#ifndef CAPTRACE_CORE_BASE_SCRUB_H
#define CAPTRACE_CORE_BASE_SCRUB_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct scrub {
	uint64_t key[2];
	bool narrow; /* a 32-bit kernel */
	/*
	 * x86-64: no address lies between -4 GB and -2 GB; a value there is two 32-bit ids, of
	 * which the upper one is -1.
	 */
	bool has_gap;
};

/* What kernel addresses look like on this machine. */
enum scrub_flag {
	SCRUB_NARROW = 1 << 0, /* a 32-bit kernel */
	SCRUB_GAP = 1 << 1,    /* has_gap in struct scrub */
};

/* Sets up @s with a new random key. @flags: enum scrub_flag. */
int scrub_init(struct scrub *s, unsigned int flags, struct err *e);

/* Whether @v looks like a kernel address. Negative errnos do not. */
bool scrub_is_address(const struct scrub *s, uint64_t v);

/* A copy of @line with its addresses replaced, which the caller frees. NULL: out of memory. */
char *scrub_line(const struct scrub *s, const char *line);

#endif
