// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/nobtf.h"

#include "backends/bpf/btf.h"
#include "compat/host/ksyms.h"
#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "ftrace/discover/learn.h"

/* Bytes of struct pt_regs, which bpf/regs32.h declares for i386 and arm; 0: unknown. */
static size_t regs_size(const struct machine *m)
{
	if (m->word == 8)
		return bpf_btf_regs_size(m);
	return m->saved[SAVED_NR] == 44 ? 17 * 4 : 18 * 4;
}

/* Without these members an event would have almost no fields, and descendants can't be followed. */
static const enum layout_field needed[] = {
	LAYOUT_CRED_UID, LAYOUT_CRED_GID, LAYOUT_CRED_SECUREBITS, LAYOUT_CRED_CAPS, LAYOUT_CRED_NS,
	LAYOUT_NS_INUM,  LAYOUT_TASK_TID, LAYOUT_TASK_TGID,       LAYOUT_TASK_CRED,
};

static uint64_t fields_of(const struct layout *l, const struct machine *m)
{
	uint64_t fields = FIELDS_BACKEND | FIELD(OUTCOME);

	fields &= ~FIELD(STARTUP); /* needs a dozen more members */
	if (!layout_has(l, LAYOUT_TASK_NSPROXY) || !layout_has(l, LAYOUT_NSPROXY_MNT) ||
	    !layout_has(l, LAYOUT_MNT_INUM))
		fields &= ~FIELD(MNTNS);
	/* On x86-64 only the status shows a 64-bit task's `int $0x80`. */
	if (!layout_has(l, LAYOUT_TASK_STACK) || !layout_has(l, LAYOUT_STACK_REGS) ||
	    (m->saved[SAVED_CX] != SAVED_ABSENT && !layout_has(l, LAYOUT_TASK_STATUS)))
		fields &= ~(FIELD(SYSCALL) | FIELD(OUTCOME));
	return fields;
}

/*
 * Most members of the current task are found through a symbol: hidden symbols are the likely
 * reason.
 */
static int not_found(enum layout_field field, struct err *e)
{
	struct ksym any = {.name = "cap_capable"};
	struct err why = {0};
	bool hidden = ksyms_resolve(&any, 1, &why) == -EPERM;

	return err_set(e, -ENODATA, "captrace did not find %s in this kernel's structures%s%s",
		       layout_field_name(field), hidden ? ": " : "",
		       hidden ? why.msg : "; use --backend=ftrace, which does not need it");
}

int bpf_nobtf_find(struct bpf_nobtf *out, const char *btf_path, struct err *e)
{
	const struct machine *m = machine_of_kernel(0);
	struct layout l;
	int rc;

	if (!m || !regs_size(m))
		return err_set(e, -EOPNOTSUPP, "captrace does not know this machine's registers");
	rc = discovery_learn(&l, btf_path, e);
	if (rc)
		return err_wrap(e, "finding the kernel's structures");
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!layout_has(&l, needed[i]))
			return not_found(needed[i], e);
	rc = bpf_btf_make(&l, m, e);
	if (rc < 0)
		return rc;
	*out = (struct bpf_nobtf){
		.btf_fd = rc,
		.how = layout_origin_name(l.origin),
		.fields = fields_of(&l, m),
		.stack_size = layout_has(&l, LAYOUT_STACK_REGS)
				      ? (size_t)l.at[LAYOUT_STACK_REGS] + regs_size(m)
				      : 0,
	};
	return 0;
}
