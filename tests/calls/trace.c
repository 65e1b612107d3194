// SPDX-License-Identifier: MIT
/*
 * trace.c - what a kernel answers to random calls about memory, as lines to be compared.
 *
 *	trace core|full SEED ROUNDS CALLS	a line of hashes for each round
 *	trace -v core|full SEED 1 CALLS		every call of a round
 *
 * A round is a world of its own: files, and one process that forks others. Up to four of
 * them take turns, one runs at a time, so that the same seed gives the same lines on every
 * kernel that behaves the same. Which call comes next, and to whom, is in memory that they
 * share (struct control); a byte in a pipe is the turn. All are children of the world
 * (CLONE_PARENT), which waits for those that leave and hands their turn on.
 *
 * Every other round of the full mix runs as a user without privileges. Addresses are not
 * randomized, huge pages are off: neither is what is compared.
 */
#include "look.h"
#include <sys/personality.h>

#define CONTROL_FD	199
#define PIPE_FD		320	/* two for each slot */
#define CONTROL		0x10000000ul

struct control {
	struct place place;
	struct births births[SLOTS];
	long base[SLOTS][4];
	struct notes notes;
	unsigned int left, next;	/* calls; who goes on when somebody leaves */
	int over;
};

static struct control *ctl;
static unsigned int me;
static char altstack[16384];

static void die(const char *what)
{
	char text[120];

	snprintf(text, sizeof(text), "trace: %s: %s\n", what, strerror(errno));
	(void)!write(1, text, strlen(text));
	_exit(2);
}

/* --- turns --------------------------------------------------------------- */

static void turn_give(unsigned int slot)
{
	if (write(PIPE_FD + 2 * slot + 1, "", 1) != 1)
		die("turn");
}

static void turn_wait(void)
{
	char c;

	if (read(PIPE_FD + 2 * me, &c, 1) != 1 || ctl->over)
		_exit(0);
}

/* the first slot from @from on that somebody is in, but not @without; SLOTS: none */
static unsigned int somebody(unsigned int from, unsigned int without)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++) {
		unsigned int slot = (from + i) % SLOTS;

		if (slot != without && ctl->place.pid[slot])
			return slot;
	}
	return SLOTS;
}

/* --- a call, its line and its hashes ------------------------------------- */

static void note(const struct call *c, long ret)
{
	char who[24];

	sprintf(who, "%u/%u", ctl->place.number, me);
	note_call(&ctl->notes, who, c, ret);
}

static struct look *look_at(void)
{
	static struct look l;

	look_begin(&l, &ctl->notes);
	look_maps(&l);
	if (ctl->place.gen.mix == MIX_FULL) {
		look_smaps(&l);
		look_sizes(&l, ctl->base[me]);
	}
	ctl->notes = l.notes;
	return &l;
}

static long call_fork(unsigned int slot)
{
	struct control *c = ctl;
	long pid;

	if (c->place.pid[slot])
		return -EEXIST;
	c->births[slot] = c->births[me];
	births_fork(&c->births[slot], look_at()->perms);
	memcpy(c->base[slot], c->base[me], sizeof(c->base[0]));
	pid = result(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
	if (!pid) {
		me = slot;
		turn_wait();
		return -EINTR;		/* of no call of its own */
	}
	if (pid < 0)
		return pid;
	c->place.pid[slot] = pid;
	return 0;
}

/* 0, or another goes on: then the turn came back */
static long call_exit(unsigned int slot)
{
	unsigned int next = somebody(slot, me);

	if (next == SLOTS)
		return -ESRCH;
	ctl->next = next;
	ctl->place.pid[me] = 0;
	_exit(0);
}

static long call_switch(unsigned int slot)
{
	if (slot == me || !ctl->place.pid[slot])
		return -ESRCH;
	turn_give(slot);
	turn_wait();
	return -EINTR;
}

static void call_exec(void)
{
	char slot[8];
	char *argv[] = { "trace", "again", slot, NULL }, *none[] = { NULL };

	/* what is to be filled does not fit in less */
	for (unsigned int i = 0; i < 3; i++) {
		static const int which[] = { RLIMIT_AS, RLIMIT_DATA, RLIMIT_MEMLOCK };
		struct rlimit limit;

		getrlimit(which[i], &limit);
		limit.rlim_cur = limit.rlim_max;
		setrlimit(which[i], &limit);
	}
	sprintf(slot, "%u", me);
	execve("/proc/self/exe", argv, none);
	die("exec");
}

static void run_call(struct call *c)
{
	struct place *p = &ctl->place;
	struct births *b = &ctl->births[me];
	unsigned int number = ++p->number;
	long ret;

	if (c->kind == C_MREMAP)
		c->a[1] = births_trim(b, p->gen.heap, c->a[0], c->a[1]);
	switch (c->kind) {
	case C_FORK:
		ret = call_fork(c->a[0]);
		break;
	case C_EXIT:
		note(c, 0);
		ret = call_exit(c->a[0]);
		break;
	case C_SWITCH:
		note(c, 0);
		ret = call_switch(c->a[0]);
		break;
	case C_LOOK:
		note(c, 0);
		look_at();
		return;
	case C_EXEC:
		note(c, 0);
		call_exec();
		return;
	default:
		ret = call_make(p, c);
		births_follow(b, p->gen.heap, c, ret, number);
	}
	if (ret != -EINTR)
		note(c, ret);
}

static void run_slot(void)
{
	struct call c;

	while (ctl->left) {
		ctl->left--;
		draw_call(&ctl->place.gen, &c);
		run_call(&c);
	}
	look_at();
	_exit(0);
}

/* --- the world ----------------------------------------------------------- */

static void enter_slot(unsigned int slot)
{
	me = slot;
	if (mmap((void *)CONTROL, sizeof(*ctl), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		 CONTROL_FD, 0) == MAP_FAILED)
		die("control");
	ctl = (void *)CONTROL;
	access_catch(altstack, sizeof(altstack));
	place_prepare(ctl->place.gen.heap);
	memset(&ctl->births[me], 0, sizeof(ctl->births[me]));
	look_base(ctl->base[me]);
}

/* the stack cannot grow later */
static void use_stack(void)
{
	volatile char stack[128 * 1024];
	unsigned int i;

	for (i = 0; i < sizeof(stack); i += C_PAGE)
		stack[i] = 1;
}

static void make_control(unsigned long long seed, unsigned int mix, unsigned int calls)
{
	int fd = syscall(SYS_memfd_create, "control", 0), i, ends[2];

	if (fd < 0 || dup2(fd, CONTROL_FD) < 0 || ftruncate(fd, sizeof(*ctl)))
		die("control");
	close(fd);
	ctl = mmap((void *)CONTROL, sizeof(*ctl), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		   CONTROL_FD, 0);
	if (ctl == MAP_FAILED)
		die("control");
	ctl->place.gen = (struct gen){ .state = seed * 0x2545f4914f6cdd1dull, .mix = mix,
				       .heap = place_heap() };
	ctl->notes.core = ctl->notes.full = HASH_START;
	ctl->notes.heap = ctl->place.gen.heap;
	ctl->left = calls;
	for (i = 0; i < (int)SLOTS; i++) {
		if (pipe(ends) || dup2(ends[0], PIPE_FD + 2 * i) < 0 ||
		    dup2(ends[1], PIPE_FD + 2 * i + 1) < 0)
			die("pipe");
		close(ends[0]);
		close(ends[1]);
	}
}

static void become_nobody(void)
{
	if (setgid(65534) || setuid(65534))
		die("setuid");
	prctl(PR_SET_DUMPABLE, 1);
}

/* who left, and why; the turn goes on */
static void world_wait(void)
{
	int pid, status;
	unsigned int i;

	while ((pid = waitpid(-1, &status, 0)) > 0) {
		if (status && !ctl->over) {
			ctl->over = 1;
			printf("a process ends with status %x after call %u\n", status,
			       ctl->place.number);
		}
		for (i = 0; i < SLOTS; i++)
			if (ctl->place.pid[i] == pid) {
				ctl->place.pid[i] = 0;
				ctl->next = SLOTS;
			}
		if (!ctl->left && ctl->next == SLOTS)
			ctl->next = somebody(0, SLOTS);
		if (ctl->over) {
			for (i = 0; i < SLOTS; i++)
				if (ctl->place.pid[i])
					turn_give(i);
		} else if (ctl->next < SLOTS) {
			i = ctl->next;
			ctl->next = SLOTS;		/* it may leave at once */
			turn_give(i);
		}
	}
}

static void world(unsigned long long seed, unsigned int mix, unsigned int calls, int verbose)
{
	unsigned int i;
	int pid;

	prctl(41 /* PR_SET_THP_DISABLE */, 1, 0, 0, 0);
	make_control(seed, mix, calls);
	ctl->notes.verbose = verbose;
	if (mix == MIX_FULL && seed % 2)
		become_nobody();
	if (place_open_files(&ctl->place))
		die("files");
	ctl->next = SLOTS;
	pid = fork();
	if (!pid) {
		use_stack();
		enter_slot(0);
		ctl->place.pid[0] = getpid();
		run_slot();
	}
	world_wait();
	for (i = 0; i < SEGMENTS; i++)
		if (ctl->place.segment[i] >= 0)
			syscall(SYS_shmctl, ctl->place.segment[i], 0, NULL);
	printf("%s %llu: %u calls, core %016llx", mix == MIX_FULL ? "full" : "core", seed,
	       ctl->place.number, ctl->notes.core);
	printf(mix == MIX_FULL ? ", full %016llx\n" : "\n", ctl->notes.full);
	fflush(stdout);
	_exit(ctl->over);
}

static int rounds(char **argv, int verbose)
{
	unsigned int mix = !strcmp(argv[0], "full") ? MIX_FULL : MIX_CORE;
	unsigned long long seed = strtoull(argv[1], NULL, 0);
	int n = atoi(argv[2]), calls = atoi(argv[3]), status, bad = 0;

	for (; n-- > 0; seed++) {
		fflush(stdout);
		if (!fork())
			world(seed, mix, calls, verbose);
		wait(&status);
		if (status)
			printf("%s %llu: status %x\n", argv[0], seed, status);
		bad |= status != 0;
	}
	return bad;
}

int main(int argc, char **argv)
{
	int verbose = argc > 1 && !strcmp(argv[1], "-v");

	if (argc == 3 && !strcmp(argv[1], "again")) {
		use_stack();
		enter_slot(atoi(argv[2]));
		run_slot();
	}
	if (argc != 5 + verbose) {
		fprintf(stderr, "usage: trace [-v] core|full SEED ROUNDS CALLS\n");
		return 2;
	}
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
		die("exec");
	}
	return rounds(argv + 1 + verbose, verbose);
}
