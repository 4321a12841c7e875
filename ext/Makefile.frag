SSE_ROOT = $(srcdir)/..
SSE_SOURCES = $(shell find $(SSE_ROOT)/src $(SSE_ROOT)/crates $(SSE_ROOT)/Cargo.* $(SSE_ROOT)/build.rs -type f)

# The hub goes beside the extension, which looks for it there; `make install` takes all that is there.
$(phplibdir)/sse.so: $(SSE_SOURCES)
	PHP=$(PHP_EXECUTABLE) PHP_CONFIG=$(SSE_PHP_CONFIG) $(CARGO) build --release --locked \
		--package sse --package hub --manifest-path $(SSE_ROOT)/Cargo.toml --target-dir $(builddir)/target
	$(INSTALL) $(builddir)/target/release/sse-hub $(phplibdir)/sse-hub
	$(INSTALL) $(builddir)/target/release/libsse.so $@

# The libtool archive from which `make test` and `make install` take the library's name.
$(phplibdir)/sse.la: $(phplibdir)/sse.so
	echo "dlname='sse.so'" >$@
