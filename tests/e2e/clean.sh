#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/clean.sh CAPTRACE WORKLOADS VARIANT...
#
# Whatever ends captrace, it leaves nothing behind: no process, BPF program or map, probe or trace
# instance; and others' settings in tracefs are the same before, during and after. Needs root. Only
# captrace's own objects count, whatever else the machine does meanwhile: with E2E_BUSY=1 this
# script runs a process that keeps creating BPF programs, mounts, cgroups, instances and probes.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
workloads=$2
shift 2
tracefs=/sys/kernel/tracing
[ -e "$tracefs/trace" ] || mount -t tracefs nodev "$tracefs" 2>/dev/null
# Before 4.1 it is part of debugfs.
[ -e "$tracefs/trace" ] || tracefs=/sys/kernel/debug/tracing
[ -e "$tracefs/trace" ] || mount -t debugfs nodev /sys/kernel/debug 2>/dev/null
other=ct_other_$$

# Our processes have this in their environment, which tells another captrace on this machine apart.
export E2E_OWNER=$$

# ours PID: succeeds if this script started the process.
ours() {
	tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | grep -q -x "E2E_OWNER=$$"
}

# another_holds program|map ID: succeeds if a process that is not ours has it open.
another_holds() {
	case $1 in
	program) key=prog_id ;;
	*) key=map_id ;;
	esac
	# shellcheck disable=SC2013 # names without spaces
	for file in $(grep -l "^$key:[^0-9]*$2\$" /proc/[0-9]*/fdinfo/* 2>/dev/null); do
		holder=${file#/proc/}
		ours "${holder%%/*}" || return 0
	done
	return 1
}

# Prints the BPF objects that are new, have a name and type of captrace's, and are not held by
# another process. A link or an attached probe that is left holds its program, so it shows, too.
bpf_left() {
	"$workloads/workload" bpf-ids | awk '
		FILENAME == ARGV[1] { before[$1, $2]; next }
		FILENAME == ARGV[2] { ours[$0]; next }
		!(($1, $2) in before) && (("all" in ours) || ($1 " " $3 " " $4) in ours)
	' "$tmp/before" "$tmp/kinds" - | while read -r what id rest; do
		another_holds "$what" "$id" || echo "$what $id $rest"
	done
}

# owner NAME: prints the pid that NAME of a probe or instance has in base 36, its captrace's.
owner() {
	echo "$1" | sed 's/.*captrace_//' | awk '{
		for (i = 1; i <= 5; i++)
			pid = pid * 36 + index("0123456789abcdefghijklmnopqrstuvwxyz", substr($0, i, 1)) - 1
		print pid
	}'
}

# Prints the instances and probes with captrace's prefix, except those of another running captrace.
tracefs_left() {
	{
		ls "$tracefs/instances"
		cat "$tracefs/kprobe_events" "$tracefs/uprobe_events" "$tracefs/dynamic_events" \
			"$tracefs/synthetic_events" "$tracefs/set_event" 2>/dev/null
	} | grep -i captrace | while read -r name; do
		pid=$(owner "$name")
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = captrace ] && ! ours "$pid" || echo "$name"
	done
}

left() {
	bpf_left
	tracefs_left
}

none_left() {
	left >"$tmp/left"
	[ ! -s "$tmp/left" ]
}

# Waits, because the kernel frees BPF objects some time after their last user is gone.
nothing_left() {
	wait_until none_left && return
	sed 's/^/#   /' "$tmp/left" | head -n 10
	return 1
}

# learn PID: adds the names and types of this captrace's BPF objects to $tmp/kinds. Before 5.0
# fdinfo does not show which objects these are, so then all new objects count.
learn() {
	awk '/^prog_id:/ { print "program", $2 } /^map_id:/ { print "map", $2 }' "/proc/$1"/fdinfo/* \
		>"$tmp/held" 2>/dev/null
	"$workloads/workload" bpf-ids | awk '
		FILENAME == ARGV[1] { held[$1, $2]; next }
		($1, $2) in held { print $1, $3, $4 }
	' "$tmp/held" - | sort -u >>"$tmp/kinds"
	case $spec in
	bpf:*) grep -q ^program "$tmp/kinds" || echo all >"$tmp/kinds" ;;
	esac
}

# Prints settings of others and global settings.
settings() {
	for file in set_event_pid tracing_on current_tracer buffer_size_kb trace_options \
		"instances/$other/set_event" "instances/$other/tracing_on" \
		"instances/$other/events/sched/sched_process_fork/filter"; do
		[ ! -e "$tracefs/$file" ] || sed "s,^,$file: ," "$tracefs/$file"
	done
	grep -h "$other" "$tracefs/kprobe_events" "$tracefs/dynamic_events" 2>/dev/null
}

settings_as_before() {
	settings >"$tmp/after"
	cmp -s "$tmp/before.settings" "$tmp/after" && return
	diff "$tmp/before.settings" "$tmp/after" | sed -n 's/^[<>]/#   &/p' | head -n 10
	return 1
}

# A command that makes checks until it is killed; it also goes on after its parent is killed. It
# writes its pid and its child's to files.
asker='echo $$ >"$0/pid1"; (while :; do chroot / /bin/true; done) & echo $! >"$0/pid2"; wait'

start() {
	: >"$tmp/out"
	rm -f "$tmp/pid1" "$tmp/pid2"
	"$captrace" --backend="$spec" -o json "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	tracer=$!
}

shows() {
	shows_cap SYS_CHROOT
}

shows_cap() {
	grep -q "$1" "$tmp/out" || gone "$tracer"
}

# ends_by WHAT: checks that captrace ends because of WHAT; kills it if it does not. Sets code.
ends_by() {
	check "$spec: $1 ends it" wait_until gone $tracer
	gone $tracer || kill -KILL $tracer
	wait $tracer
	code=$?
}

command_gone() {
	gone "$(cat "$tmp/pid1")" && gone "$(cat "$tmp/pid2")"
}

by_signal() {
	start -- sh -c "$asker" "$tmp"
	wait_until shows
	kill -"$1" $tracer
	ends_by "SIG$1"
	check "$spec: SIG$1: the exit code is no error of captrace's" test $code != 125 -a $code != 1 -a $code -lt 126 -o $code -gt 128
	check "$spec: SIG$1: no process is left" wait_until command_gone
	check "$spec: SIG$1: nothing is left" nothing_left
}

by_signal_without_command() {
	start
	wait_until ask_and_see
	kill -INT $tracer
	ends_by 'SIGINT without a command'
	check "$spec: SIGINT without a command: exit code 0" equals $code 0
	check "$spec: SIGINT without a command: nothing is left" nothing_left
}

ask_and_see() {
	chroot / /bin/true
	shows
}

by_closed_pipe() {
	rm -f "$tmp/pid1" "$tmp/pid2"
	# shellcheck disable=SC2216
	{
		"$captrace" --backend="$spec" -o json -- sh -c "$asker" "$tmp" 2>"$tmp/err"
		echo $? >"$tmp/code"
	} | head -n 1 >"$tmp/out"
	check "$spec: | head -1 shows one event" equals "$(wc -l <"$tmp/out")" 1
	check "$spec: a closed pipe: no process is left" wait_until command_gone
	check "$spec: a closed pipe: nothing is left" nothing_left
}

by_limit() {
	start "$1" "$2" -- sh -c "$asker" "$tmp"
	ends_by "$1 $2"
	check "$spec: $1 $2: no process is left" wait_until command_gone
	check "$spec: $1 $2: nothing is left" nothing_left
}

# captrace without --follow traces only the shell itself, so the shell itself has to make checks (of
# SYS_RESOURCE).
by_process_end() {
	sh -c 'while :; do ulimit -c 0; ulimit -H -c unlimited; /bin/true; done' 2>/dev/null &
	traced=$!
	start --pid $traced
	wait_until shows_cap SYS_RESOURCE
	kill $traced
	wait $traced
	ends_by "--pid: the process's end"
	check "$spec: --pid: exit code 0" equals $code 0
	check "$spec: --pid: the process's checks were shown" grep -q SYS_RESOURCE "$tmp/out"
	check "$spec: --pid: nothing is left" nothing_left
}

two_at_once() {
	"$captrace" --backend="$spec" -o json --timeout 30 >"$tmp/first" 2>"$tmp/first.err" &
	first=$!
	start -- sh -c 'for i in 1 2 3; do chroot / /bin/true; done'
	wait $tracer
	check "$spec: two at once: the second works" equals $? 0
	check "$spec: two at once: the second shows all checks" equals "$(grep -c SYS_CHROOT "$tmp/out")" 3
	check "$spec: two at once: the first goes on" first_shows
	kill -INT $first
	wait $first
	check "$spec: two at once: nothing is left" nothing_left
}

both_end_at_once() {
	"$captrace" --backend="$spec" -o json --timeout 30 >"$tmp/first" 2>"$tmp/first.err" &
	first=$!
	start
	check "$spec: two end at once: both show" both_show
	kill -INT $first $tracer
	wait $first $tracer
	check "$spec: two end at once: nothing is left" nothing_left
}

both_show() {
	first_shows && wait_until ask_and_see
}

# From about 4.4 to 4.19 no instance can be removed while any trace pipe is open.
while_others_read() {
	exec 9<"$tracefs/instances/$other/per_cpu/cpu0/trace_pipe_raw"
	sleep 1000 &
	reader=$!
	exec 9<&-
	start -- true
	wait $tracer
	check "$spec: others read a trace pipe: captrace works" equals $? 0
	none_left || check "$spec: others read a trace pipe: captrace reports what it leaves" \
		grep -q 'trace instances* could not be removed' "$tmp/err"
	kill $reader
	wait $reader 2>/dev/null
	start -- true
	wait $tracer
	check "$spec: others no longer read a trace pipe: the next start removes all" nothing_left
}

first_shows() {
	wait_until sh -c "chroot / /bin/true; grep -q SYS_CHROOT '$tmp/first'"
}

# captrace can't clean up after SIGKILL; the next start does.
by_kill() {
	start -- sh -c "$asker" "$tmp"
	wait_until shows
	kill -KILL $tracer
	wait $tracer 2>/dev/null
	kill -KILL "$(cat "$tmp/pid1")" "$(cat "$tmp/pid2")" 2>/dev/null
	start -- true
	wait $tracer
	check "$spec: after kill -9 and a new start nothing is left" nothing_left
}

# Kills captrace while it still examines the kernel; some of these times may be too late for that.
by_kill_at_start() {
	for hundredths in 03 20 90; do
		start -- true
		usleep "${hundredths}0000" 2>/dev/null || sleep "0.$hundredths"
		kill -KILL $tracer 2>/dev/null
		wait $tracer 2>/dev/null
	done
	start -- true
	wait $tracer
	check "$spec: after kill -9 at its start and a new start nothing is left" nothing_left
}

# captrace has set up everything before it finds that it can't open its output.
by_failed_start() {
	"$captrace" record --backend="$spec" -o /nonexistent/file -- true >"$tmp/out" 2>"$tmp/err"
	check "$spec: a start that fails: exit code 125" equals $? 125
	check "$spec: a start that fails: nothing is left" nothing_left
}

# Creates another user's probe, instance and filters.
others_set_up() {
	[ ! -e "$tracefs/kprobe_events" ] ||
		echo "p:$other/probe cap_capable" >>"$tracefs/kprobe_events"
	mkdir "$tracefs/instances/$other"
	echo 'child_comm == "x"' >"$tracefs/instances/$other/events/sched/sched_process_fork/filter"
	echo 1 >"$tracefs/instances/$other/events/sched/sched_process_fork/enable"
	[ ! -e "$tracefs/instances/$other/events/$other/probe" ] ||
		echo 1 >"$tracefs/instances/$other/events/$other/probe/enable"
}

others_take_down() {
	echo 0 >"$tracefs/instances/$other/events/enable"
	rmdir "$tracefs/instances/$other"
	[ ! -e "$tracefs/kprobe_events" ] || echo "-:$other/probe" >>"$tracefs/kprobe_events"
}

undisturbed() {
	start -- sh -c "$asker" "$tmp"
	wait_until shows
	check "$spec: while it runs, others' settings are unchanged" settings_as_before
	kill -TERM $tracer
	wait $tracer
	check "$spec: after its end, others' settings are unchanged" settings_as_before
}

# Tests the functions above: they have to detect captrace's objects while it runs, and leftovers.
leftovers_are_seen() {
	start -- sh -c "$asker" "$tmp"
	wait_until shows
	check "$spec: its objects are detected while it runs" sees_own
	kill -TERM $tracer
	wait $tracer
	dead=captrace_00000000000000000000
	mkdir "$tracefs/instances/$dead"
	check "$spec: a left instance is detected" seen_in_left "$dead"
	rmdir "$tracefs/instances/$dead"
	program=$(awk '$1 == "program" && $2 != "-" { print $2; exit }' "$tmp/kinds")
	[ -n "$program" ] || return
	echo "program $program 1" >>"$tmp/kinds"
	mount -t bpf none "$tmp/bpf"
	check "$spec: a left program is detected" pinned_is_seen "$program"
	rm -f "$tmp/bpf/pin"
	umount "$tmp/bpf"
	check "$spec: and no longer after its removal" nothing_left
}

# Without event probes ftrace:tracepoint has only perf events, which have no names and end with it.
sees_own() {
	! none_left || { [ "$spec" = ftrace:tracepoint ] && ! grep -qs '^e' "$tracefs/dynamic_events"; }
}

seen_in_left() {
	left | grep -q "$1"
}

pinned_is_seen() {
	"$workloads/workload" bpf-load "$1" "$tmp/bpf/pin" && seen_in_left "^program [0-9]* $1 "
}

# Creates and removes objects whose names are not captrace's.
be_busy() {
	mkdir -p "$tmp/busy"
	while :; do
		"$workloads/workload" bpf-load busy
		mount -t tmpfs busy "$tmp/busy" && umount "$tmp/busy"
		for dir in /sys/fs/cgroup/ct_busy "$tracefs/instances/ct_busy"; do
			mkdir "$dir" && rmdir "$dir"
		done
		echo 'p:ct_busy/probe vfs_read' >>"$tracefs/kprobe_events" &&
			echo '-:ct_busy/probe' >>"$tracefs/kprobe_events"
		usleep 100000 || sleep 0.1
	done 2>/dev/null
}

stop_busy() {
	[ -n "$busy" ] || return
	kill "$busy"
	wait "$busy"
	umount "$tmp/busy"
	rmdir /sys/fs/cgroup/ct_busy "$tracefs/instances/ct_busy"
	echo '-:ct_busy/probe' >>"$tracefs/kprobe_events"
} 2>/dev/null

others_set_up
busy=''
: >"$tmp/kinds"
mkdir "$tmp/bpf"
if [ -n "${E2E_BUSY:-}" ]; then
	E2E_OWNER='' be_busy &
	busy=$!
fi
trap 'stop_busy; others_take_down; rm -rf "$tmp"' EXIT
settings >"$tmp/before.settings"
for spec; do
	"$workloads/workload" bpf-ids >"$tmp/before"
	if ! works "$spec"; then
		cp "$tmp/err" "$tmp/why"
		check "$spec: refused, and nothing is left" nothing_left
		skip "$spec" "$(tail -n 1 "$tmp/why")"
		continue
	fi
	start -- sh -c "$asker" "$tmp"
	wait_until shows
	learn $tracer
	kill -TERM $tracer
	wait $tracer
	check "$spec: a command's end: nothing is left" nothing_left
	by_signal INT
	by_signal TERM
	by_signal HUP
	by_signal_without_command
	by_closed_pipe
	by_limit --max-events 1
	by_limit --timeout 0.5
	by_process_end
	by_failed_start
	two_at_once
	by_kill
	case $spec in
	ftrace:*)
		both_end_at_once
		while_others_read
		by_kill_at_start
		;;
	esac
	undisturbed
	leftovers_are_seen
	check "$spec: at the end: nothing is left" nothing_left
done
finish
