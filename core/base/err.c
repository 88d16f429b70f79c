// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, int error, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return error;
	e->code = error;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return error;
}

int err_sys(struct err *e, int error, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!e)
		return error;
	e->code = error;
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", strerror(-error));
	return error;
}

int err_nomem(struct err *e)
{
	return err_set(e, -ENOMEM, "out of memory");
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char inner[sizeof(e->msg)];
	va_list ap;
	int n;

	if (!e)
		return -1;
	memcpy(inner, e->msg, sizeof(inner));
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - n, ": %.*s", (int)sizeof(inner) - n, inner);
	return e->code;
}
