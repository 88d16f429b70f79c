// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/drop_caps.h"

#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/capability.h>

#include "core/base/log.h"
#include "core/base/util.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/*
 * CAP_SYS_PTRACE: /proc/PID/ns and /proc/PID/root of other users' processes. CAP_DAC_READ_SEARCH:
 * state of container runtimes in directories that do not belong to root. CAP_KILL: signals to a
 * command that runs as another user.
 */
#define KEEP_ALWAYS (BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_KILL))

void drop_caps(uint64_t keep)
{
	cap_t caps = cap_get_proc(), left = cap_init();
	int rc = caps && left ? 0 : -1;

	keep |= KEEP_ALWAYS;
	for (cap_value_t cap = 0; cap < 64 && !rc; cap++) {
		cap_flag_value_t on = CAP_CLEAR;

		/* Fails at the first capability that this kernel does not know. */
		if (cap_get_flag(caps, cap, CAP_PERMITTED, &on))
			break;
		if (!(keep & BIT(cap)) || on != CAP_SET)
			continue;
		rc = cap_set_flag(left, CAP_PERMITTED, 1, &cap, CAP_SET);
		if (!rc && !cap_get_flag(caps, cap, CAP_EFFECTIVE, &on) && on == CAP_SET)
			rc = cap_set_flag(left, CAP_EFFECTIVE, 1, &cap, CAP_SET);
	}
	if (rc || cap_set_proc(left))
		log_verbose("capabilities that are no longer needed could not be dropped: %s",
			    strerror(errno));
	cap_free(caps);
	cap_free(left);
}
