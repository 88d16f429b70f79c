#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/identity.sh CAPTRACE [PART]...
#
# Traces containers of real runtimes: Docker, containerd, Podman. The script starts each runtime
# with its state in a mount namespace of its own, and makes images from busybox. Run as root.
# PART: wrong example docker short unique containerd podman rootless (default: all). example:VARIANT
# runs the example under that variant, with the same checks as under the first variant that works.
# E2E_SHORT is the number of short-lived containers (40), E2E_STORAGE Docker's storage driver (vfs).

if [ "${E2E_NAMESPACE:-}" != 1 ]; then
	E2E_NAMESPACE=1 exec unshare -m -- "$0" "$@"
fi

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
captrace=$(readlink -f "$captrace")
shift
parts=${*:-wrong example docker short unique containerd podman rootless}
cd / || exit 1

# --- The runtimes ----------------------------------------------------------------------------

# Hides the state of the machine's own runtimes, so that the tests neither see nor change it.
mount --make-rprivate /
for dir in /run /var/lib/docker /var/lib/containerd /var/lib/containers /etc/docker; do
	[ -d "$dir" ] || mkdir -p "$dir"
	mount -t tmpfs -o mode=755 tmpfs "$dir"
done
mkdir -p /run/lock /run/user
daemons='' tracer='' spec='' storage=${E2E_STORAGE:-vfs}

# shellcheck disable=SC2317,SC2086,SC2046,SC2015 # called by the trap; lists
clean_up() {
	trap '' INT TERM HUP
	[ -z "$tracer" ] || kill "$tracer" 2>/dev/null
	if [ -S /run/docker.sock ]; then
		docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1
	fi
	if [ -S /run/containerd/containerd.sock ]; then
		for space in default k8s.io; do
			for name in $(ctr -n $space tasks ls -q); do
				ctr -n $space tasks rm -f "$name" >/dev/null 2>&1
			done
		done
	fi
	[ ! -d /var/lib/containers/storage ] || podman rm -fa >/dev/null 2>&1
	if [ -n "${user:-}" ]; then
		as_user podman rm -fa >/dev/null 2>&1
		# The process that keeps the user namespace for Podman's next call.
		kill -9 "$(cat "/run/user/$(id -u "$user")/libpod/tmp/pause.pid")" 2>/dev/null
	fi
	for pid in $daemons; do
		kill "$pid" 2>/dev/null && wait_until gone "$pid" || kill -9 "$pid" 2>/dev/null
	done
	# Docker's own containerd, which outlives a dockerd that had to be killed.
	kill $(cat /run/docker/containerd/containerd.pid 2>/dev/null) 2>/dev/null
	for top in docker default k8s.io kubepods libpod_parent captrace-e2e; do
		find /sys/fs/cgroup/$top /sys/fs/cgroup/*/$top -depth -type d \
			-exec rmdir {} \; 2>/dev/null
	done
	rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 1' PIPE

have() {
	command -v "$1" >/dev/null
}

image() {
	[ ! -d "$tmp/root" ] || return 0
	mkdir -p "$tmp/root/bin" "$tmp/root/etc" "$tmp/root/tmp"
	cp /bin/busybox "$tmp/root/bin/busybox" # busybox's own shell gives no path for it
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$tmp/root/bin/$applet"
	done
	# Debian's busybox has no nice.
	nice=$(command -v nice)
	for file in "$nice" $(LD_TRACE_LOADED_OBJECTS=1 "$nice" | grep -o '/[^ ]*'); do
		mkdir -p "$tmp/root${file%/*}"
		cp -L "$file" "$tmp/root$file"
	done
	[ "$nice" = /bin/nice ] || ln -sf "$nice" "$tmp/root/bin/nice"
	echo root:x:0:0:root:/:/bin/sh >"$tmp/root/etc/passwd"
	tar -C "$tmp/root" -cf "$tmp/root.tar" .
	chmod 755 "$tmp"
}

start_docker() {
	[ ! -S /run/docker.sock ] || return 0
	image
	dockerd --iptables=false --bridge=none --storage-driver="$storage" >"$tmp/dockerd.log" 2>&1 &
	daemons="$daemons $!"
	wait_until timeout 5 docker version >/dev/null 2>&1 || return 1
	docker import -c 'ENV PATH=/bin' "$tmp/root.tar" busybox >/dev/null
}

start_containerd() {
	[ ! -S /run/containerd/containerd.sock ] || return 0
	image
	containerd >"$tmp/containerd.log" 2>&1 &
	daemons="$daemons $!"
	wait_until timeout 5 ctr version >/dev/null 2>&1
}

# Podman with the options that this machine's limits and seccomp need.
podman_run() {
	podman --runtime runc run --ulimit nofile=1024:1024 --ulimit nproc=8192:8192 --network none "$@"
}

as_user() {
	setpriv --reuid "$user" --regid "$user" --init-groups --reset-env \
		env XDG_RUNTIME_DIR="/run/user/$(id -u "$user")" "$@"
}

# --- captrace --------------------------------------------------------------------------------

# trace COLUMNS OPTION...: starts captrace in the background; returns once it has written its
# heading and is live.
trace() {
	columns=$1
	shift
	: >"$tmp/out"
	"$captrace" trace capabilities ${spec:+--backend=$spec} -o "columns=$columns" "$@" >"$tmp/out" 2>"$tmp/err" &
	tracer=$!
	wait_until test -s "$tmp/out"
}

# Stops captrace and leaves its rows in $tmp/rows.
end_trace() {
	kill -INT "$tracer" 2>/dev/null
	wait "$tracer" 2>/dev/null
	tracer=''
	sed -n '2,/^$/p' "$tmp/out" | sed '/^$/d' >"$tmp/rows"
}

# has ROW: whether this row was shown; ROW has single blanks.
has() {
	tr -s ' ' <"$tmp/rows" | grep -q -x -F -e "$1" || {
		echo "#   no row '$1'"
		return 1
	}
}

# column N: the distinct values of a column.
column() {
	awk -v n="$1" '{ print $n }' "$tmp/rows" | sort -u | tr '\n' ' ' | sed 's/ $//'
}

says() {
	grep -q -E "$1" "$tmp/err"
}

# --- Missing targets and misleading state ------------------------------------------------------

# The mount point of the hierarchy that identifies containers.
cgroup_mount() {
	for mount in /sys/fs/cgroup /sys/fs/cgroup/pids; do
		[ ! -e "$mount/cgroup.procs" ] || break
	done
	echo "$mount"
}

# ask_in CGROUP: makes a check from that cgroup.
ask_in() {
	mkdir -p "$(cgroup_mount)$1"
	sh -c 'echo 0 >"$0/cgroup.procs" && exec chroot / /bin/true' "$(cgroup_mount)$1"
}

# said LINE...: whether captrace wrote these messages and no others.
said() {
	printf 'captrace: %s\n' "$@" | diff - "$tmp/err" | sed 's/^/#   /'
	printf 'captrace: %s\n' "$@" | cmp -s - "$tmp/err"
}

nothing_there() {
	for target in '-r cri-o' '-c nosuch' '-p nosuch' '--cgroup /nosuch' '--selector a=b'; do
		# shellcheck disable=SC2086 # an option and its value
		"$captrace" $target --cap SYS_BOOT --timeout 0.1 >"$tmp/out" 2>"$tmp/err"
		check "wrong: $target: exit code" equals $? 0
		check "wrong: $target: reported at the start and at the end" equals \
			"$(sed 's/^captrace: no .* yet: waiting for .*/waiting/
				s/^captrace: no .* appeared$/missing/' "$tmp/err" | tr '\n' ',')" \
			'waiting,missing,'
	done
	"$captrace" -r cri-o --cap SYS_BOOT --timeout 0.1 >"$tmp/out" 2>"$tmp/err"
	check 'wrong: a runtime that is not here' said \
		'no cri-o container yet: waiting for one (that runtime does not seem to be installed)' \
		'no cri-o container appeared'
}

# Docker cgroups without a running Docker, whose state would block a reader, is broken or missing,
# or has a hostile name.
lies() {
	state=/var/lib/docker/containers
	fifo=$(printf 'f1%.0s' $(seq 32)) junk=$(printf 'f2%.0s' $(seq 32))
	evil=$(printf 'f3%.0s' $(seq 32)) none=$(printf 'f4%.0s' $(seq 32))
	mkdir -p "$state/$fifo" "$state/$junk" "$state/$evil"
	mkfifo "$state/$fifo/config.v2.json"
	echo '{"Name":' >"$state/$junk/config.v2.json"
	printf '{"Name":"/a\\u001b[31mb\\nc"}' >"$state/$evil/config.v2.json"
	trace container,containerid,runtime,comm -r docker --cap SYS_CHROOT
	for id in $fifo $junk $evil $none; do
		ask_in "/docker/$id"
	done
	end_trace
	for id in $fifo $junk $none; do
		check "wrong: an unreadable state: shown by its id" has "- $id docker chroot"
	done
	check 'wrong: a name cannot drive the terminal' has "a\\x1b[31mb\\nc $evil docker chroot"
	check 'wrong: why names are missing is reported once' \
		equals "$(grep -c "can't read the state of docker" "$tmp/err")" 1
	# Docker itself would block on the FIFO.
	rm -rf "$state"
}

wrong_part() {
	nothing_there
	lies
}

# --- Docker ----------------------------------------------------------------------------------

# The most privileges that this machine can give a container.
most_privileges() {
	if docker run --rm --privileged --network none busybox true 2>/dev/null; then
		echo --privileged
	else
		echo --cap-add=SYS_ADMIN --cap-add=SYS_PTRACE
	fi
}

# The example of the reference (ig): the same rows, in the same order and number. Overlayfs, which
# the reference's machine didn't use there, makes each check twice and some of its own.
example_part() {
	at=example${spec:+: $spec}
	if [ -n "$spec" ] && ! works "$spec"; then
		skip "$at" "$(tail -n 1 "$tmp/err")"
		return
	fi
	privileges=$(most_privileges)
	trace container,comm,syscall,uid,cap,capname,audit,verdict -r docker -c test
	# shellcheck disable=SC2086 # a list
	docker run --rm --name=test --network none $privileges busybox \
		sh -c 'touch /aaa; chown 1:1 /aaa; chmod 400 /aaa; chroot / true; mkdir /mnt
			mount -t tmpfs tmpfs /mnt
			export PPID=$$; unshare -i sh -c "nsenter -i -t $PPID echo OK"' >"$tmp/said"
	end_trace
	check "$at: the commands ran with $privileges" equals "$(cat "$tmp/said")" OK
	tr -s ' ' <"$tmp/rows" >"$tmp/got"
	cat >"$tmp/want" <<-EOF
		test chown chown 0 0 CHOWN 1 Allow
		test chown chown 0 0 CHOWN 1 Allow
		test chmod chmod 0 3 FOWNER 1 Allow
		test chmod chmod 0 4 FSETID 1 Allow
		test chmod chmod 0 4 FSETID 1 Allow
		test chroot chroot 0 18 SYS_CHROOT 1 Allow
		test mount mount 0 21 SYS_ADMIN 1 Allow
		test mount mount 0 21 SYS_ADMIN 1 Allow
		test unshare unshare 0 21 SYS_ADMIN 1 Allow
		test nsenter setns 0 21 SYS_ADMIN 1 Allow
		test nsenter setns 0 21 SYS_ADMIN 1 Allow
	EOF
	if [ "$storage" != vfs ]; then
		grep -v -E '^test (touch|mkdir) ' "$tmp/got" | awk '!seen[$0]++' >"$tmp/once"
		mv "$tmp/once" "$tmp/got"
		uniq "$tmp/want" >"$tmp/once"
		mv "$tmp/once" "$tmp/want"
	fi
	diff "$tmp/want" "$tmp/got" | sed 's/^/#   /'
	check "$at: its rows, in its order" cmp "$tmp/got" "$tmp/want"
	check "$at: captrace waits for the container" says "no container 'test' yet: waiting"
	check "$at: the start-up that was left out is counted" \
		says "left out [0-9]+ checks of the runtime's start-up"
}

docker_nice() {
	trace container,comm,capname,verdict -r docker --cap SYS_NICE
	docker run --rm --name without --network none busybox nice -n -5 true 2>/dev/null
	docker run --rm --name with --network none --cap-add SYS_NICE busybox nice -n -5 true
	end_trace
	check 'docker: nice without SYS_NICE is denied' has 'without nice SYS_NICE Deny'
	check 'docker: with it, allowed' has 'with nice SYS_NICE Allow'
}

docker_startup() {
	trace container,startup,comm,syscall --startup -c up
	docker run -d --name up --network none busybox sleep 600 >/dev/null
	docker exec up chroot / true
	end_trace
	check "docker: runc's checks with --startup" \
		sh -c "grep -q 'up  *true  *runc:\[2:INIT\] ' '$tmp/rows'"
	check 'docker: nothing of runc that is not its start-up' \
		sh -c "! grep -q 'up  *false  *runc' '$tmp/rows'"
	check 'docker: nothing of the container that is' \
		sh -c "! grep -q 'true  *chroot' '$tmp/rows'"
	check 'docker: the command of docker exec' has 'up false chroot chroot'
	# Containers that already run: one is selected by its label, then one by its cgroup.
	docker run -d --name labelled --label app=web --network none busybox sleep 600 >/dev/null
	trace container,comm,syscall --selector app=web
	docker exec labelled chroot / true
	docker exec up chroot / true
	end_trace
	check 'docker: by label' has 'labelled chroot chroot'
	check 'docker: nothing else by label' equals "$(column 1)" labelled
	id=$(docker inspect -f '{{.Id}}' up)
	trace container,cgroup,comm --cgroup "/docker/$id"
	docker exec up chroot / true
	docker exec labelled chroot / true
	end_trace
	check 'docker: by cgroup' has "up /docker/$id chroot"
	check 'docker: nothing else by cgroup' equals "$(column 1)" up
	docker rm -f up labelled >/dev/null
}

docker_part() {
	docker_nice
	docker_startup
}

# These containers' state is gone when captrace reads their events.
short_part() {
	n=${E2E_SHORT:-40}
	trace container,runtime,comm,capname -r docker
	seq "$n" | xargs -P 4 -I{} docker run --rm --name n{} --network none busybox \
		/bin/busybox sh -c 'chroot / true; usleep 50000' >/dev/null 2>&1
	end_trace
	check "short: $n containers of 50 ms" equals "$(column 1 | wc -w)" "$n"
	check 'short: every event is named' sh -c "! grep -q '^- ' '$tmp/rows'"
	check 'short: each with its own check' equals \
		"$(grep -c 'docker  *\(chroot\|busybox\)  *SYS_CHROOT' "$tmp/rows")" "$n"
	check 'short: no container is unknown' sh -c "! grep -q unknown '$tmp/err'"
}

unique_part() {
	trace container,comm,syscall,capname,verdict --unique -c twice,once
	for name in twice once; do
		docker run --rm --name "$name" --network none busybox \
			sh -c 'for i in 1 2 3; do chroot / true; done'
	done
	end_trace
	for name in twice once; do
		check "unique: $name: a row" equals \
			"$(grep -c "$name .*SYS_CHROOT" "$tmp/rows")" 1
		check "unique: $name: and its count" sh -c \
			"grep -q '^3  *$name .* SYS_CHROOT ' '$tmp/out'"
	done
}

# --- containerd ------------------------------------------------------------------------------

# cri_config NAME ID SANDBOX TYPE: makes a bundle as the CRI plug-in writes it.
cri_config() {
	ctr oci spec >"$tmp/spec.json"
	jq --arg name "$1" --arg id "$2" --arg sandbox "$3" --arg type "$4" --arg root "$tmp/root" '
		.root = {path: $root} | .process.args = ["/bin/busybox", "sh", "-c",
			"while :; do chroot / /bin/busybox true; usleep 50000; done"] |
		.process.terminal = false |
		.linux.cgroupsPath = "/kubepods/besteffort/pod2a2f0d9c-6f3e-4d6a-9d0f-0a7c6a3b1e11/" + $id |
		.linux.namespaces |= map(select(.type != "network")) |
		.annotations = ({
			"io.kubernetes.cri.container-type": $type,
			"io.kubernetes.cri.sandbox-id": $sandbox,
			"io.kubernetes.cri.sandbox-name": "set-priority-5646554d9d-pk4gg",
			"io.kubernetes.cri.sandbox-namespace": "default"
		} + if $type == "container" then {"io.kubernetes.cri.container-name": $name} else {} end)
		' "$tmp/spec.json" >"$tmp/$2.json"
}

containerd_part() {
	sandbox=$(printf '5b%.0s' $(seq 32)) container=$(printf '6c%.0s' $(seq 32))
	cri_config '' "$sandbox" "$sandbox" sandbox
	cri_config set-priority "$container" "$sandbox" container
	ctr -n k8s.io run -d --config "$tmp/$sandbox.json" \
		--label name=set-priority "$sandbox" || true
	trace k8s.namespace,k8s.pod,k8s.container,comm,capname -p set-priority-5646554d9d-pk4gg
	ctr -n k8s.io run -d --config "$tmp/$container.json" "$container"
	sleep 1
	end_trace
	check 'containerd: a pod by its name' \
		has 'default set-priority-5646554d9d-pk4gg set-priority chroot SYS_CHROOT'
	trace k8s.pod,runtime,comm --selector name=set-priority -n default
	sleep 0.5
	end_trace
	check "containerd: and by its pod's label" \
		has 'set-priority-5646554d9d-pk4gg containerd chroot'
	ctr run -d --rootfs --cgroup /default/plain "$tmp/root" plain /bin/busybox sh -c \
		'while :; do chroot / /bin/busybox true; usleep 50000; done'
	trace container,runtime,comm -c plain
	sleep 0.5
	end_trace
	check 'containerd: one of ctr, by its name' has 'plain containerd chroot'
	check 'containerd: nothing else' equals "$(column 1)" plain
}

# --- Podman ----------------------------------------------------------------------------------

podman_part() {
	image
	podman import -c 'ENV PATH=/bin' "$tmp/root.tar" busybox >/dev/null 2>&1
	trace container,runtime,comm,capname,verdict -r podman --cap SYS_CHROOT,SYS_NICE
	podman_run --rm --name pod1 busybox sh -c 'chroot / true; nice -n -5 true' 2>/dev/null
	podman_run --rm --name pod2 --cap-add SYS_NICE busybox nice -n -5 true
	end_trace
	check 'podman: its container' has 'pod1 podman chroot SYS_CHROOT Allow'
	check 'podman: nice without SYS_NICE' has 'pod1 podman nice SYS_NICE Deny'
	check 'podman: and with it' has 'pod2 podman nice SYS_NICE Allow'
	podman pod create --infra=false --name mypod --label tier=front >/dev/null
	trace pod,container,comm --selector tier=front
	podman_run --rm --pod mypod --name inpod busybox chroot / true
	podman_run --rm --name alone busybox chroot / true
	end_trace
	check "podman: by its pod's label" has 'mypod inpod chroot'
	check 'podman: nothing else by label' equals "$(column 2)" inpod
}

# A rootless container has no cgroup of its own where cgroups are not delegated to the user. It is
# known by its mount namespace, which captrace can only read while a process is in it.
rootless_part() {
	image
	cp -a /etc "$tmp/etc"
	mount --bind "$tmp/etc" /etc
	mount -t tmpfs -o mode=755 tmpfs /home
	user=captrace_e2e
	useradd -m -s /bin/sh "$user" || return 1
	install -d -o "$user" -m 700 "/run/user/$(id -u "$user")"
	as_user podman import -c 'ENV PATH=/bin' "$tmp/root.tar" busybox >/dev/null \
		2>"$tmp/podman.log"
	trace container,runtime,comm,capname,verdict -c mine --cap SYS_CHROOT,SYS_NICE
	(podman() { as_user podman "$@"; }
	podman_run --rm --name mine busybox sh -c 'chroot / true; nice -n -5 true; usleep 500000'
	podman_run --rm --name other busybox chroot / true) 2>>"$tmp/podman.log"
	end_trace
	[ -s "$tmp/rows" ] || sed 's/^/#   podman: /' "$tmp/podman.log"
	check 'rootless: its container' has 'mine podman chroot SYS_CHROOT Allow'
	check 'rootless: a denial' has 'mine podman nice SYS_NICE Deny'
	check 'rootless: nothing else' equals "$(column 1)" mine
}

for part in $parts; do
	spec=''
	case $part in
	example:*) spec=${part#*:} part=example ;;
	esac
	case $part in
	example | docker | short | unique)
		have dockerd || { skip "$part" 'no dockerd'; continue; }
		start_docker || { fail "$part: dockerd does not start"; continue; }
		;;
	containerd)
		have containerd || { skip "$part" 'no containerd'; continue; }
		have jq || { skip "$part" 'no jq'; continue; }
		start_containerd || { fail "$part: containerd does not start"; continue; }
		;;
	podman | rootless)
		have podman || { skip "$part" 'no podman'; continue; }
		;;
	wrong) ;;
	*) continue ;;
	esac
	"${part}_part"
done
finish
