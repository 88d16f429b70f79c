// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/command.h"

#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "core/base/account.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/process.h"
#include "core/base/signals.h"
#include "core/base/util.h"

#define GRACE_MS 1000 /* between the first signal and SIGKILL */
#define KILL_MS  2000 /* for SIGKILL to take effect; a task in D state never dies */

struct command {
	pid_t pid;
	char *path;
	int go;     /* pipe: a byte lets the child exec, end of file makes it exit */
	int status; /* pipe: an errno from the child; a successful exec closes it */
	bool gone;  /* the command has ended; `wait_status` is valid */
	int wait_status;
};

struct user {
	bool set;
	bool named; /* has a passwd entry, and so supplementary groups */
	struct account account;
};

/*
 * Finds what a shell would: the first executable file. -EACCES if there are only files that are not
 * executable.
 */
static int find_in_path(const char *name, char *path, size_t size)
{
	const char *dirs = getenv("PATH"), *dir, *end;
	int rc = -ENOENT;

	for (dir = dirs ? dirs : "/usr/local/bin:/usr/bin:/bin"; dir; dir = *end ? end + 1 : NULL) {
		struct stat st;
		int len;

		end = dir + strcspn(dir, ":");
		len = (int)(end - dir);
		if (snprintf(path, size, "%.*s/%s", len ? len : 1, len ? dir : ".", name) >=
		    (int)size)
			continue;
		if (stat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		if (!access(path, X_OK))
			return 0;
		rc = -EACCES;
	}
	return rc;
}

static int find_command(const char *name, char *path, size_t size, struct err *e)
{
	struct stat st;
	int rc;

	if (!strchr(name, '/')) {
		rc = find_in_path(name, path, size);
		if (rc == -EACCES)
			return err_set(e, rc, "%s: found in PATH, but not executable", name);
		return rc ? err_set(e, rc, "%s: command not found", name) : 0;
	}
	if (snprintf(path, size, "%s", name) >= (int)size)
		return err_sys(e, -ENAMETOOLONG, "%s", name);
	if (stat(path, &st))
		return err_sys(e, errno == ENOTDIR ? -ENOENT : -errno, "%s", name);
	if (S_ISDIR(st.st_mode))
		return err_set(e, -EACCES, "%s: is a directory", name);
	return 0;
}

static bool parse_id(const char *s, char **end, unsigned int *id)
{
	unsigned long v;

	errno = 0;
	v = strtoul(s, end, 10);
	*id = (unsigned int)v;
	return *end != s && *s >= '0' && *s <= '9' && !errno && v < UINT32_MAX;
}

/* A name, UID or UID:GID. */
static int find_user(const char *spec, struct user *u, struct err *e)
{
	char *end;

	*u = (struct user){.set = true};
	u->named = account_by_name(spec, &u->account);
	if (u->named)
		return 0;
	if (!parse_id(spec, &end, &u->account.uid) || (*end && *end != ':'))
		return err_set(e, -EINVAL, "--user: no user '%s'; give a name, UID or UID:GID",
			       spec);
	if (*end == ':') {
		if (!parse_id(end + 1, &end, &u->account.gid) || *end)
			return err_set(e, -EINVAL, "--user: '%s' is not UID:GID", spec);
		return 0;
	}
	u->named = account_by_uid(u->account.uid, &u->account);
	if (!u->named)
		u->account.gid = u->account.uid;
	return 0;
}

static int become(const struct user *u)
{
	gid_t groups[NGROUPS_MAX / 64];
	int n = 0;

	if (!u->set)
		return 0;
	if (u->named)
		n = account_groups(&u->account, groups, ARRAY_SIZE(groups));
	if (n < 0)
		return n;
	if (setgroups((size_t)n, groups) ||
	    setresgid(u->account.gid, u->account.gid, u->account.gid) ||
	    setresuid(u->account.uid, u->account.uid, u->account.uid))
		return -errno;
	return 0;
}

static void tell(int fd, int error)
{
	if (write(fd, &error, sizeof(error)) != sizeof(error))
		_exit(127);
}

static void hold_and_exec(const char *path, char *const argv[], const struct user *u, int go,
			  int status)
{
	const char *base = strrchr(path, '/');
	char byte;
	int rc;

	signals_restore();
	rc = become(u);
	/* Checks during the exec are the command's own, so they have to show its name. */
	prctl(PR_SET_NAME, base ? base + 1 : path);
	tell(status, rc);
	if (rc || read(go, &byte, 1) != 1)
		_exit(127);
	execve(path, argv, environ);
	tell(status, -errno);
	_exit(127);
}

static int open_pipes(int go[2], int status[2], struct err *e)
{
	if (pipe2(go, O_CLOEXEC))
		return err_sys(e, -errno, "pipe");
	if (pipe2(status, O_CLOEXEC)) {
		int rc = -errno;

		close(go[0]);
		close(go[1]);
		return err_sys(e, rc, "pipe");
	}
	return 0;
}

int command_spawn(struct command **out, char *const argv[], const char *user, struct err *e)
{
	struct user u = {0};
	struct command *c;
	char path[PATH_MAX];
	int go[2] = {-1, -1}, status[2] = {-1, -1}, rc, error;

	rc = find_command(argv[0], path, sizeof(path), e);
	if (!rc && user)
		rc = find_user(user, &u, e);
	if (rc)
		return rc;
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_nomem(e);
	c->path = strdup(path);
	rc = c->path ? open_pipes(go, status, e) : err_nomem(e);
	if (rc) {
		free(c->path);
		free(c);
		return rc;
	}
	/* 3.4: the command's orphans become captrace's children. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	c->pid = fork();
	rc = c->pid < 0 ? -errno : 0;
	if (c->pid == 0) {
		close(go[1]);
		close(status[0]);
		hold_and_exec(path, argv, &u, go[0], status[1]);
	}
	close(go[0]);
	close(status[1]);
	c->go = go[1];
	c->status = status[0];
	if (rc) {
		err_sys(e, rc, "fork");
	} else if (read(c->status, &error, sizeof(error)) != sizeof(error)) {
		rc = err_set(e, -ECHILD, "the command's process ended before its exec");
	} else if (error) {
		rc = err_sys(e, error, "--user %s", user);
		if (rc == -EINVAL) /* command_spawn() returns -EINVAL only for unknown users */
			rc = -EPERM;
	}
	if (rc) {
		command_free(c);
		return rc;
	}
	*out = c;
	return 0;
}

pid_t command_pid(const struct command *c)
{
	return c->pid;
}

const char *command_path(const struct command *c)
{
	return c->path;
}

int command_go(struct command *c, struct err *e)
{
	int error;

	if (write(c->go, "g", 1) != 1)
		return err_sys(e, -errno, "starting the command");
	if (read(c->status, &error, sizeof(error)) == sizeof(error))
		return err_sys(e, error, "executing %s", c->path);
	return 0;
}

bool command_reap(struct command *c)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != c->pid)
			continue;
		c->gone = true;
		c->wait_status = status;
	}
	return pid < 0 && errno == ECHILD;
}

bool command_ended(const struct command *c)
{
	return c->gone;
}

static void send_signal(void *arg, pid_t pid)
{
	kill(pid, *(int *)arg);
}

/* captrace has no other children by now, and as the subreaper it has all the command's orphans. */
static void signal_all(const struct command *c, int sig)
{
	if (!c->gone)
		kill(c->pid, sig);
	process_descendants(getpid(), send_signal, &sig);
}

/* Waits until all are gone or @ms have passed. SIGCHLD is blocked (signals_block()). */
static bool wait_all(struct command *c, int64_t ms)
{
	int64_t end = (int64_t)clock_mono_ms() + ms, left = ms;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (!command_reap(c)) {
		struct timespec ts = {left / 1000, left % 1000 * 1000000};

		if (left <= 0)
			return false;
		sigtimedwait(&chld, NULL, &ts);
		left = end - (int64_t)clock_mono_ms();
	}
	return true;
}

void command_end(struct command *c, int sig)
{
	uint64_t end;

	if (command_reap(c))
		return;
	signal_all(c, sig);
	signal_all(c, SIGCONT);
	if (wait_all(c, GRACE_MS))
		return;
	/* A process that forks while it is killed leaves a child, which the next round finds. */
	for (end = clock_mono_ms() + KILL_MS; clock_mono_ms() < end;) {
		signal_all(c, SIGKILL);
		if (wait_all(c, 50))
			return;
	}
}

int command_exit_code(const struct command *c)
{
	if (!c->gone)
		return 128 + SIGKILL;
	return WIFSIGNALED(c->wait_status) ? 128 + WTERMSIG(c->wait_status)
					   : WEXITSTATUS(c->wait_status);
}

void command_free(struct command *c)
{
	if (!c)
		return;
	close(c->go); /* a held child exits */
	close(c->status);
	if (c->pid > 0 && !wait_all(c, GRACE_MS))
		command_end(c, SIGTERM);
	free(c->path);
	free(c);
}
