// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds and reads the list of a css_set's links, which has one for each hierarchy. */
#include <errno.h>
#include <string.h>

#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/discover/layout_find_v1.h"

/* The form of a link, in words. */
struct shape {
	int cgroup, cset;        /* its two pointers, relative to its list entry */
	int cgroup_at, entry_at; /* from the link's start */
};

static const struct shape shapes[] = {
	{-4, -3, 0, 4}, /* cgrp_cset_link, since 3.11 */
	{-1, 2, 2, 3},  /* cg_cgroup_link before that */
};

struct walk {
	size_t at; /* the list's head: a word of the css_set */
	uint64_t entries[V1_HIERARCHIES];
	uint64_t next;
};

/*
 * Whether the list has another entry or ends after the right number of them, with list_head.prev at
 * the last one.
 */
static bool is_list(const struct v1_facts *k, const struct v1_set *set, const struct walk *w,
		    size_t step)
{
	bool last = step == k->numbers_len;

	if (!v1_is_pointer(k, w->next) || (w->next == set->address + w->at * k->word) != last)
		return false;
	return !last || set->words[w->at + 1] == w->entries[step - 1];
}

/*
 * Keeps the lists that have as many entries as there are hierarchies. Returns their number or a
 * negative errno.
 */
static int walk_lists(const struct v1_facts *k, const struct v1_memory *m, const struct v1_set *set,
		      struct walk *walks, size_t len)
{
	uint64_t addrs[V1_CSET_WORDS] = {0}, next[V1_CSET_WORDS];

	for (size_t step = 1; len; step++) {
		size_t kept = 0;
		int rc;

		for (size_t i = 0; i < len; i++)
			if (is_list(k, set, &walks[i], step))
				walks[kept++] = walks[i];
		len = kept;
		if (!len || step == k->numbers_len)
			break;
		for (size_t i = 0; i < len; i++)
			addrs[i] = walks[i].entries[step] = walks[i].next;
		rc = m->read(m->arg, addrs, next, len);
		if (rc)
			return rc;
		for (size_t i = 0; i < len; i++)
			walks[i].next = next[i];
	}
	return (int)len;
}

/*
 * Checks that each entry points to a different cgroup and to the css_set: 0, -ENODATA or an errno.
 */
static int check_links(const struct v1_facts *k, const struct v1_memory *m, const struct shape *s,
		       const struct walk *w, struct v1_set *set)
{
	uint64_t addrs[2 * V1_HIERARCHIES] = {0}, got[2 * V1_HIERARCHIES];
	size_t n = k->numbers_len;
	int rc;

	for (size_t i = 0; i < n; i++) {
		addrs[i] = w->entries[i] + (uint64_t)((int64_t)s->cgroup * (int)k->word);
		addrs[n + i] = w->entries[i] + (uint64_t)((int64_t)s->cset * (int)k->word);
	}
	rc = m->read(m->arg, addrs, got, 2 * n);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		set->cgroups[i] = got[i];
		if (!v1_is_pointer(k, got[i]) || got[n + i] != set->address)
			return -ENODATA;
		for (size_t j = 0; j < i; j++)
			if (got[j] == got[i])
				return -ENODATA;
	}
	return 0;
}

static int read_set(const struct v1_facts *k, const struct v1_memory *m, struct v1_set *set)
{
	int rc = v1_read_run(k, m, set->address, set->words, V1_CSET_WORDS);
	uint64_t addrs[V1_CSET_WORDS], behind[V1_CSET_WORDS];
	size_t n = 0;

	memset(set->behind, 0, sizeof(set->behind));
	for (size_t i = 0; i < V1_CSET_WORDS; i++)
		if (v1_is_pointer(k, set->words[i]))
			addrs[n++] = set->words[i];
	if (!rc && n)
		rc = m->read(m->arg, addrs, behind, n);
	for (size_t i = V1_CSET_WORDS; !rc && i-- > 0;)
		if (v1_is_pointer(k, set->words[i]))
			set->behind[i] = behind[--n];
	return rc;
}

int layout_find_v1_links(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
			 struct v1_set *set)
{
	cleanup_free struct walk *walks = calloc(V1_CSET_WORDS, sizeof(*walks));
	size_t n = 0;
	int rc, len;

	if (!walks)
		return -ENOMEM;
	/* With only one hierarchy the list can't be distinguished from others. */
	if (k->numbers_len < 2)
		return -ENODATA;
	rc = read_set(k, m, set);
	for (size_t i = 0; i + 1 < V1_CSET_WORDS; i++)
		if (v1_is_pointer(k, set->words[i]) && v1_is_pointer(k, set->words[i + 1]) &&
		    set->words[i] != set->address + i * k->word)
			walks[n++] = (struct walk){
				.at = i,
				.entries = {set->words[i]},
				.next = set->behind[i],
			};
	len = rc ? rc : walk_lists(k, m, set, walks, n);
	for (int i = 0; i < len; i++)
		for (size_t j = 0; j < ARRAY_SIZE(shapes); j++) {
			rc = check_links(k, m, &shapes[j], &walks[i], set);
			if (rc == -ENODATA)
				continue;
			if (rc)
				return rc;
			l->at[LAYOUT_CSET_LINKS] = (int)(walks[i].at * k->word);
			l->at[LAYOUT_LINK_CGROUP] = shapes[j].cgroup_at * (int)k->word;
			l->at[LAYOUT_LINK_ENTRY] = shapes[j].entry_at * (int)k->word;
			return 0;
		}
	return len < 0 ? len : -ENODATA;
}

int layout_read_v1_links(const struct layout *l, const struct v1_facts *k,
			 const struct v1_memory *m, struct v1_set *set)
{
	int64_t cgroup = l->at[LAYOUT_LINK_CGROUP] - l->at[LAYOUT_LINK_ENTRY];
	uint64_t head = set->address + (uint64_t)l->at[LAYOUT_CSET_LINKS];
	/* The addresses of an entry's next and of its cgroup, which the head lacks. */
	uint64_t entry[2] = {head, head};

	for (size_t i = 0; i <= k->numbers_len; i++) {
		uint64_t got[2];
		int rc = m->read(m->arg, entry, got, i ? 2 : 1);

		if (rc)
			return rc;
		if (i)
			set->cgroups[i - 1] = got[1];
		if (!v1_is_pointer(k, got[0]) || (got[0] == head) != (i == k->numbers_len))
			return -ENODATA;
		entry[0] = got[0];
		entry[1] = got[0] + (uint64_t)cgroup;
	}
	return 0;
}
