/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known about the fourth argument of cap_capable from the function that called it. The BPF
 * programs include this, too.
 */
#ifndef CAPTRACE_COMPAT_CALIBRATE_CALLER_KIND_H
#define CAPTRACE_COMPAT_CALIBRATE_CALLER_KIND_H

enum caller_kind {
	CALLER_KIND_NONE = 0, /* not a known caller */
	CALLER_KIND_VIA,      /* passes the argument on: its own caller decides */
	CALLER_KIND_AUDIT,
	CALLER_KIND_NOAUDIT,
	CALLER_KIND_SETID, /* audited, CAP_OPT_INSETID */
	CALLER_KIND_HOOK,  /* cap_capable itself */
};

#endif
