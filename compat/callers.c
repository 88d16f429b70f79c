// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/callers.h"

#include <string.h>

#include "compat/ksyms.h"
#include "core/err.h"
#include "core/util.h"

enum kind { NONE, HOOK, VIA, AUDIT, NOAUDIT, SETID };

/*
 * kernel/capability.c, security/security.c, security/commoncap.c of 6.14 to 7.2. A caller that
 * isn't here leaves it unknown.
 */
static const struct {
	const char *symbol;
	enum kind kind;
} table[] = {
	{"cap_capable", HOOK},
	{"security_capable", VIA},
	{"ns_capable_common", VIA},
	{"capable", AUDIT},
	{"ns_capable", AUDIT},
	{"ns_capable_noaudit", NOAUDIT},
	{"ns_capable_setid", SETID},
	{"has_capability", AUDIT},
	{"has_ns_capability", AUDIT},
	{"has_capability_noaudit", NOAUDIT},
	{"has_ns_capability_noaudit", NOAUDIT},
	{"file_ns_capable", AUDIT},
	{"ptracer_capable", NOAUDIT},
	{"capable_wrt_inode_uidgid", AUDIT},
	{"kallsyms_show_value", NOAUDIT},
	{"security_vm_enough_memory_mm", NOAUDIT},
	{"cap_vm_enough_memory", NOAUDIT},
	{"security_capset", AUDIT},
	{"cap_capset", AUDIT},
	{"security_task_prctl", AUDIT},
	{"cap_task_prctl", AUDIT},
	{"security_mmap_addr", AUDIT},
	{"cap_mmap_addr", AUDIT},
};

struct callers {
	struct {
		uint64_t start, end;
		enum kind kind;
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
		rc = err_set(e, -ENOENT, "none of the callers of cap_capable is a symbol");
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

static enum kind kind_at(const struct callers *c, uint64_t addr)
{
	for (size_t i = 0; i < c->len; i++)
		if (addr >= c->ranges[i].start && addr < c->ranges[i].end)
			return c->ranges[i].kind;
	return NONE;
}

bool callers_judge(const struct callers *c, const uint64_t *frames, size_t len, bool *audit,
		   bool *insetid)
{
	enum kind kind = NONE;
	size_t i = 0;

	/* What is inside of the hook is the tracer's own. */
	while (i < len && kind_at(c, frames[i]) != HOOK)
		i++;
	for (; i < len; i++) {
		kind = kind_at(c, frames[i]);
		if (kind != HOOK && kind != VIA)
			break;
	}
	if (i == len || kind == NONE)
		return false;
	*audit = kind != NOAUDIT;
	*insetid = kind == SETID;
	return true;
}
