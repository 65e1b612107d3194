/* SPDX-License-Identifier: MIT */
/*
 * slab_options.c - which caches are checked, and how: slub_debug= of the command line.
 *
 *	slub_debug			F, Z, P and U for all caches
 *	slub_debug=LETTERS		these for all caches; "-": none
 *	slub_debug=LETTERS,NAME,NAME	these for the named caches alone; a '*' at the end of
 *					a name stands for any rest. No letter: F, Z, P and U
 *	slub_debug=BLOCK;BLOCK		several of the two above: a name's first block counts
 *
 *	F  consistency checks	Z  red zones	P  poison	U  who allocated and freed
 *	T  each call is logged	A  failslab may fail them, where cache-filter is set
 *	O  caches whose slabs would have to be larger for it get no Z, P and U
 *
 * A letter that is none is reported and the rest is obeyed. A hosted machine gives the same
 * text in its configuration. Without the option caches of a debug build have F, Z, P and U,
 * unless the port set slab_state.fast; others have none.
 *
 * The text is read twice: when the boot begins, for what holds for all caches, and for each
 * cache by name when it is created.
 *
 *   SO1  debug_lists points into debug_option when some block has a list, else it is NULL
 *   SO2  a cache with SLAB_NO_USER_FLAGS has the flags that its creator gave it
 *   SO3  a cache with SLAB_NOLEAKTRACE gets U by its name only
 *
 * Locks: none: all of it is fixed before the first cache exists.
 */
#include "slab_internal.h"
#include <linux/ctype.h>

struct option_block {
	slab_flags_t flags;
	bool no_higher_order;
	const char *list;		/* up to ';' or the end; NULL: for all caches */
};

static slab_flags_t flag_of(char letter)
{
	switch (tolower(letter)) {
	case 'f':
		return SLAB_CONSISTENCY_CHECKS;
	case 'z':
		return SLAB_RED_ZONE;
	case 'p':
		return SLAB_POISON;
	case 'u':
		return SLAB_STORE_USER;
	case 't':
		return SLAB_TRACE;
	case 'a':
		return SLAB_FAILSLAB;
	default:
		return 0;
	}
}

static void obey_letter(struct option_block *block, char letter, bool report)
{
	slab_flags_t flag = flag_of(letter);

	if (letter == '-')
		block->flags = 0;
	else if (tolower(letter) == 'o')
		block->no_higher_order = true;
	else if (!flag && report)
		pr_err("slub_debug option '%c' unknown. skipped\n", letter);
	block->flags |= flag;
}

/* One block at @at. Returns where the next begins, or NULL. */
static const char *parse_block(const char *at, struct option_block *block, bool report)
{
	*block = (struct option_block){ .flags = 0 };
	while (*at == ';')
		at++;
	if (*at == ',')
		block->flags = SLAB_DEBUG_DEFAULT;
	for (; *at && *at != ',' && *at != ';'; at++)
		obey_letter(block, *at, report);
	if (*at == ',')
		block->list = ++at;
	while (*at && *at != ';')
		at++;
	while (*at == ';')
		at++;
	return *at ? at : NULL;
}

static bool list_names(const char *at, const char *name)
{
	size_t bytes = strlen(name), n;
	const char *glob;

	for (;;) {
		n = strcspn(at, ",;");
		glob = strnchr(at, n, '*');
		if (glob)
			n = glob - at;
		if (glob ? !strncmp(name, at, n) : n && n == bytes && !memcmp(name, at, n))
			return true;
		at += strcspn(at, ",;");
		if (*at != ',')
			return false;
		at++;
	}
}

/**
 * slab_debug_setup() - obey slub_debug=@value, NULL or "" for no value.
 * Locks:   none.  Context: boot CPU, before kmem_cache_init().
 * Return:  0, or -EINVAL when @value is too long to be kept.
 */
int slab_debug_setup(const char *value)
{
	struct slab_state *state = &this_machine()->slab;

	if (value && strlen(value) >= sizeof(state->debug_option))
		return -EINVAL;
	strscpy(state->debug_option, value ? value : "", sizeof(state->debug_option));
	state->debug_asked = true;
	return 0;
}

/* The flags of all caches, where no block without a list says otherwise. */
static slab_flags_t built_in_flags(const struct slab_state *state)
{
#ifdef CONFIG_DEBUG_MM
	return state->fast ? 0 : SLAB_DEBUG_DEFAULT;
#else
	return 0;
#endif
}

/**
 * slab_options_init() - what slub_debug= says about all caches.
 * Locks:   none.  Context: boot, before the first cache.
 */
void slab_options_init(void)
{
	struct slab_state *state = &this_machine()->slab;
	const char *at = state->debug_option;
	struct option_block block;

	state->debug_flags = built_in_flags(state);
#ifndef CONFIG_DEBUG_MM
	state->go_on = true;
#endif
	if (!state->debug_asked)
		return;
	if (!*at)
		state->debug_flags = SLAB_DEBUG_DEFAULT;
	while (at && *at) {
		at = parse_block(at, &block, true);
		state->no_higher_order |= block.no_higher_order;
		if (block.list)
			state->debug_lists = state->debug_option;	/* SO1 */
		else
			state->debug_flags = block.flags;
	}
}

/**
 * slab_options_flags() - the flags of a cache called @name whose creator wants @flags.
 * Locks:   none.  Context: any.
 * Return:  @flags and those of slub_debug=.
 */
slab_flags_t slab_options_flags(const char *name, slab_flags_t flags)
{
	const struct slab_state *state = &this_machine()->slab;
	const char *at = state->debug_lists;
	struct option_block block;

	if (flags & SLAB_NO_USER_FLAGS)
		return flags;						/* SO2 */
	while (at) {
		at = parse_block(at, &block, false);
		if (block.list && list_names(block.list, name))
			return flags | block.flags;
	}
	if (flags & SLAB_NOLEAKTRACE)
		return flags | (state->debug_flags & ~SLAB_STORE_USER);	/* SO3 */
	return flags | state->debug_flags;
}
