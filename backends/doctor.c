// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/doctor.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/utsname.h>

#include "compat/ksyms.h"
#include "compat/privilege.h"
#include "core/backend.h"
#include "core/err.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/util.h"

#define FACT_MAX      256
#define HEADING_WIDTH 18

/* The first line of a file, without its newline; "-" if it can't be read. */
static void read_line(const char *path, char *buf, size_t size)
{
	cleanup_fclose FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, (int)size, f))
		snprintf(buf, size, "-");
	buf[strcspn(buf, "\n")] = '\0';
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void fact_kernel(char *buf, size_t size)
{
	struct utsname u;

	uname(&u);
	snprintf(buf, size, "%s %.100s", u.release, u.version);
}

static void fact_machine(char *buf, size_t size)
{
	struct utsname u;

	uname(&u);
	snprintf(buf, size, "%s (captrace is a %zu-bit program)", u.machine, sizeof(long) * 8);
}

static void fact_btf(char *buf, size_t size)
{
	snprintf(buf, size, "%s",
		 exists("/sys/kernel/btf/vmlinux") ? "yes (/sys/kernel/btf/vmlinux)"
						   : "no (CONFIG_DEBUG_INFO_BTF)");
}

static void fact_lockdown(char *buf, size_t size)
{
	snprintf(buf, size, "%s", lockdown_state());
}

static void fact_privilege(char *buf, size_t size)
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
	};
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(caps) && n < size; i++)
		if (privilege_have(caps[i].cap))
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "",
					      caps[i].name);
	if (!n)
		snprintf(buf, size, "none of those that tracing needs");
}

static void fact_tracefs(char *buf, size_t size)
{
	snprintf(buf, size, "%s",
		 exists("/sys/kernel/tracing/events")         ? "/sys/kernel/tracing"
		 : exists("/sys/kernel/debug/tracing/events") ? "/sys/kernel/debug/tracing"
		 : exists("/sys/kernel/tracing")              ? "not mounted"
							      : "no (CONFIG_TRACING)");
}

static void fact_kprobes(char *buf, size_t size)
{
	bool yes = exists("/sys/bus/event_source/devices/kprobe/type") ||
		   exists("/sys/kernel/tracing/kprobe_events") ||
		   exists("/sys/kernel/debug/tracing/kprobe_events");

	snprintf(buf, size, "%s", yes ? "yes" : "none seen (CONFIG_KPROBE_EVENTS)");
}

static void fact_perf(char *buf, size_t size)
{
	char level[32];

	read_line("/proc/sys/kernel/perf_event_paranoid", level, sizeof(level));
	if (strcmp(level, "-") != 0)
		snprintf(buf, size, "yes (perf_event_paranoid %s)", level);
	else
		snprintf(buf, size, "no (CONFIG_PERF_EVENTS)");
}

static void fact_kptr(char *buf, size_t size)
{
	read_line("/proc/sys/kernel/kptr_restrict", buf, size);
}

static void fact_symbol(char *buf, size_t size)
{
	struct ksym syms[] = {{.name = "cap_capable"}, {.name = "__per_cpu_offset"}};
	struct err e = {0};

	if (ksyms_resolve(syms, ARRAY_SIZE(syms), &e))
		snprintf(buf, size, "%s", e.msg);
	else
		snprintf(buf, size, "%s; %s", syms[0].addr ? "cap_capable" : "no cap_capable",
			 syms[1].addr ? "data symbols too"
				      : "no data symbols (CONFIG_KALLSYMS_ALL)");
}

static void fact_tracepoint(char *buf, size_t size)
{
	bool yes = exists("/sys/kernel/tracing/events/capability/cap_capable") ||
		   exists("/sys/kernel/debug/tracing/events/capability/cap_capable");

	snprintf(buf, size, "%s",
		 yes                                    ? "capability:cap_capable"
		 : exists("/sys/kernel/tracing/events") ? "no (6.14)"
							: "-");
}

/* A row a fact: key in JSON, heading in text. */
static const struct {
	const char *key, *heading;
	void (*get)(char *buf, size_t size);
} facts[] = {
	{"kernel", "Kernel", fact_kernel},
	{"machine", "Machine", fact_machine},
	{"btf", "BTF", fact_btf},
	{"lockdown", "Lockdown", fact_lockdown},
	{"capabilities", "Capabilities held", fact_privilege},
	{"tracefs", "tracefs", fact_tracefs},
	{"kprobes", "kprobes", fact_kprobes},
	{"perf", "perf events", fact_perf},
	{"kptr_restrict", "kptr_restrict", fact_kptr},
	{"symbols", "Symbols", fact_symbol},
	{"tracepoint", "Tracepoint", fact_tracepoint},
};

struct doctor {
	const struct doctor_cfg *cfg;
	struct out *out;
	struct json_writer json;
	bool works;
};

/* "heading            text" */
static void print_line(struct doctor *d, const char *heading, const char *text)
{
	size_t len = strlen(heading);

	out_str(d->out, heading);
	out_repeat(d->out, ' ', len < HEADING_WIDTH ? HEADING_WIDTH + 1 - len : 1);
	out_str(d->out, text);
	out_char(d->out, '\n');
}

static void print_fact(struct doctor *d, const char *key, const char *heading, const char *value)
{
	if (d->cfg->json)
		jw_key_str(&d->json, key, strcmp(value, "-") ? value : NULL);
	else
		print_line(d, heading, value);
}

/* What a variant found out about the kernel (backend_ops.describe). */
static void on_detail(void *arg, const char *key, const char *value)
{
	struct doctor *d = arg;
	if (d->cfg->json) {
		jw_key_str(&d->json, key, value);
		return;
	}
	out_str(d->out, "    ");
	out_str(d->out, key);
	out_str(d->out, ": ");
	out_str(d->out, value);
	out_char(d->out, '\n');
}

static void print_fields(struct doctor *d, const char *key, uint64_t fields)
{
	bool first = true;

	if (d->cfg->json) {
		jw_key(&d->json, key);
		jw_begin(&d->json, '[');
	} else {
		out_str(d->out, "    ");
		out_str(d->out, key);
		out_str(d->out, ":");
	}
	for (int f = 0; f < CAP_FIELD_COUNT; f++) {
		if (!(fields >> f & 1))
			continue;
		if (d->cfg->json) {
			jw_str(&d->json, event_field_name((enum cap_field)f));
			continue;
		}
		out_char(d->out, ' ');
		out_str(d->out, event_field_name((enum cap_field)f));
		first = false;
	}
	if (d->cfg->json)
		jw_end(&d->json, ']');
	else
		out_str(d->out, first ? " none\n" : "\n");
}

static void try_variant(struct doctor *d, const struct backend_ops *ops,
			const struct backend_variant *v)
{
	struct backend_cfg cfg = {
		.variant = v->name,
		.btf_path = d->cfg->btf_path,
		.fields = CAP_HAVE_BACKEND,
		.target.all = true,
		.prefilter = {.caps = ~UINT64_C(0), .verdicts = 3},
	};
	struct backend *b;
	struct err why = {0};
	char name[64];
	int rc = ops->open(&b, &cfg, &why);
	uint64_t given = rc ? 0 : ops->fields(b) & v->fields;

	snprintf(name, sizeof(name), "%s:%s", ops->name, v->name);
	if (d->cfg->json) {
		jw_begin(&d->json, '{');
		jw_key_str(&d->json, "name", name);
		jw_key_bool(&d->json, "works", !rc);
		jw_key_str(&d->json, "reason", rc ? why.msg : NULL);
	} else {
		print_line(d, name, rc ? why.msg : "works");
	}
	if (!rc) {
		d->works = true;
		print_fields(d, "fields", given);
		if (v->fields & CAP_HAVE_BACKEND & ~given)
			print_fields(d, "missing", v->fields & CAP_HAVE_BACKEND & ~given);
		if (ops->describe)
			ops->describe(b, on_detail, d);
		ops->close(b);
	}
	if (d->cfg->json)
		jw_end(&d->json, '}');
	out_flush(d->out);
}

static void try_variants(struct doctor *d)
{
	for (size_t i = 0; backends[i]; i++)
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (!backends[i]->recorded &&
			    backend_spec_allows(d->cfg->backend, backends[i], v))
				try_variant(d, backends[i], v);
}

bool doctor_run(const struct doctor_cfg *cfg, struct out *out)
{
	struct doctor d = {
		.cfg = cfg,
		.out = out,
		.json = {.out = out, .pretty = cfg->pretty},
	};
	char value[FACT_MAX];

	if (cfg->json)
		jw_begin(&d.json, '{');
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		facts[i].get(value, sizeof(value));
		print_fact(&d, facts[i].key, facts[i].heading, value);
	}
	if (cfg->json) {
		jw_key(&d.json, "variants");
		jw_begin(&d.json, '[');
	} else {
		out_char(out, '\n');
	}
	try_variants(&d);
	if (cfg->json) {
		jw_end(&d.json, ']');
		jw_key_bool(&d.json, "works", d.works);
		jw_end(&d.json, '}');
		out_char(out, '\n');
	}
	out_flush(out);
	return d.works;
}
