// SPDX-License-Identifier: MIT
/*
 * Text to numbers.
 *
 * Two families with different manners. The kstrto functions are for a whole
 * text that should be a number, such as what a user wrote into a file of /proc:
 * anything else in it is an error, except one newline at the end. The simple_
 * functions are for parsers: they take the digits that are there, stop at the
 * first other character and say where.
 *
 * A base of 0 means: 16 after "0x", 8 after "0", 10 otherwise; a base of 16
 * accepts the "0x". White space is never skipped. The result is written only on
 * success.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>

static const char *find_base(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* The value of a digit, or something above every base. */
static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return c - '0';
	if (isalpha(c))
		return tolower(c) - 'a' + 10;
	return 255;
}

/* Reads digits; returns where they end. *over is set when they do not fit. */
static const char *read_digits(const char *s, unsigned int base, u64 *value, bool *over)
{
	u64 v = 0, rem, most = div64_u64_rem(U64_MAX, base, &rem);
	unsigned int digit;

	*over = false;
	for (; (digit = digit_value(*s)) < base; s++) {
		if (v > most || (v == most && digit > rem))
			*over = true;
		v = v * base + digit;
	}
	*value = v;
	return s;
}

/**
 * kstrtoull() - the number that the whole of @s is.
 * Locks:   none.
 * Context: any.
 * Return:  0; -EINVAL when @s is something else; -ERANGE when it does not fit.
 */
int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	const char *digits, *end;
	bool over;
	u64 value;

	if (*s == '+')
		s++;
	digits = find_base(s, &base);
	end = read_digits(digits, base, &value, &over);
	if (end == digits)
		return -EINVAL;
	if (over)
		return -ERANGE;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	*res = value;
	return 0;
}

/**
 * kstrtoll() - the same with a sign.
 * Locks:   none.
 * Context: any.
 * Return:  0, -EINVAL, -ERANGE.
 */
int kstrtoll(const char *s, unsigned int base, long long *res)
{
	bool negative = *s == '-';
	unsigned long long value;
	int err = kstrtoull(s + negative, base, &value);

	if (err)
		return err;
	if (negative && s[1] == '+')
		return -EINVAL;
	if (value > (unsigned long long)LLONG_MAX + negative)
		return -ERANGE;
	*res = negative ? (long long)-value : (long long)value;
	return 0;
}

/**
 * kstrtoul() - the same for unsigned long.
 * Locks:   none.
 * Context: any.
 * Return:  0, -EINVAL, -ERANGE.
 */
int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	unsigned long long value;
	int err = kstrtoull(s, base, &value);

	if (err)
		return err;
	if (value > ULONG_MAX)
		return -ERANGE;
	*res = value;
	return 0;
}

/**
 * kstrtol() - the same for long.
 * Locks:   none.
 * Context: any.
 * Return:  0, -EINVAL, -ERANGE.
 */
int kstrtol(const char *s, unsigned int base, long *res)
{
	long long value;
	int err = kstrtoll(s, base, &value);

	if (err)
		return err;
	if (value > LONG_MAX || value < LONG_MIN)
		return -ERANGE;
	*res = value;
	return 0;
}

/**
 * kstrtouint() - the same for unsigned int.
 * Locks:   none.
 * Context: any.
 * Return:  0, -EINVAL, -ERANGE.
 */
int kstrtouint(const char *s, unsigned int base, unsigned int *res)
{
	unsigned long long value;
	int err = kstrtoull(s, base, &value);

	if (err)
		return err;
	if (value > UINT_MAX)
		return -ERANGE;
	*res = value;
	return 0;
}

/**
 * kstrtoint() - the same for int.
 * Locks:   none.
 * Context: any.
 * Return:  0, -EINVAL, -ERANGE.
 */
int kstrtoint(const char *s, unsigned int base, int *res)
{
	long long value;
	int err = kstrtoll(s, base, &value);

	if (err)
		return err;
	if (value > INT_MAX || value < INT_MIN)
		return -ERANGE;
	*res = value;
	return 0;
}

/**
 * kstrtobool() - y, Y, t, T, 1, on are true; n, N, f, F, 0, off are false.
 * Locks:   none.
 * Context: any.
 * Return:  0, or -EINVAL.
 */
int kstrtobool(const char *s, bool *res)
{
	if (!s)
		return -EINVAL;
	switch (tolower(s[0])) {
	case 'y':
	case 't':
	case '1':
		*res = true;
		return 0;
	case 'n':
	case 'f':
	case '0':
		*res = false;
		return 0;
	case 'o':
		if (tolower(s[1]) != 'n' && tolower(s[1]) != 'f')
			return -EINVAL;
		*res = tolower(s[1]) == 'n';
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * simple_strtoull() - the number that @s begins with; overflow wraps.
 * Locks:   none.
 * Context: any.
 * Return:  the number (0 without digits); *@end is the first character after it.
 */
unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)
{
	bool over;
	u64 value;

	s = find_base(s, &base);
	s = read_digits(s, base, &value, &over);
	if (end)
		*end = (char *)s;
	return value;
}

/**
 * simple_strtoul() - the same for unsigned long.
 * Locks:   none.
 * Context: any.
 * Return:  as simple_strtoull().
 */
unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	return simple_strtoull(s, end, base);
}

/**
 * simple_strtoll() - the same with a sign.
 * Locks:   none.
 * Context: any.
 * Return:  as simple_strtoull().
 */
long long simple_strtoll(const char *s, char **end, unsigned int base)
{
	if (*s == '-')
		return -simple_strtoull(s + 1, end, base);
	return simple_strtoull(s, end, base);
}

/**
 * simple_strtol() - the same for long.
 * Locks:   none.
 * Context: any.
 * Return:  as simple_strtoull().
 */
long simple_strtol(const char *s, char **end, unsigned int base)
{
	return simple_strtoll(s, end, base);
}
