/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The error object: a function that can explain why it failed takes a `struct err *` as its last
 * argument and returns the same negative errno. Context is added on the way up, and main prints it
 * once, as one line.
 */
#ifndef CAPTRACE_CORE_BASE_ERR_H
#define CAPTRACE_CORE_BASE_ERR_H

struct err {
	int code;      /* negative errno; 0: no error */
	char msg[768]; /* one line, without newline */
};

/* Sets the error; @e may be NULL. @error is a negative errno, which is returned. */
int err_set(struct err *e, int error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": " and the text of @error appended. */
int err_sys(struct err *e, int error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Sets -ENOMEM and "out of memory", whatever the memory was for, and returns -ENOMEM. */
int err_nomem(struct err *e);

/* Prepends "context: " to the message. Returns the code of @e. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
