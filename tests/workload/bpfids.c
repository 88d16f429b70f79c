// SPDX-License-Identifier: GPL-2.0-or-later
/* `workload bpf-ids`: what BPF programs, maps and links there are, to see whether any is left behind. */
#include <linux/bpf.h>
#include <stdio.h>

#include "expect.h"
#include "topics.h"

static void list(const char *what, int command)
{
	union bpf_attr attr = {};

	while (!syscall(SYS_bpf, command, &attr, sizeof(attr))) {
		printf("%s %u\n", what, attr.next_id);
		attr.start_id = attr.next_id;
	}
}

int list_bpf_ids(void)
{
	list("program", BPF_PROG_GET_NEXT_ID);
	list("map", BPF_MAP_GET_NEXT_ID);
	list("link", BPF_LINK_GET_NEXT_ID);
	return 0;
}
