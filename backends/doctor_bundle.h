/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `captrace doctor --bundle FILE`: writes one JSON file with everything needed to fix a fault on a
 * machine that the developers cannot access. doc/BUNDLE.md says what the file contains and what it
 * leaves out.
 */
#ifndef CAPTRACE_BACKENDS_DOCTOR_BUNDLE_H
#define CAPTRACE_BACKENDS_DOCTOR_BUNDLE_H

struct bundle;
struct err;
struct json_writer;
struct scrub;

/* From now on the bundle receives what is logged, at all levels. */
int bundle_new(struct bundle **b, struct err *e);
void bundle_free(struct bundle *b);

/* What is logged between the two goes under the variant @name. @b may be NULL. */
void bundle_begin(struct bundle *b, const char *name);
void bundle_end(struct bundle *b);

/* The writer for the value of @key, which the caller has to complete before bundle_write(). */
struct json_writer *bundle_writer(struct bundle *b, const char *key);

/*
 * Adds the contents of the machine's files and writes the bundle to @path ("-": standard output).
 */
int bundle_write(struct bundle *b, const char *path, struct err *e);

/*
 * backends/doctor_machine.c: writes the contents of the machine's files as members of the JSON
 * object that is open in @w.
 */
void bundle_machine(struct json_writer *w, const struct scrub *s);

/* Logs captrace's own trace probes as they are now, with their counts. */
void bundle_log_probes(void);

#endif
