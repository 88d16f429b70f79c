// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_backend.h"

#include "core/base/err.h"

int fake_open_result[2], fake_opened;

static const struct backend_variant variants[] = {{"one", 0}, {"two", 0}, {0}};

static int fake_open(struct backend **b, const struct backend_cfg *cfg, struct err *e)
{
	static struct backend fake[2];
	int i = cfg->variant == &variants[1];

	if (fake_open_result[i])
		return err_set(e, fake_open_result[i], "no %s", cfg->variant->name);
	fake[i] = (struct backend){fake_backends[0], cfg->variant};
	fake_opened++;
	*b = &fake[i];
	return 0;
}

static void fake_close(struct backend *b)
{
	fake_opened--;
}

static const struct backend_ops fake_ops = {
	.name = "fake",
	.variants = variants,
	.open = fake_open,
	.close = fake_close,
};

const struct backend_ops *const fake_backends[] = {&fake_ops, NULL};
