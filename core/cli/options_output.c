// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cli/options_output.h"

#include <errno.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/parse.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"

static int add_column(struct cli *cli, const char *name, size_t len, struct err *e)
{
	const struct column *col = column_find(name, len);

	if (!col)
		return column_unknown(name, len, e);
	for (size_t i = 0; i < cli->cols_len; i++)
		if (cli->cols[i] == col)
			return err_set(e, -EINVAL, "column '%s' is given twice", col->name);
	cli->cols[cli->cols_len++] = col;
	return 0;
}

static int set_columns(struct cli *cli, const char *list, struct err *e)
{
	const char *item;
	size_t len;
	int rc;

	free(cli->cols);
	cli->cols_len = 0;
	cli->cols = calloc(parse_count(list), sizeof(*cli->cols));
	if (!cli->cols)
		return err_nomem(e);
	while ((rc = parse_item(&list, &item, &len)) > 0) {
		rc = add_column(cli, item, len, e);
		if (rc)
			return rc;
	}
	return rc ? err_set(e, rc,
			    "empty name in the list of columns (captrace --help columns lists all)")
		  : 0;
}

static int unknown_format(const char *name, struct err *e)
{
	char all[128], hint[64];
	struct nearest near;
	size_t n = 0;

	nearest_init(&near, name, strlen(name));
	for (size_t i = 0; sinks[i]; i++) {
		nearest_offer(&near, sinks[i]->name);
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", sinks[i]->name);
	}
	return err_set(e, -EINVAL, "unknown format '%.64s'%s (choose:%s)", name,
		       nearest_hint(&near, hint, sizeof(hint)), all);
}

int cli_set_output(struct cli_state *st, const char *arg, struct err *e)
{
	const char *equals = strchrnul(arg, '=');
	cleanup_free char *name = strndup(arg, (size_t)(equals - arg));
	const struct sink_ops *ops;

	if (!name)
		return err_nomem(e);
	ops = sink_find(name);
	if (!ops)
		return unknown_format(name, e);
	if (*equals && strcmp(name, "columns") != 0)
		return err_set(e, -EINVAL, "%s takes no list of columns: it always has all fields",
			       name);
	st->cli->sink = ops;
	return *equals ? set_columns(st->cli, equals + 1, e) : 0;
}

int cli_set_file(struct cli_state *st, const char *arg, struct err *e)
{
	if (!*arg)
		return err_set(e, -EINVAL, "empty value; give a file name");
	st->cli->file = arg;
	return 0;
}
