// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/calibrate/callers.h"

#include <string.h>

#include "compat/host/ksyms.h"
#include "core/base/err.h"
#include "core/base/util.h"

/*
 * From kernel/capability.c, security/security.c and security/commoncap.c of 6.14 to 7.2; the most
 * frequent callers come first. With any other caller it is unknown whether the check is audited.
 */
static const struct {
	const char *symbol;
	enum caller_kind kind;
} table[] = {
	{"cap_capable", CALLER_KIND_HOOK},
	{"security_capable", CALLER_KIND_VIA},
	{"capable", CALLER_KIND_AUDIT},
	{"ns_capable", CALLER_KIND_AUDIT},
	{"security_vm_enough_memory_mm", CALLER_KIND_NOAUDIT},
	{"ns_capable_noaudit", CALLER_KIND_NOAUDIT},
	{"ns_capable_setid", CALLER_KIND_SETID},
	{"capable_wrt_inode_uidgid", CALLER_KIND_AUDIT},
	{"has_ns_capability_noaudit", CALLER_KIND_NOAUDIT},
	{"ptracer_capable", CALLER_KIND_NOAUDIT},
	{"file_ns_capable", CALLER_KIND_AUDIT},
	{"has_capability_noaudit", CALLER_KIND_NOAUDIT},
	{"has_ns_capability", CALLER_KIND_AUDIT},
	{"has_capability", CALLER_KIND_AUDIT},
	{"kallsyms_show_value", CALLER_KIND_NOAUDIT},
	{"ns_capable_common", CALLER_KIND_VIA},
	{"cap_vm_enough_memory", CALLER_KIND_NOAUDIT},
	{"cap_capset", CALLER_KIND_AUDIT},
	{"security_capset", CALLER_KIND_AUDIT},
	{"cap_task_prctl", CALLER_KIND_AUDIT},
	{"security_task_prctl", CALLER_KIND_AUDIT},
	{"cap_mmap_addr", CALLER_KIND_AUDIT},
	{"security_mmap_addr", CALLER_KIND_AUDIT},
};

struct callers {
	struct {
		uint64_t start, end;
		enum caller_kind kind;
	} ranges[ARRAY_SIZE(table)];
	size_t len;
};

int callers_new(struct callers **out, struct err *e)
{
	struct callers *c = calloc(1, sizeof(*c));
	struct ksym syms[ARRAY_SIZE(table)];
	uint64_t ends[ARRAY_SIZE(table)];
	int rc;

	if (!c)
		return err_sys(e, -ENOMEM, "symbols");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		syms[i] = (struct ksym){.name = table[i].symbol};
	rc = ksyms_resolve_ranges(syms, ends, ARRAY_SIZE(syms), e);
	for (size_t i = 0; i < ARRAY_SIZE(table) && !rc; i++) {
		if (!ends[i])
			continue;
		c->ranges[c->len].start = syms[i].addr;
		c->ranges[c->len].end = ends[i];
		c->ranges[c->len++].kind = table[i].kind;
	}
	if (!rc && !c->len)
		rc = err_set(e, -ENOENT, "no caller of cap_capable is in /proc/kallsyms");
	if (rc) {
		callers_free(c);
		return rc;
	}
	*out = c;
	return 0;
}

void callers_free(struct callers *c)
{
	free(c);
}

void callers_for_each(const struct callers *c,
		      void (*fn)(void *arg, uint64_t start, uint64_t end, enum caller_kind kind),
		      void *arg)
{
	for (size_t i = 0; i < c->len; i++)
		fn(arg, c->ranges[i].start, c->ranges[i].end, c->ranges[i].kind);
}

static enum caller_kind kind_at(const struct callers *c, uint64_t addr)
{
	for (size_t i = 0; i < c->len; i++)
		if (addr >= c->ranges[i].start && addr < c->ranges[i].end)
			return c->ranges[i].kind;
	return CALLER_KIND_NONE;
}

bool callers_judge(const struct callers *c, const uint64_t *frames, size_t len, bool *audit,
		   bool *insetid)
{
	enum caller_kind kind = CALLER_KIND_NONE;
	size_t i = 0;

	/* The frames inside of the hook belong to the tracer. */
	while (i < len && kind_at(c, frames[i]) != CALLER_KIND_HOOK)
		i++;
	for (; i < len; i++) {
		kind = kind_at(c, frames[i]);
		if (kind != CALLER_KIND_HOOK && kind != CALLER_KIND_VIA)
			break;
	}
	if (i == len || kind == CALLER_KIND_NONE)
		return false;
	*audit = kind != CALLER_KIND_NOAUDIT;
	*insetid = kind == CALLER_KIND_SETID;
	return true;
}
