/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of what captrace makes in the kernel: groups of probes, trace instances and cgroups. A
 * name says who owns it (PID, start time, PID namespace), so that what a killed captrace left behind
 * can be told from what another one is using.
 */
#ifndef CAPTRACE_FTRACE_FEED_OWNER_NAME_H
#define CAPTRACE_FTRACE_FEED_OWNER_NAME_H

#define OWNER_NAME_INSTANCES 28 /* characters; three more make a name that all kernels take */

struct owner_name {
	char group[64]; /* "captrace_PID_START_PIDNS" */
	char instances[OWNER_NAME_INSTANCES +
		       1]; /* what instances' names start with: the same, shorter */
};

/* This process's. */
void owner_name_init(struct owner_name *own);

/* Whether any captrace made what has this name: 1 or 0. */
int owner_name_is_one(const char *name);

/* Whether a captrace made it that has ended since: 1 or 0. */
int owner_name_is_stale(const char *name);

#endif
