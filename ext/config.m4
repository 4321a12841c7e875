dnl `phpize && ./configure && make install`, which is also what PIE runs. The code is Rust: cargo builds
dnl it (Makefile.frag), and what phpize brings then tests and installs it like any other extension.

PHP_ARG_ENABLE([sse], [whether to enable Server-Sent Events],
  [AS_HELP_STRING([--enable-sse], [Enable Server-Sent Events])], [yes])

if test "$PHP_SSE" != "no"; then
  AC_PATH_PROG([CARGO], [cargo], [no], [$PATH:$HOME/.cargo/bin])
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([cargo is missing; install Rust from https://rustup.rs])
  fi
  dnl A name or a path; cargo does not run here, so that it needs the whole path.
  SSE_PHP_CONFIG=`command -v "$PHP_CONFIG"`
  case $SSE_PHP_CONFIG in
    /*) ;;
    *) SSE_PHP_CONFIG=`pwd`/$SSE_PHP_CONFIG ;;
  esac
  AC_MSG_CHECKING([which PHP $SSE_PHP_CONFIG belongs to])
  SSE_HEADERS_VERSION=`"$SSE_PHP_CONFIG" --vernum`
  SSE_PHP_VERSION=`"$PHP_EXECUTABLE" -n -r 'echo PHP_VERSION_ID;' 2>/dev/null`
  if test -z "$SSE_PHP_VERSION" || test "${SSE_HEADERS_VERSION%??}" != "${SSE_PHP_VERSION%??}"; then
    AC_MSG_ERROR([it names $PHP_EXECUTABLE, which is no PHP of that version; please use --with-php-config=PATH])
  fi
  if test ! -e "$phpincludedir/main/php.h"; then
    AC_MSG_ERROR([it names $phpincludedir, where there are no headers of PHP; install php-dev])
  fi
  AC_MSG_RESULT([$PHP_EXECUTABLE, $SSE_PHP_VERSION])
  "$abs_srcdir/../scripts/check-php" "$PHP_EXECUTABLE" || AS_EXIT([1])
  PHP_SUBST([CARGO])
  PHP_SUBST([SSE_PHP_CONFIG])
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/sse.la"
  PHP_ADD_BUILD_DIR([modules])
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$abs_builddir])
fi
