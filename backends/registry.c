// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/registry.h"

#include <stdio.h>

#include "core/backend.h"

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

void registry_print_builtin(void)
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
