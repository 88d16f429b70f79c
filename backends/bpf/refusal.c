// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/refusal.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <linux/types.h>
#include <string.h>
#include <sys/resource.h>

#include "backends/bpf/images.h"
#include "compat/host/bpf_features.h"
#include "compat/host/host_caps.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define KERNEL_ENOTSUPP 524 /* include/linux/errno.h */

#define MEMORY_MAX (256UL << 20) /* bytes; a limit above it is none that captrace reaches */

#ifdef HAVE_FTRACE
#define INSTEAD "; --backend=ftrace does without"
#else
#define INSTEAD ""
#endif

const char *bpf_strerror(int error, char *buf, size_t size)
{
	if (error == -KERNEL_ENOTSUPP)
		return "not supported by this kernel";
	if (libbpf_strerror(error, buf, size))
		snprintf(buf, size, "error %d", -error);
	return buf;
}

int bpf_refusal_set(struct err *e, int error, const char *what)
{
	char buf[128];

	if (host_caps_explain_bpf(error, e))
		return -EPERM;
	return err_set(e, error, "%s: %s", what, bpf_strerror(error, buf, sizeof(buf)));
}

/* What a kernel without the tracepoint says to a program for it depends on the kernel. */
static bool lacks_tracepoint(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool lacks =
		btf && btf__find_by_name_kind(btf, "btf_trace_cap_capable", BTF_KIND_TYPEDEF) < 0;

	btf__free(btf);
	return lacks;
}

static bool lacks_kprobes(void)
{
	/* e12f03d7031a (4.17); a BPF program is attached through it. */
	return !access("/sys/bus/event_source/devices", F_OK) &&
	       access("/sys/bus/event_source/devices/kprobe/type", F_OK);
}

/*
 * In this order: what is older than global data lacks most of the rest as well, and would be told
 * of a want that is not the one to mend.
 */
int bpf_possible(bool kprobes, struct err *e)
{
	if (!bpf_is_there())
		return err_set(e, -ENOSYS, "this kernel has no BPF (CONFIG_BPF_SYSCALL)");
	if (!bpf_has_global_data())
		return err_set(e, -EOPNOTSUPP, "this kernel's BPF has no global data (5.2)%s",
			       INSTEAD);
	if (!kprobes && !bpf_has_mapped_maps())
		return err_set(e, -EOPNOTSUPP,
			       "this kernel's BPF has no maps that user space can map (5.5)%s",
			       INSTEAD);
	if (kprobes && lacks_kprobes())
		return err_set(e, -ENOENT,
			       "this kernel has no kprobes for BPF programs "
			       "(CONFIG_KPROBE_EVENTS)");
	if (kprobes && libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_KPROBE, NULL) != 1)
		return err_set(e, -EOPNOTSUPP,
			       "this kernel has no BPF programs for kprobes (CONFIG_BPF_EVENTS)%s",
			       INSTEAD);
	return 0;
}

/* A level that Debian and Android have added asks for CAP_SYS_ADMIN whatever else is held. */
static bool perf_is_closed(void)
{
	cleanup_fclose FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level;

	return f && fscanf(f, "%d", &level) == 1 && level > 2 && !host_caps_have(CAP_SYS_ADMIN);
}

/*
 * Before 5.11 (80ee81e0403c) maps and programs count against RLIMIT_MEMLOCK, 64 KB by default, which
 * libbpf raises if it may. Whether they do is asked with a map that is larger than the limit.
 */
bool bpf_refusal_of_memory(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;
	int fd;

	if (host_caps_have(CAP_SYS_RESOURCE) || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur >= MEMORY_MAX)
		return false;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(int), (__u32)page,
			    (__u32)(limit.rlim_cur / page + 1), NULL);
	if (fd >= 0)
		close(fd);
	return fd == -EPERM;
}

bool bpf_refusal_explain(const struct bpf_object_desc *desc, int error, struct err *e)
{
	if (desc->variant == BPF_FEXIT && error == -EPERM)
		err_set(e, error, "this kernel refuses BPF trampolines (EPERM at load)");
	else if (desc->variant == BPF_TRACEPOINT && lacks_tracepoint())
		err_set(e, -ESRCH, "this kernel has no tracepoint capability:cap_capable (6.14)");
	else if (!desc->needs_kernel_btf && error == -EACCES && perf_is_closed())
		err_set(e, error,
			"perf events are for CAP_SYS_ADMIN alone: sysctl "
			"kernel.perf_event_paranoid=2");
	else if ((error == -EINVAL || error == -KERNEL_ENOTSUPP) && bpf_jit_is_off())
		err_set(e, error,
			"this kernel refuses the BPF programs while its BPF JIT is off: sysctl "
			"net.core.bpf_jit_enable=1");
	else
		return false;
	return true;
}
