/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes advice from recordings that a test composes line by line. */
#ifndef CAPTRACE_TESTS_UNIT_ADVISE_HELPER_H
#define CAPTRACE_TESTS_UNIT_ADVISE_HELPER_H

#include <jansson.h>
#include <stddef.h>

#include "core/advise/advise.h"

#define ALL_FIELDS                                                                      \
	"\"timestamp\",\"pid\",\"tid\",\"comm\",\"uid\",\"cap\",\"audit\",\"verdict\"," \
	"\"syscall\",\"caps\",\"targetuserns\",\"currentuserns\""

/* The header of a recording of a command; @fields: the inside of a JSON list. */
#define HEADER_OF(command, fields)                                                       \
	"{\"type\":\"header\",\"format\":\"captrace\",\"version\":1,\"kernel\":\"6.1\"," \
	"\"variant\":\"bpf:test\",\"unaudited\":true,\"start\":1,\"fields\":[" fields    \
	"],\"command\":[\"" command "\"],\"path\":\"/usr/bin/" command "\"}\n"

/* Reports outcomes but no execs, so that a test need not begin with an exec. */
#define HEADER HEADER_OF("x", ALL_FIELDS ",\"outcome\"")
#define END(n) "{\"type\":\"end\",\"events\":" #n ",\"lost\":0,\"unaudited\":0}\n"

#define INIT_NS 4026531837U

/* A check: the time in µs, pid (also the tid), the rest as in the recording. */
struct check {
	int us, pid;
	const char *comm, *syscall;
	int cap, audit; /* audit -1: not known */
	const char *verdict;
	unsigned long long caps;
	unsigned int target, current; /* 0: INIT_NS */
	int uid;
};

/* Lines of a recording, each allocated; lines() frees them. */
char *line_check(struct check c);
char *line_outcome(int since_us, int until_us, int pid, int ret, const char *more);
char *line_exec(int us, int pid, const char *filename);

/* Joins @header and lines, up to a NULL, to a recording; frees the lines. The caller frees it. */
char *lines(const char *header, ...);

struct advised {
	int code;
	char *text;
	json_t *json; /* for the format json; otherwise NULL */
};

/* Makes advice from @len recordings, given as texts. @cfg NULL: JSON, and defaults. */
struct advised advise(const struct advise_cfg *cfg, const char *const *texts, size_t len);
void advised_free(struct advised *a);

/* The names in the first subject's @key, separated by blanks, in a static buffer. */
const char *names_of(const struct advised *a, const char *key);

/* The same of subject @n. */
const char *names_at(const struct advised *a, size_t n, const char *key);

/* The row of a capability of the first subject. */
const json_t *row_of(const struct advised *a, const char *cap);
const char *reason_of(const struct advised *a, const char *cap);

#endif
