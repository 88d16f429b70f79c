// SPDX-License-Identifier: GPL-2.0-or-later
/* A name is any 15 bytes. Control characters in it must not reach a terminal or break the JSON. */
#include <sys/prctl.h>

#include "expect.h"
#include "topics.h"

static const char *const names[] = {
	"\033[31mred\033[0m", /* colours */
	"\033]0;title\a",     /* a terminal's title */
	"\"quo\\ted\"",       /* JSON's own */
	"a\nb\tc\rd\be",      /* control characters; a line break */
	"\177\001\002",       /* DEL and others */
	"\302\233"
	"31m",                       /* C1: CSI as one character, U+009B */
	"\377\376\300\200",          /* never UTF-8 */
	"ok\200\277",                /* continuations of nothing */
	"0123456789abc\342\202\254", /* the kernel cuts the last character at 15 bytes */
	"0123456789abcde",           /* all 15 */
	"\303\244\303\266\303\274",  /* valid UTF-8 */
	" lead, trail ",
	"a,b;c|d{}[]:-#", /* YAML's and CSV's */
	"(x) 1 2 R",      /* what parsers of /proc/PID/stat trip over */
	"",
};

void topic_comm(void)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		prctl(PR_SET_NAME, names[i]);
		ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	}
}
