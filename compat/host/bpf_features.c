// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/bpf_features.h"

#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "core/base/util.h"

bool bpf_is_there(void)
{
	/* No command has this number: no kernel does anything. */
	return !syscall(__NR_bpf, -1, NULL, 0) || errno != ENOSYS;
}

/* Lets tests run the way of kernels before 5.5. */
static bool is_old(void)
{
	return getenv("CAPTRACE_BPF_OLD") != NULL;
}

static bool rule_map(union bpf_attr *attr)
{
	int fd = (int)syscall(__NR_bpf, BPF_MAP_CREATE, attr, sizeof(*attr));

	if (fd < 0)
		return errno != EINVAL;
	close(fd);
	return true;
}

static bool rule_array(uint32_t flags)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = 1,
		.map_flags = flags,
	};

	return rule_map(&attr);
}

bool bpf_has_global_data(void)
{
	return rule_array(BPF_F_RDONLY_PROG);
}

bool bpf_has_mapped_maps(void)
{
	return !is_old() && rule_array(BPF_F_MMAPABLE);
}

bool bpf_has_ringbuf(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = (uint32_t)sysconf(_SC_PAGESIZE),
	};

	return !is_old() && rule_map(&attr);
}
