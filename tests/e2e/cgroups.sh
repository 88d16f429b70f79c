#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/cgroups.sh CAPTRACE WORKLOADS VARIANT...
#
# Tests cgroups of version 1, which this script sets up: a controller's hierarchy, systemd's (which
# has a name and no controller), and both at once. In a tree like Docker's and systemd's, checks
# whether captrace finds the owner of each check and tells start-up apart. Without BTF it can't tell
# start-up apart. Run as root, in a VM.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift 2
top=$tmp/cgroup id=$(printf 'c1%.0s' $(seq 32))

clean_up() {
	for dir in "$top/docker/$id" "$top/docker" "$top/system.slice/e2e.service" \
		"$top/system.slice/other.service" "$top/system.slice"; do
		rmdir "$dir" 2>/dev/null
	done
	umount "$top" "$tmp/other" 2>/dev/null
	mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
	rm -rf "$tmp"
}
trap clean_up EXIT

# hierarchy OPTIONS [OTHERS]: mounts one or two hierarchies and makes the cgroups.
hierarchy() {
	mkdir -p "$top" "$tmp/other"
	mount -t cgroup -o "$1" none "$top" 2>/dev/null || return 1
	[ -z "${2:-}" ] || mount -t cgroup -o "$2" none "$tmp/other" 2>/dev/null || return 1
	mkdir -p "$top/docker/$id" "$top/system.slice/e2e.service" "$top/system.slice/other.service"
}

# ask_in CGROUP: makes checks in that cgroup as systemd does, in a child that enters it, makes a
# check and executes a program. The program is given by its path, because busybox's shell doesn't
# execute its own applets.
# shellcheck disable=SC3045 # busybox and dash have it
ask_in() {
	(echo 0 >"$top$1/cgroup.procs" && ulimit -H -n "$(($(ulimit -H -n) + 1))" &&
		exec /bin/busybox chroot / /bin/true)
}

# trace OPTION...: traces checks in three cgroups, with the rows in $tmp/rows.
trace() {
	: >"$tmp/out"
	"$captrace" --backend="$spec" -o columns=comm,capname,startup,cgroup,unit "$@" \
		>"$tmp/out" 2>"$tmp/err" &
	# Without BTF the start takes longer.
	wait_until test -s "$tmp/out" || wait_until test -s "$tmp/out"
	for cgroup in "/docker/$id" /system.slice/e2e.service /system.slice/other.service; do
		ask_in "$cgroup"
	done
	# captrace has to see the last check.
	chroot / /bin/true
	sleep 0.3
	kill -INT $!
	wait $!
	sed 1d "$tmp/out" | tr -s ' ' | grep -E 'SYS_RESOURCE|SYS_CHROOT' >"$tmp/rows"
}

# rows_are CGROUP UNIT [BEGIN]: whether the rows are those of that cgroup, with start-up (BEGIN) or
# without.
rows_are() {
	{
		[ -z "${3:-}" ] || echo "sh SYS_RESOURCE $yes $1 $2"
		echo "busybox SYS_CHROOT $no $1 $2"
	} | diff - "$tmp/rows" >"$tmp/diff" && return
	sed -n 's/^[-+<>] *[a-z]/#   &/p' "$tmp/diff"
	return 1
}

# Start-up is left out where captrace can tell it apart.
targets() {
	yes='-' no='-' shown=start-up
	[ ! -e /sys/kernel/btf/vmlinux ] || yes='true' no='false' shown=''
	trace --cgroup "/docker/$id"
	check "$spec: $1: by the path of a cgroup" rows_are "/docker/$id" - begin
	trace -r docker
	check "$spec: $1: by the runtime, without start-up" \
		rows_are "/docker/$id" - $shown
	trace --unit e2e
	check "$spec: $1: a unit" rows_are /system.slice/e2e.service e2e.service $shown
	check "$spec: $1: no cgroup of captrace's own is left" \
		sh -c "! ls -d '$top'/captrace* '$tmp'/other/captrace* 2>/dev/null"
}

[ "$(uname -n)" = captrace-vm ] || { skip cgroups 'for VMs'; finish; }
# Version 2 releases its controllers once it has no cgroups.
umount /sys/fs/cgroup 2>/dev/null
# If both are mounted, systemd's hierarchy counts where systemd runs, and the controller's
# elsewhere.
both='none,name=systemd freezer'
# A hierarchy stays after it was unmounted. A named one is found behind two others at most, because
# a probe's argument can have 63 characters.
for options in pids none,name=systemd 'pids none,name=systemd' "$both" freezer; do
	[ "$options" != "$both" ] || mkdir -p /run/systemd/system
	# shellcheck disable=SC2086 # a list
	if ! hierarchy $options; then
		skip "$options" 'not in this kernel'
		umount "$top" 2>/dev/null
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
	umount "$tmp/other" 2>/dev/null
	rmdir /run/systemd/system 2>/dev/null
done
finish
