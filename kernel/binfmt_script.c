// SPDX-License-Identifier: MIT
/*
 * binfmt_script.c - files that begin with "#!": the rest of the line names the
 * interpreter and at most one argument for it. The command line becomes
 * interpreter, argument, file name, and what followed argv[0].
 *
 * The line must end, by newline or by the end of the file, within the first 256
 * bytes as far as the name of the interpreter goes: a name that is cut off is no
 * name; an argument may be cut off, as Linux allows.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "binfmt.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Split the line in bprm->buf; 0, or -ENOEXEC. */
static int parse_line(char *buf, char **name, char **arg)
{
	char *end = memchr(buf, '\n', BINPRM_BUF_SIZE), *s;
	bool cut = !end;

	if (cut)
		end = memchr(buf, 0, BINPRM_BUF_SIZE) ?: buf + BINPRM_BUF_SIZE - 1;
	if (cut && *end) {		/* neither newline nor end of file */
		for (s = buf + 2; s < end && blank(*s); s++)
			;
		for (; s < end && !blank(*s); s++)
			;
		if (s == end)
			return -ENOEXEC;
	}
	while (end > buf + 2 && blank(end[-1]))
		end--;
	*end = 0;
	for (s = buf + 2; blank(*s); s++)
		;
	if (!*s)		/* without a newline Linux takes it for the name "" */
		return cut ? -EACCES : -ENOEXEC;
	*name = s;
	*arg = NULL;
	for (; *s && !blank(*s); s++)
		;
	while (blank(*s))
		*s++ = 0;
	if (*s)
		*arg = s;
	return 0;
}

/**
 * load_script() - rewrite the command line for an interpreter.
 * Context: may sleep. Return: 1 and bprm->file is the interpreter; -ENOEXEC no script; -E.
 */
int load_script(struct linux_binprm *bprm)
{
	char *name, *arg;
	struct file *file;
	int ret;

	if (bprm->buf[0] != '#' || bprm->buf[1] != '!')
		return -ENOEXEC;
	ret = parse_line(bprm->buf, &name, &arg);
	if (ret)
		return ret;
	name = kstrdup(name, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	remove_arg_zero(bprm);
	ret = copy_string_kernel(bprm, bprm->interp ?: bprm->filename);
	if (!ret && arg) {
		bprm->argc++;
		ret = copy_string_kernel(bprm, arg);
	}
	if (!ret)
		ret = copy_string_kernel(bprm, name);
	bprm->argc += 2;
	kfree(bprm->interp);
	bprm->interp = name;
	if (ret)
		return ret;
	file = open_exec(name);
	if (IS_ERR(file))
		return PTR_ERR(file);
	allow_write_access(bprm->file);
	fput(bprm->file);
	bprm->file = file;
	return 1;
}
