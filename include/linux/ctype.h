/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CTYPE_H
#define _LINUX_CTYPE_H

/* Character classes of ASCII; a byte above 127 is in none of them. */
#if __STDC_HOSTED__
#include <ctype.h>
#undef isdigit
#undef isupper
#undef islower
#undef isalpha
#undef isalnum
#undef isxdigit
#undef isspace
#undef isprint
#undef isgraph
#undef iscntrl
#undef ispunct
#undef isascii
#undef tolower
#undef toupper
#endif

#define __ctype_in(c, lo, hi)	((unsigned char)(c) - (lo) <= (hi) - (lo) && \
				 (unsigned char)(c) >= (lo))
#define isdigit(c)	__ctype_in(c, '0', '9')
#define isupper(c)	__ctype_in(c, 'A', 'Z')
#define islower(c)	__ctype_in(c, 'a', 'z')
#define isalpha(c)	__ctype_in((c) | 0x20, 'a', 'z')
#define isalnum(c)	(isalpha(c) || isdigit(c))
#define isxdigit(c)	(isdigit(c) || __ctype_in((c) | 0x20, 'a', 'f'))
#define isspace(c)	((c) == ' ' || __ctype_in(c, '\t', '\r'))
#define isprint(c)	__ctype_in(c, ' ', '~')
#define isgraph(c)	__ctype_in(c, '!', '~')
#define iscntrl(c)	((unsigned char)(c) < ' ' || (c) == 127)
#define ispunct(c)	(isgraph(c) && !isalnum(c))
#define isascii(c)	((unsigned char)(c) < 128)
#define isodigit(c)	__ctype_in(c, '0', '7')

static inline int quire_tolower(int c)
{
	return isupper(c) ? c + ('a' - 'A') : c;
}

static inline int quire_toupper(int c)
{
	return islower(c) ? c - ('a' - 'A') : c;
}

#define tolower(c)	quire_tolower(c)
#define toupper(c)	quire_toupper(c)

#endif
