// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/session/unique.h"
#include "tests/unit/helper.h"

struct rows {
	int len;
	uint64_t counts[64], sum;
	struct cap_event last;
};

static void on_row(void *arg, const struct cap_event *ev, uint64_t count)
{
	struct rows *r = arg;

	if (r->len < 64)
		r->counts[r->len] = count;
	r->len++;
	r->sum += count;
	r->last = *ev;
}

static struct rows rows_of(const struct unique *u)
{
	struct rows r = {0};

	unique_for_each(u, on_row, &r);
	return r;
}

Test(unique, what_a_row_depends_on)
{
	struct unique *u = unique_new(100);
	struct cap_event ev, other;
	struct rows r;

	event_chroot(&ev);
	cr_assert(unique_add(u, &ev, 1));
	cr_assert(!unique_add(u, &ev, 1));
	/* A row does not depend on the process, its ids or the time. */
	other = ev;
	other.pid++;
	other.tid += 2;
	other.timestamp++;
	other.uid = 7;
	other.caps = 0;
	other.mntns++;
	other.cgroupid++;
	cr_assert(!unique_add(u, &other, 1));
	/*
	 * It depends on everything that the help names. An allowed check must not hide a later
	 * denial.
	 */
	other = ev;
	other.verdict = CAP_DENY;
	cr_assert(unique_add(u, &other, 1));
	other = ev;
	other.audit = false;
	cr_assert(unique_add(u, &other, 1));
	other.have &= ~FIELD(AUDIT);
	cr_assert(unique_add(u, &other, 1));
	other = ev;
	other.cap = 19;
	cr_assert(unique_add(u, &other, 1));
	other = ev;
	other.target_userns++;
	cr_assert(unique_add(u, &other, 1));
	other = ev;
	other.syscall = "mount";
	cr_assert(unique_add(u, &other, 1));
	other.have &= ~FIELD(SYSCALL);
	cr_assert(unique_add(u, &other, 1));
	other = ev;
	strcpy(other.comm, "chroot2");
	cr_assert(unique_add(u, &other, 1));
	other = ev;
	other.startup = true;
	cr_assert(unique_add(u, &other, 1));
	r = rows_of(u);
	cr_assert_eq(r.len, 10);
	cr_assert_eq(r.counts[0], 3);
	cr_assert_eq(r.sum, 12);
	unique_free(u);
}

Test(unique, the_subject_is_the_container_or_the_unit)
{
	struct unique *u = unique_new(100);
	struct cap_event ev;

	event_chroot(&ev);
	ev.have |= FIELD(UNIT) | FIELD(CGROUP);
	ev.unit = "a.service";
	ev.cgroup = "/system.slice/a.service";
	cr_assert(unique_add(u, &ev, 1));
	/* A restarted unit is in another cgroup of the same name. */
	ev.cgroup_key++;
	cr_assert(!unique_add(u, &ev, 1));
	ev.unit = "b.service";
	cr_assert(unique_add(u, &ev, 1));
	ev.have |= FIELD(CONTAINERID);
	ev.containerid = "1";
	cr_assert(unique_add(u, &ev, 1));
	/* A container's scope does not matter. */
	ev.unit = "docker-1.scope";
	cr_assert(!unique_add(u, &ev, 1));
	ev.containerid = "2";
	cr_assert(unique_add(u, &ev, 1));
	unique_free(u);
}

Test(unique, rows_keep_their_texts)
{
	struct unique *u = unique_new(10);
	char name[16] = "web", call[16] = "chroot";
	struct cap_frame frame = {0};
	struct cap_event ev;
	struct rows r;

	event_chroot(&ev);
	ev.have |= FIELD(CONTAINER) | FIELD(KSTACK);
	ev.container = name;
	ev.syscall = call;
	ev.kstack = &frame;
	ev.kstack_len = 1;
	cr_assert(unique_add(u, &ev, 5));
	strcpy(name, "gone");
	strcpy(call, "gone");
	r = rows_of(u);
	cr_assert_str_eq(r.last.container, "web");
	cr_assert_str_eq(r.last.syscall, "chroot");
	cr_assert(!event_has(&r.last, FIELD(KSTACK)));
	cr_assert_eq(r.sum, 5);
	unique_free(u);
}

Test(unique, all_events_are_shown_once_it_is_full)
{
	struct unique *u = unique_new(3000);
	struct cap_event ev;
	struct rows r;

	event_chroot(&ev);
	for (int i = 0; i < 3000; i++) {
		snprintf(ev.comm, sizeof(ev.comm), "c%d", i);
		cr_assert(unique_add(u, &ev, 1));
	}
	cr_assert(!unique_full(u));
	strcpy(ev.comm, "more");
	for (int i = 0; i < 3; i++)
		cr_assert(unique_add(u, &ev, 1));
	cr_assert(unique_full(u));
	/* Combinations that have a row are still recognized. */
	strcpy(ev.comm, "c17");
	cr_assert(!unique_add(u, &ev, 1));
	r = rows_of(u);
	cr_assert_eq(r.len, 3000);
	cr_assert_eq(r.sum, 3001);
	unique_free(u);
}
