// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `workload bpf-ids`: lists the machine's BPF programs and maps, for tests that none is left
 * behind. Each line has "program" or "map", the id, the name (- before 4.15) and the type.
 * `workload bpf-load NAME [FILE]`: loads a program of this name that does nothing, and pins it to
 * FILE.
 */
#include <linux/bpf.h>
#include <stdio.h>

#include "expect.h"
#include "topics.h"

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static const char *name_or_dash(const char *name)
{
	return *name ? name : "-";
}

static void describe(bool program, unsigned int id)
{
	union bpf_attr attr = {.prog_id = id};
	struct bpf_prog_info prog = {};
	struct bpf_map_info map = {};
	int fd = bpf(program ? BPF_PROG_GET_FD_BY_ID : BPF_MAP_GET_FD_BY_ID, &attr);

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (unsigned int)fd;
	attr.info.info = (uintptr_t)(program ? (void *)&prog : &map);
	attr.info.info_len = program ? sizeof(prog) : sizeof(map);
	/* It may have been freed meanwhile. */
	if (fd < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		return;
	if (program)
		printf("program %u %s %u\n", id, name_or_dash(prog.name), prog.type);
	else
		printf("map %u %s %u:%u:%u\n", id, name_or_dash(map.name), map.type, map.key_size,
		       map.value_size);
	close(fd);
}

int list_bpf_ids(void)
{
	for (int program = 0; program < 2; program++) {
		union bpf_attr attr = {};

		while (!bpf(program ? BPF_PROG_GET_NEXT_ID : BPF_MAP_GET_NEXT_ID, &attr)) {
			unsigned int id = attr.next_id;

			describe(program, id);
			memset(&attr, 0, sizeof(attr));
			attr.start_id = id;
		}
	}
	return 0;
}

int load_bpf(const char *name, const char *file)
{
	static const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)nothing,
		.insn_cnt = 2,
		.license = (uintptr_t) "GPL",
	};
	int fd;

	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s", name);
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		return 1;
	if (!file) {
		usleep(50000);
		return 0;
	}
	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uintptr_t)file;
	attr.bpf_fd = (unsigned int)fd;
	return bpf(BPF_OBJ_PIN, &attr) != 0;
}
