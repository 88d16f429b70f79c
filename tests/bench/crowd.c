// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd PROCESSES CALLS check|file: runs PROCESSES processes at once, as nobody. Each does CALLS
 * rounds: setgroups(2), which makes one check, and with `file` also a file that is opened, read and
 * closed. Prints the mean CPU time of a round in nanoseconds, which leaves out the time that others
 * had the CPU.
 */
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void work(long calls, bool file)
{
	char buf[512];

	for (long i = 0; i < calls; i++) {
		int fd = file ? open("/etc/passwd", O_RDONLY | O_CLOEXEC) : -1;

		syscall(SYS_setgroups, 0, NULL);
		if (fd < 0)
			continue;
		if (read(fd, buf, sizeof(buf)) < 0)
			perror("read");
		close(fd);
	}
}

/* Starts when the other end of @go is closed, which starts all members at once. */
static int member(int go, int result, long calls, bool file)
{
	double ns;
	char c;

	if (read(go, &c, 1) != 0)
		return 1;
	work(calls / 20, file);
	ns = cpu_ns();
	work(calls, file);
	ns = (cpu_ns() - ns) / (double)calls;
	return write(result, &ns, sizeof(ns)) != sizeof(ns);
}

int main(int argc, char **argv)
{
	long members = argc > 1 ? atol(argv[1]) : 1000, calls = argc > 2 ? atol(argv[2]) : 2000;
	bool file = argc > 3 && !strcmp(argv[3], "file");
	int go[2], result[2];
	double ns, sum = 0;
	long answers = 0;

	if (pipe(go) || pipe(result)) {
		perror("pipe");
		return 1;
	}
	if (geteuid() == 0 && (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
			       setresuid(65534, 65534, 65534))) {
		perror("becoming nobody");
		return 1;
	}
	for (long i = 0; i < members; i++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (pid)
			continue;
		close(go[1]);
		_exit(member(go[0], result[1], calls, file));
	}
	close(go[1]);
	close(result[1]);
	while (read(result[0], &ns, sizeof(ns)) == sizeof(ns)) {
		sum += ns;
		answers++;
	}
	while (wait(NULL) > 0)
		;
	if (answers != members) {
		fprintf(stderr, "crowd: %ld of %ld answered\n", answers, members);
		return 1;
	}
	printf("%.1f\n", sum / (double)answers);
	return 0;
}
