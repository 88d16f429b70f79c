#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/layout.sh CAPTRACE WORKLOADS VARIANT...
#
# What ftrace's variants find out about the kernel's structures at run time is what its BTF says;
# and where there is no BTF to be seen they find it all the same. As root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift 2

# offsets FILE: "cred.uid: 8" and so on, from what -vv says.
offsets() {
	sed -n 's/^captrace: layout: //p' "$1" | grep -v ': -1$'
}

# Everything that BTF tells; of rq.curr nothing is found, and only machines without a better way to
# the current task need it.
same_offsets() {
	offsets "$tmp/btf" | grep -v '^rq\.curr:' >"$tmp/want"
	offsets "$tmp/err" | grep -v '^rq\.curr:' >"$tmp/got"
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
	mount -t tmpfs -o size=4k none /sys/kernel/btf && hidden=yes
	check "$spec: BTF can be hidden" test -n "$hidden"
	ask "$spec"
	shows_checks
	show_btf
done
[ "$count" -gt 0 ] || pass 'no variant of ftrace'
finish
