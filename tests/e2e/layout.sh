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
	sed -n 's/^captrace: layout: //p' "$1" | grep -v ': -1$'
}

# Everything that BTF tells, but for what isn't looked for here: another way to the current task, and
# the ways to cgroups of version 1 where version 2 counts.
same_offsets() {
	others='^(rq\.curr|cgroup\.root|cgroup_root|css_set\.(subsys|cgrp_links)|cgroup_subsys_state|cgrp_cset_link|dentry|inode)[.:]'
	v1=$(sed -n 's/.* - cgroup .*/v1/p' /proc/self/mountinfo | head -n 1)
	[ -z "$v1" ] || others='^rq\.curr:'
	offsets "$tmp/btf" | grep -Ev "$others" >"$tmp/want"
	offsets "$tmp/err" | grep -Ev "$others" >"$tmp/got"
	[ -s "$tmp/want" ] && cmp -s "$tmp/want" "$tmp/got" && return
	diff "$tmp/want" "$tmp/got" | sed -n 's/^[<>]/#   &/p'
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
trap 'show_btf; rm -rf "$tmp"' EXIT

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
