// SPDX-License-Identifier: GPL-2.0-or-later
/* exec with another name and other credentials, and the steps that the exec'd workload runs. */
#include <linux/xattr.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "expect.h"
#include "topics.h"

void step_ask(void)
{
	ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, 0, -5);
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	/* In 32-bit ABIs this name has another number, and this number has another name. */
#ifdef SYS_setgroups32
	if (syscall(SYS_getgroups, 0, NULL) < 0 && errno == ENOSYS)
		skip("16-bit ids: not in this kernel"); /* CONFIG_UID16 */
	else
#endif
		ASK_SETID(CAP_SETGID, setgroups, 0, NULL);
#ifdef SYS_setgroups32
	ASK_SETID(CAP_SETGID, setgroups32, 0, NULL);
#endif
}

void step_idle(void)
{
	for (;;)
		pause();
}

/*
 * root's set-user-ID program, run by nobody: it has nobody's uid and root's capabilities. captrace
 * has to show cred->uid, not cred->euid.
 */
void step_suid(void)
{
	struct creds real = {.uid = NOBODY, .gid = NOBODY, .userns = INIT_USERNS};

	if (getuid() != NOBODY || geteuid() != 0)
		fail("the set-user-ID bit had no effect: DIRECTORY is on a nosuid file system?");
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	/*
	 * access() checks as the real user: access_override_creds() gives the task other
	 * credentials meanwhile, without capabilities.
	 */
	expect(.syscall = "faccessat", .cap = CAP_DAC_OVERRIDE, .verdict = DENY, .creds = &real);
	must_fail(EACCES, syscall(SYS_faccessat, AT_FDCWD, "secret", W_OK));
	ASK(CAP_SYS_CHROOT, chroot, "/");
}

static void renamed(void)
{
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	exec_step("./ct-exec", "@ask", "renamed");
}

static void suid(void)
{
	become_nobody();
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	exec_step("./ct-suid", "@suid", "suid");
}

static void with_file_caps(void)
{
	become_nobody();
	exec_step("./ct-fcaps", "@ask", "fcaps");
}

/* cap_sys_nice+ep */
static const struct vfs_cap_data nice_caps = {
	.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
	.data = {{.permitted = 1u << CAP_SYS_NICE}},
};

void topic_exec(void)
{
	must(symlink(self_path(), "ct-exec"));
	in_child("renamed", renamed);

	make_file("secret", 0600);
	copy_self("ct-suid", 04755);
	in_child("suid", suid);

	copy_self("ct-fcaps", 0755);
	must(ASK_SOME(CAP_SETFCAP, setxattr, "ct-fcaps", XATTR_NAME_CAPS, &nice_caps,
		      sizeof(nice_caps), 0));
	in_child("fcaps", with_file_caps);
}
