// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cli/options_advise.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/advise/expect.h"
#include "core/advise/format.h"
#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/parse.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"
#include "core/event/capname.h"

int cli_set_by(struct cli_state *st, const char *arg, struct err *e)
{
	char all[128], hint[64];
	struct nearest near;
	size_t n = 0;

	nearest_init(&near, arg, strlen(arg));
	for (int by = ADVISE_BY_COMMAND; by < ADVISE_BY_COUNT; by++) {
		const char *name = advise_by_name((enum advise_by)by);

		if (!strcmp(name, arg)) {
			st->cli->advise.by = (enum advise_by)by;
			return 0;
		}
		nearest_offer(&near, name);
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", name);
	}
	return err_set(e, -EINVAL, "invalid value '%.64s'%s (choose:%s)", arg,
		       nearest_hint(&near, hint, sizeof(hint)), all);
}

int cli_set_explain(struct cli_state *st, const char *list, struct err *e)
{
	const char *item;
	size_t len;
	int rc;

	while ((rc = parse_item(&list, &item, &len)) > 0) {
		char name[CAPNAME_MAX];
		int cap;

		snprintf(name, sizeof(name), "%.*s", (int)len, item);
		cap = capname_parse(name);
		if (cap < 0)
			return capname_unknown(name, e);
		st->cli->advise.explain |= UINT64_C(1) << cap;
	}
	return rc ? err_set(e, rc, "empty name in the list") : 0;
}

int cli_set_format(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->advise.format = advice_format_find(arg, e);
	return st->cli->advise.format ? 0 : -EINVAL;
}

int cli_set_expect(struct cli_state *st, const char *arg, struct err *e)
{
	return expect_parse(&st->cli->advise.expect, arg, e);
}

int cli_set_allow_incomplete(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->advise.allow_incomplete = true;
	return 0;
}

int cli_check_advise(const struct cli *cli, struct err *e)
{
	if (!cli->files_len)
		return 0;
	if (cli->command)
		return err_set(e, -EINVAL,
			       "recordings and a command cannot be used together: judge one or the "
			       "other");
	if (cli->pids_len)
		return err_set(e, -EINVAL,
			       "--pid traces running processes; for recordings use -F pid==%d",
			       (int)cli->pids[0]);
	return 0;
}
