// SPDX-License-Identifier: GPL-2.0-or-later
#include "expect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

/* Fixed numbers, so that the workload finds them again after it has exec'd itself. */
enum { FD_EXPECTED = 60, FD_PROC = 61 };

static char topic[32] = "?";
static __thread char task[48] = "?";

static struct {
	bool held;
	uint32_t uid, gid;
} ids;
static uint64_t cgroup;

static const char *const capnames[] = {
	"CHOWN",
	"DAC_OVERRIDE",
	"DAC_READ_SEARCH",
	"FOWNER",
	"FSETID",
	"KILL",
	"SETGID",
	"SETUID",
	"SETPCAP",
	"LINUX_IMMUTABLE",
	"NET_BIND_SERVICE",
	"NET_BROADCAST",
	"NET_ADMIN",
	"NET_RAW",
	"IPC_LOCK",
	"IPC_OWNER",
	"SYS_MODULE",
	"SYS_RAWIO",
	"SYS_CHROOT",
	"SYS_PTRACE",
	"SYS_PACCT",
	"SYS_ADMIN",
	"SYS_BOOT",
	"SYS_NICE",
	"SYS_RESOURCE",
	"SYS_TIME",
	"SYS_TTY_CONFIG",
	"MKNOD",
	"LEASE",
	"AUDIT_WRITE",
	"AUDIT_CONTROL",
	"SETFCAP",
	"MAC_OVERRIDE",
	"MAC_ADMIN",
	"SYSLOG",
	"WAKE_ALARM",
	"BLOCK_SUSPEND",
	"AUDIT_READ",
	"PERFMON",
	"BPF",
	"CHECKPOINT_RESTORE",
};

/* --- One line of JSON, on the stack because the writer may be a CLONE_VM child ---------------- */

struct line {
	char buf[1024];
	size_t len;
};

static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, sizeof(l->buf) - l->len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(l->buf) - l->len)
		abort();
	l->len += n;
}

/*
 * Length of the UTF-8 sequence at @s. If it is ill-formed, minus the length of the part to replace
 * by one U+FFFD: the maximal subpart (Unicode 3.9), as in all current decoders.
 */
static int utf8_len(const unsigned char *s, size_t left)
{
	unsigned char lo = 0x80, hi = 0xbf;
	int need, n;

	if (*s < 0x80)
		return 1;
	if (*s >= 0xc2 && *s <= 0xdf)
		need = 1;
	else if (*s >= 0xe0 && *s <= 0xef)
		need = 2;
	else if (*s >= 0xf0 && *s <= 0xf4)
		need = 3;
	else
		return -1;
	if (*s == 0xe0)
		lo = 0xa0;
	else if (*s == 0xed)
		hi = 0x9f;
	else if (*s == 0xf0)
		lo = 0x90;
	else if (*s == 0xf4)
		hi = 0x8f;
	for (n = 1; n <= need; n++) {
		if ((size_t)n >= left || s[n] < lo || s[n] > hi)
			return -n;
		lo = 0x80;
		hi = 0xbf;
	}
	return need + 1;
}

static void add_string(struct line *l, const char *str)
{
	const unsigned char *s = (const unsigned char *)str;
	size_t left = strlen(str);
	int n;

	add(l, "\"");
	for (; left; s += n, left -= n) {
		n = utf8_len(s, left);
		if (n < 0) {
			n = -n;
			add(l, "\\ufffd");
		} else if (*s < 0x20 || *s == 0x7f || *s == '"' || *s == '\\') {
			add(l, "\\u%04x", *s);
		} else {
			add(l, "%.*s", n, (const char *)s);
		}
	}
	add(l, "\"");
}

static void put(struct line *l)
{
	add(l, "}\n");
	/* One write to an O_APPEND file, so that lines of several tasks do not mix. */
	if (write(FD_EXPECTED, l->buf, l->len) != (ssize_t)l->len)
		_exit(98);
}

/* --- Properties of the calling thread ------------------------------------------------------- */

/*
 * These use the /proc that expect_open() opened, because it shows the initial PID namespace,
 * whatever namespaces and root directory the task has. A task can always read its own links in
 * thread-self. Before 3.17 there is only self, which is the same unless a thread has namespaces of
 * its own.
 */
static uint32_t proc_inode(const char *path)
{
	char text[64];
	const char *p;
	ssize_t n;

	n = readlinkat(FD_PROC, path, text, sizeof(text) - 1);
	if (n < 0 && errno == ENOENT && !strncmp(path, "thread-", 7))
		n = readlinkat(FD_PROC, path + 7, text, sizeof(text) - 1);
	if (n < 0)
		fail("/proc/%s: %s", path, strerror(errno));
	text[n] = '\0';
	p = strchr(text, '[');
	return p ? strtoul(p + 1, NULL, 10) : 0;
}

uint32_t own_userns(void)
{
	return proc_inode("thread-self/ns/user");
}

uint32_t own_mntns(void)
{
	return proc_inode("thread-self/ns/mnt");
}

uint32_t userns_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/ns/user", (int)pid);
	return proc_inode(path);
}

void own_ids(pid_t *pid, pid_t *tid)
{
	char text[64];
	ssize_t n;
	int p, t;

	n = readlinkat(FD_PROC, "thread-self", text, sizeof(text) - 1);
	if (n < 0 && errno == ENOENT) {
		n = readlinkat(FD_PROC, "self", text, sizeof(text) - 1);
		text[n > 0 ? n : 0] = '\0';
		*pid = atoi(text);
		*tid = *pid + (pid_t)syscall(SYS_gettid) - getpid();
		return;
	}
	if (n < 0)
		fail("/proc/thread-self: %s", strerror(errno));
	text[n] = '\0';
	if (sscanf(text, "%d/task/%d", &p, &t) != 2)
		fail("/proc/thread-self: %s", text);
	*pid = p;
	*tid = t;
}

void own_comm(char buf[16])
{
	prctl(PR_GET_NAME, buf);
}

/* Before 7d8b6c63751c (3.17) full sets also have bits set that belong to no capability. */
static uint64_t known_caps(void)
{
	static uint64_t known;

	for (int cap = 0; !(known >> cap & 1) && prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		known |= UINT64_C(1) << cap;
	return known;
}

uint64_t own_caps(void)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {};

	must(syscall(SYS_capget, &hdr, data));
	return (data[0].effective | (uint64_t)data[1].effective << 32) & known_caps();
}

void hold_ids(void)
{
	ids.uid = getuid();
	ids.gid = getgid();
	ids.held = true;
}

void hold_cgroup(uint64_t id)
{
	cgroup = id;
}

/* --- Expectations ----------------------------------------------------------------------------- */

static void add_task(struct line *l, const struct expectation *x)
{
	pid_t pid, tid;
	char comm[16];

	if (x->other) {
		add(l, ",\"task\":\"%s/%s\",\"pid\":%d,\"tid\":%d,\"comm\":", topic, x->other->task,
		    (int)x->other->pid, (int)x->other->tid);
		add_string(l, x->other->comm);
		return;
	}
	own_ids(&pid, &tid);
	own_comm(comm);
	add(l, ",\"task\":\"%s/%s\",\"pid\":%d,\"tid\":%d,\"comm\":", topic, task, (int)pid,
	    (int)tid);
	add_string(l, x->comm ? x->comm : comm);
}

void expect_check(const struct expectation *x)
{
	struct line l = {};
	struct creds c;
	bool allow;

	if (x->creds)
		c = *x->creds;
	else
		c = (struct creds){ids.held ? ids.uid : getuid(), ids.held ? ids.gid : getgid(),
				   own_caps(), own_userns()};
	if (x->verdict == BY_CAPS && x->target && x->target != c.userns)
		fail("capability %d in another namespace: .verdict is missing", x->cap);
	if (x->verdict == BY_CAPS && x->cap == CAP_ANY)
		fail("CAP_ANY: .verdict is missing");
	allow = x->verdict == ALLOW || (x->verdict == BY_CAPS && (c.caps >> x->cap & 1));

	add(&l, "{\"workload\":\"%s\"", topic);
	add_task(&l, x);
	add(&l, ",\"syscall\":");
	if (x->syscall)
		add(&l, "\"%s\"", x->syscall);
	else
		add(&l, "null");
	add(&l, ",\"uid\":%u,\"gid\":%u", c.uid, c.gid);
	if (x->cap != CAP_ANY)
		add(&l, ",\"cap\":%d,\"capName\":\"%s\"", x->cap, capnames[x->cap]);
	add(&l, ",\"audit\":%d,\"verdict\":\"%s\",\"insetid\":%s", !x->unaudited,
	    allow ? "Allow" : "Deny", x->insetid ? "true" : "false");
	add(&l, ",\"targetuserns\":%u,\"currentuserns\":%u", x->target ? x->target : c.userns,
	    c.userns);
	if (!x->any_caps)
		add(&l, ",\"caps\":%llu", (unsigned long long)c.caps);
	add(&l, ",\"mountnsid\":%u", own_mntns());
	if (cgroup)
		add(&l, ",\"cgroupid\":%llu", (unsigned long long)cgroup);
	if (x->repeat)
		add(&l, ",\"repeat\":true");
	if (x->inlined)
		add(&l, ",\"inlined\":true");
	put(&l);
}

static void put_text(const char *key, const char *fmt, va_list ap)
{
	struct line l = {};
	char text[400];

	vsnprintf(text, sizeof(text), fmt, ap);
	add(&l, "{\"workload\":\"%s\",\"%s\":", topic, key);
	add_string(&l, text);
	put(&l);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text("skip", fmt, ap);
	va_end(ap);
}

void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text("failed", fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	fprintf(stderr, "workload %s: ", topic);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	_exit(99);
}

void task_name(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(task, sizeof(task), fmt, ap);
	va_end(ap);
}

void expect_topic(const char *name, const char *taskname)
{
	snprintf(topic, sizeof(topic), "%s", name);
	task_name("%s", taskname);
}

const char *expect_topic_name(void)
{
	return topic;
}

const char *expect_task_name(void)
{
	return task;
}

void expect_open(const char *file)
{
	int fd;

	fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND, 0644) : dup(STDOUT_FILENO);
	if (fd < 0 || dup2(fd, FD_EXPECTED) < 0) {
		perror(file ? file : "stdout");
		exit(2);
	}
	close(fd);
	fd = open("/proc", O_RDONLY | O_DIRECTORY);
	if (fd < 0 || dup2(fd, FD_PROC) < 0) {
		perror("/proc");
		exit(2);
	}
	close(fd);
}
