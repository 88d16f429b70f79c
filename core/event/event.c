// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/event.h"

static const char *const names[CAP_FIELD_COUNT] = {
	[CAP_FIELD_TIMESTAMP] = "timestamp",
	[CAP_FIELD_PID] = "pid",
	[CAP_FIELD_TID] = "tid",
	[CAP_FIELD_COMM] = "comm",
	[CAP_FIELD_UID] = "uid",
	[CAP_FIELD_GID] = "gid",
	[CAP_FIELD_CAP] = "cap",
	[CAP_FIELD_AUDIT] = "audit",
	[CAP_FIELD_INSETID] = "insetid",
	[CAP_FIELD_VERDICT] = "verdict",
	[CAP_FIELD_SYSCALL] = "syscall",
	[CAP_FIELD_CAPS] = "caps",
	[CAP_FIELD_TARGET_USERNS] = "targetuserns",
	[CAP_FIELD_CURRENT_USERNS] = "currentuserns",
	[CAP_FIELD_MNTNS] = "mntns",
	[CAP_FIELD_CGROUPID] = "cgroupid",
	[CAP_FIELD_CGROUP_KEY] = "cgroupkey",
	[CAP_FIELD_STARTUP] = "startup",
	[CAP_FIELD_KSTACK] = "kstack",
	[CAP_FIELD_RUNTIME] = "runtime",
	[CAP_FIELD_CONTAINER] = "container",
	[CAP_FIELD_CONTAINERID] = "containerid",
	[CAP_FIELD_POD] = "pod",
	[CAP_FIELD_NAMESPACE] = "namespace",
	[CAP_FIELD_NODE] = "node",
	[CAP_FIELD_UNIT] = "unit",
	[CAP_FIELD_CGROUP] = "cgroup",
	[CAP_FIELD_OUTCOME] = "outcome",
	[CAP_FIELD_EXEC] = "exec",
	[CAP_FIELD_CRED_OVERRIDE] = "override",
};

const char *event_field_name(enum cap_field field)
{
	return (unsigned int)field < CAP_FIELD_COUNT ? names[field] : NULL;
}
