#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/consumers.sh CAPTRACE [PART]...
#
# Gives each format of advice to the program that it is for: what this runs with the advice has to
# work, and has to fail without any one of the advised capabilities. Needs root and jq. PARTs whose
# programs are not installed are skipped. PART: setcap systemd oci docker podman (default: all).

if [ "${E2E_NAMESPACE:-}" != 1 ]; then
	E2E_NAMESPACE=1 exec unshare -m -- "$0" "$@"
fi

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
captrace=$(readlink -f "$captrace")
shift
parts=${*:-setcap systemd oci docker podman}
export PATH="$PATH:/usr/sbin:/sbin"
cd / || exit 1
chmod 755 "$tmp"

# Hide the state of the machine's own runtimes, so that nothing of it is used or changed.
mount --make-rprivate /
for dir in /run /var/lib/docker /var/lib/containerd /var/lib/containers /etc/docker; do
	[ -d "$dir" ] || mkdir -p "$dir"
	mount -t tmpfs -o mode=755 tmpfs "$dir"
done
mkdir -p /run/lock
daemons='' tracer=''

# shellcheck disable=SC2317,SC2086 # called by the trap; a list
clean_up() {
	trap '' INT TERM HUP
	[ -z "$tracer" ] || kill "$tracer" 2>/dev/null
	[ ! -S /run/docker.sock ] || docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1
	[ ! -d /var/lib/containers/storage ] || podman rm -fa >/dev/null 2>&1
	runc delete -f e2e-oci >/dev/null 2>&1
	for pid in $daemons; do
		kill "$pid" 2>/dev/null && wait_until gone "$pid"
	done
	rm -rf "$tmp"
}
trap clean_up EXIT

have() {
	command -v "$1" >/dev/null
}

# Makes a busybox root file system. The server has to become nobody, which needs SETGID and SETUID.
image() {
	[ ! -d "$tmp/root" ] || return 0
	mkdir -p "$tmp/root/bin" "$tmp/root/etc" "$tmp/root/tmp" "$tmp/root/proc" "$tmp/root/dev" \
		"$tmp/root/sys"
	cp "$(command -v busybox)" "$tmp/root/bin/busybox"
	for applet in sh httpd wget chown chroot true mkdir cat sleep; do
		ln -s busybox "$tmp/root/bin/$applet"
	done
	echo 'root:x:0:0:root:/:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/sh' >"$tmp/root/etc/passwd"
	echo 'nogroup:x:65534:' >"$tmp/root/etc/group"
	mkdir "$tmp/root/www"
	echo 'it works' >"$tmp/root/www/index.html"
	tar -C "$tmp/root" -cf "$tmp/root.tar" .
}
server='httpd -f -u nobody:nogroup -p 127.0.0.1:80 -h /www'

# advise NAME OPTION...: starts captrace advise for container NAME in the background.
advise() {
	subject=$1
	shift
	: >"$tmp/err"
	"$captrace" advise -c "$subject" --by container "$@" >"$tmp/out" 2>"$tmp/err" &
	tracer=$!
	wait_until grep -q waiting "$tmp/err"
}

end_advise() {
	kill -INT "$tracer"
	wait "$tracer"
	code=$?
	tracer=''
	cp "$tmp/out" "$tmp/advice"
	return "$code"
}

not() {
	! "$@"
}

# without WORD LIST: prints LIST without WORD.
without() {
	echo "$2" | tr ' ' '\n' | grep -v -x -e "$1" | tr '\n' ' '
}

# --- setcap ----------------------------------------------------------------------------------

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@" >"$tmp/said" 2>&1
}

setcap_part() {
	have setcap || { skip setcap 'no setcap'; return; }
	cp "$(command -v chroot)" "$(command -v chown)" "$tmp"
	: >"$tmp/file"
	for command in "$tmp/chroot / true" "$tmp/chown 7:7 $tmp/file"; do
		name=$(basename "${command%% *}")
		# shellcheck disable=SC2086 # a command
		"$captrace" advise --format setcap -- $command >"$tmp/out" 2>"$tmp/err"
		check "setcap: advice for $name" \
			grep -q "^setcap cap_[a-z_]*=ep $tmp/$name\$" "$tmp/out"
		chown 0:0 "$tmp/file"
		# shellcheck disable=SC2086
		check "setcap: $name by nobody fails without the capability" not as_nobody $command
		check 'setcap: accepts the advice' sh "$tmp/out"
		# shellcheck disable=SC2086
		check "setcap: $name by nobody works with it" as_nobody $command
		chown 0:0 "$tmp/file"
		# shellcheck disable=SC2086
		"$captrace" advise --format setcap --user nobody -- $command \
			>"$tmp/again" 2>"$tmp/err"
		check 'setcap: the advice for nobody is then the same' cmp "$tmp/out" "$tmp/again"
	done
}

# --- systemd ---------------------------------------------------------------------------------

# verify UNIT: succeeds if systemd-analyze verify prints nothing about UNIT.
verify() {
	SYSTEMD_UNIT_PATH="$tmp/units:" systemd-analyze verify "$1" >"$tmp/said" 2>&1 &&
		not grep -q "$1" "$tmp/said"
}

systemd_part() {
	have systemd-analyze || { skip systemd 'no systemd-analyze'; return; }
	unit=e2e-advice.service
	dropin=$tmp/units/$unit.d/captrace.conf
	mkdir -p "$tmp/units/$unit.d"
	printf '[Unit]\nDescription=e2e\n[Service]\nExecStart=/bin/true\n' >"$tmp/units/$unit"
	: >"$tmp/file"
	"$captrace" advise --format systemd -- sh -c "chroot / true; chown 7:7 '$tmp/file'" \
		>"$dropin" 2>"$tmp/err"
	check 'systemd: the drop-in lists the capabilities' grep -q -x \
		'CapabilityBoundingSet=CAP_CHOWN CAP_SYS_CHROOT' "$dropin"
	check 'systemd: systemd-analyze verify' verify "$unit"
	SYSTEMD_UNIT_PATH="$tmp/units:" systemd-analyze security --offline=true --json=short "$unit" \
		>"$tmp/said" 2>"$tmp/err"
	# It has a field for each group of capabilities, which is not set if one of the group is
	# allowed.
	check 'systemd: systemd-analyze security sees the allowed ones' equals "$(jq -r '.[] |
		select(.set == false).json_field | select(startswith("CapabilityBoundingSet"))' \
		"$tmp/said" | sort | tr '\n' ' ')" "CapabilityBoundingSet_CAP_CHOWN_FSETID_SETFCAP$(
		) CapabilityBoundingSet_CAP_SYS_CHROOT "
	echo 'CapabilityBoundingSett=CAP_CHOWN' >>"$dropin"
	check 'systemd: systemd-analyze verify detects a wrong setting' not verify "$unit"
}

# --- OCI -------------------------------------------------------------------------------------

# run_oci FILE COMMAND: runs COMMAND in a container; FILE is a part of its OCI specification.
run_oci() {
	jq -s --arg run "$2" '.[0] * .[1] | .process.args = ["/bin/sh", "-c", $run] |
		.process.terminal = false | .root.path = "'"$tmp/root"'" | .root.readonly = false |
		del(.process.rlimits) | .linux.namespaces |= map(select(.type != "cgroup"))' \
		"$tmp/spec/config.json" "$1" >"$tmp/bundle/config.json"
	runc run -b "$tmp/bundle" e2e-oci >"$tmp/said" 2>&1 </dev/null
}

oci_part() {
	have runc || { skip oci 'no runc'; return; }
	image
	mkdir -p "$tmp/spec" "$tmp/bundle" "$tmp/there"
	(cd "$tmp/spec" && runc spec)
	"$captrace" advise --format oci -- sh -c "chroot / true && chown 7:7 '$tmp/there'" \
		>"$tmp/advice" 2>"$tmp/err"
	caps=$(jq -r '.process.capabilities.bounding | join(" ")' "$tmp/advice")
	check 'oci: advice' equals "$caps" 'CAP_CHOWN CAP_SYS_CHROOT'
	run='chroot / true && chown 7:7 /www && chown 0:0 /www'
	check 'oci: works in runc with exactly that' run_oci "$tmp/advice" "$run"
	for less in $caps; do
		jq --arg c "$less" '.process.capabilities |= map_values(map(select(. != $c)))' \
			"$tmp/advice" >"$tmp/less"
		check "oci: fails without $less" not run_oci "$tmp/less" "$run"
	done
}

# --- Docker ----------------------------------------------------------------------------------

start_docker() {
	image
	dockerd --iptables=false --bridge=none >"$tmp/dockerd.log" 2>&1 &
	daemons="$daemons $!"
	wait_until docker version >/dev/null 2>&1 || return 1
	docker import -c 'ENV PATH=/bin' "$tmp/root.tar" busybox >/dev/null
}

# serves NAME FLAG...: starts the server in a container with these flags; succeeds if it answers.
serves() {
	name=$1
	shift
	# shellcheck disable=SC2086 # a command
	docker run -d --name "$name" --network none "$@" busybox $server >/dev/null 2>"$tmp/said" &&
		answers docker "$name"
	code=$?
	[ "$name" = keep ] || docker rm -f "$name" >/dev/null 2>&1
	return "$code"
}

# answers PROGRAM CONTAINER: tries to get the page; fails at once if the container has ended.
answers() {
	for _ in 1 2 3 4 5 6 7 8; do
		[ "$("$1" exec "$2" wget -q -O - http://127.0.0.1/ 2>/dev/null)" = 'it works' ] &&
			return 0
		[ "$("$1" inspect -f '{{.State.Running}}' "$2" 2>/dev/null)" = true ] || return 1
		sleep 0.1
	done
	return 1
}

docker_part() {
	have dockerd || { skip docker 'no dockerd'; return; }
	start_docker || { fail 'docker: dockerd does not start'; return; }
	advise web --format docker
	check 'docker: the server works' serves web
	end_advise
	check 'docker: the advice is complete' equals $? 0
	flags=$(grep -v '^#' "$tmp/advice")
	check 'docker: the advice is what the server needs' equals "$flags" \
		'--cap-drop=ALL --cap-add=SETGID --cap-add=SETUID'
	# shellcheck disable=SC2086 # flags
	check 'docker: the server works with exactly that' serves exact $flags
	for less in --cap-add=SETGID --cap-add=SETUID; do
		# shellcheck disable=SC2046
		check "docker: the server fails without $less" not serves less $(without "$less" "$flags")
	done
}

# --- Podman ----------------------------------------------------------------------------------

# pod FILE: prints a pod of the server, with FILE as its container's securityContext.
pod() {
	cat <<-END
		apiVersion: v1
		kind: Pod
		metadata:
		  name: e2epod
		spec:
		  hostNetwork: false
		  containers:
		  - name: web
		    image: localhost/busybox:latest
		    imagePullPolicy: Never
		    command: [$(echo "$server" | sed 's/[^ ][^ ]*/"&"/g; s/ /, /g')]
	END
	grep -v '^#' "$1" | sed 's/^/    /'
}

# plays FILE: runs that pod with podman; succeeds if the server answers.
plays() {
	pod "$1" >"$tmp/pod.yaml"
	podman kube play --network none "$tmp/pod.yaml" >"$tmp/said" 2>&1 &&
		answers podman e2epod-web
	code=$?
	podman kube play --down "$tmp/pod.yaml" >/dev/null 2>&1
	return "$code"
}

podman_part() {
	have podman || { skip podman 'no podman'; return; }
	image
	# An infra image of our own, so that no pause program is needed, and limits that this
	# machine allows.
	cat >"$tmp/containers.conf" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=8192:8192"]
		[engine]
		infra_image = "localhost/busybox:latest"
		infra_command = "/bin/sleep"
		runtime = "runc"
	END
	export CONTAINERS_CONF="$tmp/containers.conf"
	podman import -c 'ENV PATH=/bin' -c 'CMD ["/bin/sleep", "1000"]' "$tmp/root.tar" busybox \
		>/dev/null 2>&1
	: >"$tmp/none"
	advise e2epod-web --format kubernetes
	check 'podman: the server works in a pod' plays "$tmp/none"
	end_advise
	check 'podman: the advice is complete' equals $? 0
	cp "$tmp/advice" "$tmp/context"
	check 'podman: the server works with exactly that' plays "$tmp/context"
	for less in SETGID SETUID; do
		check "podman: the advice has $less" grep -q "^ *- $less\$" "$tmp/context"
		grep -v "^ *- $less\$" "$tmp/context" >"$tmp/less"
		check "podman: the server fails without $less" not plays "$tmp/less"
	done
}

have jq || { skip all 'no jq'; finish; }
for part in $parts; do
	"${part}_part"
done
finish
