// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor tracepoint|fexit COMMAND…: runs COMMAND while the counting program is attached to that
 * hook, and prints on stderr how many checks it counted.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/floor.skel.h"

static uint64_t counted(struct floor_bpf *skel)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *values = calloc((size_t)cpus, sizeof(*values)), sum = 0;
	uint32_t zero = 0;

	if (values && !bpf_map_lookup_elem(bpf_map__fd(skel->maps.count), &zero, values))
		for (int i = 0; i < cpus; i++)
			sum += values[i];
	free(values);
	return sum;
}

int main(int argc, char **argv)
{
	struct floor_bpf *skel;
	int status;
	bool fexit;
	pid_t pid;

	if (argc < 3)
		return 2;
	fexit = !strcmp(argv[1], "fexit");
	skel = floor_bpf__open();
	if (!skel)
		return 1;
	bpf_program__set_autoload(skel->progs.floor_fexit, fexit);
	bpf_program__set_autoload(skel->progs.floor_tracepoint, !fexit);
	if (floor_bpf__load(skel) || floor_bpf__attach(skel)) {
		floor_bpf__destroy(skel);
		return 1;
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	fprintf(stderr, "counted %" PRIu64 " checks\n", counted(skel));
	floor_bpf__destroy(skel);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
