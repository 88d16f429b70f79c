#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/guest.sh OUT CAPTRACE WORKLOADS VARIANT...
#
# Runs the workload under each variant in several ways. For tests/e2e/compare it leaves in
# OUT/VARIANT/, for each run:
#   RUN.json      captrace's output            RUN.err  its standard error
#   RUN.expected  the workload's expectations  RUN.rc   captrace's exit code
#   RUN.how       how to compare: "MODE PASS". MODE is all or audited, PASS a jq condition, or `tids`
#                 if captrace traced others than the workload, too
# and the output of the scripts (show.sh, ...) in OUT/NAME.tap. It runs in a VM's busybox and
# natively, as root. WORKLOADS is the folder with workload and, if there is one, workload32.
#
# Environment: E2E_RUNS and E2E_SCRIPTS are the runs and scripts to do; E2E_STORM is the number of
# processes of the storm (unset: no storm); E2E_HIDE_BTF=1 hides the kernel's BTF; variants in
# E2E_BRIEFLY do only the run `audited` and no scripts.

set -u
out=$1 captrace=$2 workloads=$3
shift 3
here=$(dirname "$0")
default='show clean usage layout advise'
# Only in a VM: these switch CPUs off and mount cgroup hierarchies.
[ "$(uname -n)" != captrace-vm ] || default="$default hotplug cgroups"
scripts=${E2E_SCRIPTS-$default}
runs=${E2E_RUNS-audited all bits32 nobody cap verdict uid comm syscall filter machine pid}
[ -z "${E2E_STORM:-}" ] || runs="$runs storm"

# Seconds for a run and for a script: one that hangs fails, and the others still run.
limit=$((150 + ${E2E_STORM:-0} / 50))
script_limit=1000

scratch=$(mktemp -d) || exit 1
# A file system of its own, so that the mounts and files that the workload leaves in it go with it.
mount -t tmpfs -o mode=755 ct-e2e "$scratch" || exit 1
[ -z "${E2E_HIDE_BTF:-}" ] || mount -t tmpfs -o size=4k none /sys/kernel/btf || exit 1
clean_up() {
	[ -z "${E2E_HIDE_BTF:-}" ] || umount /sys/kernel/btf
	umount -l "$scratch"
	rmdir "$scratch"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
# User nobody has to run the workload, and the checkout may be closed to other users.
mkdir "$scratch/programs" && cp "$workloads"/* "$scratch/programs" || exit 1
workloads=$scratch/programs
# Guests of some hypervisors (PVM) can't execute 32-bit programs, whatever the kernel's
# configuration. Those of ci/vm can.
if [ "$(uname -n)" != captrace-vm ] && [ -x "$workloads/workload32" ]; then
	"$workloads/workload32" -h >/dev/null 2>&1
	[ $? != 126 ] || rm "$workloads/workload32"
fi

# The number of processes of the topic storm; E2E_STORM applies only to the run of that name.
storm=100

# A few topics, for runs that only test a filter.
some='granted denied dropped setid threads comm'

nap() {
	usleep 50000 2>/dev/null || sleep 0.05
}

# run NAME MODE PASS WORKLOAD OPTIONS TOPICS
run() {
	dir=$out/$variant
	mkdir -p "$dir" "$scratch/$1"
	: >"$scratch/expected"
	chmod 666 "$scratch/expected"
	chmod 777 "$scratch/$1"
	echo "$2 $3" >"$dir/$1.how"
	# shellcheck disable=SC2086 # options and topics are lists
	timeout -k 5 "$limit" "$captrace" --backend="$spec" -o json $5 -- "$4" -w "$scratch/expected" -n "$storm" \
		"$scratch/$1" $6 >"$dir/$1.json" 2>"$dir/$1.err" </dev/null
	echo $? >"$dir/$1.rc"
	mv "$scratch/expected" "$dir/$1.expected"
	umount -l "$scratch/$1"/*/* 2>/dev/null
	rm -rf "${scratch:?}/$1"
}

# attached NAME OPTIONS TOPICS: runs captrace without a command until a signal ends it. The traced
# shell makes a check over and over until captrace shows one, and then runs the workload.
attached() {
	dir=$out/$variant
	mkdir -p "$dir" "$scratch/$1"
	echo 'audited tids' >"$dir/$1.how"
	: >"$dir/$1.json"
	mkfifo "$scratch/go"
	# shellcheck disable=SC2086 # topics are a list
	sh -c 'while [ ! -e "$0/live" ]; do chroot / /bin/true; done; read -r go <"$0/go"; shift; "$@"' \
		"$scratch" - "$workloads/workload" -w "$dir/$1.expected" "$scratch/$1" $3 &
	traced=$!
	pid_option=''
	[ "$1" != pid ] || pid_option="--pid $traced --follow"
	# shellcheck disable=SC2086
	"$captrace" --backend="$spec" -o json $pid_option $2 >"$dir/$1.json" 2>"$dir/$1.err" &
	tracer=$!
	tries=$((limit * 4))
	until grep -q SYS_CHROOT "$dir/$1.json" || [ $tries = 0 ] || ! kill -0 $tracer 2>/dev/null; do
		nap
		tries=$((tries - 1))
	done
	: >"$scratch/live"
	echo go >"$scratch/go"
	wait $traced
	# captrace shows a check within 50 ms; a busy machine may take longer.
	tries=100
	last=$(tail -n 1 "$dir/$1.expected" | sed 's/.*"tid":\([0-9]*\),.*/\1/')
	until grep -q "\"tid\": *${last}[,}]" "$dir/$1.json" || [ $tries = 0 ] ||
		! kill -0 $tracer 2>/dev/null; do
		nap
		tries=$((tries - 1))
	done
	kill -INT $tracer 2>/dev/null
	tries=100
	until [ $tries = 0 ] || ! kill -0 $tracer 2>/dev/null; do
		nap
		tries=$((tries - 1))
	done
	kill -KILL $tracer 2>/dev/null
	wait $tracer
	echo $? >"$dir/$1.rc"
	rm -rf "$scratch/live" "$scratch/go" "${scratch:?}/$1"
}

one_run() {
	w=$workloads/workload
	case $1 in
	audited) run audited audited true "$w" '' all ;;
	all) run all all true "$w" --all all ;;
	bits32)
		[ ! -x "$workloads/workload32" ] ||
			run bits32 audited true "${w}32" '' all ;;
	nobody) run nobody all true "$w" '--all --user nobody' all ;;
	cap) run cap audited '.cap == 0 or .cap == 23' "$w" '--cap CHOWN,cap_sys_nice' "$some" ;;
	verdict) run verdict audited '.verdict == "Deny"' "$w" '--verdict Deny' "$some" ;;
	uid) run uid audited '.uid == 65534' "$w" '--uid 65534' "$some" ;;
	comm) run comm audited '.comm == "two" or .comm == "setid"' "$w" '--comm two,setid' "$some" ;;
	syscall) run syscall audited '.syscall == "chroot"' "$w" '--syscall chroot' "$some" ;;
	filter) run filter audited '.insetid and .gid != 0' "$w" '-F insetid==true -F gid!=0' "$some" ;;
	machine) attached machine '' "$some" ;;
	pid) attached pid '' "$some" ;;
	storm)
		storm=$E2E_STORM
		run storm audited true "$w" '' storm
		storm=100
		;;
	*) echo "guest.sh: unknown run $1" >&2 ;;
	esac
}

is_brief() {
	case " ${E2E_BRIEFLY:-} " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

for spec; do
	variant=$(echo "$spec" | tr : -)
	mkdir -p "$out/$variant"
	[ -n "$runs" ] || continue
	# A variant that this kernel refuses is refused in all runs, so one run is enough.
	one_run audited
	case $(cat "$out/$variant/audited.rc") in
	2 | 3 | 125) continue ;;
	esac
	is_brief "$spec" && continue
	for r in $runs; do
		[ "$r" = audited ] || one_run "$r"
	done
done
for spec; do
	shift
	is_brief "$spec" || set -- "$@" "$spec"
done
for script in $scripts; do
	timeout -k 5 "$script_limit" sh "$here/$script.sh" "$captrace" "$workloads" "$@" \
		>"$out/$script.tap" 2>&1
done
"$captrace" --version >"$out/version" 2>&1
uname -a >"$out/uname"
