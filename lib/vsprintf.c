// SPDX-License-Identifier: MIT
/*
 * Formatted text: printf without floating point.
 *
 *	%[flags][width][.precision][length]conversion
 *
 *	flags		- + space # 0
 *	width, .prec	digits or *
 *	length		hh h l ll z t j
 *	conversion	d i u o x X c s p %
 *	%p		the address, 16 (8) digits; %px and %pK are the same
 *	%pS		the symbol that the address is in, with offset and size;
 *			the address when the port knows no symbol
 *
 * Text goes through a cursor: a buffer, its size, and how many bytes the whole
 * text has. Bytes beyond the size are counted and not written.
 *
 *   F1  after each conversion, text.pos is the length of the text so far
 *   F2  nothing is written at or beyond text.size - 1 but the final NUL
 *
 * So vsnprintf() returns the length of the whole text as the C standard wants it,
 * and the scn forms the length of what is in the buffer. The format is the
 * programmer's: a conversion that does not exist is a bug and is printed as it
 * stands. A %s argument in the first or the last page of the address space prints
 * as (null) or (efault) instead of being read.
 *
 * No locks, no allocation, any context.
 */
#include <linux/bug.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <mm/port.h>

#define FLAG_LEFT	1u
#define FLAG_PLUS	2u
#define FLAG_SPACE	4u
#define FLAG_ALT	8u
#define FLAG_ZERO	16u
#define FLAG_UPPER	32u
#define FLAG_SIGNED	64u

/* Digits of 2^64 - 1 in base 8. */
#define MAX_DIGITS	22
/* A symbol name in a backtrace, with "+0x.../0x...". */
#define SYMBOL_BYTES	160

struct text {
	char *buf;
	size_t size;
	size_t pos;
};

struct spec {
	unsigned int flags;
	int width;			/* at least so many characters */
	int precision;			/* -1: none given */
	char length;			/* 'H' hh, 'h', 'i' int, 'l', 'L' ll, 'z', 't' */
};

static void put_char(struct text *t, char c)
{
	if (t->pos + 1 < t->size)					/* F2 */
		t->buf[t->pos] = c;
	t->pos++;
}

static void put_chars(struct text *t, const char *s, size_t n)
{
	if (t->pos + 1 < t->size)
		memcpy(t->buf + t->pos, s, min(n, t->size - 1 - t->pos));
	t->pos += n;
}

static void put_fill(struct text *t, char c, int n)
{
	while (n-- > 0)
		put_char(t, c);
}

/* A run of characters in a field of the given width. */
static void put_field(struct text *t, const struct spec *sp, const char *s, int len)
{
	int fill = sp->width - len;

	if (!(sp->flags & FLAG_LEFT))
		put_fill(t, ' ', fill);
	put_chars(t, s, len);
	if (sp->flags & FLAG_LEFT)
		put_fill(t, ' ', fill);
}

/* Digits of v, last first; returns how many (0 for 0). */
static int make_digits(char *out, u64 v, unsigned int base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	if (base == 10) {
		u32 rem;

		for (; v; n++) {
			v = div_u64_rem(v, 10, &rem);
			out[n] = digits[rem];
		}
		return n;
	}
	for (; v; v >>= base == 16 ? 4 : 3)
		out[n++] = digits[v & (base - 1)];
	return n;
}

/* What stands before the digits: sign, 0x; returns its length. */
static int make_prefix(char *out, const struct spec *sp, bool negative, u64 v, unsigned int base)
{
	int n = 0;

	if (negative)
		out[n++] = '-';
	else if ((sp->flags & FLAG_SIGNED) && (sp->flags & FLAG_PLUS))
		out[n++] = '+';
	else if ((sp->flags & FLAG_SIGNED) && (sp->flags & FLAG_SPACE))
		out[n++] = ' ';
	if (base == 16 && (sp->flags & FLAG_ALT) && v) {
		out[n++] = '0';
		out[n++] = sp->flags & FLAG_UPPER ? 'X' : 'x';
	}
	return n;
}

static void put_number(struct text *t, const struct spec *sp, u64 v, unsigned int base)
{
	bool negative = (sp->flags & FLAG_SIGNED) && (s64)v < 0;
	char digits[MAX_DIGITS], prefix[4];
	int n, zeros, fill, prefix_len;

	if (negative)
		v = -v;
	prefix_len = make_prefix(prefix, sp, negative, v, base);
	n = make_digits(digits, v, base, sp->flags & FLAG_UPPER);
	zeros = (sp->precision < 0 ? 1 : sp->precision) - n;
	if (base == 8 && (sp->flags & FLAG_ALT) && zeros < 1)
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	fill = sp->width - n - zeros - prefix_len;
	if ((sp->flags & FLAG_ZERO) && !(sp->flags & FLAG_LEFT) && sp->precision < 0 && fill > 0) {
		zeros += fill;
		fill = 0;
	}
	if (!(sp->flags & FLAG_LEFT))
		put_fill(t, ' ', fill);
	put_chars(t, prefix, prefix_len);
	put_fill(t, '0', zeros);
	while (n > 0)
		put_char(t, digits[--n]);
	if (sp->flags & FLAG_LEFT)
		put_fill(t, ' ', fill);
}

static void put_string(struct text *t, const struct spec *sp, const char *s)
{
	size_t max = sp->precision < 0 ? INT_MAX : sp->precision;

	if (!s)
		s = "(null)";
	else if ((unsigned long)s < 4096 || IS_ERR(s))
		s = "(efault)";
	put_field(t, sp, s, (int)strnlen(s, max));
}

/* %p and what follows it; returns the format behind the letters it used. */
static const char *put_pointer(struct text *t, struct spec *sp, const char *fmt, const void *p)
{
	char name[SYMBOL_BYTES];
	size_t len;

	if (*fmt == 'S') {
		fmt++;
		len = port_symbol(name, sizeof(name), (unsigned long)p);
		if (len) {
			put_field(t, sp, name, (int)min(len, sizeof(name) - 1));
			return fmt;
		}
		sp->flags |= FLAG_ALT;
	} else if (*fmt == 'x' || *fmt == 'K') {
		fmt++;
	}
	if (sp->width <= 0) {
		sp->width = 2 * sizeof(p) + (sp->flags & FLAG_ALT ? 2 : 0);
		sp->flags |= FLAG_ZERO;
	}
	put_number(t, sp, (unsigned long)p, 16);
	return fmt;
}

/* Digits or '*' of a width or a precision. */
static int take_number(const char **fmt, va_list *args)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(*args, int);
	}
	for (; isdigit(**fmt); (*fmt)++)
		if (n < INT_MAX / 10 - 10)
			n = n * 10 + (**fmt - '0');
	return n;
}

static const char *parse_flags(struct spec *sp, const char *fmt)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			sp->flags |= FLAG_LEFT;
			break;
		case '+':
			sp->flags |= FLAG_PLUS;
			break;
		case ' ':
			sp->flags |= FLAG_SPACE;
			break;
		case '#':
			sp->flags |= FLAG_ALT;
			break;
		case '0':
			sp->flags |= FLAG_ZERO;
			break;
		default:
			return fmt;
		}
	}
}

static const char *parse_length(struct spec *sp, const char *fmt)
{
	char c = *fmt;

	sp->length = 'i';
	if (c == 'h' || c == 'l') {
		sp->length = c;
		fmt++;
		if (*fmt == c) {
			sp->length = c == 'h' ? 'H' : 'L';
			fmt++;
		}
	} else if (c == 'j' || c == 'L' || c == 'q') {
		sp->length = 'L';
		fmt++;
	} else if (c == 'z' || c == 't') {
		sp->length = c;
		fmt++;
	}
	return fmt;
}

/* Everything between '%' and the conversion letter. */
static const char *parse_spec(struct spec *sp, const char *fmt, va_list *args)
{
	sp->flags = 0;
	sp->precision = -1;
	fmt = parse_flags(sp, fmt);
	sp->width = take_number(&fmt, args);
	if (sp->width < 0) {
		sp->flags |= FLAG_LEFT;
		sp->width = sp->width == INT_MIN ? INT_MAX : -sp->width;
	}
	if (*fmt == '.') {
		fmt++;
		sp->precision = take_number(&fmt, args);
		if (sp->precision < 0)
			sp->precision = -1;
	}
	return parse_length(sp, fmt);
}

static u64 take_unsigned(const struct spec *sp, va_list *args)
{
	switch (sp->length) {
	case 'H':
		return (unsigned char)va_arg(*args, unsigned int);
	case 'h':
		return (unsigned short)va_arg(*args, unsigned int);
	case 'l':
	case 'z':
	case 't':
		return va_arg(*args, unsigned long);
	case 'L':
		return va_arg(*args, unsigned long long);
	default:
		return va_arg(*args, unsigned int);
	}
}

static u64 take_signed(const struct spec *sp, va_list *args)
{
	switch (sp->length) {
	case 'H':
		return (s64)(signed char)va_arg(*args, int);
	case 'h':
		return (s64)(short)va_arg(*args, int);
	case 'l':
	case 'z':
	case 't':
		return (s64)va_arg(*args, long);
	case 'L':
		return va_arg(*args, long long);
	default:
		return (s64)va_arg(*args, int);
	}
}

/* One conversion; fmt stands behind the '%'. Returns what follows it. */
static const char *convert(struct text *t, const char *fmt, va_list *args)
{
	const char *start = fmt;
	struct spec sp;
	char c;

	fmt = parse_spec(&sp, fmt, args);
	switch (*fmt++) {
	case 'd':
	case 'i':
		sp.flags |= FLAG_SIGNED;
		put_number(t, &sp, take_signed(&sp, args), 10);
		break;
	case 'u':
		put_number(t, &sp, take_unsigned(&sp, args), 10);
		break;
	case 'o':
		put_number(t, &sp, take_unsigned(&sp, args), 8);
		break;
	case 'X':
		sp.flags |= FLAG_UPPER;
		put_number(t, &sp, take_unsigned(&sp, args), 16);
		break;
	case 'x':
		put_number(t, &sp, take_unsigned(&sp, args), 16);
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_field(t, &sp, &c, 1);
		break;
	case 's':
		put_string(t, &sp, va_arg(*args, const char *));
		break;
	case 'p':
		fmt = put_pointer(t, &sp, fmt, va_arg(*args, const void *));
		break;
	case '%':
		put_char(t, '%');
		break;
	default:
		/* No such conversion: show it, and do not run past the end. */
		fmt--;
		put_char(t, '%');
		put_chars(t, start, fmt - start);
		break;
	}
	return fmt;
}

/**
 * vsnprintf() - format into @buf of @size bytes.
 * Locks:   none.
 * Context: any.
 * Return:  the length of the whole text without the NUL, also when it was cut.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct text t = { .buf = buf, .size = size, .pos = 0 };
	const char *plain;
	va_list copy;

	if (WARN_ON_ONCE(size > INT_MAX))
		return 0;
	va_copy(copy, args);
	while (*fmt) {
		for (plain = fmt; *fmt && *fmt != '%'; fmt++)
			;
		put_chars(&t, plain, fmt - plain);			/* F1 */
		if (*fmt)
			fmt = convert(&t, fmt + 1, &copy);
	}
	va_end(copy);
	if (size)
		buf[min(t.pos, size - 1)] = '\0';
	return (int)min_t(size_t, t.pos, INT_MAX);
}

/**
 * vscnprintf() - the same.
 * Locks:   none.
 * Context: any.
 * Return:  the length of what is in @buf, without the NUL.
 */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if (!size)
		return 0;
	return (size_t)len < size ? len : (int)(size - 1);
}

/**
 * snprintf() - vsnprintf() with the arguments themselves.
 * Locks:   none.
 * Context: any.
 * Return:  the length of the whole text without the NUL.
 */
int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

/**
 * scnprintf() - vscnprintf() with the arguments themselves.
 * Locks:   none.
 * Context: any.
 * Return:  the length of what is in @buf, without the NUL.
 */
int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

/**
 * vsprintf() - for a buffer that the caller knows to be large enough.
 * Locks:   none.
 * Context: any.
 * Return:  the length without the NUL.
 */
int vsprintf(char *buf, const char *fmt, va_list args)
{
	return vsnprintf(buf, INT_MAX, fmt, args);
}

/**
 * sprintf() - vsprintf() with the arguments themselves.
 * Locks:   none.
 * Context: any.
 * Return:  the length without the NUL.
 */
int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return len;
}
