// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf_object.h"

#include <linux/types.h>
#include <string.h>

#include "bpf/wire.h"
#include "core/util.h"

/* bpftool's skeletons, for the bytes alone (all variants are set up by the same code) and their
 * assertions that both sides see the same structures. */
#include "bpf/fexit.skel.h"
#include "bpf/kprobe.skel.h"
#include "bpf/tracepoint.skel.h"

static const struct bpf_image images[] = {
	{"fexit", fexit_bpf__elf_bytes, true},
	{"kprobe", kprobe_bpf__elf_bytes, false},
	{"tracepoint", tracepoint_bpf__elf_bytes, true},
};

const struct bpf_image *bpf_image_find(const char *variant)
{
	for (size_t i = 0; i < ARRAY_SIZE(images); i++)
		if (!strcmp(images[i].variant, variant))
			return &images[i];
	return NULL;
}
