# What the scripts share; sourced, never run. Every script works from the root of the repository.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH=$PATH:$HOME/.cargo/bin:/usr/local/sbin:/usr/sbin:/sbin # Rust; php-fpm, nginx, apache2

# What takes long to fetch or build stays here, shared by all checkouts of this user.
cache=${SSE_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/sse-dev}
target=${CARGO_TARGET_DIR:-$PWD/target}

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo: $*"
  fi
}
