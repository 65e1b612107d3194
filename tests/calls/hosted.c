// SPDX-License-Identifier: MIT
/*
 * hosted.c - random calls about memory, made to the mm/ of a hosted machine.
 *
 *	hosted [-v] core SEED ROUNDS CALLS	the lines of `trace core`, see trace.c
 *	hosted storm SEED CALLS THREADS		many at once, as storm.c
 *
 * A trace makes the calls of the guest's trace to address spaces that take turns, and its
 * lines are the guest's: so mm/ answers the same in a process as under programs.
 *
 * A storm is a number of worlds of WORLD_CALLS each, in a process of its own. In a world so
 * many threads, each a CPU, make calls to SPACES address spaces, every BATCH of them to
 * another one: so each space has several CPUs in it, as the threads of a program, and each
 * CPU changes between them. Forked children make calls, too, and go. All share the files
 * and reach into each other's memory. After every round of calls the threads stand still
 * and all that there is is walked: address spaces, zones, slabs, and what the CPUs'
 * TLBs remember is compared with the page tables. At the end everything has come back.
 *
 * A world's seed says how it is made, too (world_config()): with the allocators' fast
 * paths or every object checked, with page tables shared by each fork or by none, with
 * free pages that are poisoned, with allocations that fail.
 */
#include <time.h>
#include <pthread.h>

#include "hosted.h"
#include "lines.h"
#include "tests/geometry.h"

/* tests/model/os.c */
void *os_shared(size_t bytes);
int os_in_child(void (*fn)(void *arg), void *arg, bool quiet);
bool os_child_ended_well(int status, char *why, size_t bytes);
double os_seconds(void);

/* --- trace: what there is to see ----------------------------------------- */

static struct place place;
static struct births births[SLOTS];
static struct notes notes;

static void look_out(const char *text)
{
	fputs(text, stdout);
}

/* three words of the page at @at; one of them 99: it cannot be read */
static void read_words(unsigned long at, unsigned long long words[3])
{
	static const unsigned int offsets[3] = { 0, 2044, C_PAGE - 8 };
	static unsigned char page[C_PAGE];
	unsigned int i;

	if (access_remote_vm(place.mm[place.me], at, page, C_PAGE, false) != (int)C_PAGE) {
		words[0] = 99;
		return;
	}
	for (i = 0; i < 3; i++)
		memcpy(&words[i], page + offsets[i], 8);
}

static struct look_pages look_pages(const struct look_line *a)
{
	static unsigned char vec[BIRTHS];
	struct look_pages l = { 0, HASH_START, HASH_START };
	unsigned long bytes = a->end - a->start, at;

	if (vm_mincore(place.mm[place.me], a->start, bytes, (void __user *)SCRATCH) ||
	    copy_from_user(vec, (void __user *)SCRATCH, bytes / C_PAGE))
		return l;
	for (at = a->start; at < a->end; at += C_PAGE) {
		unsigned long long words[3] = { 0, 0, 0 };

		if (!(vec[(at - a->start) / C_PAGE] & 1))
			continue;
		read_words(at, words);
		look_add_page(&l, a, at, words);
	}
	return l;
}

static void kind_of(struct look_line *a, const struct vm_area_struct *vma)
{
	unsigned int i;

	strcpy(a->kind, "-");
	if (!vma->vm_file)
		return;
	a->inode = (unsigned long)file_inode(vma->vm_file);
	a->offset = vma->vm_pgoff * C_PAGE;
	strcpy(a->kind, "z");
	for (i = 0; i < FILE_POOL; i++)
		if (file_inode(place.pool->file[i]) == file_inode(vma->vm_file))
			snprintf(a->kind, sizeof(a->kind), "f%u", i);
}

static struct look_line line_of(const struct vm_area_struct *vma)
{
	struct look_line a = { .start = vma->vm_start, .end = vma->vm_end };

	a.perms[0] = vma->vm_flags & VM_READ ? 'r' : '-';
	a.perms[1] = vma->vm_flags & VM_WRITE ? 'w' : '-';
	a.perms[2] = vma->vm_flags & VM_EXEC ? 'x' : '-';
	a.perms[3] = vma->vm_flags & VM_MAYSHARE ? 's' : 'p';
	kind_of(&a, vma);
	return a;
}

static struct look *look_at(void)
{
	static struct look l;
	static struct look_line lines[BIRTHS + 2];
	struct mm_struct *mm = place.mm[place.me];
	struct vm_area_struct *vma;
	unsigned int n = 0, i;

	look_begin(&l, &notes);
	mmap_read_lock(mm);
	for_each_vma(mm, vma)
		if (birth_index(HEAP, vma->vm_start) < BIRTHS)
			lines[n++] = line_of(vma);
	mmap_read_unlock(mm);
	for (i = 0; i < n; i++)
		look_area(&l, lines[i]);
	look_put(&l);
	notes = l.notes;
	return &l;
}

/* --- trace: processes that take turns ------------------------------------ */

static void note(const struct call *c, long ret)
{
	char who[24];

	sprintf(who, "%u/%u", place.number, place.me);
	note_call(&notes, who, c, ret);
}

static void turn_to(unsigned int slot)
{
	place.me = slot;
	host_use_mm(place.mm[slot]);
}

/* the first slot from @from on that somebody is in, but not @without; SLOTS: none */
static unsigned int somebody(unsigned int from, unsigned int without)
{
	unsigned int i, slot;

	for (i = 0; i < SLOTS; i++) {
		slot = (from + i) % SLOTS;
		if (slot != without && place.mm[slot])
			return slot;
	}
	return SLOTS;
}

static void leave(unsigned int next)
{
	struct mm_struct *mm = place.mm[place.me];

	place.mm[place.me] = NULL;
	if (next < SLOTS)
		turn_to(next);
	else
		host_use_mm(NULL);
	mmput(mm);
}

static long trace_fork(unsigned int slot)
{
	int error = 0;

	if (place.mm[slot])
		return -EEXIST;
	births[slot] = births[place.me];
	births_fork(&births[slot], look_at()->perms);
	place.mm[slot] = dup_mm(place.mm[place.me], &error);
	return error;
}

/* the call and its result; of those that another one goes on after, nothing */
static void trace_call(struct call *c)
{
	struct births *b = &births[place.me];
	unsigned int number = ++place.number, slot = c->a[0];
	long ret = -ESRCH;

	if (c->kind == C_MREMAP)
		c->a[1] = births_trim(b, HEAP, c->a[0], c->a[1]);
	if (c->kind == C_EXIT || c->kind == C_SWITCH || c->kind == C_LOOK)
		note(c, 0);
	switch (c->kind) {
	case C_LOOK:
		look_at();
		return;
	case C_FORK:
		ret = trace_fork(slot);
		break;
	case C_EXIT:
		slot = somebody(slot, place.me);
		if (slot == SLOTS)
			break;
		leave(slot);
		return;
	case C_SWITCH:
		if (slot == place.me || !place.mm[slot])
			break;
		turn_to(slot);
		return;
	default:
		ret = call_make(&place, c);
		births_follow(b, HEAP, c, ret, number);
	}
	note(c, ret);
}

static void trace_round(unsigned long long seed, unsigned int calls)
{
	static unsigned char bytes[BUFFER];
	struct machine_config config = { .ram_bytes = 256ul << 20, .dirty_ram = true };
	struct machine *machine = machine_create(&config);
	struct pool *pool = calloc(1, sizeof(*pool));
	struct call c;

	must(machine && pool, "no machine");
	machine_cpu_enter(machine, 0);
	host_set_capable_admin(true);		/* as the guest's programs are root's */
	pool_open(pool);
	place = (struct place){ .pool = pool, .files = { 0, 1, 2 }, .next_file = FILES,
				.bytes = bytes,
				.gen = { .state = seed * 0x2545f4914f6cdd1dull, .heap = HEAP } };
	notes = (struct notes){ HEAP, HASH_START, HASH_START, notes.verbose };
	memset(births, 0, sizeof(births));
	place.mm[0] = place_make();
	turn_to(0);
	while (calls--) {
		draw_call(&place.gen, &c);
		trace_call(&c);
	}
	while (place.me < SLOTS && place.mm[place.me]) {
		look_at();
		leave(somebody(0, place.me));
	}
	printf("core %llu: %u calls, core %016llx\n", seed, place.number, notes.core);
	pool_close(pool);
	machine_cpu_leave();
	must(!machine_destroy(machine), "something did not come back");
	free(pool);
}

/* --- storm --------------------------------------------------------------- */

#define SPACES		3u
#define MAX_THREADS	16u
#define WORLD_CALLS	200000u
#define ROUND_CALLS	10000u
#define BATCH		64u
#define CHILD_CALLS	40u
#define MAX_CHILDREN	8u

static struct world {
	unsigned long long seed;
	struct machine *machine;
	struct pool pool;
	struct mm_struct *space[SPACES];
	unsigned int threads, children, calls;
} world;

struct thread {
	pthread_t id;
	unsigned int cpu, calls;
	struct place place;
	unsigned char bytes[BUFFER];
};

/* what the calls of the next batch go to */
static void thread_turn(struct thread *t)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		t->place.mm[i] = i < SPACES ? world.space[i] : NULL;
	t->place.me = draw(&t->place.gen, SPACES);
	host_use_mm(t->place.mm[t->place.me]);
}

static void storm_calls(struct place *p, unsigned int n);

static void storm_fork(struct place *p)
{
	struct mm_struct *parent = p->mm[p->me];
	int error = 0;

	if (__atomic_add_fetch(&world.children, 1, __ATOMIC_RELAXED) <= MAX_CHILDREN)
		p->mm[p->me] = dup_mm(parent, &error);
	if (p->mm[p->me] && p->mm[p->me] != parent) {
		host_use_mm(p->mm[p->me]);
		storm_calls(p, CHILD_CALLS);
		host_use_mm(parent);
		mmput(p->mm[p->me]);
	}
	p->mm[p->me] = parent;
	__atomic_sub_fetch(&world.children, 1, __ATOMIC_RELAXED);
}

#define HALF		(PAGES / 2 * C_PAGE)
#define UPPER		(WINDOW + HALF)

/* [*@addr, *@addr + *@len) leaves the upper half of the window */
static void keep_below(unsigned long *addr, unsigned long *len)
{
	if (*addr - UPPER < HALF)
		*addr -= HALF;
	if (*addr < UPPER && *len > UPPER - *addr)
		*len = UPPER - *addr;
}

/*
 * Fork shares page tables of nothing but private anonymous memory. In most worlds the upper
 * half of the window is such a table: nothing else is mapped or moved there.
 */
static void keep_apart(struct call *c)
{
	unsigned long *a = c->a;

	if (c->kind == C_MMAP && (a[3] & (MAP_ANONYMOUS | MAP_SHARED)) != MAP_ANONYMOUS) {
		a[0] = a[0] ? a[0] : WINDOW;
		a[3] |= MAP_FIXED;
		keep_below(&a[0], &a[1]);
	} else if (c->kind == C_MREMAP && a[0] < UPPER) {
		a[3] = a[3] & MREMAP_FIXED ? a[3] : 0;
		keep_below(a[3] ? &a[4] : &a[0], &a[2]);
	} else if (c->kind == C_MADVISE && (a[2] == MADV_DONTFORK || a[2] == MADV_WIPEONFORK)) {
		keep_below(&a[0], &a[1]);
	}
}

static void storm_calls(struct place *p, unsigned int n)
{
	struct call c;

	__atomic_add_fetch(&world.calls, n, __ATOMIC_RELAXED);
	while (n--) {
		do {
			draw_call(&p->gen, &c);
		} while (!call_known(c.kind));
		if (world.seed % 4)
			keep_apart(&c);
		if (c.kind == C_FORK)
			storm_fork(p);
		else
			(void)call_make(p, &c);
	}
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	unsigned int i;

	machine_cpu_enter(world.machine, t->cpu);
	for (i = 0; i < t->calls; i += BATCH) {
		thread_turn(t);
		storm_calls(&t->place, BATCH);
		if (!draw(&t->place.gen, 4))
			storm_fork(&t->place);
		host_use_mm(NULL);
	}
	machine_cpu_leave();
	return NULL;
}

/* nobody works */
static void world_check(void)
{
	struct zone *zone;
	unsigned int i;

	machine_cpu_enter(world.machine, 0);
	for (i = 0; i < SPACES; i++) {
		mmap_write_lock(world.space[i]);
		mm_check(world.space[i]);
		mmap_write_unlock(world.space[i]);
	}
	for_each_populated_zone(zone)
		zone_check(zone);
	slab_check();
	must(!host_tlb_check(world.machine), "a stale translation");
	machine_cpu_leave();
	must(!host_warnings(world.machine), "a warning");
}

static struct machine_config world_config(void)
{
	struct machine_config config = geometry_config(NULL);

	config.nr_cpus = world.threads;
	config.dirty_ram = true;
	config.slab_fast = world.seed % 2;
	config.debug.page_poison = world.seed % 3 == 0;
	config.debug.init_on_free = world.seed % 7 == 0;
	return config;
}

static void world_begin(void)
{
	static const unsigned int share[] = { 1, 8, 512 };
	struct machine_config config = world_config();
	unsigned int i;

	world.machine = machine_create(&config);
	must(world.machine, "no machine");
	machine_cpu_enter(world.machine, 0);
	if (world.seed % 4)
		this_machine()->tunables.fork_share_pages = share[world.seed % 4 - 1];
	host_set_capable_admin(world.seed % 2);
	pool_open(&world.pool);
	for (i = 0; i < SPACES; i++)
		world.space[i] = place_make();
	machine_cpu_leave();
}

static void world_end(void)
{
	unsigned int i;

	machine_cpu_enter(world.machine, 0);
	for (i = 0; i < SPACES; i++)
		mmput(world.space[i]);
	pool_close(&world.pool);
	machine_cpu_leave();
	must(!machine_destroy(world.machine), "something did not come back");
}

static void world_round(struct thread *threads)
{
	unsigned int i;

	/* one allocation of a round fails; where, nobody knows */
	if (world.seed % 5 == 0)
		host_fail_nth(world.machine, 1 + draw(&threads[0].place.gen, 3000), false);
	for (i = 0; i < world.threads; i++) {
		threads[i].calls = ROUND_CALLS / world.threads;
		threads[i].cpu = (threads[i].cpu + 1) % world.threads;
		must(!pthread_create(&threads[i].id, NULL, thread_main, &threads[i]), "no thread");
	}
	for (i = 0; i < world.threads; i++)
		must(!pthread_join(threads[i].id, NULL), "no thread");
	host_fail_nth(world.machine, 0, false);
}

/* in a process of its own; @arg: how many calls at least, then how many it was */
static void world_run(void *arg)
{
	static struct thread threads[MAX_THREADS];
	unsigned int *calls = arg, i;

	for (i = 0; i < world.threads; i++) {
		unsigned long long seed = world.seed * MAX_THREADS + i;

		threads[i].cpu = i;
		threads[i].place = (struct place){
			.pool = &world.pool, .files = { 0, 1, 2 }, .bytes = threads[i].bytes,
			.gen = { .state = seed * 0x2545f4914f6cdd1dull, .heap = HEAP,
				 .mix = MIX_STORM },
		};
	}
	world_begin();
	while (world.calls < *calls) {
		world_round(threads);
		world_check();
	}
	world_end();
	*calls = world.calls;
}

static int storm(unsigned long long seed, unsigned long wanted, unsigned int threads)
{
	double start = os_seconds(), said = start;
	unsigned int *calls = os_shared(sizeof(*calls));
	unsigned long done = 0;
	char why[80];

	for (; done < wanted; seed++) {
		*calls = wanted - done < WORLD_CALLS ? wanted - done : WORLD_CALLS;
		world = (struct world){ .seed = seed, .threads = threads };
		if (!os_child_ended_well(os_in_child(world_run, calls, false), why, sizeof(why))) {
			printf("storm: %s; repeat with: hosted storm %llu %u %u\n", why, seed,
			       WORLD_CALLS, threads);
			return 1;
		}
		done += *calls;
		if (done >= wanted || os_seconds() - said > 20) {
			said = os_seconds();
			printf("storm: %lu calls without a report, %.0f/s\n", done,
			       done / (said - start));
			fflush(stdout);
		}
	}
	return 0;
}

/* --- the program --------------------------------------------------------- */

static int usage(void)
{
	fprintf(stderr, "usage: hosted [-v] core SEED ROUNDS CALLS\n"
		"       hosted storm SEED CALLS THREADS\n");
	return 2;
}

static bool number(const char *text, unsigned long most, unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 0);
	return *text && !*end && *value <= most;
}

int main(int argc, char **argv)
{
	unsigned long seed, many, each;

	notes.verbose = argc > 1 && !strcmp(argv[1], "-v");
	argc -= notes.verbose;
	argv += notes.verbose;
	if (argc < 4 || !number(argv[2], ~0ul, &seed) || !number(argv[3], ~0u, &many))
		return usage();
	if (argc == 5 && !strcmp(argv[1], "core") && number(argv[4], ~0u, &each)) {
		for (; many; many--)
			trace_round(seed++, each);
		return 0;
	}
	if (argc == 5 && !strcmp(argv[1], "storm") && number(argv[4], MAX_THREADS, &each) && each)
		return storm(seed, many, each);
	return usage();
}
