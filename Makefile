# Makefile - GNU make, one file, no recursion.  `make help` lists the targets.

VERSION := 0.1.0
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
INCDIR  ?= $(PREFIX)/include
MANDIR  ?= $(PREFIX)/share/man
DOCDIR  ?= $(PREFIX)/share/doc/tamis
SHAREDIR ?= $(PREFIX)/share
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CXX     := $(if $(filter default,$(origin CXX)),g++,$(CXX))
CFLAGS  ?= -O2 -g
-include config.mk                      # local overrides; never committed

SHELL := /bin/bash
.DELETE_ON_ERROR:
# As many jobs as there are processors, unless -j says otherwise.
ifeq ($(filter -j%,$(MAKEFLAGS))$(findstring jobserver,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
.DEFAULT_GOAL := all

# One build tree per sanitizer set, so that switching does not rebuild all.
SAN   ?=
comma := ,
B     := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))

PKGS := libzstd zlib libxxhash libxml-2.0 icu-uc icu-i18n sentencepiece

# What each kind of target needs: how to see that it is there, and its Debian packages.
# Ubuntu's libsentencepiece-dev asks for libprotobuf-dev in its .pc file alone.
HAVE_build := type gcc g++ pkg-config && pkg-config --exists $(PKGS)
APT_build  := gcc g++ libc6-dev pkg-config libzstd-dev zlib1g-dev libxxhash-dev libxml2-dev \
	libicu-dev libsentencepiece-dev libprotobuf-dev
HAVE_check := type python3 zstd gzip && pkg-config --exists check
APT_check  := check python3 zstd gzip
HAVE_lint  := type clang-format-14 mandoc shellcheck
APT_lint   := clang-format-14 mandoc shellcheck
HAVE_tidy  := type clang-tidy-14
APT_tidy   := clang-tidy-14
HAVE_fuzz  := type clang-14 && ls /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a
APT_fuzz   := clang-14 libclang-rt-14-dev

WARN := -Wall -Wextra -Wno-unused-parameter -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
	-Wundef -Wvla -Wformat=2 -Wcast-qual -Wwrite-strings -Wpointer-arith -Wnull-dereference
# Only inlined functions take vectors, so their ABI does not matter.
WARN += -Wno-psabi
ifdef DEV
WARN += -Werror
endif
CWARN := $(WARN) -Wstrict-prototypes -Wmissing-prototypes -Werror=implicit-function-declaration
ifneq ($(SAN),)
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
else
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
endif

# Asked once, when a rule first needs it: make help and make deps work without the libraries.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
ALL_CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DVERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 -ffp-contract=off $(CWARN) $(SANFLAGS) $(HARDEN) $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 -ffp-contract=off $(WARN) $(SANFLAGS) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS  = $(SANFLAGS) $(LDFLAGS)

# One short line a file; V=1 shows the commands.
Q    := $(if $(V),,@)
SAYS  = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),@:,@echo "  $(1)	$@")

# A source is found by its place, in one of these directories or one level below.
DIRS  := lib filters dedup tok mixer shards
SRC   := $(sort $(wildcard $(addsuffix /*.c,$(DIRS)) $(addsuffix /*/*.c,$(DIRS))))
CCSRC := $(sort $(wildcard tok/*.cc))
OBJ   := $(SRC:%.c=$(B)/%.o) $(CCSRC:%.cc=$(B)/%.o)

all: $(B)/tamis $(B)/libtshard.a $(B)/libtshard.so ## build the tools (default)

$(B)/tamis: $(B)/tamis.o $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

$(B)/%.o: %.c Makefile | build/.have-build
	@mkdir -p $(@D)
	$(call SAYS,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/%.o: %.cc Makefile | build/.have-build
	@mkdir -p $(@D)
	$(call SAYS,CXX)
	$(Q)$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

# The models of langid and codeid are parts of the program.
$(B)/filters/langid/langid_model.o: filters/langid/langid.model
$(B)/filters/codeid/identify_code.o: filters/codeid/codeid.model

# The library that readers of shards link with: nothing but libc and xxHash.
TSHARD := $(sort $(wildcard shards/tshard/*.c))

$(B)/libtshard.a: $(TSHARD:%.c=$(B)/%.o)
	$(call SAYS,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/libtshard.so: $(TSHARD:%.c=$(B)/pic/%.o) shards/tshard/tshard.map
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libtshard.so.0 -Wl,--version-script=shards/tshard/tshard.map \
	    -o $@ $(filter %.o,$^) -lxxhash -lpthread

$(B)/pic/%.o: %.c Makefile | build/.have-build
	@mkdir -p $(@D)
	$(call SAYS,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

# Look first; then install what is missing, if this is a Debian and we may; else say what.
build/.have-%:
	@mkdir -p build
	@if ! { $(HAVE_$*); } >/dev/null 2>&1; then \
	    root=; [ "$$(id -u)" = 0 ] || root='sudo -n'; \
	    if ! command -v apt-get >/dev/null || ! $$root true 2>/dev/null; then \
	        echo "tamis: missing libraries or tools: install the equivalents of: $(APT_$*)" >&2; exit 1; \
	    fi; \
	    echo "installing: $(APT_$*)"; \
	    get="$$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"; \
	    $$get install -y --no-install-recommends $(APT_$*) >build/apt-$*.log 2>&1 || \
	    { $$get update >>build/apt-$*.log 2>&1 && \
	      $$get install -y --no-install-recommends $(APT_$*) >>build/apt-$*.log 2>&1; } || \
	    { tail -5 build/apt-$*.log >&2; echo "tamis: cannot install: $(APT_$*)" >&2; exit 1; }; \
	    { $(HAVE_$*); } >/dev/null || { echo "tamis: installed, but not found: $(APT_$*)" >&2; exit 1; }; \
	fi
	@touch $@

# One installation at a time.
build/.have-check: | build/.have-build
build/.have-lint build/.have-tidy build/.have-fuzz: | build/.have-check

# Tests.  What can run alone is a target KIND/NAME: unit/json, golden/exact, property/order.
# make check T="exact json" runs the tests of these names in every kind.
KINDS    := property unit golden fuzz
# The example filter has its test among the unit tests.
UNIT     := $(sort $(wildcard tests/unit/*.c examples/filter/*.c))
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
SUITES   := $(sort $(shell sed -n 's/.*suite_create("\([a-z_]*\)").*/\1/p' $(UNIT)))
GOLDEN   := $(patsubst tests/golden/%/,%,$(wildcard tests/golden/*/))
PROPERTY := $(patsubst tests/property/%.sh,%,$(sort $(wildcard tests/property/*.sh)))
TESTS    := $(PROPERTY:%=property/%) $(SUITES:%=unit/%) $(GOLDEN:%=golden/%) $(FUZZ:%=fuzz/%)
PICKED   := $(filter $(KINDS:%=%/%),$(if $(T),$(filter $(T) $(addprefix %/,$(T)),$(TESTS)),$(TESTS)))
PICKED   := $(or $(PICKED),$(error no test is called $(T); there are: $(TESTS)))
# A parent of make may ignore SIGPIPE; no test may depend on that.
TESTENV  := BIN=$(CURDIR)/$(B) TAMIS_TEST_SAN=$(SAN)
LEG       = @env --default-signal=PIPE $(TESTENV) tests/leg.sh $(B)/tests/log $@

# Legs that fail let the others run: the sum fails.
check: export LEG_KEEP := 1
check: $(PICKED) ## all tests, or those called T: make check T=exact
	@tests/leg.sh --sum $(B)/tests/log $(PICKED)

check-unit: $(filter unit/%,$(PICKED))
check-golden: $(filter golden/%,$(PICKED))
check-property: $(filter property/%,$(PICKED))
check-fuzz: $(filter fuzz/%,$(PICKED)) ## replay the fuzzers' corpora

$(B)/tests/unit.run: $(UNIT:%.c=$(B)/%.o) $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs check 2>/dev/null) $(PKG_LIBS) -lpthread -lm
$(UNIT:%.c=$(B)/%.o): | build/.have-check

$(SUITES:%=unit/%): unit/%: $(B)/tests/unit.run
	$(LEG) env CK_RUN_SUITE=$* CK_DEFAULT_TIMEOUT=600 $<

$(GOLDEN:%=golden/%): golden/%: $(B)/tamis | build/.have-check
	$(LEG) tests/golden.sh -j 1 tests/golden/$*

# Shards of any size without a tokenizer, for tests and benchmarks.
$(B)/tests/make_docs: $(B)/tests/bench/make_docs.o $(B)/libtshard.a
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lxxhash -lpthread -lm
property/megatron: $(B)/tests/make_docs

$(PROPERTY:%=property/%): property/%: $(B)/tamis | build/.have-check
	$(LEG) tests/property/$*.sh

$(FUZZ:%=fuzz/%): fuzz/%: $(B)/tests/fuzz_%
	$(LEG) $< tests/fuzz/corpus/$*
$(B)/tests/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

check-asan: ; +$(MAKE) check SAN=address,undefined ## the same under ASan and UBSan
check-tsan: ; +$(MAKE) check SAN=thread KINDS="property unit golden" ## the same under TSan

# clang's fuzzer on one target: make fuzz TARGET=json SECONDS=60
TARGET  ?= json
SECONDS ?= 60
fuzz: ## fuzz TARGET for SECONDS
	+$(MAKE) build/fuzz/tests/libfuzzer_$(TARGET) B=build/fuzz CC=clang-14 CXX=clang++-14 SAN=address,undefined,fuzzer-no-link
	@mkdir -p build/fuzz/corpus/$(TARGET)
	build/fuzz/tests/libfuzzer_$(TARGET) -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 build/fuzz/corpus/$(TARGET) tests/fuzz/corpus/$(TARGET)
$(B)/tests/libfuzzer_%: $(B)/tests/fuzz/fuzz_%.o $(OBJ) | build/.have-fuzz
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS) -lpthread -lm

lint: $(B)/tamis | build/.have-lint ## layers, banned calls, format, man pages, shell scripts
	BIN=$(CURDIR)/$(B) tests/lint.sh

# Each file with a stamp of its own, so that only what has changed is looked at again.
# The analyser's search of each function is cut short: it takes 40 % of the time so.
TIDY      := tamis.c $(SRC) $(UNIT) $(sort $(wildcard tests/fuzz/*.c tests/bench/*.c))
TIDYFLAGS := -std=c11 -Xclang -analyzer-config -Xclang max-nodes=75000

tidy: $(TIDY:%.c=$(B)/tidy/%.ok) ## clang-tidy on all C sources, by .clang-tidy

# An object is newer than all that its source includes.
$(B)/tidy/%.ok: %.c $(B)/%.o .clang-tidy | build/.have-tidy
	@mkdir -p $(@D)
	$(call SAYS,TIDY)
	$(Q)clang-tidy-14 --quiet $< -- $(ALL_CPPFLAGS) $(TIDYFLAGS) 2>$(@:.ok=.log) || { cat $(@:.ok=.log) >&2; exit 1; }
	@touch $@

$(B)/tests/bench/bestfit_bench: $(B)/tests/bench/bestfit_bench.o $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

bench: $(B)/tamis $(B)/libtshard.a $(B)/tests/make_docs $(B)/tests/bench/bestfit_bench ## measure; prints, never fails on a figure
	$(TESTENV) tests/bench/bench.sh
	$(TESTENV) tests/bench/langid.sh
	$(TESTENV) tests/bench/rules.sh
	$(TESTENV) tests/bench/mix.sh
	$(TESTENV) tests/bench/plan.sh
	$(B)/tests/bench/bestfit_bench $(IDX)
	python3 tests/bench/peer_fasttext.py $(B)/tamis $(FASTTEXT)

format: ## clang-format all sources
	clang-format-14 -i $$(git ls-files -co --exclude-standard '*.c' '*.h' '*.cc')

demo: $(B)/tamis ## real shards from real text: see examples/demo/README.md
	@+$(MAKE) --no-print-directory -f examples/demo/Makefile TAMIS=$(CURDIR)/$(B)/tamis OUT=$(if $(OUT),$(OUT),build/demo) $(if $(CORPUS),CORPUS=$(CORPUS))

langid-model: $(B)/tamis ## train langid's model on the corpora in CORPUS: see examples/langid-model
	@+$(MAKE) --no-print-directory -f examples/langid-model/Makefile TAMIS=$(CURDIR)/$(B)/tamis OUT=$(if $(OUT),$(OUT),build/langid-model) CORPUS=$(CORPUS)

codeid-model: $(B)/tamis ## train codeid's model on the source files in CORPUS: see examples/codeid-model
	@+$(MAKE) --no-print-directory -f examples/codeid-model/Makefile TAMIS=$(CURDIR)/$(B)/tamis OUT=$(if $(OUT),$(OUT),build/codeid-model) CORPUS=$(CORPUS)

install: all ## into $(DESTDIR)$(PREFIX)
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(INCDIR) $(MANDIR)/man1 $(MANDIR)/man3 $(MANDIR)/man5 $(DOCDIR))
	install -m 755 $(B)/tamis $(DESTDIR)$(BINDIR)
	for v in $$($(B)/tamis --list); do ln -sf tamis $(DESTDIR)$(BINDIR)/tamis-$$v; done
	install -m 644 $(B)/libtshard.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(B)/libtshard.so $(DESTDIR)$(LIBDIR)/libtshard.so.0
	ln -sf libtshard.so.0 $(DESTDIR)$(LIBDIR)/libtshard.so
	install -m 644 shards/tshard/tshard.h $(DESTDIR)$(INCDIR)
	printf 'Name: tshard\nDescription: read tamis shards\nVersion: $(VERSION)\nLibs: -L$(LIBDIR) -ltshard\nLibs.private: -lxxhash -lpthread\nCflags: -I$(INCDIR)\n' >$(DESTDIR)$(LIBDIR)/pkgconfig/tshard.pc
	for m in 1 3 5; do install -m 644 man/*.$$m $(DESTDIR)$(MANDIR)/man$$m; done
	install -d $(addprefix $(DESTDIR)$(SHAREDIR)/,bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	$(B)/tamis --completion bash >$(DESTDIR)$(SHAREDIR)/bash-completion/completions/tamis
	$(B)/tamis --completion zsh >$(DESTDIR)$(SHAREDIR)/zsh/site-functions/_tamis
	$(B)/tamis --completion fish >$(DESTDIR)$(SHAREDIR)/fish/vendor_completions.d/tamis.fish
	install -m 644 README.md CHANGELOG.md LICENSE docs/*.md $(DESTDIR)$(DOCDIR)

uninstall: ## remove what install put there
	for v in $$($(B)/tamis --list); do rm -f $(DESTDIR)$(BINDIR)/tamis-$$v; done
	rm -f $(DESTDIR)$(BINDIR)/tamis $(addprefix $(DESTDIR)$(LIBDIR)/,libtshard.a libtshard.so libtshard.so.0 pkgconfig/tshard.pc) $(DESTDIR)$(INCDIR)/tshard.h
	for m in 1 3 5; do for f in man/*.$$m; do rm -f $(DESTDIR)$(MANDIR)/man$$m/$${f##*/}; done; done
	rm -f $(addprefix $(DESTDIR)$(SHAREDIR)/,bash-completion/completions/tamis zsh/site-functions/_tamis fish/vendor_completions.d/tamis.fish)
	rm -rf $(DESTDIR)$(DOCDIR)

clean: ; rm -rf build ## remove what was built
help: ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s%s\n",$$1,$$2}' Makefile

.PHONY: all check check-unit check-golden check-property check-fuzz check-asan check-tsan fuzz \
	lint tidy bench format demo langid-model codeid-model install uninstall clean help $(TESTS)
.SECONDARY:
-include $(OBJ:.o=.d) $(B)/tamis.d $(UNIT:%.c=$(B)/%.d) $(FUZZ:%=$(B)/tests/fuzz/fuzz_%.d) \
	$(B)/tests/bench/make_docs.d $(B)/tests/bench/bestfit_bench.d
