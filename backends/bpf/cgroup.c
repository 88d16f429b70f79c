// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/cgroup.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "backends/bpf/attach.h"
#include "backends/bpf/object.h"
#include "backends/bpf/reader.h"
#include "bpf/wire.h"
#include "compat/host/host_caps.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/identity/cgroup_feed.h"

#define CGROUP_EVENTS_MAX 1024 /* per drain; the ring has room for half as many */
#define PERF_PAGES        16   /* of each CPU's buffer */

struct bpf_feed {
	struct cgroup_feed base;
	struct bpf_reader *reader;                        /* NULL: there are no events */
	int wanted;                                       /* fd of the map `cgroups_wanted` */
	void (*fn)(void *arg, const struct cgroup_new *); /* during a drain */
	void *arg;
};

static __u8 controller_of(const char *name)
{
	static const struct {
		const char *name;
		enum wire_v1 v1;
	} controllers[] = {
		{"pids", WIRE_V1_PIDS},       {"memory", WIRE_V1_MEMORY},
		{"devices", WIRE_V1_DEVICES}, {"freezer", WIRE_V1_FREEZER},
		{"cpu", WIRE_V1_CPU},
	};

	for (size_t i = 0; name && i < ARRAY_SIZE(controllers); i++)
		if (!strcmp(controllers[i].name, name))
			return controllers[i].v1;
	/* A controller without a row is found like a named hierarchy, by the hierarchy's number. */
	return WIRE_V1_NAMED;
}

void bpf_cgroup_configure(struct bpf_cfg *out, const struct backend_cfg *cfg, bool can_read)
{
	const struct cgroup_hierarchy *hierarchy = cfg->cgroups;

	if (!hierarchy || (hierarchy->v1 && !can_read))
		return;
	out->want_key = !!(cfg->fields & FIELD(CGROUP_KEY));
	out->by_cgroup = cfg->by_cgroup;
	out->v1_hierarchy = hierarchy->v1;
	out->v1_controller = controller_of(hierarchy->controller);
	out->want_cgroup_events = can_read;
	out->host_mntns = can_read ? hierarchy->host_mntns : 0;
	out->want_startup = can_read && cfg->fields & FIELD(STARTUP);
}

static void on_cgroup_event(void *arg, const void *data, size_t size)
{
	const struct bpf_feed *f = arg;
	const struct wire_cgroup *r = data;
	const struct cgroup_new cgroup = {
		.key = r->key,
		.path = r->path[0] ? r->path : NULL,
		.pid = r->tgid,
	};

	/* A cgroup whose path is too long is looked up by its key when it is first seen. */
	if (size >= sizeof(*r) && (r->path[0] || r->tgid))
		f->fn(f->arg, &cgroup);
}

static void drain(struct cgroup_feed *base, void (*fn)(void *arg, const struct cgroup_new *),
		  void *arg)
{
	struct bpf_feed *f = container_of(base, struct bpf_feed, base);

	f->fn = fn;
	f->arg = arg;
	bpf_reader_drain(f->reader, CGROUP_EVENTS_MAX, on_cgroup_event, f);
}

static void set_wanted(struct cgroup_feed *base, uint64_t key, enum cgroup_verdict verdict)
{
	int map = container_of(base, struct bpf_feed, base)->wanted;
	__u8 value = verdict == CGROUP_UNWANTED ? WIRE_UNWANTED : WIRE_WANTED;

	/* If the map has no room, the cgroup stays unknown, and user space filters its checks. */
	if (verdict == CGROUP_UNKNOWN)
		bpf_map_delete_elem(map, &key);
	else
		bpf_map_update_elem(map, &key, &value, BPF_ANY);
}

static size_t perf_size(void)
{
	return (size_t)libbpf_num_possible_cpus() * (size_t)sysconf(_SC_PAGESIZE) * PERF_PAGES;
}

static int open_events(struct bpf_feed *f, const struct bpf_progs *l, bool ringbuf, struct err *e)
{
	const struct bpf_reader_cfg cfg = {
		.map = bpf_progs_map(l, "cgroup_events"),
		.ringbuf = ringbuf,
		.size = ringbuf ? bpf_progs_size(l, "cgroup_events") : perf_size(),
	};
	int rc = bpf_reader_open(&f->reader, &cfg, e);

	if (!rc)
		f->base.fd = bpf_reader_fd(f->reader);
	return rc;
}

int bpf_cgroup_feed_open(struct cgroup_feed **out, const struct bpf_progs *l,
			 const struct bpf_cfg *cfg, struct err *e)
{
	bool has_events = bpf_attach_has(l, "cgroup_mkdir");
	struct bpf_feed *f;
	int rc;

	*out = NULL;
	if (!has_events && !cfg->by_cgroup)
		return 0;
	f = calloc(1, sizeof(*f));
	if (!f)
		return err_sys(e, -ENOMEM, "bpf");
	f->base.fd = -ENOENT;
	f->base.keep = host_caps_for_bpf();
	f->base.drain = drain;
	if (cfg->by_cgroup) {
		f->base.set_wanted = set_wanted;
		f->wanted = bpf_progs_map(l, "cgroups_wanted");
	}
	rc = has_events ? open_events(f, l, cfg->ringbuf, e) : 0;
	if (rc) {
		free(f);
		return rc;
	}
	*out = &f->base;
	return 0;
}

void bpf_cgroup_feed_close(struct cgroup_feed *feed)
{
	struct bpf_feed *f;

	if (!feed)
		return;
	f = container_of(feed, struct bpf_feed, base);
	bpf_reader_close(f->reader);
	free(f);
}
