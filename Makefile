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
# As many jobs as there are processors, unless -j says otherwise.  A make below another one shares its jobs.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
.DEFAULT_GOAL := all

# One build tree per sanitizer set, so that switching does not rebuild all.
SAN   ?=
comma := ,
B     := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))

PKGS := libzstd zlib libdeflate libbrotlidec libxxhash icu-uc icu-i18n sentencepiece

# What each kind of target needs, as NEED:PACKAGE,...: a program, a library of pkg-config (NAME.pc)
# or a file, and its Debian packages; see packaging/need.sh.  sentencepiece.pc of Ubuntu requires that
# of protobuf-lite; the header of Debian sid includes Abseil.
COMPILER   = $(firstword $(filter-out ccache distcc,$(1)))
NEED_build = $(call COMPILER,$(CC)):$(call COMPILER,$(CC)),libc6-dev $(call COMPILER,$(CXX)):$(call COMPILER,$(CXX)) \
	pkg-config:pkg-config libzstd.pc:libzstd-dev zlib.pc:zlib1g-dev libdeflate.pc:libdeflate-dev \
	libbrotlidec.pc:libbrotli-dev libxxhash.pc:libxxhash-dev \
	icu-uc.pc:libicu-dev icu-i18n.pc:libicu-dev \
	sentencepiece.pc:libsentencepiece-dev,libprotobuf-dev sentencepiece_processor.h:libabsl-dev
NEED_check = check.pc:check python3:python3 zstd:zstd gzip:gzip
NEED_lint  = clang-format-14:clang-format-14 mandoc:mandoc shellcheck:shellcheck
NEED_tidy  = clang-tidy-14:clang-tidy-14
NEED_fuzz  = clang-14:clang-14 /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a:libclang-rt-14-dev
NEED_dist  = zstd:zstd strip:binutils

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
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS) $(ABSL)))$(PKG_LIBS)
# SentencePiece 0.2.2 returns types of Abseil, which its pkg-config file does not name.
ABSL       = $(shell echo '#include <sentencepiece_processor.h>' | $(CXX) -std=c++17 -E -x c++ - 2>/dev/null | \
	grep -q 'absl/status/status.h' && echo absl_status)
ALL_CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DVERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 -ffp-contract=off $(CWARN) $(SANFLAGS) $(HARDEN) $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 -ffp-contract=off $(WARN) $(SANFLAGS) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS  = $(SANFLAGS) $(LDFLAGS)

# One short line a file; V=1 shows the commands.
Q    := $(if $(V),,@)
SAYS  = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),@:,@echo "  $(1)	$@")

# A source is found by its place, in one of these directories or up to two levels below.
DIRS  := lib filters dedup tok mixer shards
SRC   := $(sort $(wildcard $(foreach place,*.c */*.c */*/*.c,$(DIRS:%=%/$(place)))))
CCSRC := $(sort $(wildcard tok/*.cc))
OBJ   := $(SRC:%.c=$(B)/%.o) $(CCSRC:%.cc=$(B)/%.o)

LIBRARIES := libtshard.a libtshard.so libtamis_tok.a libtamis_tok.so

all: $(B)/tamis $(LIBRARIES:%=$(B)/%) ## build the tools (default)

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

# Reports record the version: unigram models encode ties differently from 0.2.2 on.
$(B)/tok/sp.o: ALL_CPPFLAGS += -DSENTENCEPIECE_VERSION='"$(shell pkg-config --modversion sentencepiece 2>/dev/null)"'

# The models of langid, codeid, charsets and blocks of pages are parts of the program.
$(B)/filters/web/charset/charset_model.o: filters/web/charset/charset.model
$(B)/filters/web/judge/html_model.o: filters/web/judge/extract.model
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

# The library that encodes and decodes: nothing but libc and libm.  The archive has one object, in which only
# the names of the header are global, so that no other name can clash with one of a program.
TAMIS_TOK := $(addprefix tok/,tamis_tok.c model.c detok.c charsmap.c ids.c) $(sort $(wildcard tok/engine/*.c))
OBJCOPY ?= objcopy

# ld -r joins machine code only.
$(TAMIS_TOK:%.c=$(B)/pic/%.o): ALL_CFLAGS += -fno-lto

$(B)/libtamis_tok.o: $(TAMIS_TOK:%.c=$(B)/pic/%.o)
	$(call SAYS,LD)
	$(Q)$(LD) -r -o $@ $^
	$(Q)$(OBJCOPY) -w --keep-global-symbol='tamis_tok_*' $@

$(B)/libtamis_tok.a: $(B)/libtamis_tok.o
	$(call SAYS,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/libtamis_tok.so: $(TAMIS_TOK:%.c=$(B)/pic/%.o) tok/tamis_tok.map
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libtamis_tok.so.0 -Wl,--version-script=tok/tamis_tok.map \
	    -o $@ $(filter %.o,$^) -lm

$(B)/pic/%.o: %.c Makefile | build/.have-build
	@mkdir -p $(@D)
	$(call SAYS,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

# Look for what is needed; install what is missing, or name it.
build/.have-%: packaging/need.sh
	@mkdir -p build
	@CXX='$(call COMPILER,$(CXX))' packaging/need.sh build/apt-$*.log $(foreach n,$(NEED_$*),'$(n)')
	@touch $@

# One installation at a time.
build/.have-check: | build/.have-build
build/.have-lint build/.have-tidy build/.have-fuzz: | build/.have-check

# Tests.  What can run alone is a target KIND/NAME: unit/json, golden/exact, property/order.
# make check T="exact json" runs the tests of these names in every kind.
KINDS    := property fault unit golden fuzz
# The example filter has its test among the unit tests.
UNIT     := $(sort $(wildcard tests/unit/*.c tests/unit/*/*.c examples/filter/*.c))
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
SUITES   := $(sort $(shell sed -n 's/.*suite_create("\([a-z_]*\)").*/\1/p' $(UNIT)))
# TSan finds nothing in suites without threads.
ifeq ($(SAN),thread)
SUITES   := $(filter driver pipe spill stream tshard,$(SUITES))
endif
GOLDEN   := $(patsubst tests/golden/%/,%,$(wildcard tests/golden/*/))
PROPERTY := $(filter-out prologue,$(patsubst tests/property/%.sh,%,$(sort $(wildcard tests/property/*.sh))))
FAULT    := cat encode exact export extract import mix near norm plan quality reshard takedown thresholds vocab vocab-count vocab-train
TESTS    := $(PROPERTY:%=property/%) $(FAULT:%=fault/%) $(SUITES:%=unit/%) $(GOLDEN:%=golden/%) $(FUZZ:%=fuzz/%)
PICKED   := $(filter $(KINDS:%=%/%),$(if $(T),$(filter $(T) $(addprefix %/,$(T)),$(TESTS)),$(TESTS)))
PICKED   := $(or $(PICKED),$(error no test is called $(T); there are: $(TESTS)))
# A parent of make may ignore signals, as nohup and background jobs do; no test may depend on that.
TESTENV  := BIN=$(CURDIR)/$(B) TAMIS_TEST_SAN=$(SAN)
LEG       = @env --default-signal=PIPE,INT,TERM $(TESTENV) tests/leg.sh $(B)/tests/log $@

# Legs that fail let the others run: the sum fails.
check: export LEG_KEEP := 1
check: $(PICKED) ## all tests, or those called T: make check T=exact
	@tests/leg.sh --sum $(B)/tests/log $(PICKED)

check-unit: $(filter unit/%,$(PICKED))
check-golden: $(filter golden/%,$(PICKED))
check-property: $(filter property/%,$(PICKED))
check-fault: $(filter fault/%,$(PICKED))
check-fuzz: $(filter fuzz/%,$(PICKED)) ## replay the fuzzers' corpora

$(B)/tests/unit.run: $(UNIT:%.c=$(B)/%.o) $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs check 2>/dev/null) $(PKG_LIBS) -lpthread -lm
$(UNIT:%.c=$(B)/%.o): | build/.have-check

$(SUITES:%=unit/%): unit/%: $(B)/tests/unit.run
	$(LEG) env CK_RUN_SUITE=$* $<

$(GOLDEN:%=golden/%): golden/%: $(B)/tamis | build/.have-check
	$(LEG) tests/golden.sh -j 1 tests/golden/$*

# Shards of any size without a tokenizer, for tests and benchmarks.
$(B)/tests/make_docs: $(B)/tests/bench/make_docs.o $(B)/libtshard.a
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lxxhash -lpthread -lm
# The same of conversations, with targets, pairs and rewards.
$(B)/tests/make_chats: $(B)/tests/bench/make_chats.o $(B)/libtshard.a
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lxxhash -lpthread -lm
golden/kinds: $(B)/tests/make_chats
property/megatron: $(B)/tests/make_docs
DUMPS    := $(B)/tests/html5_dump $(B)/tests/chat_dump
$(DUMPS): $(B)/tests/%: $(B)/tests/property/%.o $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm
property/html5lib property/html_peers: $(B)/tests/html5_dump
property/chat_template: $(B)/tests/chat_dump
property/libraries: $(LIBRARIES:%=$(B)/%)

$(PROPERTY:%=property/%): property/%: $(B)/tamis | build/.have-check
	$(LEG) tests/property/$*.sh

$(B)/tests/fault.so: $(B)/pic/tests/fault/fault.o
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -o $@ $<
# Under a sanitizer no fault can be injected.
FAULT_SO := $(if $(SAN),,$(B)/tests/fault.so)
property/resume: $(FAULT_SO)

$(FAULT:%=fault/%): fault/%: $(B)/tamis $(FAULT_SO) | build/.have-check
	$(LEG) tests/fault/fault.py $*

$(FUZZ:%=fuzz/%): fuzz/%: $(B)/tests/fuzz_%
	$(LEG) $< tests/fuzz/corpus/$*
$(B)/tests/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

check-asan: ; +$(MAKE) check SAN=address,undefined ## the same under ASan and UBSan
check-tsan: ; +$(MAKE) check SAN=thread KINDS="property fault unit golden" ## the same under TSan

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
TIDY      := tamis.c $(SRC) $(UNIT) $(sort $(wildcard tests/fault/*.c tests/fuzz/*.c tests/bench/*.c tests/property/*.c))
TIDYFLAGS := -std=c11 -Xclang -analyzer-config -Xclang max-nodes=75000

tidy: $(TIDY:%.c=$(B)/tidy/%.ok) ## clang-tidy on all C sources, by .clang-tidy

# It includes the installed header.
$(B)/tests/property/use_tamis_tok.o $(B)/tidy/tests/property/use_tamis_tok.ok: CPPFLAGS += -Itok

# An object is newer than all that its source includes.
$(B)/tidy/%.ok: %.c $(B)/%.o .clang-tidy | build/.have-tidy
	@mkdir -p $(@D)
	$(call SAYS,TIDY)
	$(Q)clang-tidy-14 --quiet $< -- $(ALL_CPPFLAGS) $(TIDYFLAGS) 2>$(@:.ok=.log) || { cat $(@:.ok=.log) >&2; exit 1; }
	@touch $@

BENCHES := $(addprefix $(B)/tests/bench/,bestfit_bench encode_bench hostile_text)
$(BENCHES): %: %.o $(OBJ)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs check 2>/dev/null) $(PKG_LIBS) -lpthread -lm
$(B)/tests/bench/hostile_text: $(addprefix $(B)/tests/unit/tok/,tok_compare.o tok_blocks.o)

bench: $(B)/tamis $(B)/libtshard.a $(B)/libtshard.so $(B)/tests/make_docs $(BENCHES) ## measure; prints, never fails on a figure
	$(TESTENV) tests/bench/bench.sh
	$(TESTENV) tests/bench/langid.sh
	$(TESTENV) tests/bench/rules.sh
	$(TESTENV) tests/bench/mix.sh
	$(TESTENV) tests/bench/sample_readers.sh
	$(TESTENV) tests/bench/run_open.sh
	$(TESTENV) tests/bench/plan.sh
	$(TESTENV) tests/bench/near_speed.sh
	$(TESTENV) tests/bench/vocab.sh
	$(TESTENV) tests/bench/encode.sh
	$(TESTENV) tests/bench/chat.sh
	$(B)/tests/bench/bestfit_bench $(IDX)
	python3 tests/bench/peer_fasttext.py $(B)/tamis $(FASTTEXT)

format: ## clang-format all sources
	clang-format-14 -i $$(git ls-files -co --exclude-standard '*.c' '*.h' '*.cc')

demo: $(B)/tamis ## real shards from real text: see examples/demo/README.md
	@+$(MAKE) --no-print-directory -f examples/demo/Makefile TAMIS=$(CURDIR)/$(B)/tamis OUT=$(if $(OUT),$(OUT),build/demo) $(if $(CORPUS),CORPUS=$(CORPUS))

langid-model: $(B)/tamis ## train langid's model on the corpora in CORPUS: see examples/langid-model
	@+$(MAKE) --no-print-directory -f examples/langid-model/Makefile TAMIS=$(CURDIR)/$(B)/tamis OUT=$(if $(OUT),$(OUT),build/langid-model) CORPUS=$(CORPUS)

charset-model: ## train the model of charsets on the corpora in CORPUS: see examples/charset-model
	@+$(MAKE) --no-print-directory -f examples/charset-model/Makefile OUT=$(if $(OUT),$(OUT),build/charset-model) CORPUS=$(CORPUS)

extract-model: $(OBJ) ## train the model of blocks on the pages in DATA: see examples/extract-model
	@+$(MAKE) --no-print-directory -f examples/extract-model/Makefile CC="$(CC)" B=$(CURDIR)/$(B) OUT=$(if $(OUT),$(OUT),build/extract-model) DATA=$(DATA)

codeid-model: $(B)/tamis ## train codeid's model on the source files in CORPUS: see examples/codeid-model
	@+$(MAKE) --no-print-directory -f examples/codeid-model/Makefile TAMIS=$(CURDIR)/$(B)/tamis OUT=$(if $(OUT),$(OUT),build/codeid-model) CORPUS=$(CORPUS)

# In a directory below PREFIX, the .pc files name it by the prefix, which may be found at run time.
PCPREFIX ?= $(PREFIX)
define TSHARD_PC
prefix=$(PCPREFIX)
libdir=$(LIBDIR:$(PREFIX)/%=$${prefix}/%)
includedir=$(INCDIR:$(PREFIX)/%=$${prefix}/%)

Name: tshard
Description: read tamis shards
Version: $(VERSION)
Libs: -L$${libdir} -ltshard
Libs.private: $(if $(BUNDLE),,-lxxhash )-lpthread
Cflags: -I$${includedir}
endef
export TSHARD_PC
define TAMIS_TOK_PC
prefix=$(PCPREFIX)
libdir=$(LIBDIR:$(PREFIX)/%=$${prefix}/%)
includedir=$(INCDIR:$(PREFIX)/%=$${prefix}/%)

Name: tamis_tok
Description: encode and decode by SentencePiece models
Version: $(VERSION)
Libs: -L$${libdir} -ltamis_tok
Libs.private: -lm
Cflags: -I$${includedir}
endef
export TAMIS_TOK_PC

# The built files come from FROM: the bundle has its own.
FROM := $(B)
install: all install-files ## into $(DESTDIR)$(PREFIX)
install-files:
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(INCDIR) $(MANDIR)/man1 $(MANDIR)/man3 $(MANDIR)/man5 $(DOCDIR))
	install -m 755 $(FROM)/tamis $(DESTDIR)$(BINDIR)
	for v in $$($(B)/tamis --list); do ln -sf tamis $(DESTDIR)$(BINDIR)/tamis-$$v; done
	install -m 644 $(FROM)/libtshard.a $(FROM)/libtamis_tok.a $(DESTDIR)$(LIBDIR)
	for l in libtshard libtamis_tok; do install -m 755 $(FROM)/$$l.so $(DESTDIR)$(LIBDIR)/$$l.so.0 && \
	    ln -sf $$l.so.0 $(DESTDIR)$(LIBDIR)/$$l.so; done
	install -m 644 shards/tshard/tshard.h shards/tshard/tshard_align.h tok/tamis_tok.h $(DESTDIR)$(INCDIR)
	printf '%s\n' "$$TSHARD_PC" >$(DESTDIR)$(LIBDIR)/pkgconfig/tshard.pc
	printf '%s\n' "$$TAMIS_TOK_PC" >$(DESTDIR)$(LIBDIR)/pkgconfig/tamis_tok.pc
	for m in 1 3 5; do install -m 644 man/*.$$m $(DESTDIR)$(MANDIR)/man$$m; done
	install -d $(addprefix $(DESTDIR)$(SHAREDIR)/,bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	$(B)/tamis --completion bash >$(DESTDIR)$(SHAREDIR)/bash-completion/completions/tamis
	$(B)/tamis --completion zsh >$(DESTDIR)$(SHAREDIR)/zsh/site-functions/_tamis
	$(B)/tamis --completion fish >$(DESTDIR)$(SHAREDIR)/fish/vendor_completions.d/tamis.fish
	install -m 644 README.md CHANGELOG.md LICENSE docs/*.md $(DESTDIR)$(DOCDIR)
.PHONY: install-files

uninstall: ## remove what install put there
	for v in $$($(B)/tamis --list); do rm -f $(DESTDIR)$(BINDIR)/tamis-$$v; done
	rm -f $(DESTDIR)$(BINDIR)/tamis
	for l in tshard tamis_tok; do rm -f $(DESTDIR)$(LIBDIR)/lib$$l.{a,so,so.0} $(DESTDIR)$(LIBDIR)/pkgconfig/$$l.pc \
	    $(DESTDIR)$(INCDIR)/$$l.h; done
	rm -f $(DESTDIR)$(INCDIR)/tshard_align.h
	for m in 1 3 5; do for f in man/*.$$m; do rm -f $(DESTDIR)$(MANDIR)/man$$m/$${f##*/}; done; done
	rm -f $(addprefix $(DESTDIR)$(SHAREDIR)/,bash-completion/completions/tamis zsh/site-functions/_tamis fish/vendor_completions.d/tamis.fish)
	rm -rf $(DESTDIR)$(DOCDIR)

# Packages: a bundle that runs where it is unpacked, and those of Debian.  Their files are dated by
# the last commit, so that the same sources and libraries give the same bytes.
ARCH   = $(shell uname -m)
BUNDLE_NAME = tamis-$(VERSION)-linux-$(ARCH)
DATED  = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}

# Libraries that were moved find each other only by DT_RPATH of the program.
$(B)/dist/tamis: $(B)/tamis.o $(OBJ)
	@mkdir -p $(@D)
	$(call SAYS,LD)
	$(Q)$(CXX) $(ALL_LDFLAGS) -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../lib/tamis' -o $@ $^ $(PKG_LIBS) -lpthread -lm

# The library of the bundle has xxHash inside: no other file is needed to link with it.
$(B)/dist/%.o: %.c Makefile | build/.have-build
	@mkdir -p $(@D)
	$(call SAYS,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -DXXH_INLINE_ALL -fPIC -MMD -MP -c -o $@ $<

$(B)/dist/libtshard.a: $(TSHARD:%.c=$(B)/dist/%.o)
	$(call SAYS,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/dist/libtshard.so: $(TSHARD:%.c=$(B)/dist/%.o) shards/tshard/tshard.map
	$(call SAYS,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libtshard.so.0 -Wl,--version-script=shards/tshard/tshard.map \
	    -o $@ $(filter %.o,$^) -lpthread

$(B)/dist/libtamis_tok.%: $(B)/libtamis_tok.%
	@mkdir -p $(@D)
	$(Q)cp $< $@

dist: all $(B)/dist/tamis $(LIBRARIES:%=$(B)/dist/%) | build/.have-dist ## a bundle that runs where it is unpacked, in build/dist
	rm -rf $(B)/dist/root
	+$(Q)$(MAKE) --no-print-directory -s install-files BUNDLE=1 FROM=$(B)/dist DESTDIR=$(B)/dist/root/ PREFIX=$(BUNDLE_NAME) PCPREFIX='$$$${pcfiledir}/../..'
	$(Q)$(DATED) packaging/dist.sh $(B)/dist/root $(BUNDLE_NAME) $(B)/dist

deb: all ## Debian packages, in build/deb
	rm -rf $(B)/deb
	+$(Q)$(MAKE) --no-print-directory -s install-files DESTDIR=$(B)/deb/root PREFIX=/usr LIBDIR=/usr/lib/$$($(CC) -print-multiarch)
	$(Q)$(DATED) VERSION=$(VERSION) packaging/deb.sh $(B)/deb

RELEASE ?= trixie
check-debian: ## build and test in a chroot of another Debian: make check-debian RELEASE=sid
	tests/check_debian.sh $(RELEASE)

check-dist: dist deb ## run the bundle and the packages in bare Debian 12 and 13, as root, by debootstrap
	$(TESTENV) tests/check_dist.sh $(B)/dist/$(BUNDLE_NAME).tar.zst $(B)/deb/*.deb

clean: ; rm -rf build ## remove what was built
help: ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s%s\n",$$1,$$2}' Makefile

.PHONY: all check check-dist check-debian dist deb check-unit check-golden check-property check-fault check-fuzz check-asan \
	check-tsan fuzz \
	lint tidy bench format demo langid-model charset-model extract-model codeid-model install uninstall clean help $(TESTS)
.SECONDARY:
-include $(OBJ:.o=.d) $(B)/tamis.d $(UNIT:%.c=$(B)/%.d) $(FUZZ:%=$(B)/tests/fuzz/fuzz_%.d) \
	$(TSHARD:%.c=$(B)/pic/%.d) $(TSHARD:%.c=$(B)/dist/%.d) $(TAMIS_TOK:%.c=$(B)/pic/%.d) \
	$(B)/tests/property/html5_dump.d $(B)/tests/property/chat_dump.d $(B)/tests/bench/make_docs.d $(B)/tests/bench/make_chats.d $(B)/tests/bench/bestfit_bench.d
