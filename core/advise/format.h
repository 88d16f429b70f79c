/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output formats of advice. To add one, add a row to the table in formats.c. */
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

/* NULL if there is no such format; @e then lists those that exist. */
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
 * Writes the comment lines that the formats for container engines, systemd and setcap share, each
 * after @mark: the subject, what is perhaps needed besides, and why the advice may be incomplete.
 */
void advice_comment(const struct advice *a, const struct advice_subject *s, const char *mark,
		    struct out *o);

/* How to write names of capabilities; a NULL member writes nothing. */
struct name_style {
	const char *before, *after; /* around each name */
	const char *between;
	bool lower; /* as in cap_sys_nice */
};

void advice_names(struct out *o, uint64_t set, struct name_style style);

/* Writes all evidence of @row: outcomes, system calls, processes, stacks, alternatives. */
void advice_explain(const struct advice *a, const struct advice_row *row, struct out *o);

/* "2026-11-21T21:30:00Z" */
void advice_time(struct out *o, uint64_t ns);

/* Writes text that others control (names) with control characters escaped. */
void advice_safe(struct out *o, const char *s);

#endif
