// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/reference_task.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "compat/host/cgroup_dir.h"
#include "compat/layout/layout.h"
#include "core/base/err.h"
#include "core/base/util.h"

struct reference_task {
	pid_t pid;
	int cpu;                       /* that it is bound to, or -1 */
	int ask, answer;               /* pipes, a byte an act and an errno back */
	struct reference_known *known; /* shared with the child, which fills it in */
	/* What it is moved to, to be removed; "": it can't be. And where it came from. */
	char cgroup[4096], v1[4096], v1_home[4096];
};

/* In the child. */
struct server {
	int ask, answer;
	uint32_t seed;
	struct reference_known *known;
	int namespaces; /* the folder of this task's */
};

/* Before any privilege is given up: / may be closed to others. */
static int open_namespaces(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/ns", (int)syscall(SYS_gettid));
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static uint32_t namespace_inode(const struct server *s, const char *kind)
{
	struct stat st;

	return fstatat(s->namespaces, kind, &st, 0) ? 0 : (uint32_t)st.st_ino;
}

/* Without CONFIG_USER_NS there is no such file, and no other namespace than the initial one. */
static uint32_t user_namespace_inode(const struct server *s)
{
	struct stat st;

	if (!fstatat(s->namespaces, "user", &st, 0))
		return (uint32_t)st.st_ino;
	return errno == ENOENT ? INIT_USER_NS_INO : 0;
}

static void note_task(struct server *s)
{
	s->known->tid = (int32_t)syscall(SYS_gettid);
	s->known->tgid = (int32_t)getpid();
	s->known->userns = user_namespace_inode(s);
	s->known->mntns = namespace_inode(s, "mnt");
}

static int get_caps(struct __user_cap_data_struct d[2])
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};

	return syscall(SYS_capget, &h, d) ? -errno : 0;
}

static int note_creds(struct reference_known *k)
{
	struct __user_cap_data_struct d[2];
	int rc = get_caps(d);

	if (rc)
		return rc;
	getresuid(&k->ids[0], &k->ids[4], &k->ids[2]);
	getresgid(&k->ids[1], &k->ids[5], &k->ids[3]);
	k->securebits = (uint32_t)prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
	k->inheritable = d[0].inheritable | (uint64_t)d[1].inheritable << 32;
	k->permitted = d[0].permitted | (uint64_t)d[1].permitted << 32;
	k->effective = d[0].effective | (uint64_t)d[1].effective << 32;
	return 0;
}

#define BIT(cap) (UINT64_C(1) << (cap))

/* What the acts need; everything else is there to be told apart. */
#define NEEDED (BIT(CAP_SYS_ADMIN) | BIT(CAP_SETPCAP))

/* The sets differ from each other and by @seed, by capabilities that nothing here needs. */
static int set_caps(uint32_t seed)
{
	static const int spare[] = {CAP_MKNOD,    CAP_LEASE,      CAP_SYS_TTY_CONFIG, CAP_SYS_PACCT,
				    CAP_IPC_LOCK, CAP_SYS_CHROOT, CAP_NET_BROADCAST,  CAP_KILL};
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2];
	uint64_t all, permitted, effective, inheritable;
	int rc = get_caps(d);

	if (rc)
		return rc;
	all = d[0].permitted | (uint64_t)d[1].permitted << 32;
	permitted = all & ~BIT(spare[seed % 8]);
	effective = permitted & ~BIT(spare[(seed + 1) % 8]) & ~BIT(spare[(seed + 2) % 8]);
	inheritable = permitted & (BIT(spare[(seed + 3) % 8]) | BIT(spare[(seed + 4) % 8]));
	if ((effective & NEEDED) != NEEDED)
		return -EPERM;
	d[0] = (struct __user_cap_data_struct){(uint32_t)effective, (uint32_t)permitted,
					       (uint32_t)inheritable};
	d[1] = (struct __user_cap_data_struct){(uint32_t)(effective >> 32),
					       (uint32_t)(permitted >> 32),
					       (uint32_t)(inheritable >> 32)};
	return syscall(SYS_capset, &h, d) ? -errno : 0;
}

#if defined(SYS_setresuid32)
#define SETRESUID SYS_setresuid32
#define SETRESGID SYS_setresgid32
#else
#define SETRESUID SYS_setresuid
#define SETRESGID SYS_setresgid
#endif

/* By bare system calls: of this thread alone. */
static int set_creds(struct server *s)
{
	uint32_t base = 0x51000000 + s->seed * 0x01010100;

	snprintf(s->known->comm, sizeof(s->known->comm), "ct-reference-%02x", s->seed & 0xff);
	prctl(PR_SET_NAME, s->known->comm, 0, 0, 0);
	/* Setuid fixups off: ids change and capabilities stay. */
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS, 0, 0, 0) ||
	    syscall(SETRESGID, base + 11, base + 12, base + 13) ||
	    syscall(SETRESUID, base + 21, base + 22, base + 23))
		return -errno;
	return set_caps(s->seed);
}

/*
 * The last of the two that a probe on cap_capable sees asks about the reference task's own user
 * namespace. cap_prctl_drop() asks before it finds that there is no such capability, but about the
 * initial namespace before 160da84dbb39 (3.13). cap_capset() always asks about the caller's own;
 * where it has cap_capable inlined, which no kernel that old is known to, only the first is seen.
 */
static void ask(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	/* Refused after the check, because what is effective has to be permitted. */
	struct __user_cap_data_struct d[2] = {{.effective = 1 << CAP_CHOWN}};

	syscall(SYS_prctl, PR_CAPBSET_DROP, 9999, 0, 0, 0);
	syscall(SYS_capset, &h, d);
}

static int ask_overridden(void)
{
	/* Nobody's to read but root's, whom the real ids aren't: access() asks for them. */
	syscall(SYS_faccessat, AT_FDCWD, "/proc/kmsg", R_OK);
	return 0;
}

#if defined(__x86_64__)
static sigjmp_buf no_compat;

static void on_fault(int sig)
{
	siglongjmp(no_compat, 1);
}

static int ask_compat(void)
{
	long nr = 172 /* prctl of i386 */, rc;

	signal(SIGSEGV, on_fault);
	/* CONFIG_IA32_EMULATION is off, and with it what runs 32-bit programs. */
	if (sigsetjmp(no_compat, 1))
		return -ENOEXEC;
	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(nr), "b"((long)PR_CAPBSET_DROP), "c"(9999L), "d"(0L), "S"(0L),
			   "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return rc == -ENOSYS ? -EOPNOTSUPP : 0;
}
#else
static int ask_compat(void)
{
	return -EOPNOTSUPP;
}
#endif

static int act(struct server *s, enum reference_act what)
{
	int rc = 0;

	switch (what) {
	case REFERENCE_ASK:
		break;
	case REFERENCE_OVERRIDE:
		return ask_overridden();
	case REFERENCE_COMPAT:
		return ask_compat();
	case REFERENCE_UTS:
		rc = unshare(CLONE_NEWUTS);
		break;
	case REFERENCE_MNT:
		rc = unshare(CLONE_NEWNS);
		break;
	case REFERENCE_CGROUP: /* captrace has moved it */
	case REFERENCE_CGROUP_V1:
	case REFERENCE_CGROUP_V1_BACK:
		break;
	case REFERENCE_USER:
		s->known->owner = s->known->ids[4];
		s->known->group = s->known->ids[5];
		rc = unshare(CLONE_NEWUSER);
		break;
	case REFERENCE_COMMIT:
		/* They are copied and committed whatever the flag was (cap_task_prctl()). */
		rc = prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
		break;
	}
	if (rc)
		return -EOPNOTSUPP;
	note_task(s);
	ask();
	return 0;
}

/*
 * The effective set is made anew with a user namespace; the ids stay what they are to the kernel.
 */
static void note_new_caps(struct reference_known *k)
{
	uint32_t ids[6];

	memcpy(ids, k->ids, sizeof(ids));
	note_creds(k);
	memcpy(k->ids, ids, sizeof(ids));
}

static void *serve(void *arg)
{
	struct server *s = arg;
	unsigned char what;
	int rc;

	s->namespaces = open_namespaces();
	rc = set_creds(s);
	if (!rc)
		rc = note_creds(s->known);
	note_task(s);
	while (write(s->answer, &rc, sizeof(rc)) == sizeof(rc) && read(s->ask, &what, 1) == 1) {
		rc = act(s, (enum reference_act)what);
		if (!rc && what == REFERENCE_USER)
			note_new_caps(s->known);
	}
	_exit(0);
}

/*
 * In a thread, so that its number is not its group's; but a new user namespace is for those who
 * have one thread only: the second process, which odd seeds make.
 */
static void child(struct server *s)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (s->seed % 2)
		serve(s);
	if (!pthread_create(&thread, NULL, serve, s))
		pause();
	_exit(1);
}

static int wait_answer(struct reference_task *w)
{
	int rc;

	return read(w->answer, &rc, sizeof(rc)) == sizeof(rc) ? rc : -EOPNOTSUPP;
}

static int spawn(struct reference_task *w, uint32_t seed)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC))
		return -errno;
	if (pipe2(from, O_CLOEXEC)) {
		int rc = -errno;

		close(to[0]);
		close(to[1]);
		return rc;
	}
	w->pid = fork();
	if (w->pid == 0) {
		struct server s = {to[0], from[1], seed, w->known, -1};

		close(to[1]);
		close(from[0]);
		child(&s);
	}
	close(to[0]);
	close(from[1]);
	w->ask = to[1];
	w->answer = from[0];
	return w->pid < 0 ? -errno : wait_answer(w);
}

static void make_cgroups(struct reference_task *w, uint32_t seed, const char *prefix, int hierarchy)
{
	char name[96];

	snprintf(name, sizeof(name), "%s_w%u", prefix, seed);
	if (cgroup_dir_make(0, name, w->cgroup, sizeof(w->cgroup)))
		w->cgroup[0] = '\0';
	if (!hierarchy || cgroup_dir_of(0, hierarchy, w->v1_home, sizeof(w->v1_home)) ||
	    cgroup_dir_make(hierarchy, name, w->v1, sizeof(w->v1)))
		w->v1[0] = '\0';
}

int reference_task_start(struct reference_task **out, uint32_t seed, const char *prefix,
			 int hierarchy, struct err *e)
{
	struct reference_task *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		return err_sys(e, -ENOMEM, "layout discovery");
	w->ask = w->answer = w->cpu = -1;
	w->known = mmap(NULL, sizeof(*w->known), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (w->known == MAP_FAILED) {
		free(w);
		return err_sys(e, -ENOMEM, "layout discovery");
	}
	make_cgroups(w, seed, prefix, hierarchy);
	rc = spawn(w, seed);
	if (rc) {
		reference_task_free(w);
		return err_sys(e, rc, "layout discovery: a child with other credentials");
	}
	*out = w;
	return 0;
}

void reference_task_free(struct reference_task *w)
{
	if (!w)
		return;
	if (w->ask >= 0)
		close(w->ask); /* it ends at the end of file */
	if (w->answer >= 0)
		close(w->answer);
	if (w->pid > 0)
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (*w->cgroup)
		rmdir(w->cgroup);
	if (*w->v1)
		rmdir(w->v1);
	munmap(w->known, sizeof(*w->known));
	free(w);
}

pid_t reference_task_tid(const struct reference_task *w)
{
	return w->known->tid;
}

static void bind_again(const struct reference_task *w)
{
	cpu_set_t set;

	if (w->cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(w->cpu, &set);
	/* Not critical: elsewhere it is not found, and discovery says so. */
	sched_setaffinity(w->known->tid, sizeof(set), &set);
}

void reference_task_bind(struct reference_task *w, int cpu)
{
	w->cpu = cpu;
	bind_again(w);
}

/* By captrace, not by itself: 4.9 and older want the writer's user id to be 0 or the task's. */
static int move(const struct reference_task *w, const char *cgroup, uint64_t *id)
{
	if (!*cgroup || cgroup_dir_enter(cgroup, w->pid))
		return -EOPNOTSUPP;
	/* In a cgroup of a cpuset's it may use all of that's CPUs; on 4.9 in any of version 2. */
	bind_again(w);
	*id = cgroup_dir_id(cgroup);
	return *id ? 0 : -EOPNOTSUPP;
}

static int before_act(const struct reference_task *w, enum reference_act what)
{
	switch (what) {
	case REFERENCE_CGROUP:
		return move(w, w->cgroup, &w->known->cgroup);
	case REFERENCE_CGROUP_V1:
		return move(w, w->v1, &w->known->cgroup_v1);
	case REFERENCE_CGROUP_V1_BACK:
		return *w->v1 ? move(w, w->v1_home, &w->known->cgroup_v1) : -EOPNOTSUPP;
	default:
		return 0;
	}
}

int reference_task_do(struct reference_task *w, enum reference_act what)
{
	unsigned char byte = (unsigned char)what;
	int rc = before_act(w, what);

	if (rc)
		return rc;
	if (write(w->ask, &byte, 1) != 1)
		return -EOPNOTSUPP;
	return wait_answer(w);
}

static int write_map(pid_t pid, const char *file, uint32_t id)
{
	cleanup_close int fd = -1;
	char path[64], line[32];
	int n = snprintf(line, sizeof(line), "0 %u 1", id);

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, line, (size_t)n) == n ? 0 : -EOPNOTSUPP;
}

int reference_task_map_ids(struct reference_task *w)
{
	int rc = write_map(w->known->tgid, "gid_map", w->known->ids[5]);

	return rc ? rc : write_map(w->known->tgid, "uid_map", w->known->ids[4]);
}

const struct reference_known *reference_task_known(const struct reference_task *w)
{
	return w->known;
}
