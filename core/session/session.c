// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/session.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include "core/backend.h"
#include "core/base/clock.h"
#include "core/base/drop_caps.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/process_watch.h"
#include "core/base/signals.h"
#include "core/base/util.h"
#include "core/event/drop.h"
#include "core/identity/identity.h"
#include "core/output/out.h"
#include "core/session/command.h"
#include "core/session/selection.h"
#include "core/session/unique.h"
#include "core/sink.h"

/* While events come they are taken in batches, this often; a lone one is shown within 50 ms. */
#define TICK_NS 25000000

#define FDS_MAX 512 /* of a backend: a ring a CPU */

/* What epoll_wait() returned for. */
enum wakeup { WAKE_BACKEND, WAKE_SIGNAL, WAKE_TICK, WAKE_TIMEOUT, WAKE_OUTPUT, WAKE_PID };

struct session {
	struct event_handler handler; /* what the backend drains into */
	const struct session_cfg *cfg;
	struct selection selection;
	struct run_summary *res;
	struct err *e;
	int epoll, signals, ends, tick, timeout;
	struct process_watch *watch; /* NULL: of nobody */
	bool ticking;
	bool behind;                /* the last drain left something */
	unsigned int idle;          /* drains in a row that found nothing */
	bool armed;                 /* the next record wakes us, or else the tick */
	struct backend_stats stats; /* as last told */
	bool done;
	int error;
};

unsigned int session_width(int fd)
{
	struct winsize ws;

	if (!isatty(fd))
		return 0;
	return ioctl(fd, TIOCGWINSZ, &ws) || !ws.ws_col ? 80 : ws.ws_col;
}

static void identify(void *arg, struct cap_event *ev)
{
	identity_fill(arg, ev);
}

static void on_event(struct event_handler *handler, const struct cap_event *ev)
{
	struct session *s = container_of(handler, struct session, handler);
	struct cap_event filled;

	if (s->res->limit) {
		debug_drop("behind the limit", ev, "--max-events or --timeout");
		return;
	}
	ev = selection_take(&s->selection, ev, 1, &filled);
	if (!ev)
		return;
	s->cfg->sink->ops->event(s->cfg->sink, ev);
	if (++s->res->shown == s->cfg->max_events)
		s->res->limit = s->done = true;
}

/* What the kernel counted; its first one was delivered, and shown if it is one to show. */
static void on_count(void *arg, const struct cap_event *ev, uint64_t count)
{
	struct session *s = arg;
	struct cap_event filled;

	ev = count ? selection_take(&s->selection, ev, count, &filled) : NULL;
	if (ev)
		s->cfg->sink->ops->event(s->cfg->sink, ev);
}

/* What a backend counted for advice. */
static void on_aggregate(void *arg, const struct cap_event *ev, uint64_t count)
{
	struct session *s = arg;
	struct cap_event filled;

	ev = count ? selection_take(&s->selection, ev, count, &filled) : NULL;
	if (ev)
		s->cfg->sink->ops->aggregate(s->cfg->sink, ev, count);
}

static void show_count(void *arg, const struct cap_event *ev, uint64_t count)
{
	struct session *s = arg;

	sink_unique_count(s->cfg->sink, ev, count);
}

static void on_outcome(struct event_handler *handler, const struct cap_outcome *o)
{
	struct session *s = container_of(handler, struct session, handler);

	s->cfg->sink->ops->outcome(s->cfg->sink, o);
}

static void on_exec(struct event_handler *handler, const struct cap_exec *x)
{
	struct session *s = container_of(handler, struct session, handler);

	s->cfg->sink->ops->exec(s->cfg->sink, x);
}

static int fail(struct session *s, int rc)
{
	s->error = rc;
	s->done = true;
	return rc;
}

static void tell_lost(struct session *s)
{
	struct sink *sink = s->cfg->sink;
	struct backend_stats now;

	s->cfg->backend->ops->stats(s->cfg->backend, &now);
	for (size_t i = 0; i < now.losses_len; i++) {
		uint64_t before = i < s->stats.losses_len ? s->stats.losses[i].count : 0;
		uint64_t lost = now.losses[i].count - before;

		if (now.losses[i].count <= before)
			continue;
		s->res->lost += lost;
		if (sink->ops->lost)
			sink->ops->lost(sink, lost, now.losses[i].where);
		else
			log_note("lost %" PRIu64 " events (%s)", lost, now.losses[i].where);
	}
	s->stats = now;
}

static void flush(struct session *s)
{
	int rc = out_flush(s->cfg->out);

	/* The reader went away, or a signal interrupted the wait for it. */
	if (rc == -EPIPE || rc == -EINTR)
		s->done = s->res->closed = true;
	else if (rc && !s->error)
		fail(s, err_sys(s->e, rc, "writing the output"));
}

static int drain(struct session *s)
{
	int n = s->cfg->backend->ops->drain(s->cfg->backend, &s->handler, s->e);

	if (n < 0)
		return fail(s, n);
	if (s->cfg->identity)
		identity_sweep(s->cfg->identity);
	tell_lost(s);
	flush(s);
	if (backend_ended(s->cfg->backend))
		s->done = true;
	return n;
}

static void set_tick(struct session *s, bool on)
{
	struct itimerspec its = {0};

	if (on == s->ticking)
		return;
	if (on)
		its.it_value.tv_nsec = its.it_interval.tv_nsec = TICK_NS;
	timerfd_settime(s->tick, 0, &its, NULL);
	s->ticking = on;
}

/*
 * Events are drained by the tick while they come, so that they cost the traced programs no wake-up.
 * After a tick that found nothing the backend is asked to wake us, and only after one more, which
 * takes in what was being written at that moment, does the tick stop.
 */
static void drain_and_pace(struct session *s)
{
	int n = drain(s);

	if (n < 0)
		return;
	s->behind = n >= BACKEND_DRAIN_MAX;
	s->idle = n ? 0 : s->idle + 1;
	if (s->idle == 1)
		s->armed = backend_arm(s->cfg->backend);
	set_tick(s, s->idle < 3 || !s->armed);
}

/* A command that goes on in the background is traced to its end: say why we are still here. */
static void on_child(struct session *s)
{
	struct command *c = s->cfg->command;
	bool before;

	if (!c)
		return;
	before = command_ended(c);
	if (command_reap(c))
		s->done = true;
	else if (command_ended(c) && !before)
		log_note("the command has ended, its descendants are still traced (Ctrl-C ends "
			 "them)");
}

static void on_signal(struct session *s)
{
	struct signalfd_siginfo si;

	while (read(s->signals, &si, sizeof(si)) == sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGCHLD:
			on_child(s);
			break;
		case SIGWINCH:
			sink_resize(s->cfg->sink, session_width(s->cfg->output));
			break;
		default:
			s->res->signal = (int)si.ssi_signo;
			s->done = true;
		}
	}
}

static void on_ready(struct session *s, uint64_t data)
{
	uint64_t ticks;

	switch ((enum wakeup)data) {
	case WAKE_BACKEND:
		drain_and_pace(s);
		break;
	case WAKE_TICK:
		if (read(s->tick, &ticks, sizeof(ticks)) == sizeof(ticks))
			drain_and_pace(s);
		break;
	case WAKE_SIGNAL:
		on_signal(s);
		break;
	case WAKE_TIMEOUT:
		s->res->limit = s->done = true;
		break;
	case WAKE_OUTPUT:
		s->res->closed = s->done = true;
		break;
	case WAKE_PID:
		s->done |= process_watch_ended(s->watch);
		break;
	}
}

static int add(struct session *s, int fd, uint32_t events, uint64_t data, const char *what)
{
	struct epoll_event ev = {.events = events, .data.u64 = data};

	if (fd < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev))
		return err_sys(s->e, -errno, "%s", what);
	return 0;
}

static int add_backend(struct session *s)
{
	struct pollfd fds[FDS_MAX];
	int n = s->cfg->backend->ops->fds(s->cfg->backend, fds, FDS_MAX), rc = 0;

	for (int i = 0; i < n && !rc; i++)
		/* The edge: a ring that fills while it is drained must not wake us for each event. */
		rc = add(s, fds[i].fd, EPOLLIN | EPOLLET, WAKE_BACKEND, "epoll: backend");
	return rc;
}

static int add_pids(struct session *s)
{
	int rc;

	if (!s->cfg->watch_len)
		return 0;
	rc = process_watch_open(&s->watch, s->cfg->watch, s->cfg->watch_len);
	if (rc)
		return err_sys(s->e, rc, "watching processes");
	s->done = process_watch_ended(s->watch);
	return add(s, process_watch_fd(s->watch), EPOLLIN, WAKE_PID, "epoll: processes");
}

static bool isregular(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static int set_up(struct session *s)
{
	sigset_t set = signals_all(), ends = signals_ending();
	struct itimerspec its = {0};
	int rc;

	s->ends = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	s->tick = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	s->timeout = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	rc = add(s, s->signals, EPOLLIN, WAKE_SIGNAL, "signalfd");
	if (!rc)
		rc = add(s, s->tick, EPOLLIN, WAKE_TICK, "timerfd");
	if (!rc)
		rc = add(s, s->timeout, EPOLLIN, WAKE_TIMEOUT, "timerfd");
	if (!rc)
		rc = add_backend(s);
	if (!rc)
		rc = add_pids(s);
	if (rc)
		return rc;
	if (!isregular(s->cfg->output))
		out_set_interrupt(s->cfg->out, s->ends);
	/* Told of a reader that went away though nothing is being written; not of plain files. */
	add(s, s->cfg->output, 0, WAKE_OUTPUT, "output");
	its.it_value = timespec_of_ns(s->cfg->timeout_ns);
	timerfd_settime(s->timeout, 0, &its, NULL);
	set_tick(s, true);
	return 0;
}

static void tear_down(struct session *s)
{
	const int fds[] = {s->epoll, s->signals, s->ends, s->tick, s->timeout};

	out_set_interrupt(s->cfg->out, -1);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	process_watch_close(s->watch);
}

static int loop(struct session *s)
{
	struct epoll_event events[32];

	while (!s->done) {
		int n = epoll_wait(s->epoll, events, ARRAY_SIZE(events), s->behind ? 0 : -1);

		if (n < 0 && errno != EINTR)
			return fail(s, err_sys(s->e, -errno, "epoll_wait"));
		for (int i = 0; i < n && !s->done; i++)
			on_ready(s, events[i].data.u64);
		if (!n)
			drain_and_pace(s);
	}
	return s->error;
}

/* What was recorded before the end is shown, unless the end is that nobody wants more. */
static void finish(struct session *s)
{
	struct backend *b = s->cfg->backend;
	struct run_summary *res = s->res;

	backend_stop(b);
	while (!s->error && !res->closed && drain(s) > 0)
		;
	if (s->cfg->unique)
		backend_for_each_aggregate(b, on_count, s);
	else if (s->cfg->sink->ops->aggregate)
		backend_for_each_aggregate(b, on_aggregate, s);
	if (s->cfg->unique)
		unique_for_each(s->cfg->unique, show_count, s);
	/* Once more, as not every backend can count them while it is live. */
	b->ops->stats(b, &s->stats);
	res->unaudited = s->selection.unaudited + s->stats.unaudited;
	res->startup = s->selection.startup;
	res->incomplete = s->stats.incomplete;
	res->failed = s->error != 0;
	res->succeeded = s->cfg->command && !res->signal && !command_exit_code(s->cfg->command);
	sink_finish(s->cfg->sink, res);
	flush(s);
}

int session_run(const struct session_cfg *cfg, struct run_summary *res, struct err *e)
{
	struct session s = {
		.handler =
			{
				.event = on_event,
				.outcome = cfg->sink->ops->outcome ? on_outcome : NULL,
				.exec = cfg->sink->ops->exec ? on_exec : NULL,
			},
		.cfg = cfg,
		.selection =
			{
				.filter = cfg->filter,
				.identify = cfg->identity ? identify : NULL,
				.arg = cfg->identity,
				.hide_startup = cfg->hide_startup,
				.hide_unaudited = !cfg->unaudited,
				.unique = cfg->unique,
			},
		.res = res,
		.e = e,
		.epoll = -1,
		.signals = -1,
		.ends = -1,
		.tick = -1,
		.timeout = -1,
	};
	int rc;

	*res = (struct run_summary){0};
	rc = set_up(&s);
	if (!rc) {
		rc = cfg->backend->ops->start(cfg->backend, e);
		res->not_started = rc;
	}
	/* Another variant may be tried, and would need them, until this one is live. */
	if (!rc)
		drop_caps(cfg->keep);
	if (!rc && cfg->command)
		rc = res->exec_error = command_go(cfg->command, e);
	if (!rc) {
		flush(&s); /* the heading */
		loop(&s);
		on_signal(&s); /* one that interrupted a write is still to be read */
		if (cfg->command)
			command_end(cfg->command, res->signal ? res->signal : SIGTERM);
		finish(&s);
		rc = s.error;
	}
	tear_down(&s);
	return rc;
}
