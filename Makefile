# make demo   a morning at the desk: in a window, or into demo-out/ where there is no display
# make test   all tests
# make handbook   the pictures of docs/handbook.md, drawn by the program itself
# All install the system packages they miss (.ci/packages) and build what they need.

CARGO ?= cargo
# The program. CI gives the one its tests have just built: without them it would be built anew.
TIEPDON ?= $(CARGO) run --locked --quiet --

.PHONY: demo test bench build handbook

demo:
	.ci/packages build
	$(TIEPDON) demo --out demo-out

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
	$(TIEPDON) screens --out target/handbook --size 1280x800 --px-per-mm 5.9
	for name in $$(sed -n 's/.*(pictures\/\(.*\)\.png).*/\1/p' docs/handbook.md); do \
	    cp "target/handbook/$$name.png" docs/pictures/ || exit 1; \
	done
