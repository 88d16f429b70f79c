#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/real-programs.sh [--captrace FILE] [PROGRAM]...
#
# Tests captrace's advice with real programs. For each program it gets the advice, runs the program as root
# with exactly the needed capabilities, which has to work, and once without each of them, which has to
# fail. Prints a table. If a program works without a capability after all,
# tests/e2e/real-programs.expected has to say why; every other difference is a failure.
#
# Needs root. It makes all changes in mount and network namespaces of its own.
#
# Programs that are not installed are skipped. KEEP=DIR keeps the advice there.
#
# A program is a line of commands(), or a function program_NAME that sets `command`, with optional functions:
#   NAME_prepare   is called before each run
#   NAME_probe     succeeds once the running program works; without it the exit code counts
#   NAME_after     succeeds if the program worked

set -u
here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
if [ "${1:-}" = --inside ]; then
	shift
else
	[ "$(id -u)" = 0 ] || { echo 'real-programs.sh: needs root' >&2; exit 2; }
	exec unshare --net --mount --ipc --uts "$0" --inside "$@"
fi
captrace=$top/build/captrace
if [ "${1:-}" = --captrace ]; then
	captrace=$(readlink -f "$2")
	shift 2
fi
[ -x "$captrace" ] || { echo "real-programs.sh: no $captrace" >&2; exit 2; }
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

# Private copies of /etc, /run, /var/log and /home, so that useradd and the like leave nothing behind.
work=/mnt/real-programs
mount -t tmpfs -o mode=755 real-programs /mnt || exit 1
mkdir -p "$work/etc" "$work/run" "$work/log" "$work/home" "$work/lib" "$work/spool"
cp -a /etc/. "$work/etc/"
cp -a /var/lib/chrony /var/lib/nginx "$work/lib/" 2>/dev/null
cp -a /var/spool/. "$work/spool/" 2>/dev/null
cp -a /run/. "$work/run/" 2>/dev/null
mount --bind "$work/etc" /etc && mount --bind "$work/run" /run &&
	mount --bind "$work/log" /var/log && mount --bind "$work/home" /home &&
	mount --bind "$work/spool" /var/spool || exit 1
ip link set lo up || exit 1
chmod 755 "$work"

# What this script can grant: a container may not have all capabilities.
bounding=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)

have() { command -v "$1" >/dev/null; }

# wait_for SECONDS COMMAND...: until it succeeds. It polls, because these programs report no readiness.
wait_for() {
	local end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s%N)" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# --- The programs ----------------------------------------------------------------------------

program_ping() { command=(ping -n -c 1 -W 2 127.0.0.1); }

program_mount() { command=(mount -t tmpfs real-mount "$work/dir"); }
mount_prepare() {
	umount "$work/dir" 2>/dev/null
	mkdir -p "$work/dir"
}
mount_after() { mountpoint -q "$work/dir"; }

program_tcpdump() {
	command=(tcpdump -n -i lo -c 1 -w "$work/capture/tcpdump.pcap" icmp)
}
tcpdump_prepare() {
	rm -rf "$work/capture"
	mkdir -m 755 "$work/capture"
	chown tcpdump: "$work/capture"
	ping -n -q -i 0.2 -w 8 127.0.0.1 >/dev/null &
}
tcpdump_after() { [ -s "$work/capture/tcpdump.pcap" ]; }

program_dumpcap() { command=(dumpcap -q -i lo -c 1 -f icmp -w "$work/capture/dumpcap.pcap"); }
dumpcap_prepare() {
	rm -rf "$work/capture"
	mkdir -m 755 "$work/capture"
	ping -n -q -i 0.2 -w 8 127.0.0.1 >/dev/null &
}
dumpcap_after() { [ -s "$work/capture/dumpcap.pcap" ]; }

program_chronyd() { command=(chronyd -d -f "$work/chrony.conf"); }
chronyd_prepare() {
	rm -rf "$work/run/chrony"
	printf 'local stratum 10\nallow\nbindcmdaddress /run/chrony/chronyd.sock\npidfile %s\n' \
		"$work/run/chronyd.pid" >"$work/chrony.conf"
}
chronyd_probe() { timeout 3 chronyc -n -h /run/chrony/chronyd.sock tracking | grep -q '^Stratum *: 10$'; }

program_nginx() { command=(nginx -c "$work/nginx.conf" -g 'daemon off;'); }
nginx_prepare() {
	rm -rf "$work/www"
	mkdir -p "$work/www"
	echo 'it works' >"$work/www/index.html"
	cat >"$work/nginx.conf" <<-END
		user www-data;
		worker_processes 1;
		pid $work/run/nginx.pid;
		error_log $work/log/nginx-error.log;
		events {}
		http {
			access_log off;
			server { listen 80; root $work/www; }
		}
	END
}
nginx_probe() {
	[ "$(curl -m 2 -sf http://127.0.0.1/)" = 'it works' ] && pgrep -u www-data -x nginx
}

program_sshd() { command=(/usr/sbin/sshd -D -e -f "$work/sshd_config"); }
sshd_prepare() {
	mkdir -p /run/sshd
	[ -e "$work/key" ] || {
		ssh-keygen -q -t ed25519 -N '' -f "$work/key"
		ssh-keygen -q -t ed25519 -N '' -f "$work/host"
		useradd -m -s /bin/sh sshtest
		mkdir -m 700 /home/sshtest/.ssh
		cp "$work/key.pub" /home/sshtest/.ssh/authorized_keys
		chown -R sshtest: /home/sshtest/.ssh
		echo 'sshtest:*' | chpasswd -e
	}
	printf 'Port 22\nHostKey %s\nUsePAM no\nPidFile none\n' "$work/host" >"$work/sshd_config"
}
# With a terminal, which sshd has to give to the user.
sshd_probe() {
	timeout 5 ssh -tt -i "$work/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o BatchMode=yes -o ConnectTimeout=3 sshtest@127.0.0.1 'id -un; tty' </dev/null 2>/dev/null |
		tr -d '\r' | grep -A 1 '^sshtest$' | grep -q '^/dev/pts/'
}

program_cron() { command=(cron -f); }
cron_prepare() {
	rm -f /run/crond.reboot /run/crond.pid "$work/run/crond.reboot" "$work/run/crond.pid"
	rm -rf "$work/cron"
	mkdir -m 777 "$work/cron"
	rm -f /etc/cron.d/* /var/spool/cron/crontabs/* 2>/dev/null
	# Only this job: no mail, no other jobs.
	printf 'MAILTO=""\n@reboot nobody id -un >%s/cron/done\n' "$work" >/etc/cron.d/real-programs
}
cron_probe() { [ "$(cat "$work/cron/done" 2>/dev/null)" = nobody ]; }

program_rsyslogd() { command=(rsyslogd -n -f "$work/rsyslog.conf" -i "$work/run/rsyslogd.pid"); }
rsyslogd_prepare() {
	rm -f "$work/log/messages" "$work/run/rsyslogd.pid"
	cat >"$work/rsyslog.conf" <<-END
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="$work/run/log.sock")
		module(load="imudp")
		input(type="imudp" address="127.0.0.1" port="514")
		module(load="imkmsg")
		*.* action(type="omfile" file="$work/log/messages" fileOwner="root" fileGroup="adm")
	END
}
rsyslogd_probe() {
	logger -u "$work/run/log.sock" by-socket
	logger -n 127.0.0.1 -P 514 -d by-udp
	[ ! -w /dev/kmsg ] || echo real-kmsg >/dev/kmsg
	grep -q by-socket "$work/log/messages" && grep -q by-udp "$work/log/messages" &&
		{ [ ! -w /dev/kmsg ] || grep -q real-kmsg "$work/log/messages"; } &&
		[ "$(stat -c %G "$work/log/messages")" = adm ]
}

program_useradd() { command=(useradd -m -s /bin/sh realtest); }
useradd_prepare() {
	userdel -r realtest 2>/dev/null
	rm -rf /home/realtest
}
useradd_after() {
	[ "$(stat -c '%U %a' /home/realtest 2>/dev/null)" = "realtest $(home_mode)" ] &&
		[ "$(stat -c '%U %a %Y' /home/realtest/.profile 2>/dev/null)" = \
			"realtest $(stat -c '%a %Y' /etc/skel/.profile)" ]
}

# The mode that useradd gives home directories: HOME_MODE of login.defs, or without it 755 (by UMASK).
home_mode() {
	awk '$1 == "HOME_MODE" { m = $2 } END { sub(/^0/, "", m); print m ? m : 755 }' /etc/login.defs
}

program_su() { command=(su nobody -s /bin/sh -c "id -un; id -Gn"); }
su_after() { [ "$(head -n 1 "$work/out")" = nobody ]; }

program_unshare() { command=(unshare --mount --uts sh -c 'hostname real-programs'); }

# Commands that exit by themselves: NAME | preparation | COMMAND | condition that holds if it worked. $d is
# a directory owned by root, $n one owned by nobody and closed to others.
commands() {
	cat <<-'END'
		nice    | :                        | nice -n -5 true                  | [ ! -s $o/err ]
		chrt    | :                        | chrt -f 10 true                  | :
		ionice  | :                        | ionice -c 1 -n 0 true            | [ ! -s $o/err ]
		chroot  | :                        | chroot / true                    | :
		mknod   | rm -f $d/null            | mknod $d/null c 1 3              | [ -c $d/null ]
		setcap  | cp /bin/true $d/t        | setcap cap_net_raw=ep $d/t       | getcap $d/t \| grep -q net_raw
		hostname | hostname before         | hostname after                   | [ $(hostname) = after ]
		ipaddr  | ip addr del 127.9.9.9/8 dev lo | ip addr add 127.9.9.9/8 dev lo | ip addr show lo \| grep -q 127.9.9.9
		umount  | mount -t tmpfs t $d/m    | umount $d/m                      | ! mountpoint -q $d/m
		chown   | touch $d/f; chown 0 $d/f | chown 7:7 $d/f                   | [ $(stat -c %u $d/f) = 7 ]
		setgid  | touch $d/g; chown 7:7 $d/g; chmod 644 $d/g | chmod 2755 $d/g | [ $(stat -c %a $d/g) = 2755 ]
		chmod   | touch $d/h; chown 7:7 $d/h; chmod 644 $d/h | chmod 600 $d/h | [ $(stat -c %a $d/h) = 600 ]
		touch   | touch $d/j; chown 7:7 $d/j | touch -d @1000 $d/j            | [ $(stat -c %Y $d/j) = 1000 ]
		install | rm -f $d/i               | install -m 2755 -o 7 -g 7 /bin/true $d/i | [ $(stat -c %a%u%g $d/i) = 275577 ]
		cp      | rm -rf $d/c              | cp -a $d/tree $d/c               | [ "$(stat -c %a%u%g $d/c/file)" = 460077 ]
		tar     | rm -rf $d/x; mkdir $d/x  | tar -C $d/x -xpf $d/tree.tar     | [ "$(stat -c %a%u%g $d/x/tree/file)" = 460077 ]
		setuidfile | cp /bin/true $d/s; chown 7 $d/s; chmod 4777 $d/s | dd if=/bin/true of=$d/s conv=notrunc | [ $(stat -c %a $d/s) = 4777 ]
		list    | :                        | ls $n                            | grep -q closed $o/out
		read    | :                        | cat $n/closed                    | grep -q secret $o/out
		write   | :                        | tee -a $n/closed                 | :
		remove  | touch $n/r; chown nobody $n/r | rm $n/r                     | [ ! -e $n/r ]
		sticky  | rm -rf $d/st; mkdir -m 1777 $d/st; chown 8 $d/st; touch $d/st/f; chown 7 $d/st/f | rm -f $d/st/f | [ ! -e $d/st/f ]
		chattr  | chattr -i $d/a; touch $d/a | chattr +i $d/a                 | lsattr $d/a \| grep -q -e -i-
		dmesg   | :                        | dmesg                            | [ -s $o/out ]
		ss      | :                        | ss -tln                          | :
		kill    | setpriv --reuid 7 --clear-groups sleep 60 & echo $! >$d/pid; sleep 0.2 | kill $(cat $d/pid) | sleep 0.1; ! kill -0 $(cat $d/pid)
		runuser | :                        | runuser -u nobody -- id -un      | grep -q -x nobody $o/out
		setpriv | :                        | setpriv --reuid 7 --regid 7 --clear-groups id -u | grep -q -x 7 $o/out
		chpasswd | :                       | echo nobody:x \| chpasswd -e     | grep -q '^nobody:x:' /etc/shadow
		groupadd | groupdel realgroup      | groupadd realgroup               | getent group realgroup
		usermod | usermod -c before nobody | usermod -c after nobody          | getent passwd nobody \| grep -q :after:
		netns   | :                        | unshare --net true               | :
		strace  | setpriv --reuid 7 --clear-groups sleep 60 & echo $! >$d/pid; sleep 0.2 | timeout 1 strace -p $(cat $d/pid) -o $d/trace; [ -s $d/trace ] | :
	END
}

define_commands() {
	local name before run after
	d=$work/d n=$work/n o=$work
	mkdir -p "$d/tree" "$d/m" "$n"
	touch "$d/tree/file" && chown 7:7 "$d/tree" "$d/tree/file" && chmod 4600 "$d/tree/file"
	tar -C "$d" -cf "$d/tree.tar" tree
	echo secret >"$n/closed"
	chown -R nobody "$n"
	chmod 700 "$n"
	# Without -r, so that \| is a bar in a command and does not end the field.
	# shellcheck disable=SC2162
	while IFS='|' read name before run after; do
		name=${name// /}
		eval "program_$name() { command=(sh -c '$run'); }
			${name}_prepare() { { $before; } >/dev/null 2>&1 </dev/null; }
			${name}_after() { { $after; } >/dev/null 2>&1; }"
		programs+=("$name")
	done < <(commands)
	export d n o
}

programs=(ping mount tcpdump dumpcap chronyd nginx sshd cron rsyslogd useradd su unshare)

# --- Running them ----------------------------------------------------------------------------

call() { ! declare -F "$1" >/dev/null || "$1"; }

# run_program NAME PREFIX...: 0 if the program works when PREFIX runs it.
run_program() {
	local name=$1 pid code=0
	shift
	call "${name}_prepare"
	"program_$name"
	: >"$work/out"
	if ! declare -F "${name}_probe" >/dev/null; then
		timeout 20 "$@" "${command[@]}" >"$work/out" 2>"$work/err" </dev/null || code=$?
	else
		"$@" "${command[@]}" >"$work/out" 2>"$work/err" </dev/null &
		pid=$!
		wait_for "${patience:-5}" working "$name" $pid || code=1
		kill -TERM $pid 2>/dev/null
		wait_for 5 gone $pid || kill -KILL $pid 2>/dev/null
		wait $pid 2>/dev/null
	fi
	end_strays
	[ $code = 0 ] || return 1
	call "${name}_after"
}

# Kills what a program left running: every other process in our network namespace.
end_strays() {
	local ns
	ns=$(readlink /proc/self/ns/net)
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/ns/net" 2>/dev/null)" = "$ns" ] || continue
		[ "${p#/proc/}" = $$ ] || kill -KILL "${p#/proc/}"
	done 2>/dev/null
	wait
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# working NAME PID: whether the probe of program NAME succeeds.
working() { "$1_probe"; }

# exactly CAP...: options that make setpriv grant exactly these.
exactly() {
	local list=-all cap
	for cap; do
		list+=",+$(tr '[:upper:]' '[:lower:]' <<<"$cap")"
	done
	echo "--bounding-set=$list --inh-caps=-all"
}

# can_give CAP: whether this machine lets us grant it.
can_give() {
	local n
	n=$(jq -r --arg c "$1" '.subjects[0].capabilities[] | select(.capName == $c).cap' "$work/advice")
	[ $(((16#$bounding >> n) & 1)) = 1 ]
}

why_not() {
	awk -v p="$1" -v c="$2" '$1 == p && $2 == c { $1 = $2 = ""; sub(/^ +/, ""); print; exit }' \
		"$here/real-programs.expected"
}

bad=0
complain() {
	bad=1
	echo "    WRONG: $*"
}

try_program() {
	local name=$1 caps=() given=() cap rest ways=() why code
	"program_$name"
	if ! have "${command[0]}"; then
		echo "$name: skipped, not installed"
		return
	fi
	run_program "$name" || {
		complain "$name does not work as root without captrace: $(tail -n 3 "$work/err")"
		return
	}
	code=0
	run_program "$name" "$captrace" advise -o json -w "$work/advice" -- || code=$?
	if [ $code != 0 ] || ! jq -e .complete "$work/advice" >/dev/null; then
		complain "$name: advice: $(tail -n 3 "$work/err")"
		return
	fi
	[ -z "${KEEP:-}" ] || cp "$work/advice" "$KEEP/$name.json"
	mapfile -t caps < <(jq -r '.subjects[].needed[]' "$work/advice" | sort -u)
	for cap in "${caps[@]}"; do
		if can_give "$cap"; then
			given+=("$cap")
		else
			ways+=("$cap: advised, but cannot be granted here")
		fi
	done
	# shellcheck disable=SC2046
	if ! run_program "$name" setpriv $(exactly "${given[@]}") --; then
		complain "$name does not work with exactly ${given[*]:-nothing}: $(tail -n 3 "$work/err")"
	fi
	for cap in "${given[@]}"; do
		rest=()
		for c in "${given[@]}"; do
			[ "$c" = "$cap" ] || rest+=("$c")
		done
		why=$(why_not "$name" "$cap")
		# shellcheck disable=SC2046
		if run_program "$name" setpriv $(exactly "${rest[@]}") --; then
			[ -n "$why" ] || complain "$name works without $cap"
			ways+=("$cap: works without: ${why:-?}")
		elif [ -n "$why" ]; then
			complain "$name fails without $cap, though: $why"
		fi
	done
	printf '%s\t%s\t%s\n' "$name" "${caps[*]:-nothing}" "$(IFS=';'; echo "${ways[*]}")" >>"$work/table"
	echo "$name: needs ${caps[*]:-nothing}"
	[ ${#ways[@]} = 0 ] || printf '    %s\n' "${ways[@]}"
}

: >"$work/table"
define_commands
[ $# -gt 0 ] || set -- "${programs[@]}"
for name; do
	try_program "$name"
done
echo
column -t -s $'\t' -N 'PROGRAM,NEEDS (works with exactly these),FAILS WITHOUT ANY BUT' "$work/table"
exit $bad
