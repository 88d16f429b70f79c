// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/base/util.h"
#include "core/identity/cgroup_path.h"
#include "core/identity/runtime/runtime.h"

#define ID  "39d717f5cf4c8300f32119704e91eb93c7ab5510a8f2a5abc36bab22131b9d1d"
#define ID2 "2dce479530e03a52deb788f94d7442b36808bfba2ab24eafe58840a9d9460d30"
#define UID "2a2f0d9c-6f3e-4d6a-9d0f-0a7c6a3b1e11"

static void expect_text(const char *path, const char *what, struct text t, const char *want)
{
	if (!want)
		cr_assert_null(t.s, "%s: %s is %.*s", path, what, (int)t.len, t.s);
	else
		cr_assert(text_is(t, want), "%s: %s is '%.*s', not '%s'", path, what, (int)t.len,
			  t.s ? t.s : "", want);
}

/*
 * What is expected of each path: the innermost container, the runtime that its name shows, unit and
 * pod.
 */
static const struct {
	const char *path, *id, *runtime, *unit, *pod;
} cases[] = {
	{"/", NULL, NULL, NULL, NULL},
	{"", NULL, NULL, NULL, NULL},
	/* Docker with the cgroupfs and systemd drivers. */
	{"/docker/" ID, ID, "docker", NULL, NULL},
	{"/system.slice/docker-" ID ".scope", ID, "docker", "docker-" ID ".scope", NULL},
	{"/custom.parent/" ID, ID, NULL, NULL, NULL},
	/* Rootless Docker, under the user's manager. */
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope", ID,
	 "docker", "docker-" ID ".scope", NULL},
	/*
	 * Podman: system and user containers, pods, and the cgroups that crun and systemd make
	 * below.
	 */
	{"/machine.slice/libpod-" ID ".scope/container", ID, "podman", "libpod-" ID ".scope", NULL},
	{"/libpod_parent/libpod-" ID, ID, "podman", NULL, NULL},
	{"/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", ID, "podman",
	 "libpod-" ID ".scope", NULL},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	 ID, "podman", "libpod-" ID ".scope", NULL},
	{"/machine.slice/libpod-conmon-" ID ".scope", NULL, NULL, "libpod-conmon-" ID ".scope",
	 NULL},
	{"/libpod_parent/conmon", NULL, NULL, NULL, NULL},
	/* Kubernetes pods, with both drivers and all QoS classes. */
	{"/kubepods/burstable/pod" UID "/" ID, ID, NULL, NULL, UID},
	{"/kubepods/pod" UID "/" ID, ID, NULL, NULL, UID},
	{"/kubepods/besteffort/pod" UID, NULL, NULL, NULL, UID},
	{"/kubepods/besteffort/pod" UID "/crio-" ID, ID, "cri-o", NULL, UID},
	{"/kubepods/besteffort/pod" UID "/crio-conmon-" ID, NULL, NULL, NULL, UID},
	{"/kubepods.slice/kubepods-burstable.slice/"
	 "kubepods-burstable-pod2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11.slice/cri-containerd-" ID
	 ".scope",
	 ID, "containerd", "cri-containerd-" ID ".scope", "2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11"},
	{"/kubepods.slice/kubepods-pod2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11.slice/crio-" ID
	 ".scope/container",
	 ID, "cri-o", "crio-" ID ".scope", "2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11"},
	{"/kubepods.slice/kubepods-pod2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11.slice/docker-" ID
	 ".scope",
	 ID, "docker", "docker-" ID ".scope", "2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11"},
	/* A static pod's uid is a hash. */
	{"/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" ID, ID, NULL, NULL,
	 "0123456789abcdef0123456789abcdef"},
	/* A path meant for systemd, used as it is by the cgroupfs driver. */
	{"/system.slice/containerd.service/kubepods-burstable-pod" UID ".slice:cri-containerd:" ID,
	 ID, "containerd", "containerd.service", NULL},
	/* A container in a container, as a kind node's pods are: the innermost one counts. */
	{"/docker/" ID2 "/kubelet/kubepods/besteffort/pod" UID "/" ID, ID, NULL, NULL, UID},
	{"/docker/" ID2 "/docker/" ID, ID, "docker", NULL, NULL},
	{"/docker/" ID2 "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
	 "kubelet-kubepods-burstable-pod2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11.slice/"
	 "cri-containerd-" ID ".scope",
	 ID, "containerd", NULL, "2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11"},
	/* Amazon's agent, Nomad and others use a parent cgroup of their own. */
	{"/ecs/0123456789abcdef0123456789abcdef/" ID, ID, NULL, NULL, NULL},
	/* A Podman pod is not a container; its members are. */
	{"/libpod_parent/" ID2 "/libpod-" ID, ID, "podman", NULL, NULL},
	{"/libpod_parent/" ID2 "/libpod-conmon-" ID, NULL, NULL, NULL, NULL},
	/* Machines: the units inside are not this machine's. */
	{"/machine.slice/systemd-nspawn@web.service/payload/system.slice/nginx.service", NULL, NULL,
	 "systemd-nspawn@web.service", NULL},
	{"/machine.slice/machine-web.scope/payload/init.scope", NULL, NULL, "machine-web.scope",
	 NULL},
	{"/lxc.payload.web/system.slice/nginx.service", NULL, NULL, NULL, NULL},
	{"/lxc/web/system.slice/nginx.service", NULL, NULL, NULL, NULL},
	/* systemd: system and user units, scopes, and units inside a container. */
	{"/init.scope", NULL, NULL, "init.scope", NULL},
	{"/system.slice/nginx.service", NULL, NULL, "nginx.service", NULL},
	{"/system.slice/system-getty.slice/getty@tty1.service", NULL, NULL, "getty@tty1.service",
	 NULL},
	{"/system.slice/nginx.service/worker", NULL, NULL, "nginx.service", NULL},
	{"/user.slice/user-1000.slice/session-3.scope", NULL, NULL, "session-3.scope", NULL},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service", NULL, NULL,
	 "foo.service", NULL},
	{"/user.slice/user-1000.slice/user@1000.service/init.scope", NULL, NULL, "init.scope",
	 NULL},
	{"/system.slice/docker-" ID ".scope/system.slice/nginx.service", ID, "docker",
	 "docker-" ID ".scope", NULL},
	/* Template instances and escapes stay as systemd writes them. */
	{"/system.slice/system-foo\\x2dbar.slice/foo-bar@a\\x2db.service", NULL, NULL,
	 "foo-bar@a\\x2db.service", NULL},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-x\\x2dy-12.scope", NULL,
	 NULL, "app-gnome-x\\x2dy-12.scope", NULL},
	{"/system.slice/srv-data.mount", NULL, NULL, "srv-data.mount", NULL},
	{"/system.slice", NULL, NULL, NULL, NULL},
	{"/system.slice/.service", NULL, NULL, NULL, NULL},
	/* Near misses. */
	{"/docker/buildkit", NULL, NULL, NULL, NULL},
	{"/docker/" ID "0", NULL, NULL, NULL, NULL},
	{"/docker/39D717F5CF4C8300F32119704E91EB93C7AB5510A8F2A5ABC36BAB22131B9D1D", NULL, NULL,
	 NULL, NULL},
	{"/dockerx" ID, NULL, NULL, NULL, NULL},
	{"/-" ID, NULL, NULL, NULL, NULL},
	{"/podinfo/x", NULL, NULL, NULL, NULL},
	{"/kubepods-besteffort.slice", NULL, NULL, NULL, NULL},
	{"/mykubepods-pod2a2f0d9c_6f3e_4d6a_9d0f_0a7c6a3b1e11.slice", NULL, NULL, NULL, NULL},
};

Test(cgroup_path, parts)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup_container none = {0};
		const struct cgroup_container *c = &none;
		const struct runtime *r = NULL;
		struct cgroup_parts p;

		cgroup_path_parse(cases[i].path, &p);
		if (p.containers_len) {
			c = &p.containers[0];
			r = runtime_of(c);
		}
		expect_text(cases[i].path, "container", c->id, cases[i].id);
		expect_text(cases[i].path, "unit", p.unit, cases[i].unit);
		expect_text(cases[i].path, "pod", p.pod_uid, cases[i].pod);
		if (cases[i].runtime)
			cr_assert(r && !strcmp(runtime_name_of(r->id), cases[i].runtime), "%s: %s",
				  cases[i].path, r ? runtime_name_of(r->id) : "none");
		else
			cr_assert_null(r, "%s: %s", cases[i].path, r ? runtime_name_of(r->id) : "");
	}
}

Test(cgroup_path, containers_from_the_inside)
{
	char path[16 * 80] = "";
	struct cgroup_parts p;

	cgroup_path_parse("/docker/" ID2 "/docker/" ID "/init.scope", &p);
	cr_assert_eq(p.containers_len, 2);
	cr_assert(text_is(p.containers[0].id, ID));
	cr_assert(text_is(p.containers[1].id, ID2));
	/* More than there is room for: the outermost are dropped. */
	for (int i = 0; i < 10; i++)
		strcat(path, "/docker/" ID2);
	strcat(path, "/docker/" ID);
	cgroup_path_parse(path, &p);
	cr_assert_eq(p.containers_len, CGROUP_CONTAINERS_MAX);
	cr_assert(text_is(p.containers[0].id, ID));
}

Test(cgroup_path, in_unit)
{
	const char *user = "/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service";

	cr_assert(cgroup_path_in_unit("/system.slice/nginx.service", "nginx.service"));
	cr_assert(cgroup_path_in_unit("/system.slice/nginx.service/sub", "nginx.service"));
	cr_assert(!cgroup_path_in_unit("/system.slice/nginx.service", "nginx"));
	cr_assert(!cgroup_path_in_unit("/system.slice/nginx.service.d", "nginx.service"));
	cr_assert(cgroup_path_in_unit(user, "foo.service"));
	cr_assert(cgroup_path_in_unit(user, "user@1000.service"));
	cr_assert(cgroup_path_in_unit(user, "user-1000.slice"));
	cr_assert(!cgroup_path_in_unit("/", "foo.service"));
	/* systemd escapes names that look like a kernel's file. */
	cr_assert(cgroup_path_in_unit("/system.slice/_cpu.service", "cpu.service"));
	/* A container may run a systemd of its own. */
	cr_assert(cgroup_path_in_unit("/system.slice/docker-" ID ".scope", "docker-" ID ".scope"));
	cr_assert(!cgroup_path_in_unit("/lxc.payload.web/system.slice/nginx.service",
				       "nginx.service"));
	cr_assert(cgroup_path_in_unit("/machine.slice/machine-web.scope/payload/init.scope",
				      "machine-web.scope"));
	cr_assert(
		!cgroup_path_in_unit("/docker/" ID "/system.slice/nginx.service", "nginx.service"));
}

Test(cgroup_path, under)
{
	cr_assert(cgroup_path_under("/a/b", "/a"));
	cr_assert(cgroup_path_under("/a/b", "/a/"));
	cr_assert(cgroup_path_under("/a/b", "/a/b"));
	cr_assert(cgroup_path_under("/a/b", "/"));
	cr_assert(cgroup_path_under("/", "/"));
	cr_assert(!cgroup_path_under("/ab", "/a"));
	cr_assert(!cgroup_path_under("/a", "/a/b"));
}
