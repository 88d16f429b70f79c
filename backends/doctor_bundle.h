/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `captrace doctor --bundle FILE`: one JSON file with all that mending a fault on another machine takes.
 * What is in it, and what isn't, is in doc/BUNDLE.md.
 */
#ifndef CAPTRACE_BACKENDS_DOCTOR_BUNDLE_H
#define CAPTRACE_BACKENDS_DOCTOR_BUNDLE_H

struct bundle;
struct err;
struct json_writer;
struct scrub;

/* From now on it takes in what is logged, at all levels. */
int bundle_new(struct bundle **b, struct err *e);
void bundle_free(struct bundle *b);

/* What is logged from begin to end is of the start of the variant @name. Both take a NULL @b. */
void bundle_begin(struct bundle *b, const char *name);
void bundle_end(struct bundle *b);

/* For the value of @key, which is to be written whole before bundle_write(). */
struct json_writer *bundle_writer(struct bundle *b, const char *key);

/* Adds what the machine's files say, and writes it to @path ("-": standard output). */
int bundle_write(struct bundle *b, const char *path, struct err *e);

/* backends/doctor_machine.c: what the machine's files say, as members of the object @w is in. */
void bundle_machine(struct json_writer *w, const struct scrub *s);

/* The trace probes of captrace's own that there are now, with their counts, to the log. */
void bundle_log_probes(void);

#endif
