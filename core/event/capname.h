/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of capabilities: libcap's, upper case and without the "cap_" prefix. */
#ifndef CAPTRACE_CORE_EVENT_CAPNAME_H
#define CAPTRACE_CORE_EVENT_CAPNAME_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define CAPNAME_MAX 32

/*
 * Name of capability @cap, as in "SYS_NICE"; "CAP_<n>" if libcap has no name for it. Returns a
 * static string where there is one, else @buf.
 */
const char *capname_of(int cap, char *buf, size_t size);

/* The same in lower case, as in lists of capabilities. */
const char *capname_lower(int cap, char *buf, size_t size);

/* Number of "SYS_NICE", "cap_sys_nice", "23" or "CAP_23", any case, up to 63; or -EINVAL. */
int capname_parse(const char *name);

/*
 * The capabilities that this kernel has, a bit each. A process's sets can have more: before
 * 7d8b6c63751c (3.17) all 64 bits of a full set are set.
 */
uint64_t capname_known(void);

/* Sets @e to "unknown capability", with a suggestion if a name is similar. Returns -EINVAL. */
int capname_unknown(const char *name, struct err *e);

#endif
