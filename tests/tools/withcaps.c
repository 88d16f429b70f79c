// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * withcaps UID CAP[,CAP]... COMMAND [ARG]...: runs COMMAND as UID with these capabilities (numbers;
 * - for none) and no others, which busybox's setpriv can't do. If the kernel does not know one of
 * them, it fails with exit code 75.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t parse(char *list)
{
	uint64_t caps = 0;

	if (!strcmp(list, "-"))
		return 0;
	for (char *p = strtok(list, ","); p; p = strtok(NULL, ","))
		caps |= UINT64_C(1) << (atoi(p) & 63);
	return caps;
}

static void must(long rc, const char *what)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "withcaps: %s: %s\n", what, strerror(errno));
	exit(errno == EINVAL ? 75 : 1);
}

static void set_caps(uint64_t caps)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = data[i].inheritable =
			(uint32_t)(caps >> 32 * i);
	must(syscall(SYS_capset, &hdr, data), "capset");
	for (int cap = 0; cap < 64; cap++)
		if (caps >> cap & 1)
			must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0), "ambient set");
}

int main(int argc, char **argv)
{
	uint64_t caps;
	uid_t uid;

	if (argc < 4) {
		fprintf(stderr, "usage: withcaps UID CAP[,CAP]... COMMAND [ARG]...\n");
		return 2;
	}
	uid = (uid_t)atoi(argv[1]);
	caps = parse(argv[2]);
	for (int cap = 0; cap < 64; cap++)
		if (caps >> cap & 1)
			must(prctl(PR_CAPBSET_READ, cap, 0, 0, 0), "capability");
	/* At exec, root gets all capabilities of the bounding set. */
	for (int cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(caps >> cap & 1))
			must(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "bounding set");
	must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep");
	must(setgroups(0, NULL), "setgroups");
	must(setgid(uid), "setgid");
	must(setuid(uid), "setuid");
	set_caps(caps);
	execv(argv[3], argv + 3);
	must(-1, argv[3]);
	return 1;
}
