# Makes a new Debian in a directory; sourced after packages.sh. Needs root.
# shellcheck shell=bash

# Installs a release of Debian: make_root DIRECTORY SUITE [option of debootstrap]... The way to its archives is this
# machine's: mirror, proxies, certificates.
make_root() {
  local root=$1 suite=$2 mirror file
  shift 2
  need debootstrap
  mirror=$(debian_mirror)
  mkdir -p "$root"
  debootstrap --variant=minbase "$@" "$suite" "$root" "$mirror" >/dev/null
  apt-config dump | grep -E '^Acquire::(https?|Retries|Check-)' >"$root/etc/apt/apt.conf.d/acquire" || true
  for file in /etc/{hosts,resolv.conf} /etc/ssl/certs/ca-certificates.crt; do copy_to_root "$root" "$file"; done
}

# Copies a file, where there is one: copy_to_root DIRECTORY FILE [its path there].
copy_to_root() { [[ ! -e $2 ]] || install -D --mode 644 "$2" "$1${3:-$2}"; }
