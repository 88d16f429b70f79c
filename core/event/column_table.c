// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/column.h"

#include <inttypes.h>

#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/column_parse.h"

/* Needs @field and shows the event's member @m. */
#define SHOWS(field, m) FIELD(field), MEMBER_TYPE(m), offsetof(struct cap_event, m)

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

/* clang-format off: a row is name, key, type, widths, what it shows, and named members. */

/*
 * The default columns' preferred widths and the blanks between them are 80 cells together, with a
 * whole CHECKPOINT_RESTORE and a pid of PID_MAX_LIMIT (4194304).
 */
const struct column columns[] = {
	{"node", "node", VALUE_STR, 8, 16, 63, SHOWS(NODE, node), .alias = "k8s.node",
	 .heading = "K8S.NODE", .help = "Kubernetes node"},
	{"namespace", "namespace", VALUE_STR, 7, 16, 63, SHOWS(NAMESPACE, namespace),
	 .alias = "k8s.namespace", .heading = "K8S.NAMESPACE",
	 .help = "Kubernetes namespace of the pod"},
	{"pod", "pod", VALUE_STR, 10, 24, 128, SHOWS(POD, pod), .alias = "k8s.pod,podname",
	 .heading = "K8S.POD", .help = "Kubernetes pod"},
	{"container", "container", VALUE_STR, 8, 21, 64, SHOWS(CONTAINER, container),
	 .alias = "containername", .heading = "RUNTIME.CONTAINERNAME",
	 .help = "name of the container"},
	{"timestamp", "timestamp", VALUE_TIME, 30, 30, 30, SHOWS(TIMESTAMP, timestamp),
	 .help = "time of the check (UTC; in JSON: Unix time in ns)"},
	{"mntns", "mountnsid", VALUE_UINT, 10, 10, 10, SHOWS(MNTNS, mntns), .alias = "mountnsid",
	 .help = "mount namespace of the task (inode)"},
	{"pid", "pid", VALUE_INT, 7, 7, 7, SHOWS(PID, pid), .shown = true,
	 .help = "process (thread group, in the initial PID namespace)"},
	{"comm", "comm", VALUE_STR, 4, 15, 24, SHOWS(COMM, comm), .shown = true,
	 .help = "command name of the thread"},
	{"syscall", "syscall", VALUE_STR, 4, 12, 23, SHOWS(SYSCALL, syscall),
	 .parse = column_parse_syscall, .shown = true,
	 .help = "system call that the check was made for"},
	{"uid", "uid", VALUE_UINT, 4, 6, 10, SHOWS(UID, uid), .parse = column_parse_uid,
	 .shown = true, .help = "user of the credentials checked (initial user namespace)"},
	{"gid", "gid", VALUE_UINT, 4, 6, 10, SHOWS(GID, gid), .parse = column_parse_gid,
	 .help = "group of the credentials checked (initial user namespace)"},
	{"cap", "cap", VALUE_INT, 2, 3, 3, SHOWS(CAP, cap), .parse = column_parse_cap,
	 .shown = true, .help = "number of the capability asked for"},
	{"capname", "capName", VALUE_STR, 5, 18, 18, FIELD(CAP), .get = get_capname,
	 .parse = column_parse_capname, .shown = true, .help = "name of the capability asked for"},
	{"audit", "audit", VALUE_UINT, 2, 5, 5, SHOWS(AUDIT, audit), .parse = column_parse_audit,
	 .shown = true, .help = "1: the kernel asked for an audited check; 0: it did not"},
	{"verdict", "verdict", VALUE_STR, 5, 7, 7, FIELD(VERDICT), .get = get_verdict,
	 .parse = column_parse_verdict, .shown = true, .help = "Allow or Deny"},
	{"insetid", "insetid", VALUE_BOOL, 5, 7, 7, SHOWS(INSETID, insetid),
	 .help = "true: the check was made for a setuid or setgid call"},
	{"targetuserns", "targetuserns", VALUE_UINT, 10, 12, 12,
	 SHOWS(TARGET_USERNS, target_userns),
	 .help = "user namespace the capability was asked for in (inode)"},
	{"currentuserns", "currentuserns", VALUE_UINT, 10, 13, 13,
	 SHOWS(CURRENT_USERNS, current_userns),
	 .help = "user namespace of the credentials checked (inode)"},
	{"caps", "caps", VALUE_HEX, 11, 16, 16, SHOWS(CAPS, caps),
	 .help = "effective capabilities (bit set; hexadecimal in columns)"},
	{"capsnames", "capsNames", VALUE_LIST, 9, 24, 255, FIELD(CAPS), .get = get_capsnames,
	 .help = "effective capabilities by name"},
	{"tid", "tid", VALUE_INT, 7, 7, 7, SHOWS(TID, tid),
	 .help = "thread (in the initial PID namespace)"},
	{"runtime", "runtime", VALUE_STR, 6, 10, 10, SHOWS(RUNTIME, runtime),
	 .parse = column_parse_runtime, .help = "container runtime"},
	{"containerid", "containerid", VALUE_STR, 8, 13, 64, SHOWS(CONTAINERID, containerid),
	 .help = "id of the container"},
	{"unit", "unit", VALUE_STR, 8, 20, 64, SHOWS(UNIT, unit),
	 .help = "systemd unit, of the system or of a user"},
	{"startup", "startup", VALUE_BOOL, 5, 7, 7, SHOWS(STARTUP, startup),
	 .help = "true: made by the runtime or systemd, before the container's or unit's program"},
	{"cgroupid", "cgroupid", VALUE_UINT, 8, 8, 20, SHOWS(CGROUPID, cgroupid),
	 .help = "cgroup of the task (version 2 id)"},
	{"cgroup", "cgroup", VALUE_STR, 12, 24, 255, SHOWS(CGROUP, cgroup),
	 .help = "path of the task's cgroup"},
	{"kstack", "kstack", VALUE_LIST, 12, 24, 255, FIELD(KSTACK), .get = get_kstack,
	 .help = "kernel stack, innermost frame first (see --print-stack)"},
};

const size_t columns_len = ARRAY_SIZE(columns);

const struct column columns_extra[] = {
	{"k8s.container", NULL, VALUE_STR, 8, 16, 64, SHOWS(CONTAINER, container),
	 .heading = "K8S.CONTAINER", .help = "same as container, under its Kubernetes name"},
};

/* clang-format on */

const size_t columns_extra_len = ARRAY_SIZE(columns_extra);
