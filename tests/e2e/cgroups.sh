#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/cgroups.sh CAPTRACE WORKLOADS VARIANT...
#
# Cgroups of version 1, set up here by hand: a controller's hierarchy, and
# systemd's, which has a name and no controller. Whose a check is, and what comes before the program
# that a cgroup is for, in a tree as Docker's and systemd's are. As root, in a VM.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift 2
top=$tmp/cgroup id=$(printf 'c1%.0s' $(seq 32))

clean_up() {
	for dir in "$top/docker/$id" "$top/docker" "$top/system.slice/e2e.service" \
		"$top/system.slice/other.service" "$top/system.slice"; do
		rmdir "$dir" 2>/dev/null
	done
	umount "$top" 2>/dev/null
	mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
	rm -rf "$tmp"
}
trap clean_up EXIT

# hierarchy OPTIONS
hierarchy() {
	mkdir -p "$top"
	mount -t cgroup -o "$1" none "$top" 2>/dev/null || return 1
	mkdir -p "$top/docker/$id" "$top/system.slice/e2e.service" "$top/system.slice/other.service"
}

# ask_in CGROUP: as systemd does it, in a child that goes there by itself, asks, and executes. By a
# path: busybox's shell doesn't execute what it knows by name.
# shellcheck disable=SC3045 # busybox and dash have it
ask_in() {
	(echo 0 >"$top$1/cgroup.procs" && ulimit -H -n "$(($(ulimit -H -n) + 1))" &&
		exec /bin/busybox chroot / /bin/true)
}

# trace OPTION...: of what is asked in three cgroups, in $tmp/rows.
trace() {
	: >"$tmp/out"
	"$captrace" --backend="$spec" -o columns=comm,capname,startup,cgroup "$@" \
		>"$tmp/out" 2>"$tmp/err" &
	wait_until test -s "$tmp/out"
	for cgroup in "/docker/$id" /system.slice/e2e.service /system.slice/other.service; do
		ask_in "$cgroup"
	done
	# Both have to have seen the last of it.
	chroot / /bin/true
	sleep 0.3
	kill -INT $!
	wait $!
	sed 1d "$tmp/out" | tr -s ' ' | grep -E 'SYS_RESOURCE|SYS_CHROOT' >"$tmp/rows"
}

# rows_are ROW...
rows_are() {
	printf '%s\n' "$@" | diff - "$tmp/rows" >"$tmp/diff" && return
	sed -n 's/^[<>]/#   &/p' "$tmp/diff"
	return 1
}

targets() {
	trace --cgroup "/docker/$id"
	check "$spec: $1: by the path of a cgroup" rows_are \
		"sh SYS_RESOURCE true /docker/$id" "busybox SYS_CHROOT false /docker/$id"
	trace -r docker
	check "$spec: $1: by the runtime, without what comes before the program" \
		rows_are "busybox SYS_CHROOT false /docker/$id"
	trace --unit e2e
	check "$spec: $1: a unit" rows_are \
		'busybox SYS_CHROOT false /system.slice/e2e.service'
}

[ "$(uname -n)" = captrace-vm ] || { skip cgroups 'for VMs'; finish; }
# Version 2 gives its controllers back once it has no cgroups.
umount /sys/fs/cgroup 2>/dev/null
for options in pids none,name=systemd; do
	if ! hierarchy "$options"; then
		skip "$options" 'not in this kernel'
		continue
	fi
	for spec; do
		if [ "$spec" = bpf:nobtf ]; then
			skip "$spec: $options" 'it has no way to cgroups of version 1'
		elif works "$spec"; then
			targets "$options"
		else
			skip "$spec: $options" "$(tail -n 1 "$tmp/err")"
		fi
	done
	rmdir "$top/docker/$id" "$top"/*/*.service "$top/docker" "$top/system.slice"
	umount "$top"
done
finish
