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

/*
 * While events arrive, they are drained in batches, this often. A single event is shown within 50
 * ms.
 */
#define TICK_NS 25000000

#define FDS_MAX 512 /* of a backend, which has one per ring, and a ring per CPU */

/* What epoll_wait() returned for. */
enum wakeup { WAKE_BACKEND, WAKE_SIGNAL, WAKE_TICK, WAKE_TIMEOUT, WAKE_OUTPUT, WAKE_PID };

struct session {
	struct event_handler handler; /* receives what the backend drains */
	const struct session_cfg *cfg;
	struct selection selection;
	struct run_summary *res;
	struct err *e;
	int epoll, signals, ends, tick, timeout;
	struct process_watch *watch; /* NULL: no processes are watched */
	bool ticking;
	bool behind;       /* the last drain left records */
	unsigned int idle; /* drains in a row that found nothing */
	bool armed;        /* the next record wakes captrace; if not, the tick has to drain */
	struct backend_stats stats; /* as of the last report of losses */
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
		debug_drop("past the limit", ev, "--max-events or --timeout");
		return;
	}
	ev = selection_take(&s->selection, ev, 1, &filled);
	if (!ev)
		return;
	s->cfg->sink->ops->event(s->cfg->sink, ev);
	if (++s->res->shown == s->cfg->max_events)
		s->res->limit = s->done = true;
}

/*
 * The kernel's count for one combination. Its first event was delivered, and shown if the filter
 * passed it.
 */
static void on_count(void *arg, const struct cap_event *ev, uint64_t count)
{
	struct session *s = arg;
	struct cap_event filled;

	ev = count ? selection_take(&s->selection, ev, count, &filled) : NULL;
	if (ev)
		s->cfg->sink->ops->event(s->cfg->sink, ev);
}

/* A backend's count for advice. */
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

	/* The output's reader went away, or a signal interrupted the wait for it. */
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
 * While events arrive they are drained by a timer's tick, so that they cost the traced programs no
 * wake-ups. After a tick that found nothing the backend is asked to wake captrace with the next
 * record. The tick stops only after one more drain, which collects what was being written at that
 * moment.
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

/*
 * If the command's descendants go on in the background, they are traced to their end: say why
 * captrace is still here.
 */
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
		log_note("the command has ended; its descendants are still traced (Ctrl-C ends "
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
		/*
		 * Edge-triggered: a ring that fills while it is drained must not wake captrace for
		 * each event.
		 */
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
	/*
	 * Reports a reader that went away even when nothing is being written. epoll refuses plain
	 * files, where this is not needed.
	 */
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

/* Shows what was recorded before the end, unless the output's reader is gone. */
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
	/*
	 * Read the statistics again, because some backends can't count unaudited checks while live.
	 */
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
	/*
	 * Capabilities are dropped only once this variant is live, because trying another variant
	 * would need them.
	 */
	if (!rc)
		drop_caps(cfg->keep);
	if (!rc && cfg->command)
		rc = res->exec_error = command_go(cfg->command, e);
	if (!rc) {
		flush(&s); /* writes the heading */
		loop(&s);
		on_signal(&s); /* a signal that interrupted a write has not been read yet */
		if (cfg->command)
			command_end(cfg->command, res->signal ? res->signal : SIGTERM);
		finish(&s);
		rc = s.error;
	}
	tear_down(&s);
	return rc;
}
