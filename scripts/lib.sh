# What the scripts share; sourced, never run. Every script works from the root of the repository.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

have() { command -v "$1" >/dev/null 2>&1; }
say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Without a debug PHP what needs one is left out, where that is for want of its source, or of what it is built with.
without_debug_php() {
  (($1 == no_source)) || exit "$1"
  not_run "the tests on a debug PHP, for its source cannot be had"
  exit 0
}

# What could not be run for want of something that no change here can help, and is no failure therefore:
# said now, and again at the end of `make test`.
not_run() {
  say "not run: $*"
  mkdir -p "$target"
  echo "not run: $*" >>"$target/not-run"
}

# Only where it must: ext-php-rs is built anew for each other PATH.
have cargo || PATH=$PATH:$HOME/.cargo/bin

# How scripts/debug-php exits where no source can be had.
no_source=3

# What takes long to fetch or build stays here, shared by all checkouts of this user.
cache=${SSE_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/sse-dev}
target=${CARGO_TARGET_DIR:-$PWD/target}

# Has cargo run tests as root: some act as another user, or mount a disk.
tests_run_as_root() {
  local host
  ((EUID != 0)) || return 0
  host=$(rustc --version --verbose | sed -n 's/^host: //p')
  host=${host//-/_}
  export "CARGO_TARGET_${host^^}_RUNNER=sudo --preserve-env"
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo: $*"
  fi
}

# Builds the extension for the debug PHP with this prefix, and names both for what is called from here on.
build_for_debug_php() {
  local build=$target/${1##*/} # of its own: its bindings are for another PHP
  export PHP=$1/bin/php SSE_EXTENSION=$build/debug/libsse.so
  scripts/build --target-dir "$build"
}
