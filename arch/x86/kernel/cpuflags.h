/* SPDX-License-Identifier: MIT */
/*
 * cpuflags.h - names of CPU features in /proc/cpuinfo, a row for each word of
 * enum cpuid_word, a name for each bit. Programs parse them, so they are Linux's;
 * a bit without a name is one that Linux does not show either.
 */
#define F(bit, name)	[bit] = name

static const char *const flag_names[NCAPINTS][32] = {
[CPUID_1_EDX] = {
	F(0, "fpu"), F(1, "vme"), F(2, "de"), F(3, "pse"), F(4, "tsc"), F(5, "msr"),
	F(6, "pae"), F(7, "mce"), F(8, "cx8"), F(9, "apic"), F(11, "sep"), F(12, "mtrr"),
	F(13, "pge"), F(14, "mca"), F(15, "cmov"), F(16, "pat"), F(17, "pse36"), F(18, "pn"),
	F(19, "clflush"), F(21, "dts"), F(22, "acpi"), F(23, "mmx"), F(24, "fxsr"),
	F(25, "sse"), F(26, "sse2"), F(27, "ss"), F(28, "ht"), F(29, "tm"), F(30, "ia64"),
	F(31, "pbe"),
},
[CPUID_8000_0001_EDX] = {
	F(11, "syscall"), F(19, "mp"), F(20, "nx"), F(22, "mmxext"), F(25, "fxsr_opt"),
	F(26, "pdpe1gb"), F(27, "rdtscp"), F(29, "lm"), F(30, "3dnowext"), F(31, "3dnow"),
},
[CPUID_8086_0001_EDX] = {
	F(0, "recovery"), F(1, "longrun"), F(3, "lrti"),
},
[CPUID_LNX_1] = {
	F(8, "constant_tsc"), F(9, "up"), F(10, "art"), F(11, "arch_perfmon"), F(12, "pebs"),
	F(13, "bts"), F(16, "rep_good"), F(19, "acc_power"), F(20, "nopl"), F(22, "xtopology"),
	F(23, "tsc_reliable"), F(24, "nonstop_tsc"), F(25, "cpuid"), F(26, "extd_apicid"),
	F(27, "amd_dcm"), F(28, "aperfmperf"), F(29, "rapl"), F(30, "nonstop_tsc_s3"),
	F(31, "tsc_known_freq"),
},
[CPUID_1_ECX] = {
	F(0, "pni"), F(1, "pclmulqdq"), F(2, "dtes64"), F(3, "monitor"), F(4, "ds_cpl"),
	F(5, "vmx"), F(6, "smx"), F(7, "est"), F(8, "tm2"), F(9, "ssse3"), F(10, "cid"),
	F(11, "sdbg"), F(12, "fma"), F(13, "cx16"), F(14, "xtpr"), F(15, "pdcm"),
	F(17, "pcid"), F(18, "dca"), F(19, "sse4_1"), F(20, "sse4_2"), F(21, "x2apic"),
	F(22, "movbe"), F(23, "popcnt"), F(24, "tsc_deadline_timer"), F(25, "aes"),
	F(26, "xsave"), F(28, "avx"), F(29, "f16c"), F(30, "rdrand"), F(31, "hypervisor"),
},
[CPUID_C000_0001_EDX] = {
	F(2, "rng"), F(3, "rng_en"), F(6, "ace"), F(7, "ace_en"), F(8, "ace2"),
	F(9, "ace2_en"), F(10, "phe"), F(11, "phe_en"), F(12, "pmm"), F(13, "pmm_en"),
},
[CPUID_8000_0001_ECX] = {
	F(0, "lahf_lm"), F(1, "cmp_legacy"), F(2, "svm"), F(3, "extapic"), F(4, "cr8_legacy"),
	F(5, "abm"), F(6, "sse4a"), F(7, "misalignsse"), F(8, "3dnowprefetch"), F(9, "osvw"),
	F(10, "ibs"), F(11, "xop"), F(12, "skinit"), F(13, "wdt"), F(15, "lwp"), F(16, "fma4"),
	F(17, "tce"), F(19, "nodeid_msr"), F(21, "tbm"), F(22, "topoext"), F(23, "perfctr_core"),
	F(24, "perfctr_nb"), F(26, "bpext"), F(27, "ptsc"), F(28, "perfctr_llc"),
	F(29, "mwaitx"),
},
[CPUID_7_0_EBX] = {
	F(0, "fsgsbase"), F(1, "tsc_adjust"), F(2, "sgx"), F(3, "bmi1"), F(4, "hle"),
	F(5, "avx2"), F(7, "smep"), F(8, "bmi2"), F(9, "erms"), F(10, "invpcid"), F(11, "rtm"),
	F(12, "cqm"), F(14, "mpx"), F(15, "rdt_a"), F(16, "avx512f"), F(17, "avx512dq"),
	F(18, "rdseed"), F(19, "adx"), F(20, "smap"), F(21, "avx512ifma"), F(23, "clflushopt"),
	F(24, "clwb"), F(25, "intel_pt"), F(26, "avx512pf"), F(27, "avx512er"),
	F(28, "avx512cd"), F(29, "sha_ni"), F(30, "avx512bw"), F(31, "avx512vl"),
},
[CPUID_D_1_EAX] = {
	F(0, "xsaveopt"), F(1, "xsavec"), F(2, "xgetbv1"), F(3, "xsaves"),
},
[CPUID_7_1_EAX] = {
	F(4, "avx_vnni"), F(5, "avx512_bf16"),
},
[CPUID_8000_0008_EBX] = {
	F(0, "clzero"), F(1, "irperf"), F(2, "xsaveerptr"), F(4, "rdpru"), F(9, "wbnoinvd"),
	F(23, "amd_ppin"), F(25, "virt_ssbd"),
},
[CPUID_6_EAX] = {
	F(0, "dtherm"), F(1, "ida"), F(2, "arat"), F(4, "pln"), F(6, "pts"), F(7, "hwp"),
	F(8, "hwp_notify"), F(9, "hwp_act_window"), F(10, "hwp_epp"), F(11, "hwp_pkg_req"),
	F(19, "hfi"),
},
[CPUID_8000_000A_EDX] = {
	F(0, "npt"), F(1, "lbrv"), F(2, "svm_lock"), F(3, "nrip_save"), F(4, "tsc_scale"),
	F(5, "vmcb_clean"), F(6, "flushbyasid"), F(7, "decodeassists"), F(10, "pausefilter"),
	F(12, "pfthreshold"), F(13, "avic"), F(15, "v_vmsave_vmload"), F(16, "vgif"),
	F(18, "x2avic"), F(20, "v_spec_ctrl"),
},
[CPUID_7_ECX] = {
	F(1, "avx512vbmi"), F(2, "umip"), F(3, "pku"), F(4, "ospke"), F(5, "waitpkg"),
	F(6, "avx512_vbmi2"), F(8, "gfni"), F(9, "vaes"), F(10, "vpclmulqdq"),
	F(11, "avx512_vnni"), F(12, "avx512_bitalg"), F(13, "tme"), F(14, "avx512_vpopcntdq"),
	F(16, "la57"), F(22, "rdpid"), F(24, "bus_lock_detect"), F(25, "cldemote"),
	F(27, "movdiri"), F(28, "movdir64b"), F(29, "enqcmd"), F(30, "sgx_lc"),
},
[CPUID_8000_0007_EBX] = {
	F(0, "overflow_recov"), F(1, "succor"), F(3, "smca"),
},
[CPUID_7_EDX] = {
	F(2, "avx512_4vnniw"), F(3, "avx512_4fmaps"), F(4, "fsrm"), F(8, "avx512_vp2intersect"),
	F(10, "md_clear"), F(14, "serialize"), F(16, "tsxldtrk"), F(18, "pconfig"),
	F(19, "arch_lbr"), F(20, "ibt"), F(22, "amx_bf16"), F(23, "avx512_fp16"),
	F(24, "amx_tile"), F(25, "amx_int8"), F(28, "flush_l1d"), F(29, "arch_capabilities"),
},
};

/* CPUID 0x80000007 EDX, the last line of a CPU; "" is shown as its number */
static const char *const power_flags[32] = {
	F(0, "ts"), F(1, "fid"), F(2, "vid"), F(3, "ttp"), F(4, "tm"), F(5, "stc"),
	F(6, "100mhzsteps"), F(7, "hwpstate"), F(8, ""), F(9, "cpb"), F(10, "eff_freq_ro"),
	F(11, "proc_feedback"), F(12, "acc_power"),
};
#undef F
