# make demo   a morning at the desk: in a window, or into demo-out/ where there is no display
# make test   all tests
# make handbook   the pictures of docs/handbook.md, drawn by the program itself
# All install the system packages they miss (.ci/packages) and build what they need.

CARGO ?= cargo
RELEASE := target/release/tiepdon

.PHONY: demo test bench build handbook

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

handbook:
	.ci/packages build
	$(CARGO) run --locked --quiet -- screens --out target/handbook --size 1280x800 --px-per-mm 5.9
	for name in $$(sed -n 's/.*(pictures\/\(.*\)\.png).*/\1/p' docs/handbook.md); do \
	    cp "target/handbook/$$name.png" docs/pictures/ || exit 1; \
	done
