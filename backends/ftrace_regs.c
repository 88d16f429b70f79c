// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers saved at the entry from user space lie at the end of a task's kernel stack. How
 * large that is, and what is left free above them, is in no type information: each likely place is
 * looked at while the calibrator is in a system call that is known.
 */
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "backends/ftrace_backend.h"
#include "compat/machine.h"
#include "core/err.h"
#include "core/log.h"
#include "core/util.h"
#include "ftrace/feed.h"

/* THREAD_SIZE, and TOP_OF_KERNEL_STACK_PADDING (x86: 8 or 16 on 32 bits, 16 with FRED on 64). */
static const int sizes[] = {8192, 16384, 32768, 65536}, paddings[] = {0, 8, 16};

#define PLACES   (ARRAY_SIZE(sizes) * ARRAY_SIZE(paddings))
#define PER_WORD 3 /* number, address, mode */

struct search {
	const struct machine *machine;
	const struct fetch_map *map;
	int syscall;
	unsigned int fits; /* bit a place */
	unsigned int seen;
};

static int place_offset(size_t i)
{
	return sizes[i / ARRAY_SIZE(paddings)] - paddings[i % ARRAY_SIZE(paddings)];
}

static bool mode_fits(const struct machine *m, uint64_t mode)
{
	if (!strcmp(m->name, "x86_64"))
		return mode == 0x33 || mode == 0x23;
	if (!strcmp(m->name, "i386"))
		return (mode & 0xffff) == 0x73;
	if (!strcmp(m->name, "aarch64"))
		return !(mode & 0xf) || (mode & 0x1f) == 0x10; /* EL0 */
	if (!strcmp(m->name, "arm"))
		return (mode & 0x1f) == 0x10; /* USR_MODE */
	return mode == 8;                     /* riscv: cause */
}

static void on_regs(struct ftrace_backend *b, const struct feed_record *r, void *arg)
{
	struct search *s = arg;
	struct feed_entry entry;

	memcpy(&entry, feed_raw(r), sizeof(entry));
	if (fetch_get(s->map, FETCH_CAP, feed_raw(r), r->size) != CAP_SETPCAP ||
	    fetch_get(s->map, FETCH_TID, feed_raw(r), r->size) != entry.pid)
		return;
	s->seen++;
	for (unsigned int i = 0; i < PLACES; i++) {
		uint64_t v[PER_WORD];

		for (unsigned int k = 0; k < PER_WORD; k++)
			v[k] = (uint64_t)fetch_get(
				s->map, (enum fetch_value)(FETCH_WORD + i * PER_WORD + k),
				feed_raw(r), r->size);
		if ((int32_t)v[0] != s->syscall || !v[1] || !mode_fits(s->machine, v[2]))
			s->fits &= ~(1U << i);
	}
}

static void fetch_places(struct ftrace_backend *b, struct fetch *f, int regs_size)
{
	const struct machine *m = b->machine;
	enum fetch_type word = m->word == 8 ? FETCH_U64 : FETCH_U32;
	const int off[PER_WORD] = {
		m->saved[SAVED_NR] == SAVED_ABSENT ? b->layout.at[LAYOUT_REGS_NR]
						   : m->saved[SAVED_NR],
		m->saved[SAVED_IP],
		m->saved[SAVED_MODE],
	};

	fetch_expr(f, FETCH_CAP, FETCH_S32, b->main == CHECK_EPROBE ? "$cap" : m->args[2]);
	fetch_mem(f, FETCH_TID, FETCH_S32, b->layout.at[LAYOUT_TASK_TID], "@0x%" PRIx64,
		  b->current[b->cpu]);
	for (unsigned int i = 0; i < PLACES; i++)
		for (unsigned int k = 0; k < PER_WORD; k++)
			fetch_mem(f, (enum fetch_value)(FETCH_WORD + i * PER_WORD + k),
				  k ? word : FETCH_U32, place_offset(i) - regs_size + off[k],
				  "+%d(@0x%" PRIx64 ")", b->layout.at[LAYOUT_TASK_STACK],
				  b->current[b->cpu]);
}

static int search(struct ftrace_backend *b, struct ftrace_trial *t, int regs_size, struct search *s,
		  struct err *e)
{
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return err_sys(e, -ENOMEM, "saved registers");
	fetch_places(b, f, regs_size);
	rc = ftrace_trial_define(t, f, e);
	if (rc)
		return rc;
	s->map = ftrace_trial_map(t);
	s->syscall = calibrator_syscall(CALIB_AUDITED);
	/* Twice: what was only left there from before would have to be so again. */
	for (int i = 0; i < 2; i++)
		ftrace_trial_step(t, CALIB_AUDITED, on_regs, s);
	ftrace_trial_undefine(t);
	return 0;
}

int ftrace_find_regs(struct ftrace_backend *b, struct ftrace_trial *t, struct err *e)
{
	int regs_size =
		b->machine->regs_size ? b->machine->regs_size : b->layout.at[LAYOUT_REGS_SIZE];
	struct search s = {.machine = b->machine, .fits = (1U << PLACES) - 1};
	int rc;

	if (!b->current || !layout_has(&b->layout, LAYOUT_TASK_STACK) ||
	    !layout_has(&b->layout, LAYOUT_TASK_TID) || regs_size <= 0 ||
	    (b->machine->saved[SAVED_NR] == SAVED_ABSENT &&
	     !layout_has(&b->layout, LAYOUT_REGS_NR)))
		return 0;
	rc = search(b, t, regs_size, &s, e);
	if (rc)
		return rc;
	if (!s.seen || __builtin_popcount(s.fits) != 1) {
		log_verbose("ftrace:%s: the saved registers were not found (%u events, places %#x)",
			    b->base.variant->name, s.seen, s.fits);
		return 0;
	}
	b->layout.at[LAYOUT_STACK_REGS] = place_offset((size_t)__builtin_ctz(s.fits)) - regs_size;
	return 0;
}
