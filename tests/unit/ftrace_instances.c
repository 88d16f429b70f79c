// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ftrace/feed/instances.c on a directory that resembles tracefs: an instance with a file in it
 * cannot be removed.
 */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "compat/host/tracedir.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/instances.h"
#include "ftrace/feed/owner_name.h"
#include "ftrace/probe/probe_group.h"

static char dir[] = "/tmp/captrace-test-XXXXXX";
static struct tracedir *tracedir;

static const char *path_of(const char *instance, const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/instances/%s/%s", dir, instance, file);
	return path;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f, "%s", path);
	fputs(text, f);
	fclose(f);
}

static void make(const char *instance)
{
	cr_assert_eq(mkdir(path_of(instance, ""), 0700), 0);
}

/* Makes an instance that cannot be removed, with the files that removing it writes to. */
static void make_held(const char *instance)
{
	make(instance);
	write_file(path_of(instance, "tracing_on"), "1\n");
	write_file(path_of(instance, "buffer_size_kb"), "1024\n");
	mkdir(path_of(instance, "events"), 0700);
	write_file(path_of(instance, "events/enable"), "1\n");
}

static void let_go(const char *instance)
{
	unlink(path_of(instance, "tracing_on"));
	unlink(path_of(instance, "buffer_size_kb"));
	unlink(path_of(instance, "events/enable"));
	rmdir(path_of(instance, "events"));
}

static bool is_there(const char *instance)
{
	return !access(path_of(instance, ""), F_OK);
}

static bool reads(const char *instance, const char *file, const char *text)
{
	char buf[32] = "";
	FILE *f = fopen(path_of(instance, file), "r");

	cr_assert_not_null(f);
	cr_expect_not_null(fgets(buf, sizeof(buf), f));
	fclose(f);
	return !strncmp(buf, text, strlen(text));
}

static void set_up(void)
{
	char path[64];

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/events", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/instances", dir);
	mkdir(path, 0700);
	cr_assert_eq(tracedir_open_at(&tracedir, dir, NULL), 0);
	cr_redirect_stderr();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static void tear_down(void)
{
	tracedir_close(tracedir);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(instances, .init = set_up, .fini = tear_down);

Test(instances, only_the_groups_own_are_removed)
{
	make("captrace_1all");
	make("captrace_1cpu0");
	make("captrace_2all");
	make("other");
	make_held("captrace_1cpu1");
	cr_expect_eq(instances_remove("captrace_1"), 1);
	cr_expect_not(is_there("captrace_1all"));
	cr_expect_not(is_there("captrace_1cpu0"));
	cr_expect(is_there("captrace_1cpu1"));
	cr_expect(is_there("captrace_2all"));
	cr_expect(is_there("other"));
	cr_expect(reads("captrace_1cpu1", "tracing_on", "1"), "no captrace has given up yet");
}

static void *let_go_later(void *arg)
{
	const struct timespec wait = {.tv_nsec = 50000000};

	nanosleep(&wait, NULL);
	let_go(arg);
	return NULL;
}

Test(instances, waits_for_who_holds_them_for_a_moment)
{
	char held[] = "captrace_1all";
	pthread_t thread;

	make_held(held);
	cr_assert_eq(pthread_create(&thread, NULL, let_go_later, held), 0);
	instances_remove_at_end("captrace_1");
	pthread_join(thread, NULL);
	cr_expect_not(is_there(held));
	fflush(stderr);
	cr_expect_stderr_eq_str("");
}

/* An instance of a captrace that still runs: this one. */
Test(instances, what_stays_is_told_and_marked)
{
	char held[96], line[512] = "";
	struct probe_group *group;
	FILE *text;

	cr_assert_eq(probe_group_new(&group, tracedir, NULL), 0);
	snprintf(held, sizeof(held), "%s000", probe_group_instances(group));
	/* The longest name that a dentry stores inline, as kernels before 4.1 require. */
	cr_assert_eq(strlen(held), 31);
	cr_expect(owner_name_is_one(held) && !owner_name_is_stale(held));
	make_held(held);
	log_level = 1;
	instances_remove_left();
	cr_expect(reads(held, "tracing_on", "1"), "an instance in use stays as it is");
	log_level = 0;
	probe_group_free(group);
	fflush(stderr);
	text = cr_get_redirected_stderr();
	cr_expect_not_null(fgets(line, sizeof(line), text));
	cr_expect(strstr(line, "could not be removed") && strstr(line, held), "%s", line);
	cr_expect(reads(held, "tracing_on", "0"));
	cr_expect(reads(held, "events/enable", "0"));
	cr_expect(reads(held, "buffer_size_kb", "8"));
	log_level = 1;
	instances_remove_left();
	fflush(stderr);
	cr_expect_not_null(fgets(line, sizeof(line), text), "it was tried once more");
	cr_expect(strstr(line, held), "%s", line);
}

Test(instances, of_dead_owners_all_is_removed)
{
	char gone[96], held[96], *start;
	struct probe_group *group;
	struct stat st;

	/* Its owner had this process's number and another start time. */
	cr_assert_eq(probe_group_new(&group, tracedir, NULL), 0);
	snprintf(gone, sizeof(gone), "%s001", probe_group_instances(group));
	probe_group_free(group);
	start = gone + strlen("captrace_12345");
	*start = *start == '0' ? '1' : '0';
	/* The form of names in earlier versions of captrace. No process has this number. */
	cr_assert_eq(stat("/proc/self/ns/pid", &st), 0);
	snprintf(held, sizeof(held), "captrace_2147483647_1_%u_cpu0", (unsigned int)st.st_ino);
	make(gone);
	make_held(held);
	make("captrace_x");
	instances_remove_left();
	cr_expect_not(is_there(gone));
	cr_expect(is_there(held));
	cr_expect(reads(held, "events/enable", "0"), "the probes are disabled and can be removed");
	cr_expect(is_there("captrace_x"));
	let_go(held);
	instances_remove_left();
	cr_expect_not(is_there(held));
}
