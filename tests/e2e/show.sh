#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/show.sh CAPTRACE WORKLOADS VARIANT...
#
# The examples that users start with, under each variant that works here: nice, chroot, unshare,
# checks that other tracers miss, 32-bit programs, exit codes. Needs root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
workloads=$2
shift 2

# trace OPTION... -- COMMAND...
trace() {
	"$captrace" --backend="$spec" -o json "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
}

# $tmp must be open to user nobody, whose command writes its pid there. The current directory may be
# closed to nobody.
chmod 755 "$tmp"
cd / || exit 1
if ! command -v nice >/dev/null; then
	ln -s "$workloads/workload" "$tmp/nice"
	PATH=$PATH:$tmp
fi

# gives FILTER: succeeds if the variant gives the filter's field; if not, captrace refuses it.
gives() {
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
	gives insetid==true || insetid=insetid=null
	line=$(rows "$tmp/out" 'comm="mount"' 'syscall="mount"' cap=21 'verdict="Deny"' $insetid)
	check "$spec: unshare -Urf mount: denied in the initial namespace" \
		equals "$(value "$line" targetuserns)" 4026531837
	check "$spec: unshare -Urf mount: the current namespace is another" test "$(value "$line" currentuserns)" != 4026531837
	check "$spec: unshare -Urf mount: SYS_ADMIN is in the effective set" equals \
		"$(echo "$line" | grep -c '"sys_admin"')" 1
}

hidden_checks() {
	mkdir "$tmp/dir"
	trace --all -- "$workloads/workload" -w "$tmp/expected" "$tmp/dir" inlined
	check "$spec: capset" row "$tmp/out" 'syscall="capset"' 'capName="SETPCAP"' 'verdict="Allow"'
	check "$spec: capset of nobody" row "$tmp/out" 'syscall="capset"' cap=8 'verdict="Deny"' uid=65534
	check "$spec: PR_SET_SECUREBITS" row "$tmp/out" 'syscall="prctl"' cap=8 'verdict="Allow"'
	mmap='syscall="mmap"'
	grep -q '"mmap2"' "$tmp/expected" && mmap='syscall="mmap2"'
	if grep -q 'mmap of page 0: vm.mmap_min_addr' "$tmp/expected"; then
		skip "$spec: mmap of page 0" 'nothing below vm.mmap_min_addr can be mapped'
	else
		check "$spec: mmap of page 0" row "$tmp/out" "$mmap" 'capName="SYS_RAWIO"' \
			'verdict="Allow"'
		check "$spec: mmap of page 0, denied" row "$tmp/out" "$mmap" cap=17 'verdict="Deny"'
	fi
	check "$spec: overcommit with --all" row "$tmp/out" cap=21 audit=0 'comm="inlined"'
	rm -rf "$tmp/dir" "$tmp/expected"
}

both_abis() {
	if [ ! -x "$workloads/workload32" ] || [ "$(uname -m)" != x86_64 ]; then
		skip "$spec: names of 32-bit system calls" 'no other ABI here'
		return
	fi
	mkdir "$tmp/dir"
	trace -- "$workloads/workload" -w "$tmp/expected" "$tmp/dir" abi
	check "$spec: a 32-bit program's setgroups32" row "$tmp/out" 'comm="workload32"' \
		'syscall="setgroups32"'
	if grep -q '16-bit ids: not in this kernel' "$tmp/expected"; then
		skip "$spec: a 32-bit program's setgroups" 'no 16-bit ids in this kernel'
	else
		check "$spec: a 32-bit program's setgroups" row "$tmp/out" 'comm="workload32"' \
			'syscall="setgroups"'
	fi
	# 97 is getrlimit in the 64-bit table, 207 io_destroy.
	check "$spec: int 0x80 in a 64-bit program" row "$tmp/out" 'comm="abi"' 'syscall="fchown32"'
	check "$spec: no name from the wrong table" sh -c \
		"! grep -E '\"syscall\": ?\"(getrlimit|io_destroy|io_setup|fsync|wait4|fchdir)\"' '$tmp/out'"
	rm -rf "$tmp/dir" "$tmp/expected"
}

exit_codes() {
	trace -- sh -c 'exit 7'
	check "$spec: exit code of the command" equals $? 7
	trace -- sh -c 'kill -9 $$'
	check "$spec: exit code after a signal" equals $? 137
	trace -- sh -c '(sleep 0.2; chroot / /bin/true) & exit 3'
	check "$spec: exit code if a descendant outlives the command" equals $? 3
	check "$spec: the descendant is traced to its end" row "$tmp/out" 'comm="chroot"' cap=18
	check "$spec: nothing but JSON on stdout" sh -c "! grep -v '^{.*}\$' '$tmp/out'"
}

tried=0
for spec; do
	if ! works "$spec"; then
		skip "$spec" "$(tail -n 1 "$tmp/err")"
		continue
	fi
	tried=1
	# Without event probes this variant gives neither.
	if [ "$spec" = ftrace:tracepoint ] &&
		! gives syscall==chown; then
		skip "$spec" 'it gives neither system calls nor credentials'
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
