# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# What the scripts of this folder share. Sourced, never run.

set -euo pipefail
export LC_ALL=C

ci_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=${ci_dir%/*}
me=ci/${0##*/}
cache=${CAPTRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/captrace}

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$@"; exit 1; }
wrong_usage() { say "$@"; exit 2; }

# kernel_row NAME: sets kernel_{arch,suite,package,need} from ci/kernels.
kernel_row() {
	local row
	row=$(awk -v name="$1" '$1 == name { print $2, $3, $4, $5 }' "$ci_dir/kernels")
	if [ -z "$row" ]; then
		wrong_usage "no kernel $1; there are:$(awk '!/^#/ && NF { printf " %s", $1 }' \
			"$ci_dir/kernels")"
	fi
	read -r kernel_arch kernel_suite kernel_package kernel_need <<-EOF
		$row
	EOF
}

# Debian's name of the machine's architecture, without asking dpkg.
host_arch() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	armv7l | armv8l) echo armhf ;;
	i?86) echo i386 ;;
	*) uname -m ;;
	esac
}
