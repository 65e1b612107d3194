/* SPDX-License-Identifier: MIT */
/* namei.h - a walk that stops before its last name: what namei.c and dirops.c share. */
#ifndef FS_NAMEI_H
#define FS_NAMEI_H

#include "internal.h"

/* The text of a link that is being walked. */
struct link_text {
	struct link_text *outer;	/* the link stood in this text; NULL: in the caller's */
	const char *rest;		/* of the outer text, behind the link; NULL: nothing */
	char text[PATH_MAX];
};

struct nameidata {
	struct path path;		/* where the walk stands (N1) */
	struct path root;		/* the task's root, counted */
	unsigned int flags;		/* LOOKUP_* */
	unsigned int links;		/* followed so far (N3) */
	struct link_text *texts;	/* innermost first (N4) */
	const char *last;		/* last component of a LOOKUP_PARENT walk */
	unsigned int last_len;
};

/* Walk to the parent of @name; nd->last names the rest (NULL: the root itself). 0 or -E. */
int path_parent(struct nameidata *nd, int dfd, struct filename *name);
void nd_done(struct nameidata *nd, bool keep_path);
/* the child @name of @parent, possibly negative, counted; its i_rwsem is held for writing */
struct dentry *lookup_locked(struct dentry *parent, const char *name, unsigned int len);
/* may a name be made where the walk stands? 0, -EROFS, -EACCES */
int may_create(struct nameidata *nd);

static inline bool is_dots(const struct nameidata *nd)
{
	return (nd->last_len == 1 && nd->last[0] == '.') ||
	       (nd->last_len == 2 && nd->last[0] == '.' && nd->last[1] == '.');
}

static inline umode_t apply_umask(umode_t mode)
{
	return mode & ~READ_ONCE(current->fs->umask);
}

#endif
