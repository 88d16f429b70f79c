// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests the runtimes' readers on copies of real state (tests/fixtures/identity). Docker 20.10,
 * containerd 1.6 and Podman 4.3 wrote theirs; CRI-O's files and the CRI annotations were made from
 * those projects' sources.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/identity/kube.h"
#include "core/identity/runtime/conmon.h"
#include "core/identity/runtime/container.h"
#include "core/identity/runtime/runtime.h"
#include "core/identity/runtime/state.h"
#include "tests/unit/helper.h"

#define DOCKER_ID "39d717f5cf4c8300f32119704e91eb93c7ab5510a8f2a5abc36bab22131b9d1d"
#define USER      "/user.slice/user-1000.slice/user@1000.service/user.slice"

/* Writes an id of 32 times @byte to @buf. */
static const char *id_of(const char *byte, char buf[65])
{
	for (int i = 0; i < 32; i++)
		memcpy(buf + 2 * i, byte, 2);
	buf[64] = '\0';
	return buf;
}

static int try(const char *fixture, const struct runtime *r, const char *id, const char *cgroup,
	       struct container *c)
{
	const struct container_ref ref = {.id = id, .cgroup = cgroup};
	char root[128];
	const struct state_env env = {.root = root};

	memset(c, 0, sizeof(*c));
	snprintf(root, sizeof(root), FIXTURES "/identity/%s", fixture);
	return r->read(&env, &ref, c);
}

static void same(const char *what, const char *got, const char *want)
{
	if (!want)
		cr_assert_null(got, "%s is '%s'", what, got);
	else
		cr_assert(got && !strcmp(got, want), "%s is '%s', not '%s'", what,
			  got ? got : "(null)", want);
}

static bool has_label(const struct container *c, const char *label)
{
	for (size_t i = 0; i < c->labels_len; i++)
		if (!strcmp(c->labels[i], label))
			return true;
	return false;
}

static void expect(const char *fixture, const struct runtime *r, const char *id, const char *cgroup,
		   const char *name, const char *pod, const char *namespace, const char *label)
{
	struct container c;
	int rc = try(fixture, r, id, cgroup, &c);

	cr_assert_eq(rc, 0, "%s %s: %s", fixture, id, strerror(-rc));
	same("name", c.name, name);
	same("pod", c.pod, pod);
	same("namespace", c.namespace, namespace);
	if (label)
		cr_assert(has_label(&c, label), "no label %s", label);
	container_clear(&c);
}

static void expect_none(const char *fixture, const struct runtime *r, const char *id,
			const char *cgroup, int error)
{
	struct container c;
	int rc = try(fixture, r, id, cgroup, &c);

	cr_assert_eq(rc, error, "%s %s: %d", fixture, id, rc);
	cr_assert_null(c.name);
	container_clear(&c);
}

Test(runtimes, docker)
{
	char id[65];

	expect("docker", &docker_runtime, DOCKER_ID, "/docker/" DOCKER_ID, "test", NULL, NULL,
	       "app=x");
	expect_none("docker", &docker_runtime, id_of("00", id), "/docker/x", -ENOENT);
	expect("docker-configured", &docker_runtime, id_of("b2", id), "", "srv", NULL, NULL, NULL);
	expect("docker-bundle", &docker_runtime, id_of("c3", id), "", "far", NULL, NULL,
	       "tier=far");
	expect("docker-rootless", &docker_runtime, id_of("e4", id), USER "/docker-x.scope", "hers",
	       NULL, NULL, NULL);
	expect_none("docker-rootless", &docker_runtime, id_of("e4", id), "/docker/x", -ENOENT);
}

Test(runtimes, pods_of_docker)
{
	char id[65];

	expect("docker", &docker_runtime, id_of("d1", id), "", "set-priority",
	       "set-priority-5646554d9d-pk4gg", "default", "name=set-priority");
	expect("docker", &docker_runtime, id_of("d0", id), "", "POD",
	       "set-priority-5646554d9d-pk4gg", "default", "name=set-priority");
}

Test(runtimes, containerd)
{
	char id[65];

	expect("containerd", &containerd_runtime, "mycont", "/default/mycont", "mycont", NULL, NULL,
	       NULL);
	expect("containerd", &containerd_runtime, id_of("9a", id), "/system.slice/nerdctl-x.scope",
	       "web", NULL, NULL, NULL);
	expect("containerd", &containerd_runtime, "scoped", "/system.slice/ctr-scoped.scope",
	       "scoped", NULL, NULL, NULL);
	/* A cgroup that merely has a container's name is not that container. */
	expect_none("containerd", &containerd_runtime, "mycont", "/mine/mycont", -ENOENT);
	expect_none("containerd", &containerd_runtime, "liar", "/default/liar", -ENOENT);
	expect_none("containerd", &containerd_runtime, "none", "/default/none", -ENOENT);
	/* containerd's reader leaves Docker's containers to Docker's. */
	expect_none("containerd", &containerd_runtime, DOCKER_ID, "/docker/" DOCKER_ID, -ENOENT);
}

Test(runtimes, pods_of_containerd)
{
	char id[65];

	/*
	 * Labels come from containerd's database: the container's own first, then those of its
	 * sandbox as the pod's.
	 */
	expect("containerd", &containerd_runtime, id_of("6c", id), "", "set-priority",
	       "set-priority-768db6dcf7-rp8gd", "default", "name=set-priority");
	expect("containerd", &containerd_runtime, id_of("6c", id), "", "set-priority",
	       "set-priority-768db6dcf7-rp8gd", "default",
	       "io.kubernetes.container.name=set-priority");
	expect("containerd", &containerd_runtime, id_of("5b", id), "", NULL,
	       "set-priority-768db6dcf7-rp8gd", "default", "name=set-priority");
	expect("containerd-old", &containerd_runtime, id_of("8e", id), "", "dns", "dns-7c4",
	       "kube-system", NULL);
}

Test(runtimes, crio)
{
	char id[65];

	expect("crio", &crio_runtime, id_of("a2", id), "", "set-priority",
	       "set-priority-5646554d9d-pk4gg", "default", "name=set-priority");
	expect("crio", &crio_runtime, id_of("a1", id), "", NULL, "set-priority-5646554d9d-pk4gg",
	       "default", "name=set-priority");
	expect_none("crio", &podman_runtime, id_of("a2", id), "", -ENOENT);
}

Test(runtimes, podman)
{
	const char *in_pod = "6fc93454bc4ce1ddd41bbe5cd5c91632f4b73aee135dc7a436323d9fd77d67a1";
	const char *alone = "107b759315a46dcb5fd33564265c4c7d8340566d4f12b990a86971663a2d6493";

	expect("podman", &podman_runtime, alone, "/libpod_parent/x", "ptest", NULL, NULL, "app=y");
	expect("podman", &podman_runtime, in_pod, "/libpod_parent/x", "inpod", "mypod", NULL,
	       "pl=1");
	expect_none("podman", &crio_runtime, alone, "/libpod_parent/x", -ENOENT);
}

Test(runtimes, podman_without_a_database)
{
	const char *id = "13728703bd4f114b407a006b541c6c2db760564bb112068c94416ab853336f65";

	expect("podman-rootless", &podman_runtime, id,
	       "/user.slice/user-1001.slice/user@1001.service/user.slice/libpod-x.scope", "rl",
	       NULL, NULL, NULL);
	expect_none("podman-rootless", &podman_runtime, id, "/machine.slice/libpod-x.scope",
		    -ENOENT);
}

Test(runtimes, conmon)
{
	const struct state_env env = {.root = FIXTURES "/identity/conmon"};
	struct conmon c;

	cr_assert_eq(conmon_read(&env, 50, &c), 0);
	cr_assert_str_eq(c.name, "rl");
	cr_assert_eq(strlen(c.id), 64);
	cr_assert_eq(conmon_read(&env, 60, &c), -ENOENT);
	cr_assert_eq(conmon_read(&env, 99, &c), -ENOENT);
	cr_assert_eq(conmon_above(&env, 61, &c), 0);
	cr_assert_str_eq(c.name, "rl");
	cr_assert_eq(conmon_above(&env, 62, &c), -ENOENT);
}

Test(runtimes, broken_or_blocking_state)
{
	char root[] = "/tmp/captrace-test-XXXXXX", path[256], id[65];
	const struct state_env env = {.root = root};
	const struct container_ref ref = {.id = "x", .cgroup = ""};
	struct container c = {0};

	expect_none("docker", &docker_runtime, id_of("f5", id), "", -EBADMSG);
	cr_assert_not_null(mkdtemp(root));
	snprintf(path, sizeof(path), "mkdir -p %s/var/lib/docker/containers/x", root);
	cr_assert_eq(system(path), 0);
	snprintf(path, sizeof(path), "%s/var/lib/docker/containers/x/config.v2.json", root);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(docker_runtime.read(&env, &ref, &c), -EMEDIUMTYPE);
	unlink(path);
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_assert_eq(docker_runtime.read(&env, &ref, &c), -EMEDIUMTYPE);
	rmdir(path);
	/* A device without an end. */
	cr_assert_eq(symlink("/dev/zero", path), 0);
	cr_assert_eq(docker_runtime.read(&env, &ref, &c), -EMEDIUMTYPE);
	snprintf(path, sizeof(path), "rm -r %s", root);
	cr_assert_eq(system(path), 0);
}

Test(runtimes, names)
{
	struct err e;

	for (int id = 0; id < RUNTIMES_LEN; id++)
		cr_assert_eq((int)runtimes[id]->id, id);
	cr_assert_eq(runtime_name_parse("docker"), RUNTIME_DOCKER);
	cr_assert_eq(runtime_name_parse("CRIO"), RUNTIME_CRIO);
	cr_assert_eq(runtime_name_parse("cri-o"), RUNTIME_CRIO);
	cr_assert_eq(runtime_name_parse("cri"), -EINVAL);
	cr_assert_eq(runtime_name_parse(""), -EINVAL);
	cr_assert_eq(runtime_name_unknown("dokcer", &e), -EINVAL);
	cr_assert(strstr(e.msg, "did you mean docker?"), "%s", e.msg);
	cr_assert(strstr(e.msg, "(choose: docker containerd cri-o podman)"), "%s", e.msg);
}

Test(runtimes, signs)
{
	const struct state_env env = {.root = FIXTURES "/identity/docker"};

	cr_assert(runtime_present(&docker_runtime, &env));
	cr_assert(!runtime_present(&crio_runtime, &env));
}

Test(runtimes, node)
{
	const struct state_env minikube = {.root = FIXTURES "/identity/node"};
	const struct state_env k3s = {.root = FIXTURES "/identity/node-k3s"};
	const struct state_env none = {.root = FIXTURES "/identity/docker"};
	char name[64], tiny[4];

	unsetenv("NODE_NAME");
	cr_assert_eq(kube_node(&minikube, name, sizeof(name)), 0);
	cr_assert_str_eq(name, "minikube-docker");
	cr_assert_eq(kube_node(&k3s, name, sizeof(name)), 0);
	cr_assert_str_eq(name, "k3s-1");
	cr_assert_eq(kube_node(&none, name, sizeof(name)), -ENOENT);
	cr_assert_eq(kube_node(&minikube, tiny, sizeof(tiny)), -ENOENT);
	setenv("NODE_NAME", "from-pod", 1);
	cr_assert_eq(kube_node(&none, name, sizeof(name)), 0);
	cr_assert_str_eq(name, "from-pod");
	unsetenv("NODE_NAME");
}

Test(runtimes, names_and_labels_are_bounded)
{
	char text[4096], key[32];
	struct container c = {0};
	json_t *labels = json_object();
	size_t bytes = 0;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	/*
	 * A name that is too long is dropped, because a truncated one could be another container's.
	 */
	container_set(&c.name, text);
	cr_assert_null(c.name);
	container_set(&c.name, text + sizeof(text) - 1 - 253);
	cr_assert_eq(strlen(c.name), 253);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		json_object_set_new(labels, key, json_string(text));
	}
	container_add_labels(&c, labels);
	for (size_t i = 0; i < c.labels_len; i++)
		bytes += strlen(c.labels[i]);
	cr_assert_gt(c.labels_len, 0);
	cr_assert_lt(bytes, 65536);
	json_decref(labels);
	container_clear(&c);
}
