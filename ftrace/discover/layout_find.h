/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds members of kernel structures by their values. The first match counts: a dump begins at the
 * start of a structure, and another structure of the same kind, freed or not, may follow it with
 * the same values. Offsets are in bytes, -1: not found.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_H
#define CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_H

#include <stddef.h>
#include <stdint.h>

/* Memory from the start of a structure on, as read by a probe. */
struct dump {
	const unsigned char *data;
	size_t size;
	unsigned int word; /* bytes of a long in the kernel */
};

/* Finds the first @len consecutive 32-bit values that are equal to @values. */
int dump_find_u32s(const struct dump *d, const uint32_t *values, size_t len);

/* Finds the first 64-bit value that is equal to @value, at any multiple of 4. */
int dump_find_u64(const struct dump *d, uint64_t value);

/* Finds the first of these bytes, at any multiple of 4. */
int dump_find_bytes(const struct dump *d, const void *bytes, size_t len);

/* Finds the first pointer-sized word at or after @from with this value. */
int dump_find_word(const struct dump *d, size_t from, uint64_t value);

uint64_t dump_word(const struct dump *d, size_t at);
uint32_t dump_u32(const struct dump *d, size_t at);
uint64_t dump_u64(const struct dump *d, size_t at);

/*
 * Finds the first word at or after @from that looks like a pointer in both dumps and differs
 * between them.
 */
int dump_find_changed(const struct dump *a, const struct dump *b, size_t from);

/* Finds the first word at or after @from that looks like a pointer to a page, such as a stack. */
int dump_find_page(const struct dump *d, size_t from);

/* Whether @value could be a kernel address. */
int dump_is_pointer(const struct dump *d, uint64_t value);

struct layout;
struct reference_known;

/*
 * Finds the members of a reference task's @cred. @ns: the address of its user namespace, which is
 * the target of its check.
 */
void layout_find_cred(struct layout *l, const struct dump *cred, const struct reference_known *k,
		      uint64_t ns);

/*
 * Finds the members of a user namespace that the reference task made. @parent: the address of the
 * namespace in which it was before.
 */
void layout_find_userns(struct layout *l, const struct dump *ns, const struct dump *parent_ns,
			const struct reference_known *k, uint64_t parent);

#define LEVELS 3

/*
 * Finds the level in a user namespace, its child and its grandchild. That is needed if it is not
 * next to the owner, as in the kernel of a distribution that backported it and had no room for it
 * there.
 */
void layout_find_level(struct layout *l, const struct dump ns[LEVELS]);

/* Dumps of a task while it made a check. */
struct task_seen {
	const struct dump *task;
	uint64_t cred, sp; /* the address of its own credentials, and the stack pointer */
	/*
	 * The task while its credentials were overridden, and the address of those; 0: not tried.
	 */
	const struct dump *overridden;
	uint64_t cred_override;
};

void layout_find_task(struct layout *l, const struct task_seen *seen,
		      const struct reference_known *k);

#endif
