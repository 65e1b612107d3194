// SPDX-License-Identifier: MIT
/*
 * rtc.c - the battery-backed clock of a PC (MC146818), read once at boot.
 *
 * Registers behind ports 0x70 and 0x71 hold seconds to years, in BCD or binary
 * as register B says. While the clock updates itself (bit 7 of A) they are not
 * consistent; they are read until two readings agree. The clock counts UTC.
 *
 * Locks: none; only the boot CPU reads it. No interrupt is used.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/io.h>

#define CMOS_INDEX	0x70
#define CMOS_DATA	0x71
#define RTC_A		0x0a
#define RTC_A_UIP	0x80
#define RTC_B		0x0b
#define RTC_B_24H	0x02
#define RTC_B_BINARY	0x04
#define HOUR_PM		0x80
#define SPIN_MAX	1000000
#define TRIES		10

static const u8 registers[] = { 0x00, 0x02, 0x04, 0x07, 0x08, 0x09 };
enum { SEC, MIN, HOUR, DAY, MONTH, YEAR, NR_FIELDS };

static u8 cmos_read(u8 reg)
{
	outb(reg, CMOS_INDEX);
	return inb(CMOS_DATA);
}

static void read_fields(u8 f[NR_FIELDS])
{
	int i, spin = SPIN_MAX;

	while (cmos_read(RTC_A) & RTC_A_UIP && --spin)
		;
	for (i = 0; i < NR_FIELDS; i++)
		f[i] = cmos_read(registers[i]);
}

static unsigned int from_bcd(u8 v)
{
	return (v >> 4) * 10 + (v & 15);
}

/* Days from 1970 to @day of @month (1..12) of @year, in the Gregorian calendar. */
static u64 days_since_1970(unsigned int year, unsigned int month, unsigned int day)
{
	/* years that begin in March put the leap day at their end */
	unsigned int y = month <= 2 ? year - 1 : year;
	unsigned int m = month <= 2 ? month + 9 : month - 3;

	return 365ull * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/**
 * arch_read_persistent_clock() - the wall clock.
 * Locks: none. Context: boot CPU. Return: seconds since 1970, 0 when it makes no sense.
 */
u64 arch_read_persistent_clock(void)
{
	u8 f[NR_FIELDS], again[NR_FIELDS], mode = cmos_read(RTC_B);
	unsigned int v[NR_FIELDS], i, tries = TRIES;
	bool pm;

	do {
		read_fields(f);
		read_fields(again);
	} while (memcmp(f, again, sizeof(f)) && --tries);
	pm = !(mode & RTC_B_24H) && f[HOUR] & HOUR_PM;
	if (!(mode & RTC_B_24H))
		f[HOUR] &= ~HOUR_PM;
	for (i = 0; i < NR_FIELDS; i++)
		v[i] = mode & RTC_B_BINARY ? f[i] : from_bcd(f[i]);
	if (!(mode & RTC_B_24H))
		v[HOUR] = v[HOUR] % 12 + (pm ? 12 : 0);
	v[YEAR] += v[YEAR] < 70 ? 2000 : 1900;
	if (v[SEC] > 60 || v[MIN] > 59 || v[HOUR] > 23 || v[DAY] < 1 || v[DAY] > 31 ||
	    v[MONTH] < 1 || v[MONTH] > 12)
		return 0;
	return ((days_since_1970(v[YEAR], v[MONTH], v[DAY]) * 24 + v[HOUR]) * 60 + v[MIN]) * 60 +
	       v[SEC];
}
