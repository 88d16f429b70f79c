/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms that advice is given in. To add one, add a row to the table in formats.c. */
#ifndef CAPTRACE_CORE_ADVISE_FORMAT_H
#define CAPTRACE_CORE_ADVISE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/advise/advice.h"

struct err;
struct out;

struct advice_format {
	const char *name;
	const char *help;
	void (*write)(const struct advice *a, struct out *o);
};

extern const struct advice_format advice_formats[];
extern const size_t advice_formats_len;

/* NULL and what there is in @e if there is none of that name. */
const struct advice_format *advice_format_find(const char *name, struct err *e);

void advice_write_text(const struct advice *a, struct out *o);
void advice_write_json(const struct advice *a, struct out *o);
void advice_write_kubernetes(const struct advice *a, struct out *o);
void advice_write_docker(const struct advice *a, struct out *o);
void advice_write_podman(const struct advice *a, struct out *o);
void advice_write_systemd(const struct advice *a, struct out *o);
void advice_write_setcap(const struct advice *a, struct out *o);
void advice_write_oci(const struct advice *a, struct out *o);

/*
 * What is common to those that a system enforces. Comment lines, each begun by @mark: whom it is
 * for, what it leaves open, and why it may be incomplete.
 */
void advice_comment(const struct advice *a, const struct advice_subject *s, const char *mark,
		    struct out *o);

/* How names of capabilities are written; what is NULL is not. */
struct name_style {
	const char *before, *after; /* around each */
	const char *between;
	bool lower; /* as in cap_sys_nice */
};

void advice_names(struct out *o, uint64_t set, struct name_style style);

/* All about one row: kinds of checks, system calls, processes, stacks, alternatives. */
void advice_explain(const struct advice *a, const struct advice_row *row, struct out *o);

/* "2026-11-21T21:30:00Z" */
void advice_time(struct out *o, uint64_t ns);

/* Text of others on a terminal or in a comment: nothing in it acts. */
void advice_safe(struct out *o, const char *s);

#endif
