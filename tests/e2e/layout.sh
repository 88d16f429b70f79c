#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/layout.sh CAPTRACE WORKLOADS VARIANT...
#
# The layout that ftrace's variants discover at run time is equal to that of the kernel's BTF, and
# without BTF they discover a layout, too. As root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
workload=$2/workload
shift 2

# offsets FILE: prints lines such as "cred.uid: 8" from the output of -vv.
offsets() {
	sed -n 's/^captrace: [0-9.]* [a-z/]*: layout: //p' "$1" | grep -v ': -1$'
}

# same_offsets [v1]: whether discovery found all members that BTF has. It never finds rq.curr, which
# only machines without another path to the current task need. It looks for inodes only if cgroups
# have no other id, and for cgroups of version 1 (then version 2 is not mounted) only with "v1".
same_offsets() {
	needless='^rq\.curr:|^dentry\.d_inode:|^inode\.i_ino:'
	if [ -n "${1:-}" ]; then
		needless="$needless|^css_set\.dfl_cgrp:"
	else
		needless="$needless|^cgroup\.root:|^cgroup_root\.|^css_set\.(subsys|cgrp_links):"
		needless="$needless|^cgroup_subsys_state\.|^cgrp_cset_link\."
	fi
	offsets "$tmp/btf" | grep -vE "$needless" >"$tmp/want"
	offsets "$tmp/err" | grep -vE "$needless" >"$tmp/got"
	[ -s "$tmp/want" ] && cmp -s "$tmp/want" "$tmp/got" && return
	# The diff of busybox has another format.
	diff "$tmp/want" "$tmp/got" | sed -n 's/^[-+<>] *[a-z]/#   &/p'
	return 1
}

ask() {
	"$captrace" -vv --backend="$1" -o json -- chroot / /bin/true >"$tmp/out" 2>"$tmp/err"
}

shows_checks() {
	check "$spec: without BTF the layout is found" grep -q 'layout discovered' "$tmp/err"
	check "$spec: without BTF it shows checks" row "$tmp/out" capName='"SYS_CHROOT"' \
		syscall='"chroot"' uid=0 verdict='"Allow"'
}

# verdicts: prints the verdicts of the workload's checks in user namespaces, in their order.
verdicts() {
	mkdir "$tmp/dir"
	"$captrace" --backend="$spec" -o json -- sh -c \
		"echo 10000 >$max_userns; exec '$workload' -w '$tmp/words' '$tmp/dir' userns creds" \
		>"$tmp/out" 2>"$tmp/err"
	rm -rf "$tmp/dir"
	sed -n 's/.*"comm":\("[^"]*"\).*"capName":\("[^"]*"\).*"verdict":\([^,]*\),.*/\1 \2 \3/p' "$tmp/out"
}

# If user namespaces can be created only after captrace has started, discovery finds little about
# them. Then verdicts that can't be computed come from the returns of cap_capable.
max_userns=/proc/sys/user/max_user_namespaces
same_verdicts() {
	verdicts >"$tmp/want"
	echo 0 >"$max_userns"
	CAPTRACE_LAYOUT=discover verdicts >"$tmp/got"
	echo 10000 >"$max_userns"
	[ "$(wc -l <"$tmp/want")" -gt 10 ] && grep -q '"Deny"' "$tmp/want" || return
	diff "$tmp/want" "$tmp/got" >"$tmp/diff" && return
	sed -n 's/^[<>]/#   &/p' "$tmp/diff"
	return 1
}

hidden=''
show_btf() {
	[ -z "$hidden" ] || umount /sys/kernel/btf
	hidden=''
}
trap 'no_version_1; show_btf; rm -rf "$tmp"' EXIT

# Mounts a controller's hierarchy and a named one, and moves this shell to a cgroup of the first.
version_1() {
	[ "$(uname -n)" = captrace-vm ] || return 1
	umount /sys/fs/cgroup 2>/dev/null
	mkdir -p "$tmp/pids" "$tmp/named"
	mount -t cgroup -o pids none "$tmp/pids" 2>/dev/null &&
		mount -t cgroup -o none,name=systemd none "$tmp/named" 2>/dev/null &&
		mkdir -p "$tmp/pids/e2e" && echo $$ >"$tmp/pids/e2e/cgroup.procs"
}

no_version_1() {
	[ ! -d "$tmp/pids/e2e" ] || echo $$ >"$tmp/pids/cgroup.procs"
	rmdir "$tmp/pids/e2e" 2>/dev/null
	umount "$tmp/pids" "$tmp/named" 2>/dev/null
	[ "$(uname -n)" != captrace-vm ] || mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
}

in_version_1() {
	if ! version_1; then
		skip "$spec: cgroups of version 1" 'not here'
	elif CAPTRACE_LAYOUT=discover ask "$spec"; then
		check "$spec: the way to cgroups of version 1 is what BTF says" same_offsets v1
		check "$spec: it leads to the cgroup" row "$tmp/out" capName='"SYS_CHROOT"' \
			cgroup='"/e2e"'
		check "$spec: no cgroup is left" \
			sh -c "! ls -d '$tmp'/*/captrace* '$tmp'/*/*/captrace* 2>/dev/null"
	else
		fail "$spec: with cgroups of version 1"
	fi
	no_version_1
}

for spec; do
	case $spec in
	ftrace:*) ;;
	*) continue ;;
	esac
	if ! works "$spec"; then
		skip "$spec" "$(tail -n 1 "$tmp/err")"
		continue
	fi
	ask "$spec"
	cp "$tmp/err" "$tmp/btf"
	if ! grep -q ': layout ' "$tmp/btf"; then
		skip "$spec: layout" 'no need of a layout'
		continue
	fi
	if ! grep -q 'layout from the kernel' "$tmp/btf"; then
		shows_checks
		continue
	fi
	CAPTRACE_LAYOUT=discover ask "$spec"
	check "$spec: the layout is found" grep -q 'layout discovered at run time' "$tmp/err"
	check "$spec: what is found is what BTF says" same_offsets
	in_version_1
	# Only in a test VM, since this disables user namespaces for the whole machine.
	if [ "$(uname -n)" = captrace-vm ]; then
		check "$spec: verdicts about namespaces of which nothing is known" same_verdicts
	fi
	mount -t tmpfs -o size=4k none /sys/kernel/btf && hidden=yes
	check "$spec: BTF can be hidden" test -n "$hidden"
	ask "$spec"
	shows_checks
	show_btf
done
[ "$count" -gt 0 ] || pass 'no variant of ftrace'
finish
