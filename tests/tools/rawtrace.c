// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * captrace --backend=ftrace:perf … -- rawtrace OUT: makes known checks, on two CPUs in turn, and
 * stores the raw records that captrace's own probes make of them: the bytes of perf rings in
 * OUT/perf.cpuN, pages of trace_pipe_raw in OUT/ring.cpuN, the `format` files and header_page in
 * OUT/events/, and the checks that were made in OUT/expected. tests/tools/record-raw uses it to
 * make tests/fixtures/raw.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRACING    "/sys/kernel/tracing"
#define CPUS       2
#define CHECKS     24
#define EVENTS_MAX 8
#define RING_PAGES 16

#ifdef SYS_setresuid32 /* where it exists, SYS_setresuid takes 16-bit ids */
#define SETRESUID      SYS_setresuid32
#define SETRESUID_NAME "setresuid32"
#else
#define SETRESUID      SYS_setresuid
#define SETRESUID_NAME "setresuid"
#endif

struct event {
	char system[64], name[64];
	int id, cpu; /* cpu: -1 for all */
};

struct recorder {
	const char *out;
	struct event events[EVENTS_MAX];
	size_t len;
	int leaders[CPUS], pipes[CPUS];
	struct perf_event_mmap_page *rings[CPUS];
	int fds[EVENTS_MAX * CPUS];
	size_t fds_len;
};

/* The check that a child made, and its result; in memory shared with the parent. */
struct asked {
	int n, pid, tid, cap, insetid, ret;
	unsigned int uid, gid, current, target, mntns;
	unsigned long long caps;
	char syscall[16];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long must(long rc, const char *what)
{
	if (rc < 0)
		die(what);
	return rc;
}

static void write_file(const char *path, const char *text)
{
	int fd = (int)must(open(path, O_WRONLY | O_CLOEXEC), path);

	must(write(fd, text, strlen(text)), path);
	close(fd);
}

static void copy_file(const char *from, const char *to)
{
	int in = (int)must(open(from, O_RDONLY | O_CLOEXEC), from);
	int out = (int)must(open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), to);
	char buf[4096];
	ssize_t n;

	while ((n = must(read(in, buf, sizeof(buf)), from)) > 0)
		must(write(out, buf, (size_t)n), to);
	close(in);
	close(out);
}

/* --- Recorded events ------------------------------------------------------------------------- */

/* @keep: the file's name in OUT/events, without the number that captrace gave the probe. */
static void add_event(struct recorder *r, const char *system, const char *name, const char *keep,
		      int cpu)
{
	struct event *e = &r->events[r->len++];
	char from[PATH_MAX], to[PATH_MAX], line[256];
	FILE *f;

	if (r->len == EVENTS_MAX)
		die("too many events");
	snprintf(e->system, sizeof(e->system), "%s", system);
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->cpu = cpu;
	snprintf(from, sizeof(from), TRACING "/events/%s/%s/format", system, name);
	snprintf(to, sizeof(to), "%s/events/%s.format", r->out, keep);
	copy_file(from, to);
	f = fopen(to, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "ID: %d", &e->id) == 1)
			break;
	if (!f || !e->id)
		die(to);
	fclose(f);
}

/* captrace's probes on cap_capable and cap_task_prctl, one for each CPU, and sys_exit. */
static void find_events(struct recorder *r)
{
	DIR *all = opendir(TRACING "/events"), *group;
	char path[PATH_MAX], system[64] = "", kind[16], keep[32];
	struct dirent *d;
	int cpu;

	while (all && (d = readdir(all)))
		if (!strncmp(d->d_name, "captrace_", 9))
			snprintf(system, sizeof(system), "%.63s", d->d_name);
	snprintf(path, sizeof(path), TRACING "/events/%s", system);
	group = *system ? opendir(path) : NULL;
	while (group && (d = readdir(group))) {
		if (sscanf(d->d_name, "%15[a-z]%d_", kind, &cpu) != 2 || cpu >= CPUS ||
		    (strcmp(kind, "check") && strcmp(kind, "prctl")))
			continue;
		snprintf(keep, sizeof(keep), "%s%d", kind, cpu);
		add_event(r, system, d->d_name, keep, cpu);
	}
	if (!r->len) {
		fputs("rawtrace: no probes found: run it under captrace --backend=ftrace:perf\n",
		      stderr);
		exit(1);
	}
	add_event(r, "raw_syscalls", "sys_exit", "sys_exit", -1);
}

static const char *filter_of(const struct event *e)
{
	static char text[256];

	snprintf(text, sizeof(text), "id == %d || id == %d || id == %d || id == %d || id == %d",
		 (int)SYS_sethostname, (int)SYS_chroot, (int)SYS_setpriority, (int)SETRESUID,
		 (int)SYS_prctl);
	return e->cpu < 0 ? text : NULL;
}

/* --- perf ------------------------------------------------------------------------------------ */

static int open_event(struct perf_event_attr *attr, int cpu)
{
	attr->size = sizeof(*attr);
	attr->sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW;
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC;
	return (int)must(syscall(SYS_perf_event_open, attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC),
			 "perf_event_open");
}

static void open_perf(struct recorder *r)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (int cpu = 0; cpu < CPUS; cpu++) {
		struct perf_event_attr attr = {
			.type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_DUMMY,
		};

		r->leaders[cpu] = open_event(&attr, cpu);
		r->rings[cpu] = mmap(NULL, (1 + RING_PAGES) * page, PROT_READ | PROT_WRITE,
				     MAP_SHARED, r->leaders[cpu], 0);
		if (r->rings[cpu] == MAP_FAILED)
			die("mmap");
	}
	for (size_t i = 0; i < r->len * CPUS; i++) {
		const struct event *e = &r->events[i / CPUS];
		struct perf_event_attr attr = {
			.type = PERF_TYPE_TRACEPOINT,
			.config = (unsigned int)e->id,
			.sample_period = 1,
			.disabled = 1,
		};
		int cpu = (int)i % CPUS, fd;

		if (e->cpu >= 0 && e->cpu != cpu)
			continue;
		fd = open_event(&attr, cpu);
		if (filter_of(e))
			must(ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter_of(e)), "filter");
		must(ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, r->leaders[cpu]), "output");
		r->fds[r->fds_len++] = fd;
	}
}

static void keep_perf(const struct recorder *r)
{
	char path[PATH_MAX];

	for (int cpu = 0; cpu < CPUS; cpu++) {
		uint64_t head = __atomic_load_n(&r->rings[cpu]->data_head, __ATOMIC_ACQUIRE);
		const char *data = (const char *)r->rings[cpu] + sysconf(_SC_PAGESIZE);
		FILE *f;

		snprintf(path, sizeof(path), "%s/perf.cpu%d", r->out, cpu);
		f = fopen(path, "we");
		if (!f || fwrite(data, 1, (size_t)head, f) != head || fclose(f))
			die(path);
	}
}

/* --- tracefs --------------------------------------------------------------------------------- */

static void write_instance(int cpu, const char *file, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), TRACING "/instances/rawtrace%d/%s", cpu, file);
	write_file(path, text);
}

static void open_ring(struct recorder *r)
{
	char path[PATH_MAX], file[256], mask[8];

	for (int cpu = 0; cpu < CPUS; cpu++) {
		snprintf(path, sizeof(path), TRACING "/instances/rawtrace%d", cpu);
		must(mkdir(path, 0700), path);
		write_instance(cpu, "trace_clock", "mono");
		write_instance(cpu, "options/overwrite", "0");
		snprintf(mask, sizeof(mask), "%x", 1 << cpu);
		write_instance(cpu, "tracing_cpumask", mask);
		for (size_t i = 0; i < r->len; i++) {
			const struct event *e = &r->events[i];

			snprintf(file, sizeof(file), "events/%s/%s/filter", e->system, e->name);
			if (filter_of(e))
				write_instance(cpu, file, filter_of(e));
		}
		snprintf(path, sizeof(path),
			 TRACING "/instances/rawtrace%d/per_cpu/cpu%d/trace_pipe_raw", cpu, cpu);
		r->pipes[cpu] = (int)must(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), path);
		snprintf(path, sizeof(path), "%s/ring.cpu%d", r->out, cpu);
		unlink(path);
	}
}

/* Appends the rings' contents to the files. A call halfway records pages that are not yet full. */
static void keep_ring(const struct recorder *r)
{
	char path[PATH_MAX], page[65536];
	ssize_t n;

	for (int cpu = 0; cpu < CPUS; cpu++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/ring.cpu%d", r->out, cpu);
		f = fopen(path, "ae");
		while ((n = read(r->pipes[cpu], page, (size_t)sysconf(_SC_PAGESIZE))) > 0)
			if (!f || fwrite(page, 1, (size_t)n, f) != (size_t)n)
				die(path);
		if (!f || fclose(f))
			die(path);
	}
}

static void close_ring(const struct recorder *r)
{
	char path[PATH_MAX];

	for (int cpu = 0; cpu < CPUS; cpu++) {
		close(r->pipes[cpu]);
		snprintf(path, sizeof(path), TRACING "/instances/rawtrace%d", cpu);
		must(rmdir(path), path);
	}
}

static void set_enabled(const struct recorder *r, bool on)
{
	char file[256];

	for (size_t i = 0; i < r->fds_len; i++)
		must(ioctl(r->fds[i], on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0),
		     "enabling");
	for (size_t i = 0; i < r->len; i++)
		for (int cpu = 0; cpu < CPUS; cpu++) {
			const struct event *e = &r->events[i];

			if (e->cpu >= 0 && e->cpu != cpu)
				continue;
			snprintf(file, sizeof(file), "events/%s/%s/enable", e->system, e->name);
			write_instance(cpu, file, on ? "1" : "0");
		}
}

/* --- The checks ------------------------------------------------------------------------------ */

static unsigned int namespace_of(const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", kind);
	must(stat(path, &st), path);
	return (unsigned int)st.st_ino;
}

static unsigned long long effective(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2];

	must(syscall(SYS_capget, &h, d), "capget");
	return (unsigned long long)d[1].effective << 32 | d[0].effective;
}

/* @own: the check's target is the caller's own user namespace. */
static void describe_check(struct asked *a, const char *name, int cap, bool own)
{
	a->pid = getpid();
	a->tid = (int)syscall(SYS_gettid);
	a->caps = effective();
	a->current = namespace_of("user");
	a->mntns = namespace_of("mnt");
	if (own)
		a->target = a->current;
	a->cap = cap;
	strncpy(a->syscall, name, sizeof(a->syscall) - 1);
}

static void set_ret(struct asked *a, long rc)
{
	a->ret = rc < 0 ? -errno : (int)rc;
}

static void ask_hostname(struct asked *a)
{
	describe_check(a, "sethostname", CAP_SYS_ADMIN, false);
	set_ret(a, syscall(SYS_sethostname, NULL, -1));
}

static void ask_chroot(struct asked *a)
{
	describe_check(a, "chroot", CAP_SYS_CHROOT, true);
	set_ret(a, syscall(SYS_chroot, "/"));
}

static void ask_nice(struct asked *a)
{
	describe_check(a, "setpriority", CAP_SYS_NICE, false);
	set_ret(a, syscall(SYS_setpriority, PRIO_PROCESS, 0, -5));
}

static void ask_setuid(struct asked *a)
{
	describe_check(a, SETRESUID_NAME, CAP_SETUID, true);
	a->insetid = 1;
	set_ret(a, syscall(SETRESUID, 4711, 4711, 4711));
}

static void ask_securebits(struct asked *a)
{
	describe_check(a, "prctl", CAP_SETPCAP, true);
	set_ret(a, syscall(SYS_prctl, PR_SET_SECUREBITS, SECUREBITS_DEFAULT, 0, 0, 0));
}

static void *ask_in_thread(void *arg)
{
	struct asked *a = arg;
	char name[16];

	snprintf(name, sizeof(name), "thread%02d", a->n);
	prctl(PR_SET_NAME, name);
	ask_chroot(a);
	return NULL;
}

static void ask_thread(struct asked *a)
{
	pthread_t t;

	if (pthread_create(&t, NULL, ask_in_thread, a) || pthread_join(t, NULL))
		die("thread");
}

static const struct {
	void (*ask)(struct asked *);
	bool nobody, userns;
} kinds[] = {
	{ask_hostname, false, false},  {ask_hostname, true, false}, {ask_chroot, true, false},
	{ask_setuid, false, false},    {ask_nice, true, false},     {ask_securebits, false, false},
	{ask_thread, false, false},    {ask_hostname, false, true}, {ask_chroot, false, true},
	{ask_securebits, true, false}, {ask_nice, false, false},
};

static void be_child(int n, struct asked *a)
{
	size_t kind = (size_t)n % (sizeof(kinds) / sizeof(kinds[0]));
	char name[16];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(n % CPUS, &set);
	a->n = n;
	must(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
	a->target = namespace_of("user");
	if (kinds[kind].nobody) {
		must(syscall(SYS_setresgid, 4000 + n, 4000 + n, 4000 + n), "setresgid");
		must(syscall(SETRESUID, 1000 + n, 1000 + n, 1000 + n), "setresuid");
	}
	a->uid = getuid();
	a->gid = getgid();
	if (kinds[kind].userns)
		must(unshare(CLONE_NEWUSER), "unshare");
	snprintf(name, sizeof(name), "ask%02d", n);
	prctl(PR_SET_NAME, name);
	kinds[kind].ask(a);
	_exit(0);
}

static void make_checks(const struct recorder *r, struct asked *asked)
{
	for (int n = 0; n < CHECKS; n++) {
		pid_t pid = (pid_t)must(fork(), "fork");
		int status;

		if (!pid)
			be_child(n, &asked[n]);
		if (waitpid(pid, &status, 0) != pid || status)
			die("a child");
		if (n == CHECKS / 2)
			keep_ring(r);
	}
}

static void keep_expected(const struct recorder *r, const struct asked *asked)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/expected", r->out);
	f = fopen(path, "we");
	for (int n = 0; f && n < CHECKS; n++) {
		const struct asked *a = &asked[n];

		fprintf(f,
			"cpu %d pid %d tid %d comm %s%02d syscall %s cap %d insetid %d verdict %s "
			"uid %u gid %u caps %llx current %u target %u mntns %u ret %d\n",
			n % CPUS, a->pid, a->tid, a->pid == a->tid ? "ask" : "thread", n,
			a->syscall, a->cap, a->insetid,
			a->ret == -EPERM || a->ret == -EACCES ? "Deny" : "Allow", a->uid, a->gid,
			a->caps, a->current, a->target, a->mntns, a->ret);
	}
	if (!f || fclose(f))
		die(path);
}

int main(int argc, char **argv)
{
	static struct recorder r;
	char path[PATH_MAX];
	struct asked *asked;

	if (argc != 2) {
		fputs("usage: captrace --backend=ftrace:perf -- rawtrace OUT\n", stderr);
		return 2;
	}
	r.out = argv[1];
	if (access(TRACING "/events", F_OK))
		must(mount("tracefs", TRACING, "tracefs", 0, NULL), TRACING);
	snprintf(path, sizeof(path), "%s/events", r.out);
	if (mkdir(path, 0755) && errno != EEXIST)
		die(path);
	snprintf(path, sizeof(path), "%s/events/header_page", r.out);
	copy_file(TRACING "/events/header_page", path);
	asked = mmap(NULL, sizeof(*asked) * CHECKS, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (asked == MAP_FAILED)
		die("mmap");
	find_events(&r);
	open_perf(&r);
	open_ring(&r);
	set_enabled(&r, true);
	make_checks(&r, asked);
	set_enabled(&r, false);
	keep_perf(&r);
	keep_ring(&r);
	close_ring(&r);
	keep_expected(&r, asked);
	return 0;
}
