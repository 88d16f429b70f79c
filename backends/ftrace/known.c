// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/ftrace/known.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

#include "backends/ftrace/backend.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/column.h"
#include "core/event/syscalls.h"
#include "ftrace/discover/discovery.h"

static uint32_t namespace_of(int pid, const char *type)
{
	char path[48];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	return stat(path, &st) ? 0 : (uint32_t)st.st_ino;
}

/* Without CONFIG_USER_NS the file does not exist, and there is only the initial namespace. */
static uint32_t user_namespace_of(struct features *f, int pid)
{
	if (feature_lacks(f, FEATURE_USER_NS))
		return INIT_USER_NS_INO;
	return namespace_of(pid, "user");
}

/* Reads uid, gid and effective set. In a child user namespace /proc would show translated ids. */
static void read_status(int pid, struct cap_event *known)
{
	cleanup_fclose FILE *f = NULL;
	char path[32], line[256];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Uid: %" SCNu32, &known->uid) == 1)
			known->have |= FIELD(UID);
		else if (sscanf(line, "Gid: %" SCNu32, &known->gid) == 1)
			known->have |= FIELD(GID);
		else if (sscanf(line, "CapEff: %" SCNx64, &known->caps) == 1)
			known->have |= FIELD(CAPS);
	}
	known->caps &= capname_known();
}

static void read_comm(int pid, struct cap_event *known)
{
	cleanup_fclose FILE *f = NULL;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f || !fgets(known->comm, sizeof(known->comm), f))
		return;
	known->comm[strcspn(known->comm, "\n")] = '\0';
	known->have |= FIELD(COMM);
}

static int cap_of(enum calib_step step)
{
	switch (step) {
	case CALIB_AUDITED:
	case CALIB_CAPSET:
	case CALIB_SECUREBITS:
		return CAP_SETPCAP;
	case CALIB_MMAP0:
		return CAP_SYS_RAWIO;
	case CALIB_OVERCOMMIT:
		return CAP_SYS_ADMIN;
	case CALIB_UNAUDITED: /* one of two capabilities, perhaps not by the child itself */
	case CALIB_STEPS:
		break;
	}
	return -1;
}

void ftrace_known(struct ftrace_backend *b, enum calib_step step, struct cap_event *known)
{
	int pid = calibrator_pid(discovery_calibrator(b->discovery));
	uint32_t user = user_namespace_of(&b->ctx.features, pid);

	*known = (struct cap_event){
		.have = FIELD(SYSCALL),
		.cap = cap_of(step),
		.mntns = namespace_of(pid, "mnt"),
		.current_userns = user,
		.syscall = syscall_name(syscall_abi_native(), calibrator_syscall(step)),
	};
	if (!b->ctx.in_child_pidns) {
		known->pid = known->tid = pid;
		known->have |= FIELD(PID) | FIELD(TID);
	}
	if (known->mntns)
		known->have |= FIELD(MNTNS);
	if (user)
		known->have |= FIELD(CURRENT_USERNS);
	/* Checks of SETPCAP are about the child's own namespace, others about the initial one. */
	known->target_userns = cap_of(step) == CAP_SETPCAP ? user : INIT_USER_NS_INO;
	if (user || cap_of(step) != CAP_SETPCAP)
		known->have |= FIELD(TARGET_USERNS);
	if (user == INIT_USER_NS_INO)
		read_status(pid, known);
	read_comm(pid, known);
}

uint64_t ftrace_known_differs(const struct cap_event *known, const struct cap_event *ev)
{
	uint64_t bits = columns_differing(known, ev);

	/* The verdict is computed from these fields. */
	if (bits & (FIELD(CAPS) | FIELD(CURRENT_USERNS) | FIELD(TARGET_USERNS)))
		bits |= FIELD(VERDICT);
	return bits;
}
