# Which PHP and which extension are meant; sourced after lib.sh. PHP names the binary (default: php),
# SSE_EXTENSION the extension (default: the one that `make build` leaves).
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this

php=$(command -v "${PHP:-php}") || die "no PHP found: install php-cli, or point PHP at a php binary"
extension=$(realpath --canonicalize-missing "${SSE_EXTENSION:-$target/release/libsse.so}")

# Before cargo builds the extension: ext-php-rs takes the binary from PHP and the headers from PHP_CONFIG.
# Where nobody chose a PHP both stay unset, so that a plain `cargo build` finds everything built already.
name_php_config() {
  [[ -n ${PHP:-} ]] || return 0
  PHP_CONFIG=$(php_program config)
  export PHP_CONFIG
}

# Evaluates an expression, without php.ini.
php_value() { "$php" -n -r "echo $1;"; }

php_title() { php_value '"PHP ", PHP_VERSION, PHP_ZTS ? " ZTS" : " NTS", PHP_DEBUG ? " DEBUG" : ""'; }

# Another program of that PHP: `php_program cgi`, `php_program fpm`, `php_program config`. Debian adds
# the version to their names (php-fpm8.2), PHP itself does not.
php_program() {
  local version directory name
  version=$(php_value 'PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION')
  for directory in "${php%/*}" "${php%/*}/../sbin"; do
    for name in "php-$1$version" "php-$1"; do
      [[ -x $directory/$name ]] || continue
      realpath --no-symlinks "$directory/$name"
      return
    done
  done
  die "no php-$1 belongs to $php"
}
