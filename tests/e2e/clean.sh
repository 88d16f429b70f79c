#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/clean.sh CAPTRACE WORKLOADS VARIANT...
#
# Whatever ends captrace, nothing of it stays: no process, BPF program, map or link, probe or trace
# instance; and what others have set up in tracefs is the same before, during and after. As root.

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

# All that captrace could leave behind.
snapshot() {
	"$workloads/workload" bpf-ids
	ls /sys/fs/bpf 2>/dev/null
	ls "$tracefs/instances"
	for file in kprobe_events uprobe_events dynamic_events synthetic_events set_event set_event_pid \
		tracing_on current_tracer buffer_size_kb trace_options \
		"instances/$other/set_event" "instances/$other/tracing_on" \
		"instances/$other/events/sched/sched_process_fork/filter"; do
		[ ! -e "$tracefs/$file" ] || sed "s,^,$file: ," "$tracefs/$file"
	done
	# What has an address only: probes that perf made for BPF too.
	cat /sys/kernel/debug/kprobes/list 2>/dev/null
}

# BPF objects are freed some time after their last user is gone.
as_before() {
	snapshot >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after"
}

# The kernel frees what was in use a while after its last user: until nothing changes any more.
settle() {
	snapshot >"$tmp/before"
	wait_until unchanged
}

unchanged() {
	usleep 300000 2>/dev/null || sleep 0.3
	snapshot >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" && return
	mv "$tmp/after" "$tmp/before"
	return 1
}

nothing_left() {
	wait_until as_before && return
	diff "$tmp/before" "$tmp/after" | sed -n 's/^[<>]/#   &/p' | head -n 10
	return 1
}

# Asks for ever; its pid and its child's are in files. If its parent is killed it goes on.
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

# ends_by WHAT: captrace has to end now; if it does not, it is killed. Sets code.
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
	check "$spec: SIG$1: it does not fail" test $code != 125 -a $code != 1 -a $code -lt 126 -o $code -gt 128
	check "$spec: SIG$1: no process stays" wait_until command_gone
	check "$spec: SIG$1: nothing stays" nothing_left
}

by_signal_without_command() {
	start
	wait_until ask_and_see
	kill -INT $tracer
	ends_by 'SIGINT without a command'
	check "$spec: SIGINT without a command: exit code 0" equals $code 0
	check "$spec: SIGINT without a command: nothing stays" nothing_left
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
	check "$spec: a closed pipe: no process stays" wait_until command_gone
	check "$spec: a closed pipe: nothing stays" nothing_left
}

by_limit() {
	start "$1" "$2" -- sh -c "$asker" "$tmp"
	ends_by "$1 $2"
	check "$spec: $1 $2: no process stays" wait_until command_gone
	check "$spec: $1 $2: nothing stays" nothing_left
}

# The shell itself asks for SYS_RESOURCE, because captrace does not end with it under --follow.
by_process_end() {
	sh -c 'while :; do ulimit -c 0; ulimit -H -c unlimited; /bin/true; done' 2>/dev/null &
	traced=$!
	start --pid $traced
	wait_until shows_cap SYS_RESOURCE
	kill $traced
	wait $traced
	ends_by "--pid: the process's end"
	check "$spec: --pid: exit code 0" equals $code 0
	check "$spec: --pid: it was shown" grep -q SYS_RESOURCE "$tmp/out"
	check "$spec: --pid: nothing stays" nothing_left
}

two_at_once() {
	"$captrace" --backend="$spec" -o json --timeout 30 >"$tmp/first" 2>"$tmp/first.err" &
	first=$!
	start -- sh -c 'for i in 1 2 3; do chroot / /bin/true; done'
	wait $tracer
	check "$spec: two at once: the second works" equals $? 0
	check "$spec: two at once: and sees all" equals "$(grep -c SYS_CHROOT "$tmp/out")" 3
	check "$spec: two at once: the first goes on" first_shows
	kill -INT $first
	wait $first
	check "$spec: two at once: nothing stays" nothing_left
}

both_end_at_once() {
	"$captrace" --backend="$spec" -o json --timeout 30 >"$tmp/first" 2>"$tmp/first.err" &
	first=$!
	start
	check "$spec: two end at once: both show" both_show
	kill -INT $first $tracer
	wait $first $tracer
	check "$spec: two end at once: nothing stays" nothing_left
}

both_show() {
	first_shows && wait_until ask_and_see
}

# From about 4.4 to 4.19 any open trace pipe holds all instances.
while_others_read() {
	exec 9<"$tracefs/instances/$other/per_cpu/cpu0/trace_pipe_raw"
	sleep 1000 &
	reader=$!
	exec 9<&-
	start -- true
	wait $tracer
	check "$spec: others read a trace pipe: it works" equals $? 0
	as_before || check "$spec: others read a trace pipe: what stays is told" \
		grep -q 'trace instances* could not be removed' "$tmp/err"
	kill $reader
	wait $reader 2>/dev/null
	start -- true
	wait $tracer
	check "$spec: others have read a trace pipe: the next start removes all" nothing_left
}

first_shows() {
	wait_until sh -c "chroot / /bin/true; grep -q SYS_CHROOT '$tmp/first'"
}

# Nothing can clean up then; the next start does.
by_kill() {
	start -- sh -c "$asker" "$tmp"
	wait_until shows
	kill -KILL $tracer
	wait $tracer 2>/dev/null
	kill -KILL "$(cat "$tmp/pid1")" "$(cat "$tmp/pid2")" 2>/dev/null
	start -- true
	wait $tracer
	check "$spec: after kill -9 and a new start nothing stays" nothing_left
}

# While it finds out about the kernel; not all of these are early enough on a fast machine.
by_kill_at_start() {
	for hundredths in 03 20 90; do
		start -- true
		usleep "${hundredths}0000" 2>/dev/null || sleep "0.$hundredths"
		kill -KILL $tracer 2>/dev/null
		wait $tracer 2>/dev/null
	done
	start -- true
	wait $tracer
	check "$spec: after kill -9 at its start and a new start nothing stays" nothing_left
}

# All is set up when it finds that there is nowhere to write to.
by_failed_start() {
	"$captrace" record --backend="$spec" -o /nonexistent/file -- true >"$tmp/out" 2>"$tmp/err"
	check "$spec: a start that fails: exit code 125" equals $? 125
	check "$spec: a start that fails: nothing stays" nothing_left
}

# Somebody else's probe, instance and filters.
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
	snapshot >"$tmp/during"
	# Its own are there, under names that say whose they are.
	grep -v -i -E 'captrace|^(program|map|link) |^[0-9a-f]{8,} ' "$tmp/during" >"$tmp/during.others"
	grep -v -E '^(program|map|link) |^[0-9a-f]{8,} ' "$tmp/before" >"$tmp/before.others"
	kill -TERM $tracer
	wait $tracer
	diff "$tmp/before.others" "$tmp/during.others" | sed -n 's/^[<>]/#   &/p' | head -n 10
	check "$spec: while it runs, others' settings are theirs" \
		cmp -s "$tmp/before.others" "$tmp/during.others"
}

others_set_up
trap 'others_take_down; rm -rf "$tmp"' EXIT
for spec; do
	settle
	if ! works "$spec"; then
		cp "$tmp/err" "$tmp/why"
		check "$spec: refused, and nothing stays" nothing_left
		skip "$spec" "$(tail -n 1 "$tmp/why")"
		continue
	fi
	check "$spec: a command's end: nothing stays" nothing_left
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
	check "$spec: at the end: nothing stays" nothing_left
done
finish
