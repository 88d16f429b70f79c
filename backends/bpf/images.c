// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/object.h"

#include <linux/types.h>

#include "bpf/wire.h"
#include "core/base/util.h"

/* bpftool's skeletons, for the bytes alone (all variants are set up by the same code) and their
 * assertions that both sides see the same structures. */
#include "bpf/fexit.skel.h"
#include "bpf/kprobe.skel.h"
#ifdef HAVE_BPF32
#include "bpf/kprobe32.skel.h"
#endif
#include "bpf/tracepoint.skel.h"

static const struct bpf_object_desc images[] = {
	{BPF_FEXIT, fexit_bpf__elf_bytes, true, false, 8},
	{BPF_KPROBE, kprobe_bpf__elf_bytes, false, false, 8},
	{BPF_TRACEPOINT, tracepoint_bpf__elf_bytes, true, false, 8},
	{BPF_NOBTF, kprobe_bpf__elf_bytes, false, true, 8},
#ifdef HAVE_BPF32
	{BPF_NOBTF, kprobe32_bpf__elf_bytes, false, true, 4},
#endif
};

const struct bpf_object_desc *bpf_object_desc_find(enum bpf_variant variant, int word)
{
	for (size_t i = 0; i < ARRAY_SIZE(images); i++)
		if (images[i].variant == variant && images[i].word == word)
			return &images[i];
	return NULL;
}
