/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for what captrace creates in the kernel: groups of probes, trace instances and cgroups. A
 * name contains its owner's PID, start time and PID namespace, so that what a killed captrace left
 * behind can be told from what a running captrace uses.
 */
#ifndef CAPTRACE_FTRACE_FEED_OWNER_NAME_H
#define CAPTRACE_FTRACE_FEED_OWNER_NAME_H

#define OWNER_NAME_INSTANCES 28 /* characters; with three more the name is valid on all kernels */

struct owner_name {
	char group[64]; /* "captrace_PID_START_PIDNS" */
	/* Prefix of the names of trace instances: the same data, encoded in fewer characters. */
	char instances[OWNER_NAME_INSTANCES + 1];
};

/* Sets @own to the names that this process uses. */
void owner_name_init(struct owner_name *own);

/* 1 if @name is a name that some captrace gave, else 0. */
int owner_name_is_one(const char *name);

/* 1 if @name was given by a captrace that has ended, else 0. */
int owner_name_is_stale(const char *name);

#endif
