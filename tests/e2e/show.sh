#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/show.sh CAPTRACE WORKLOADS VARIANT...
#
# The examples that users start with, under each variant that works here: nice, the two of the
# reference, what no other tracer sees, 32-bit programs, exit codes. As root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
workloads=$2
shift 2

# trace OPTION... -- COMMAND...
trace() {
	"$captrace" --backend="$spec" -o json "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
}

# The command says its pid itself. Its own directory may be closed to nobody.
chmod 755 "$tmp"
cd / || exit 1
if ! command -v nice >/dev/null; then
	ln -s "$workloads/workload" "$tmp/nice"
	PATH=$PATH:$tmp
fi

# Whether the variant tells what this filter is about; else it refuses it.
tells() {
	"$captrace" --backend="$spec" -F "$1" -- true >/dev/null 2>&1
}

nice_example() {
	: >"$tmp/pid"
	chmod 666 "$tmp/pid"
	trace -- sh -c 'echo $$ >"$0"; exec nice -n -5 true' "$tmp/pid"
	check "$spec: nice of root is allowed" row "$tmp/out" "pid=$(cat "$tmp/pid")" 'comm="nice"' \
		'syscall="setpriority"' cap=23 'capName="SYS_NICE"' audit=1 'verdict="Allow"' uid=0
	trace --user nobody -- sh -c 'echo $$ >"$0"; exec nice -n -5 true' "$tmp/pid"
	check "$spec: nice of nobody is denied" row "$tmp/out" "pid=$(cat "$tmp/pid")" 'comm="nice"' \
		'syscall="setpriority"' cap=23 'verdict="Deny"' uid=65534 gid=65534 caps=0 'capsNames=[]'
}

reference_examples() {
	trace -- chroot / /bin/true
	line=$(rows "$tmp/out" 'comm="chroot"' 'syscall="chroot"' 'capName="SYS_CHROOT"' 'verdict="Allow"')
	check "$spec: chroot: current and target namespace are the same" \
		equals "$(value "$line" currentuserns)" "$(value "$line" targetuserns)"

	if ! unshare -U true 2>/dev/null; then
		skip "$spec: unshare -Urf mount" 'no user namespaces can be made here'
		return
	fi
	trace -- unshare -Urf mount -t tmpfs tmpfs /tmp
	insetid=insetid=false
	tells insetid==true || insetid=insetid=null
	line=$(rows "$tmp/out" 'comm="mount"' 'syscall="mount"' cap=21 'verdict="Deny"' $insetid)
	check "$spec: unshare -Urf mount: denied in the initial namespace" \
		equals "$(value "$line" targetuserns)" 4026531837
	check "$spec: asked by another" test "$(value "$line" currentuserns)" != 4026531837
	check "$spec: which has SYS_ADMIN among its capabilities" equals \
		"$(echo "$line" | grep -c '"sys_admin"')" 1
}

hidden_checks() {
	mkdir "$tmp/dir"
	trace --all -- "$workloads/workload" -w "$tmp/words" "$tmp/dir" inlined
	check "$spec: capset" row "$tmp/out" 'syscall="capset"' 'capName="SETPCAP"' 'verdict="Allow"'
	check "$spec: capset of nobody" row "$tmp/out" 'syscall="capset"' cap=8 'verdict="Deny"' uid=65534
	check "$spec: PR_SET_SECUREBITS" row "$tmp/out" 'syscall="prctl"' cap=8 'verdict="Allow"'
	mmap='syscall="mmap"'
	grep -q '"mmap2"' "$tmp/words" && mmap='syscall="mmap2"'
	if grep -q 'mmap of page 0: vm.mmap_min_addr' "$tmp/words"; then
		skip "$spec: mmap of page 0" 'nothing below vm.mmap_min_addr can be mapped'
	else
		check "$spec: mmap of page 0" row "$tmp/out" "$mmap" 'capName="SYS_RAWIO"' \
			'verdict="Allow"'
		check "$spec: mmap of page 0, denied" row "$tmp/out" "$mmap" cap=17 'verdict="Deny"'
	fi
	check "$spec: overcommit with --all" row "$tmp/out" cap=21 audit=0 'comm="inlined"'
	rm -rf "$tmp/dir" "$tmp/words"
}

both_abis() {
	if [ ! -x "$workloads/workload32" ] || [ "$(uname -m)" != x86_64 ]; then
		skip "$spec: names of 32-bit system calls" 'no other ABI here'
		return
	fi
	mkdir "$tmp/dir"
	trace -- "$workloads/workload" -w "$tmp/words" "$tmp/dir" abi
	check "$spec: a 32-bit program's setgroups32" row "$tmp/out" 'comm="workload32"' \
		'syscall="setgroups32"'
	if grep -q '16-bit ids: not in this kernel' "$tmp/words"; then
		skip "$spec: and its setgroups" 'no 16-bit ids in this kernel'
	else
		check "$spec: and its setgroups" row "$tmp/out" 'comm="workload32"' \
			'syscall="setgroups"'
	fi
	# 97 is getrlimit in the 64-bit table, 207 io_destroy.
	check "$spec: int 0x80 in a 64-bit program" row "$tmp/out" 'comm="abi"' 'syscall="fchown32"'
	check "$spec: no name of the wrong table" sh -c \
		"! grep -E '\"syscall\": ?\"(getrlimit|io_destroy|io_setup|fsync|wait4|fchdir)\"' '$tmp/out'"
	rm -rf "$tmp/dir" "$tmp/words"
}

exit_codes() {
	trace -- sh -c 'exit 7'
	check "$spec: the command's exit code" equals $? 7
	trace -- sh -c 'kill -9 $$'
	check "$spec: a signal's" equals $? 137
	trace -- sh -c '(sleep 0.2; chroot / /bin/true) & exit 3'
	check "$spec: while a descendant goes on" equals $? 3
	check "$spec: which is followed to its end" row "$tmp/out" 'comm="chroot"' cap=18
	check "$spec: nothing but JSON on stdout" sh -c "! grep -v '^{.*}\$' '$tmp/out'"
}

tried=0
for spec; do
	if ! works "$spec"; then
		skip "$spec" "$(tail -n 1 "$tmp/err")"
		continue
	fi
	tried=1
	# Without event probes: then a filter on what it doesn't tell is refused.
	if [ "$spec" = ftrace:tracepoint ] &&
		! tells syscall==chown; then
		skip "$spec" 'it tells neither system calls nor credentials'
		continue
	fi
	nice_example
	reference_examples
	hidden_checks
	both_abis
	exit_codes
done
[ $tried = 1 ] || fail 'no variant works here'
finish
