/* SPDX-License-Identifier: MIT */
/*
 * syscalls.h - the system calls, with the argument types of Linux's ABI.
 *
 * The table (arch/x86/kernel/syscall_64.tbl.h) calls sys_NAME() with six
 * registers' worth of arguments; a negative result down to -4095 is an errno.
 * All run in thread context, interrupts on, and may sleep. Calls that need the
 * caller's registers take them from current_pt_regs().
 */
#ifndef LINUX_SYSCALLS_H
#define LINUX_SYSCALLS_H

#include <linux/types.h>
#include <uapi/signal.h>

struct __kernel_itimerval;
struct __kernel_timespec;
struct __kernel_timeval;
struct cap_user_data;
struct cap_user_header;
struct clone_args;
struct iovec;
struct new_utsname;
struct pollfd;
struct rlimit;
struct rlimit64;
struct futex_waitv;
struct robust_list_head;
struct rseq;
struct rusage;
struct sched_param;
struct stat;
struct statx;
struct sysinfo;
struct timex;
struct timezone;
struct tms;

long sys_read(unsigned int fd, char __user *buf, size_t count);
long sys_write(unsigned int fd, const char __user *buf, size_t count);
long sys_open(const char __user *filename, int flags, unsigned int mode);
long sys_close(unsigned int fd);
long sys_stat(const char __user *filename, struct stat __user *statbuf);
long sys_fstat(unsigned int fd, struct stat __user *statbuf);
long sys_lstat(const char __user *filename, struct stat __user *statbuf);
long sys_poll(struct pollfd __user *ufds, unsigned int nfds, int timeout_msecs);
long sys_lseek(unsigned int fd, off_t offset, unsigned int whence);
long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot,
		unsigned long flags, unsigned long fd, unsigned long off);
long sys_mprotect(unsigned long start, size_t len, unsigned long prot);
long sys_munmap(unsigned long addr, size_t len);
long sys_brk(unsigned long brk);
long sys_rt_sigaction(int sig, const struct sigaction __user *act,
		struct sigaction __user *oact, size_t sigsetsize);
long sys_rt_sigprocmask(int how, sigset_t __user *nset, sigset_t __user *oset,
		size_t sigsetsize);
long sys_rt_sigreturn(void);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos);
long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos);
long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen);
long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen);
long sys_access(const char __user *filename, int mode);
long sys_pipe(int __user *fildes);
long sys_select(int n, void __user *inp, void __user *outp, void __user *exp,
		struct __kernel_timeval __user *tvp);
long sys_sched_yield(void);
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr);
long sys_msync(unsigned long start, size_t len, int flags);
long sys_set_mempolicy(int mode, const unsigned long __user *nmask, unsigned long maxnode);
long sys_mbind(unsigned long start, unsigned long len, int mode,
	       const unsigned long __user *nmask, unsigned long maxnode, unsigned int flags);
long sys_set_mempolicy_home_node(unsigned long start, unsigned long len, unsigned long home,
				 unsigned long flags);
long sys_migrate_pages(pid_t pid, unsigned long maxnode, const unsigned long __user *from_nodes,
		       const unsigned long __user *to_nodes);
long sys_move_pages(pid_t pid, unsigned long nr_pages, const void __user *__user *pages,
		    const int __user *nodes, int __user *status, int flags);
long sys_get_mempolicy(int __user *policy, unsigned long __user *nodes, unsigned long maxnode,
		       unsigned long addr, unsigned long flags);
long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec);
long sys_madvise(unsigned long start, size_t len, int behavior);
long sys_dup(unsigned int fildes);
long sys_dup2(unsigned int oldfd, unsigned int newfd);
long sys_pause(void);
long sys_nanosleep(struct __kernel_timespec __user *rqtp,
		struct __kernel_timespec __user *rmtp);
long sys_getitimer(int which, struct __kernel_itimerval __user *value);
long sys_alarm(unsigned int seconds);
long sys_setitimer(int which, struct __kernel_itimerval __user *value,
		struct __kernel_itimerval __user *ovalue);
long sys_getpid(void);
long sys_sendfile(int out_fd, int in_fd, loff_t __user *offset, size_t count);
long sys_splice(int in_fd, loff_t __user *in_off, int out_fd, loff_t __user *out_off, size_t len,
		unsigned int flags);
long sys_tee(int in_fd, int out_fd, size_t len, unsigned int flags);
long sys_vmsplice(int fd, const struct iovec __user *vec, unsigned long nr, unsigned int flags);
long sys_clone(unsigned long flags, unsigned long newsp, int __user *parent_tid,
		int __user *child_tid, unsigned long tls);
long sys_fork(void);
long sys_vfork(void);
long sys_execve(const char __user *filename, const char __user *const __user *argv,
		const char __user *const __user *envp);
long sys_exit(int error_code);
long sys_wait4(pid_t upid, int __user *stat_addr, int options, struct rusage __user *ru);
long sys_kill(pid_t pid, int sig);
long sys_uname(struct new_utsname __user *name);
long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_flock(unsigned int fd, unsigned int cmd);
long sys_fsync(unsigned int fd);
long sys_fdatasync(unsigned int fd);
long sys_truncate(const char __user *path, long length);
long sys_ftruncate(unsigned int fd, unsigned long length);
long sys_getdents(unsigned int fd, void __user *dirent, unsigned int count);
long sys_getcwd(char __user *buf, unsigned long size);
long sys_chdir(const char __user *filename);
long sys_fchdir(unsigned int fd);
long sys_rename(const char __user *oldname, const char __user *newname);
long sys_mkdir(const char __user *pathname, unsigned int mode);
long sys_rmdir(const char __user *pathname);
long sys_creat(const char __user *pathname, unsigned int mode);
long sys_link(const char __user *oldname, const char __user *newname);
long sys_unlink(const char __user *pathname);
long sys_symlink(const char __user *oldname, const char __user *newname);
long sys_readlink(const char __user *path, char __user *buf, int bufsiz);
long sys_chmod(const char __user *filename, unsigned int mode);
long sys_fchmod(unsigned int fd, unsigned int mode);
long sys_chown(const char __user *filename, uid_t user, gid_t group);
long sys_fchown(unsigned int fd, uid_t user, gid_t group);
long sys_lchown(const char __user *filename, uid_t user, gid_t group);
long sys_umask(int mask);
long sys_gettimeofday(struct __kernel_timeval __user *tv, struct timezone __user *tz);
long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim);
long sys_getrusage(int who, struct rusage __user *ru);
long sys_sysinfo(struct sysinfo __user *info);
long sys_times(struct tms __user *tbuf);
long sys_getuid(void);
long sys_syslog(int type, char __user *buf, int len);
long sys_getgid(void);
long sys_setuid(uid_t uid);
long sys_setgid(gid_t gid);
long sys_geteuid(void);
long sys_getegid(void);
long sys_setpgid(pid_t pid, pid_t pgid);
long sys_getppid(void);
long sys_getpgrp(void);
long sys_setsid(void);
long sys_setreuid(uid_t ruid, uid_t euid);
long sys_setregid(gid_t rgid, gid_t egid);
long sys_getgroups(int gidsetsize, gid_t __user *grouplist);
long sys_setgroups(int gidsetsize, gid_t __user *grouplist);
long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid);
long sys_getresuid(uid_t __user *ruid, uid_t __user *euid, uid_t __user *suid);
long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid);
long sys_getresgid(gid_t __user *rgid, gid_t __user *egid, gid_t __user *sgid);
long sys_getpgid(pid_t pid);
long sys_setfsuid(uid_t uid);
long sys_setfsgid(gid_t gid);
long sys_getsid(pid_t pid);
long sys_rt_sigpending(sigset_t __user *uset, size_t sigsetsize);
long sys_rt_sigtimedwait(const sigset_t __user *uthese, void __user *uinfo,
		const struct __kernel_timespec __user *uts, size_t sigsetsize);
long sys_rt_sigqueueinfo(pid_t pid, int sig, void __user *uinfo);
long sys_rt_sigsuspend(sigset_t __user *unewset, size_t sigsetsize);
long sys_ptrace(long request, long pid, unsigned long addr, unsigned long data);
long sys_sigaltstack(const stack_t __user *uss, stack_t __user *uoss);
long sys_utime(const char __user *filename, const long __user *times);
long sys_mknod(const char __user *filename, unsigned int mode, unsigned int dev);
long sys_personality(unsigned int personality);
long sys_statfs(const char __user *path, void __user *buf);
long sys_fstatfs(unsigned int fd, void __user *buf);
long sys_getpriority(int which, int who);
long sys_setpriority(int which, int who, int niceval);
long sys_sched_setparam(pid_t pid, struct sched_param __user *param);
long sys_sched_getparam(pid_t pid, struct sched_param __user *param);
long sys_sched_setscheduler(pid_t pid, int policy, struct sched_param __user *param);
long sys_sched_getscheduler(pid_t pid);
long sys_sched_get_priority_max(int policy);
long sys_sched_get_priority_min(int policy);
long sys_sched_rr_get_interval(pid_t pid, struct __kernel_timespec __user *interval);
long sys_mlock(unsigned long start, size_t len);
long sys_munlock(unsigned long start, size_t len);
long sys_mlockall(int flags);
long sys_munlockall(void);
long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
		unsigned long arg5);
long sys_arch_prctl(int option, unsigned long arg2);
long sys_setrlimit(unsigned int resource, struct rlimit __user *rlim);
long sys_pivot_root(const char __user *new_root, const char __user *put_old);
long sys_chroot(const char __user *filename);
long sys_sync(void);
long sys_settimeofday(struct __kernel_timeval __user *tv, struct timezone __user *tz);
long sys_mount(char __user *dev_name, char __user *dir_name, char __user *type,
		unsigned long flags, void __user *data);
long sys_umount2(char __user *name, int flags);
long sys_reboot(int magic1, int magic2, unsigned int cmd, void __user *arg);
long sys_sethostname(char __user *name, int len);
long sys_setdomainname(char __user *name, int len);
long sys_gettid(void);
long sys_tkill(pid_t pid, int sig);
long sys_time(long __user *tloc);
long sys_futex_waitv(const struct futex_waitv __user *waiters, unsigned int nr,
		     unsigned int flags, const struct __kernel_timespec __user *timeout,
		     int clockid);
long sys_futex(u32 __user *uaddr, int op, u32 val,
		const struct __kernel_timespec __user *utime, u32 __user *uaddr2, u32 val3);
long sys_sched_setaffinity(pid_t pid, unsigned int len, unsigned long __user *user_mask);
long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *user_mask);
long sys_getdents64(unsigned int fd, void __user *dirent, unsigned int count);
long sys_set_tid_address(int __user *tidptr);
long sys_restart_syscall(void);
long sys_clock_settime(clockid_t which_clock, const struct __kernel_timespec __user *tp);
long sys_clock_gettime(clockid_t which_clock, struct __kernel_timespec __user *tp);
long sys_clock_getres(clockid_t which_clock, struct __kernel_timespec __user *tp);
long sys_adjtimex(struct timex __user *utx);
long sys_clock_adjtime(clockid_t which_clock, struct timex __user *utx);
long sys_clock_nanosleep(clockid_t which_clock, int flags,
		const struct __kernel_timespec __user *rqtp, struct __kernel_timespec __user *rmtp);
long sys_exit_group(int error_code);
long sys_tgkill(pid_t tgid, pid_t pid, int sig);
long sys_utimes(const char __user *filename, const struct __kernel_timeval __user *utimes);
long sys_waitid(int which, pid_t pid, void __user *infop, int options,
		struct rusage __user *ru);
long sys_openat(int dfd, const char __user *filename, int flags, unsigned int mode);
long sys_mkdirat(int dfd, const char __user *pathname, unsigned int mode);
long sys_mknodat(int dfd, const char __user *filename, unsigned int mode, unsigned int dev);
long sys_fchownat(int dfd, const char __user *filename, uid_t user, gid_t group, int flag);
long sys_futimesat(int dfd, const char __user *filename,
		const struct __kernel_timeval __user *utimes);
long sys_newfstatat(int dfd, const char __user *filename, struct stat __user *statbuf,
		int flag);
long sys_unlinkat(int dfd, const char __user *pathname, int flag);
long sys_renameat(int olddfd, const char __user *oldname, int newdfd,
		const char __user *newname);
long sys_linkat(int olddfd, const char __user *oldname, int newdfd,
		const char __user *newname, int flags);
long sys_symlinkat(const char __user *oldname, int newdfd, const char __user *newname);
long sys_readlinkat(int dfd, const char __user *path, char __user *buf, int bufsiz);
long sys_fchmodat(int dfd, const char __user *filename, unsigned int mode);
long sys_faccessat(int dfd, const char __user *filename, int mode);
long sys_pselect6(int n, void __user *inp, void __user *outp, void __user *exp,
		struct __kernel_timespec __user *tsp, void __user *sig);
long sys_ppoll(struct pollfd __user *ufds, unsigned int nfds,
		struct __kernel_timespec __user *tsp, const sigset_t __user *sigmask,
		size_t sigsetsize);
long sys_set_robust_list(struct robust_list_head __user *head, size_t len);
long sys_get_robust_list(int pid, struct robust_list_head __user *__user *head_ptr,
		size_t __user *len_ptr);
long sys_utimensat(int dfd, const char __user *filename,
		const struct __kernel_timespec __user *utimes, int flags);
long sys_process_vm_readv(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			  const struct iovec __user *rvec, unsigned long riovcnt,
			  unsigned long flags);
long sys_process_vm_writev(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			   const struct iovec __user *rvec, unsigned long riovcnt,
			   unsigned long flags);
long sys_process_madvise(int pidfd, const struct iovec __user *uvec, unsigned long nr,
			 int behavior, unsigned int flags);
long sys_pidfd_open(pid_t pid, unsigned int flags);
long sys_pidfd_getfd(int pidfd, int fd, unsigned int flags);
long sys_pidfd_send_signal(int fd, int sig, const void __user *uinfo, unsigned int flags);
long sys_membarrier(int cmd, unsigned int flags, int cpu_id);
long sys_remap_file_pages(unsigned long start, unsigned long size, unsigned long prot,
			  unsigned long pgoff, unsigned long flags);
long sys_pkey_mprotect(unsigned long start, size_t len, unsigned long prot, int pkey);
long sys_pkey_alloc(unsigned long flags, unsigned long rights);
long sys_pkey_free(int pkey);
long map_hugetlb_error(unsigned long flags);
long sys_shmget(int key, size_t size, int flags);
long sys_shmat(int id, unsigned long addr, int flags);
long sys_shmctl(int id, int cmd, void __user *buf);
long sys_shmdt(unsigned long addr);
long sys_memfd_create(const char __user *uname, unsigned int flags);
long sys_fallocate(int fd, int mode, loff_t offset, loff_t len);
long sys_dup3(unsigned int oldfd, unsigned int newfd, int flags);
long sys_pipe2(int __user *fildes, int flags);
long sys_preadv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen,
		unsigned long pos_l, unsigned long pos_h);
long sys_pwritev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen,
		unsigned long pos_l, unsigned long pos_h);
long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t pid, int sig, void __user *uinfo);
long sys_prlimit64(pid_t pid, unsigned int resource,
		const struct rlimit64 __user *new_rlim, struct rlimit64 __user *old_rlim);
long sys_getcpu(unsigned int __user *cpup, unsigned int __user *nodep, void __user *unused);
long sys_renameat2(int olddfd, const char __user *oldname, int newdfd,
		const char __user *newname, unsigned int flags);
long sys_getrandom(char __user *buf, size_t count, unsigned int flags);
long sys_mlock2(unsigned long start, size_t len, int flags);
long sys_statx(int dfd, const char __user *path, unsigned int flags, unsigned int mask,
		struct statx __user *buffer);
long sys_rseq(struct rseq __user *rseq, u32 rseq_len, int flags, u32 sig);
long sys_clone3(struct clone_args __user *uargs, size_t size);
long sys_close_range(unsigned int fd, unsigned int max_fd, unsigned int flags);
long sys_fadvise64(int fd, loff_t offset, size_t len, int advice);
long sys_readahead(int fd, loff_t offset, size_t count);
long sys_sync_file_range(int fd, loff_t offset, loff_t bytes, unsigned int flags);
long sys_syncfs(int fd);
long sys_setxattr(const char __user *path, const char __user *name,
		const void __user *value, size_t size, int flags);
long sys_lsetxattr(const char __user *path, const char __user *name,
		const void __user *value, size_t size, int flags);
long sys_fsetxattr(int fd, const char __user *name, const void __user *value, size_t size,
		int flags);
long sys_getxattr(const char __user *path, const char __user *name, void __user *value,
		size_t size);
long sys_lgetxattr(const char __user *path, const char __user *name, void __user *value,
		size_t size);
long sys_fgetxattr(int fd, const char __user *name, void __user *value, size_t size);
long sys_listxattr(const char __user *path, char __user *list, size_t size);
long sys_llistxattr(const char __user *path, char __user *list, size_t size);
long sys_flistxattr(int fd, char __user *list, size_t size);
long sys_removexattr(const char __user *path, const char __user *name);
long sys_lremovexattr(const char __user *path, const char __user *name);
long sys_fremovexattr(int fd, const char __user *name);
long sys_unshare(unsigned long flags);
long sys_setns(int fd, int nstype);
long sys_capget(struct cap_user_header __user *header, struct cap_user_data __user *data);
long sys_capset(struct cap_user_header __user *header,
		const struct cap_user_data __user *data);
long sys_faccessat2(int dfd, const char __user *filename, int mode, int flags);

#endif
