// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/ftrace_outcome.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "compat/syscalls.h"
#include "core/advise/idmap.h"
#include "core/backend.h"
#include "core/util.h"

#define THREADS_MAX 65536
#define CHECKS_MAX  12 /* of a call, before an outcome of them is handed out */

/* A thread's system call in which a check was denied. */
struct pending {
	const char *syscall;
	uint64_t since, last;
	int32_t pid;
	unsigned int checks;
};

struct outcomes {
	struct idmap *threads;
};

struct outcomes *outcomes_new(void)
{
	struct outcomes *o = calloc(1, sizeof(*o));

	if (o)
		o->threads = idmap_new(sizeof(struct pending), THREADS_MAX);
	if (o && !o->threads) {
		free(o);
		return NULL;
	}
	return o;
}

void outcomes_free(struct outcomes *o)
{
	if (!o)
		return;
	idmap_free(o->threads);
	free(o);
}

/* What calls fail with for want of a capability: core/advise/knowledge.c has who with which. */
static const int errors[] = {EPERM, EACCES, ENOMEM, ENFILE, EMFILE, ENOSPC, EDQUOT};

/* Of a process over its limit; of all others it is what many calls say in turn. */
static const long forks[] = {
	SYS_clone,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
#ifdef SYS_clone3
	SYS_clone3,
#endif
};

char *outcomes_filter(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		fprintf(f, "%sret == %d", i ? " || " : "", -errors[i]);
	/* A 32-bit task's result may come without its sign. */
	fprintf(f, " || ret == %u || ret == %u", -(unsigned int)EPERM, -(unsigned int)EACCES);
	for (size_t i = 0; i < ARRAY_SIZE(forks); i++)
		fprintf(f, " || (ret == %d && id == %ld)", -EAGAIN, forks[i]);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

static void hand_out(const struct pending *p, int32_t tid, uint64_t until, const int64_t *ret,
		     struct event_sink *sink)
{
	struct cap_outcome out = {
		.since = p->since,
		.until = until,
		.pid = p->pid,
		.tid = tid,
		.has_ret = ret,
		.ret = ret ? *ret : 0,
	};

	out.refused = out.ret == -EPERM || out.ret == -EACCES;
	sink->outcome(sink, &out);
}

void outcomes_before(struct outcomes *o, const struct cap_event *ev, struct event_sink *sink)
{
	struct pending *p = idmap_find(o->threads, (uint32_t)ev->tid, 0);

	if (!p || (p->syscall == ev->syscall && p->checks < CHECKS_MAX))
		return;
	hand_out(p, ev->tid, p->last, NULL, sink);
	idmap_remove(o->threads, (uint32_t)ev->tid, 0);
}

void outcomes_after(struct outcomes *o, const struct cap_event *ev)
{
	struct pending *p;

	if (!event_has(ev, CAP_HAVE(VERDICT) | CAP_HAVE(SYSCALL)) || ev->verdict != CAP_DENY ||
	    (event_has(ev, CAP_HAVE(AUDIT)) && !ev->audit))
		return;
	/* NULL: there is no room, and that outcome stays unknown. */
	p = idmap_make(o->threads, (uint32_t)ev->tid, 0);
	if (!p)
		return;
	if (!p->checks++)
		*p = (struct pending){
			.syscall = ev->syscall,
			.since = ev->timestamp,
			.pid = ev->pid,
			.checks = 1,
		};
	p->last = ev->timestamp;
}

static bool is_call(const char *name, int64_t nr)
{
	return name == syscall_name(syscall_abi_native(), (int)nr) ||
	       name == syscall_name(syscall_abi_compat(), (int)nr);
}

void outcomes_return(struct outcomes *o, int32_t tid, int64_t nr, int64_t ret, uint64_t time,
		     struct event_sink *sink)
{
	struct pending *p = idmap_find(o->threads, (uint32_t)tid, 0);
	int64_t signed_ret = (int64_t)(int32_t)ret;

	if (!p)
		return;
	if (is_call(p->syscall, nr))
		hand_out(p, tid, time, &signed_ret, sink);
	else
		hand_out(p, tid, p->last, NULL, sink);
	idmap_remove(o->threads, (uint32_t)tid, 0);
}

struct flush {
	uint64_t time;
	struct event_sink *sink;
};

static void flush_one(void *arg, uint64_t tid, uint64_t unused, void *value)
{
	const struct flush *f = arg;

	hand_out(value, (int32_t)tid, f->time, NULL, f->sink);
}

void outcomes_flush(struct outcomes *o, uint64_t time, struct event_sink *sink)
{
	struct flush f = {time, sink};

	idmap_take(o->threads, flush_one, &f);
}
