// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/kstack.h"

#include <string.h>

#include "compat/host/ksyms.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/event.h"

/*
 * Longer than any function. An address farther from a symbol is between the kernel and its modules.
 */
#define SYMBOL_REACH 0x100000

int kstack_load_symbols(struct ksyms **k)
{
	struct err e = {0};
	int rc;

	*k = NULL;
	rc = ksyms_load(k, &e);
	if (rc == -ENOMEM)
		return rc;
	if (rc)
		log_note("%s; stack frames are shown as addresses", e.msg);
	return 0;
}

/* Whether it is cap_capable or a function that may inline it (compat/calibrate/calibrate.h). */
static bool is_hook(const char *symbol)
{
	static const char *const hooks[] = {"cap_capable", "cap_capset", "cap_task_prctl",
					    "cap_mmap_addr", "cap_vm_enough_memory"};

	for (size_t i = 0; symbol && i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(symbol, hooks[i]))
			return true;
	return false;
}

size_t kstack_fill(struct cap_frame *frames, const struct ksyms *k, const uint64_t *addrs,
		   size_t len)
{
	size_t hook = len;

	for (size_t i = 0; i < len; i++) {
		const struct ksym *sym = k ? ksyms_at(k, addrs[i]) : NULL;

		frames[i] = (struct cap_frame){.addr = addrs[i]};
		if (!sym || addrs[i] - sym->addr > SYMBOL_REACH)
			continue;
		frames[i].symbol = sym->name;
		frames[i].offset = addrs[i] - sym->addr;
		if (hook == len && is_hook(sym->name))
			hook = i;
	}
	return hook;
}
