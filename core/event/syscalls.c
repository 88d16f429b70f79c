// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/syscalls.h"

#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/util.h"

#define X32_BIT 0x40000000

/* The tables end well below this; larger numbers are all "syscall_unknown". */
#define TABLE_SIZE 1024

static const uint32_t scmp_arch[SYSCALL_ABI_COUNT] = {
	[SYSCALL_ABI_X86_64] = SCMP_ARCH_X86_64, [SYSCALL_ABI_I386] = SCMP_ARCH_X86,
	[SYSCALL_ABI_X32] = SCMP_ARCH_X32,       [SYSCALL_ABI_ARM64] = SCMP_ARCH_AARCH64,
	[SYSCALL_ABI_ARM] = SCMP_ARCH_ARM,       [SYSCALL_ABI_RISCV64] = SCMP_ARCH_RISCV64,
};

/*
 * System calls that the installed libseccomp may be too old for. From 403 on
 * (arch/x86/entry/syscalls, "common number space" since Linux 5.1), a system call has the same
 * number on every architecture, so one list is enough.
 */
static const struct {
	int nr;
	const char *name;
} newer[] = {
	{450, "set_mempolicy_home_node"},
	{451, "cachestat"},
	{452, "fchmodat2"},
	{453, "map_shadow_stack"},
	{454, "futex_wake"},
	{455, "futex_wait"},
	{456, "futex_requeue"},
	{457, "statmount"},
	{458, "listmount"},
	{459, "lsm_get_self_attr"},
	{460, "lsm_set_self_attr"},
	{461, "lsm_list_modules"},
	{462, "mseal"},
	{463, "setxattrat"},
	{464, "getxattrat"},
	{465, "listxattrat"},
	{466, "removexattrat"},
	{467, "open_tree_attr"},
	{468, "file_getattr"},
	{469, "file_setattr"},
	{470, "listns"},
};

enum syscall_abi syscall_abi_native(void)
{
#if defined(__x86_64__)
	return SYSCALL_ABI_X86_64;
#elif defined(__i386__)
	return SYSCALL_ABI_I386;
#elif defined(__aarch64__)
	return SYSCALL_ABI_ARM64;
#elif defined(__arm__)
	return SYSCALL_ABI_ARM;
#elif defined(__riscv) && __riscv_xlen == 64
	return SYSCALL_ABI_RISCV64;
#else
	return SYSCALL_ABI_NONE;
#endif
}

enum syscall_abi syscall_abi_compat(void)
{
#if defined(__x86_64__)
	return SYSCALL_ABI_I386;
#elif defined(__aarch64__)
	return SYSCALL_ABI_ARM;
#else
	return SYSCALL_ABI_NONE;
#endif
}

static char *resolve(enum syscall_abi abi, int nr)
{
	int number = abi == SYSCALL_ABI_X32 ? nr | X32_BIT : nr;
	char *name = seccomp_syscall_resolve_num_arch(scmp_arch[abi], number);

	if (name)
		return name;
	for (size_t i = 0; i < ARRAY_SIZE(newer); i++)
		if (newer[i].nr == nr)
			return strdup(newer[i].name);
	if (asprintf(&name, "syscall_%d", nr) < 0)
		return NULL;
	return name;
}

const char *syscall_name(enum syscall_abi abi, int nr)
{
	/* Names never change: each number is resolved once, on the first event with it. */
	static char *names[SYSCALL_ABI_COUNT][TABLE_SIZE];

	if (abi <= SYSCALL_ABI_NONE || abi >= SYSCALL_ABI_COUNT || nr < 0)
		return NULL;
	if (abi == SYSCALL_ABI_X32)
		nr &= ~X32_BIT;
	if (nr >= TABLE_SIZE)
		return "syscall_unknown";
	if (!names[abi][nr])
		names[abi][nr] = resolve(abi, nr);
	return names[abi][nr];
}

bool syscall_known(const char *name)
{
	/* libseccomp has negative numbers of its own for calls of other architectures. */
	if (seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(newer); i++)
		if (!strcmp(newer[i].name, name))
			return true;
	return !strncmp(name, "syscall_", strlen("syscall_"));
}

bool syscall_among(const char *list, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	if (!list)
		return true;
	for (const char *p = list; len && (p = strstr(p, name)); p += len)
		if ((p == list || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	return false;
}
