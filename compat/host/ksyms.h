/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's symbols from /proc/kallsyms, including those of modules. ksyms_load() keeps only
 * text symbols, because the data symbols of CONFIG_KALLSYMS_ALL would take most of the memory.
 * ksyms_resolve() finds any symbol by its name.
 */
#ifndef CAPTRACE_COMPAT_HOST_KSYMS_H
#define CAPTRACE_COMPAT_HOST_KSYMS_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct ksyms;

struct ksym {
	uint64_t addr;
	const char *name; /* valid as long as the struct ksyms */
};

/*
 * Reads /proc/kallsyms. -EPERM if the addresses are hidden (kptr_restrict, no CAP_SYSLOG), -ENOENT
 * if there is no such file (CONFIG_KALLSYMS).
 */
int ksyms_load(struct ksyms **k, struct err *e);
void ksyms_free(struct ksyms *k);

/* The last text symbol at or before @addr, or NULL. */
const struct ksym *ksyms_at(const struct ksyms *k, uint64_t addr);

/*
 * Looks up @syms by their names in one pass over the file, and sets the addr of each to the first
 * symbol of that name, data or text, or to 0 if there is none. Errors as for ksyms_load().
 */
int ksyms_resolve(struct ksym *syms, size_t len, struct err *e);

/* The same, and sets @ends to where the next symbol starts: a symbol ends there at the latest. */
int ksyms_resolve_ranges(struct ksym *syms, uint64_t *ends, size_t len, struct err *e);

#endif
