// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/reference_child.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "compat/layout/layout.h"
#include "core/base/util.h"

/* Called before privileges are dropped, since / may be inaccessible to others. */
static int open_namespaces(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/ns", (int)syscall(SYS_gettid));
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static uint32_t namespace_inode(const struct reference_child *s, const char *kind)
{
	struct stat st;

	return fstatat(s->namespaces, kind, &st, 0) ? 0 : (uint32_t)st.st_ino;
}

/* Without CONFIG_USER_NS there is no such file, and only the initial namespace. */
static uint32_t user_namespace_inode(const struct reference_child *s)
{
	struct stat st;

	if (!fstatat(s->namespaces, "user", &st, 0))
		return (uint32_t)st.st_ino;
	return errno == ENOENT ? INIT_USER_NS_INO : 0;
}

static void note_task(struct reference_child *s)
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

/* The capabilities that the acts need. The others only make the sets recognisable. */
#define NEEDED (BIT(CAP_SYS_ADMIN) | BIT(CAP_SETPCAP))

/* Makes the sets differ from each other and for each @seed, in capabilities that no act needs. */
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

/* Uses raw system calls, which change only this thread and not the whole process. */
static int set_creds(struct reference_child *s)
{
	uint32_t base = 0x51000000 + s->seed * 0x01010100;

	snprintf(s->known->comm, sizeof(s->known->comm), "ct-reference-%02x", s->seed & 0xff);
	prctl(PR_SET_NAME, s->known->comm, 0, 0, 0);
	/* Without setuid fixups the capabilities stay when the ids change. */
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS, 0, 0, 0) ||
	    syscall(SETRESGID, base + 11, base + 12, base + 13) ||
	    syscall(SETRESUID, base + 21, base + 22, base + 23))
		return -errno;
	return set_caps(s->seed);
}

/*
 * Makes two checks. The last one that a probe on cap_capable sees has the reference task's own user
 * namespace as its target. cap_prctl_drop() makes its check before it notices that there is no such
 * capability, but before 160da84dbb39 (3.13) with the initial namespace as target. The check of
 * cap_capset() always has the caller's own. If cap_capset() has cap_capable inlined, only the first
 * check is seen; no kernel before 3.13 is known to do that.
 */
static void ask(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	/*
	 * The kernel refuses this after the check, because the effective set exceeds the permitted.
	 */
	struct __user_cap_data_struct d[2] = {{.effective = 1 << CAP_CHOWN}};

	syscall(SYS_prctl, PR_CAPBSET_DROP, 9999, 0, 0, 0);
	syscall(SYS_capset, &h, d);
}

static int ask_overridden(void)
{
	/* Only root may read it, and access() uses the real ids, which are not root's. */
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
	/* The fault means that the kernel has no 32-bit system calls (CONFIG_IA32_EMULATION). */
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

static int act(struct reference_child *s, enum reference_act what)
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
	case REFERENCE_CGROUP: /* captrace has already moved this task */
	case REFERENCE_CGROUP_V1:
	case REFERENCE_CGROUP_V1_BACK:
		break;
	case REFERENCE_USER:
		s->known->owner = s->known->ids[4];
		s->known->group = s->known->ids[5];
		rc = unshare(CLONE_NEWUSER);
		break;
	case REFERENCE_COMMIT:
		/*
		 * cap_task_prctl() copies and commits the credentials even if the flag was set
		 * already.
		 */
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
 * A new user namespace resets the capability sets. The ids stay the same in the kernel, although
 * getresuid() and getresgid() now return others.
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
	struct reference_child *s = arg;
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
 * With even seeds a thread makes the checks, so that its id differs from that of its group. But
 * only a process with a single thread can create a user namespace, and so odd seeds use no thread.
 */
void reference_child_run(struct reference_child *s)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (s->seed % 2)
		serve(s);
	if (!pthread_create(&thread, NULL, serve, s))
		pause();
	_exit(1);
}
