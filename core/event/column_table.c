// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/column.h"

#include <inttypes.h>

#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/column_parse.h"

#define DEFINE_GET(name, member, field)                                     \
	static void get_##name(const struct cap_event *ev, struct value *v) \
	{                                                                   \
		v->member = ev->field;                                      \
	}

DEFINE_GET(timestamp, u, timestamp)
DEFINE_GET(mntns, u, mntns)
DEFINE_GET(pid, i, pid)
DEFINE_GET(tid, i, tid)
DEFINE_GET(comm, s, comm)
DEFINE_GET(uid, u, uid)
DEFINE_GET(gid, u, gid)
DEFINE_GET(cap, i, cap)
DEFINE_GET(audit, u, audit)
DEFINE_GET(insetid, b, insetid)
DEFINE_GET(targetuserns, u, target_userns)
DEFINE_GET(currentuserns, u, current_userns)
DEFINE_GET(caps, u, caps)
DEFINE_GET(cgroupid, u, cgroupid)
DEFINE_GET(syscall, s, syscall)
DEFINE_GET(node, s, node)
DEFINE_GET(namespace, s, namespace)
DEFINE_GET(pod, s, pod)
DEFINE_GET(container, s, container)
DEFINE_GET(runtime, s, runtime)
DEFINE_GET(containerid, s, containerid)
DEFINE_GET(unit, s, unit)
DEFINE_GET(cgroup, s, cgroup)
DEFINE_GET(startup, b, startup)

static void get_capname(const struct cap_event *ev, struct value *v)
{
	v->s = capname_of(ev->cap, v->buf, sizeof(v->buf));
}

static void get_verdict(const struct cap_event *ev, struct value *v)
{
	v->s = ev->verdict == CAP_ALLOW ? "Allow" : "Deny";
}

static const char *next_cap(const struct cap_event *ev, size_t *pos, char *buf)
{
	uint64_t rest = *pos < 64 ? ev->caps >> *pos : 0;

	if (!rest)
		return NULL;
	*pos += (size_t)__builtin_ctzll(rest) + 1;
	return capname_lower((int)*pos - 1, buf, VALUE_ITEM_MAX);
}

static void get_capsnames(const struct cap_event *ev, struct value *v)
{
	v->list.ev = ev;
	v->list.next = next_cap;
	v->list.key = ev->caps;
}

static const char *next_frame(const struct cap_event *ev, size_t *pos, char *buf)
{
	const struct cap_frame *frame;

	if (*pos >= ev->kstack_len)
		return NULL;
	frame = &ev->kstack[(*pos)++];
	if (frame->symbol)
		snprintf(buf, VALUE_ITEM_MAX, "%s+0x%" PRIx64, frame->symbol, frame->offset);
	else
		snprintf(buf, VALUE_ITEM_MAX, "0x%" PRIx64, frame->addr);
	return buf;
}

static void get_kstack(const struct cap_event *ev, struct value *v)
{
	v->list.ev = ev;
	v->list.next = next_frame;
	v->list.key = 0;
}

/*
 * The default columns' preferred widths and the blanks between them are 80 cells together, with a
 * whole CHECKPOINT_RESTORE and a pid of PID_MAX_LIMIT (4194304).
 */
const struct column columns[] = {
	{
		.name = "node",
		.alias = "k8s.node",
		.heading = "K8S.NODE",
		.key = "node",
		.type = VALUE_STR,
		.min = 8,
		.width = 16,
		.max = 63,
		.needs = FIELD(NODE),
		.get = get_node,
		.help = "Kubernetes node",
	},
	{
		.name = "namespace",
		.alias = "k8s.namespace",
		.heading = "K8S.NAMESPACE",
		.key = "namespace",
		.type = VALUE_STR,
		.min = 7,
		.width = 16,
		.max = 63,
		.needs = FIELD(NAMESPACE),
		.get = get_namespace,
		.help = "Kubernetes namespace of the pod",
	},
	{
		.name = "pod",
		.alias = "k8s.pod,podname",
		.heading = "K8S.POD",
		.key = "pod",
		.type = VALUE_STR,
		.min = 10,
		.width = 24,
		.max = 128,
		.needs = FIELD(POD),
		.get = get_pod,
		.help = "Kubernetes pod",
	},
	{
		.name = "container",
		.alias = "containername",
		.heading = "RUNTIME.CONTAINERNAME",
		.key = "container",
		.type = VALUE_STR,
		.min = 8,
		.width = 21,
		.max = 64,
		.needs = FIELD(CONTAINER),
		.get = get_container,
		.help = "name of the container",
	},
	{
		.name = "timestamp",
		.key = "timestamp",
		.type = VALUE_TIME,
		.min = 30,
		.width = 30,
		.max = 30,
		.needs = FIELD(TIMESTAMP),
		.get = get_timestamp,
		.help = "time of the check (UTC; in JSON: Unix time in ns)",
	},
	{
		.name = "mntns",
		.alias = "mountnsid",
		.key = "mountnsid",
		.type = VALUE_UINT,
		.min = 10,
		.width = 10,
		.max = 10,
		.needs = FIELD(MNTNS),
		.get = get_mntns,
		.help = "mount namespace of the task (inode)",
	},
	{
		.name = "pid",
		.key = "pid",
		.type = VALUE_INT,
		.min = 7,
		.width = 7,
		.max = 7,
		.shown = true,
		.needs = FIELD(PID),
		.get = get_pid,
		.help = "process (thread group, in the initial PID namespace)",
	},
	{
		.name = "comm",
		.key = "comm",
		.type = VALUE_STR,
		.min = 4,
		.width = 15,
		.max = 24,
		.shown = true,
		.needs = FIELD(COMM),
		.get = get_comm,
		.help = "command name of the thread",
	},
	{
		.name = "syscall",
		.key = "syscall",
		.type = VALUE_STR,
		.min = 4,
		.width = 12,
		.max = 23,
		.shown = true,
		.needs = FIELD(SYSCALL),
		.get = get_syscall,
		.parse = column_parse_syscall,
		.help = "system call that the check was made for",
	},
	{
		.name = "uid",
		.key = "uid",
		.type = VALUE_UINT,
		.min = 4,
		.width = 6,
		.max = 10,
		.shown = true,
		.needs = FIELD(UID),
		.get = get_uid,
		.parse = column_parse_uid,
		.help = "user of the credentials checked (initial user namespace)",
	},
	{
		.name = "gid",
		.key = "gid",
		.type = VALUE_UINT,
		.min = 4,
		.width = 6,
		.max = 10,
		.needs = FIELD(GID),
		.get = get_gid,
		.parse = column_parse_gid,
		.help = "group of the credentials checked (initial user namespace)",
	},
	{
		.name = "cap",
		.key = "cap",
		.type = VALUE_INT,
		.min = 2,
		.width = 3,
		.max = 3,
		.shown = true,
		.needs = FIELD(CAP),
		.get = get_cap,
		.parse = column_parse_cap,
		.help = "number of the capability asked for",
	},
	{
		.name = "capname",
		.key = "capName",
		.type = VALUE_STR,
		.min = 5,
		.width = 18,
		.max = 18,
		.shown = true,
		.needs = FIELD(CAP),
		.get = get_capname,
		.parse = column_parse_capname,
		.help = "name of the capability asked for",
	},
	{
		.name = "audit",
		.key = "audit",
		.type = VALUE_UINT,
		.min = 2,
		.width = 5,
		.max = 5,
		.shown = true,
		.needs = FIELD(AUDIT),
		.get = get_audit,
		.parse = column_parse_audit,
		.help = "1: the kernel asked for an audited check; 0: it did not",
	},
	{
		.name = "verdict",
		.key = "verdict",
		.type = VALUE_STR,
		.min = 5,
		.width = 7,
		.max = 7,
		.shown = true,
		.needs = FIELD(VERDICT),
		.get = get_verdict,
		.parse = column_parse_verdict,
		.help = "Allow or Deny",
	},
	{
		.name = "insetid",
		.key = "insetid",
		.type = VALUE_BOOL,
		.min = 5,
		.width = 7,
		.max = 7,
		.needs = FIELD(INSETID),
		.get = get_insetid,
		.help = "true: the check was made for a setuid or setgid call",
	},
	{
		.name = "targetuserns",
		.key = "targetuserns",
		.type = VALUE_UINT,
		.min = 10,
		.width = 12,
		.max = 12,
		.needs = FIELD(TARGET_USERNS),
		.get = get_targetuserns,
		.help = "user namespace the capability was asked for in (inode)",
	},
	{
		.name = "currentuserns",
		.key = "currentuserns",
		.type = VALUE_UINT,
		.min = 10,
		.width = 13,
		.max = 13,
		.needs = FIELD(CURRENT_USERNS),
		.get = get_currentuserns,
		.help = "user namespace of the credentials checked (inode)",
	},
	{
		.name = "caps",
		.key = "caps",
		.type = VALUE_HEX,
		.min = 11,
		.width = 16,
		.max = 16,
		.needs = FIELD(CAPS),
		.get = get_caps,
		.help = "effective capabilities (bit set; hexadecimal in columns)",
	},
	{
		.name = "capsnames",
		.key = "capsNames",
		.type = VALUE_LIST,
		.min = 9,
		.width = 24,
		.max = 255,
		.needs = FIELD(CAPS),
		.get = get_capsnames,
		.help = "the same by name",
	},
	{
		.name = "tid",
		.key = "tid",
		.type = VALUE_INT,
		.min = 7,
		.width = 7,
		.max = 7,
		.needs = FIELD(TID),
		.get = get_tid,
		.help = "thread (in the initial PID namespace)",
	},
	{
		.name = "runtime",
		.key = "runtime",
		.type = VALUE_STR,
		.min = 6,
		.width = 10,
		.max = 10,
		.needs = FIELD(RUNTIME),
		.get = get_runtime,
		.parse = column_parse_runtime,
		.help = "container runtime",
	},
	{
		.name = "containerid",
		.key = "containerid",
		.type = VALUE_STR,
		.min = 8,
		.width = 13,
		.max = 64,
		.needs = FIELD(CONTAINERID),
		.get = get_containerid,
		.help = "id of the container",
	},
	{
		.name = "unit",
		.key = "unit",
		.type = VALUE_STR,
		.min = 8,
		.width = 20,
		.max = 64,
		.needs = FIELD(UNIT),
		.get = get_unit,
		.help = "systemd unit, a user's own where it is one",
	},
	{
		.name = "startup",
		.key = "startup",
		.type = VALUE_BOOL,
		.min = 5,
		.width = 7,
		.max = 7,
		.needs = FIELD(STARTUP),
		.get = get_startup,
		.help = "true: by the runtime or systemd, before the container's or unit's program",
	},
	{
		.name = "cgroupid",
		.key = "cgroupid",
		.type = VALUE_UINT,
		.min = 8,
		.width = 8,
		.max = 20,
		.needs = FIELD(CGROUPID),
		.get = get_cgroupid,
		.help = "cgroup of the task (version 2 id)",
	},
	{
		.name = "cgroup",
		.key = "cgroup",
		.type = VALUE_STR,
		.min = 12,
		.width = 24,
		.max = 255,
		.needs = FIELD(CGROUP),
		.get = get_cgroup,
		.help = "path of the task's cgroup",
	},
	{
		.name = "kstack",
		.key = "kstack",
		.type = VALUE_LIST,
		.min = 12,
		.width = 24,
		.max = 255,
		.needs = FIELD(KSTACK),
		.get = get_kstack,
		.help = "kernel stack, innermost frame first (see --print-stack)",
	},
};

const size_t columns_len = ARRAY_SIZE(columns);

const struct column columns_extra[] = {
	{
		.name = "k8s.container",
		.heading = "K8S.CONTAINER",
		.type = VALUE_STR,
		.min = 8,
		.width = 16,
		.max = 64,
		.needs = FIELD(CONTAINER),
		.get = get_container,
		.help = "the same as container, by the name it has beside a pod's",
	},
};

const size_t columns_extra_len = ARRAY_SIZE(columns_extra);
