/* SPDX-License-Identifier: MIT */
/*
 * version.c - what the kernel says about itself: uname(2), /proc/version, the
 * first line of the log.
 *
 * The release begins with the number of the Linux whose behaviour this is, since
 * programs compare it; "-quire" says whose code. The build sets QUIRE_BUILD_ID
 * when it knows one (nothing that changes from build to build of one source).
 */
#include <linux/init.h>

#ifndef QUIRE_BUILD_ID
#define QUIRE_BUILD_ID	"#1"
#endif
#define RELEASE		"6.1.0-quire"
#define VERSION		QUIRE_BUILD_ID " SMP PREEMPT_NONE Quire"
#ifdef __clang__
#define COMPILER	"clang " __clang_version__
#else
#define COMPILER	"gcc " __VERSION__
#endif

const char uts_sysname[] = "Linux";
const char uts_release[] = RELEASE;
const char uts_version[] = VERSION;
#ifdef __x86_64__
const char uts_machine[] = "x86_64";
#elif defined(__i386__)
const char uts_machine[] = "i686";
#else
const char uts_machine[] = "armv7l";
#endif
/* what uname says to a program of the 32-bit personality */
#ifdef __x86_64__
const char uts_machine32[] = "i686";
#else
const char uts_machine32[] = "";
#endif
const char linux_banner[] =
	"Linux version " RELEASE " (quire@localhost) (" COMPILER ") " VERSION "\n";
