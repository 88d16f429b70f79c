// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/bpf_features.h"

#include <linux/bpf.h>
#include <sys/syscall.h>

#include "core/util.h"

bool bpf_is_there(void)
{
	/* No command has this number: no kernel does anything. */
	return !syscall(__NR_bpf, -1, NULL, 0) || errno != ENOSYS;
}

bool bpf_has_mapped_maps(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = 1,
		.map_flags = BPF_F_MMAPABLE,
	};
	int fd = (int)syscall(__NR_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return errno != EINVAL;
	close(fd);
	return true;
}
