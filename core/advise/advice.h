/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The advice: every subject's capabilities with their classes, ready for any output format. */
#ifndef CAPTRACE_CORE_ADVISE_ADVICE_H
#define CAPTRACE_CORE_ADVISE_ADVICE_H

#include "core/advise/granted.h"
#include "core/advise/subject.h"

struct cap_origin;

enum advice_class {
	ADVICE_REQUIRED, /* granted to an operation that needs it */
	ADVICE_MISSING,  /* denied, and the system call failed because of it */
	ADVICE_UNKNOWN,  /* denied; whether that mattered is not known */
	ADVICE_OPTIONAL, /* checked, but not needed */
	ADVICE_UNUSED,   /* granted, but never checked */
	ADVICE_CLASSES
};

struct advice_row {
	int cap;
	enum advice_class class;
	const struct tally *tally; /* NULL: the capability is unused */
	bool startup;              /* needed only until the processes dropped it */
	char reason[320];          /* why it has this class; "": no need to say */
};

/* The capabilities of one subject. */
struct advice_subject {
	const struct subject *subject;
	struct advice_row rows[SUBJECT_CAPS];
	size_t rows_len;
	uint64_t sets[ADVICE_CLASSES];
	uint64_t startup; /* the capabilities of rows with `startup` */
	uint64_t needed;  /* required and missing: the smallest sufficient set */
	struct granted granted;
	uint64_t drop, add; /* how to change what is granted now */
};

struct advice {
	enum advise_by by;
	const struct cap_origin *origins;
	size_t origins_len;
	struct advice_subject *subjects;
	size_t len;
	uint64_t events, lost;
	/* Checks that were not judged: before the command's exec, or with another task's credentials. */
	uint64_t ignored;
	uint64_t explain; /* capabilities to show all evidence of (--explain) */
	/* Why the advice may be incomplete, one line each; none: it is complete. */
	char *incomplete[16];
	size_t incomplete_len;
};

/* "required", … */
const char *advice_class_name(enum advice_class class);

/* Fills in @a from the tallies of @sub. */
void advice_classify(struct advice_subject *a, const struct subject *sub);

/* Compares @a with what is granted: sets its unused capabilities, `drop` and `add`. */
void advice_compare(struct advice_subject *a, const struct granted *granted);

#endif
