# Quire: one Makefile, no recursion.
#
#   make             the kernel image, out/x86_64/bzImage
#   make run         boot it: a shell on this terminal (Ctrl-A X leaves)
#   make run CMD='uname -a'      run one command line, print what it prints
#                    also: MEM=64 SMP=4 APPEND='mem=32M' INITRD=x.cpio TIMEOUT=60
#                    NUMA=2, or NUMA='256:0-1+128:2+64+0:3@0-1=15': nodes, their
#                    memory and CPUs, distances (tools/qemu.py)
#   make oracle      the same on Debian's own Linux, the kernel to compare with
#   make test        every test; ONLY=pattern for some, VERBOSE=1 for all output
#   make test-long   no leak in 100,000 processes and 1,000 pipelines of 200; ten million
#                    operations of each model; `make test-models` is these alone;
#                    four minutes of each part of test-threads; the 32-bit tests
#                    on every machine of tests/geometry.h
#   make test-programs   sqlite3 with a million rows, all of Python's own tests
#   make test-scale  10,000 processes, a process of 4 GiB forked 100 times: no more
#                    memory than Linux needs
#   make stress T=20 Debian's stress-ng with verification for so many seconds each,
#                    beside Linux; ONLY='mmap fork' for a part
#   make coverage    which lines and branches of mm/ the hosted tests run
#   make test-threads T=120      CPUs against each other under ThreadSanitizer, for
#                    so many seconds; PART=vm for pages, slab, vmalloc or vm alone
#   make fuzz-calls N=10000000   random calls about memory by processes and threads on
#                    four CPUs of a checking kernel, which walks all that it keeps in
#                    between; SEED=1; HOSTED=1: to mm/ in a process, under ASan and UBSan
#   make fuzz T=60   libFuzzer on each target of tests/fuzz for so many seconds;
#                    TARGET=elf alone; fuzz-keep: what it found joins the kept inputs
#   make bench       what the operations cost, beside Linux: in instructions, then in
#                    time, with two CPUs; CASE=fork for a part; bench-wall: time alone
#   make bench-host  the allocators at native speed, beside malloc libraries of
#                    Debian in one process; ONLY=fifo for a part
#   make bench-scaling   pages allocated and freed by 1, 2, 4 ... threads at once
#   make bench-kernel the allocators from inside, beside Linux: instructions
#   make bench-frag  free memory in large pieces after ten million requests, beside Linux
#   make profile CASE=fork:64M   where the instructions of a case go
#   make host        out/host/libquire.a and .so, the same mm/ inside a process
#   make host32      the same for 32-bit programs: out/host32/libquire.a
#   make unit32      the unit and model tests as programs of 32 bit (unit32/, model32/)
#   make install PREFIX=/usr/local DESTDIR=    the library, its headers, quire.pc
#   make format-check  what clang-format would change
#   make clean
#
# DEBUG=1 builds the checking kernel in out/x86_64-debug; CC=clang works; V=1
# shows the commands.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif
LD := ld
NM := nm
PYTHON := python3
MUSL_CC := musl-gcc

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n' $(1) $(2))

.PHONY: all
all: image

# ---- what the tree holds ---------------------------------------------------

sources = $(sort $(foreach d,$(1),$(wildcard $(d)/*.[cS] $(d)/*/*.[cS] $(d)/*/*/*.[cS])))
objects = $(patsubst %.c,$(1)/%.o,$(patsubst %.S,$(1)/%.S.o,$(2)))

BOOT_SRC   := $(wildcard arch/x86/boot/*.[cS])
# mm/kspace/highmem.c is for ports whose direct map cannot hold all RAM
VDSO_SRC   := $(wildcard arch/x86/vdso/*.[cS])
KERNEL_SRC := $(filter-out $(BOOT_SRC) $(VDSO_SRC) mm/kspace/highmem.c,$(call sources,arch/x86 init kernel mm lib fs drivers))
HOST_SRC   := $(filter-out lib/string.c,$(call sources,mm lib arch/host))
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
MODEL_SRC  := $(wildcard tests/model/model_*.c)
GUEST_SRC  := $(wildcard tests/guest/test_*.c)
USER_SRC   := $(wildcard user/*.c)

# ---- flags -----------------------------------------------------------------

WARN := -Wall -Wextra -Wundef -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Werror -Wno-unused-parameter -Wno-sign-compare -Wno-pointer-sign
DEBUG_DEFS := -DCONFIG_DEBUG_MM -DCONFIG_DEBUG_LOCKS
COMMON := -std=gnu11 $(WARN) -fno-strict-aliasing -fno-strict-overflow -MMD -MP

# only the compiler's own headers (stdarg.h ...), none of the C library's;
# asked for when a recipe runs, as the compiler may be installed on the way
NOSTDINC = -nostdinc -isystem $(shell $(CC) -print-file-name=include)

X86_FLAGS = $(COMMON) -O2 -g -ffreestanding -Iarch/x86/include -Iinclude $(NOSTDINC) \
	-m64 -mno-sse -mno-sse2 -mno-mmx -mno-80387 -mno-red-zone -mcmodel=kernel \
	-fno-pic -fno-pie -fno-stack-protector -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -fno-common \
	$(if $(DEBUG),$(DEBUG_DEFS)) $(if $(SLOW),-DCONFIG_DEBUG_MM_SLOW)
BOOT_FLAGS = $(COMMON) -Os -m16 -march=i386 -mregparm=3 -ffreestanding \
	-fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fomit-frame-pointer -mno-sse -mno-mmx -Iarch/x86/include -Iinclude $(NOSTDINC)
HOST_FLAGS := $(COMMON) -g -fno-omit-frame-pointer -fno-common -pthread \
	-Iarch/host/include -Iinclude
# what runs in programs: the compiler may use all of user mode but the FPU
VDSO_FLAGS = $(COMMON) -O2 -ffreestanding -fPIC -fvisibility=default -DBUILD_VDSO \
	-Iarch/x86/include -Iinclude $(NOSTDINC) -m64 -mno-sse -mno-mmx -mno-80387 \
	-fno-stack-protector -fasynchronous-unwind-tables -fomit-frame-pointer -fno-common
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
TSAN := -fsanitize=thread

# ---- the kernel image ------------------------------------------------------

B := out/x86_64$(if $(DEBUG),-debug)
O := $(B)/obj
LDS := arch/x86/kernel/vmlinux.lds
LDFLAGS_VMLINUX := -m elf_x86_64 -nostdlib -static -z max-page-size=0x1000 \
	-z noexecstack --no-warn-rwx-segments --build-id=none -T $(LDS)
KERNEL_OBJ := $(call objects,$(O),$(KERNEL_SRC))
BOOT_OBJ := $(call objects,$(O),$(BOOT_SRC))

VDSO_OBJ := $(call objects,$(O),$(VDSO_SRC))

.PHONY: image
image: $(B)/bzImage

$(BOOT_OBJ): CFLAGS = $(BOOT_FLAGS)
$(VDSO_OBJ): CFLAGS = $(VDSO_FLAGS)
$(KERNEL_OBJ): CFLAGS = $(X86_FLAGS)

$(O)/%.o: %.c Makefile | deps-build
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(O)/%.S.o: %.S Makefile | deps-build
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D__ASSEMBLY__ -c -o $@ $<

# The vDSO is an ELF object of its own, which the kernel carries as data.
VDSO_LDFLAGS := -m elf_x86_64 -shared -nostdlib -soname linux-vdso.so.1 --hash-style=both \
	--eh-frame-hdr -Bsymbolic -z max-page-size=4096 -z noexecstack --build-id=none \
	--no-undefined -S -T arch/x86/vdso/vdso.lds

$(O)/vdso.so: $(VDSO_OBJ) arch/x86/vdso/vdso.lds
	$(call say,LD,$@)
	$(Q)$(LD) $(VDSO_LDFLAGS) -o $@ $(VDSO_OBJ)

$(O)/arch/x86/kernel/vdso_image.S.o: CFLAGS = $(X86_FLAGS) -Wa,-I$(O)
$(O)/arch/x86/kernel/vdso_image.S.o: $(O)/vdso.so

# The table of symbols is part of what it describes: link with an empty one to
# learn the names, with that one to learn the addresses, then for good.
$(B)/vmlinux: $(KERNEL_OBJ) $(LDS) tools/kallsyms.py
	$(call say,LD,$@)
	$(Q)NM=$(NM) LD=$(LD) CC=$(CC) PYTHON=$(PYTHON) tools/link-vmlinux.sh $@ \
		'$(LDFLAGS_VMLINUX)' $(KERNEL_OBJ)

$(B)/setup.elf: $(BOOT_OBJ) arch/x86/boot/setup.ld
	$(call say,LD,$@)
	$(Q)$(LD) -m elf_i386 -nostdlib -z noexecstack --no-warn-rwx-segments \
		--build-id=none -T arch/x86/boot/setup.ld -o $@ $(BOOT_OBJ)

$(B)/setup.bin: $(B)/setup.elf
	$(Q)objcopy -O binary $< $@

$(B)/bzImage: $(B)/setup.bin $(B)/vmlinux tools/mkbzimage
	$(call say,IMAGE,$@)
	$(Q)$(PYTHON) tools/mkbzimage $(B)/setup.bin $(B)/vmlinux $@

# The same kernel with tests linked in: boot_test=port, boot_test=exhaust, boot_test=kfence,
# boot_test=kmemleak, boot_test=mm_bench, and with
# DEBUG=1 boot_test=locks (kernel/boot_test.c)
BOOT_TEST_SRC := tests/port/contract.c tests/port/booted.c tests/port/exhaust.c tests/port/locks.c \
	tests/port/kfence.c tests/port/kmemleak.c \
	bench/kernel/mm_bench.c
BOOT_TEST_OBJ := $(call objects,$(O),$(BOOT_TEST_SRC))

.PHONY: image-test
image-test: $(B)-test/bzImage

$(BOOT_TEST_OBJ): CFLAGS = $(X86_FLAGS) -I.

$(B)-test/vmlinux: $(KERNEL_OBJ) $(BOOT_TEST_OBJ) $(LDS) tools/kallsyms.py
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)NM=$(NM) LD=$(LD) CC=$(CC) PYTHON=$(PYTHON) tools/link-vmlinux.sh $@ \
		'$(LDFLAGS_VMLINUX)' $(KERNEL_OBJ) $(BOOT_TEST_OBJ)

$(B)-test/bzImage: $(B)/setup.bin $(B)-test/vmlinux tools/mkbzimage
	$(call say,IMAGE,$@)
	$(Q)$(PYTHON) tools/mkbzimage $(B)/setup.bin $(B)-test/vmlinux $@

# ---- the host library ------------------------------------------------------

# libquire.a is one object, so that only what the headers declare can meet a
# program's own names; libquire.so shows the same. The tests link the archive of
# out/host-san, which hides nothing.
VERSION  := 0.1
SONAME   := libquire.so.0
HOST_OBJ := $(call objects,out/host/obj,$(HOST_SRC))
PIC_OBJ  := $(call objects,out/host/pic,$(HOST_SRC))
SAN_OBJ  := $(call objects,out/host-san/obj,$(HOST_SRC))
COV_OBJ  := $(call objects,out/host-cov/obj,$(HOST_SRC))
FUZZ_CC  := clang
FUZZ_OBJ := $(call objects,out/host-fuzz/obj,$(HOST_SRC))
TSAN_OBJ := $(call objects,out/host-tsan/obj,$(HOST_SRC))
MODEL_OBJ := $(call objects,out/model/obj,$(HOST_SRC))
HOST_HEADERS := include arch/host/include

# for gcc -m32: the sanitized one is what the tests link
H32_OBJ    := $(call objects,out/host32/obj,$(HOST_SRC))
H32SAN_OBJ := $(call objects,out/host32-san/obj,$(HOST_SRC))

.PHONY: host host32 host-san host32-san install
host: out/host/libquire.a out/host/libquire.so
host32: out/host32/libquire.a
host-san: out/host-san/libquire.a
host32-san: out/host32-san/libquire.a

$(HOST_OBJ): FLAVOUR := -O2 -fPIE
$(PIC_OBJ): FLAVOUR := -O2 -fPIC -ftls-model=initial-exec
$(SAN_OBJ): FLAVOUR := -O1 $(SAN) $(DEBUG_DEFS) -DCONFIG_DEBUG_MM_SLOW
$(MODEL_OBJ): FLAVOUR := -O2 $(DEBUG_DEFS)
$(H32_OBJ): FLAVOUR := -m32 -O2 -fPIE
$(H32SAN_OBJ): FLAVOUR := -m32 -O1 $(SAN) $(DEBUG_DEFS) -DCONFIG_DEBUG_MM_SLOW
# unoptimised, so that a line of the source is a line of the program; only mm/ counts
$(COV_OBJ): FLAVOUR = -O0 $(DEBUG_DEFS) -DCONFIG_DEBUG_MM_SLOW \
	$(if $(filter mm/%,$<),--coverage -fprofile-update=atomic)
$(FUZZ_OBJ): FLAVOUR := -O1 -fsanitize=fuzzer-no-link $(SAN) $(DEBUG_DEFS)
$(FUZZ_OBJ): CC := $(FUZZ_CC)
$(TSAN_OBJ): FLAVOUR := -O1 $(TSAN) $(DEBUG_DEFS)

define HOST_CC
	$(call say,$(1),$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_FLAGS) $(FLAVOUR) -c -o $@ $<
endef

out/host/obj/%.o: %.c Makefile | deps-build
	$(call HOST_CC,HOSTCC)
out/host/pic/%.o: %.c Makefile | deps-build
	$(call HOST_CC,PICCC)
out/host-san/obj/%.o: %.c Makefile | deps-build
	$(call HOST_CC,SANCC)
out/host-cov/obj/%.o: %.c Makefile | deps-build
	$(call HOST_CC,COVCC)
out/host-fuzz/obj/%.o: %.c Makefile | deps-fuzz
	$(call HOST_CC,FUZZCC)
out/host-tsan/obj/%.o: %.c Makefile | deps-build
	$(call HOST_CC,TSANCC)
out/model/obj/%.o: %.c Makefile | deps-build
	$(call HOST_CC,MODELCC)
out/host/obj/%.S.o out/host/pic/%.S.o out/host-san/obj/%.S.o: %.S Makefile | deps-build
	$(call HOST_CC,HOSTAS)
out/host32/obj/%.o: %.c Makefile | deps-host32
	$(call HOST_CC,32CC)
out/host32-san/obj/%.o: %.c Makefile | deps-host32
	$(call HOST_CC,32SANCC)

define PARTIAL_ARCHIVE
	$(call say,AR,$@)
	$(Q)$(LD) -m $(1) -r --force-group-allocation -o $(@D)/quire.o $(filter %.o,$^)
	$(Q)objcopy --keep-global-symbols=$(@D)/exports $(@D)/quire.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(@D)/quire.o
endef

out/host/exports: tools/exports.py $(HOST_OBJ) $(wildcard $(HOST_HEADERS:=/*/*.h))
	$(Q)NM=$(NM) $(PYTHON) tools/exports.py $(HOST_HEADERS) -- $(HOST_OBJ) >$@

out/host/libquire.a: $(HOST_OBJ) out/host/exports
	$(call PARTIAL_ARCHIVE,elf_x86_64)

out/host32/exports: tools/exports.py $(H32_OBJ) $(wildcard $(HOST_HEADERS:=/*/*.h))
	$(Q)NM=$(NM) $(PYTHON) tools/exports.py $(HOST_HEADERS) -- $(H32_OBJ) >$@

out/host32/libquire.a: $(H32_OBJ) out/host32/exports
	$(call PARTIAL_ARCHIVE,elf_i386)

out/host/libquire.so: $(PIC_OBJ) out/host/exports
	$(call say,LD,$@)
	$(Q)(echo '{ global:'; sed 's/$$/;/' out/host/exports; echo 'local: *; };') \
		>out/host/exports.map
	$(Q)$(CC) -shared -pthread -Wl,-soname,$(SONAME) -Wl,-Bsymbolic -Wl,-z,defs \
		-Wl,--version-script=out/host/exports.map -o $@ $(PIC_OBJ)

out/host-san/libquire.a: $(SAN_OBJ)
out/host-cov/libquire.a: $(COV_OBJ)
out/host-tsan/libquire.a: $(TSAN_OBJ)
out/host-fuzz/libquire.a: $(FUZZ_OBJ)
out/model/libquire.a: $(MODEL_OBJ)
out/host32-san/libquire.a: $(H32SAN_OBJ)
out/host-san/libquire.a out/host-cov/libquire.a out/host-tsan/libquire.a \
	out/host-fuzz/libquire.a out/host32-san/libquire.a out/model/libquire.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# make install PREFIX=/opt/quire, with DESTDIR= for packages; programs then find
# it by `pkg-config --cflags --libs quire`
PREFIX ?= /usr/local
install: host
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)tools/install-host '$(DESTDIR)' '$(PREFIX)' $(VERSION) $(SONAME)

# ---- tests: hosted and guest programs --------------------------------------

UNIT_BIN  := $(UNIT_SRC:tests/unit/%.c=out/tests/unit/%)
MODEL_BIN := $(MODEL_SRC:tests/model/%.c=out/tests/model/%)
GUEST_BIN := $(GUEST_SRC:tests/guest/%.c=out/guest/tests/%)
USER_BIN  := $(USER_SRC:user/%.c=out/guest/user/%)
CALLS_BIN := out/guest/calls/trace out/guest/calls/storm
SCALE_BIN := out/guest/scale/states

HOSTED_CALLS := out/tests/calls/hosted

PORT_BIN  := out/tests/port/contract out/tests/port/level1 out/tests/port/level2

# the same tests for 32 bit: out/tests/unit/X becomes out/tests32/unit/X
BIN32 := $(patsubst out/tests/%,out/tests32/%,$(UNIT_BIN) $(MODEL_BIN))

.PHONY: unit unit32 guest
unit32: $(BIN32)
unit: $(UNIT_BIN) $(MODEL_BIN) $(PORT_BIN) $(HOSTED_CALLS)
guest: $(GUEST_BIN) $(USER_BIN) $(CALLS_BIN) $(SCALE_BIN)

UNIT_FLAGS = $(HOST_FLAGS) -Wno-missing-prototypes -O1 $(SAN) $(DEBUG_DEFS) \
	-DCONFIG_DEBUG_MM_SLOW -Itests/unit -I. -MF $@.d

# tests/unit/test_*.c and tests/model/model_*.c
out/tests/%: tests/%.c out/host-san/libquire.a Makefile | deps-test
	$(call say,UNIT,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -o $@ $< out/host-san/libquire.a -lcmocka

out/deps/i386/libcmocka.so: tools/cmocka32.sh
	$(Q)tools/cmocka32.sh $(@D)

out/tests32/%: tests/%.c out/host32-san/libquire.a Makefile | deps-test \
		out/deps/i386/libcmocka.so
	$(call say,UNIT32,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m32 $(UNIT_FLAGS) -o $@ $< out/host32-san/libquire.a \
		-Lout/deps/i386 -Wl,-rpath,$(CURDIR)/out/deps/i386 -lcmocka

# Models: one source each and the engine that they share. The long runs have a build of
# their own, optimised, with assertions and without sanitizers.
MODEL_ENGINE  := $(addprefix tests/model/,main.c run.c shrink.c os.c)
MODEL_HEADERS := $(wildcard tests/model/*.h tests/unit/*.h tests/*.h)
MODEL_LONG    := $(MODEL_SRC:tests/model/%.c=out/model/%)

out/tests/model/%: $(MODEL_ENGINE) tests/model/%.c $(MODEL_HEADERS) out/host-san/libquire.a \
		Makefile | deps-test
	$(call say,MODEL,$(@F))
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -Itests -o $@ $(filter %.c %.a,$^)

out/tests32/model/%: $(MODEL_ENGINE) tests/model/%.c $(MODEL_HEADERS) \
		out/host32-san/libquire.a Makefile | deps-test
	$(call say,MODEL32,$(@F))
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m32 $(UNIT_FLAGS) -Itests -o $@ $(filter %.c %.a,$^)

out/model/%: $(MODEL_ENGINE) tests/model/%.c $(MODEL_HEADERS) out/model/libquire.a \
		Makefile | deps-test
	$(call say,MODEL,$(@F))
	$(Q)$(CC) $(HOST_FLAGS) -Wno-missing-prototypes -O2 $(DEBUG_DEFS) -Itests -Itests/unit \
		-I. -MF $@.d -o $@ $(filter %.c %.a,$^)

.PHONY: models
models: $(MODEL_LONG)

# the contract of mm/port.h, with the part that also runs at boot apart
out/tests/port/contract: tests/port/hosted.c tests/port/contract.c tests/port/contract.h \
		out/host-san/libquire.a Makefile | deps-test
	$(call say,UNIT,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -o $@ $(filter %.c %.a,$^)

# levels 1 and 2 of docs/porting.md, each without the next: of mm/ all of the level is
# linked, of lib/ what it asks for
san_objects = $(foreach d,$(1),$(filter out/host-san/obj/mm/$(d)/%,$(SAN_OBJ)))
LEVEL1_OBJ := $(call san_objects,boot phys slab kspace defrag debug)
LEVEL2_OBJ := $(LEVEL1_OBJ) $(call san_objects,vm)

out/tests/port/lib.a: $(filter out/host-san/obj/lib/%,$(SAN_OBJ))
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

out/tests/port/level1: $(LEVEL1_OBJ)
out/tests/port/level2: $(LEVEL2_OBJ)
out/tests/port/level%: tests/port/level%.c tests/port/tiny.c tests/port/tiny.h \
		out/tests/port/lib.a Makefile | deps-test
	$(call say,UNIT,$<)
	$(Q)$(CC) $(UNIT_FLAGS) -o $@ $(filter %.c %.o,$^) out/tests/port/lib.a

# the same tests for `make coverage`: out/tests/X becomes out/tests-cov/X
COV_TESTS := $(patsubst out/tests/%,out/tests-cov/%,$(UNIT_BIN) $(MODEL_BIN) \
	out/tests/port/contract)
COV_FLAGS = $(HOST_FLAGS) -Wno-missing-prototypes -O0 $(DEBUG_DEFS) \
	-DCONFIG_DEBUG_MM_SLOW -Itests/unit -I. -MF $@.d

out/tests-cov/%: tests/%.c out/host-cov/libquire.a Makefile | deps-test
	$(call say,COVTEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(COV_FLAGS) -o $@ $< out/host-cov/libquire.a -lcmocka -lgcov

out/tests-cov/model/%: $(MODEL_ENGINE) tests/model/%.c $(MODEL_HEADERS) \
		out/host-cov/libquire.a Makefile | deps-test
	$(call say,COVTEST,$(@F))
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(COV_FLAGS) -Itests -o $@ $(filter %.c %.a,$^) -lgcov

out/tests-cov/port/contract: tests/port/hosted.c tests/port/contract.c \
		tests/port/contract.h out/host-cov/libquire.a Makefile | deps-test
	$(call say,COVTEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(COV_FLAGS) -o $@ $(filter %.c %.a,$^) -lgcov

.PHONY: coverage cov-parts
cov-parts: $(COV_TESTS)
coverage: deps-test deps-coverage
	$(Q)$(MAKE) --no-print-directory cov-parts
	$(Q)tools/coverage $(COV_TESTS)

# several CPUs at once, under ThreadSanitizer: tests/threads
THREADS_SRC := $(wildcard tests/threads/*.c)
THREADS_OBJ := $(THREADS_SRC:%.c=out/%.o)
THREADS_BIN := out/tests/threads/stress

out/tests/threads/%.o: tests/threads/%.c Makefile | deps-test
	$(call say,TSANCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_FLAGS) -O1 $(TSAN) $(DEBUG_DEFS) -I. -c -o $@ $<

$(THREADS_BIN): $(THREADS_OBJ) out/host-tsan/libquire.a
	$(call say,LD,$@)
	$(Q)$(CC) $(TSAN) -pthread -o $@ $^

.PHONY: threads test-threads
threads: $(THREADS_BIN)
test-parts: threads
test-threads: threads
	$(Q)TSAN_OPTIONS=halt_on_error=1 $(THREADS_BIN) -t '$(or $(T),120)' $(PART)

# libFuzzer targets: tests/fuzz/run says how they are used
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/fuzz_%.c=out/fuzz/%) $(MODEL_SRC:tests/model/model_%.c=out/fuzz/%)
FUZZ_FLAGS = $(HOST_FLAGS) -Wno-missing-prototypes -O1 -fsanitize=fuzzer $(SAN) $(DEBUG_DEFS) \
	-I. -MF $@.d

out/fuzz/%: tests/fuzz/fuzz_%.c out/host-fuzz/libquire.a Makefile | deps-fuzz
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -o $@ $< out/host-fuzz/libquire.a

# a model of tests/model, whose variables lie apart: tests/fuzz/model.c
out/fuzz/%: tests/model/model_%.c tests/fuzz/model.c tests/fuzz/fuzz.h $(MODEL_HEADERS) \
		out/host-fuzz/libquire.a Makefile | deps-fuzz
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -Itests -Itests/unit -Wno-format-zero-length -Dmain=model_entry -c -o $@.o $<
	$(Q)objcopy --rename-section .data=model_data --rename-section .bss=model_bss $@.o
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -Itests -Itests/unit -o $@ tests/fuzz/model.c $@.o out/host-fuzz/libquire.a

.PHONY: fuzz fuzz-targets fuzz-keep
fuzz-targets: $(FUZZ_BIN)
test-parts: fuzz-targets
fuzz: fuzz-targets
	$(Q)tests/fuzz/run -t '$(or $(T),60)' $(TARGET)
fuzz-keep: fuzz-targets
	$(Q)tests/fuzz/run --keep $(TARGET)

# the same calls made to mm/ in a process: HOSTED=1
$(HOSTED_CALLS): tests/calls/hosted.c tests/model/os.c $(wildcard tests/calls/*.h) \
		out/host-san/libquire.a Makefile | deps-test
	$(call say,UNIT,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -o $@ $(filter %.c %.a,$^)

.PHONY: fuzz-calls
fuzz-calls: $(if $(HOSTED),$(HOSTED_CALLS),image-test-debug out/guest/calls/storm out/initramfs.cpio)
	$(Q)$(if $(HOSTED),$(HOSTED_CALLS) storm '$(or $(SEED),1)' '$(or $(N),1000000)' 4,\
		$(PYTHON) tests/calls_tests.py '$(or $(N),1000000)' '$(or $(SEED),1)')

GUEST_FLAGS := -std=gnu11 -O2 -static -Wall -Wextra -Wno-unused-parameter -MMD -MP
# musl has no copy of the kernel's headers; the ABI ones come from Debian
GUEST_FLAGS += -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu

out/guest/tests/%: tests/guest/%.c Makefile | deps-test
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_FLAGS) -Itests/guest -MF $@.d -o $@ $<

# random calls about memory: tests/calls_tests.py
out/guest/calls/%: tests/calls/%.c Makefile | deps-test
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_FLAGS) -MF $@.d -o $@ $<

# large states: tests/scale_tests.py
out/guest/scale/%: tests/scale/%.c Makefile | deps-test
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_FLAGS) -MF $@.d -o $@ $<

out/guest/user/%: user/%.c Makefile | deps-test
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_FLAGS) -MF $@.d -o $@ $<

out/initramfs.cpio: tools/mkinitramfs tools/newc.py $(wildcard tools/initramfs/*) | deps-run
	$(call say,CPIO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)tools/mkinitramfs -o $@

# Debian's own programs with their libraries, for the guest: tests/tools_tests.py
TOOLS := $(addprefix /usr/bin/,free vmstat slabtop lscpu numactl numastat ipcs ipcmk ipcrm) \
	/usr/sbin/dmidecode
out/debian-tools.cpio: tools/mkinitramfs tools/newc.py Makefile | deps-test
	$(call say,CPIO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)tools/mkinitramfs -o $@ --only $(TOOLS:%=--program %)

# Debian's debuggers and a program that dies: tests/guest/rootfs/gdb.sh, trace.sh. gdb itself
# would need all of Python in the guest.
GDB := out/deps/gdb-minimal/usr/bin/gdb
$(GDB): tools/unpack.sh | deps-test
	$(Q)tools/unpack.sh out/deps/gdb-minimal gdb-minimal
	$(Q)touch $@

out/guest/crash: tests/guest/crash.c Makefile | deps-test
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_FLAGS) -O0 -g -MF $@.d -o $@ $<

out/debian-gdb.cpio: tools/mkinitramfs tools/newc.py Makefile $(GDB) out/guest/crash
	$(call say,CPIO,$@)
	$(Q)tools/mkinitramfs -o $@ --only --file opt/quire/crash=out/guest/crash \
		--program $(GDB) --program /usr/bin/readelf --program /usr/bin/strace

# Programs that use all of the system, and Python with its own tests, of the packages that
# belong together: tests/guest/rootfs/debian.sh
PYTHON_TREE := out/deps/python
$(PYTHON_TREE)/usr/bin/python3.11: tools/unpack.sh | deps-test
	$(Q)tools/unpack.sh $(PYTHON_TREE) python3.11-minimal libpython3.11-minimal \
		libpython3.11-stdlib libpython3.11-testsuite
	$(Q)touch $@

# modules that ask for libraries, and what no chosen test imports
PYTHON_SKIP := /(tkinter|idlelib|lib2to3|pydoc_data|distutils|turtle.*)/|lib-dynload/(_bz2|_crypt|_ctypes|_curses|_dbm|_hashlib|_lzma|_sqlite3|_ssl|_uuid|nis|readline|_codecs|_decimal|audioop)|/test/(?!$$|(support|libregrtest|subprocessdata)/|__init__|lock_tests|signalinterproctester|test_(mmap|gc|threading|signal|subprocess)\.py)
COREUTILS = $(shell dpkg -L coreutils | grep -E '^(/usr)?/s?bin/[^/]+$$')
GUEST_LIB := lib/x86_64-linux-gnu
LIBSTDBUF := usr/libexec/coreutils/libstdbuf.so
out/debian-programs.cpio: tools/mkinitramfs tools/newc.py Makefile $(PYTHON_TREE)/usr/bin/python3.11
	$(call say,CPIO,$@)
	$(Q)tools/mkinitramfs -o $@ --only $(COREUTILS:%=--program %) \
		$(addprefix --program ,/bin/bash /usr/bin/perl /usr/bin/gawk /usr/bin/sqlite3) \
		--program $(PYTHON_TREE)/usr/bin/python3.11 --skip '$(PYTHON_SKIP)' \
		--dir usr/lib/python3.11=$(PYTHON_TREE)/usr/lib/python3.11 \
		--dir usr/$(GUEST_LIB)/perl-base=/usr/$(GUEST_LIB)/perl-base \
		--file $(GUEST_LIB)/libgcc_s.so.1=/$(GUEST_LIB)/libgcc_s.so.1 \
		--file $(LIBSTDBUF)=/$(LIBSTDBUF)

# stress-ng, a large one, for the boot of tests/guest/rootfs/stress.sh alone
out/debian-stress.cpio: tools/mkinitramfs tools/newc.py Makefile | deps-test
	$(call say,CPIO,$@)
	$(Q)mkdir -p $(@D)
	$(Q)tools/mkinitramfs -o $@ --only --program /usr/bin/stress-ng

out/initramfs.cpio.gz: out/initramfs.cpio
	$(call say,GZIP,$@)
	$(Q)gzip -n -c $< >$@.tmp && mv $@.tmp $@

# ---- boot, test, measure ---------------------------------------------------

INITRD ?= out/initramfs.cpio
MEM ?= 512
SMP ?= 1
# $(value) because the guest's shell, not make, expands the dollars
unexport CMD APPEND
export QUIRE_CMD := $(value CMD)
export QUIRE_APPEND := $(value APPEND)
RUN_FLAGS = --initrd '$(INITRD)' --mem '$(MEM)' --smp '$(SMP)' --append "$$QUIRE_APPEND" \
	$(if $(NUMA),--numa '$(NUMA)') $(if $(CPU),--cpu '$(CPU)') $(if $(ACCEL),--accel '$(ACCEL)') \
	$(if $(TIMEOUT),--timeout '$(TIMEOUT)') $(if $(value CMD),--cmd "$$QUIRE_CMD")

# With a command only its output may reach stdout: the build goes to stderr, and
# the status of the command (or of the tests) becomes make's own by $(quit FILE) of tools/quit.c.
QUIT := out/tools/quit.so
ifneq ($(filter test $(if $(value CMD),run oracle),$(MAKECMDGOALS)),)
-load $(QUIT)(quit_gmk_setup)
STATUS := out/.status.$(shell echo $$PPID)
leave = $(Q)exit $(quit $(STATUS))
save_status = ; echo $$? >$(STATUS)
endif

$(QUIT): tools/quit.c
	$(Q)tools/deps.sh build
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -shared -fPIC -o $@ $<

.PHONY: run oracle run-quire run-oracle oracle-kernel
run: run-quire
	$(leave)

oracle: run-oracle
	$(leave)

run-quire: deps-run
	$(Q)$(MAKE) --no-print-directory image out/initramfs.cpio >&2
	$(Q)tools/run-qemu --kernel $(B)/bzImage $(RUN_FLAGS) $(save_status)

run-oracle: deps-oracle
	$(Q)$(MAKE) --no-print-directory oracle-kernel out/initramfs.cpio >&2
	$(Q)tools/run-qemu --oracle $(RUN_FLAGS) $(save_status)

oracle-kernel: | deps-oracle
	$(Q)tools/oracle.sh

# the checking kernel with its tests: boot/lock_rules
.PHONY: image-test-debug
image-test-debug:
	$(Q)$(MAKE) --no-print-directory DEBUG=1 image-test

.PHONY: test-parts test run-tests bench bench-wall bench-doc profile
test-parts: image image-test image-test-debug host host-san unit host32 unit32 guest \
	out/initramfs.cpio out/initramfs.cpio.gz out/debian-tools.cpio \
	out/debian-gdb.cpio out/debian-stress.cpio out/debian-programs.cpio out/bench/init

# the closing line of tests/run is the last one, also when a test failed
test: run-tests
	$(leave)

run-tests: deps-test
	$(Q)$(PYTHON) tests/run --build $(if $(ONLY),--only '$(value ONLY)') $(if $(VERBOSE),-v) \
		$(save_status)

# the tests of leaks with the counts that they are meant for
.PHONY: test-long
test-long: deps-test
	$(Q)$(MAKE) --no-print-directory models
	$(Q)QUIRE_LONG=1 $(PYTHON) tests/run --build --no-oracle \
		--only '^guest/(64|8192)x[14]/test_leak|^model/|^threads/|^(unit|model)32/'

# Debian's programs with a million rows, and all of Python's tests
.PHONY: test-programs
test-programs: deps-test
	$(Q)QUIRE_LONG=1 $(PYTHON) tests/run --build --only '^debian/'

# 10,000 processes, 100 children of 4 GiB: four minutes, most of them Linux's
.PHONY: test-scale
test-scale: deps-test deps-oracle
	$(Q)QUIRE_LONG=1 $(PYTHON) tests/run --build --only '^scale/'

# T=60 for other than 20 seconds each, ONLY='mmap fork' for a part
.PHONY: stress
stress: deps-test deps-oracle
	$(Q)$(MAKE) --no-print-directory image out/initramfs.cpio out/debian-stress.cpio oracle-kernel
	$(Q)tests/stress -t '$(or $(T),20)' $(ONLY)

.PHONY: test-models
test-models: deps-test
	$(Q)$(MAKE) --no-print-directory models $(MODEL_BIN)
	$(Q)QUIRE_LONG=1 $(PYTHON) tests/run --no-oracle --only '^model/'

out/bench/init: bench/boot_init.c Makefile | deps-build
	$(call say,GUESTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -ffreestanding -static -nostdlib -fno-pie \
		-no-pie -fno-stack-protector -o $@ $<

# Quire's allocators at native speed beside those of Debian, in one process
.PHONY: bench-host
HOST_BENCH := out/bench/host/host_bench
HOST_BENCH_FLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-MMD -MP

out/bench/host/quire.o: bench/host/quire.c Makefile | deps-bench
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_BENCH_FLAGS) -fno-strict-aliasing -Wno-cast-function-type \
		$(HOST_HEADERS:%=-I%) -c -o $@ $<

out/bench/host/main.o: bench/host/host_bench.c Makefile | deps-bench
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_BENCH_FLAGS) -c -o $@ $<

$(HOST_BENCH): out/bench/host/main.o out/bench/host/quire.o out/host/libquire.so
	$(call say,LD,$@)
	$(Q)cp --remove-destination out/host/libquire.so $(@D)/$(SONAME)
	$(Q)$(CC) -pthread -Wl,-rpath,'$$ORIGIN' -o $@ $(filter %.o,$^) $(@D)/$(SONAME) -ldl

# ROUNDS=31 for more than 21 rounds, ONLY=fifo for a part
bench-host: $(HOST_BENCH)
	$(Q)bench/hosted $(if $(ROUNDS),--rounds '$(ROUNDS)') $(if $(ONLY),--only '$(value ONLY)')

# one file, to be carried to a machine with more CPUs
out/bench/host/scaling: bench/host/scaling.c out/host/libquire.a Makefile | deps-bench
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_BENCH_FLAGS) -fno-strict-aliasing $(HOST_HEADERS:%=-I%) -MF $@.d \
		-static -pthread -o $@ $< out/host/libquire.a

.PHONY: bench-scaling
bench-scaling: out/bench/host/scaling
	$(Q)$< $(if $(ROUNDS),--rounds '$(ROUNDS)')

out/bench/host/frag: bench/host/frag.c bench/kernel/mm_frag.c out/host/libquire.so Makefile | deps-bench
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)cp --remove-destination out/host/libquire.so $(@D)/$(SONAME)
	$(Q)$(CC) $(HOST_BENCH_FLAGS) -fno-strict-aliasing $(HOST_HEADERS:%=-I%) -MF $@.d \
		-Wl,-rpath,'$$ORIGIN' -o $@ $< $(@D)/$(SONAME)

# the same trace in a hosted machine and as a module inside Debian's Linux 6.1
.PHONY: bench-frag
bench-frag: deps-oracle out/bench/host/frag
	$(Q)$(MAKE) --no-print-directory oracle-kernel
	$(Q)tools/deps.sh kernel-headers
	$(Q)bench/frag

-include $(wildcard out/bench/host/*.d)

# the same source inside Quire and as a module inside Debian's Linux 6.1
.PHONY: bench-kernel
bench-kernel: deps-oracle
	$(Q)$(MAKE) --no-print-directory image-test oracle-kernel
	$(Q)tools/deps.sh kernel-headers
	$(Q)bench/kernel-run $(BENCH_CASES) $(if $(FRESH),--fresh)

BENCH_PROGRAMS := out/guest/user/mmbench out/bench/dynamic-glibc out/bench/dynamic-musl

# CASE='fork segv' measures a part; FRESH=1 also measures Linux again; TWICE=1
# says which rows differ by 1 % and more when Quire is measured twice; WALL=0 leaves
# the second table out, the one at wall-clock speed
BENCH_CASES := $(foreach c,$(CASE),--case '$(c)')
BENCH_PARTS := image out/bench/init $(BENCH_PROGRAMS)
BENCH_FLAGS := $(BENCH_CASES) $(if $(FRESH),--fresh) $(if $(PAIRS),--pairs $(PAIRS)) \
	$(if $(TWICE),--twice)

out/bench/dynamic-glibc: bench/dynamic.c | deps-build
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -o $@ $<

out/bench/dynamic-musl: bench/dynamic.c | deps-test
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) -O2 -o $@ $<

bench: deps-oracle deps-test
	$(Q)$(MAKE) --no-print-directory $(BENCH_PARTS)
	$(if $(CASE),,$(Q)bench/boot $(B)/bzImage)
	$(Q)bench/run $(BENCH_FLAGS)
	$(if $(CASE)$(filter 0,$(WALL)),,$(Q)bench/run --wall $(if $(FRESH),--fresh))

bench-wall: deps-oracle deps-test
	$(Q)$(MAKE) --no-print-directory $(BENCH_PARTS)
	$(Q)bench/run --wall $(BENCH_FLAGS)

# docs/benchmarks.md out of what the last runs measured
bench-doc: out/tools/profile.so
	$(Q)bench/document >out/bench/benchmarks.md
	$(Q)mv out/bench/benchmarks.md docs/benchmarks.md

out/tools/profile.so: tools/profile.c | deps-build
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -shared -fPIC -o $@ $<

# KERNEL=6.1 or 6.12 profiles Linux; LINES=function goes down to its lines
profile: deps-oracle deps-test
	$(Q)$(MAKE) --no-print-directory $(BENCH_PARTS) out/tools/profile.so
	$(Q)tools/profile $(if $(KERNEL),--linux '$(KERNEL)') $(if $(LINES),--lines '$(LINES)') \
		$(foreach c,$(CASE),'$(c)')

# ---- the rest --------------------------------------------------------------

.PHONY: deps-build deps-run deps-test deps-oracle deps-coverage deps-bench deps-fuzz deps-host32 format-check clean
deps-%:
	$(Q)tools/deps.sh $*
deps-build deps-run deps-test deps-oracle deps-coverage deps-bench deps-fuzz deps-host32:
	$(Q)tools/deps.sh $(@:deps-%=%)

FORMATTED = $(shell git ls-files '*.c' '*.h')
format-check:
	$(Q)bad=0; for f in $(FORMATTED); do \
		clang-format $$f | cmp -s - $$f || { echo "  FORMAT  $$f"; bad=$$((bad + 1)); }; \
	done; echo "$$bad of $(words $(FORMATTED)) files differ from .clang-format"

clean:
	$(Q)rm -rf out/x86_64 out/x86_64-test out/x86_64-debug out/x86_64-debug-test out/host out/host-san out/host-cov \
		out/host32 out/host32-san out/tests out/tests32 \
		out/model out/tests-cov out/coverage out/guest out/bench \
		out/initramfs.cpio out/initramfs.cpio.gz out/debian-tools.cpio \
		out/debian-gdb.cpio out/debian-stress.cpio out/debian-programs.cpio out/quire.iso
	$(Q)rm -rf out/host-tsan out/host-fuzz out/fuzz

DEPFILES := $(KERNEL_OBJ:.o=.d) $(BOOT_TEST_OBJ:.o=.d) $(BOOT_OBJ:.o=.d) $(HOST_OBJ:.o=.d) $(PIC_OBJ:.o=.d) \
	$(SAN_OBJ:.o=.d) $(H32_OBJ:.o=.d) $(H32SAN_OBJ:.o=.d) $(BIN32:=.d) \
	$(COV_OBJ:.o=.d) $(COV_TESTS:=.d) $(MODEL_OBJ:.o=.d) $(MODEL_LONG:=.d) \
	$(UNIT_BIN:=.d) $(MODEL_BIN:=.d) $(PORT_BIN:=.d) $(GUEST_BIN:=.d) $(USER_BIN:=.d) \
	$(SCALE_BIN:=.d) $(CALLS_BIN:=.d) $(HOSTED_CALLS:=.d)
DEPFILES += $(TSAN_OBJ:.o=.d) $(FUZZ_OBJ:.o=.d) $(FUZZ_BIN:=.d) $(THREADS_OBJ:.o=.d)
-include $(wildcard $(DEPFILES))
