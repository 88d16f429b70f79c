# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# Functions and variables that the scripts of this folder share. Sourced, never run.

set -euo pipefail
export LC_ALL=C

ci_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=${ci_dir%/*}
me=ci/${0##*/}
cache=${CAPTRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/captrace}
case $cache in
/*) ;;
*) cache=$PWD/$cache ;;
esac

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$@"; exit 1; }
wrong_usage() { say "$@"; exit 2; }

# kernel_row NAME: sets kernel_{arch,suite,package,need} from ci/kernels.
kernel_row() {
	local row
	row=$(awk -v name="$1" '$1 == name { print $2, $3, $4, $5 }' "$ci_dir/kernels")
	if [ -z "$row" ]; then
		wrong_usage "unknown kernel $1 (choose:$(awk '!/^#/ && NF { printf " %s", $1 }' \
			"$ci_dir/kernels"))"
	fi
	read -r kernel_arch kernel_suite kernel_package kernel_need <<-EOF
		$row
	EOF
}

# Debian's name of this machine's architecture; works without dpkg.
host_arch() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	armv7l | armv8l) echo armhf ;;
	i?86) echo i386 ;;
	*) uname -m ;;
	esac
}

# suite_with ARCH SUITE: prints SUITE, or a later suite if SUITE is older than Debian's support for
# ARCH. Debian has riscv64 since trixie; this takes forky, now `testing`, for its newer libraries.
suite_with() {
	case $1-$2 in
	riscv64-bullseye | riscv64-bookworm) echo forky ;;
	*) echo "$2" ;;
	esac
}

# install_into_cache DIR LINK VERSION RECIPE: moves DIR into the cache and makes LINK point to it.
# The folder gets its final name only when it is complete, and the link is replaced in one step, so
# that a reader sees either the old folder or the new one. RECIPE identifies how DIR was made.
install_into_cache() {
	local dir=$1 link=$2 version=$3 recipe=$4 store
	echo "$version" >"$dir/version"
	echo "$recipe" >"$dir/recipe"
	store=${link#"$cache/"}
	store=$cache/store/${store//\//_}
	# The previous folder stays, because a guest that is starting may be reading it.
	find "$cache/store" -maxdepth 1 -path "$store=*" ! -path "$(readlink -m "$link")" \
		-exec rm -rf {} +
	store="$store=${version//:/%3a}=$recipe"
	mkdir -p "${link%/*}"
	rm -rf "$store"
	mv "$dir" "$store"
	ln -s "$store" "$link.$$"
	mv -T "$link.$$" "$link"
}

# cached LINK RECIPE: succeeds if the cache has LINK, made with RECIPE.
cached() { [ "$(cat "$1/recipe" 2>/dev/null)" = "$2" ]; }
