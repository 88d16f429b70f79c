/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsers of filter values for columns that take names (parse in struct column). */
#ifndef CAPTRACE_CORE_EVENT_COLUMN_PARSE_H
#define CAPTRACE_CORE_EVENT_COLUMN_PARSE_H

struct err;
struct value;

int column_parse_cap(const char *text, struct value *v, struct err *e);
int column_parse_capname(const char *text, struct value *v, struct err *e);
int column_parse_audit(const char *text, struct value *v, struct err *e);
int column_parse_verdict(const char *text, struct value *v, struct err *e);
int column_parse_syscall(const char *text, struct value *v, struct err *e);
int column_parse_uid(const char *text, struct value *v, struct err *e);
int column_parse_runtime(const char *text, struct value *v, struct err *e);
int column_parse_gid(const char *text, struct value *v, struct err *e);

#endif
