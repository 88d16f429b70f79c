// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/watch.h"

#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

#define WATCHES_MAX 65536

struct place {
	bool v1;
	char path[]; /* of the cgroup, from its hierarchy's root */
};

struct watch {
	const struct hierarchy *h;
	int fd;
	bool full;             /* the user was told that no more can be watched */
	struct place **places; /* by watch descriptor */
	size_t places_len;
};

struct reader {
	struct watch *w;
	hierarchy_fn fn;
	void *arg;
};

int watch_new(struct watch **out, const struct hierarchy *h, struct err *e)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return err_nomem(e);
	w->h = h;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0) {
		int rc = err_sys(e, -errno, "inotify");

		free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->places_len; i++)
		free(w->places[i]);
	free(w->places);
	close(w->fd);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

static bool make_room(struct watch *w, int wd)
{
	size_t len = MAX((size_t)wd + 1, w->places_len * 2);
	struct place **places;

	if ((size_t)wd < w->places_len)
		return true;
	if (wd >= WATCHES_MAX)
		return false;
	places = realloc(w->places, len * sizeof(*places));
	if (!places)
		return false;
	memset(places + w->places_len, 0, (len - w->places_len) * sizeof(*places));
	w->places = places;
	w->places_len = len;
	return true;
}

void watch_add(struct watch *w, uint64_t key, const char *path)
{
	char folder[CGROUP_PATH_SIZE + 256];
	bool v1 = key & CGROUP_KEY_V1;
	struct place *p;
	int wd;

	if (hierarchy_folder(w->h, v1, path, folder, sizeof(folder)))
		return;
	wd = inotify_add_watch(w->fd, folder, IN_CREATE | IN_ONLYDIR);
	if (wd >= 0 && make_room(w, wd)) {
		p = malloc(sizeof(*p) + strlen(path) + 1);
		if (p) {
			p->v1 = v1;
			memcpy(p->path, path, strlen(path) + 1);
			free(w->places[wd]);
			w->places[wd] = p;
		}
	} else if ((wd >= 0 || errno == ENOSPC) && !w->full) {
		w->full = true;
		log_note("can't watch more cgroups (see fs.inotify.max_user_watches): containers "
			 "that start below the others have no name");
	}
}

static void on_found(void *arg, uint64_t key, const char *path)
{
	const struct reader *r = arg;

	/*
	 * Watch it before the scan reads it: what is made later causes an event, and what was made
	 * before is found by the scan.
	 */
	watch_add(r->w, key, path);
	r->fn(r->arg, key, path);
}

/* The cgroup may already be gone. */
static void take_in(struct reader *r, bool v1, const char *path)
{
	hierarchy_scan_below(r->w->h, v1, path, on_found, r);
}

static void on_change(struct reader *r, const struct inotify_event *ev)
{
	struct watch *w = r->w;
	const struct place *p =
		ev->wd >= 0 && (size_t)ev->wd < w->places_len ? w->places[ev->wd] : NULL;
	char path[CGROUP_PATH_SIZE];

	if (ev->mask & IN_Q_OVERFLOW) {
		/* Events were dropped: only a scan of everything finds the new cgroups. */
		take_in(r, true, "/");
		take_in(r, false, "/");
	}
	if (!p)
		return;
	if (ev->mask & IN_IGNORED) {
		free(w->places[ev->wd]);
		w->places[ev->wd] = NULL;
		return;
	}
	if (!(ev->mask & IN_CREATE) || !(ev->mask & IN_ISDIR) || !ev->len)
		return;
	if (snprintf(path, sizeof(path), "%s/%s", p->path[1] ? p->path : "", ev->name) <
	    (int)sizeof(path))
		take_in(r, p->v1, path);
}

void watch_read(struct watch *w, hierarchy_fn fn, void *arg)
{
	struct reader r = {.w = w, .fn = fn, .arg = arg};
	_Alignas(struct inotify_event) char buf[4096];
	ssize_t n;

	while ((n = read(w->fd, buf, sizeof(buf))) > 0) {
		for (const char *p = buf; p < buf + n;) {
			const struct inotify_event *ev = (const struct inotify_event *)p;

			on_change(&r, ev);
			p += sizeof(*ev) + ev->len;
		}
	}
}
