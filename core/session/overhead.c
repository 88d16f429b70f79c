// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/overhead.h"

#include "core/base/err.h"
#include "core/base/util.h"

#ifdef HAVE_PFM

#include <inttypes.h>
#include <linux/perf_event.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>

#include "core/base/log.h"
#include "core/base/parse.h"

#define EVENTS_MAX 32
#define USUAL      "task-clock,context-switches,page-faults,cycles,instructions"

struct counter {
	char *name;
	struct perf_event_attr attr;
	int fd; /* -1: not counted */
	double before;
};

struct overhead {
	bool named; /* the user named the events */
	struct counter counters[EVENTS_MAX];
	size_t len;
};

/*
 * Called only if --overhead is given: libpfm reads all tracepoints of the machine, which takes some
 * 15 ms.
 */
static int prepare(struct err *e)
{
	int rc = pfm_initialize();

	return rc == PFM_SUCCESS ? 0 : err_set(e, -EINVAL, "libpfm4: %s", pfm_strerror(rc));
}

static int add(struct overhead *o, const char *name, size_t len, struct err *e)
{
	struct counter *c = &o->counters[o->len];
	pfm_perf_encode_arg_t arg = {.attr = &c->attr, .size = sizeof(arg)};
	int rc;

	if (o->len == EVENTS_MAX)
		return err_set(e, -EINVAL, "more than %d events", EVENTS_MAX);
	c->name = strndup(name, len);
	if (!c->name)
		return err_nomem(e);
	c->fd = -1;
	c->attr.size = sizeof(c->attr);
	rc = pfm_get_os_event_encoding(c->name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &arg);
	if (rc == PFM_SUCCESS) {
		o->len++;
		return 0;
	}
	if (!o->named) { /* this processor doesn't have one of the usual events */
		free(c->name);
		return 0;
	}
	err_set(e, -EINVAL, "'%.64s': %s; give names of libpfm4, such as task-clock or page-faults",
		c->name, pfm_strerror(rc));
	free(c->name);
	return -EINVAL;
}

int overhead_new(struct overhead **out, const char *list, struct err *e)
{
	struct overhead *o = calloc(1, sizeof(*o));
	const char *left = list ? list : USUAL, *item;
	size_t len;
	int rc;

	if (!o)
		return err_nomem(e);
	o->named = list != NULL;
	rc = prepare(e);
	while (!rc && (rc = parse_item(&left, &item, &len)) > 0)
		rc = add(o, item, len, e);
	if (rc == -EINVAL && !*e->msg)
		err_set(e, rc, "empty event name in the list");
	if (rc) {
		overhead_free(o);
		return rc;
	}
	*out = o;
	return 0;
}

void overhead_free(struct overhead *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->len; i++) {
		if (o->counters[i].fd >= 0)
			close(o->counters[i].fd);
		free(o->counters[i].name);
	}
	free(o);
}

void overhead_start(struct overhead *o)
{
	for (size_t i = 0; o && i < o->len; i++) {
		struct counter *c = &o->counters[i];

		c->attr.inherit = 1;
		c->attr.disabled = 0;
		c->attr.sample_period = 0;
		c->attr.read_format =
			PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
		c->fd = (int)syscall(SYS_perf_event_open, &c->attr, 0, -1, -1,
				     PERF_FLAG_FD_CLOEXEC);
		if (c->fd < 0 && o->named)
			log_note("overhead: %s can't be counted here: %s", c->name,
				 errno == ENOENT || errno == EOPNOTSUPP
					 ? "this machine has no counter for it"
					 : strerror(errno));
	}
}

/*
 * If there are more events than counters in the processor, each event is counted for a part of the
 * time; the value is scaled up to the whole.
 */
static bool value(const struct counter *c, double *v)
{
	uint64_t got[3]; /* value, time enabled, time running */

	if (c->fd < 0 || read(c->fd, got, sizeof(got)) != sizeof(got) || !got[2])
		return false;
	*v = (double)got[0] * (double)got[1] / (double)got[2];
	return true;
}

void overhead_mark(struct overhead *o)
{
	for (size_t i = 0; o && i < o->len; i++)
		value(&o->counters[i], &o->counters[i].before);
}

/* The kernel's clock events count nanoseconds. */
static const char *format(const struct counter *c, double v, char *buf, size_t size)
{
	bool clock = strcasestr(c->name, "clock") && c->attr.type == PERF_TYPE_SOFTWARE;

	if (clock && v >= 1e6)
		snprintf(buf, size, "%.3f ms", v / 1e6);
	else if (clock)
		snprintf(buf, size, "%.3f us", v / 1e3);
	else
		snprintf(buf, size, v < 100 ? "%.3g" : "%.0f", v);
	return buf;
}

void overhead_tell(const struct overhead *o, uint64_t shown)
{
	for (size_t i = 0; o && i < o->len; i++) {
		const struct counter *c = &o->counters[i];
		char start[32], trace[32], each[32] = "-";
		double v;

		if (!value(c, &v))
			continue;
		if (shown)
			format(c, (v - c->before) / (double)shown, each, sizeof(each));
		log_note("overhead: %s: %s to start, %s to trace, %s per event shown", c->name,
			 format(c, c->before, start, sizeof(start)),
			 format(c, v - c->before, trace, sizeof(trace)), each);
	}
}

#else

int overhead_new(struct overhead **o, const char *list, struct err *e)
{
	return err_set(e, -EINVAL, "this captrace was built without libpfm4");
}

void overhead_free(struct overhead *o)
{
}

void overhead_start(struct overhead *o)
{
}

void overhead_mark(struct overhead *o)
{
}

void overhead_tell(const struct overhead *o, uint64_t shown)
{
}

#endif
