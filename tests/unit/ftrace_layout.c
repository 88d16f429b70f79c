// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery in the memory of real kernels (tests/fixtures/layout/): dumps of a reference
 * task, what was known about the task (*.known), and the right offsets (expected: those of BTF, or
 * on i386 the ones with which all checks were right).
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/discover/reference_task.h"

#define DUMP_MAX 4096

struct memory {
	unsigned char bytes[DUMP_MAX];
	struct dump dump;
};

struct facts {
	struct reference_known k;
	uint64_t cred, ns, sp, cred_override, parent;
};

static FILE *open_fixture(const char *kernel, const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "tests/fixtures/layout/%s/%s", kernel, name);
	f = fopen(path, "re");
	cr_assert_not_null(f, "%s", path);
	return f;
}

static void load(struct memory *m, const char *kernel, const char *name, unsigned int word)
{
	cleanup_fclose FILE *f = open_fixture(kernel, name);

	m->dump = (struct dump){m->bytes, fread(m->bytes, 1, sizeof(m->bytes), f), word};
	cr_assert(m->dump.size > 0);
}

static void load_facts(struct facts *x, const char *kernel, const char *name)
{
	cleanup_fclose FILE *f = open_fixture(kernel, name);
	struct reference_known *k = &x->k;

	memset(x, 0, sizeof(*x));
	cr_assert_eq(fscanf(f,
			    "tid %" SCNd32 " tgid %" SCNd32 " comm %15s ids %" SCNu32 " %" SCNu32
			    " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " securebits %" SCNu32,
			    &k->tid, &k->tgid, k->comm, &k->ids[0], &k->ids[1], &k->ids[2],
			    &k->ids[3], &k->ids[4], &k->ids[5], &k->securebits),
		     10);
	cr_assert_eq(fscanf(f,
			    " caps %" SCNx64 " %" SCNx64 " %" SCNx64 " userns %" SCNu32
			    " owner %" SCNu32 " group %" SCNu32 " cred %" SCNx64 " ns %" SCNx64
			    " sp %" SCNx64 " override %" SCNx64 " parent %" SCNx64,
			    &k->inheritable, &k->permitted, &k->effective, &k->userns, &k->owner,
			    &k->group, &x->cred, &x->ns, &x->sp, &x->cred_override, &x->parent),
		     11);
}

static void compare(const struct layout *l, const char *kernel)
{
	cleanup_fclose FILE *f = open_fixture(kernel, "expected");
	char line[128], name[64];
	int at, compared = 0;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63[^:]: %d", name, &at) != 2)
			continue;
		for (int i = 0; i < LAYOUT_FIELDS; i++) {
			if (strcmp(layout_field_name((enum layout_field)i), name))
				continue;
			cr_expect_eq(l->at[i], at, "%s: %s is at %d, not %d", kernel, name,
				     l->at[i], at);
			compared++;
		}
	}
	cr_assert_eq(compared, 21);
}

static void discover(const char *kernel, unsigned int word)
{
	struct memory cred, task, over, ns, parent;
	struct facts x;
	struct layout l;

	layout_init(&l);
	load(&cred, kernel, "cred", word);
	load_facts(&x, kernel, "cred.known");
	layout_find_cred(&l, &cred.dump, &x.k, x.ns);
	load(&task, kernel, "task", word);
	load(&over, kernel, "overridden", word);
	load_facts(&x, kernel, "task.known");
	layout_find_task(&l,
			 &(struct task_seen){&task.dump, x.cred, x.sp, &over.dump, x.cred_override},
			 &x.k);
	load(&ns, kernel, "userns", word);
	load(&parent, kernel, "parent", word);
	load_facts(&x, kernel, "userns.known");
	layout_find_userns(&l, &ns.dump, &parent.dump, &x.k, x.parent);
	compare(&l, kernel);
}

Test(layout_find, amd64)
{
	discover("amd64-6.1", 8);
}

Test(layout_find, i386_without_btf)
{
	discover("i386-5.10", 4);
}

/* Without the stack pointer, the stack is one of these pointers. */
Test(layout_find, pointers_to_pages)
{
	struct memory task;

	load(&task, "amd64-6.1", "task", 8);
	cr_assert_eq(dump_find_page(&task.dump, 0), 32);
	cr_assert_neq(dump_find_page(&task.dump, 40), 32);
	load(&task, "i386-5.10", "task", 4);
	cr_assert_eq(dump_find_page(&task.dump, 0), 12);
}

Test(layout_find, finds_nothing_in_zeros)
{
	static const unsigned char zeros[256];
	struct dump d = {zeros, sizeof(zeros), 8};
	struct reference_known k = {.tid = 12,
				    .tgid = 11,
				    .comm = "x",
				    .ids = {1, 2, 3, 4, 5, 6},
				    .permitted = 1,
				    .userns = 7,
				    .owner = 8};
	struct layout l;

	layout_init(&l);
	layout_find_cred(&l, &d, &k, 0xffff888000001000);
	layout_find_task(&l,
			 &(struct task_seen){&d, 0xffff888000002000, 0xffffc90000004000, &d,
					     0xffff888000003000},
			 &k);
	layout_find_userns(&l, &d, &d, &k, 0xffff888000001000);
	cr_expect_eq(dump_find_page(&d, 0), -1);
	for (int i = 0; i < LAYOUT_FIELDS; i++)
		cr_expect_eq(l.at[i], LAYOUT_ABSENT, "%s", layout_field_name((enum layout_field)i));
}

/* RHEL 7 has the level at the end, 3.10 has none. */
Test(layout_find, a_level_that_is_not_before_the_owner)
{
	uint32_t words[LEVELS][16] = {
		{7, 0, 0, 5, [12] = 0}, {7, 1, 1, 9, [12] = 1}, {7, 1, 0, 1, [12] = 2}};
	struct dump ns[LEVELS];
	struct layout l;

	for (int i = 0; i < LEVELS; i++)
		ns[i] = (struct dump){(const unsigned char *)words[i], sizeof(words[i]), 8};
	layout_init(&l);
	layout_find_level(&l, ns);
	cr_assert_eq(l.at[LAYOUT_NS_LEVEL], 48);
	/* If two words count the levels, neither is taken. */
	layout_init(&l);
	words[0][14] = 3;
	words[1][14] = 4;
	words[2][14] = 5;
	layout_find_level(&l, ns);
	cr_assert_eq(l.at[LAYOUT_NS_LEVEL], LAYOUT_ABSENT);
	memset(words, 0, sizeof(words));
	layout_find_level(&l, ns);
	cr_assert_eq(l.at[LAYOUT_NS_LEVEL], LAYOUT_ABSENT);
}

Test(layout_find, securebits_that_differ_are_not_found)
{
	struct memory cred;
	struct facts x;
	struct layout l;

	layout_init(&l);
	load(&cred, "amd64-6.1", "cred", 8);
	load_facts(&x, "amd64-6.1", "cred.known");
	x.k.securebits ^= 1;
	x.k.effective ^= 1;
	layout_find_cred(&l, &cred.dump, &x.k, x.ns);
	cr_assert(layout_has(&l, LAYOUT_CRED_UID));
	cr_assert(!layout_has(&l, LAYOUT_CRED_SECUREBITS));
	cr_assert(!layout_has(&l, LAYOUT_CRED_CAPS));
}

Test(layout_find, what_moved)
{
	const uint64_t before[4] = {0xffff888000001000, 5, 0xffff888000002000, 7};
	const uint64_t after[4] = {0xffff888000001000, 6, 0xffff888000003000, 7};
	struct dump a = {(const unsigned char *)before, sizeof(before), 8},
		    b = {(const unsigned char *)after, sizeof(after), 8};

	cr_assert_eq(dump_find_changed(&a, &b, 0), 16);
	cr_assert_eq(dump_find_changed(&a, &b, 24), -1);
	cr_assert_eq(dump_find_changed(&a, &a, 0), -1);
	cr_assert_eq(dump_find_word(&a, 8, 7), 24);
	cr_assert_eq(dump_word(&a, 32), 0);
	cr_assert_eq(dump_u32(&a, 30), 0);
}
