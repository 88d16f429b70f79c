// SPDX-License-Identifier: GPL-2.0-or-later
/* The one place that names concrete backends, in the order in which `auto` tries them. */
#include <errno.h>
#include <stdio.h>

#include "core/backend.h"
#include "core/base/err.h"
#include "core/cli/cli.h"
#include "core/event/syscalls.h"

#ifdef HAVE_BPF
#include <bpf/libbpf.h>
extern const struct backend_ops bpf_backend_ops;
#endif
#ifdef HAVE_FTRACE
extern const struct backend_ops ftrace_backend_ops;
#endif

extern const struct backend_ops replay_backend_ops;

const struct backend_ops *const backends[] = {
#ifdef HAVE_BPF
	&bpf_backend_ops,
#endif
#ifdef HAVE_FTRACE
	&ftrace_backend_ops,
#endif
	&replay_backend_ops,
	NULL,
};

static void list_variants(char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "auto");

	for (size_t i = 0; backends[i]; i++) {
		if (backends[i]->recorded)
			continue;
		n += (size_t)snprintf(buf + n, n < size ? size - n : 0, ", %s", backends[i]->name);
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (n < size)
				n += (size_t)snprintf(buf + n, size - n, ", %s:%s",
						      backends[i]->name, v->name);
	}
}

int backend_check_spec(const char *spec, struct err *e)
{
	char known[256];

	for (size_t i = 0; backends[i]; i++)
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (backend_spec_allows(spec, backends[i], v))
				return 0;
	list_variants(known, sizeof(known));
	return err_set(e, -EINVAL, "no backend '%s' in this build; there is %s", spec, known);
}

bool backend_knows_syscall(const char *name)
{
	return syscall_known(name);
}

const char *backend_giving(uint64_t fields, char *buf, size_t size)
{
	for (size_t i = 0; backends[i]; i++)
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (!backends[i]->recorded && (v->fields & fields) == fields) {
				snprintf(buf, size, "%s:%s", backends[i]->name, v->name);
				return buf;
			}
	return NULL;
}

void backend_print_builtin(void)
{
#ifdef HAVE_BPF
	printf("bpf: yes (libbpf %s)\n", libbpf_version_string());
#else
	printf("bpf: no (built with BPF=0)\n");
#endif
#ifdef HAVE_FTRACE
#ifdef HAVE_DW
	printf("ftrace: yes (libtracefs, libtraceevent, libelf, libdw)\n");
#else
	printf("ftrace: yes (libtracefs, libtraceevent, libelf; without libdw)\n");
#endif
#else
	printf("ftrace: no (built with FTRACE=0)\n");
#endif
#ifdef HAVE_PFM
	printf("overhead: yes (libpfm4)\n");
#else
	printf("overhead: no (built without libpfm4)\n");
#endif
}
