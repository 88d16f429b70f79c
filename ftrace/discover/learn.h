/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs discovery with probes for a backend that has no other source of the layout. */
#ifndef CAPTRACE_FTRACE_DISCOVER_LEARN_H
#define CAPTRACE_FTRACE_DISCOVER_LEARN_H

struct err;
struct layout;

/*
 * Sets @l from @btf_path, the kernel's own BTF or discovery, in that order; the place of the saved
 * registers always comes from discovery. What discovery finds was verified with captrace's
 * children.
 */
int discovery_learn(struct layout *l, const char *btf_path, struct err *e);

#endif
