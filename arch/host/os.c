// SPDX-License-Identifier: MIT
/*
 * os.c - the operating system under the host port: memory, threads, a clock, stderr.
 *
 * RAM is a memfd, so that one page can be seen at two addresses: in the direct map and
 * where vmalloc() maps it. Everything is sparse: untouched RAM costs nothing.
 *
 * Sleeping: each thread owns a parker, a mutex and a condition with a flag that
 * os_thread_wake() sets. A waker may still hold a thread's handle when that thread has
 * already seen what it waited for and ended: therefore parkers are never freed, but
 * handed to the next thread.
 *
 *   O1  a parker is one thread's, or on the list of free ones
 *   O2  after os_thread_prepare() no wake is lost: the flag stays set until the next one
 *
 * Locks: parkers_lock for the list, each parker's own mutex for its flag.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "os.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define BLOCK_BYTES	(4ul << 20)	/* the largest block of pages: 2^10 of 4 KiB */

#if __SIZEOF_POINTER__ == 8
/* Addresses that Linux gives to nobody who does not ask for them. */
#define WINDOW_STEP	(512ul << 30)
#define WINDOWS_START	(85 * WINDOW_STEP)	/* no pair of sizes looks like one */
#define WINDOWS_END	(128 * WINDOW_STEP)
#endif

/* --- memory ------------------------------------------------------------- */

void *os_alloc(size_t bytes)
{
	void *p;

	/* struct machine holds cache-line aligned parts */
	if (posix_memalign(&p, 64, bytes))
		return NULL;
	__builtin_memset(p, 0, bytes);
	return p;
}

void os_free(void *p)
{
	free(p);
}

int os_ram_create(unsigned long long bytes)
{
	int fd = memfd_create("quire-ram", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)bytes)) {
		close(fd);
		return -1;
	}
	return fd;
}

void os_ram_destroy(int ram)
{
	close(ram);
}

static void *map_or_null(void *p)
{
	return p == MAP_FAILED ? NULL : p;
}

void *os_ram_map(int ram, size_t bytes)
{
	void *at = os_reserve(bytes);

	if (!at)
		return NULL;
	if (mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE | MAP_FIXED, ram,
		 0) != MAP_FAILED)
		return at;
	munmap(at, bytes);
	return NULL;
}

void *os_map_sparse(size_t bytes)
{
	return map_or_null(mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

void *os_reserve(size_t bytes)
{
	size_t total = bytes + BLOCK_BYTES;
	uintptr_t at, start;
	void *p;

	p = mmap(NULL, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	at = (uintptr_t)p;
	start = (at + BLOCK_BYTES - 1) & ~(BLOCK_BYTES - 1);
	if (start > at)
		munmap(p, start - at);
	if (at + total > start + bytes)
		munmap((void *)(start + bytes), at + total - start - bytes);
	return (void *)start;
}

void *os_reserve_window(size_t bytes)
{
#if __SIZEOF_POINTER__ == 8 && !defined(__SANITIZE_THREAD__)	/* which wants to choose */
	uintptr_t at;
	void *p;

	for (at = WINDOWS_START; at < WINDOWS_END && bytes <= WINDOW_STEP; at += WINDOW_STEP) {
		p = mmap((void *)at, bytes, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
		if (p == (void *)at)
			return p;
		if (p != MAP_FAILED)	/* a system or a sanitizer that takes it for a hint */
			munmap(p, bytes);
	}
#endif
	return os_reserve(bytes);
}

bool os_ram_alias(void *at, int ram, unsigned long long offset, size_t bytes, bool writable)
{
	return mmap(at, bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED | MAP_FIXED,
		    ram, (off_t)offset) != MAP_FAILED;
}

bool os_unalias(void *at, size_t bytes)
{
	return mmap(at, bytes, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool os_access(void *at, size_t bytes, bool allowed)
{
	return !mprotect(at, bytes, allowed ? PROT_READ | PROT_WRITE : PROT_NONE);
}

void os_unmap(void *at, size_t bytes)
{
	if (at)
		munmap(at, bytes);
}

unsigned long long os_ram_next_data(int ram, unsigned long long offset)
{
	off_t data = lseek(ram, (off_t)offset, SEEK_DATA);

	return data < 0 ? ~0ull : (unsigned long long)data;
}

/* One line of /proc/self/maps. False: it is none. */
static bool parse_map(const char *line, struct os_map *map, const struct os_map *before)
{
	const char *name = strchr(line, '/');

	*map = (struct os_map){ .start = 0 };
	if (sscanf(line, "%lx-%lx", &map->start, &map->end) != 2)
		return false;
	if (!name || !strncmp(name, "/memfd:", 7) || strstr(name, "(deleted)"))
		return true;
	for (map->file = 1469598103934665603ull; *name && *name != '\n'; name++)
		map->file = (map->file ^ (unsigned char)*name) * 1099511628211ull;
	map->file_start = before && before->file == map->file ? before->file_start : map->start;
	return true;
}

size_t os_maps_read(struct os_map *maps, size_t max)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[4352];			/* a name of 4,096 and what stands before */
	size_t nr = 0;

	while (f && nr < max && fgets(line, sizeof(line), f))
		nr += parse_map(line, &maps[nr], nr ? &maps[nr - 1] : NULL);
	if (f)
		fclose(f);
	return nr;
}

/* --- threads ------------------------------------------------------------ */

struct parker {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool woken;			/* lock */
	struct parker *next_free;	/* parkers_lock */
};

static pthread_mutex_t parkers_lock = PTHREAD_MUTEX_INITIALIZER;
static struct parker *free_parkers;
static pthread_key_t parker_key;
static pthread_once_t parker_once = PTHREAD_ONCE_INIT;
static __thread struct parker *my_parker;

static void parker_give_back(void *arg)
{
	struct parker *p = arg;

	pthread_mutex_lock(&parkers_lock);
	p->next_free = free_parkers;
	free_parkers = p;
	pthread_mutex_unlock(&parkers_lock);
}

static void parker_key_create(void)
{
	if (pthread_key_create(&parker_key, parker_give_back))
		abort();
}

static struct parker *parker_get(void)
{
	struct parker *p;

	pthread_mutex_lock(&parkers_lock);
	p = free_parkers;
	if (p)
		free_parkers = p->next_free;
	pthread_mutex_unlock(&parkers_lock);
	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p || pthread_mutex_init(&p->lock, NULL) || pthread_cond_init(&p->cond, NULL))
		abort();
	return p;
}

void *os_thread_self(void)
{
	if (!my_parker) {
		pthread_once(&parker_once, parker_key_create);
		my_parker = parker_get();
		pthread_setspecific(parker_key, my_parker);
	}
	return my_parker;
}

/* Asked for once a thread: the first thread's stack has to be looked up in a file. */
void *os_stack_end(const void *here)
{
	static __thread char *start, *end;
	pthread_attr_t attr;
	void *at;
	size_t bytes;

	if (!end && !pthread_getattr_np(pthread_self(), &attr)) {
		if (!pthread_attr_getstack(&attr, &at, &bytes)) {
			start = at;
			end = start + bytes;
		}
		pthread_attr_destroy(&attr);
	}
	return (const char *)here >= start && (const char *)here < end ? end : NULL;
}

void os_thread_prepare(void)
{
	struct parker *p = os_thread_self();

	pthread_mutex_lock(&p->lock);
	p->woken = false;
	pthread_mutex_unlock(&p->lock);
}

void os_thread_block(void)
{
	struct parker *p = os_thread_self();

	pthread_mutex_lock(&p->lock);
	while (!p->woken)
		pthread_cond_wait(&p->cond, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void os_thread_wake(void *thread)
{
	struct parker *p = thread;

	pthread_mutex_lock(&p->lock);
	p->woken = true;
	pthread_cond_signal(&p->cond);
	pthread_mutex_unlock(&p->lock);
}

void os_yield(void)
{
	sched_yield();
}

/* --- faults --------------------------------------------------------------- */

static pthread_mutex_t faults_lock = PTHREAD_MUTEX_INITIALIZER;
static os_fault_fn fault_fn;			/* faults_lock */
static struct sigaction faults_before;		/* faults_lock */

/* Where the access was made: instruction, frame, and whether it was a write. */
static void fault_place(const ucontext_t *uc, unsigned long *ip, unsigned long *fp, bool *write)
{
	*ip = *fp = 0;
	*write = false;
#if defined(__x86_64__)
	*ip = uc->uc_mcontext.gregs[REG_RIP];
	*fp = uc->uc_mcontext.gregs[REG_RBP];
	*write = uc->uc_mcontext.gregs[REG_ERR] & 2;
#elif defined(__i386__)
	*ip = uc->uc_mcontext.gregs[REG_EIP];
	*fp = uc->uc_mcontext.gregs[REG_EBP];
	*write = uc->uc_mcontext.gregs[REG_ERR] & 2;
#elif defined(__aarch64__)
	*ip = uc->uc_mcontext.pc;
	*fp = uc->uc_mcontext.regs[29];
#endif
}

static void fault_signal(int sig, siginfo_t *info, void *context)
{
	unsigned long ip, fp;
	bool write;

	fault_place(context, &ip, &fp, &write);
	if (fault_fn((unsigned long)info->si_addr, write, ip, (const unsigned long *)fp))
		return;
	if (faults_before.sa_flags & SA_SIGINFO)
		faults_before.sa_sigaction(sig, info, context);
	else if (faults_before.sa_handler != SIG_DFL && faults_before.sa_handler != SIG_IGN)
		faults_before.sa_handler(sig);
	else
		signal(sig, SIG_DFL);		/* the access is made again, and ends it */
}

bool os_catch_faults(os_fault_fn fn)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_NODEFER }, now;
	bool good;

	sigemptyset(&action.sa_mask);
	action.sa_sigaction = fault_signal;
	pthread_mutex_lock(&faults_lock);
	good = !sigaction(SIGSEGV, NULL, &now);
	if (good && now.sa_sigaction != fault_signal) {
		fault_fn = fn;
		faults_before = now;
		good = !sigaction(SIGSEGV, &action, NULL);
	}
	pthread_mutex_unlock(&faults_lock);
	return good;
}

/* --- the rest ----------------------------------------------------------- */

unsigned long long os_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

void os_stderr(const char *text, size_t bytes)
{
	ssize_t done;

	while (bytes) {
		done = write(2, text, bytes);
		if (done <= 0)
			return;
		text += done;
		bytes -= done;
	}
}

void os_abort(void)
{
	abort();
}
