// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/learn.h"

#include "compat/layout/layout.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "ftrace/discover/discovery.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/probe_context.h"

static int run(struct probe_context *ctx, const char *btf_path, struct err *e)
{
	struct discovery *d = NULL;
	bool users = false; /* the error is about the user's file */
	int rc = probe_context_open(ctx, e);

	if (!rc)
		rc = probe_context_check(ctx, e);
	if (!rc)
		rc = discovery_open(&d, ctx, FIELDS_BACKEND & ~FIELD(KSTACK), e);
	if (!rc) {
		rc = discovery_load_layout(ctx, btf_path, e);
		users = rc;
	}
	if (!rc) {
		rc = discovery_start(d, 0, e);
		if (!rc)
			rc = discovery_run(d, e);
		discovery_stop(d);
	}
	discovery_close(d);
	/* A format of the kernel's that can't be read with this feed: the other one may do. */
	if (rc == -EBADMSG && !users)
		rc = e->code = -EIO;
	return rc;
}

static int learn(struct layout *l, const struct feed_ops *feed_ops, const char *btf_path,
		 struct err *e)
{
	cleanup_free struct probe_context *ctx = calloc(1, sizeof(*ctx));
	int rc;

	if (!ctx)
		return err_sys(e, -ENOMEM, "discovery");
	snprintf(ctx->name, sizeof(ctx->name), "bpf:nobtf");
	ctx->feed_ops = feed_ops;
	ctx->main = HOOK_MAIN;
	rc = run(ctx, btf_path, e);
	if (!rc)
		*l = ctx->layout;
	probe_context_close(ctx);
	return rc;
}

int discovery_learn(struct layout *l, const char *btf_path, struct err *e)
{
	int rc = learn(l, &feed_perf, btf_path, e);

	if (!rc || rc == -ENOMEM || rc == -EBADMSG)
		return rc;
	return learn(l, &feed_ring, btf_path, e);
}
