dnl `phpize && ./configure && make install`, which is also what PIE runs. The code is Rust: cargo builds
dnl it (Makefile.frag), and what phpize brings then tests and installs it like any other extension.

PHP_ARG_ENABLE([sse], [whether to enable Server-Sent Events],
  [AS_HELP_STRING([--enable-sse], [Enable Server-Sent Events])], [yes])

if test "$PHP_SSE" != "no"; then
  "$abs_srcdir/../scripts/check-php" "$PHP_EXECUTABLE" || AS_EXIT([1])
  AC_PATH_PROG([CARGO], [cargo], [no], [$PATH:$HOME/.cargo/bin])
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([cargo is missing; install Rust from https://rustup.rs])
  fi
  AC_PATH_PROG([SSE_PHP_CONFIG], [$PHP_CONFIG])
  PHP_SUBST([CARGO])
  PHP_SUBST([SSE_PHP_CONFIG])
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/sse.la"
  PHP_ADD_BUILD_DIR([modules])
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$abs_builddir])
fi
