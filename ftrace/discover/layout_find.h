/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding members of kernel structures by their values. The first place counts: a dump starts where
 * its structure does, and behind its end may lie another one of the same kind, freed or not, with
 * the same values. Offsets are bytes, -1 for none.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_H
#define CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_H

#include <stddef.h>
#include <stdint.h>

/* Memory from the start of a structure, as a probe read it. */
struct dump {
	const unsigned char *data;
	size_t size;
	unsigned int word; /* bytes of a long in the kernel */
};

/* The first place where @len 32-bit values stand one after the other. */
int dump_find_u32s(const struct dump *d, const uint32_t *values, size_t len);

/* The first place of a 64-bit value, on any multiple of 4. */
int dump_find_u64(const struct dump *d, uint64_t value);

/* The first place of these bytes. */
int dump_find_bytes(const struct dump *d, const void *bytes, size_t len);

/* The first pointer-sized word at or after @from with this value. */
int dump_find_word(const struct dump *d, size_t from, uint64_t value);

uint64_t dump_word(const struct dump *d, size_t at);
uint32_t dump_u32(const struct dump *d, size_t at);
uint64_t dump_u64(const struct dump *d, size_t at);

/*
 * The first word at or after @from that looks like a pointer and is another one in @b than in @a:
 * what moved when something was done.
 */
int dump_find_changed(const struct dump *a, const struct dump *b, size_t from);

/* The first word at or after @from that looks like a pointer to a whole page, as to a stack. */
int dump_find_page(const struct dump *d, size_t from);

/* Whether @value could be an address in the kernel: its upper half is. */
int dump_is_pointer(const struct dump *d, uint64_t value);

struct layout;
struct reference_known;

/* Fills what @cred (of a reference task) shows; @ns is its user namespace, the check's target. */
void layout_find_cred(struct layout *l, const struct dump *cred, const struct reference_known *k,
		      uint64_t ns);

/* From a user namespace that the reference task made; @parent is the one before. */
void layout_find_userns(struct layout *l, const struct dump *ns, const struct dump *parent_ns,
			const struct reference_known *k, uint64_t parent);

#define LEVELS 3

/*
 * Where the level is not next to the owner, as in a distribution's kernel that took it back and had
 * no room for it there: from a user namespace, its child and its grandchild.
 */
void layout_find_level(struct layout *l, const struct dump ns[LEVELS]);

/* A task as it was seen while it made a check. */
struct task_seen {
	const struct dump *task;
	uint64_t cred, sp; /* its own credentials' address, and the stack pointer */
	/* The same while they were overridden, and by what; 0: not tried. */
	const struct dump *overridden;
	uint64_t cred_override;
};

void layout_find_task(struct layout *l, const struct task_seen *seen,
		      const struct reference_known *k);

#endif
