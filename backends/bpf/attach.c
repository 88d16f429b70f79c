// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/attach.h"

#include <bpf/libbpf.h>
#include <string.h>

#include "backends/bpf/object.h"
#include "backends/bpf/programs.h"
#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

bool bpf_attach_has(const struct bpf_progs *l, const char *program)
{
	for (size_t i = 0; i < l->links_len; i++)
		if (!strcmp(l->names[i], program))
			return true;
	return false;
}

static int attach_one(struct bpf_progs *l, struct bpf_program *prog, const char *name,
		      struct err *e)
{
	struct bpf_link *link;
	char what[64];

	if (!prog || !bpf_program__autoload(prog))
		return 0;
	link = bpf_program__attach(prog);
	if (!link) {
		int rc = -errno;

		snprintf(what, sizeof(what), "attaching %s", name);
		return bpf_refusal_explain(l->desc, l->features, rc, e)
			       ? e->code
			       : bpf_refusal_set(e, rc, what);
	}
	l->names[l->links_len] = name;
	l->links[l->links_len++] = link;
	return 0;
}

static bool is_trampoline(const struct bpf_program *prog)
{
	return bpf_program__type(prog) == BPF_PROG_TYPE_TRACING &&
	       bpf_program__expected_attach_type(prog) != BPF_TRACE_RAW_TP;
}

/*
 * Attaches the copies of a program so that they run in their order: a tracepoint runs programs in
 * the order in which they were attached, a trampoline in the reverse order.
 */
static int attach(struct bpf_progs *l, const char *name, struct err *e)
{
	struct bpf_program *first = bpf_programs_copy(l->obj, name, 0);
	int rc = 0;

	for (int i = 0; i < WIRE_COPIES && first && !rc; i++)
		rc = attach_one(l,
				bpf_programs_copy(l->obj, name,
						  is_trampoline(first) ? WIRE_COPIES - 1 - i : i),
				name, e);
	return rc;
}

/*
 * captrace works without the programs for cgroups. With bpf:nobtf it also works without those for
 * outcomes: nothing shows before the load whether the kernel has their tracepoint.
 */
static bool is_optional(enum bpf_role role, const struct bpf_cfg *cfg)
{
	return role == BPF_ROLE_CGROUP_EVENTS || role == BPF_ROLE_MNTNS ||
	       role == BPF_ROLE_STARTUP || (role == BPF_ROLE_OUTCOME && cfg->learned);
}

static int attach_optional(struct bpf_progs *l, const char *name)
{
	struct err why = {0};

	if (attach(l, name, &why))
		log_verbose("%s", why.msg);
	return 0;
}

int bpf_attach(struct bpf_progs *l, const struct bpf_cfg *cfg, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < BPF_PROGRAMS && !rc; i++)
		if (bpf_programs[i].role != BPF_ROLE_CALLER &&
		    bpf_programs_wanted(bpf_programs[i].role, cfg))
			rc = is_optional(bpf_programs[i].role, cfg)
				     ? attach_optional(l, bpf_programs[i].name)
				     : attach(l, bpf_programs[i].name, e);
	return rc;
}

int bpf_attach_callers(struct bpf_progs *l, unsigned int callers, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < BPF_PROGRAMS && !rc; i++)
		if (bpf_programs[i].role == BPF_ROLE_CALLER && bpf_programs[i].caller & callers)
			rc = attach(l, bpf_programs[i].name, e);
	return rc;
}
