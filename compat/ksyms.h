/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's symbols as /proc/kallsyms shows them, modules included. */
#ifndef CAPTRACE_KSYMS_H
#define CAPTRACE_KSYMS_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct ksyms;

struct ksym {
	uint64_t addr;
	const char *name; /* lives as long as the ksyms */
	char type;        /* as nm has it: 't', 'T', 'd', … */
};

/*
 * Reads /proc/kallsyms. -EPERM if the addresses are hidden (kptr_restrict, no CAP_SYSLOG), -ENOENT
 * if there is no such file (CONFIG_KALLSYMS).
 */
int ksyms_load(struct ksyms **k, struct err *e);
void ksyms_free(struct ksyms *k);

/* The text symbol that holds @addr, or NULL. */
const struct ksym *ksyms_at(const struct ksyms *k, uint64_t addr);

/* The first symbol of that exact name, or NULL. Linear: for start-up. */
const struct ksym *ksyms_find(const struct ksyms *k, const char *name);

/* Address where the symbol after @sym starts: the end of @sym at the latest. */
uint64_t ksyms_end(const struct ksyms *k, const struct ksym *sym);

#endif
