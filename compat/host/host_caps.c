// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/host_caps.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/capability.h>

#include "compat/host/sysctl.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/capname.h"

/* Headers before 5.8 (a17b53c4a4b5, 980737282232) don't have these. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* @cap, which 5.8 introduced, or CAP_SYS_ADMIN on an older kernel; as a bit. */
static uint64_t cap_or_admin(int cap)
{
	return UINT64_C(1) << (capname_known() >> cap & 1 ? cap : CAP_SYS_ADMIN);
}

uint64_t host_caps_for_bpf(void)
{
	return cap_or_admin(CAP_BPF);
}

bool perf_is_closed(void)
{
	int64_t level;

	return sysctl_read("kernel/perf_event_paranoid", &level) && level > 2;
}

uint64_t host_caps_for_perf(void)
{
	return cap_or_admin(CAP_PERFMON) | (perf_is_closed() ? UINT64_C(1) << CAP_SYS_ADMIN : 0);
}

bool host_caps_have(int cap)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = capname_known() >> cap & 1 ? cap_get_proc() : NULL;

	if (!caps)
		return false;
	if (cap_get_flag(caps, cap, CAP_EFFECTIVE, &value))
		value = CAP_CLEAR;
	cap_free(caps);
	return value == CAP_SET;
}

bool host_caps_explain_bpf(int error, struct err *e)
{
	if ((error != -EPERM && error != -EACCES) || host_caps_have(CAP_SYS_ADMIN) ||
	    (host_caps_have(CAP_BPF) && host_caps_have(CAP_PERFMON)))
		return false;
	err_set(e, -EPERM,
		"not enough privilege: needs CAP_BPF and CAP_PERFMON (CAP_SYS_ADMIN before Linux "
		"5.8); run captrace as root");
	return true;
}

bool bpf_jit_is_off(void)
{
	int64_t on;

	return sysctl_read("net/core/bpf_jit_enable", &on) && !on;
}

const char *lockdown_state(void)
{
	cleanup_fclose FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128];

	/* "none [integrity] confidentiality" */
	if (!f || !fgets(line, sizeof(line), f))
		return "none";
	if (strstr(line, "[confidentiality]"))
		return "confidentiality";
	return strstr(line, "[integrity]") ? "integrity" : "none";
}
