// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/images.h"

#include "bpf/wire.h"
#include "core/base/util.h"

/*
 * Of bpftool's skeletons only the bytes are used, because the same code sets up all variants, and
 * the assertions that both sides see the same structures.
 */
#include "bpf/fexit.skel.h"
#include "bpf/kprobe.skel.h"
#ifdef HAVE_BPF32
#include "bpf/kprobe32.skel.h"
#endif
#include "bpf/tracepoint.skel.h"

static const struct bpf_object_desc descs[] = {
	{
		.variant = BPF_FEXIT,
		.elf = fexit_bpf__elf_bytes,
		.needs_kernel_btf = true,
		.word = 8,
	},
	{
		.variant = BPF_KPROBE,
		.elf = kprobe_bpf__elf_bytes,
		.word = 8,
	},
	{
		.variant = BPF_TRACEPOINT,
		.elf = tracepoint_bpf__elf_bytes,
		.needs_kernel_btf = true,
		.word = 8,
	},
	{
		.variant = BPF_NOBTF,
		.elf = kprobe_bpf__elf_bytes,
		.learned = true,
		.word = 8,
	},
#ifdef HAVE_BPF32
	{
		.variant = BPF_NOBTF,
		.elf = kprobe32_bpf__elf_bytes,
		.learned = true,
		.word = 4,
	},
#endif
};

const struct bpf_object_desc *bpf_object_desc_find(enum bpf_variant variant, int word)
{
	for (size_t i = 0; i < ARRAY_SIZE(descs); i++)
		if (descs[i].variant == variant && descs[i].word == word)
			return &descs[i];
	return NULL;
}
