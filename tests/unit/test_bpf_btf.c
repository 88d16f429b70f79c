// SPDX-License-Identifier: GPL-2.0-or-later
/* BTF that is made from a layout, read back by the code that reads the kernel's own BTF. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "backends/bpf/btf.h"
#include "compat/host/machine.h"
#include "compat/layout/btf_types.h"
#include "compat/layout/layout.h"
#include "core/base/err.h"

static struct btf_types *make(const struct layout *l, const char *machine)
{
	struct btf_types *types = NULL;
	struct err e = {0};
	char path[32];
	int fd = bpf_btf_make(l, machine_find(machine), &e);

	cr_assert_geq(fd, 0, "%s", e.msg);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cr_assert_eq(btf_types_load(&types, path, &e), 0, "%s", e.msg);
	close(fd);
	return types;
}

static struct layout some_layout(void)
{
	struct layout l;

	layout_init(&l);
	l.at[LAYOUT_CRED_UID] = 8;
	l.at[LAYOUT_CRED_CAPS] = 56;
	l.at[LAYOUT_CRED_NS] = 136;
	l.at[LAYOUT_NS_INUM] = 412;
	l.at[LAYOUT_TASK_STATUS] = 16;
	l.at[LAYOUT_TASK_TID] = 2312;
	l.at[LAYOUT_TASK_COMM] = 2888;
	l.at[LAYOUT_KN_ID] = 96;
	return l;
}

Test(bpf_btf, members_are_where_the_layout_has_them)
{
	struct layout l = some_layout();
	struct btf_types *t = make(&l, "x86_64");

	cr_assert_eq(btf_types_offset(t, "cred", "uid"), 8);
	cr_assert_eq(btf_types_offset(t, "cred", "uid.val"), 8);
	cr_assert_eq(btf_types_offset(t, "cred", "cap_effective.val"), 56);
	cr_assert_eq(btf_types_offset(t, "cred", "user_ns"), 136);
	cr_assert_eq(btf_types_offset(t, "user_namespace", "ns.inum"), 412);
	cr_assert_eq(btf_types_offset(t, "task_struct", "thread_info.status"), 16);
	cr_assert_eq(btf_types_offset(t, "task_struct", "pid"), 2312);
	cr_assert_eq(btf_types_offset(t, "task_struct", "comm"), 2888);
	cr_assert_eq(btf_types_offset(t, "kernfs_node", "id"), 96);
	btf_types_free(t);
}

/* Members that were not found are missing, and not at offset 0: the programs look for that. */
Test(bpf_btf, what_the_layout_lacks_is_missing)
{
	struct layout l = some_layout();
	struct btf_types *t = make(&l, "x86_64");

	cr_assert_lt(btf_types_offset(t, "cred", "gid"), 0);
	cr_assert_lt(btf_types_offset(t, "task_struct", "tgid"), 0);
	cr_assert_lt(btf_types_offset(t, "nsproxy", "mnt_ns"), 0);
	cr_assert_lt(btf_types_offset(t, "task_struct", "flags"), 0);
	btf_types_free(t);
}

Test(bpf_btf, saved_registers_are_the_machines)
{
	struct layout l = some_layout();
	struct btf_types *x86 = make(&l, "x86_64"), *arm64 = make(&l, "aarch64"),
			 *riscv64 = make(&l, "riscv64"), *arm = make(&l, "arm");

	cr_assert_eq(btf_types_offset(x86, "pt_regs", "orig_ax"),
		     machine_find("x86_64")->saved[SAVED_NR]);
	cr_assert_eq(btf_types_offset(x86, "pt_regs", "ip"),
		     machine_find("x86_64")->saved[SAVED_IP]);
	cr_assert_eq(btf_types_offset(arm64, "pt_regs", "syscallno"),
		     machine_find("aarch64")->saved[SAVED_NR]);
	cr_assert_eq(btf_types_offset(arm64, "user_pt_regs", "pc"),
		     machine_find("aarch64")->saved[SAVED_IP]);
	cr_assert_eq(btf_types_offset(riscv64, "pt_regs", "a7"),
		     machine_find("riscv64")->saved[SAVED_NR]);
	cr_assert_eq(btf_types_offset(riscv64, "pt_regs", "epc"),
		     machine_find("riscv64")->saved[SAVED_IP]);
	cr_assert_eq(btf_types_offset(riscv64, "pt_regs", "cause"),
		     machine_find("riscv64")->saved[SAVED_MODE]);
	cr_assert_eq(btf_types_offset(riscv64, "pt_regs", "status"),
		     machine_find("riscv64")->saved[SAVED_FLAGS]);
	cr_assert_eq(btf_types_offset(riscv64, "user_regs_struct", "a3"), 104);
	cr_assert_eq(bpf_btf_regs_size(machine_find("riscv64")), 288);
	/* The programs for arm have fixed offsets. */
	cr_assert_lt(btf_types_offset(arm, "pt_regs", "uregs"), 0);
	cr_assert_eq(bpf_btf_regs_size(machine_find("arm")), 0);
	cr_assert_eq(bpf_btf_regs_size(machine_find("x86_64")), 168);
	btf_types_free(x86);
	btf_types_free(arm64);
	btf_types_free(riscv64);
	btf_types_free(arm);
}
