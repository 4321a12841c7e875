# The targets that people type. What takes more than a line or two is a script in scripts/.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build demo setup-test build-ahead test test-rust test-phpt test-servers test-browser test-debug test-frankenphp \
	lint bench latency load storm fuzz stubs-check valgrind dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the extension and its hub: target/release/libsse.so, sse-hub
	@scripts/setup build
	scripts/build --release

demo: build ## serve examples/ on http://127.0.0.1:8080 until Ctrl-C (DEMO_PORT=8080)
	@scripts/demo

test: setup-test test-rust test-phpt test-servers test-frankenphp test-debug ## every test, with all that they need
	@scripts/not-run

setup-test:
	@scripts/not-run --forget
	@scripts/setup build phpt servers debug frankenphp

build-ahead: # what tests need, so that it is there when they come to it
	@scripts/build-ahead

test-rust: ## Rust's own tests: without PHP, then what of src/sapi needs no running engine
	@scripts/test-rust

test-phpt: build ## the phpt suite, under cli and cgi
	@scripts/setup phpt
	scripts/phpt

test-servers: build ## whole servers (php -S, nginx + FPM, Apache, others and proxies), frameworks, real browsers
	@scripts/setup servers
	scripts/test-servers

test-browser: build ## of those, what runs in browsers (SSE_TEST_BROWSERS='chromium firefox webkit')
	@scripts/setup servers
	scripts/test-servers --test browser --test browser_module --test demo --test roundtrip

test-frankenphp: build ## FrankenPHP, in classic and in worker mode, where Go 1.26 can be had
	@scripts/setup build debug servers frankenphp
	scripts/test-frankenphp

test-debug: ## phpt, and streams' lives on servers, on a ZTS DEBUG PHP, built once: leaks, wrong arginfo
	@scripts/setup build debug servers
	scripts/test-debug

lint: ## formatting, clippy, the syntax of PHP and shell
	@scripts/setup build
	scripts/lint

bench: build ## the benchmarks, with ratios
	@scripts/setup bench
	scripts/bench

latency: build ## how soon a script knows that its client has left, beside plain PHP
	@scripts/setup servers
	scripts/latency

load: build ## 10,000 streams, restarts, storms: the hub beside nchan and beside plain workers (minutes)
	@scripts/setup load
	scripts/load

storm: build ## the keeper in full: 20 s blocked in every way, 50,000 heartbeats a server (minutes)
	@scripts/setup servers
	scripts/storm

fuzz: ## each fuzz target for a minute (FUZZ_SECONDS=60)
	@scripts/setup fuzz
	scripts/fuzz

stubs-check: build ## the stub against reflection
	@scripts/setup phpt
	scripts/phpt php-tests/stub.phpt

valgrind: build ## the phpt suite under valgrind: PHP, and not what it starts
	@scripts/setup valgrind
	VALGRIND_OPTS='--trace-children-skip=*/sse-hub,*/false' scripts/phpt -m --show-mem -d pcre.jit=0

dist: ## a release for the PHP of this machine: archives, Debian packages, SHA256SUMS, in target/dist
	@scripts/setup build dist
	scripts/dist-build
	scripts/dist-pack

clean: ## remove what was built
	cargo clean
	$(RM) -r fuzz/target
