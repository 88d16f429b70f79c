// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task/comms.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/util.h"
#include "ftrace/task/tids.h"

#define ROOM_MIN 1024

struct entry {
	int32_t tid; /* 0: free */
	char comm[COMM_SIZE];
};

/* A hash table with open addressing; deleting an entry moves later ones up to close the gap. */
struct comms {
	struct entry *entries;
	size_t len, room; /* a power of two, at most half full */
	bool scanned;
};

struct comms *comms_new(void)
{
	struct comms *c = calloc(1, sizeof(*c));

	if (c)
		c->entries = calloc(ROOM_MIN, sizeof(*c->entries));
	if (!c || !c->entries) {
		free(c);
		return NULL;
	}
	c->room = ROOM_MIN;
	return c;
}

void comms_free(struct comms *c)
{
	if (!c)
		return;
	free(c->entries);
	free(c);
}

static size_t home(const struct comms *c, int32_t tid)
{
	return (uint32_t)tid * 2654435761U & (c->room - 1);
}

static size_t place(const struct comms *c, int32_t tid)
{
	size_t i = home(c, tid);

	while (c->entries[i].tid && c->entries[i].tid != tid)
		i = (i + 1) & (c->room - 1);
	return i;
}

static bool grow(struct comms *c)
{
	struct comms bigger = {.room = c->room * 2, .len = c->len, .scanned = c->scanned};

	bigger.entries = calloc(bigger.room, sizeof(*bigger.entries));
	if (!bigger.entries)
		return false;
	for (size_t i = 0; i < c->room; i++)
		if (c->entries[i].tid)
			bigger.entries[place(&bigger, c->entries[i].tid)] = c->entries[i];
	free(c->entries);
	*c = bigger;
	return true;
}

void comms_set(struct comms *c, int32_t tid, const char *comm)
{
	struct entry *e;

	if (tid <= 0)
		return;
	if (c->len * 2 >= c->room && !grow(c)) {
		comms_drop(c, tid);
		return;
	}
	e = &c->entries[place(c, tid)];
	c->len += !e->tid;
	e->tid = tid;
	memcpy(e->comm, comm, COMM_SIZE);
	e->comm[COMM_SIZE - 1] = '\0';
}

void comms_drop(struct comms *c, int32_t tid)
{
	size_t hole = place(c, tid), i = hole, mask = c->room - 1;

	if (!c->entries[hole].tid)
		return;
	c->len--;
	for (;;) {
		size_t h;

		i = (i + 1) & mask;
		if (!c->entries[i].tid)
			break;
		h = home(c, c->entries[i].tid);
		/* An entry may move up only if its home position is not behind the hole. */
		if (((i - h) & mask) < ((i - hole) & mask))
			continue;
		c->entries[hole] = c->entries[i];
		hole = i;
	}
	c->entries[hole].tid = 0;
}

const char *comms_get(const struct comms *c, int32_t tid)
{
	const struct entry *e = &c->entries[place(c, tid)];

	return e->tid ? e->comm : NULL;
}

static int scan_thread(void *arg, pid_t tid)
{
	struct comms *c = arg;
	char path[32], comm[COMM_SIZE + 1] = "";
	cleanup_fclose FILE *f = NULL;
	const char *before = comms_get(c, tid);
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)tid);
	f = fopen(path, "re");
	n = f ? fread(comm, 1, COMM_SIZE, f) : 0;
	if (!n)
		return 0;
	comm[n - 1] = '\0'; /* the newline */
	if (!c->scanned)
		comms_set(c, tid, comm);
	else if (before && strcmp(before, comm))
		comms_drop(c, tid);
	return 0;
}

void comms_scan(struct comms *c)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	while (proc && (d = readdir(proc)))
		if (atoi(d->d_name) > 0)
			tids_each(atoi(d->d_name), scan_thread, c);
	if (proc)
		closedir(proc);
	c->scanned = true;
}
