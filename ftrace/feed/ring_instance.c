// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/ring_instance.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <tracefs.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

#define OTHER_CPUS_KB 8 /* ring of a CPU that is not read: the minimum that all kernels accept */
#define NUMBERS       46656 /* three digits of base 36 */

struct ring_instance {
	struct tracefs_instance *inst;
	int cpu;
	int *fds; /* of trace_pipe_raw, by CPU; -1: not read */
	int fds_len;
};

/*
 * Before 4.4 instances have no options/. Their trace_options then apply to the whole kernel, and
 * captrace must not change them.
 */
static bool has_options(const struct ring_instance *i)
{
	return tracefs_dir_exists(i->inst, "options");
}

static int set_option(struct ring_instance *i, const char *option, const char *value)
{
	char file[64];

	snprintf(file, sizeof(file), "options/%s", option);
	return tracefs_instance_file_write(i->inst, file, value) < 0 ? -errno : 0;
}

static void set_size(struct ring_instance *i, int cpu, size_t size)
{
	bool used = i->cpu < 0 || i->cpu == cpu;
	char file[64], kb[32];

	snprintf(file, sizeof(file), "per_cpu/cpu%d/buffer_size_kb", cpu);
	snprintf(kb, sizeof(kb), "%zu", used ? MAX(size / 1024, (size_t)8) : (size_t)OTHER_CPUS_KB);
	/* If this fails, the ring still works with its current size. */
	tracefs_instance_file_write(i->inst, file, kb);
}

/*
 * tracing_cpumask has words of 32 bits, the highest first: "1,00000000" is CPU 32. On 3.10
 * instances have no mask: all CPUs record, and only this one's ring is read.
 */
static int set_cpu(struct ring_instance *i, int cpu, struct err *e)
{
	char mask[16 + CPUS_MAX / 32 * 9];
	int n;

	if (cpu < 0 || !tracefs_file_exists(i->inst, "tracing_cpumask"))
		return 0;
	n = snprintf(mask, sizeof(mask), "%x", 1U << cpu % 32);
	for (int word = cpu / 32; word > 0; word--)
		n += snprintf(mask + n, sizeof(mask) - (size_t)n, ",00000000");
	if (tracefs_instance_file_write(i->inst, "tracing_cpumask", mask) < 0)
		return err_sys(e, -errno, "tracing_cpumask");
	return 0;
}

static int set_pid(struct ring_instance *i, pid_t pid, struct err *e)
{
	char text[16];

	if (!pid)
		return 0;
	snprintf(text, sizeof(text), "%d", (int)pid);
	/*
	 * 3fdaf80f4a83 (4.4), c37775d57830 (4.7). On older kernels the reader has to filter
	 * records.
	 */
	if (!tracefs_file_exists(i->inst, "set_event_pid") || set_option(i, "event-fork", "1"))
		return 0;
	if (tracefs_instance_file_write(i->inst, "set_event_pid", text) < 0)
		return err_sys(e, -errno, "set_event_pid");
	return 0;
}

static int open_pipe(struct ring_instance *i, int cpu, struct err *e)
{
	char file[64];

	snprintf(file, sizeof(file), "per_cpu/cpu%d/trace_pipe_raw", cpu);
	i->fds[cpu] = tracefs_instance_file_open(i->inst, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return i->fds[cpu] < 0 ? err_sys(e, -errno, "%s", file) : 0;
}

int ring_instance_add_cpu(struct ring_instance *i, int cpu, size_t size, struct err *e)
{
	if (i->fds[cpu] >= 0)
		return 0;
	set_size(i, cpu, size);
	return i->cpu < 0 || i->cpu == cpu ? open_pipe(i, cpu, e) : 0;
}

static int add_cpus(struct ring_instance *i, const struct ring_instance_cfg *cfg, struct err *e)
{
	int rc = 0;

	i->fds = malloc((size_t)cfg->cpus_len * sizeof(*i->fds));
	if (!i->fds)
		return err_sys(e, -ENOMEM, "trace_pipe_raw");
	i->fds_len = cfg->cpus_len;
	for (int cpu = 0; cpu < i->fds_len; cpu++)
		i->fds[cpu] = -1;
	for (int cpu = 0; cpu < i->fds_len && !rc; cpu++)
		if (cpus_has(cfg->online, cpu))
			rc = ring_instance_add_cpu(i, cpu, cfg->size, e);
	return rc;
}

static int set_options(struct ring_instance *i, struct err *e)
{
	int rc;

	/* The defaults work, too: lost records are counted in either mode. */
	if (!has_options(i))
		return 0;
	/* When the ring is full, drop and count new records instead of overwriting old ones. */
	rc = set_option(i, "overwrite", "0");
	if (rc)
		return err_sys(e, rc, "trace options");
	/* This option would hook every context switch of the machine. */
	set_option(i, "record-cmd", "0");
	return 0;
}

static int set_up(struct ring_instance *i, const struct ring_instance_cfg *cfg, bool *clock_unknown,
		  struct err *e)
{
	int rc;

	/* Since 3.17 (76f119178829). The other clocks cannot be compared with the wall clock. */
	if (tracefs_instance_file_write(i->inst, "trace_clock", "mono") < 0) {
		*clock_unknown = true;
		/*
		 * Since 3.1 (6249687f76b6): gives the exact order of records, which is all that can
		 * still be known. `global` gives equal times if one CPU's clock is behind.
		 */
		tracefs_instance_file_write(i->inst, "trace_clock", "counter");
	}
	rc = set_options(i, e);
	if (!rc)
		rc = set_cpu(i, cfg->cpu, e);
	if (!rc)
		rc = set_pid(i, cfg->pid, e);
	return rc ? rc : add_cpus(i, cfg, e);
}

/* Feeds of one process share the numbers; instances that could not be removed may occupy some. */
static struct tracefs_instance *create(const struct ring_instance_cfg *cfg)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char name[64];

	for (int n = cfg->cpu + 1; n < NUMBERS; n++) {
		snprintf(name, sizeof(name), "%s%c%c%c", cfg->prefix, digits[n / 36 / 36],
			 digits[n / 36 % 36], digits[n % 36]);
		if (!tracefs_instance_exists(name))
			return tracefs_instance_create(name);
	}
	errno = EEXIST;
	return NULL;
}

int ring_instance_open(struct ring_instance **out, const struct ring_instance_cfg *cfg,
		       bool *clock_unknown, struct err *e)
{
	struct ring_instance *i = calloc(1, sizeof(*i));
	int rc;

	if (!i)
		return err_sys(e, -ENOMEM, "trace instance");
	i->cpu = cfg->cpu;
	i->inst = create(cfg);
	rc = i->inst ? set_up(i, cfg, clock_unknown, e)
		     : err_sys(e, errno ? -errno : -ENOMEM, "creating a trace instance");
	if (rc) {
		ring_instance_close(i);
		return rc;
	}
	*out = i;
	return 0;
}

void ring_instance_close_pipes(struct ring_instance *i)
{
	for (int cpu = 0; cpu < i->fds_len; cpu++) {
		if (i->fds[cpu] >= 0)
			close(i->fds[cpu]);
		i->fds[cpu] = -1;
	}
}

void ring_instance_close(struct ring_instance *i)
{
	if (!i)
		return;
	ring_instance_close_pipes(i);
	if (i->inst) {
		if (tracefs_instance_destroy(i->inst))
			log_debug("removing the trace instance %s: %s",
				  tracefs_instance_get_name(i->inst), strerror(errno));
		tracefs_instance_free(i->inst);
	}
	free(i->fds);
	free(i);
}

int ring_instance_add_stacks(struct ring_instance *i, struct err *e)
{
	if (has_options(i) && !set_option(i, "stacktrace", "1"))
		return 0;
	return err_set(e, -EOPNOTSUPP,
		       "trace instances cannot record stacks on this kernel (requires Linux 4.4)");
}

static bool same_filter(struct ring_instance *i, const char *system, const char *event)
{
	cleanup_free char *ours = tracefs_event_file_read(i->inst, system, event, "filter", NULL);
	cleanup_free char *top = tracefs_event_file_read(NULL, system, event, "filter", NULL);

	return ours && top && !strcmp(ours, top);
}

bool ring_instance_shares_filters(struct ring_instance *i, const char *system, const char *event)
{
	cleanup_free char *filter = NULL;
	bool none, shares;

	if (has_options(i))
		return false; /* options are newer than filters per instance */
	if (!system)
		return true;
	filter = tracefs_event_file_read(i->inst, system, event, "filter", NULL);
	none = filter && !strncmp(filter, "none", 4);
	if (none &&
	    tracefs_event_file_write(i->inst, system, event, "filter", "common_pid == 0") < 0)
		return true;
	shares = same_filter(i, system, event);
	if (none)
		tracefs_event_file_write(i->inst, system, event, "filter", "0");
	return shares;
}

int ring_instance_filter(struct ring_instance *i, const char *system, const char *event,
			 const char *filter, struct err *e)
{
	if (tracefs_event_file_write(i->inst, system, event, "filter", filter) < 0)
		return err_sys(e, -errno, "filter '%s'", filter);
	return 0;
}

/* tracefs_event_enable() would be slow: it scans all events of the kernel. */
int ring_instance_enable(struct ring_instance *i, const char *system, const char *event, bool on)
{
	int rc = tracefs_event_file_write(i->inst, system, event, "enable", on ? "1" : "0");

	return rc < 0 ? -errno : 0;
}

int ring_instance_cpu(const struct ring_instance *i)
{
	return i->cpu;
}

int ring_instance_read(struct ring_instance *i, int cpu, void *page, size_t size)
{
	ssize_t n;

	if (cpu >= i->fds_len || i->fds[cpu] < 0)
		return 0;
	n = read(i->fds[cpu], page, size);
	return n >= 0 ? (int)n : errno == EAGAIN ? 0 : -errno;
}

/* per_cpu/cpuN/stats reads "entries: 0\noverrun: 0\n…dropped events: 0\n…". */
static uint64_t lost_on(const struct ring_instance *i, int cpu)
{
	static const char *const lines[] = {
		"\noverrun: ", "\ncommit overrun: ", "\ndropped events: "};
	cleanup_free char *text = NULL;
	uint64_t sum = 0, n;
	char file[64];

	snprintf(file, sizeof(file), "per_cpu/cpu%d/stats", cpu);
	text = tracefs_instance_file_read(i->inst, file, NULL);
	for (size_t k = 0; text && k < ARRAY_SIZE(lines); k++) {
		const char *p = strstr(text, lines[k]);

		if (p && sscanf(p + strlen(lines[k]), "%" SCNu64, &n) == 1)
			sum += n;
	}
	return sum;
}

uint64_t ring_instance_lost(const struct ring_instance *i)
{
	uint64_t sum = 0;

	for (int cpu = 0; cpu < i->fds_len; cpu++)
		if (i->fds[cpu] >= 0)
			sum += lost_on(i, cpu);
	return sum;
}
