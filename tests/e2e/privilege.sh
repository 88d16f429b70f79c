#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/privilege.sh CAPTRACE WORKLOADS VARIANT...
#
# Tests captrace with restricted privileges and on restricted machines: it drops capabilities it no longer
# needs; it works with two capabilities, without a mounted tracefs, with hidden symbols and with perf
# events restricted to administrators, or says why not; doctor says so beforehand. Run as root. In a
# guest (E2E_GUEST) it also tests lockdown, which only a reboot ends.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
withcaps=$2/withcaps
shift 2
chmod 755 "$tmp"
cp "$captrace" "$tmp/captrace" # where the user nobody can execute it
captrace=$tmp/captrace

BIT_SYS_MODULE=65536
BIT_SYS_ADMIN=2097152

# Whether captrace with these options shows a check of a command.
traces() {
	"$@" -o json -- chroot / true >"$tmp/out" 2>"$tmp/err"
	grep -q '"capName": *"SYS_CHROOT"' "$tmp/out"
}

# works_or_says PATTERN COMMAND...: it traces, or refuses in one line that matches PATTERN.
works_or_says() {
	pattern=$1
	shift
	traces "$@" && return
	[ "$(grep -c . "$tmp/err")" = 1 ] && grep -qE "$pattern" "$tmp/err" && [ ! -s "$tmp/out" ]
}

nothing_left() {
	for dir in /sys/kernel/tracing /sys/kernel/debug/tracing; do
		[ -d "$dir/events" ] || continue
		! cat "$dir/kprobe_events" "$dir/dynamic_events" 2>/dev/null | grep -q captrace_ || return 1
		[ -z "$(find "$dir/instances" -mindepth 1 -maxdepth 1 -name 'captrace*')" ] || return 1
	done
}

# effective PID: the lower half of the effective set of a running process, as a number.
effective() {
	caps=$(sed -n 's/^CapEff:[^0-9a-f]*[0-9a-f]\{8\}//p' "/proc/$1/status")
	echo $((0x$caps))
}

drops() {
	"$captrace" --backend="$1" -o json >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	tries=200
	until grep -q SYS_CHROOT "$tmp/out" || [ "$tries" = 0 ]; do
		chroot / true
		tries=$((tries - 1))
		usleep 50000 2>/dev/null || sleep 0.05
	done
	have=$(effective "$pid")
	kill -INT "$pid"
	wait "$pid"
	[ "$tries" != 0 ] && [ $((have & BIT_SYS_MODULE)) = 0 ] || return 1
	# captrace keeps SYS_ADMIN before 5.8, and at levels above 2, which Debian adds: it opens
	# perf events later on for CPUs that come up.
	level=$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null || echo 0)
	[ -z "$new_caps" ] || [ "$level" -gt 2 ] || [ $((have & BIT_SYS_ADMIN)) = 0 ]
}

# Runs a command in a mount namespace without tracefs and debugfs.
without_tracefs() {
	unshare -m sh -c 'for m in /sys/kernel/debug/tracing /sys/kernel/tracing /sys/kernel/debug; do
			umount -l $m; done 2>/dev/null
		! [ -e /sys/kernel/tracing/events ] && exec "$@"' - "$@"
}

# Before 5.11 BPF memory counts against RLIMIT_MEMLOCK.
unlimited() {
	# shellcheck disable=SC3045 # dash and busybox have it
	(ulimit -l unlimited && exec "$@")
}

setting() {
	old=$(cat "$1") && echo "$2" >"$1"
}

# CAP_PERFMON and CAP_BPF exist since 5.8.
new_caps=''
[ "$(cat /proc/sys/kernel/cap_last_cap)" -lt 39 ] || new_caps=1

"$captrace" doctor -o json >"$tmp/out" 2>"$tmp/err"
code=$?
check 'doctor: ends with 0 or 3, as it says' \
	equals "$code:$(grep -c '"works":true,"advice"' "$tmp/out")" "$([ $code = 0 ] && echo 0:1 || echo 3:0)"
check 'doctor: leaves nothing behind' nothing_left
"$captrace" doctor >"$tmp/out" 2>"$tmp/err"
check 'doctor: names the best variant or none' grep -q '^Best ' "$tmp/out"

for v; do
	if ! works "$v"; then
		skip "$v: privileges" "$(cat "$tmp/err")"
		continue
	fi
	check "$v: drops what it no longer needs" drops "$v"
	paranoid=/proc/sys/kernel/perf_event_paranoid
	if [ -e $paranoid ] && setting $paranoid 3; then
		check "$v: with perf_event_paranoid 3" traces "$captrace" --backend="$v"
		echo "$old" >$paranoid
	fi
	if setting /proc/sys/kernel/kptr_restrict 2; then
		check "$v: with kptr_restrict 2" works_or_says 'hides addresses|kptr_restrict' \
			"$captrace" --backend="$v"
		echo "$old" >/proc/sys/kernel/kptr_restrict
	fi
	case $v in
	bpf:*)
		[ -n "$new_caps" ] || continue
		check "$v: nobody with CAP_BPF and CAP_PERFMON" \
			works_or_says 'perf_event_paranoid=2|ulimit -l|tracefs' \
			"$withcaps" 65534 38,39 "$captrace" --backend="$v"
		[ -e $paranoid ] || continue
		setting $paranoid 2 || continue
		# Without BTF, discovery needs tracefs, which the user nobody cannot access.
		expected=traces
		[ "$v" != bpf:nobtf ] || expected='works_or_says tracefs'
		# shellcheck disable=SC2086
		check "$v: nobody with CAP_BPF and CAP_PERFMON, and perf_event_paranoid 2" \
			$expected unlimited "$withcaps" 65534 38,39 "$captrace" --backend="$v"
		echo "$old" >$paranoid
		;;
	ftrace:*)
		check "$v: without a mounted tracefs" \
			traces without_tracefs "$captrace" --backend="$v"
		;;
	esac
	check "$v: nobody without capabilities is told what is needed" \
		works_or_says 'CAP_|root' "$withcaps" 65534 - "$captrace" --backend="$v"
done
check 'nothing is left' nothing_left

lockdown=/sys/kernel/security/lockdown
if [ -n "${E2E_GUEST:-}" ] && [ -w $lockdown ]; then
	for level in integrity confidentiality; do
		echo $level >$lockdown 2>/dev/null || continue
		check "lockdown=$level: it works, or says why not" \
			works_or_says 'lockdown|not permitted|EPERM|privilege' "$captrace"
	done
fi
finish
