// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Callers in commoncap.c into which the compiler may inline cap_capable(): cap_capset(),
 * cap_task_prctl(), cap_mmap_addr(). Also tests their paths that make no check.
 */
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "expect.h"
#include "topics.h"

#ifdef SYS_mmap2
#define MMAP      SYS_mmap2
#define MMAP_NAME "mmap2"
#else
#define MMAP      SYS_mmap
#define MMAP_NAME "mmap"
#endif

static long set_securebits(unsigned long bits)
{
	expect(.syscall = "prctl", .cap = CAP_SETPCAP, .inlined = true);
	return syscall(SYS_prctl, PR_SET_SECUREBITS, bits, 0, 0, 0);
}

static void securebits(void)
{
	unsigned long bits = SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED;

	must(set_securebits(bits));
	/* Clearing a locked bit, clearing a lock, an unknown bit: refused before the check. */
	must_fail(EPERM, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP_LOCKED));
	must_fail(EPERM, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	must_fail(EPERM, prctl(PR_SET_SECUREBITS, bits | 1UL << 30));
	must(set_securebits(bits | SECBIT_KEEP_CAPS));
	/* Makes no check. */
	must(prctl(PR_SET_DUMPABLE, 1));
	set_effective(CAP_SETPCAP, 0);
	must_fail(EPERM, set_securebits(bits | SECBIT_NOROOT));
}

static void capset_twice(void)
{
	set_effective(CAP_SETPCAP, 0);
	set_effective(CAP_SYS_NICE, 0);
	/* capset() works without SETPCAP, too: the check only concerns the inheritable set. */
	set_effective(CAP_SETPCAP, 1);
	set_effective(CAP_SYS_NICE, 1);
}

/* arm lets nobody map pages below FIRST_USER_ADDRESS, whatever their capabilities. */
#ifdef __arm__
#define LOW_PAGE 0x2000UL
#else
#define LOW_PAGE 0UL
#endif

static long page_zero(void)
{
	expect(.syscall = MMAP_NAME, .cap = CAP_SYS_RAWIO, .target = INIT_USERNS, .inlined = true);
	/* PROT_NONE: memory that counts as committed would make a check of its own. */
	return syscall(MMAP, LOW_PAGE, sysconf(_SC_PAGESIZE), PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* Whether mapping LOW_PAGE needs the capability; if not, reports why. */
static bool have_low_page(void)
{
	char text[32] = "";
	int fd;

	fd = must(open("/proc/sys/vm/mmap_min_addr", O_RDONLY));
	must(read(fd, text, sizeof(text) - 1));
	close(fd);
	if (strtoul(text, NULL, 10) > LOW_PAGE)
		return true;
	skip("mmap of page 0: vm.mmap_min_addr is %lu", strtoul(text, NULL, 10));
	return false;
}

static void mmap_zero(void)
{
	if (!have_low_page())
		return;
	if (own_caps() >> CAP_SYS_RAWIO & 1) {
		if (page_zero() != (long)LOW_PAGE)
			fail("mmap of page 0: %s", strerror(errno));
		must(munmap((void *)LOW_PAGE, sysconf(_SC_PAGESIZE)));
		set_effective(CAP_SYS_RAWIO, 0);
	}
	must_fail(EPERM, page_zero());
	/* Above vm.mmap_min_addr: no check. */
	must(mmap((void *)0x10000000, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void as_nobody(void)
{
	become_nobody();
	must_fail(EPERM, set_securebits(SECBIT_NOROOT));
	must_fail(EPERM, prctl(PR_SET_SECUREBITS, 1UL << 30));
	set_effective(CAP_CHOWN, 0);
	if (have_low_page())
		must_fail(EPERM, page_zero());
}

void topic_inlined(void)
{
	if (!getuid()) {
		in_child("securebits", securebits);
		in_child("capset", capset_twice);
		in_child("mmap", mmap_zero);
	}
	in_child("nobody", as_nobody);
}
