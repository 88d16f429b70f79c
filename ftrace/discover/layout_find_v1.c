// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/layout_find_v1.h"

#include <errno.h>
#include <string.h>

#include "compat/layout/layout.h"
#include "core/base/util.h"

#define CGROUP_WORDS V1_RUN_MAX
#define ROOT_SIZE    32 /* hierarchy_id is in the first bytes of a root */
#define NODE_WORDS   28 /* of a kernfs_node or a dentry: the dentry's inode is among them */
#define INODE_WORDS  12
#define NODES_MAX    48

/* --- The number of a cgroup's hierarchy ---------------------------------------------------- */

struct search {
	struct layout *l;
	const struct v1_facts *k;
	const struct v1_memory *m;
	const struct v1_set *own, *back;
	size_t at;                       /* the place of the cgroup in which own and back differ */
	int numbers[V1_HIERARCHIES];     /* of the hierarchies, by place */
	uint64_t words[2][CGROUP_WORDS]; /* of the two cgroups at that place */
};

/* Finds the only place at which the two css_sets have different cgroups. */
static int find_place(struct search *s)
{
	size_t differ = 0;

	for (size_t i = 0; i < s->k->numbers_len; i++)
		if (s->own->cgroups[i] != s->back->cgroups[i]) {
			s->at = i;
			differ++;
		}
	return differ == 1 ? 0 : -ENODATA;
}

/*
 * Whether @got has each hierarchy's number exactly once, with that of the hierarchy in which the
 * reference task was moved at its place.
 */
static bool are_numbers(const struct search *s, const uint32_t *got)
{
	const struct v1_facts *k = s->k;

	if (got[s->at] != (uint32_t)k->moved)
		return false;
	for (size_t i = 0; i < k->numbers_len; i++) {
		size_t same = 0;

		for (size_t j = 0; j < k->numbers_len; j++)
			same += got[j] == (uint32_t)k->numbers[i];
		if (same != 1)
			return false;
	}
	return true;
}

static uint64_t value_at(const struct search *s, const uint64_t *words, size_t at, size_t size)
{
	unsigned char bytes[8] = {0};
	uint64_t v = 0;

	for (size_t i = 0; i < size; i++)
		bytes[i] =
			(unsigned char)(words[(at + i) / s->k->word] >> (at + i) % s->k->word * 8);
	memcpy(&v, bytes, sizeof(v));
	return v;
}

/* A word that may be the pointer from a cgroup to its root. */
struct candidate {
	size_t word;
	uint64_t roots[V1_HIERARCHIES];
};

/* Two cgroups of one hierarchy have the same root, and few other pointers in common. */
static size_t list_candidates(const struct search *s, struct candidate *c)
{
	uint64_t cgroup = s->own->cgroups[s->at];
	size_t n = 0;

	for (size_t i = 0; i < CGROUP_WORDS; i++) {
		uint64_t v = s->words[0][i];

		if (v1_is_pointer(s->k, v) && v == s->words[1][i] &&
		    (v < cgroup || v >= cgroup + CGROUP_WORDS * s->k->word))
			c[n++].word = i;
	}
	return n;
}

/* Keeps the candidates that give each hierarchy a different root. */
static int read_roots(const struct search *s, struct candidate *c, size_t *len)
{
	size_t n = s->k->numbers_len, all = *len * n, kept = 0;
	cleanup_free uint64_t *addrs = calloc(all + 1, sizeof(*addrs));
	cleanup_free uint64_t *roots = calloc(all + 1, sizeof(*roots));
	int rc;

	if (!addrs || !roots)
		return -ENOMEM;
	for (size_t i = 0; i < all; i++)
		addrs[i] = s->own->cgroups[i % n] + c[i / n].word * s->k->word;
	rc = all ? s->m->read(s->m->arg, addrs, roots, all) : 0;
	for (size_t i = 0; i < *len && !rc; i++) {
		bool fits = true;

		for (size_t j = 0; j < n; j++) {
			uint64_t root = c[i].roots[j] = roots[i * n + j];

			fits = fits && v1_is_pointer(s->k, root);
			for (size_t x = 0; x < j; x++)
				fits = fits && c[i].roots[x] != root;
		}
		if (fits)
			c[kept++] = c[i];
	}
	*len = kept;
	return rc;
}

/* Adds to @found the number of offsets in these roots at which the hierarchies' numbers are. */
static int try_root(struct search *s, const struct candidate *c, int *found)
{
	size_t n = s->k->numbers_len, words = ROOT_SIZE / s->k->word;
	uint64_t addrs[V1_HIERARCHIES * ROOT_SIZE / 4] = {0}, heads[V1_HIERARCHIES * ROOT_SIZE / 4];
	int rc;

	for (size_t i = 0; i < n * words; i++)
		addrs[i] = c->roots[i / words] + i % words * s->k->word;
	rc = s->m->read(s->m->arg, addrs, heads, n * words);
	for (size_t at = 0; at < ROOT_SIZE && !rc; at += 4) {
		uint32_t got[V1_HIERARCHIES] = {0};

		for (size_t i = 0; i < n; i++)
			got[i] = (uint32_t)value_at(s, &heads[i * words], at, 4);
		if (!are_numbers(s, got))
			continue;
		++*found;
		s->l->at[LAYOUT_CGROUP_ROOT] = (int)(c->word * s->k->word);
		s->l->at[LAYOUT_ROOT_HIERARCHY] = (int)at;
		for (size_t i = 0; i < n; i++)
			s->numbers[i] = (int)got[i];
	}
	return rc;
}

static int find_root(struct search *s)
{
	cleanup_free struct candidate *c = calloc(CGROUP_WORDS, sizeof(*c));
	int found = 0, rc;
	size_t len;

	if (!c)
		return -ENOMEM;
	len = list_candidates(s, c);
	rc = read_roots(s, c, &len);
	for (size_t i = 0; i < len && !rc; i++)
		rc = try_root(s, &c[i], &found);
	return rc ? rc : found == 1 ? 0 : -ENODATA;
}

/* --- The array of controllers -------------------------------------------------------------- */

/* The number of the hierarchy of the cgroup to which the css behind word @at belongs; -1: none. */
static int number_behind(const struct search *s, size_t at)
{
	for (size_t i = 0; i < s->k->numbers_len; i++)
		if (s->own->behind[at] && s->own->behind[at] == s->own->cgroups[i])
			return s->numbers[i];
	return -1;
}

/*
 * Whether the array of /proc/cgroups' controllers begins at @at. Controllers not loaded leave gaps.
 */
static bool are_controllers(const struct search *s, size_t at)
{
	const struct v1_facts *k = s->k;
	size_t seen = 0;

	for (size_t i = at;
	     i < V1_CSET_WORDS && i < at + V1_CONTROLLERS && seen < k->controllers_len; i++) {
		if (!s->own->words[i] && i > at)
			continue;
		if (number_behind(s, i) != k->controllers[seen++])
			return false;
	}
	return seen == k->controllers_len;
}

static bool differ(const int *numbers, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (numbers[i] != numbers[0])
			return true;
	return false;
}

/*
 * If all controllers are in the default hierarchy, nothing distinguishes the array from other
 * pointers to its cgroup, and it is not searched.
 */
static void find_controllers(struct search *s)
{
	const struct v1_facts *k = s->k;
	int found = -1, times = 0;

	if (!k->controllers_len ||
	    (!differ(k->controllers, k->controllers_len) && !k->controllers[0]))
		return;
	for (size_t i = 0; i < V1_CSET_WORDS; i++)
		if (are_controllers(s, i)) {
			found = (int)(i * k->word);
			times++;
		}
	if (times != 1)
		return;
	s->l->at[LAYOUT_CSET_SUBSYS] = found;
	s->l->at[LAYOUT_CSS_CGROUP] = 0;
}

/* --- The id of a cgroup -------------------------------------------------------------------- */

/* A structure to which both cgroups point from the same word, one for each. */
struct node {
	size_t at;    /* the word of the cgroup */
	size_t owner; /* the word that points back to it: kernfs_node.priv, dentry.d_fsdata */
	uint64_t addrs[2];
	uint64_t words[2][NODE_WORDS];
};

/* Fewer words suffice on 64 bits, where they are larger; reading each word takes time. */
static size_t node_words(const struct search *s)
{
	return s->k->word == 8 ? 20 : NODE_WORDS;
}

/*
 * Reads one side of all nodes, and keeps those that point back to their cgroup; on the second side
 * only if they do so from the same word as on the first.
 */
static int read_nodes(const struct search *s, int side, struct node *nodes, size_t *len)
{
	const struct v1_set *set = side ? s->back : s->own;
	size_t each = node_words(s), n = *len * each, kept = 0;
	cleanup_free uint64_t *addrs = calloc(n + 1, sizeof(*addrs));
	cleanup_free uint64_t *words = calloc(n + 1, sizeof(*words));
	int rc;

	if (!addrs || !words)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		addrs[i] = nodes[i / each].addrs[side] + i % each * s->k->word;
	rc = n ? s->m->read(s->m->arg, addrs, words, n) : 0;
	for (size_t i = 0; i < *len && !rc; i++) {
		struct node *to = &nodes[kept];
		size_t owner = 0;

		*to = nodes[i];
		memcpy(to->words[side], &words[i * each], each * sizeof(*words));
		while (owner < each && to->words[side][owner] != set->cgroups[s->at])
			owner++;
		kept += owner < each && (!side || owner == to->owner);
		to->owner = owner;
	}
	*len = kept;
	return rc;
}

/* Finds the words in which each of the two cgroups points to a node of its own. */
static int find_nodes(const struct search *s, struct node *nodes, size_t *len)
{
	uint64_t cgroup = s->own->cgroups[s->at];
	int rc;

	for (size_t i = 0; i < CGROUP_WORDS && *len < NODES_MAX; i++) {
		uint64_t v = s->words[0][i], w = s->words[1][i];

		if (v == w || !v1_is_pointer(s->k, v) || !v1_is_pointer(s->k, w) ||
		    (v >= cgroup && v < cgroup + CGROUP_WORDS * s->k->word))
			continue;
		nodes[(*len)++] = (struct node){.at = i, .addrs = {v, w}};
	}
	rc = read_nodes(s, 0, nodes, len);
	return rc ? rc : read_nodes(s, 1, nodes, len);
}

static bool has_ids(const struct search *s, const struct node *n, size_t at, size_t size)
{
	return at + size <= node_words(s) * s->k->word &&
	       value_at(s, n->words[0], at, size) == s->own->id &&
	       value_at(s, n->words[1], at, size) == s->back->id;
}

/*
 * The id is next to kernfs_node.priv: after it, in newer kernels before it. In older kernels the
 * inode number is there instead, after flags and mode of 16 bits each.
 */
static bool find_kn(struct search *s, const struct node *n)
{
	size_t word = s->k->word, before = n->owner * word, after = before + word,
	       id = (after + 7) & ~(size_t)7;
	bool found = true;

	if (has_ids(s, n, after, 8))
		s->l->at[LAYOUT_KN_ID] = (int)after;
	else if (has_ids(s, n, id, 8))
		s->l->at[LAYOUT_KN_ID] = (int)id;
	else if (before >= 8 && has_ids(s, n, before - 8, 8))
		s->l->at[LAYOUT_KN_ID] = (int)(before - 8);
	else if (has_ids(s, n, after + 4, 4))
		s->l->at[LAYOUT_KN_INO] = (int)(after + 4);
	else
		found = false;
	if (found)
		s->l->at[LAYOUT_CGROUP_KN] = (int)(n->at * word);
	return found;
}

/*
 * Whether the node is a dentry whose inode has the cgroup's number: 0, -ENODATA or another errno.
 */
static int find_dentry(struct search *s, const struct node *n)
{
	for (size_t i = 0; i < node_words(s); i++) {
		uint64_t inodes[2][INODE_WORDS];
		int rc = 0;

		if (n->words[0][i] == n->words[1][i])
			continue;
		for (size_t j = 0; j < 2 && !rc; j++)
			rc = v1_is_pointer(s->k, n->words[j][i])
				     ? v1_read_run(s->k, s->m, n->words[j][i], inodes[j],
						   INODE_WORDS)
				     : -ENODATA;
		if (rc == -ENODATA)
			continue;
		if (rc)
			return rc;
		for (size_t at = 0; at < INODE_WORDS; at++) {
			if (inodes[0][at] != s->own->id || inodes[1][at] != s->back->id)
				continue;
			s->l->at[LAYOUT_CGROUP_DENTRY] = (int)(n->at * s->k->word);
			s->l->at[LAYOUT_DENTRY_INODE] = (int)(i * s->k->word);
			s->l->at[LAYOUT_INODE_INO] = (int)(at * s->k->word);
			return 0;
		}
	}
	return -ENODATA;
}

static int find_id(struct search *s)
{
	cleanup_free struct node *nodes = calloc(NODES_MAX, sizeof(*nodes));
	size_t len = 0;
	int rc;

	if (!nodes)
		return -ENOMEM;
	/* Known from version 2; discovery_verify() compares it for version 1, too. */
	if (layout_has(s->l, LAYOUT_CGROUP_KN))
		return 0;
	if (!s->own->id || !s->back->id || s->own->id == s->back->id)
		return -ENODATA;
	rc = find_nodes(s, nodes, &len);
	for (size_t i = 0; i < len && !rc; i++) {
		if (find_kn(s, &nodes[i]))
			return 0;
		rc = find_dentry(s, &nodes[i]);
		if (rc != -ENODATA)
			return rc;
		rc = 0;
	}
	return rc ? rc : -ENODATA;
}

/* Reads the two cgroups. */
static int read_cgroups(struct search *s)
{
	uint64_t addrs[2 * CGROUP_WORDS];

	for (size_t i = 0; i < CGROUP_WORDS; i++) {
		addrs[i] = s->own->cgroups[s->at] + i * s->k->word;
		addrs[CGROUP_WORDS + i] = s->back->cgroups[s->at] + i * s->k->word;
	}
	return s->m->read(s->m->arg, addrs, s->words[0], ARRAY_SIZE(addrs));
}

static int find(struct search *s)
{
	int rc = find_place(s);

	if (!rc)
		rc = read_cgroups(s);
	if (!rc)
		rc = find_root(s);
	if (rc)
		return rc;
	find_controllers(s);
	return find_id(s);
}

int layout_find_v1(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
		   const struct v1_set *own, const struct v1_set *back, int *at)
{
	cleanup_free struct search *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return -ENOMEM;
	*s = (struct search){.l = l, .k = k, .m = m, .own = own, .back = back};
	rc = find(s);
	*at = (int)s->at;
	if (rc)
		for (int f = LAYOUT_CGROUP_ROOT; f <= LAYOUT_LINK_ENTRY; f++)
			l->at[f] = LAYOUT_ABSENT;
	return rc;
}
