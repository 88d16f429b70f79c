// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/learn.h"

#include "backends/ftrace/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define RING_SIZE (256U * 1024) /* nothing is recorded but the children's checks */

int discovery_learn(struct layout *l, const char *btf_path, struct err *e)
{
	static const enum ftrace_variant variants[] = {FTRACE_PERF, FTRACE_RING};
	struct backend *b = NULL;
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(variants) && !b; i++) {
		struct backend_cfg cfg = {
			.variant = &ftrace_backend_ops.variants[variants[i]],
			.btf_path = btf_path,
			.buffer_size = RING_SIZE,
			.fields = FIELDS_BACKEND & ~FIELD(KSTACK),
			.target = {.all = true},
			/* No events are wanted, nor word of what they would lack. */
			.prefilter = {.caps = 0,
				      .verdicts = 1 << CAP_ALLOW | 1 << CAP_DENY,
				      .audited_only = true},
		};

		rc = ftrace_backend_ops.open(&b, &cfg, e);
		if (rc == -ENOMEM || rc == -EBADMSG)
			break;
	}
	if (rc)
		return rc;
	*l = container_of(b, struct ftrace_backend, base)->layout;
	ftrace_backend_ops.close(b);
	return 0;
}
