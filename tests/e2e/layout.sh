#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/layout.sh CAPTRACE WORKLOADS VARIANT...
#
# What ftrace's variants find out about the kernel's structures at run time is what its BTF says;
# and where there is no BTF to be seen they find it all the same. As root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
workload=$2/workload
shift 2

# offsets FILE: "cred.uid: 8" and so on, from what -vv says.
offsets() {
	sed -n 's/^captrace: [0-9.]* [a-z/]*: layout: //p' "$1" | grep -v ': -1$'
}

# Everything that BTF tells; of rq.curr nothing is found, and only machines without a better way to
# the current task need it. Inodes are looked for where cgroups have nothing else, and the way to
# cgroups of version 1 where there are some, and version 2 isn't mounted.
# same_offsets [v1]
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
	# busybox's has another form.
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

# verdicts: of the workload's checks about user namespaces, in their order.
verdicts() {
	mkdir "$tmp/dir"
	"$captrace" --backend="$spec" -o json -- sh -c \
		"echo 10000 >$max_userns; exec '$workload' -w '$tmp/words' '$tmp/dir' userns creds" \
		>"$tmp/out" 2>"$tmp/err"
	rm -rf "$tmp/dir"
	sed -n 's/.*"comm":\("[^"]*"\).*"capName":\("[^"]*"\).*"verdict":\([^,]*\),.*/\1 \2 \3/p' "$tmp/out"
}

# Where user namespaces can be made only once captrace is there, it knows next to nothing of them,
# and cap_capable's returns tell what can't be computed.
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

# A controller's hierarchy and a named one, and ourselves in a cgroup of the first.
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
	# Nobody's own user namespaces are switched off.
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
