/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The advice itself: what the tallies amount to, ready to be written in any format. */
#ifndef CAPTRACE_CORE_ADVISE_ADVICE_H
#define CAPTRACE_CORE_ADVISE_ADVICE_H

#include "core/advise/granted.h"
#include "core/advise/subject.h"

struct cap_origin;

enum advice_class {
	ADVICE_REQUIRED, /* granted to an operation that wanted it */
	ADVICE_MISSING,  /* denied to a system call that then failed for it */
	ADVICE_UNKNOWN,  /* denied, and whether that mattered can't be told */
	ADVICE_OPTIONAL, /* asked for, and nothing needs it */
	ADVICE_UNUSED,   /* granted and never asked for */
	ADVICE_CLASSES
};

struct advice_row {
	int cap;
	enum advice_class class;
	const struct tally *tally; /* NULL for what is unused */
	bool startup;              /* needed only before the processes gave it away */
	char reason[320];          /* why it has this class, where that isn't plain; or "" */
};

/* The capabilities of one subject. */
struct advice_subject {
	const struct subject *subject;
	struct advice_row rows[SUBJECT_CAPS];
	size_t rows_len;
	uint64_t sets[ADVICE_CLASSES];
	uint64_t startup; /* those of `rows` that are */
	uint64_t needed;  /* required and missing: the smallest set */
	struct granted granted;
	uint64_t drop, add; /* what to change of what is granted now */
};

struct advice {
	enum advise_by by;
	const struct cap_origin *origins;
	size_t origins_len;
	struct advice_subject *subjects;
	size_t len;
	uint64_t events, lost;
	/* Checks before the command's exec, by the container's runtime, of others' credentials. */
	uint64_t ignored;
	uint64_t explain; /* capabilities to tell all about */
	/* Why it may not be all, a line each. Empty: it is. */
	char *incomplete[16];
	size_t incomplete_len;
};

/* "required", … */
const char *advice_class_name(enum advice_class class);

/* Fills in @a from the tallies of @sub. */
void advice_classify(struct advice_subject *a, const struct subject *sub);

/* With what is granted now: the unused, and what to change. */
void advice_compare(struct advice_subject *a, const struct granted *granted);

#endif
