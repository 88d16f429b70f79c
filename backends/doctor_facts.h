/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts that `captrace doctor` reports about the machine, and the advice that follows from
 * them.
 */
#ifndef CAPTRACE_BACKENDS_DOCTOR_FACTS_H
#define CAPTRACE_BACKENDS_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stdint.h>

enum doctor_fact {
	FACT_KERNEL,
	FACT_MACHINE,
	FACT_BTF,
	FACT_LOCKDOWN,
	FACT_CAPABILITIES,
	FACT_BPF,
	FACT_TRACEFS,
	FACT_KPROBES,
	FACT_PERF,
	FACT_KPTR,
	FACT_SYMBOLS,
	FACT_TRACEPOINT,
	DOCTOR_FACTS
};

/* What is missing here and may call for advice; bits. */
enum doctor_lack {
	LACK_BTF = 1 << 0,
	LACK_PRIVILEGE = 1 << 1,
	LACK_TRACEFS = 1 << 2, /* not mounted, and captrace could not mount it */
	LACK_SYMBOLS = 1 << 3, /* addresses are hidden from captrace */
	LACK_KPROBES = 1 << 4,
	LACK_TRACEPOINT = 1 << 5,
	LACK_TRUST = 1 << 6, /* lockdown=confidentiality */
	LACK_DATA = 1 << 7,  /* no data symbols */
	LACK_JIT = 1 << 8,   /* the BPF JIT is off */
	LACK_ROOT = 1 << 9,  /* like LACK_PRIVILEGE, on a kernel that has no CAP_BPF */
	LACK_KPTR = 1 << 10, /* addresses are hidden from everybody */
};

struct doctor_facts {
	char text[DOCTOR_FACTS][256]; /* "-": unknown */
	unsigned int lacks;           /* LACK_* bits */
};

/* @btf_path: --btf, or NULL. */
void doctor_facts_get(struct doctor_facts *f, const char *btf_path);

const char *doctor_fact_key(enum doctor_fact fact);     /* in JSON */
const char *doctor_fact_heading(enum doctor_fact fact); /* in text */

/* Calls @tell with each piece of advice. @works: at least one variant works. */
void doctor_advise(const struct doctor_facts *f, bool works,
		   void (*tell)(void *arg, const char *text), void *arg);

#endif
