// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The traced program of `make bench`: calls setgroups(2) as nobody, each of which makes one check
 * that is denied. Prints the CPU time of a call in nanoseconds: on a shared machine, the time that
 * others had the CPU is not a cost of tracing.
 */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 200000;
	double start;

	if (geteuid() == 0 && (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
			       setresuid(65534, 65534, 65534))) {
		perror("becoming nobody");
		return 1;
	}
	/* The first calls find caches and branch predictors cold. */
	for (long i = 0; i < calls / 20; i++)
		syscall(SYS_setgroups, 0, NULL);
	start = cpu_ns();
	for (long i = 0; i < calls; i++)
		syscall(SYS_setgroups, 0, NULL);
	printf("%.1f\n", (cpu_ns() - start) / (double)calls);
	return 0;
}
