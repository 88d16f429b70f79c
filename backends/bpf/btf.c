// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/btf.h"

#include <bpf/btf.h>
#include <linux/types.h>
#include <string.h>
#include <sys/mman.h>

#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "compat/layout/layout_members.h"
#include "core/base/err.h"
#include "core/base/util.h"

/* The type of a member as the programs declare it (bpf/vmlinux.h). */
enum shape {
	SHAPE_NONE, /* the programs don't read it */
	SHAPE_U32,
	SHAPE_U64,
	SHAPE_POINTER,
	SHAPE_ID,   /* kuid_t, kgid_t */
	SHAPE_CAPS, /* kernel_cap_t as it is since 6.3; its bytes were the same before */
	SHAPE_NAME, /* comm */
	SHAPES
};

static const uint8_t shape_sizes[SHAPES] = {
	[SHAPE_U32] = 4, [SHAPE_U64] = 8,  [SHAPE_POINTER] = 8,
	[SHAPE_ID] = 4,  [SHAPE_CAPS] = 8, [SHAPE_NAME] = 16,
};

static const uint8_t shapes[LAYOUT_FIELDS] = {
	[LAYOUT_CRED_SUID] = SHAPE_ID,         [LAYOUT_CRED_SGID] = SHAPE_ID,
	[LAYOUT_CRED_EGID] = SHAPE_ID,         [LAYOUT_CRED_FSUID] = SHAPE_ID,
	[LAYOUT_CRED_FSGID] = SHAPE_ID,        [LAYOUT_CRED_PERMITTED] = SHAPE_CAPS,
	[LAYOUT_CRED_UID] = SHAPE_ID,          [LAYOUT_CRED_GID] = SHAPE_ID,
	[LAYOUT_CRED_EUID] = SHAPE_ID,         [LAYOUT_CRED_SECUREBITS] = SHAPE_U32,
	[LAYOUT_CRED_CAPS] = SHAPE_CAPS,       [LAYOUT_CRED_NS] = SHAPE_POINTER,
	[LAYOUT_NS_INUM] = SHAPE_U32,          [LAYOUT_TASK_TID] = SHAPE_U32,
	[LAYOUT_TASK_TGID] = SHAPE_U32,        [LAYOUT_TASK_CRED] = SHAPE_POINTER,
	[LAYOUT_TASK_COMM] = SHAPE_NAME,       [LAYOUT_TASK_STACK] = SHAPE_POINTER,
	[LAYOUT_TASK_STATUS] = SHAPE_U32,      [LAYOUT_TASK_NSPROXY] = SHAPE_POINTER,
	[LAYOUT_TASK_CGROUPS] = SHAPE_POINTER, [LAYOUT_NSPROXY_MNT] = SHAPE_POINTER,
	[LAYOUT_MNT_INUM] = SHAPE_U32,         [LAYOUT_CSET_CGROUP] = SHAPE_POINTER,
	[LAYOUT_CGROUP_KN] = SHAPE_POINTER,    [LAYOUT_KN_ID] = SHAPE_U64,
};

/* Saved registers follow the machine's ABI (arch/.../uapi/asm/ptrace.h); the kernel adds some. */
struct reg {
	const char *name;
	uint16_t at;
	uint8_t count; /* an array, if not 0 */
	uint8_t size;
};

struct regs {
	size_t size;
	const char *names[2]; /* of the structure; arm64's and riscv's probes read a second one */
	struct reg regs[12];
};

/* No rows for 32-bit kernels: their programs have fixed offsets (bpf/regs32.h). */
static const struct regs all_regs[MACHINES] = {
	[MACHINE_X86_64] = {168,
			    {"pt_regs", NULL},
			    {{"bx", 40, 0, 8},
			     {"r8", 72, 0, 8},
			     {"ax", 80, 0, 8},
			     {"cx", 88, 0, 8},
			     {"dx", 96, 0, 8},
			     {"si", 104, 0, 8},
			     {"di", 112, 0, 8},
			     {"orig_ax", 120, 0, 8},
			     {"ip", 128, 0, 8},
			     {"sp", 152, 0, 8}}},
	[MACHINE_ARM64] = {288,
			   {"pt_regs", "user_pt_regs"},
			   {{"regs", 0, 31, 8},
			    {"sp", 248, 0, 8},
			    {"pc", 256, 0, 8},
			    {"pstate", 264, 0, 8},
			    {"orig_x0", 272, 0, 8},
			    {"syscallno", 280, 0, 4}}},
	[MACHINE_RISCV64] =
		{/* pc in user_regs_struct is epc in pt_regs */
		 288,
		 {"pt_regs", "user_regs_struct"},
		 {{"epc", 0, 0, 8},
		  {"pc", 0, 0, 8},
		  {"sp", 16, 0, 8},
		  {"a0", 80, 0, 8},
		  {"a1", 88, 0, 8},
		  {"a2", 96, 0, 8},
		  {"a3", 104, 0, 8},
		  {"a4", 112, 0, 8},
		  {"a7", 136, 0, 8},
		  {"status", 256, 0, 8},
		  {"cause", 272, 0, 8},
		  {"orig_a0", 280, 0, 8}}},
};

/*
 * The types that others are made of. The ids can be negative errnos until add_base() has checked
 * them all.
 */
struct base {
	struct btf *btf;
	int ids[SHAPES], number; /* number: the index of arrays */
};

static const struct regs *find_regs(const struct machine *m)
{
	return all_regs[m->id].size ? &all_regs[m->id] : NULL;
}

size_t bpf_btf_regs_size(const struct machine *m)
{
	const struct regs *r = find_regs(m);

	return r ? r->size : 0;
}

/* Adds an unnamed structure with one member. Returns its id, or a negative errno. */
static int add_wrapper(struct btf *btf, const char *member, int type, uint32_t size)
{
	int id = btf__add_struct(btf, NULL, size), rc;

	rc = id < 0 ? id : btf__add_field(btf, member, type, 0, 0);
	return rc < 0 ? rc : id;
}

static int add_base(struct base *b, const struct machine *m)
{
	int letter;

	b->ids[SHAPE_U32] = btf__add_int(b->btf, "unsigned int", 4, 0);
	b->ids[SHAPE_U64] = btf__add_int(b->btf, "unsigned long long", 8, 0);
	/* libbpf takes the size of pointers from the size of this type. */
	b->number = btf__add_int(b->btf, "unsigned long", m->word, 0);
	letter = btf__add_int(b->btf, "char", 1, 0);
	b->ids[SHAPE_POINTER] = btf__add_ptr(b->btf, 0);
	b->ids[SHAPE_NAME] = btf__add_array(b->btf, b->number, letter, 16);
	b->ids[SHAPE_ID] = add_wrapper(b->btf, "val", b->ids[SHAPE_U32], 4);
	b->ids[SHAPE_CAPS] = add_wrapper(b->btf, "val", b->ids[SHAPE_U64], 8);
	for (int i = 1; i < SHAPES; i++)
		if (b->ids[i] < 0)
			return b->ids[i];
	return b->number < 0 || letter < 0 ? -ENOMEM : 0;
}

static bool is_member_of(const struct layout *l, int f, const char *type)
{
	const char *of = layout_members[f].type;

	return of && !strcmp(of, type) && shapes[f] && layout_has(l, (enum layout_field)f);
}

/*
 * "ns.inum" becomes a member `ns` whose type is a structure with a member `inum`, both at the
 * offset that the layout has for the inner one. Types are added before the structure that uses
 * them.
 */
static int add_struct(struct base *b, const struct layout *l, const char *type)
{
	int ids[LAYOUT_FIELDS] = {0}, rc;
	uint32_t size = 0;

	for (int f = 0; f < LAYOUT_FIELDS; f++) {
		const char *inner =
			layout_members[f].member ? strchr(layout_members[f].member, '.') : NULL;

		if (!is_member_of(l, f, type))
			continue;
		ids[f] = b->ids[shapes[f]];
		if (inner)
			ids[f] = add_wrapper(b->btf, inner + 1, ids[f], shape_sizes[shapes[f]]);
		if (ids[f] < 0)
			return ids[f];
		size = MAX(size, (uint32_t)l->at[f] + shape_sizes[shapes[f]]);
	}
	rc = btf__add_struct(b->btf, type, size);
	for (int f = 0; f < LAYOUT_FIELDS && rc >= 0; f++) {
		char name[32];

		if (!ids[f])
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(layout_members[f].member, "."),
			 layout_members[f].member);
		rc = btf__add_field(b->btf, name, ids[f], (uint32_t)l->at[f] * 8, 0);
	}
	return MIN(rc, 0);
}

/* Whether @f is the first member of its type that the layout has: the type is added once. */
static bool is_first(const struct layout *l, int f)
{
	const char *type = layout_members[f].type;

	for (int g = 0; g < f; g++)
		if (type && is_member_of(l, g, type))
			return false;
	return type && is_member_of(l, f, type);
}

static int add_regs(struct base *b, const struct regs *r, const char *name)
{
	int ids[ARRAY_SIZE(r->regs)] = {0}, rc;

	for (size_t i = 0; i < ARRAY_SIZE(r->regs) && r->regs[i].name; i++) {
		ids[i] = b->ids[r->regs[i].size == 4 ? SHAPE_U32 : SHAPE_U64];
		if (r->regs[i].count)
			ids[i] = btf__add_array(b->btf, b->number, ids[i], r->regs[i].count);
		if (ids[i] < 0)
			return ids[i];
	}
	rc = btf__add_struct(b->btf, name, (uint32_t)r->size);
	for (size_t i = 0; i < ARRAY_SIZE(r->regs) && r->regs[i].name && rc >= 0; i++)
		rc = btf__add_field(b->btf, r->regs[i].name, ids[i], r->regs[i].at * 8U, 0);
	return MIN(rc, 0);
}

static int fill(struct base *b, const struct layout *l, const struct machine *m)
{
	const struct regs *regs = find_regs(m);
	int rc = add_base(b, m);

	for (int f = 0; f < LAYOUT_FIELDS && !rc; f++)
		if (is_first(l, f))
			rc = add_struct(b, l, layout_members[f].type);
	for (size_t i = 0; regs && i < ARRAY_SIZE(regs->names) && regs->names[i] && !rc; i++)
		rc = add_regs(b, regs, regs->names[i]);
	return rc;
}

static int write_memfd(const void *data, size_t size)
{
	int fd = memfd_create("captrace-btf", MFD_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	if (write(fd, data, size) == (ssize_t)size)
		return fd;
	rc = errno ? -errno : -EIO;
	close(fd);
	return rc;
}

int bpf_btf_make(const struct layout *l, const struct machine *m, struct err *e)
{
	struct base b = {.btf = btf__new_empty()};
	const void *data;
	__u32 size;
	int rc = b.btf ? fill(&b, l, m) : -ENOMEM;

	data = rc ? NULL : btf__raw_data(b.btf, &size);
	if (!rc)
		rc = data ? write_memfd(data, size) : -ENOMEM;
	btf__free(b.btf);
	return rc < 0 ? err_sys(e, rc, "making BTF from the layout that was found") : rc;
}
