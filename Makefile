# make demo   a morning at the desk: in a window, or into demo-out/ where there is no display
# make test   all tests
# make soak   the long ones: 100,000 scans, 5,000 kills, 2,000 power cuts; hours
# make handbook   the pictures of docs/handbook.md, drawn by the program itself
# make deb    the appliance's packages for amd64 and arm64, into target/package/ (root, Debian)
# make deb-check   what is packed, and what it does when installed, upgraded and purged
# make boot-test   the amd64 package on an emulated machine: switched on, used, its power cut (root, Debian);
#             DEB=file.deb is tried instead of what `make deb` made; SLOW=4 waits four times as long
# All install the system packages they miss (.ci/packages) and build what they need.

CARGO ?= cargo
# The program. CI gives the one its tests have just built: without them it would be built anew.
TIEPDON ?= $(CARGO) run --locked --quiet --

VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
DEB = $(or $(CARGO_TARGET_DIR),target)/package/tiepdon_$(VERSION)

.PHONY: demo test soak bench build handbook deb deb-check boot-test

demo:
	.ci/packages build
	$(TIEPDON) demo --out demo-out

test:
	.ci/packages build test
	$(CARGO) test --locked --workspace

soak:
	.ci/packages build test
	$(CARGO) test --locked --release --lib -- --ignored --nocapture a_hundred_thousand_scans
	TIEPDON_CUTS=2000 $(CARGO) test --locked --release --test power_cut -- --nocapture
	TIEPDON_KILLS=5000 $(CARGO) test --locked --release --test kill_nine -- --nocapture
	TIEPDON_KILLS=1000 $(CARGO) test --locked --release --test kill_backup -- --nocapture

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

deb:
	.ci/packages package
	packaging/build amd64 arm64

deb-check:
	.ci/packages package
	packaging/check $(DEB)_amd64.deb $(DEB)_arm64.deb
	packaging/check-arm64 $(DEB)_arm64.deb
	packaging/check-install $(DEB)_$(shell dpkg --print-architecture).deb

boot-test:
	.ci/packages boot
	python3 -B tests/boot --deb $(if $(filter %.deb,$(DEB)),$(DEB),$(DEB)_amd64.deb) \
	    --work $(or $(CARGO_TARGET_DIR),target)/boot-test --slow $(or $(SLOW),1)
