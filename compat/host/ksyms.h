/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's symbols as /proc/kallsyms shows them, modules included. Loading keeps text symbols
 * only (the data symbols of CONFIG_KALLSYMS_ALL would be most of the memory); ksyms_resolve() finds
 * any by name.
 */
#ifndef CAPTRACE_COMPAT_HOST_KSYMS_H
#define CAPTRACE_COMPAT_HOST_KSYMS_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct ksyms;

struct ksym {
	uint64_t addr;
	const char *name; /* lives as long as the ksyms */
};

/*
 * Reads /proc/kallsyms. -EPERM if the addresses are hidden (kptr_restrict, no CAP_SYSLOG), -ENOENT
 * if there is no such file (CONFIG_KALLSYMS).
 */
int ksyms_load(struct ksyms **k, struct err *e);
void ksyms_free(struct ksyms *k);

/* The text symbol that holds @addr, or NULL. */
const struct ksym *ksyms_at(const struct ksyms *k, uint64_t addr);

/*
 * Fills in `addr` of each of @syms by its `name`, in one pass over the file: the first symbol of
 * that name, data or text; 0 where there is none. Errors as ksyms_load().
 */
int ksyms_resolve(struct ksym *syms, size_t len, struct err *e);

/* The same, and where the symbol after each starts: its end at the latest. */
int ksyms_resolve_ranges(struct ksym *syms, uint64_t *ends, size_t len, struct err *e);

#endif
