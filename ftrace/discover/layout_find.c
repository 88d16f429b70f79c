// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/layout_find.h"

#include <stdbool.h>
#include <string.h>

#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/discover/reference_task.h"

#define STACK_MAX 65536 /* THREAD_SIZE of any machine */
#define PAGE_MIN  4096
#define LEVEL_MAX 32 /* of nested user namespaces (8742f229b635, 3.12) */

int dump_find_bytes(const struct dump *d, const void *bytes, size_t len)
{
	for (size_t at = 0; at + len <= d->size; at += 4)
		if (!memcmp(d->data + at, bytes, len))
			return (int)at;
	return -1;
}

int dump_find_u32s(const struct dump *d, const uint32_t *values, size_t len)
{
	return dump_find_bytes(d, values, len * sizeof(*values));
}

int dump_find_u64(const struct dump *d, uint64_t value)
{
	return dump_find_bytes(d, &value, sizeof(value));
}

uint32_t dump_u32(const struct dump *d, size_t at)
{
	uint32_t v = 0;

	if (at + sizeof(v) <= d->size)
		memcpy(&v, d->data + at, sizeof(v));
	return v;
}

uint64_t dump_u64(const struct dump *d, size_t at)
{
	uint64_t v = 0;

	if (at + sizeof(v) <= d->size)
		memcpy(&v, d->data + at, sizeof(v));
	return v;
}

uint64_t dump_word(const struct dump *d, size_t at)
{
	uint64_t v = 0;

	if (at + d->word > d->size)
		return 0;
	memcpy(&v, d->data + at, d->word);
	return v;
}

int dump_find_word(const struct dump *d, size_t from, uint64_t value)
{
	for (size_t at = from; at + d->word <= d->size; at += d->word)
		if (dump_word(d, at) == value)
			return (int)at;
	return -1;
}

int dump_is_pointer(const struct dump *d, uint64_t value)
{
	if (value % 4)
		return 0;
	/*
	 * 64 bits: a sign-extended upper half; 32 bits: above a user/kernel split at 1, 2 or 3 GB.
	 */
	return d->word == 8 ? value >> 48 == 0xffff || value >> 56 == 0xff : value >= 0x40000000;
}

int dump_find_changed(const struct dump *a, const struct dump *b, size_t from)
{
	for (size_t at = from; at + a->word <= MIN(a->size, b->size); at += a->word) {
		uint64_t x = dump_word(a, at), y = dump_word(b, at);

		if (x != y && dump_is_pointer(a, x) && dump_is_pointer(b, y))
			return (int)at;
	}
	return -1;
}

int dump_find_page(const struct dump *d, size_t from)
{
	for (size_t at = from; at + d->word <= d->size; at += d->word)
		if (dump_word(d, at) % PAGE_MIN == 0 && dump_is_pointer(d, dump_word(d, at)))
			return (int)at;
	return -1;
}

/*
 * struct cred has had this order since its introduction (2.6.29): ids, securebits, then the
 * inheritable, permitted and effective sets.
 */
void layout_find_cred(struct layout *l, const struct dump *cred, const struct reference_known *k,
		      uint64_t ns)
{
	const uint64_t sets[3] = {k->inheritable, k->permitted, k->effective};
	int ids = dump_find_u32s(cred, k->ids, ARRAY_SIZE(k->ids));
	int caps = dump_find_bytes(cred, sets, sizeof(sets));
	int securebits = -1;

	if (ids >= 0) {
		l->at[LAYOUT_CRED_UID] = ids;
		l->at[LAYOUT_CRED_GID] = ids + 4;
		l->at[LAYOUT_CRED_SUID] = ids + 8;
		l->at[LAYOUT_CRED_SGID] = ids + 12;
		l->at[LAYOUT_CRED_EUID] = ids + 16;
		l->at[LAYOUT_CRED_EGID] = ids + 20;
		/* fsuid and fsgid follow the effective ids, and have their values. */
		if (dump_u32(cred, (size_t)ids + 24) == k->ids[4] &&
		    dump_u32(cred, (size_t)ids + 28) == k->ids[5]) {
			l->at[LAYOUT_CRED_FSUID] = ids + 24;
			l->at[LAYOUT_CRED_FSGID] = ids + 28;
		}
		/* After fsuid and fsgid. */
		if (dump_u32(cred, (size_t)ids + 32) == k->securebits)
			securebits = ids + 32;
	}
	if (securebits >= 0 && caps > securebits && caps <= securebits + 8)
		l->at[LAYOUT_CRED_SECUREBITS] = securebits;
	if (caps >= 0) {
		l->at[LAYOUT_CRED_PERMITTED] = caps + 8;
		l->at[LAYOUT_CRED_CAPS] = caps + 16;
	}
	/*
	 * The first word after the sets with that value: other credentials of the same namespace
	 * may follow the structure.
	 */
	for (int at = caps >= 0 ? (caps + 24 + 7) & ~7 : (int)cred->size;
	     at + (int)cred->word <= (int)cred->size && !layout_has(l, LAYOUT_CRED_NS);
	     at += (int)cred->word)
		if (dump_word(cred, (size_t)at) == ns)
			l->at[LAYOUT_CRED_NS] = at;
}

void layout_find_userns(struct layout *l, const struct dump *ns, const struct dump *parent_ns,
			const struct reference_known *k, uint64_t parent)
{
	const uint32_t ids[2] = {k->owner, k->group};
	int owner = dump_find_u32s(ns, ids, ARRAY_SIZE(ids));

	l->at[LAYOUT_NS_INUM] = dump_find_u32s(ns, &k->userns, 1);
	l->at[LAYOUT_NS_PARENT] = dump_find_word(ns, 0, parent);
	l->at[LAYOUT_NS_OWNER] = owner;
	/* The level is right before the owner (8742f229b635, 3.12). */
	if (owner >= 4 &&
	    dump_u32(ns, (size_t)owner - 4) == dump_u32(parent_ns, (size_t)owner - 4) + 1)
		l->at[LAYOUT_NS_LEVEL] = owner - 4;
}

void layout_find_level(struct layout *l, const struct dump ns[LEVELS])
{
	int found = -1;

	for (size_t at = 0; at + 4 <= ns[0].size; at += 4) {
		uint32_t level = dump_u32(&ns[0], at);

		if (level > LEVEL_MAX || dump_u32(&ns[1], at) != level + 1 ||
		    dump_u32(&ns[2], at) != level + 2)
			continue;
		if (found >= 0)
			return;
		found = (int)at;
	}
	l->at[LAYOUT_NS_LEVEL] = found;
}

static int find_cred(const struct task_seen *seen)
{
	int at =
		seen->cred_override ? dump_find_word(seen->overridden, 0, seen->cred_override) : -1;

	/* cred changes during an override, and real_cred does not. */
	return at >= 0 && dump_word(seen->task, (size_t)at) == seen->cred ? at : -1;
}

static int find_stack(const struct dump *task, uint64_t sp)
{
	for (size_t at = 0; at + task->word <= task->size; at += task->word) {
		uint64_t v = dump_word(task, at);

		if (v % PAGE_MIN == 0 && v && sp > v && sp - v < STACK_MAX)
			return (int)at;
	}
	return -1;
}

void layout_find_task(struct layout *l, const struct task_seen *seen,
		      const struct reference_known *k)
{
	const uint32_t ids[2] = {(uint32_t)k->tid, (uint32_t)k->tgid};
	int tid = dump_find_u32s(seen->task, ids, ARRAY_SIZE(ids));

	if (tid >= 0) {
		l->at[LAYOUT_TASK_TID] = tid;
		l->at[LAYOUT_TASK_TGID] = tid + 4;
	}
	l->at[LAYOUT_TASK_COMM] = dump_find_bytes(seen->task, k->comm, strlen(k->comm) + 1);
	l->at[LAYOUT_TASK_CRED] = find_cred(seen);
	l->at[LAYOUT_TASK_STACK] = find_stack(seen->task, seen->sp);
}
