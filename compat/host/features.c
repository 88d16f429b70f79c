// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/features.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "compat/host/host_caps.h"
#include "core/base/log.h"
#include "core/base/util.h"

#define PATH_ROOM 4200

/* Bytes. A higher RLIMIT_MEMLOCK counts as unlimited. */
#define LOCKED_MAX (256UL << 20)

/*
 * Whether the file @path exists. The answer is no only if @beside, which always exists, can be
 * seen: otherwise the file system is not mounted, or captrace has no access to it.
 */
static enum feature_answer probe_file(const char *root, const char *path, const char *beside)
{
	char full[PATH_ROOM];

	snprintf(full, sizeof(full), "%s%s", root ? root : "", path);
	if (!access(full, F_OK))
		return FEATURE_YES;
	if (errno != ENOENT && errno != ENOTDIR)
		return FEATURE_UNKNOWN;
	snprintf(full, sizeof(full), "%s%s", root ? root : "", beside);
	return access(full, F_OK) ? FEATURE_UNKNOWN : FEATURE_NO;
}

static enum feature_answer probe_tracefs(const struct features *f, const char *path)
{
	return f->tracefs ? probe_file(f->tracefs, path, "/events") : FEATURE_UNKNOWN;
}

/*
 * Whether the kernel's BTF has the string @name. @size includes a NUL before it and one after it.
 */
static enum feature_answer probe_btf_string(const struct features *f, const char *name, size_t size)
{
	cleanup_free char *btf = NULL;
	cleanup_close int fd = -1;
	char path[PATH_ROOM];
	struct stat st;
	size_t len = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/sys/kernel/btf/vmlinux", f->root ? f->root : "");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || !(btf = malloc((size_t)st.st_size + 1)))
		return FEATURE_UNKNOWN;
	while (len < (size_t)st.st_size && (n = read(fd, btf + len, (size_t)st.st_size - len)) > 0)
		len += (size_t)n;
	if (!len || len < (size_t)st.st_size)
		return FEATURE_UNKNOWN;
	return memmem(btf, len, name, size) ? FEATURE_YES : FEATURE_NO;
}

static enum feature_answer probe_btf(struct features *f)
{
	return probe_file(f->root, "/sys/kernel/btf/vmlinux", "/sys/kernel");
}

/* The out-of-tree lockdown that distributions had before 5.4 can't be detected. */
static enum feature_answer probe_lockdown(struct features *f)
{
	return probe_file(f->root, "/sys/kernel/security/lockdown", "/sys/kernel/security/lsm");
}

static enum feature_answer probe_user_ns(struct features *f)
{
	return probe_file(f->root, "/proc/self/ns/user", "/proc/self/ns");
}

static enum feature_answer probe_perf_events(struct features *f)
{
	return probe_file(f->root, "/proc/sys/kernel/perf_event_paranoid", "/proc/sys/kernel");
}

static enum feature_answer probe_kprobe_events(struct features *f)
{
	return probe_tracefs(f, "/kprobe_events");
}

static enum feature_answer probe_kprobe_pmu(struct features *f)
{
	return probe_file(f->root, "/sys/bus/event_source/devices/kprobe/type",
			  "/sys/bus/event_source/devices");
}

/* Without the privilege to look into tracefs BTF answers: each tracepoint has a type there. */
static enum feature_answer probe_cap_tracepoint(struct features *f)
{
	static const char type[] = "\0btf_trace_cap_capable";
	enum feature_answer answer = probe_tracefs(f, "/events/capability/cap_capable");

	return answer == FEATURE_UNKNOWN ? probe_btf_string(f, type, sizeof(type)) : answer;
}

/* The per-CPU data of the SRCU structure is a variable, which BTF lists. */
static enum feature_answer probe_tracepoint_srcu(struct features *f)
{
	static const char variable[] = "\0tracepoint_srcu_srcu_data";

	return probe_btf_string(f, variable, sizeof(variable));
}

static int call_bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(__NR_bpf, cmd, attr, attr ? sizeof(*attr) : 0);
}

/*
 * Needs no privilege: no command has this number, so the kernel does nothing. EPERM may come from a
 * seccomp filter or from the kernel. The sysctl that makes the kernel return EPERM (1be7f75d1668,
 * 4.4) exists only if the kernel has bpf().
 */
static enum feature_answer probe_bpf(struct features *f)
{
	enum feature_answer file;

	if (!call_bpf(-1, NULL) || (errno != ENOSYS && errno != EPERM))
		return FEATURE_YES;
	if (errno == ENOSYS)
		return FEATURE_NO;
	file = probe_file(f->root, "/proc/sys/kernel/unprivileged_bpf_disabled",
			  "/proc/sys/kernel");
	return file == FEATURE_YES ? FEATURE_YES : FEATURE_UNKNOWN;
}

/* An error such as EPERM leaves open whether the kernel has the feature. */
static enum feature_answer bpf_answer(int fd)
{
	if (fd < 0)
		return errno == EINVAL || errno == ENOSYS ? FEATURE_NO : FEATURE_UNKNOWN;
	close(fd);
	return FEATURE_YES;
}

static enum feature_answer probe_array(uint32_t flags)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = 1,
		.map_flags = flags,
	};

	return bpf_answer(call_bpf(BPF_MAP_CREATE, &attr));
}

/* Recognised by a map flag that the same release introduced. */
static enum feature_answer probe_bpf_global_data(struct features *f)
{
	return probe_array(BPF_F_RDONLY_PROG);
}

static enum feature_answer probe_bpf_mmap(struct features *f)
{
	return probe_array(BPF_F_MMAPABLE);
}

static enum feature_answer probe_bpf_ringbuf(struct features *f)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = (uint32_t)sysconf(_SC_PAGESIZE),
	};

	return bpf_answer(call_bpf(BPF_MAP_CREATE, &attr));
}

/*
 * Loads a program that returns 0. Before 5.0 (6c4fc209fcf9) a program had to name the kernel's
 * version. This one does not, so that a refusal there says nothing about the feature.
 */
static enum feature_answer probe_bpf_kprobe(struct features *f)
{
	static const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insn_cnt = ARRAY_SIZE(code),
		.insns = (uintptr_t)code,
		.license = (uintptr_t) "GPL",
	};
	enum feature_answer answer = bpf_answer(call_bpf(BPF_PROG_LOAD, &attr));

	return answer == FEATURE_NO && !feature_has(f, FEATURE_BPF_GLOBAL_DATA) ? FEATURE_UNKNOWN
										: answer;
}

/* Whether bpf() is refused as a whole, as by a seccomp filter: no privilege is needed for this. */
static bool refuses_bpf(void)
{
	return call_bpf(-1, NULL) < 0 && errno == EPERM;
}

/*
 * Without the feature maps count against RLIMIT_MEMLOCK, 64 KB by default. So a map that is larger
 * than the limit is refused, unless captrace is exempt from the limit.
 */
static enum feature_answer probe_bpf_memcg(struct features *f)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(int),
		.value_size = (uint32_t)page,
	};
	struct rlimit limit;
	int fd;

	if (host_caps_have(CAP_SYS_RESOURCE) || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur >= LOCKED_MAX)
		return FEATURE_UNKNOWN;
	attr.max_entries = (uint32_t)(limit.rlim_cur / page + 1);
	fd = call_bpf(BPF_MAP_CREATE, &attr);
	if (fd < 0)
		return errno == EPERM && !host_caps_explain_bpf(-EPERM, NULL) && !refuses_bpf()
			       ? FEATURE_NO
			       : FEATURE_UNKNOWN;
	close(fd);
	return FEATURE_YES;
}

static const struct feature_info table[FEATURES] = {
	[FEATURE_BTF] =
		{
			.name = "btf",
			.what = "the kernel's types in /sys/kernel/btf/vmlinux",
			.version = "5.4",
			.commit = "341dfcf8d78e",
			.config = "CONFIG_DEBUG_INFO_BTF",
			.probe = probe_btf,
		},
	[FEATURE_LOCKDOWN] =
		{
			.name = "lockdown",
			.what = "lockdown(7) as a security module",
			.version = "5.4",
			.commit = "000d388ed3bb",
			.config = "CONFIG_SECURITY_LOCKDOWN_LSM",
			.probe = probe_lockdown,
		},
	[FEATURE_USER_NS] =
		{
			.name = "user-ns",
			.what = "user namespaces with a file in /proc",
			.version = "3.8",
			.commit = "cde1975bc242",
			.config = "CONFIG_USER_NS",
			.probe = probe_user_ns,
		},
	[FEATURE_PERF_EVENTS] =
		{
			.name = "perf-events",
			.what = "perf_event_open(2)",
			.version = "2.6.32",
			.commit = "cdd6c482c9ff",
			.config = "CONFIG_PERF_EVENTS",
			.probe = probe_perf_events,
		},
	[FEATURE_KPROBE_EVENTS] =
		{
			.name = "kprobe-events",
			.what = "kprobes through tracefs",
			.version = "2.6.33",
			.commit = "413d37d1eb69",
			.config = "CONFIG_KPROBE_EVENTS",
			.probe = probe_kprobe_events,
		},
	[FEATURE_KPROBE_PMU] =
		{
			.name = "kprobe-pmu",
			.what = "kprobes through perf, which BPF programs need",
			.version = "4.17",
			.commit = "e12f03d7031a",
			.config = "CONFIG_KPROBE_EVENTS",
			.probe = probe_kprobe_pmu,
		},
	[FEATURE_CAP_TRACEPOINT] =
		{
			.name = "cap-tracepoint",
			.what = "the tracepoint capability:cap_capable",
			.version = "6.14",
			.commit = "d48da4d5ed6b",
			.probe = probe_cap_tracepoint,
		},
	[FEATURE_TRACEPOINT_SRCU] =
		{
			.name = "tracepoint-srcu",
			.what = "tracepoints protected by SRCU, so that their probes can be "
				"preempted",
			.version = "7.0",
			.probe = probe_tracepoint_srcu,
		},
	[FEATURE_BPF] =
		{
			.name = "bpf",
			.what = "bpf(2)",
			.version = "3.18",
			.commit = "99c55f7d47c0",
			.config = "CONFIG_BPF_SYSCALL",
			.probe = probe_bpf,
		},
	[FEATURE_BPF_KPROBE] =
		{
			.name = "bpf-kprobe",
			.what = "BPF programs for kprobes",
			.version = "4.1",
			.commit = "2541517c32be",
			.config = "CONFIG_BPF_EVENTS",
			.probe = probe_bpf_kprobe,
		},
	[FEATURE_BPF_GLOBAL_DATA] =
		{
			.name = "bpf-global-data",
			.what = "global data of BPF programs",
			.version = "5.2",
			.commit = "d8eca5bbb2be",
			.probe = probe_bpf_global_data,
		},
	[FEATURE_BPF_MMAP] =
		{
			.name = "bpf-mmap",
			.what = "BPF maps that user space can map",
			.version = "5.5",
			.commit = "fc9702273e2e",
			.lack_by = "CAPTRACE_BPF_OLD",
			.probe = probe_bpf_mmap,
		},
	[FEATURE_BPF_RINGBUF] =
		{
			.name = "bpf-ringbuf",
			.what = "the BPF ring buffer",
			.version = "5.8",
			.commit = "457f44363a88",
			.lack_by = "CAPTRACE_BPF_OLD",
			.probe = probe_bpf_ringbuf,
		},
	[FEATURE_BPF_MEMCG] =
		{
			.name = "bpf-memcg",
			.what = "BPF memory does not count as locked memory",
			.version = "5.11",
			.commit = "80ee81e0403c",
			.probe = probe_bpf_memcg,
		},
};

static enum feature_answer probe(struct features *f, enum feature feature)
{
	static const char *const names[] = {"unasked", "unknown", "no", "yes"};
	const struct feature_info *i = &table[feature];
	bool hidden = i->lack_by && getenv(i->lack_by);
	enum feature_answer answer = hidden ? FEATURE_NO : i->probe(f);

	log_debug("feature %s (%s; %s): %s%s%s", i->name, i->what, i->version, names[answer],
		  hidden ? ", forced by " : "", hidden ? i->lack_by : "");
	return answer;
}

enum feature_answer feature_ask(struct features *f, enum feature feature)
{
	if (f->answers[feature] == FEATURE_UNASKED)
		f->answers[feature] = (uint8_t)probe(f, feature);
	return (enum feature_answer)f->answers[feature];
}

bool feature_has(struct features *f, enum feature feature)
{
	return feature_ask(f, feature) == FEATURE_YES;
}

bool feature_lacks(struct features *f, enum feature feature)
{
	return feature_ask(f, feature) == FEATURE_NO;
}

const struct feature_info *feature_info(enum feature feature)
{
	return &table[feature];
}
