// SPDX-License-Identifier: GPL-2.0-or-later
/* Layout discovery: the path from a task to its version 2 cgroup. */
#include <inttypes.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/util.h"
#include "ftrace/discover/finder.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/probe/cgroup_id.h"

#define STRUCT_SIZE 512 /* bytes that are read of a css_set or a cgroup */
#define KN_SIZE     160
#define KN_TRIES    5

/*
 * A cgroup begins with a css, which begins with a pointer to the cgroup: so its first word is its
 * own address. That is also true of an empty list, but those are in the css_set itself and are
 * skipped.
 */
static int find_cgroup(struct finder *f, uint64_t cset, const struct dump *words, int *at,
		       uint64_t *cgroup, struct err *e)
{
	uint64_t addrs[STRUCT_SIZE / 4], first[STRUCT_SIZE / 4];
	size_t from[STRUCT_SIZE / 4], n = 0;
	int rc;

	*at = -1;
	for (size_t i = 0; i < words->size; i += f->ctx->machine->word) {
		uint64_t v = dump_word(words, i);

		if (!v || !dump_is_pointer(words, v) || (v >= cset && v < cset + words->size))
			continue;
		addrs[n] = v;
		from[n++] = i;
	}
	rc = n ? dump_words(f->t, addrs, first, n, e) : 0;
	for (size_t i = 0; i < n && !rc && *at < 0; i++)
		if (first[i] == addrs[i]) {
			*at = (int)from[i];
			*cgroup = addrs[i];
		}
	return rc;
}

/*
 * kernfs_node.priv points back to the cgroup. The node's id, which user space has in file handles,
 * is next to priv: after it, in newer kernels before it. Elsewhere a word of that value is a
 * counter. Before 4.14 there is an inode number of 4 bytes instead, after flags and mode of 2 bytes
 * each.
 */
static bool find_kn_id(struct layout *l, const struct dump *kn, uint64_t cgroup, uint64_t id)
{
	int priv = dump_find_word(kn, 0, cgroup), ino = priv + (int)kn->word + 4;

	if (priv < 0)
		return false;
	for (int at = priv + kn->word; at <= priv + 8; at += 4)
		if (dump_u64(kn, (size_t)at) == id) {
			l->at[LAYOUT_KN_ID] = at;
			return true;
		}
	if (priv >= 8 && dump_u64(kn, (size_t)priv - 8) == id)
		l->at[LAYOUT_KN_ID] = priv - 8;
	else if (dump_u32(kn, (size_t)ino) == id)
		l->at[LAYOUT_KN_INO] = ino;
	else
		return false;
	return true;
}

/* Looks for the node behind these pointers, which are as many as one probe can follow. */
static int try_kn(struct finder *f, const size_t *from, const uint64_t *addrs, size_t len,
		  uint64_t cgroup, struct err *e)
{
	size_t word = f->ctx->machine->word, n = KN_SIZE / word;
	uint64_t at[KN_TRIES * KN_SIZE / 4], got[KN_TRIES * KN_SIZE / 4];
	unsigned char buf[KN_SIZE];
	struct dump kn = finder_memory(f, buf, sizeof(buf));
	int rc;

	for (size_t i = 0; i < len * n; i++)
		at[i] = addrs[i / n] + i % n * word;
	rc = len ? dump_words(f->t, at, got, len * n, e) : 0;
	for (size_t i = 0; i < len && !rc; i++) {
		for (size_t j = 0; j < n; j++)
			memcpy(buf + j * word, &got[i * n + j], word);
		if (!find_kn_id(f->l, &kn, cgroup, trial_known(f->t)->cgroup))
			continue;
		f->l->at[LAYOUT_CGROUP_KN] = (int)from[i];
		break;
	}
	return rc;
}

static int find_kn(struct finder *f, const struct dump *words, uint64_t cgroup, struct err *e)
{
	size_t from[KN_TRIES], n = 0;
	uint64_t addrs[KN_TRIES];
	int rc = 0;

	for (size_t i = 0; i < words->size && !rc && !layout_has(f->l, LAYOUT_CGROUP_KN);
	     i += f->ctx->machine->word) {
		uint64_t v = dump_word(words, i);

		if (dump_is_pointer(words, v) && (v < cgroup || v >= cgroup + 4096)) {
			from[n] = i;
			addrs[n++] = v;
		}
		if (n < KN_TRIES && i + f->ctx->machine->word < words->size)
			continue;
		rc = try_kn(f, from, addrs, n, cgroup, e);
		n = 0;
	}
	return rc;
}

int finder_cgroup(struct finder *f, struct err *e)
{
	unsigned char buf[STRUCT_SIZE] = {0};
	struct dump words = finder_memory(f, buf, sizeof(buf)),
		    later = finder_memory(f, f->later, FINDER_TASK_SIZE);
	char cset[96], cgrp[160];
	uint64_t cgroup = 0;
	int at, rc = finder_changed(f, f->current, (size_t)f->l->at[LAYOUT_TASK_COMM],
				    FINDER_CGROUPS_FAR, REFERENCE_CGROUP, e);

	if (rc < 0)
		return rc == -1 || rc == -EOPNOTSUPP ? 0 : rc;
	f->l->at[LAYOUT_TASK_CGROUPS] = rc;
	snprintf(cset, sizeof(cset), "+%d(%s)", rc, f->current);
	rc = dump_read(f->t, REFERENCE_ASK, &(struct dump_request){cset, 0, sizeof(buf), buf}, NULL,
		       e);
	if (!rc)
		rc = find_cgroup(f, dump_word(&later, (size_t)f->l->at[LAYOUT_TASK_CGROUPS]),
				 &words, &at, &cgroup, e);
	if (rc || at < 0)
		return rc;
	f->l->at[LAYOUT_CSET_CGROUP] = at;
	snprintf(cgrp, sizeof(cgrp), "+%d(%s)", at, cset);
	rc = dump_read(f->t, REFERENCE_ASK, &(struct dump_request){cgrp, 0, sizeof(buf), buf}, NULL,
		       e);
	return rc ? rc : find_kn(f, &words, cgroup, e);
}
