// SPDX-License-Identifier: MIT
/*
 * The kernel's command line.
 *
 *	console=ttyS0 mem=64M quiet "name=a value with spaces" -- args of init
 *
 * next_arg() cuts one word off it: words are separated by white space, double
 * quotes protect white space inside of a word, and around a value or a whole word
 * they are taken away. The text is changed in place; nothing is allocated, no
 * state is kept. What a word means is the caller's business.
 *
 * Numbers with a size suffix go through memparse(), lists of numbers such as
 * "1,3-5" through get_option().
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

/**
 * memparse() - a number with K, M, G, T, P or E behind it (powers of 1024).
 * Locks:   none.
 * Context: any.
 * Return:  the value; *@end is the first character after it (@end may be NULL).
 */
unsigned long long memparse(const char *s, char **end)
{
	static const char suffix[] = "KMGTPE";
	char *p;
	unsigned long long value = simple_strtoull(s, &p, 0);
	const char *found = NULL;

	if (p != s && *p)
		found = strchr(suffix, toupper((unsigned char)*p));
	if (found) {
		value <<= 10 * (found - suffix + 1);
		p++;
	}
	if (end)
		*end = p;
	return value;
}

/**
 * get_option() - read one integer of a list.
 * Locks:   none.
 * Context: any.
 * Return:  0 when there is none; 1 for the last of the list; 2 when a comma
 *          followed (and was skipped); 3 when a '-' follows: the first of a range.
 *          *@str is moved behind what was read.
 */
int get_option(char **str, int *value)
{
	char *cur = *str, *end;
	int v;

	if (!cur || !*cur)
		return 0;
	v = (int)simple_strtol(cur, &end, 0);
	if (value)
		*value = v;
	*str = end;
	if (end == cur)
		return 0;
	if (*end == ',') {
		*str = end + 1;
		return 2;
	}
	return *end == '-' ? 3 : 1;
}

/* Write from..to into ints as far as there is room; returns how many are noted. */
static int note_range(int from, int to, int *ints, int noted, int nints)
{
	int v;

	for (v = from; v <= to; v++) {
		if (noted + 1 >= nints)
			break;
		ints[++noted] = v;
		if (v == INT_MAX)
			break;
	}
	return noted;
}

/**
 * get_options() - read a list of integers and ranges into @ints, from [1] on;
 * @ints[0] becomes their number. @ints has @nints places.
 * Locks:   none.
 * Context: any.
 * Return:  the first character that was not read.
 */
char *get_options(const char *str, int nints, int *ints)
{
	char *p = (char *)str, *end;
	int noted = 0, from, to, kind;

	while (noted + 1 < nints) {
		kind = get_option(&p, &from);
		if (kind == 0)
			break;
		to = from;
		if (kind == 3) {
			end = p + 1;
			kind = get_option(&end, &to);
			if (kind == 0 || kind == 3 || to < from)
				break;
			p = end;
		}
		noted = note_range(from, to, ints, noted, nints);
		if (kind == 1)
			break;
	}
	ints[0] = noted;
	return p;
}

/* Takes quotes away in place: around the whole value only. */
static char *unquote(char *s, size_t len)
{
	if (len >= 1 && s[0] == '"') {
		s++;
		len--;
		if (len && s[len - 1] == '"')
			s[len - 1] = '\0';
	}
	return s;
}

/**
 * next_arg() - cut the next word off the command line.
 * Locks:   none.
 * Context: any.
 * Return:  the rest of the line, without leading white space. *@param is the
 *          word up to its first '=', *@val the text after it or NULL.
 */
char *next_arg(char *args, char **param, char **val)
{
	bool in_quote = false, quoted = *args == '"';
	char *word = args, *equals = NULL, *p, *rest;

	if (quoted) {
		word++;
		in_quote = true;
	}
	for (p = word; *p && (in_quote || !isspace(*p)); p++) {
		if (*p == '=' && !equals)
			equals = p;
		if (*p == '"')
			in_quote = !in_quote;
	}
	rest = *p ? p + 1 : p;
	if (quoted && p > word && p[-1] == '"')
		p[-1] = '\0';
	*p = '\0';
	*param = word;
	*val = NULL;
	if (equals) {
		*equals = '\0';
		*val = unquote(equals + 1, strlen(equals + 1));
	}
	return skip_spaces(rest);
}

/**
 * parse_option_str() - is @option one of the words of the comma list @str?
 * Locks:   none.
 * Context: any.
 * Return:  true when it is.
 */
bool parse_option_str(const char *str, const char *option)
{
	size_t len = strlen(option);

	while (*str) {
		size_t word = strcspn(str, ",");

		if (word == len && strncmp(str, option, len) == 0)
			return true;
		str += word;
		if (*str == ',')
			str++;
	}
	return false;
}
