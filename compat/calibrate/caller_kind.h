/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a caller of cap_capable tells about its fourth argument. For the BPF programs, too. */
#ifndef CAPTRACE_COMPAT_CALIBRATE_CALLER_KIND_H
#define CAPTRACE_COMPAT_CALIBRATE_CALLER_KIND_H

enum caller_kind {
	CALLER_KIND_NONE = 0, /* not known */
	CALLER_KIND_VIA,      /* its own caller tells */
	CALLER_KIND_AUDIT,
	CALLER_KIND_NOAUDIT,
	CALLER_KIND_SETID, /* audited, CAP_OPT_INSETID */
	CALLER_KIND_HOOK,  /* cap_capable itself */
};

#endif
