# The targets people type. What takes more than a line is a script in scripts/.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build demo test test-rust test-phpt test-servers test-browser test-debug \
	lint bench fuzz stubs-check valgrind clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the extension: target/release/libsse.so
	@scripts/setup build
	@scripts/build --release

demo: build ## serve examples/ on http://127.0.0.1:8080 until Ctrl-C (DEMO_PORT=8080)
	@scripts/demo

test: setup test-rust test-phpt test-servers test-browser test-debug ## run every test, after installing what it needs

test-rust: ## the layers that need no PHP
	cargo test --quiet --workspace --exclude server-tests --no-default-features

test-phpt: build ## the phpt suite, under cli and cgi
	scripts/phpt

test-servers: build ## whole servers: php -S, nginx + FPM, Apache
	scripts/test-servers

test-browser: build ## the demo in a real browser
	scripts/test-servers browser

test-debug: ## the phpt suite on a PHP 8.4 ZTS DEBUG, which is built once
	scripts/test-debug

lint: ## formatting, clippy, the syntax of PHP and shell
	@scripts/setup build
	scripts/lint

bench: build ## the benchmarks
	scripts/bench

fuzz: ## each fuzz target for a minute (FUZZ_SECONDS=60)
	scripts/fuzz

stubs-check: build ## hold the stub against reflection
	scripts/phpt php-tests/stub.phpt

valgrind: build ## the phpt suite under valgrind
	scripts/phpt -m

clean: ## remove what was built
	cargo clean
