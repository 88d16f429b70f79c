/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meaning of the fourth argument of cap_capable. The BPF programs include this, too. */
#ifndef CAPTRACE_COMPAT_CALIBRATE_CALIBRATE_FORM_H
#define CAPTRACE_COMPAT_CALIBRATE_CALIBRATE_FORM_H

enum opts_form {
	OPTS_UNKNOWN,
	OPTS_AUDIT, /* before 5.1: 1 audited, 0 not */
	OPTS_BITS,  /* c1a85a00ea66 (5.1): 2 NOAUDIT, 4 INSETID */
};

#endif
