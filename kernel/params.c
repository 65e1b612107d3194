/* SPDX-License-Identifier: MIT */
/*
 * params.c - the kernel's command line.
 *
 * Words separated by blanks, "name" or "name=value", double quotes around what
 * holds blanks. A part of the kernel announces a parameter beside the code that
 * obeys it, with early_param() or __setup(); the linker collects the table. The
 * line is read twice: early ones when there is no allocator yet, the others when
 * there is. What nobody announced is for init, as on Linux: name=value goes into
 * its environment, a bare word to its arguments, and everything behind "--" is
 * argument; a name with a dot is for a module that is not there and goes nowhere.
 *
 *   P1  boot_command_line is never changed after setup_arch() began: it is what
 *       /proc/cmdline shows; parsing works on copies
 *   P2  a value that its parameter refuses is reported, and the boot goes on
 *   P3  a line that was too long was cut, at COMMAND_LINE_SIZE - 1 bytes
 *
 * Boot CPU only, no locks; argv_init and envp_init are read by the first thread.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/errno.h>

#define MAX_INIT_ARGS	32
#define MAX_INIT_ENVS	32
#define NR_DEFAULT_ENVS	2
#define DEFAULT_LOGLEVEL	7	/* KERN_DEBUG stays off the console */
#define QUIET_LOGLEVEL		4

char boot_command_line[COMMAND_LINE_SIZE];
static char early_copy[COMMAND_LINE_SIZE] __initbss;
static char init_words[COMMAND_LINE_SIZE];	/* argv_init and envp_init point into it */

const char *argv_init[MAX_INIT_ARGS + 2] = { "init", NULL };
const char *envp_init[MAX_INIT_ENVS + 2] = { "HOME=/", "TERM=linux", NULL };
static const char *rdinit_option = "/init", *init_option;

int panic_timeout;
int console_loglevel = DEFAULT_LOGLEVEL;

/* Names are equal up to an optional '=' at the end; '-' and '_' are the same letter. */
static bool __init same_name(const char *announced, const char *given)
{
	for (; *announced && *announced != '='; announced++, given++)
		if (*announced != *given &&
		    !((*announced == '-' || *announced == '_') && (*given == '-' || *given == '_')))
			return false;
	return !*given;
}

/* true: somebody announced it, at whatever time it is read */
static bool __init apply_param(const char *name, char *value, enum param_stage stage)
{
	const struct kernel_param *p;
	bool known = false;
	int err;

	for (p = __setup_start; p < __setup_end; p++) {
		if (!same_name(p->name, name))
			continue;
		known = true;
		if (p->stage != stage)
			continue;
		err = p->setup(value);
		if (err)
			pr_warn("Malformed option '%s%s%s' (%d)\n", name, value ? "=" : "",
				value ? value : "", err);
	}
	return known;
}

static void __init parse_stage(enum param_stage stage)
{
	char *rest = early_copy, *name, *value;

	strscpy(early_copy, boot_command_line, COMMAND_LINE_SIZE);
	rest = skip_spaces(rest);
	while (*rest) {
		rest = next_arg(rest, &name, &value);
		if (!value && !strcmp(name, "--"))
			break;
		apply_param(name, value, stage);
	}
}

/**
 * parse_first_params() - obey those that say how much is printed.
 * Locks: none. Context: boot CPU, nothing is up yet. Return: nothing.
 */
void __init parse_first_params(void)
{
	parse_stage(PARAM_FIRST);
}

/**
 * parse_early_params() - obey the early ones.
 * Locks: none. Context: boot CPU, no allocator. Return: nothing.
 */
void __init parse_early_params(void)
{
	parse_stage(PARAM_EARLY);
}

static void __init append_word(const char **list, int max, char *word, const char *what)
{
	int n = 0;

	while (list[n])
		n++;
	if (n >= max)
		panic("Too many boot %s vars at `%s'", what, word);
	list[n] = word;
	list[n + 1] = NULL;
}

/* the same variable again replaces the first */
static void __init append_env(char *word, size_t name_bytes)
{
	int i;

	for (i = 0; envp_init[i]; i++) {
		if (!strncmp(envp_init[i], word, name_bytes + 1)) {
			envp_init[i] = word;
			return;
		}
	}
	append_word(envp_init, MAX_INIT_ENVS + 1, word, "env");
}

/* one word again from what next_arg() cut at '=', perhaps with quotes between */
static char *__init join_word(char *name, char *value)
{
	size_t bytes = strlen(name);

	if (value) {
		name[bytes] = '=';
		memmove(name + bytes + 1, value, strlen(value) + 1);
	}
	return name;
}

/* a word nobody knows */
static void __init give_to_init(char *name, char *value)
{
	size_t bytes = strlen(name);

	if (memchr(name, '.', bytes))
		return;
	if (value)
		append_env(join_word(name, value), bytes);
	else
		append_word(argv_init, MAX_INIT_ARGS + 1, name, "init");
}

/* as Linux says it; @first_arg is the first one behind "--", which is no surprise */
static void __init report_unknown(int first_arg)
{
	static char line[COMMAND_LINE_SIZE + 1] __initbss;
	size_t n = 0;
	int i;

	for (i = 1; i < first_arg; i++)
		n += scnprintf(line + n, sizeof(line) - n, " %s", argv_init[i]);
	for (i = NR_DEFAULT_ENVS; envp_init[i]; i++)
		n += scnprintf(line + n, sizeof(line) - n, " %s", envp_init[i]);
	if (n)
		pr_notice("Unknown kernel command line parameters \"%s\", will be passed to user space.\n",
			  line + 1);
}

static int __init count_args(void)
{
	int n = 1;

	while (argv_init[n])
		n++;
	return n;
}

/**
 * parse_params() - obey the rest; collect init's arguments and environment.
 * Locks: none. Context: boot CPU, slab and vmalloc are up. Return: nothing.
 */
void __init parse_params(void)
{
	char *rest = init_words, *name, *value;

	strscpy(init_words, boot_command_line, COMMAND_LINE_SIZE);
	rest = skip_spaces(rest);
	while (*rest) {
		rest = next_arg(rest, &name, &value);
		if (!value && !strcmp(name, "--"))
			break;
		if (!apply_param(name, value, PARAM_LATE))
			give_to_init(name, value);
	}
	report_unknown(count_args());
	while (*rest) {
		rest = next_arg(rest, &name, &value);
		append_word(argv_init, MAX_INIT_ARGS + 1, join_word(name, value), "init");
	}
}

/**
 * rdinit_command() - what to start when the initial ramdisk has it.
 * Locks: none. Context: any, after parse_params(). Return: a path.
 */
const char *rdinit_command(void)
{
	return rdinit_option;
}

/**
 * init_command() - init= of the command line.
 * Locks: none. Context: any, after parse_params(). Return: a path or NULL.
 */
const char *init_command(void)
{
	return init_option;
}

static int __init set_path(char *value, const char **path)
{
	if (!value || !*value)
		return -EINVAL;
	*path = value;		/* in init_words, which stays */
	argv_init[1] = NULL;	/* arguments before it are not for this program */
	return 0;
}

static int __init rdinit_setup(char *value)
{
	return set_path(value, &rdinit_option);
}
__setup("rdinit", rdinit_setup);

static int __init init_setup(char *value)
{
	return set_path(value, &init_option);
}
__setup("init", init_setup);

static int __init panic_setup(char *value)
{
	return value ? kstrtoint(value, 0, &panic_timeout) : -EINVAL;
}
early_param("panic", panic_setup);

static int __init quiet_setup(char *value)
{
	console_loglevel = QUIET_LOGLEVEL;
	return 0;
}
first_param("quiet", quiet_setup);

static int __init debug_setup(char *value)
{
	console_loglevel = 10;
	return 0;
}
first_param("debug", debug_setup);

static int __init loglevel_setup(char *value)
{
	int level, err = value ? kstrtoint(value, 0, &level) : -EINVAL;

	if (err)
		return err;
	console_loglevel = clamp(level, 0, 15);
	return 0;
}
first_param("loglevel", loglevel_setup);
