/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What probes find out about a kernel, for a backend that has no other way to know it. */
#ifndef CAPTRACE_FTRACE_DISCOVER_LEARN_H
#define CAPTRACE_FTRACE_DISCOVER_LEARN_H

struct err;
struct layout;

/*
 * From @btf_path, the kernel's own types or by discovery, in that order, and the saved registers'
 * place in any case. All that is found has been compared with what is known of captrace's children.
 */
int discovery_learn(struct layout *l, const char *btf_path, struct err *e);

#endif
