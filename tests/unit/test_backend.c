// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "core/backend.h"
#include "core/base/err.h"
#include "tests/unit/fake_backend.h"

static int search(struct backend_search *s, struct backend **b, struct err *e)
{
	struct backend_cfg cfg = {0};

	*e = (struct err){0};
	*b = NULL;
	return backend_open(b, s, &cfg, e);
}

Test(backend_search, the_first_that_works)
{
	struct backend_search s = {.table = fake_backends, .spec = "auto"};
	struct backend *b;
	struct err e;
	char name[32];

	cr_assert_eq(search(&s, &b, &e), 0);
	cr_assert_str_eq(backend_name(b, name, sizeof(name)), "fake:one");
	fake_open_result[0] = -EINVAL;
	s = (struct backend_search){.table = fake_backends, .spec = "fake"};
	cr_assert_eq(search(&s, &b, &e), 0);
	cr_assert_str_eq(backend_name(b, name, sizeof(name)), "fake:two");
	fake_open_result[1] = -ENODATA;
	s = (struct backend_search){.table = fake_backends, .spec = "auto"};
	cr_assert_eq(search(&s, &b, &e), -ENODATA);
	cr_assert_str_eq(e.msg, "fake:one: no one; fake:two: no two");
}

Test(backend_search, only_the_named_one)
{
	struct backend_search s = {.table = fake_backends, .spec = "fake:one"};
	struct backend *b;
	struct err e;

	fake_open_result[0] = -EINVAL;
	cr_assert_eq(search(&s, &b, &e), -EINVAL);
	cr_assert_str_eq(e.msg, "fake:one: no one");
	cr_assert_eq(fake_opened, 0);
}

Test(backend_search, an_invalid_user_file_ends_it)
{
	struct backend_search s = {.table = fake_backends, .spec = "auto"};
	struct backend *b;
	struct err e;

	fake_open_result[0] = -EBADMSG;
	cr_assert_eq(search(&s, &b, &e), -EBADMSG);
	cr_assert_str_eq(e.msg, "no one");
}

Test(backend_search, goes_on_after_a_start_that_failed)
{
	struct backend_search s = {.table = fake_backends, .spec = "auto"};
	struct err e, why = {.code = -EIO, .msg = "enabling x: Input/output error"};
	struct backend *b;

	cr_assert_eq(search(&s, &b, &e), 0);
	cr_assert(backend_reject(&s, b, &why));
	b->ops->close(b);
	cr_assert_eq(search(&s, &b, &e), 0);
	cr_assert_str_eq(b->variant->name, "two");
	why = (struct err){.code = -EIO, .msg = "so does this"};
	cr_assert_not(backend_reject(&s, b, &why));
	cr_assert(strstr(why.msg, "fake:one: cannot start: enabling x"), "%s", why.msg);
	cr_assert(strstr(why.msg, "; fake:two: cannot start: so does this"), "%s", why.msg);
	b->ops->close(b);
	cr_assert_eq(search(&s, &b, &e), -ENOENT);
}

Test(backend_search, many_reasons_are_cut)
{
	struct backend_search s = {.table = fake_backends, .spec = "auto"};
	struct err e = {0}, why = {.code = -EIO};
	struct backend *b;

	memset(why.msg, 'x', sizeof(why.msg) - 1);
	cr_assert_eq(search(&s, &b, &e), 0);
	cr_assert(backend_reject(&s, b, &why));
	cr_assert_lt(strlen(s.reasons), sizeof(s.reasons));
}
