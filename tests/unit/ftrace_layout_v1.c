// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The search for cgroups of version 1 in made-up memory, with the layouts of kernels before 3.11,
 * before 4.14, and since.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/discover/layout_find_v1.h"

#define BASE  UINT64_C(0xffff888000100000)
#define OBJ   2048 /* room for each structure */
#define WORDS (64 * OBJ / 8)

enum { DEFAULT, NAMED, HOME, OWN, CGROUPS }; /* HOME and OWN are in one hierarchy */

/* Offsets in one kernel; -1: it has no such member. */
struct form {
	int links, subsys, root, number, kn, priv, id, id_size, dentry, fsdata, inode, ino;
	int link_cgroup, link_cset, link_entry;
};

static const struct form v3_10 = {.links = 40,
				  .subsys = 56,
				  .root = 168,
				  .number = 16,
				  .kn = -1,
				  .dentry = 72,
				  .fsdata = 120,
				  .inode = 48,
				  .ino = 64,
				  .link_cgroup = 16,
				  .link_cset = 40,
				  .link_entry = 24};
static const struct form v4_9 = {.links = 56,
				 .subsys = 80,
				 .root = 320,
				 .number = 12,
				 .kn = 208,
				 .priv = 96,
				 .id = 108,
				 .id_size = 4,
				 .dentry = -1,
				 .link_cgroup = 0,
				 .link_cset = 8,
				 .link_entry = 32};
static const struct form v5_10 = {.links = 480,
				  .subsys = 0,
				  .root = 376,
				  .number = 12,
				  .kn = 256,
				  .priv = 104,
				  .id = 112,
				  .id_size = 8,
				  .dentry = -1,
				  .link_cgroup = 0,
				  .link_cset = 8,
				  .link_entry = 32};

static const int numbers[CGROUPS] = {0, 1, 8, 8};
static const uint64_t ids[CGROUPS] = {1, 1, 0x100000001, 0x70000022b};

struct world {
	const struct form *form;
	uint64_t words[WORDS];
	size_t used; /* structures */
	uint64_t cgroups[CGROUPS], roots[CGROUPS];
	struct v1_set own, back;
	struct v1_facts facts;
	int reads;
};

static uint64_t make(struct world *w)
{
	return BASE + w->used++ * OBJ;
}

static void put(struct world *w, uint64_t addr, uint64_t value)
{
	w->words[(addr - BASE) / 8] = value;
}

static void put32(struct world *w, uint64_t addr, uint32_t value)
{
	memcpy((char *)w->words + (addr - BASE), &value, sizeof(value));
}

static int read_world(void *arg, const uint64_t *addrs, uint64_t *words, size_t len)
{
	struct world *w = arg;

	w->reads++;
	for (size_t i = 0; i < len; i++)
		words[i] = addrs[i] >= BASE && addrs[i] < BASE + sizeof(w->words)
				   ? w->words[(addrs[i] - BASE) / 8]
				   : 0;
	return 0;
}

static uint64_t id_of(const struct form *f, int i)
{
	return f->id_size == 8 ? ids[i] : ids[i] & 0xffff;
}

static void make_cgroup(struct world *w, int i)
{
	const struct form *f = w->form;
	uint64_t c = w->cgroups[i] = make(w), node = make(w), inode;

	w->roots[i] = i == OWN ? w->roots[HOME] : make(w);
	put(w, w->roots[i], make(w));
	put32(w, w->roots[i] + (uint64_t)f->number, (uint32_t)numbers[i]);
	put(w, c + (uint64_t)f->root, w->roots[i]);
	put(w, c + 24, c + 24);  /* an empty list */
	put(w, c + 40, make(w)); /* another structure of the cgroup's own */
	if (f->kn >= 0) {
		put(w, c, c);
		put(w, c + (uint64_t)f->kn, node);
		put(w, node + (uint64_t)f->priv, c);
		if (f->id_size == 8)
			put(w, node + (uint64_t)f->id, id_of(f, i));
		else
			put32(w, node + (uint64_t)f->id, (uint32_t)id_of(f, i));
		return;
	}
	inode = make(w);
	put(w, c + (uint64_t)f->dentry, node);
	put(w, node + (uint64_t)f->fsdata, c);
	put(w, node + (uint64_t)f->inode, inode);
	put(w, inode + (uint64_t)f->ino, id_of(f, i));
}

/*
 * Makes a css_set in these three cgroups, with its links and the controllers cpu, pids and memory.
 */
static void make_set(struct world *w, struct v1_set *set, int last)
{
	static const int in[] = {DEFAULT, NAMED, HOME};
	const int controllers[] = {DEFAULT, last, DEFAULT};
	const struct form *f = w->form;
	uint64_t head, prev;

	set->address = make(w);
	set->id = id_of(f, last);
	prev = head = set->address + (uint64_t)f->links;
	for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
		uint64_t link = make(w), entry = link + (uint64_t)f->link_entry;

		put(w, link + (uint64_t)f->link_cgroup, w->cgroups[in[i] == HOME ? last : in[i]]);
		put(w, link + (uint64_t)f->link_cset, set->address);
		put(w, prev, entry);
		put(w, entry + 8, prev);
		prev = entry;
	}
	put(w, prev, head);
	put(w, head + 8, prev);
	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		uint64_t css = make(w);

		put(w, css, w->cgroups[controllers[i]]);
		put(w, set->address + (uint64_t)f->subsys + i * 8, css);
	}
	/* A list of tasks that is as long as the list of links. */
	prev = head = set->address + 200;
	for (int i = 0; i < 3; i++) {
		uint64_t task = make(w);

		put(w, prev, task + 512);
		put(w, task + 520, prev);
		prev = task + 512;
	}
	put(w, prev, head);
	put(w, head + 8, prev);
}

static struct world *new_world(const struct form *f)
{
	struct world *w = calloc(1, sizeof(*w));

	cr_assert_not_null(w);
	w->form = f;
	for (int i = 0; i < CGROUPS; i++)
		make_cgroup(w, i);
	make_set(w, &w->own, OWN);
	make_set(w, &w->back, HOME);
	cr_assert_lt(w->used * OBJ, sizeof(w->words));
	w->facts = (struct v1_facts){.word = 8,
				     .moved = 8,
				     .numbers = {0, 8, 1},
				     .numbers_len = 3,
				     .controllers = {0, 8, 0},
				     .controllers_len = 3};
	return w;
}

static int search(struct world *w, struct layout *l, int *at)
{
	const struct v1_memory m = {read_world, w};
	int rc;

	layout_init(l);
	rc = layout_find_v1_links(l, &w->facts, &m, &w->own);
	if (!rc)
		rc = layout_read_v1_links(l, &w->facts, &m, &w->back);
	return rc ? rc : layout_find_v1(l, &w->facts, &m, &w->own, &w->back, at);
}

static void finds(const struct form *f)
{
	struct world *w = new_world(f);
	struct layout l;
	int at = -1;

	cr_assert_eq(search(w, &l, &at), 0);
	cr_expect_eq(at, 2);
	cr_expect_eq(l.at[LAYOUT_CSET_LINKS], f->links);
	cr_expect_eq(l.at[LAYOUT_LINK_CGROUP], f->link_cgroup);
	cr_expect_eq(l.at[LAYOUT_LINK_ENTRY], f->link_entry);
	cr_expect_eq(l.at[LAYOUT_CGROUP_ROOT], f->root);
	cr_expect_eq(l.at[LAYOUT_ROOT_HIERARCHY], f->number);
	cr_expect_eq(l.at[LAYOUT_CSET_SUBSYS], f->subsys);
	cr_expect_eq(l.at[LAYOUT_CSS_CGROUP], 0);
	cr_expect_eq(l.at[LAYOUT_CGROUP_KN], f->kn);
	cr_expect_eq(l.at[LAYOUT_KN_ID], f->id_size == 8 ? f->id : -1);
	cr_expect_eq(l.at[LAYOUT_KN_INO], f->id_size == 4 ? f->id : -1);
	cr_expect_eq(l.at[LAYOUT_CGROUP_DENTRY], f->dentry);
	cr_expect_eq(l.at[LAYOUT_DENTRY_INODE], f->kn < 0 ? f->inode : -1);
	cr_expect_eq(l.at[LAYOUT_INODE_INO], f->kn < 0 ? f->ino : -1);
	/* Each read takes at least one probe, and machines may be slow. */
	cr_expect_lt(w->reads, 40, "%d reads", w->reads);
	free(w);
}

Test(layout_find_v1, without_kernfs)
{
	finds(&v3_10);
}

Test(layout_find_v1, inode_numbers)
{
	finds(&v4_9);
}

Test(layout_find_v1, ids)
{
	finds(&v5_10);
}

static void finds_nothing(struct world *w, const char *why)
{
	struct layout l;
	int at, rc = search(w, &l, &at);

	cr_expect_eq(rc, -ENODATA, "%s: %d", why, rc);
	for (int f = LAYOUT_CGROUP_ROOT; f <= LAYOUT_LINK_ENTRY; f++)
		cr_expect_eq(l.at[f], LAYOUT_ABSENT, "%s: %s", why,
			     layout_field_name((enum layout_field)f));
	free(w);
}

Test(layout_find_v1, every_known_fact_has_to_agree)
{
	struct world *w = new_world(&v4_9);

	w->facts.numbers[1] = w->facts.moved = 7;
	finds_nothing(w, "a number that no hierarchy has");
	w = new_world(&v4_9);
	w->facts.numbers[2] = 2;
	finds_nothing(w, "the number of another hierarchy");
	w = new_world(&v4_9);
	w->facts.numbers[w->facts.numbers_len++] = 3;
	finds_nothing(w, "more hierarchies than links");
	w = new_world(&v4_9);
	w->facts.numbers_len = 1;
	finds_nothing(w, "one hierarchy alone");
	w = new_world(&v4_9);
	w->own.id++;
	finds_nothing(w, "another id");
	w = new_world(&v4_9);
	w->own.address = w->back.address;
	finds_nothing(w, "it was not moved");
	/* The same numbers once more, at another offset in the roots. */
	w = new_world(&v4_9);
	for (int i = 0; i < CGROUPS; i++)
		put32(w, w->roots[i] + 24, (uint32_t)numbers[i]);
	finds_nothing(w, "two places");
}

Test(layout_find_v1, controllers_that_can_not_be_told_apart)
{
	struct world *w = new_world(&v4_9);
	struct layout l;
	int at;

	w->facts.controllers[1] = 0;
	cr_assert_eq(search(w, &l, &at), 0);
	cr_expect_eq(l.at[LAYOUT_CSET_SUBSYS], LAYOUT_ABSENT);
	cr_expect(layout_has(&l, LAYOUT_CSET_LINKS));
	free(w);
}
