// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/decode.h"

#include <linux/types.h>
#include <string.h>

#include "bpf/wire.h"
#include "compat/host/kstack.h"
#include "core/base/util.h"
#include "core/event/syscalls.h"

#define MAX_ERRNO 4095 /* include/linux/err.h */

/*
 * For a stack without the frame of the hook: the first frame that is not a BPF program's. A program
 * has a name (bpf_...) if it was loaded before the symbols were read.
 */
static size_t after_programs(const struct cap_frame *frames, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (frames[i].symbol && strncmp(frames[i].symbol, "bpf_", 4))
			return i;
	return 0;
}

static void decode_stack(const struct bpf_decoder *d, const struct wire_stack *s,
			 struct cap_event *ev)
{
	size_t len = MIN(s->check.stack_len / sizeof(s->frames[0]), WIRE_STACK_FRAMES);
	uint64_t addrs[WIRE_STACK_FRAMES];
	size_t from;

	memcpy(addrs, s->frames, len * sizeof(addrs[0]));
	from = kstack_fill(d->frames, d->ksyms, addrs, len);
	if (from == len)
		from = after_programs(d->frames, len);
	ev->kstack = d->frames + from;
	ev->kstack_len = len - from;
	if (len)
		ev->have |= FIELD(KSTACK);
}

/*
 * Members before this one are set by a backend; the others are identity's, and are left as they
 * are.
 */
#define CLEARED_TO offsetof(struct cap_event, runtime)

#define CLEARED(m) (offsetof(struct cap_event, m) < CLEARED_TO)
_Static_assert(CLEARED(have) && CLEARED(timestamp) && CLEARED(owner) && CLEARED(kstack) &&
		       CLEARED(kstack_len) && CLEARED(origin) && CLEARED(cred_override),
	       "a backend's members stand before identity's");
_Static_assert(!CLEARED(container) && !CLEARED(containerid) && !CLEARED(pod) &&
		       !CLEARED(namespace) && !CLEARED(node) && !CLEARED(unit) &&
		       !CLEARED(cgroup) && !CLEARED(labels),
	       "identity's members stand behind a backend's");

int bpf_decode(const struct bpf_decoder *d, const void *data, size_t size, struct cap_event *ev)
{
	const struct wire_check *r = data;

	if (size < sizeof(*r))
		return -EBADMSG;
	memset(ev, 0, CLEARED_TO);
	ev->have = d->fields & ~(FIELD(AUDIT) | FIELD(INSETID) | FIELD(KSTACK));
	ev->pid = (int32_t)r->tgid;
	ev->tid = (int32_t)r->tid;
	ev->uid = r->uid;
	ev->gid = r->gid;
	ev->cap = r->cap;
	ev->verdict = r->denied ? CAP_DENY : CAP_ALLOW;
	ev->caps = r->caps;
	ev->target_userns = r->target_userns;
	ev->current_userns = r->current_userns;
	/*
	 * The programs don't write fields that were not asked for: these hold old bytes of the
	 * ring.
	 */
	if (ev->have & FIELD(TIMESTAMP))
		ev->timestamp = r->time + d->clock_offset;
	if (ev->have & FIELD(COMM)) {
		memcpy(ev->comm, r->comm, sizeof(ev->comm));
		ev->comm[sizeof(ev->comm) - 1] = '\0';
	}
	if (ev->have & FIELD(MNTNS))
		ev->mntns = r->mntns;
	if (ev->have & FIELD(CGROUP_KEY))
		ev->cgroup_key = r->cgroup_key;
	if (ev->have & FIELD(STARTUP))
		ev->startup = r->startup == WIRE_YES;
	if (r->startup == WIRE_UNKNOWN)
		ev->have &= ~FIELD(STARTUP);
	if (ev->have & FIELD(CRED_OVERRIDE))
		ev->cred_override = r->cred_override;
	if (ev->have & FIELD(CGROUPID))
		ev->cgroupid = r->cgroupid;
	if (r->audit != WIRE_UNKNOWN) {
		ev->have |= d->fields & FIELD(AUDIT);
		ev->audit = r->audit == WIRE_YES;
	}
	if (r->insetid != WIRE_UNKNOWN) {
		ev->have |= d->fields & FIELD(INSETID);
		ev->insetid = r->insetid == WIRE_YES;
	}
	if (ev->have & FIELD(SYSCALL))
		ev->syscall = syscall_name((enum syscall_abi)r->abi, r->syscall);
	if (!ev->syscall)
		ev->have &= ~FIELD(SYSCALL);
	if (d->fields & FIELD(KSTACK) && size >= sizeof(struct wire_stack))
		decode_stack(d, data, ev);
	return 0;
}

static bool is_kind(const void *data, size_t size, enum wire_kind kind, size_t need)
{
	const uint64_t *time = data;

	return size >= need && *time >> WIRE_KIND_SHIFT == kind;
}

static bool is_32bit(uint8_t abi)
{
	return abi == SYSCALL_ABI_I386 || abi == SYSCALL_ABI_ARM;
}

int bpf_decode_outcome(const struct bpf_decoder *d, const void *data, size_t size,
		       struct cap_outcome *o)
{
	const struct wire_outcome *r = data;

	if (!is_kind(data, size, WIRE_OUTCOME, sizeof(*r)))
		return -EBADMSG;
	*o = (struct cap_outcome){
		.since = r->since + d->clock_offset,
		.until = (r->time & WIRE_TIME_MASK) + d->clock_offset,
		.pid = (int32_t)r->tgid,
		.tid = (int32_t)r->tid,
		.has_ret = true,
		.ret = r->ret,
		.has_ids = r->ids != WIRE_UNKNOWN,
		.ids_changed = r->ids == WIRE_YES,
		.has_permitted = r->has_permitted,
		.permitted = r->permitted,
		.has_args = r->abi != SYSCALL_ABI_NONE,
		.args = {r->args[0], r->args[1], r->args[2]},
	};
	/* The kernel may pass the result of a 32-bit task without sign extension. */
	if (is_32bit(r->abi) && (int32_t)r->ret < 0 && (int32_t)r->ret >= -MAX_ERRNO)
		o->ret = (int32_t)r->ret;
	o->refused = o->ret == -EPERM || o->ret == -EACCES;
	return 0;
}

int bpf_decode_exec(const struct bpf_decoder *d, const void *data, size_t size, struct cap_exec *x)
{
	const struct wire_exec *r = data;

	/* The program ends the name with a NUL: without one, the record is not a valid one. */
	if (!is_kind(data, size, WIRE_EXEC, sizeof(*r)) ||
	    strnlen(r->filename, sizeof(r->filename)) == sizeof(r->filename))
		return -EBADMSG;
	*x = (struct cap_exec){
		.timestamp = (r->time & WIRE_TIME_MASK) + d->clock_offset,
		.pid = (int32_t)r->tgid,
		.tid = (int32_t)r->tid,
		.filename = r->filename,
	};
	return 0;
}
