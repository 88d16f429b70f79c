// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/cgroup.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <string.h>

#include "backends/bpf/object.h"
#include "backends/bpf/refusal.h"
#include "backends/bpf/ring.h"
#include "bpf/wire.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define NEWS_MAX 1024 /* at once; the ring has room for half as many */

struct bpf_cgroup_events {
	struct bpf_ring *ring; /* or, before 5.8, */
	struct perf_buffer *perf;
	int fd;
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
	/* One that has no row is found as a named hierarchy is, by its number. */
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
	const struct bpf_cgroup_events *n = arg;
	const struct wire_cgroup *r = data;
	const struct cgroup_new cgroup = {
		.key = r->key,
		.path = r->path[0] ? r->path : NULL,
		.pid = r->tgid,
	};

	/* One whose path is too long is looked up by its key, when it is first seen. */
	if (size >= sizeof(*r) && (r->path[0] || r->tgid))
		n->fn(n->arg, &cgroup);
}

static void on_perf_event(void *arg, int cpu, void *data, __u32 size)
{
	on_cgroup_event(arg, data, size);
}

int bpf_cgroup_events_open(struct bpf_cgroup_events **out, const struct bpf_progs *l,
			   const struct bpf_cfg *cfg, struct err *e)
{
	struct bpf_cgroup_events *n;
	char buf[128];
	int rc = 0;

	*out = NULL;
	if (!bpf_progs_attached(l, "cgroup_mkdir"))
		return 0;
	n = calloc(1, sizeof(*n));
	if (!n)
		return err_sys(e, -ENOMEM, "bpf");
	n->fd = bpf_progs_map(l, "cgroup_events");
	if (cfg->ringbuf) {
		rc = bpf_ring_open(&n->ring, n->fd, bpf_progs_size(l, "cgroup_events"), e);
	} else {
		n->perf = perf_buffer__new(n->fd, 16, on_perf_event, NULL, n, NULL);
		if (!n->perf)
			rc = err_set(e, -errno, "perf buffer: %s",
				     bpf_strerror(-errno, buf, sizeof(buf)));
		else
			n->fd = perf_buffer__epoll_fd(n->perf);
	}
	if (rc) {
		free(n);
		return rc;
	}
	*out = n;
	return 0;
}

void bpf_cgroup_events_close(struct bpf_cgroup_events *n)
{
	if (!n)
		return;
	bpf_ring_close(n->ring);
	perf_buffer__free(n->perf);
	free(n);
}

int bpf_cgroup_events_fd(const struct bpf_cgroup_events *n)
{
	return n ? n->fd : -ENOENT;
}

void bpf_cgroup_events_drain(struct bpf_cgroup_events *n,
			     void (*fn)(void *arg, const struct cgroup_new *), void *arg)
{
	n->fn = fn;
	n->arg = arg;
	if (n->ring)
		bpf_ring_drain(n->ring, NEWS_MAX, on_cgroup_event, n);
	else
		perf_buffer__consume(n->perf);
}

void bpf_cgroup_set_wanted(const struct bpf_progs *l, uint64_t key, enum cgroup_verdict verdict)
{
	__u8 value = verdict == CGROUP_UNWANTED ? WIRE_UNWANTED : WIRE_WANTED;
	int fd = bpf_progs_map(l, "cgroups_wanted");

	/* What can't be put in stays unknown, and is left out in user space. */
	if (verdict == CGROUP_UNKNOWN)
		bpf_map_delete_elem(fd, &key);
	else
		bpf_map_update_elem(fd, &key, &value, BPF_ANY);
}
