// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/watch.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/identity/hierarchy.h"

#define WATCHES_MAX 65536
#define DEPTH_MAX   64

struct place {
	bool v1;
	char path[]; /* of the cgroup */
};

struct watch {
	const struct hierarchy *h;
	int fd;
	bool full;             /* said that no more can be watched */
	struct place **places; /* by watch descriptor */
	size_t places_len;
};

struct reader {
	struct watch *w;
	void (*fn)(void *arg, uint64_t key, const char *path);
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

static bool folder_of(const struct watch *w, bool v1, const char *cgroup, char *buf, size_t size)
{
	return snprintf(buf, size, "%s%s", v1 ? w->h->v1 : w->h->v2, cgroup[1] ? cgroup : "") <
	       (int)size;
}

void watch_add(struct watch *w, uint64_t key, const char *path)
{
	char folder[CGROUP_PATH_SIZE + 256];
	bool v1 = key & CGROUP_KEY_V1;
	struct place *p;
	int wd;

	if (!folder_of(w, v1, path, folder, sizeof(folder)))
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
		log_note("no more cgroups can be watched (fs.inotify.max_user_watches): containers "
			 "that start in others have no name");
	}
}

/* The folder is there by now, or gone again; what was made in it before it was watched is in it. */
static void take_in(const struct reader *r, bool v1, const char *path, int depth)
{
	char folder[CGROUP_PATH_SIZE + 256], below[CGROUP_PATH_SIZE];
	const struct dirent *d;
	uint64_t key;
	DIR *dir;

	if (depth == DEPTH_MAX || !(v1 ? r->w->h->v1 : r->w->h->v2)[0] ||
	    !folder_of(r->w, v1, path, folder, sizeof(folder)))
		return;
	key = hierarchy_key(folder, v1);
	if (!key)
		return;
	watch_add(r->w, key, path);
	r->fn(r->arg, key, path);
	dir = opendir(folder);
	while (dir && (d = readdir(dir))) {
		if (d->d_type != DT_DIR || !strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (snprintf(below, sizeof(below), "%s/%s", path[1] ? path : "", d->d_name) <
		    (int)sizeof(below))
			take_in(r, v1, below, depth + 1);
	}
	if (dir)
		closedir(dir);
}

static void on_change(const struct reader *r, const struct inotify_event *ev)
{
	struct watch *w = r->w;
	const struct place *p =
		ev->wd >= 0 && (size_t)ev->wd < w->places_len ? w->places[ev->wd] : NULL;
	char path[CGROUP_PATH_SIZE];

	if (ev->mask & IN_Q_OVERFLOW) {
		/* Whatever it was is in there. */
		take_in(r, true, "/", 0);
		take_in(r, false, "/", 0);
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
		take_in(r, p->v1, path, 0);
}

void watch_read(struct watch *w, void (*fn)(void *arg, uint64_t key, const char *path), void *arg)
{
	const struct reader r = {.w = w, .fn = fn, .arg = arg};
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
