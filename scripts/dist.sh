# What is released, and its names; sourced after lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this

# SSE_DIST names another place: what is built in several roots comes together there.
dist=${SSE_DIST:-$target/dist}
built=$dist/built

# The one version of the project: composer.json, the packages and the man page are held against it by tests/dist.
version=$(sed -n '/^\[workspace.package\]/,/^$/ s/^version = "\(.*\)"$/\1/p' Cargo.toml)

# The time that all files have: archives of the same commit are the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# "x86_64-linux-glibc" of Rust's name for a target: processor, system and C library, in the words of PIE.
platform_of() {
  local processor=${1%%-*} libc=glibc
  [[ $1 != *-musl ]] || libc=musl
  echo "${processor/aarch64/arm64}-linux-$libc"
}

# Debian's name of that processor.
debian_architecture() {
  case $1 in
    x86_64-*) echo amd64 ;;
    arm64-*) echo arm64 ;;
  esac
}

# The folders of one platform's builds: "php8.2-x86_64-linux-glibc-nts" ...
builds_for() { for folder in "$built"/php*-"$1"-*; do [[ ! -d $folder ]] || echo "${folder##*/}"; done; }

# Debian has one kind of PHP: without thread safety, without the engine's checks.
debian_builds_for() { builds_for "$1" | grep -E "^php[0-9.]+-$1-nts\$" || true; }

# The man page on its way out: with date and version.
fill_manual() {
  sed "s/^\.Dd .*/.Dd $(LC_ALL=C date --utc --date "@$SOURCE_DATE_EPOCH" '+%B %-d, %Y')/; s/^\.Os\$/.Os Sse $version/"
}

# The glibc that binaries need at most: Debian 12, Ubuntu 22.04, RHEL 9 have it. scripts/dist-build holds them to it.
glibc=2.34
