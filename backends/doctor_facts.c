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

struct looking {
	struct doctor_facts *facts;
	const char *btf_path;
	struct features features;
	struct tracedir *tracedir; /* NULL: not to be had */
	bool closed;               /* tracefs, for want of privilege */
};

static void say(struct looking *l, enum doctor_fact fact, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct looking *l, enum doctor_fact fact, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->facts->text[fact], sizeof(l->facts->text[fact]), fmt, ap);
	va_end(ap);
}

/* The first line of a file, without its newline; "-" if it can't be read. */
static void read_line(const char *path, char *buf, size_t size)
{
	cleanup_fclose FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, (int)size, f))
		snprintf(buf, size, "-");
	buf[strcspn(buf, "\n")] = '\0';
}

static void kernel(struct looking *l)
{
	struct utsname u;

	uname(&u);
	say(l, FACT_KERNEL, "%s %.100s", u.release, u.version);
}

static void machine(struct looking *l)
{
	struct utsname u;

	uname(&u);
	say(l, FACT_MACHINE, "%s (captrace is a %zu-bit program)", u.machine, sizeof(long) * 8);
}

static void btf(struct looking *l)
{
	const struct feature_info *i = feature_info(FEATURE_BTF);
	bool own = feature_has(&l->features, FEATURE_BTF);

	if (l->btf_path)
		say(l, FACT_BTF, "%s (--btf)", l->btf_path);
	else if (own)
		say(l, FACT_BTF, "yes (/sys/kernel/btf/vmlinux)");
	else
		say(l, FACT_BTF, "no (Linux %s, %s)", i->version, i->config);
	if (!own && !l->btf_path)
		l->facts->lacks |= LACK_BTF;
}

static void lockdown(struct looking *l)
{
	const char *state = lockdown_state();

	if (feature_has(&l->features, FEATURE_LOCKDOWN))
		say(l, FACT_LOCKDOWN, "%s", state);
	if (!strcmp(state, "confidentiality"))
		l->facts->lacks |= LACK_TRUST;
}

static void capabilities(struct looking *l)
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
	say(l, FACT_CAPABILITIES, "%s (uid %d)", n ? buf : "none of those that tracing needs",
	    (int)geteuid());
	if (!host_caps_have(CAP_SYS_ADMIN) && !(host_caps_have(38) && host_caps_have(39)))
		l->facts->lacks |=
			host_caps_for_bpf() >> CAP_SYS_ADMIN & 1 ? LACK_ROOT : LACK_PRIVILEGE;
}

/* Who may use bpf(). Without the file (1be7f75d1668, 4.4): everybody with that capability, for good. */
static void say_who(char *who, size_t size)
{
	const char *cap = host_caps_for_bpf() >> CAP_SYS_ADMIN & 1 ? "CAP_SYS_ADMIN" : "CAP_BPF";
	char line[32];

	read_line("/proc/sys/kernel/unprivileged_bpf_disabled", line, sizeof(line));
	if (!strcmp(line, "0"))
		snprintf(who, size, "for everybody; tracing needs %s", cap);
	else if (!strcmp(line, "1"))
		snprintf(who, size, "needs %s (unprivileged BPF is disabled until the next boot)",
			 cap);
	else if (!strcmp(line, "2"))
		snprintf(who, size, "needs %s (unprivileged BPF is disabled)", cap);
	else
		snprintf(who, size, "needs %s", cap);
}

static void bpf(struct looking *l)
{
	bool old, jit_off = bpf_jit_is_off();
	char who[128];

	if (feature_lacks(&l->features, FEATURE_BPF)) {
		say(l, FACT_BPF, "no (%s)", feature_info(FEATURE_BPF)->config);
		return;
	}
	old = feature_lacks(&l->features, FEATURE_BPF_GLOBAL_DATA);
	say_who(who, sizeof(who));
	say(l, FACT_BPF, "yes, %s%s%s", who,
	    old ? "; too old for captrace (no global data, 5.2)" : "",
	    jit_off ? "; its JIT is off" : "");
	/* With the JIT it would be too old as well. */
	if (jit_off && !old)
		l->facts->lacks |= LACK_JIT;
}

static void tracefs(struct looking *l)
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
		    tracedir_is_own(l->tracedir) ? "not mounted; captrace mounts it for itself"
						 : l->features.tracefs);
	}
#else
	l->features.tracefs = "/sys/kernel/tracing";
	if (feature_ask(&l->features, FEATURE_KPROBE_EVENTS) != FEATURE_UNKNOWN)
		say(l, FACT_TRACEFS, "%s", l->features.tracefs);
#endif
}

static void kprobes(struct looking *l)
{
	enum feature_answer defined = feature_ask(&l->features, FEATURE_KPROBE_EVENTS);
	bool pmu = feature_has(&l->features, FEATURE_KPROBE_PMU);

	l->closed = defined == FEATURE_UNKNOWN && l->facts->lacks & (LACK_PRIVILEGE | LACK_ROOT);
	if (defined == FEATURE_YES || (pmu && l->closed))
		say(l, FACT_KPROBES, "yes");
	else if (pmu)
		say(l, FACT_KPROBES, "yes, through perf alone");
	else if (l->closed)
		say(l, FACT_KPROBES, "unknown without privilege");
	else if (defined == FEATURE_NO)
		say(l, FACT_KPROBES, "no (%s)", feature_info(FEATURE_KPROBE_EVENTS)->config);
	else
		say(l, FACT_KPROBES, "none seen");
	if (!l->closed && !pmu && defined != FEATURE_YES)
		l->facts->lacks |= LACK_KPROBES;
}

static void perf(struct looking *l)
{
	char level[32];

	read_line("/proc/sys/kernel/perf_event_paranoid", level, sizeof(level));
	if (feature_has(&l->features, FEATURE_PERF_EVENTS))
		say(l, FACT_PERF, "yes (perf_event_paranoid %s)", level);
	else
		say(l, FACT_PERF, "no (%s)", feature_info(FEATURE_PERF_EVENTS)->config);
}

static void kptr(struct looking *l)
{
	read_line("/proc/sys/kernel/kptr_restrict", l->facts->text[FACT_KPTR],
		  sizeof(l->facts->text[FACT_KPTR]));
}

static void symbols(struct looking *l)
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
	/* A kernel for one CPU has no offsets. */
	say(l, FACT_SYMBOLS, "%s; %s", syms[0].addr ? "cap_capable" : "no cap_capable",
	    syms[1].addr || syms[2].addr ? "data symbols too"
					 : "no data symbols (CONFIG_KALLSYMS_ALL)");
	if (!syms[1].addr && !syms[2].addr)
		l->facts->lacks |= LACK_DATA;
}

static void tracepoint(struct looking *l)
{
	enum feature_answer answer;

	/* Advice would be wrong: who sees no tracefs may yet use the tracepoint as root. */
	if (l->closed)
		return;
	answer = feature_ask(&l->features, FEATURE_CAP_TRACEPOINT);
	if (answer == FEATURE_YES)
		say(l, FACT_TRACEPOINT, "capability:cap_capable");
	else if (answer == FEATURE_NO)
		say(l, FACT_TRACEPOINT, "no (Linux %s)",
		    feature_info(FEATURE_CAP_TRACEPOINT)->version);
	if (answer != FEATURE_YES)
		l->facts->lacks |= LACK_TRACEPOINT;
}

/* A row a fact, in the order in which they are found out and shown; one may need those before it. */
static const struct {
	const char *key, *heading; /* in JSON, in text */
	void (*look)(struct looking *l);
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
	struct looking l = {.facts = f, .btf_path = btf_path};

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

#define SYMBOLS_ARE_FOR                                                                          \
	"for stacks, for audit at the tracepoint, and without BTF for process, system call and " \
	"namespaces"

/* The first that applies to a lack counts; what works already needs no way out. */
static const struct {
	unsigned int lacks; /* all of them */
	bool always;        /* though some variant works */
	const char *text;
} advice[] = {
	{LACK_PRIVILEGE, true,
	 "run it as root, or with CAP_BPF, CAP_PERFMON and CAP_SYSLOG (Linux 5.8): "
	 "setcap cap_bpf,cap_perfmon,cap_syslog+ep captrace"},
	{LACK_ROOT, true, "run it as root: this kernel has no CAP_BPF (Linux 5.8)"},
	{LACK_SYMBOLS, true, "let it see the kernel's symbols, " SYMBOLS_ARE_FOR ": CAP_SYSLOG"},
	{LACK_KPTR, true,
	 "let it see the kernel's symbols, " SYMBOLS_ARE_FOR ": sysctl kernel.kptr_restrict=1"},
	{LACK_TRACEFS, true,
	 "ftrace needs tracefs: mount -t tracefs nodev /sys/kernel/tracing (root's alone; in a "
	 "container, mount the host's there)"},
	{LACK_JIT, true,
	 "switch on the kernel's JIT for BPF programs, some of which it refuses without: sysctl "
	 "net.core.bpf_jit_enable=1"},
	{LACK_TRUST | LACK_TRACEPOINT, false,
	 "lockdown=confidentiality closes kprobes and tracefs; BPF trampolines with BTF would do: "
	 "x86-64 from 5.5, arm64 from 6.4, riscv64; or boot with lockdown=integrity"},
	{LACK_KPROBES | LACK_TRACEPOINT, false, "a kernel with CONFIG_KPROBE_EVENTS, or from 6.14"},
	{LACK_BTF, false,
	 "give it the kernel's types: --btf FILE, a vmlinux with debugging information (Debian: "
	 "linux-image-…-dbg) or BTF made of it by pahole -J"},
};

void doctor_advise(const struct doctor_facts *f, bool works,
		   void (*tell)(void *arg, const char *text), void *arg)
{
	/* Without privilege nobody knows what would. */
	if (f->lacks & (LACK_PRIVILEGE | LACK_ROOT))
		works = true;
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++)
		if ((f->lacks & advice[i].lacks) == advice[i].lacks && (advice[i].always || !works))
			tell(arg, advice[i].text);
}
