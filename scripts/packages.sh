# The Debian and Ubuntu packages that each task needs, and `need`, which installs what is missing of
# them; sourced after lib.sh. An entry is
#   php-cli    a package
#   npm:npm    a package that is not needed where the command before the colon is there
#   chromium?  a package that is not needed where the distribution has none
# shellcheck shell=bash
# shellcheck disable=SC2034 # the lists are for the scripts that source this

build_packages=(php-cli php-dev gcc libc6-dev libclang-dev)
phpt_packages=(php-cgi php-sqlite3)
servers_packages=(
  php-cgi php-fpm php-curl php-sqlite3 libapache2-mod-php apache2 nginx-light redis-server openssl
  php-laravel-framework? phpunit? php-symfony-http-kernel? php-symfony-routing? php-intl php-mbstring php-xml
  php-nyholm-psr7? php-slim? php-guzzlehttp-guzzle? php-symfony-http-client? php-revolt-event-loop?
  php-codeigniter-framework?
  php-symfony-framework-bundle? php-symfony-security-bundle? php-symfony-twig-bundle? php-symfony-web-profiler-bundle?
  php-symfony-browser-kit? php-symfony-console? php-symfony-messenger? php-symfony-stopwatch? php-symfony-yaml?
  php-symfony-mercure? php-symfony-mercure-bundle? php-lcobucci-jwt?
  caddy lighttpd haproxy varnish? vinyl-cache? libapache2-mod-fcgid
  node:nodejs npm:npm go:golang-go python3 python3-venv python3-zstandard? python3-brotli? strace
  supervisor curl:curl systemd-analyze:systemd
  zip unzip
)
# A browser, and what it takes to drive it. WebKit's driver has another name in newer releases.
chromium_packages=(chromium? chromium-driver?)
firefox_packages=(firefox-esr?)
webkit_packages=(WebKitWebDriver:webkit2gtk-driver? WebKitWebDriver:webkitgtk-webdriver? xvfb?)
load_packages=(php-fpm nginx-light libnginx-mod-nchan? redis-server)
bench_packages=(php-fpm nginx-light libnginx-mod-http-brotli-filter? strace)
debug_packages=(
  make gcc libc6-dev pkg-config xz-utils zlib1g-dev libsqlite3-dev debian-archive-keyring
)
dist_packages=(zip debhelper)
frankenphp_packages=(php-dev libphp-embed? gcc libc6-dev go:golang-go)
fuzz_packages=(g++)
valgrind_packages=("${phpt_packages[@]}" valgrind)

# The browsers that are asked for; tests on whole servers run in all of those that are there unless they are
# named.
browsers=${SSE_TEST_BROWSERS:-chromium}
for browser in $browsers; do
  declare -n of_browser=${browser}_packages
  [[ $browser =~ ^(chromium|firefox|webkit)$ ]] ||
    die "SSE_TEST_BROWSERS: no browser is called $browser; there are chromium, firefox, webkit"
  servers_packages+=("${of_browser[@]}")
done

# How long apt waits for a mirror that does not answer.
apt_patience=(-o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o Acquire::Retries=1)

within_minutes() { timeout --kill-after=10 "$1m" "${@:2}"; }

# Where nothing is missing this is instant and needs neither root nor a network.
need() {
  local missing
  mapfile -t missing < <(packages_of_named_php "$@")
  set -- "${missing[@]}"
  if ! have apt-get; then
    say "no apt-get on this system; if a step fails, it wants one of: $*"
    return
  fi
  mapfile -t missing < <(missing_packages "$@" | sort -u)
  [[ -n $(obtainable "${missing[@]}") ]] || return 0

  as_root apt-get -qq "${apt_patience[@]}" update || say "apt-get update failed; what apt knows already has to do"
  mapfile -t missing < <(obtainable "${missing[@]}")
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  install_without_services "${missing[@]}" || install_what_there_is "${missing[@]}"
}

# A mirror may lack a file: what can be had without it is installed all the same.
install_what_there_is() {
  local package lacking=()
  for package in "$@"; do install_without_services "$package" || lacking+=("$package"); done
  ((${#lacking[@]} == 0)) && return
  say "could not be installed: ${lacking[*]}"
  return 1
}

# Where PHP names one that Debian calls by its version (PHP=/usr/bin/php8.5), that one's packages.
packages_of_named_php() {
  local php=${PHP:-}
  if [[ ${php##*/} =~ ^php[0-9]+\.[0-9]+$ ]]; then
    printf '%s\n' "$@" | sed -E "s/^(libapache2-mod-)?php(-(cli|dev|cgi|fpm|curl|intl|mbstring|sqlite3|xml))?\$/\1${php##*/}\2/"
  else
    printf '%s\n' "$@"
  fi
}

missing_packages() {
  local entry package
  for entry in "$@"; do
    package=${entry#*:}
    [[ $entry == *:* ]] && have "${entry%%:*}" && continue
    is_installed "${package%\?}" || echo "$package"
  done
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Drops the question marks, and what they stand at where the distribution does not have it, or not what it needs.
obtainable() {
  local package optional=()
  for package in "$@"; do
    if [[ $package != *\? ]]; then
      echo "$package"
    # `apt-cache show` knows names, too, that other packages only speak of.
    elif [[ -n $(apt-cache madison "${package%\?}" 2>/dev/null) ]]; then
      optional+=("${package%\?}")
    fi
  done
  ((${#optional[@]})) || return 0
  if can_be_installed "${optional[@]}"; then
    printf '%s\n' "${optional[@]}"
  else
    for package in "${optional[@]}"; do
      if can_be_installed "$package"; then echo "$package"; fi
    done
  fi
}

can_be_installed() { apt-get -qq --simulate install --no-install-recommends "$@" >/dev/null 2>&1; }

# Debian starts a server when it is installed, and again at every boot. The tests start their own,
# so neither is wanted.
install_without_services() {
  local policy=/usr/sbin/policy-rc.d enabled status=0
  enabled=$(enabled_services)
  if [[ -e $policy ]]; then
    policy=
  else
    printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq "${apt_patience[@]}" install --yes --no-install-recommends "$@" </dev/null >/dev/null || status=$?
  [[ -z $policy ]] || as_root rm "$policy"
  comm -13 <(echo "$enabled") <(enabled_services) | while read -r service; do
    as_root systemctl --quiet disable "$service"
  done
  return "$status"
}

enabled_services() {
  [[ ! -d /run/systemd/system ]] ||
    systemctl list-unit-files --type=service --state=enabled --no-legend --plain |
    cut -d ' ' -f 1 | sort
}

# The mirrors that this machine takes Debian from, or Debian's own where it runs something else.
debian_mirror() { mirror_of Debian/Debian || echo http://deb.debian.org/debian/; }
debian_security_mirror() { mirror_of Debian/Debian-Security || echo http://deb.debian.org/debian-security/; }

mirror_of() {
  # shellcheck disable=SC2016 # the fields are apt's
  apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' |
    awk -v archive="$1" '$1 == archive && !mirror { mirror = $2 } END { if (!mirror) exit 1; print mirror }'
}
