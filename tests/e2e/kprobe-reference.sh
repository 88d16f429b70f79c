#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/kprobe-reference.sh OUT COMMAND [ARG]...
#
# A minimal tracer, to test the workload's expectations without captrace. It sets a probe on
# cap_capable in tracefs (or uses the tracepoint, where there are no kprobes) and writes the trace
# to OUT as JSON lines. They have tid, cap, verdict, nr (the system call's number, from the table of
# the task's ABI) and, with a kprobe, audit, insetid and comm. It does not see inlined callers. Runs
# in busybox.

set -u
out=$1
shift
die() {
	echo "kprobe-reference.sh: $*" >&2
	exit 3
}

tracefs=/sys/kernel/tracing
[ -e "$tracefs/trace" ] || mount -t tracefs nodev "$tracefs" 2>/dev/null || die 'no tracefs'
group=ct_hand_$$
dir=$tracefs/instances/$group
made=0

clean_up() {
	echo 0 >"$dir/events/enable"
	rmdir "$dir"
	if [ "$made" = 1 ]; then
		echo "-:$group/enter" >>"$tracefs/kprobe_events"
		echo "-:$group/leave" >>"$tracefs/kprobe_events"
	fi
}

define() {
	case $(uname -m) in
	x86_64) args='cap=%dx:s32 opts=%cx:u32' ;;
	i?86) args='cap=%cx:s32 opts=$stack1:u32' ;;
	aarch64) args='cap=%x2:s32 opts=%x3:u32' ;;
	riscv64) args='cap=%a2:s32 opts=%a3:u32' ;;
	arm*) args='cap=%r2:s32 opts=%r3:u32' ;;
	*) die "the argument registers of $(uname -m) are not known" ;;
	esac
	echo "p:$group/enter cap_capable $args comm=\$comm" >>"$tracefs/kprobe_events" ||
		die 'cannot define the probe'
	made=1
	# 64 instances, because a check may sleep, and several may be under way.
	echo "r64:$group/leave cap_capable ret=\$retval:s32" >>"$tracefs/kprobe_events" ||
		die 'cannot define the return probe'
}

mkdir "$dir" || die 'cannot create a trace instance'
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
if [ -e "$tracefs/kprobe_events" ]; then
	define
	echo 1 >"$dir/events/$group/enable"
elif [ -e "$dir/events/capability/cap_capable" ]; then
	echo 1 >"$dir/events/capability/cap_capable/enable"
else
	die 'this kernel has neither kprobes nor the tracepoint'
fi
echo 1 >"$dir/events/raw_syscalls/enable"
echo 16384 >"$dir/buffer_size_kb"
echo 1 >"$dir/options/event-fork"

sh -c 'echo $$ >"$0/set_event_pid"; exec "$@"' "$dir" "$@"
code=$?
echo 0 >"$dir/tracing_on"

# A line is "  comm-TID [CPU] FLAGS TIME: EVENT: ...". Names may contain anything, even line breaks.
awk '
	function text(s) {
		gsub(/[^ -~]|["\\]/, "?", s)
		return s
	}
	function show(tid, cap, ret, rest) {
		printf "{\"type\":\"normal\",\"tid\":%d,\"cap\":%d,\"verdict\":\"%s\",\"nr\":%s%s}\n", tid, cap,
			ret == 0 ? "Allow" : "Deny", tid in nr ? nr[tid] : "null", rest
	}
	function field(s, name) {
		if (!match(s, "[ (]" name "[= ]-?[0-9]+"))
			return ""
		s = substr(s, RSTART + 1, RLENGTH - 1)
		sub("^" name "[= ]", "", s)
		return s
	}
	!match($0, /-[0-9]+ +\[[0-9]+\] [^ ]+ +[0-9.]+: /) { next }
	{
		tid = substr($0, RSTART + 1) + 0
		event = substr($0, RSTART + RLENGTH)
	}
	event ~ /^sys_enter: / { split(event, w, " "); nr[tid] = w[3] }
	event ~ /^sys_exit: / { delete nr[tid] }
	event ~ /^cap_capable: / { show(tid, field(event, "cap"), field(event, "ret"), "") }
	event ~ /^enter: / {
		cap[tid] = field(event, "cap")
		opts = field(event, "opts") + 0
		comm = event
		sub(/.* comm="/, "", comm)
		sub(/"$/, "", comm)
		rest[tid] = sprintf(",\"audit\":%d,\"insetid\":%s,\"comm\":\"%s\"", opts % 4 < 2,
			opts % 8 >= 4 ? "true" : "false", text(comm))
	}
	event ~ /^leave: / && tid in cap {
		show(tid, cap[tid], field(event, "ret"), rest[tid])
		delete cap[tid]
	}
' "$dir/trace" >"$out"
lost=$(cat "$dir"/per_cpu/cpu*/stats | awk '/^overrun:|^dropped events:/ { n += $NF } END { print n + 0 }')
missed=0
[ "$made" = 0 ] || missed=$(awk -v g="$group" '$1 ~ g { n += $3 } END { print n + 0 }' "$tracefs/kprobe_profile")
[ "$((lost + missed))" = 0 ] ||
	echo "{\"type\":\"lost\",\"count\":$((lost + missed)),\"where\":\"tracefs\"}" >>"$out"
exit $code
