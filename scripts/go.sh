# A Go that is new enough; sourced after lib.sh.
# shellcheck shell=bash

# Prints a Go of at least this version: the machine's, or one that it fetches, as the module that it is.
newer_go() {
  local dir
  export GOTOOLCHAIN=local GOFLAGS=-mod=mod
  if printf '%s\n' "go$1" "$(go env GOVERSION)" | sort --version-sort --check=quiet; then
    command -v go
    return
  fi
  dir=$(cd / && go mod download -json "golang.org/toolchain@v0.0.1-go$1.linux-$(go env GOARCH)" |
    sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p') && [[ -n $dir ]] || return
  # The files of a module may not be run.
  chmod -R u+wX,u+x "$dir"/bin "$dir"/pkg/tool && echo "$dir/bin/go"
}
