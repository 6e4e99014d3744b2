# make demo   a morning at the desk: in a window, or into demo-out/ where there is no display
# make test   all tests
# Both install the system packages they miss (.ci/packages) and build what they need.

CARGO ?= cargo
RELEASE := target/release/tiepdon

.PHONY: demo test bench build

demo:
	.ci/packages build
	$(CARGO) run --locked --quiet -- demo --out demo-out

test:
	.ci/packages build test
	$(CARGO) test --locked --workspace

bench:
	.ci/packages build test
	$(CARGO) bench --locked

build:
	.ci/packages build
	$(CARGO) build --locked --release
