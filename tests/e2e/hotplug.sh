#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/hotplug.sh CAPTRACE WORKLOADS VARIANT...
#
# captrace sees checks on CPUs that come online, go offline and come back while it runs. As root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift 2
cpu=/sys/devices/system/cpu/cpu1/online

finish_now() {
	skip hotplug "$1"
	finish
}

# ask_on CPU: makes a check on that CPU.
ask_on() {
	taskset -c "$1" chroot / /bin/true
}

# seen N: whether at least N checks of chroot were seen so far.
seen() {
	[ "$(grep -c SYS_CHROOT "$tmp/out")" -ge "$1" ]
}

# ask_until_seen CPU: makes checks there until captrace, which needs a while to notice a new CPU,
# sees one; then it has to see each one.
ask_until_seen() {
	before=$(grep -c SYS_CHROOT "$tmp/out")
	tries=60
	until seen $((before + 1)); do
		[ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		ask_on "$1"
		usleep 100000 2>/dev/null || sleep 0.1
	done
	# From now on it has to see each one.
	before=$(grep -c SYS_CHROOT "$tmp/out")
	for _ in 1 2 3 4 5; do ask_on "$1"; done
	wait_until seen $((before + 5))
}

set_online() {
	echo "$1" >$cpu
}

[ -w $cpu ] || finish_now 'no CPU 1 that could go'
taskset -c 0 true || finish_now 'no taskset'
trap 'set_online 1; rm -rf "$tmp"' EXIT
for spec; do
	case $spec in
	ftrace:*) ;;
	*) continue ;;
	esac
	if ! works "$spec"; then
		skip "$spec" "$(tail -n 1 "$tmp/err")"
		continue
	fi
	set_online 0
	"$captrace" --backend="$spec" -o json >"$tmp/out" 2>"$tmp/err" &
	tracer=$!
	check "$spec: with a CPU away" ask_until_seen 0
	set_online 1
	check "$spec: a CPU that comes up" ask_until_seen 1
	check "$spec: the other one still" ask_until_seen 0
	set_online 0
	check "$spec: with that away again" ask_until_seen 0
	set_online 1
	check "$spec: a CPU that comes back" ask_until_seen 1
	kill -INT $tracer
	wait $tracer
	check "$spec: it ends well" equals $? 0
	check "$spec: it says that checks may be missing" grep -q 'a CPU came up' "$tmp/err"
	check "$spec: nothing else is wrong" equals "$(grep -vc 'a CPU came up\|left out\|timestamp is unknown' "$tmp/err")" 0
done
[ "$count" -gt 0 ] || pass 'no variant of ftrace'
finish
