/* SPDX-License-Identifier: MIT */
/* timex.h - adjtimex(2): struct timex and its constants, Linux's ABI on 64-bit machines. */
#ifndef UAPI_TIMEX_H
#define UAPI_TIMEX_H

#include <linux/types.h>

struct timex {
	unsigned int modes;		/* ADJ_* */
	long offset;
	long freq;			/* parts per million << 16 */
	long maxerror, esterror;	/* microseconds */
	int status;			/* STA_* */
	long constant;
	long precision;			/* microseconds */
	long tolerance;			/* parts per million << 16 */
	struct { long tv_sec, tv_usec; } time;
	long tick;			/* microseconds between ticks of USER_HZ */
	long ppsfreq, jitter;
	int shift;
	long stabil, jitcnt, calcnt, errcnt, stbcnt;
	int tai;
	int reserved[11];
};
static_assert(sizeof(struct timex) == 208, "ABI");

#define ADJ_OFFSET_SS_READ	0xa001		/* adjtime(3) asks what is left of a slew */
#define STA_UNSYNC		0x0040
#define TIME_ERROR		5		/* the clock is not synchronised */
#define NTP_PHASE_LIMIT		16000000l	/* microseconds */
#define MAXFREQ_SCALED		(500l << 16)

#endif
