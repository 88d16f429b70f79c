// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workload [-w FILE] [-n N] DIRECTORY all|TOPIC...
 * workload bpf-ids
 * workload bpf-load NAME [FILE]
 * workload once CALL[,CALL]... [FILE]
 *
 * Makes capability checks and writes a JSON line before each that describes it (expect.h). Each
 * topic runs in a process and a subdirectory of its own. DIRECTORY must exist on a file system that
 * honours set-user-ID bits, and is not cleaned up, because that could itself make checks.
 */
#include <unistd.h>
#include <string.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

/* Which users a topic's expectations hold for. */
enum { ROOT = 1, USER = 2, ANYBODY = ROOT | USER };

static const struct topic {
	const char *name;
	void (*run)(void);
	int users;
	bool on_request; /* not in `all` */
	const char *help;
} topics[] = {
	{"granted", topic_granted, ROOT, false, "root, with every capability"},
	{"denied", topic_denied, ANYBODY, false, "nobody, without capabilities"},
	{"dropped", topic_dropped, ROOT, false, "root without the capability in its effective set"},
	{"setid", topic_setid, ROOT, false, "checks with CAP_OPT_INSETID"},
	{"unaudited", topic_unaudited, ROOT, false, "checks with CAP_OPT_NOAUDIT"},
	{"fault", topic_fault, ANYBODY, false, "checks in a page fault, outside system calls"},
	{"threads", topic_threads, ANYBODY, false, "several threads; a thread that execs"},
	{"exec", topic_exec, ROOT, false, "exec, a set-user-ID program"},
	{"clones", topic_clones, ANYBODY, false, "vfork, clone3, CLONE_VM"},
	{"storm", topic_storm, ANYBODY, false, "many processes, two checks each"},
	{"abi", topic_abi, ANYBODY, false, "32-bit programs, int 0x80"},
	{"userns", topic_userns, ANYBODY, false, "inside a user namespace"},
	{"owner", topic_owner, ROOT, false, "checks by a user namespace's owner"},
	{"creds", topic_creds, ROOT, false, "checks of other credentials than the task's"},
	{"overlay", topic_overlay, ROOT, false, "overlayfs checks its mounter's credentials"},
	{"uring", topic_uring, ROOT, false, "a worker of io_uring"},
	{"inlined", topic_inlined, ANYBODY, false, "callers inside commoncap.c"},
	{"comm", topic_comm, ANYBODY, false, "process names with hostile bytes"},
	{"pidns", topic_pidns, ROOT, false, "processes in PID namespaces"},
	{"mntns", topic_mntns, ROOT, false, "mount namespaces"},
	{"cgroup", topic_cgroup, ROOT, false, "a cgroup of its own"},
	{"paths", topic_paths, ROOT, false, "chown, lchown, fchown, fchownat and so on"},
	{"files", topic_files, ROOT, false, "files"},
	{"net", topic_net, ROOT, false, "sockets"},
	{"admin", topic_admin, ROOT, false, "system administration"},
};

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{"@ask", step_ask},
	{"@suid", step_suid},
	{"@idle", step_idle},
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The second half of a topic that execs this program: argv is self, @step, topic, task. */
static int run_step(char **argv)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (strcmp(argv[1], steps[i].name))
			continue;
		expect_topic(argv[2], argv[3]);
		steps[i].run();
		return 0;
	}
	return 2;
}

static int run_topic(const struct topic *t)
{
	int status;
	pid_t pid;

	expect_topic(t->name, "main");
	if (!(t->users & (geteuid() ? USER : ROOT))) {
		skip("needs %s", geteuid() ? "root" : "another user than root");
		return 0;
	}
	pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (!pid) {
		prctl(PR_SET_NAME, t->name);
		umask(022);
		if (mkdir(t->name, 0755) < 0 || chdir(t->name) < 0)
			fail("directory %s: %s", t->name, strerror(errno));
		t->run();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status)) {
		/* The topic can't report this itself, and the run would look complete. */
		pid = fork();
		if (!pid)
			fail("ended by signal %d", WTERMSIG(status));
		waitpid(pid, &status, 0);
	}
	return 1;
}

static int run_named(const char *name)
{
	bool all = !strcmp(name, "all"), found = false;
	size_t i;
	int bad = 0;

	for (i = 0; i < ARRAY_SIZE(topics); i++) {
		if (strcmp(name, topics[i].name) && !(all && !topics[i].on_request))
			continue;
		found = true;
		bad |= run_topic(&topics[i]);
	}
	if (!found)
		fprintf(stderr, "workload: unknown topic %s\n", name);
	return found ? bad : 2;
}

static int usage(FILE *to)
{
	size_t i;

	fprintf(to, "usage: workload [-w FILE] [-n N] DIRECTORY all|TOPIC...\n"
		    "  -w FILE  append the expected checks to FILE (default: standard output)\n"
		    "  -n N     number of processes of `storm` (100)\n\n");
	for (i = 0; i < ARRAY_SIZE(topics); i++)
		fprintf(to, "  %-10s %s\n", topics[i].name, topics[i].help);
	return to == stdout ? 0 : 2;
}

/* nice -n N COMMAND [ARG...]: Debian's static busybox has no such applet. */
static int run_nice(char **argv)
{
	errno = 0;
	if (nice(atoi(argv[2])) == -1 && errno)
		perror("nice");
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}

int main(int argc, char **argv)
{
	const char *file = NULL;
	int opt, bad = 0;

	if (argc > 3 && !strcmp(basename(argv[0]), "nice"))
		return run_nice(argv);
	if (argc == 4 && argv[1][0] == '@')
		return run_step(argv);
	if (argc == 2 && !strcmp(argv[1], "bpf-ids"))
		return list_bpf_ids();
	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "bpf-load"))
		return load_bpf(argv[2], argv[3]);
	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "once"))
		return run_once(argv[2], argv[3]);
	while ((opt = getopt(argc, argv, "w:n:h")) != -1) {
		if (opt == 'w')
			file = optarg;
		else if (opt == 'n')
			storm_size = strtoul(optarg, NULL, 10);
		else
			return usage(opt == 'h' ? stdout : stderr);
	}
	if (argc - optind < 2)
		return usage(stderr);
	expect_open(file);
	if (chdir(argv[optind]) < 0) {
		perror(argv[optind]);
		return 2;
	}
	expect_topic("workload", "main");
	if (own_userns() != INIT_USERNS)
		fail("not in the initial user namespace");
	for (optind++; optind < argc; optind++)
		bad |= run_named(argv[optind]);
	return bad;
}
