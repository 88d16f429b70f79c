// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The contents of the machine's files, for the bundle: each file is an array of its lines. Nothing
 * in them names the machine, its users or what runs there, except captrace's own cgroup.
 */
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "backends/doctor_bundle.h"
#include "compat/host/ksyms.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/scrub.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#ifdef HAVE_FTRACE
#include <dirent.h>

#include "compat/host/tracedir.h"
#endif

/* Lines are cleaned whole: an address that is cut in two would not be recognised as one. */
#define LINE_ROOM 65536

/* Returns whether to keep a line, which it may shorten. @state is 0 at the start of the file. */
typedef bool keep_fn(char *line, int *state);

static void add(struct json_writer *w, const struct scrub *s, const char *line)
{
	cleanup_free char *clean = scrub_line(s, line);

	jw_str(w, clean);
}

/* zlib reads compressed and uncompressed files alike. */
static void add_file(struct json_writer *w, const struct scrub *s, const char *key,
		     const char *path, keep_fn *keep)
{
	cleanup_free char *line = malloc(LINE_ROOM);
	gzFile f = line ? gzopen(path, "re") : NULL;
	int state = 0;

	jw_key(w, key);
	if (!f) {
		jw_null(w);
		return;
	}
	jw_begin(w, '[');
	while (gzgets(f, line, LINE_ROOM)) {
		line[strcspn(line, "\n")] = '\0';
		if (!keep || keep(line, &state))
			add(w, s, line);
	}
	gzclose(f);
	jw_end(w, ']');
}

static bool begins(const char *line, const char *const *words)
{
	for (; *words; words++)
		if (!strncmp(line, *words, strlen(*words)))
			return true;
	return false;
}

static bool keep_distribution(char *line, int *state)
{
	static const char *const words[] = {
		"ID=",          "ID_LIKE=",    "NAME=",     "VERSION_ID=", "VERSION=",
		"PRETTY_NAME=", "VARIANT_ID=", "BUILD_ID=", NULL};

	return begins(line, words);
}

static bool keep_trace_mounts(char *line, int *state)
{
	return strstr(line, " - cgroup") || strstr(line, " - tracefs ") ||
	       strstr(line, " - debugfs ") || strstr(line, " - securityfs ") ||
	       strstr(line, " - bpf ");
}

static bool keep_privilege(char *line, int *state)
{
	static const char *const words[] = {"Cap", "NoNewPrivs:", "Seccomp:", "Uid:", NULL};

	return begins(line, words);
}

static bool keep_processor(char *line, int *state)
{
	static const char *const words[] = {"model name", "Hardware", "CPU implementer", "isa",
					    NULL};

	/* Only the first such line, since every CPU has one. */
	return begins(line, words) && !(*state)++;
}

static bool keep_config(char *line, int *state)
{
	/* Their values may hold a secret or a name. */
	static const char *const secret[] = {"CONFIG_CMDLINE=", "CONFIG_DEFAULT_HOSTNAME=",
					     "CONFIG_BOOT_CONFIG_EMBED_FILE=", NULL};

	if (strncmp(line, "CONFIG_", 7) != 0)
		return false;
	if (begins(line, secret))
		line[strcspn(line, "=") + 1] = '\0';
	return true;
}

/* Whether a kernel parameter's value can hold no secret; other values are left out. */
static bool is_harmless(const char *word)
{
	static const char *const names[] = {"lockdown=",
					    "lsm=",
					    "security=",
					    "selinux=",
					    "apparmor=",
					    "audit=",
					    "mitigations=",
					    "maxcpus=",
					    "nr_cpus=",
					    "possible_cpus=",
					    "isolcpus=",
					    "nohz_full=",
					    "preempt=",
					    "threadirqs",
					    "cgroup_disable=",
					    "cgroup_no_v1=",
					    "cgroup_enable=",
					    "systemd.unified_cgroup_hierarchy=",
					    "systemd.legacy_systemd_cgroup_controller=",
					    "trace_buf_size=",
					    "trace_clock=",
					    "trace_event=",
					    "trace_options=",
					    "ftrace=",
					    "init_on_alloc=",
					    "init_on_free=",
					    "slab_nomerge",
					    "user_namespace.enable=",
					    "namespace.unpriv_enable=",
					    "vsyscall=",
					    "pti=",
					    "mem=",
					    "page_poison=",
					    "slub_debug=",
					    "kasan=",
					    "kfence.sample_interval=",
					    "hugepages=",
					    "debugfs=",
					    "bpf_jit_enable=",
					    "intel_iommu=",
					    "console_loglevel=",
					    NULL};

	return begins(word, names);
}

static void command_line(struct json_writer *w, const struct scrub *s)
{
	cleanup_fclose FILE *f = fopen("/proc/cmdline", "re");
	char line[4096] = "", *save = NULL;
	bool quoted = false;

	if (f && !fgets(line, sizeof(line), f))
		line[0] = '\0';
	jw_key(w, "command_line");
	jw_begin(w, '[');
	for (char *word = strtok_r(line, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		bool inside = quoted;

		/* In name="several words" all of the words belong to the value. */
		for (const char *p = word; *p; p++)
			quoted ^= *p == '"';
		if (inside)
			continue;
		if (!is_harmless(word) && strchr(word, '='))
			word[strcspn(word, "=") + 1] = '\0';
		add(w, s, word);
	}
	jw_end(w, ']');
}

static void system_controls(struct json_writer *w)
{
	static const char *const names[] = {
		"kernel/kptr_restrict",
		"kernel/perf_event_paranoid",
		"kernel/perf_event_mlock_kb",
		"kernel/unprivileged_bpf_disabled",
		"net/core/bpf_jit_enable",
		"net/core/bpf_jit_harden",
		"user/max_user_namespaces",
		"kernel/unprivileged_userns_clone",
		"vm/mmap_min_addr",
		"vm/overcommit_memory",
		"kernel/pid_max",
		"kernel/ftrace_enabled",
		"debug/kprobes-optimization",
		"kernel/randomize_va_space",
		"kernel/cap_last_cap",
		"kernel/tainted",
	};

	jw_key(w, "sysctl");
	jw_begin(w, '{');
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_fclose FILE *f = NULL;
		char path[128], line[128];

		snprintf(path, sizeof(path), "/proc/sys/%s", names[i]);
		f = fopen(path, "re");
		if (f && fgets(line, sizeof(line), f)) {
			line[strcspn(line, "\n")] = '\0';
			jw_key_str(w, names[i], line);
		} else {
			jw_key_str(w, names[i], NULL);
		}
	}
	jw_end(w, '}');
}

/* Which symbols exist, each with its distance to the next one: no addresses. */
static void symbols(struct json_writer *w)
{
	struct ksym syms[] = {
		{.name = "cap_capable"},
		{.name = "security_capable"},
		{.name = "cap_capset"},
		{.name = "cap_task_prctl"},
		{.name = "cap_mmap_addr"},
		{.name = "cap_vm_enough_memory"},
		{.name = "commit_creds"},
		{.name = "cgroup_attach_task"},
		{.name = "task_curr"},
		{.name = "current_task"},
		{.name = "per_cpu__current_task"},
		{.name = "pcpu_hot"},
		{.name = "const_current_task"},
		{.name = "__entry_task"},
		{.name = "__per_cpu_offset"},
		{.name = "init_task"},
		{.name = "runqueues"},
		{.name = "init_user_ns"},
		{.name = "init_cred"},
		{.name = "init_css_set"},
		{.name = "cgrp_dfl_root"},
		{.name = "ns_capable_noaudit"},
		{.name = "has_ns_capability_noaudit"},
		{.name = "entry_SYSCALL_64"},
		{.name = "do_syscall_64"},
		{.name = "do_int80_syscall_32"},
		{.name = "el0_svc"},
		{.name = "vector_swi"},
	};
	uint64_t ends[ARRAY_SIZE(syms)] = {0};
	struct err e = {0};
	int rc = ksyms_resolve_ranges(syms, ends, ARRAY_SIZE(syms), &e);

	jw_key_str(w, "symbols_hidden", rc ? e.msg : NULL);
	jw_key(w, "symbols");
	jw_begin(w, '{');
	for (size_t i = 0; i < ARRAY_SIZE(syms) && !rc; i++) {
		jw_key(w, syms[i].name);
		if (syms[i].addr)
			jw_u64(w, ends[i] > syms[i].addr ? ends[i] - syms[i].addr : 0);
		else
			jw_null(w);
	}
	jw_end(w, '}');
}

#ifdef HAVE_FTRACE
static void names_in(struct json_writer *w, const struct scrub *s, const char *key,
		     const char *path)
{
	struct dirent **all;
	int n = scandir(path, &all, NULL, alphasort);

	jw_key(w, key);
	jw_begin(w, '[');
	for (int i = 0; i < n; i++) {
		if (all[i]->d_name[0] != '.')
			add(w, s, all[i]->d_name);
		free(all[i]);
	}
	if (n >= 0)
		free(all);
	jw_end(w, ']');
}

/*
 * An entry of the log is an error, its "Command:" line, and a mark below that. Keeps every error,
 * but the command and the mark only if the probe is captrace's own.
 */
static bool keep_own_errors(char *line, int *state)
{
	if (strstr(line, "error: "))
		return true;
	if (strstr(line, "Command: "))
		*state = strstr(line, "captrace_") != NULL;
	return *state;
}

static void trace_files(struct json_writer *w, const struct scrub *s, const char *root)
{
	static const char *const files[] = {
		"README",
		"trace_clock",
		"current_tracer",
		"tracing_on",
		"buffer_size_kb",
		"trace_options",
		"options/event-fork",
		"events/header_page",
		"events/header_event",
		"events/raw_syscalls/sys_enter/format",
		"events/raw_syscalls/sys_exit/format",
		"events/sched/sched_process_fork/format",
		"events/sched/sched_process_exec/format",
		"events/sched/sched_process_exit/format",
		"events/sched/sched_process_free/format",
		"events/task/task_newtask/format",
		"events/task/task_rename/format",
		"events/cgroup/cgroup_mkdir/format",
		"events/cgroup/cgroup_attach_task/format",
		"events/capability/cap_capable/format",
		"events/ftrace/kernel_stack/format",
	};
	char path[4200];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		add_file(w, s, files[i], path, NULL);
	}
	snprintf(path, sizeof(path), "%s/error_log", root);
	add_file(w, s, "error_log", path, keep_own_errors);
	names_in(w, s, "files", root);
	snprintf(path, sizeof(path), "%s/events", root);
	names_in(w, s, "events", path);
	snprintf(path, sizeof(path), "%s/options", root);
	names_in(w, s, "options", path);
}

static void tracing(struct json_writer *w, const struct scrub *s)
{
	struct tracedir *t;
	struct err e = {0};

	jw_key(w, "tracefs");
	jw_begin(w, '{');
	if (!tracedir_open(&t, &e)) {
		trace_files(w, s, tracedir_path(t));
		tracedir_close(t);
	}
	jw_end(w, '}');
}

static void log_own_lines(const char *root, const char *name)
{
	cleanup_fclose FILE *f = NULL;
	cleanup_free char *line = NULL;
	char path[4200];
	size_t room = 0;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strstr(line, "captrace_"))
			log_trace("%s: %s", name, line);
	}
}
#endif

void bundle_log_probes(void)
{
#ifdef HAVE_FTRACE
	struct tracedir *t;

	if (tracedir_open(&t, NULL))
		return;
	log_own_lines(tracedir_path(t), "kprobe_events");
	log_own_lines(tracedir_path(t), "kprobe_profile");
	tracedir_close(t);
#endif
}

static void kernel(struct json_writer *w)
{
	struct utsname u;

	uname(&u); /* all of it but nodename */
	jw_key(w, "kernel");
	jw_begin(w, '{');
	jw_key_str(w, "sysname", u.sysname);
	jw_key_str(w, "release", u.release);
	jw_key_str(w, "version", u.version);
	jw_key_str(w, "machine", u.machine);
	jw_key_u64(w, "page_size", (uint64_t)sysconf(_SC_PAGESIZE));
	jw_key_u64(w, "cpus_online", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	jw_key_u64(w, "cpus_configured", (uint64_t)sysconf(_SC_NPROCESSORS_CONF));
	jw_end(w, '}');
}

static void config(struct json_writer *w, const struct scrub *s)
{
	struct utsname u;
	char path[256];

	uname(&u);
	snprintf(path, sizeof(path), "/boot/config-%s", u.release);
	add_file(w, s, "config", access("/proc/config.gz", R_OK) ? path : "/proc/config.gz",
		 keep_config);
}

void bundle_machine(struct json_writer *w, const struct scrub *s)
{
	static const struct {
		const char *path;
		keep_fn *keep;
	} files[] = {
		{"/etc/os-release", keep_distribution},
		{"/proc/cgroups", NULL},
		{"/proc/self/cgroup", NULL},
		{"/proc/self/mountinfo", keep_trace_mounts},
		{"/proc/self/status", keep_privilege},
		{"/proc/cpuinfo", keep_processor},
		{"/sys/devices/system/cpu/possible", NULL},
		{"/sys/devices/system/cpu/online", NULL},
		{"/sys/kernel/security/lsm", NULL},
		{"/sys/kernel/security/lockdown", NULL},
		{"/sys/bus/event_source/devices/kprobe/type", NULL},
		{"/sys/bus/event_source/devices/tracepoint/type", NULL},
	};

	kernel(w);
	command_line(w, s);
	system_controls(w);
	symbols(w);
	jw_key(w, "files");
	jw_begin(w, '{');
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		add_file(w, s, files[i].path, files[i].path, files[i].keep);
	jw_end(w, '}');
#ifdef HAVE_FTRACE
	tracing(w, s);
#endif
	config(w, s);
}
