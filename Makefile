# SPDX-License-Identifier: GPL-2.0
#
# rtpguard: the kernel module, the tool and their tests. `make help` lists what
# can be made.

SHELL := /bin/bash

O := build
KERNEL ?= 6.12
DEBUG_KERNELS ?= debug uml

# deps.sh's set of packages for module and tool.
ifeq ($(WITH_PCAP),0)
BUILD_SET := build-nopcap
else
BUILD_SET := build
endif

# What only compiles uses all processors, unless make was told how many.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

all: modules tool ## build module and tool (the default)

help: ## list the targets
	@echo 'Targets:'
	@sed -n 's/^\([a-z][a-z0-9 -]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | \
		expand -t 18
	@echo 'Variables:'
	@echo '  CHURN=release   hours of churn; likewise FAULTS and NLFUZZ'
	@echo '  DEBUG_KERNELS=X of debug-kernels and test-debug ($(DEBUG_KERNELS))'
	@echo '  FUZZ_SECONDS=N  how long `make fuzz` runs each target (60)'
	@echo '  FUZZ_RUNS=N     ... and instead, how many inputs'
	@echo '  KDIR=DIR        build the module for these kernel headers only'
	@echo '  KERNEL=VERSION  kernel of `make vm`: 6.1 or 6.12 ($(KERNEL))'
	@echo '  NLFUZZ=N        netlink messages of test-vm (20000)'
	@echo '  CORPUS=DIR      captures of `make accuracy` ($(CORPUS))'
	@echo '  WITH_PCAP=0     build the tool without replay and libpcap'
	@echo '  W=1 C=2         more warnings, sparse'

deps-build:
	@selftests/deps.sh $(BUILD_SET)

deps-vm deps-test deps-debug deps-bench deps-coverage deps-fuzz deps-lint deps-demo: deps-%:
	@selftests/deps.sh $*

# Kbuild leaves its objects beside the sources, so each kernel gets a copy.
MODULE_SOURCES := $(shell find Kbuild kmod include -name '*.[ch]' -o -name Kbuild)

# One module a kernel: 6.1, 6.12 and every installed headers package, or KDIR=.
modules: deps-build ## build the module for 6.1, 6.12 and all installed headers
	@set -e; dirs='$(KDIR)'; \
	[ -n "$$dirs" ] || dirs=$$(selftests/vm/kernels.sh headers); \
	for dir in $$dirs; do \
		$(MAKE) --no-print-directory module KDIR=$$dir; done

# What uname -r says; Debian's 6.1 has another word in kernel.release.
RELEASE = $(shell sed -n 's/^\#define UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)

module: $(MODULE_SOURCES)
	@test -n '$(RELEASE)' || { echo 'make: $(KDIR): no configured kernel' \
		'headers there (include/generated/utsrelease.h)' >&2; exit 1; }
	@mkdir -p $(O)/$(RELEASE)
	@copy=$(O)/$(RELEASE); for f in $^; do \
		mkdir -p $$copy/$$(dirname $$f); \
		cmp -s $$f $$copy/$$f || cp $$f $$copy/$$f; done
	@echo "  MODULE  $(O)/$(RELEASE)/rtpguard.ko"
	@$(MAKE) $(JOBS) --no-print-directory -s -C $(KDIR) M=$(CURDIR)/$(O)/$(RELEASE) \
		W=$(W) C=$(C) CF=-Wsparse-error RG_WERROR=y modules

tool: deps-build ## build build/rtpguard
	@$(MAKE) $(JOBS) --no-print-directory -C tool O=$(CURDIR)/$(O)

selftests-built: deps-test tool
	@$(MAKE) $(JOBS) --no-print-directory -C selftests O=$(CURDIR)/$(O)

test: test-host test-vm ## all tests: on this machine and on both kernels

test-host: selftests-built ## tests that need neither root nor the module
	@$(MAKE) --no-print-directory -C selftests O=$(CURDIR)/$(O) run-host

test-vm: modules selftests-built ## the module's tests in QEMU, Debian 6.1 and 6.12
	@$(MAKE) --no-print-directory -C selftests O=$(CURDIR)/$(O) run-vm

debug-kernels: deps-debug ## build the kernels of `make test-debug` that are not cached
	@set -e; for kernel in $(DEBUG_KERNELS); do \
		selftests/vm/kernels.sh build $$kernel >/dev/null; done

test-debug: debug-kernels selftests-built ## the module's tests with KASAN, lockdep, kmemleak
	@set -e; for kernel in $(DEBUG_KERNELS); do \
		arch=x86_64; [ $$kernel != uml ] || arch=um; \
		$(MAKE) --no-print-directory module ARCH=$$arch \
			KDIR=$$(selftests/vm/kernels.sh headers $$kernel); done
	@$(MAKE) --no-print-directory -C selftests O=$(CURDIR)/$(O) \
		DEBUG_KERNELS='$(DEBUG_KERNELS)' run-debug

# A corpus outside the repository if there is one, else the small one in it.
CORPUS ?= $(firstword $(wildcard ../shared/corpus) selftests/pcaps/media)
accuracy: tool deps-test ## score the content test on labelled captures, CORPUS=DIR
	@selftests/accuracy.py $(O)/rtpguard $(CORPUS) $(O)/accuracy.json

mutants: DEBUG_KERNELS := uml
mutants: deps-test deps-vm debug-kernels ## known bugs one at a time, MUTANTS=NAME...: does a test fail?
	@KERNEL=$(DEBUG_KERNELS) selftests/mutants/run.sh $(O) $(MUTANTS)

# One after the other: both measure.
bench: ## what a packet costs: bench-core, then bench-kernel
	@$(MAKE) --no-print-directory bench-core
	@$(MAKE) --no-print-directory bench-kernel

bench-core: tool deps-bench ## what a packet costs the core: ns and instructions
	@$(MAKE) --no-print-directory -C selftests O=$(CURDIR)/$(O) \
		CORPUS=$(abspath $(CORPUS)) bench-core

bench-kernel: DEBUG_KERNELS := uml
bench-kernel: modules tool deps-vm debug-kernels ## ... the kernel, with rules and 10^6 flows
	@$(MAKE) --no-print-directory module ARCH=um \
		KDIR=$$(selftests/vm/kernels.sh headers uml)
	@selftests/bench/kernel/run.sh $(O) 6.1 6.12 uml

coverage: deps-coverage ## lines and branches of the core that its tests run
	@$(MAKE) --no-print-directory -C selftests O=$(CURDIR)/$(O) coverage

fuzz: deps-fuzz ## fuzz the core and the rules grammar, FUZZ_SECONDS each
	@$(MAKE) --no-print-directory -C selftests/fuzz O=$(CURDIR)/$(O) run

demo: deps-demo modules selftests-built ## a real call, in clear and encrypted
	@selftests/demo/run.sh

vm: deps-vm modules tool ## a shell in a virtual machine, KERNEL=6.1 or 6.12
	@selftests/vm/run.sh -k $(KERNEL) --shell

genl: deps-lint ## regenerate netlink policy and uapi header from the spec
	@include/netlink/generate.sh "$$(selftests/vm/kernels.sh source)" .

check-genl: deps-lint ## is what `make genl` makes what is checked in?
	@selftests/lint/genl.sh

check-floors: ## do lower layers include upper ones?
	@selftests/lint/floors.sh

lint: deps-lint ## W=1, sparse, checkpatch, shellcheck, cppcheck, floors, gates
	@selftests/lint/run.sh

# Built by `make` before, not here: this runs as root.
install: ## install the tool, and the module for the running kernel
	@test -e $(O)/rtpguard -a -e $(O)/$$(uname -r)/rtpguard.ko || { echo \
		"make install: no $(O)/rtpguard or no $(O)/$$(uname -r)/rtpguard.ko:" \
		"run make first, with linux-headers-$$(uname -r) installed" >&2; \
		exit 1; }
	$(MAKE) -C tool O=$(CURDIR)/$(O) install
	install -D -m 0644 $(O)/$$(uname -r)/rtpguard.ko \
		$(DESTDIR)/lib/modules/$$(uname -r)/updates/rtpguard.ko
	test -n '$(DESTDIR)' || depmod

clean: ## remove build/
	rm -rf $(O)

.PHONY: all help accuracy bench bench-core bench-kernel coverage mutants debug-kernels deps-build deps-vm \
	deps-test deps-debug deps-bench deps-coverage deps-fuzz deps-lint deps-demo \
	modules module tool selftests-built test test-host test-vm test-debug fuzz demo vm \
	genl check-genl check-floors lint install clean
