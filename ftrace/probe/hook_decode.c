// SPDX-License-Identifier: GPL-2.0-or-later
/* Decodes a hook's raw record into an event, a system call, or new credentials. */
#include <linux/prctl.h>
#include <string.h>

#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "core/event/syscalls.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/hook_table.h"
#include "ftrace/probe/verdict.h"

#define SECURE_ALL_LOCKS 0xaaaaaaaaU /* each bit's lock is the bit above it */

struct raw {
	const struct hook_decoder *d;
	const void *data;
	uint32_t size;
};

static int64_t get(const struct raw *r, enum fetch_value v)
{
	return fetch_get(&r->d->map, v, r->data, r->size);
}

static bool has(const struct raw *r, enum fetch_value v)
{
	return fetch_has(&r->d->map, v);
}

/* c1a85a00ea66 (5.1) made a bit set of the audit flag; some older kernels have a backport of it. */
static void set_options(const struct raw *r, struct cap_event *ev)
{
	uint32_t opts = (uint32_t)get(r, FETCH_OPTS);

	if (!has(r, FETCH_OPTS))
		return;
	if (r->d->cal->form == OPTS_BITS) {
		ev->audit = !(opts & 2);
		ev->insetid = opts & 4;
		ev->have |= FIELD(AUDIT) | FIELD(INSETID);
	} else if (r->d->cal->form == OPTS_AUDIT) {
		ev->audit = opts;
		ev->have |= FIELD(AUDIT);
	}
}

/* On old kernels, a full set also has bits that are not capabilities (capname_known()). */
static uint64_t known_caps(const struct hook_decoder *d, uint64_t caps)
{
	return d->cfg.caps ? caps & d->cfg.caps : caps;
}

static void set_cred(const struct raw *r, struct cap_event *ev)
{
	if (has(r, FETCH_UID)) {
		ev->uid = (uint32_t)get(r, FETCH_UID);
		ev->have |= FIELD(UID);
	}
	if (has(r, FETCH_GID)) {
		ev->gid = (uint32_t)get(r, FETCH_GID);
		ev->have |= FIELD(GID);
	}
	if (has(r, FETCH_CAPS)) {
		ev->caps = known_caps(r->d, (uint64_t)get(r, FETCH_CAPS));
		ev->have |= FIELD(CAPS);
	}
	if (has(r, FETCH_CRED_INUM)) {
		ev->current_userns = (uint32_t)get(r, FETCH_CRED_INUM);
		ev->have |= FIELD(CURRENT_USERNS);
	}
	if (has(r, FETCH_NS_INUM)) {
		ev->target_userns = (uint32_t)get(r, FETCH_NS_INUM);
		ev->have |= FIELD(TARGET_USERNS);
	}
}

static void set_verdict(const struct raw *r, struct cap_event *ev)
{
	struct verdict_in in = {
		.cap = ev->cap,
		.caps = ev->caps,
		.cred_ns = (uint64_t)get(r, FETCH_CRED_NS),
		.ns = (uint64_t)get(r, FETCH_NS),
		.ns_parent = (uint64_t)get(r, FETCH_NS_PARENT),
		.has_parent =
			has(r, FETCH_NS_PARENT) && has(r, FETCH_NS_OWNER) && has(r, FETCH_EUID),
		.has_levels = has(r, FETCH_CRED_LEVEL) && has(r, FETCH_NS_LEVEL),
		.cred_is_init = get(r, FETCH_CRED_INUM) == INIT_USER_NS_INO,
		.ns_is_init = get(r, FETCH_NS_INUM) == INIT_USER_NS_INO,
		.cred_level = (int32_t)get(r, FETCH_CRED_LEVEL),
		.ns_level = (int32_t)get(r, FETCH_NS_LEVEL),
		.euid = (uint32_t)get(r, FETCH_EUID),
		.ns_owner = (uint32_t)get(r, FETCH_NS_OWNER),
	};
	enum verdict v;

	if (!r->d->cfg.compute || !has(r, FETCH_CAPS) || !has(r, FETCH_CRED_NS) ||
	    !has(r, FETCH_NS))
		return;
	v = verdict_compute(&in);
	if (v == VERDICT_UNKNOWN)
		return;
	ev->verdict = v == VERDICT_ALLOW ? CAP_ALLOW : CAP_DENY;
	ev->have |= FIELD(VERDICT);
}

/* Inlined callers check the current credentials against their own or the initial namespace. */
static void set_caller(const struct raw *r, struct cap_event *ev, const struct hook_row *row)
{
	bool init_ns = row->flags & HOOK_ASKS_INIT_NS, cred = has(r, FETCH_CRED_INUM);

	ev->cap = row->cap;
	ev->audit = !!(row->flags & HOOK_ASKS_AUDITED);
	ev->insetid = false;
	ev->have |= FIELD(AUDIT) | FIELD(INSETID);
	if (!init_ns && !cred)
		return;
	ev->target_userns = init_ns ? INIT_USER_NS_INO : ev->current_userns;
	ev->have |= FIELD(TARGET_USERNS);
	if (!cred || !has(r, FETCH_CAPS))
		return;
	ev->verdict = ev->current_userns == ev->target_userns && ev->caps >> row->cap & 1
			      ? CAP_ALLOW
			      : CAP_DENY;
	ev->have |= FIELD(VERDICT);
}

/* PR_SET_SECUREBITS makes the check last, after it has rejected locked and unknown bits. */
static bool securebits_asks(const struct raw *r)
{
	uint64_t bits = (uint64_t)get(r, FETCH_ARG2);
	uint32_t old = (uint32_t)get(r, FETCH_SECUREBITS);

	if ((int)get(r, FETCH_ARG1) != PR_SET_SECUREBITS || !has(r, FETCH_SECUREBITS))
		return false;
	return !(((old & SECURE_ALL_LOCKS) >> 1) & (old ^ bits)) &&
	       !(old & SECURE_ALL_LOCKS & ~bits) && !(bits & ~(uint64_t)r->d->cal->securebits_mask);
}

/* Whether this call of an inlined caller got as far as the check. Most callers always do. */
static bool caller_asks(const struct raw *r)
{
	switch (r->d->hook) {
	case HOOK_PRCTL:
		return securebits_asks(r);
	case HOOK_MMAP_ADDR:
		return (uint64_t)get(r, FETCH_ARG1) < r->d->cal->mmap_min_addr;
	default:
		return true;
	}
}

/* False if the record is not a check. */
static bool set_check(const struct raw *r, struct cap_event *ev)
{
	ev->have |= FIELD(CAP);
	if (hook_caller(r->d->hook)) {
		set_caller(r, ev, &hook_table[r->d->hook]);
		return caller_asks(r);
	}
	ev->cap = (int32_t)get(r, FETCH_CAP);
	switch (r->d->hook) {
	case HOOK_MAIN:
		set_options(r, ev);
		set_verdict(r, ev);
		return true;
	case HOOK_EPROBE:
	case HOOK_TRACEPOINT:
		ev->verdict = get(r, FETCH_RET) ? CAP_DENY : CAP_ALLOW;
		ev->have |= FIELD(VERDICT);
		return true;
	case HOOK_TASK:
		return true;
	default:
		return false;
	}
}

static bool in_v1_root(const struct raw *r)
{
	if (has(r, FETCH_V1_LEVEL))
		return get(r, FETCH_V1_LEVEL) <= 0;
	return (uint64_t)get(r, FETCH_V1_CGROUP) == r->d->cfg.v1->root;
}

/* Uses the cgroup in version 1's hierarchy unless that is its root (core/event/cgroup.h). */
static void set_key(const struct raw *r, struct cap_event *ev)
{
	const struct cgroup_v1 *v1 = r->d->cfg.v1;

	if (!has(r, FETCH_V1_CGROUP) || get(r, FETCH_V1_NUMBER) != v1->number ||
	    !get(r, FETCH_V1_CGROUP))
		return;
	if (!in_v1_root(r) || (!has(r, FETCH_CGROUP) && v1->alone))
		ev->cgroup_key = (uint64_t)get(r, FETCH_V1_CGROUP) | CGROUP_KEY_V1;
	else if (has(r, FETCH_CGROUP))
		ev->cgroup_key = (uint64_t)get(r, FETCH_CGROUP);
	else
		return;
	ev->have |= FIELD(CGROUP_KEY);
}

static const char *call_of(const struct raw *r, enum syscall_abi *abi)
{
	struct saved_call call = {
		.has_status = has(r, FETCH_STATUS) || r->d->cfg.no_compat,
		.status = (uint32_t)get(r, FETCH_STATUS),
		.has_insn = has(r, FETCH_INSN),
		.insn = (uint32_t)get(r, FETCH_INSN),
	};
	int nr = -1;

	*abi = SYSCALL_ABI_NONE;
	if (!has(r, FETCH_NR))
		return NULL;
	for (int reg = 0; reg < SAVED_REGS; reg++)
		call.regs[reg] = get(r, (enum fetch_value)(FETCH_NR + reg));
	*abi = machine_syscall(r->d->cfg.machine, &call, &nr);
	return syscall_name(*abi, nr);
}

static void set_syscall(const struct raw *r, struct cap_event *ev)
{
	enum syscall_abi abi;

	ev->syscall = call_of(r, &abi);
	if (ev->syscall)
		ev->have |= FIELD(SYSCALL);
}

/* Whether the task whose data the probe fetched is the one that made the record. */
static bool is_task(const struct raw *r)
{
	struct feed_entry entry;

	memcpy(&entry, r->data, sizeof(entry));
	return has(r, FETCH_TID) && get(r, FETCH_TID) == entry.pid;
}

static void set_task(const struct raw *r, struct cap_event *ev)
{
	if (!is_task(r))
		return;
	if (has(r, FETCH_TGID)) {
		ev->pid = (int32_t)get(r, FETCH_TGID);
		ev->have |= FIELD(PID);
	}
	if (has(r, FETCH_MNTNS) && (!has(r, FETCH_NSPROXY) || get(r, FETCH_NSPROXY))) {
		ev->mntns = (uint32_t)get(r, FETCH_MNTNS);
		ev->have |= ev->mntns ? FIELD(MNTNS) : 0;
	}
	if (has(r, FETCH_CGROUP)) {
		ev->cgroupid = (uint64_t)get(r, FETCH_CGROUP);
		ev->have |= ev->cgroupid ? FIELD(CGROUPID) : 0;
	}
	set_key(r, ev);
	set_syscall(r, ev);
}

bool hook_decode(const struct hook_decoder *d, const struct feed_record *rec, struct cap_event *ev)
{
	const struct raw r = {d, feed_raw(rec), rec->size};
	struct feed_entry entry;

	if (rec->size < d->map.size)
		return false;
	memcpy(&entry, r.data, sizeof(entry));
	memset(ev, 0, sizeof(*ev));
	ev->timestamp = rec->time;
	ev->tid = entry.pid;
	ev->have = FIELD(TIMESTAMP) | FIELD(TID);
	if (rec->pid > 0 && !d->in_child_pidns) {
		ev->pid = rec->pid;
		ev->have |= FIELD(PID);
	}
	if (fetch_get_string(&d->map, FETCH_COMM, r.data, r.size, ev->comm, sizeof(ev->comm)))
		ev->have |= FIELD(COMM);
	set_cred(&r, ev);
	if (!set_check(&r, ev))
		return false;
	set_task(&r, ev);
	return true;
}

static bool is_32bit(enum syscall_abi abi)
{
	return abi == SYSCALL_ABI_I386 || abi == SYSCALL_ABI_ARM;
}

void hook_call(const struct hook_decoder *d, const struct feed_record *rec, struct hook_call *call)
{
	const struct raw r = {d, feed_raw(rec), rec->size};
	bool compat;

	*call = (struct hook_call){.abi = SYSCALL_ABI_NONE};
	if (rec->size < d->map.size || !is_task(&r))
		return;
	call->syscall = call_of(&r, &call->abi);
	compat = is_32bit(call->abi) && d->cfg.machine->word == 8;
	call->has_args = call->syscall && has(&r, FETCH_CALL_ARG);
	for (int i = 0; call->has_args && i < MACHINE_CALL_ARGS; i++) {
		enum fetch_value v = (enum fetch_value)(FETCH_CALL_ARG + i);

		if (compat && d->cfg.machine->compat_args[i] != SAVED_ABSENT)
			v = (enum fetch_value)(FETCH_COMPAT_ARG + i);
		call->has_args = has(&r, v);
		call->args[i] = (uint64_t)get(&r, v);
		if (is_32bit(call->abi))
			call->args[i] &= UINT32_MAX;
	}
}

bool hook_commit(const struct hook_decoder *d, const struct feed_record *rec,
		 struct hook_commit *commit)
{
	const struct raw r = {d, feed_raw(rec), rec->size};

	*commit = (struct hook_commit){0};
	if (rec->size < d->map.size || !is_task(&r))
		return false;
	for (int i = 0; i < HOOK_COMMIT_IDS; i++) {
		if (!has(&r, hook_ids[i].now) || !has(&r, hook_ids[i].before))
			return false;
		commit->ids_changed |= get(&r, hook_ids[i].now) != get(&r, hook_ids[i].before);
	}
	commit->has_permitted = has(&r, FETCH_PERMITTED);
	commit->permitted = known_caps(d, (uint64_t)get(&r, FETCH_PERMITTED));
	return true;
}
