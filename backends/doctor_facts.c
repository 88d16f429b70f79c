// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/doctor_facts.h"

#include <linux/capability.h>
#include <stdarg.h>
#include <string.h>
#include <sys/utsname.h>

#include "compat/host/features.h"
#include "compat/host/host_caps.h"
#include "compat/host/ksyms.h"
#include "core/base/err.h"
#include "core/base/util.h"
#ifdef HAVE_FTRACE
#include "compat/host/tracedir.h"
#endif

struct inspection {
	struct doctor_facts *facts;
	const char *btf_path;
	struct features features;
	struct tracedir *tracedir; /* NULL: it could not be opened */
	bool closed;               /* captrace lacks the privilege to look into tracefs */
};

static void say(struct inspection *l, enum doctor_fact fact, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct inspection *l, enum doctor_fact fact, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->facts->text[fact], sizeof(l->facts->text[fact]), fmt, ap);
	va_end(ap);
}

/* Reads the first line of a file, without its newline; "-" if it can't be read. */
static void read_line(const char *path, char *buf, size_t size)
{
	cleanup_fclose FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, (int)size, f))
		snprintf(buf, size, "-");
	buf[strcspn(buf, "\n")] = '\0';
}

static void kernel(struct inspection *l)
{
	struct utsname u;

	uname(&u);
	say(l, FACT_KERNEL, "%s %.100s", u.release, u.version);
}

static void machine(struct inspection *l)
{
	struct utsname u;

	uname(&u);
	say(l, FACT_MACHINE, "%s (captrace is a %zu-bit program)", u.machine, sizeof(long) * 8);
}

static void btf(struct inspection *l)
{
	const struct feature_info *i = feature_info(FEATURE_BTF);

	if (l->btf_path) {
		say(l, FACT_BTF, "%s (--btf)", l->btf_path);
	} else if (feature_has(&l->features, FEATURE_BTF)) {
		say(l, FACT_BTF, "yes (/sys/kernel/btf/vmlinux)");
	} else if (feature_lacks(&l->features, FEATURE_BTF)) {
		say(l, FACT_BTF, "no (needs Linux %s and %s)", i->version, i->config);
		l->facts->lacks |= LACK_BTF;
	} else {
		say(l, FACT_BTF, "unknown: no access to /sys/kernel");
	}
}

static void lockdown(struct inspection *l)
{
	const char *state = lockdown_state();

	if (feature_has(&l->features, FEATURE_LOCKDOWN))
		say(l, FACT_LOCKDOWN, "%s", state);
	if (!strcmp(state, "confidentiality"))
		l->facts->lacks |= LACK_TRUST;
}

static void capabilities(struct inspection *l)
{
	static const struct {
		const char *name;
		int cap;
	} caps[] = {
		{"SYS_ADMIN", CAP_SYS_ADMIN},
		{"PERFMON", 38},
		{"BPF", 39},
		{"SYSLOG", CAP_SYSLOG},
		{"DAC_READ_SEARCH", CAP_DAC_READ_SEARCH},
		{"SYS_PTRACE", CAP_SYS_PTRACE},
	};
	char buf[128] = "";
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(caps) && n < sizeof(buf); i++)
		if (host_caps_have(caps[i].cap))
			n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%s%s", n ? " " : "",
					      caps[i].name);
	say(l, FACT_CAPABILITIES, "%s (uid %d)", n ? buf : "none that tracing needs",
	    (int)geteuid());
	if (!host_caps_have(CAP_SYS_ADMIN) && !(host_caps_have(38) && host_caps_have(39)))
		l->facts->lacks |=
			host_caps_for_bpf() >> CAP_SYS_ADMIN & 1 ? LACK_ROOT : LACK_PRIVILEGE;
}

/*
 * Describes who may use bpf(). On a kernel without the setting (1be7f75d1668, 4.4) bpf() always
 * needs the capability.
 */
static void describe_bpf_users(char *who, size_t size)
{
	const char *cap = host_caps_for_bpf() >> CAP_SYS_ADMIN & 1 ? "CAP_SYS_ADMIN" : "CAP_BPF";
	char line[32];

	read_line("/proc/sys/kernel/unprivileged_bpf_disabled", line, sizeof(line));
	if (!strcmp(line, "0"))
		snprintf(who, size, "open to all users, but tracing needs %s", cap);
	else if (!strcmp(line, "1"))
		snprintf(who, size, "needs %s (unprivileged BPF is disabled until the next boot)",
			 cap);
	else if (!strcmp(line, "2"))
		snprintf(who, size, "needs %s (unprivileged BPF is disabled)", cap);
	else
		snprintf(who, size, "needs %s", cap);
}

static void bpf(struct inspection *l)
{
	bool old, jit_off = bpf_jit_is_off();
	char who[128];

	if (feature_lacks(&l->features, FEATURE_BPF)) {
		say(l, FACT_BPF, "no (needs %s)", feature_info(FEATURE_BPF)->config);
		return;
	}
	old = feature_lacks(&l->features, FEATURE_BPF_GLOBAL_DATA);
	describe_bpf_users(who, sizeof(who));
	say(l, FACT_BPF, "yes, %s%s%s", who,
	    old ? "; too old for captrace: no global data (needs Linux 5.2)" : "",
	    jit_off ? "; its JIT is off" : "");
	/* If BPF is too old, enabling the JIT does not help. */
	if (jit_off && !old)
		l->facts->lacks |= LACK_JIT;
}

static void tracefs(struct inspection *l)
{
#ifdef HAVE_FTRACE
	struct err why = {0};

	if (tracedir_open(&l->tracedir, &why)) {
		l->tracedir = NULL;
		say(l, FACT_TRACEFS, "%s", why.msg);
		l->facts->lacks |= why.code == -ENOENT || why.code == -EACCES ? 0U : LACK_TRACEFS;
	} else {
		l->features.tracefs = tracedir_path(l->tracedir);
		say(l, FACT_TRACEFS, "%s",
		    tracedir_is_own(l->tracedir)
			    ? "not mounted; captrace mounts it for its own processes only"
			    : l->features.tracefs);
	}
#else
	l->features.tracefs = "/sys/kernel/tracing";
	if (feature_ask(&l->features, FEATURE_KPROBE_EVENTS) != FEATURE_UNKNOWN)
		say(l, FACT_TRACEFS, "%s", l->features.tracefs);
#endif
}

static void kprobes(struct inspection *l)
{
	enum feature_answer defined = feature_ask(&l->features, FEATURE_KPROBE_EVENTS);
	bool pmu = feature_has(&l->features, FEATURE_KPROBE_PMU);
	bool no_pmu = feature_lacks(&l->features, FEATURE_KPROBE_PMU);

	l->closed = defined == FEATURE_UNKNOWN && l->facts->lacks & (LACK_PRIVILEGE | LACK_ROOT);
	if (defined == FEATURE_YES || (pmu && l->closed))
		say(l, FACT_KPROBES, "yes");
	else if (pmu)
		say(l, FACT_KPROBES, "yes, but only through perf_event_open()");
	else if (l->closed)
		say(l, FACT_KPROBES, "unknown: not enough privilege to look into tracefs");
	else if (defined == FEATURE_NO)
		say(l, FACT_KPROBES, "no (needs %s)", feature_info(FEATURE_KPROBE_EVENTS)->config);
	else if (no_pmu)
		say(l, FACT_KPROBES, "not found: tracefs can't be read, and perf has none");
	else
		say(l, FACT_KPROBES, "unknown: neither tracefs nor /sys/bus can be read");
	if (!l->closed && !pmu && (defined == FEATURE_NO || (no_pmu && defined != FEATURE_YES)))
		l->facts->lacks |= LACK_KPROBES;
}

static void perf(struct inspection *l)
{
	char level[32];

	read_line("/proc/sys/kernel/perf_event_paranoid", level, sizeof(level));
	if (feature_has(&l->features, FEATURE_PERF_EVENTS))
		say(l, FACT_PERF, "yes (perf_event_paranoid %s)", level);
	else if (feature_lacks(&l->features, FEATURE_PERF_EVENTS))
		say(l, FACT_PERF, "no (needs %s)", feature_info(FEATURE_PERF_EVENTS)->config);
	else
		say(l, FACT_PERF, "unknown: no access to /proc/sys/kernel");
}

static void kptr(struct inspection *l)
{
	read_line("/proc/sys/kernel/kptr_restrict", l->facts->text[FACT_KPTR],
		  sizeof(l->facts->text[FACT_KPTR]));
}

static void symbols(struct inspection *l)
{
	struct ksym syms[] = {
		{.name = "cap_capable"}, {.name = "__per_cpu_offset"}, {.name = "init_task"}};
	struct err e = {0};

	if (ksyms_resolve(syms, ARRAY_SIZE(syms), &e)) {
		say(l, FACT_SYMBOLS, "%s", e.msg);
		if (e.code == -EPERM)
			l->facts->lacks |=
				strcmp(l->facts->text[FACT_KPTR], "2") ? LACK_SYMBOLS : LACK_KPTR;
		return;
	}
	/*
	 * A kernel built without CONFIG_SMP has no __per_cpu_offset: init_task is a data symbol,
	 * too.
	 */
	say(l, FACT_SYMBOLS, "cap_capable: %s; data symbols: %s", syms[0].addr ? "yes" : "no",
	    syms[1].addr || syms[2].addr ? "yes" : "no (needs CONFIG_KALLSYMS_ALL)");
	if (!syms[1].addr && !syms[2].addr)
		l->facts->lacks |= LACK_DATA;
}

static void tracepoint(struct inspection *l)
{
	enum feature_answer answer;

	/* The tracepoint may exist and work for root, so that advice about it could be wrong. */
	if (l->closed)
		return;
	answer = feature_ask(&l->features, FEATURE_CAP_TRACEPOINT);
	if (answer == FEATURE_YES)
		say(l, FACT_TRACEPOINT, "capability:cap_capable");
	else if (answer == FEATURE_NO)
		say(l, FACT_TRACEPOINT, "no (needs Linux %s)",
		    feature_info(FEATURE_CAP_TRACEPOINT)->version);
	if (answer != FEATURE_YES)
		l->facts->lacks |= LACK_TRACEPOINT;
}

/* One row for each fact, in the order of checking and printing: a check may use earlier results. */
static const struct {
	const char *key, *heading; /* in JSON, in text */
	void (*look)(struct inspection *l);
} facts[DOCTOR_FACTS] = {
	[FACT_KERNEL] = {"kernel", "Kernel", kernel},
	[FACT_MACHINE] = {"machine", "Machine", machine},
	[FACT_BTF] = {"btf", "BTF", btf},
	[FACT_LOCKDOWN] = {"lockdown", "Lockdown", lockdown},
	[FACT_CAPABILITIES] = {"capabilities", "Capabilities held", capabilities},
	[FACT_BPF] = {"bpf", "BPF", bpf},
	[FACT_TRACEFS] = {"tracefs", "tracefs", tracefs},
	[FACT_KPROBES] = {"kprobes", "kprobes", kprobes},
	[FACT_PERF] = {"perf", "perf events", perf},
	[FACT_KPTR] = {"kptr_restrict", "kptr_restrict", kptr},
	[FACT_SYMBOLS] = {"symbols", "Symbols", symbols},
	[FACT_TRACEPOINT] = {"tracepoint", "Tracepoint", tracepoint},
};

void doctor_facts_get(struct doctor_facts *f, const char *btf_path)
{
	struct inspection l = {.facts = f, .btf_path = btf_path};

	f->lacks = 0;
	for (int i = 0; i < DOCTOR_FACTS; i++) {
		snprintf(f->text[i], sizeof(f->text[i]), "-");
		facts[i].look(&l);
	}
#ifdef HAVE_FTRACE
	tracedir_close(l.tracedir);
#endif
}

const char *doctor_fact_key(enum doctor_fact fact)
{
	return facts[fact].key;
}

const char *doctor_fact_heading(enum doctor_fact fact)
{
	return facts[fact].heading;
}

#define SYMBOLS_ARE_FOR                                                                         \
	"captrace needs the addresses of kernel symbols for stacks and for the audit field at " \
	"the tracepoint; without BTF also for processes, system calls and namespaces"

/* An entry is printed if all of its bits are set and, unless it has @always, no variant works. */
static const struct {
	unsigned int lacks; /* LACK_* bits */
	bool always;        /* give it even if a variant works */
	const char *text;
} advice[] = {
	{LACK_PRIVILEGE, true,
	 "run captrace as root, or give it CAP_BPF, CAP_PERFMON and CAP_SYSLOG (Linux 5.8): "
	 "setcap cap_bpf,cap_perfmon,cap_syslog+ep /path/to/captrace"},
	{LACK_ROOT, true, "run captrace as root: this kernel has no CAP_BPF (needs Linux 5.8)"},
	{LACK_SYMBOLS, true, "give captrace CAP_SYSLOG: " SYMBOLS_ARE_FOR},
	{LACK_KPTR, true, "sysctl kernel.kptr_restrict=1: " SYMBOLS_ARE_FOR},
	{LACK_TRACEFS, true,
	 "mount tracefs for the ftrace variants, as root: mount -t tracefs nodev "
	 "/sys/kernel/tracing (in a container, mount the host's there)"},
	{LACK_JIT, true,
	 "enable the BPF JIT, without which the kernel refuses some BPF programs: sysctl "
	 "net.core.bpf_jit_enable=1"},
	{LACK_TRUST | LACK_TRACEPOINT, false,
	 "boot with lockdown=integrity, since lockdown=confidentiality disables kprobes and "
	 "tracefs; or use a kernel with BTF and BPF trampolines (x86-64 from Linux 5.5, arm64 "
	 "from 6.4, riscv64)"},
	{LACK_KPROBES | LACK_TRACEPOINT, false,
	 "use a kernel with CONFIG_KPROBE_EVENTS, or Linux 6.14 or later"},
	{LACK_BTF, false,
	 "provide the kernel's types with --btf FILE: a vmlinux with debugging information "
	 "(Debian: linux-image-…-dbg), or BTF made from it with pahole -J"},
};

void doctor_advise(const struct doctor_facts *f, bool works,
		   void (*tell)(void *arg, const char *text), void *arg)
{
	/* Without privilege captrace can't know whether a variant would work. */
	if (f->lacks & (LACK_PRIVILEGE | LACK_ROOT))
		works = true;
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++)
		if ((f->lacks & advice[i].lacks) == advice[i].lacks && (advice[i].always || !works))
			tell(arg, advice[i].text);
}
