// SPDX-License-Identifier: GPL-2.0-or-later
/* In the place of backends/registry.c: core is tested without any backend. */
#include <stdio.h>
#include <string.h>

#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "tests/unit/fake_backend.h"

int fake_open_result[2], fake_opened;

static const struct backend_variant variants[] = {{"one", "the first", 0}, {"two", "", 0}, {0}};

static int fake_open(struct backend **b, const struct backend_cfg *cfg, struct err *e)
{
	static struct backend fake[2];
	int i = cfg->variant == &variants[1];

	if (fake_open_result[i])
		return err_set(e, fake_open_result[i], "no %s", cfg->variant->name);
	fake[i] = (struct backend){backends[0], cfg->variant};
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

const struct backend_ops *const backends[] = {&fake_ops, NULL};

int backend_check_spec(const char *spec, struct err *e)
{
	if (!strcmp(spec, "auto") || !strcmp(spec, "fake") || !strcmp(spec, "fake:one"))
		return 0;
	return err_set(e, -EINVAL, "unknown backend '%s'; there are: auto fake fake:one", spec);
}

void backend_print_builtin(void)
{
	printf("fake: yes\n");
}

bool backend_knows_syscall(const char *name)
{
	return strncmp(name, "nosuch", 6) != 0;
}
