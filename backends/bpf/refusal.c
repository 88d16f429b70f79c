// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/refusal.h"

#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <string.h>

#include "backends/bpf/images.h"
#include "compat/host/features.h"
#include "compat/host/host_caps.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define KERNEL_ENOTSUPP 524 /* include/linux/errno.h */

#ifdef HAVE_FTRACE
#define INSTEAD "; use --backend=ftrace, which does not need it"
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

/*
 * The order matters: a kernel without global variables lacks most of the others, too, and none of
 * them is the reason that matters.
 */
int bpf_possible(struct features *f, bool kprobes, struct err *e)
{
	if (feature_lacks(f, FEATURE_BPF))
		return err_set(e, -ENOSYS, "this kernel has no BPF (CONFIG_BPF_SYSCALL)%s",
			       INSTEAD);
	if (feature_lacks(f, FEATURE_BPF_GLOBAL_DATA))
		return err_set(e, -EOPNOTSUPP,
			       "this kernel's BPF has no global variables (since Linux 5.2)%s",
			       INSTEAD);
	if (!kprobes && feature_lacks(f, FEATURE_BPF_MMAP))
		return err_set(e, -EOPNOTSUPP,
			       "this kernel's BPF has no maps that user space can map (since "
			       "Linux 5.5); use --backend=bpf:kprobe or bpf:nobtf, which do not "
			       "need them");
	if (kprobes && feature_lacks(f, FEATURE_KPROBE_PMU))
		return err_set(e, -ENOENT,
			       "this kernel has no kprobes for BPF programs "
			       "(CONFIG_KPROBE_EVENTS, since Linux 4.17); only bpf:fexit, "
			       "bpf:tracepoint and ftrace:tracepoint can work without");
	if (kprobes && feature_lacks(f, FEATURE_BPF_KPROBE))
		return err_set(e, -EOPNOTSUPP,
			       "this kernel has no BPF programs at kprobes (CONFIG_BPF_EVENTS)%s",
			       INSTEAD);
	return 0;
}

bool bpf_refusal_explain(const struct bpf_object_desc *desc, struct features *f, int error,
			 struct err *e)
{
	if (desc->variant == BPF_FEXIT && error == -EPERM)
		err_set(e, error,
			"this kernel refuses BPF trampolines (EPERM at load); only bpf:fexit needs "
			"them, so use another --backend");
	else if (desc->variant == BPF_TRACEPOINT && feature_lacks(f, FEATURE_CAP_TRACEPOINT))
		err_set(e, -ESRCH,
			"this kernel has no tracepoint capability:cap_capable (since Linux 6.14)");
	else if (!desc->needs_kernel_btf && error == -EACCES && perf_is_closed() &&
		 !host_caps_have(CAP_SYS_ADMIN))
		err_set(e, error,
			"this kernel allows perf events only with CAP_SYS_ADMIN; run captrace as "
			"root, or set sysctl kernel.perf_event_paranoid=2");
	else if ((error == -EINVAL || error == -KERNEL_ENOTSUPP) && bpf_jit_is_off())
		err_set(e, error,
			"this kernel refuses the BPF programs because its BPF JIT is off; switch "
			"it on with sysctl net.core.bpf_jit_enable=1");
	else
		return false;
	return true;
}
