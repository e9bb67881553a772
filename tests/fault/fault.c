/* fault.c - a preloaded library that makes one chosen system call or allocation go wrong.
 *
 * FAULT=KIND:N:ACTION names call number N (from 1) of a kind:
 *
 *   write   write, pwrite, writev, but not those to stderr
 *   read    read, pread
 *   open    open for writing, mkdir
 *   rename  rename, link
 *   sync    fsync, fdatasync
 *   unlink  unlink, rmdir
 *   alloc   malloc, calloc, realloc, aligned_alloc, posix_memalign, anonymous mmap
 *   thread  pthread_create
 *
 * and an action.  The signals KILL, TERM, INT and PIPE are raised before the call, or
 * after half of a write.  EIO, ENOSPC, EACCES, ENOMEM and EAGAIN make the call fail.
 * "short" makes a read or a write transfer half.  The library creates the file FAULT_MARK
 * when it acts.  No file means that the process made fewer than N calls.
 *
 * fsync returns at once: the death of a process loses nothing that it has written. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): libc's names */
#define _GNU_SOURCE
/* Without these, open would be another name of open64, and inline. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, READ, OPEN, RENAME, SYNC, UNLINK, ALLOC, THREAD, NKINDS };

static const char *const kind_name[] = { "write", "read", "open", "rename", "sync",
	"unlink", "alloc", "thread" };
static const struct action {
	const char *name;
	int error, signal;
} actions[] = {
	{ "short", 0, 0 },
	{ "EIO", EIO, 0 },
	{ "ENOSPC", ENOSPC, 0 },
	{ "EACCES", EACCES, 0 },
	{ "ENOMEM", ENOMEM, 0 },
	{ "EAGAIN", EAGAIN, 0 },
	{ "KILL", 0, SIGKILL },
	{ "TERM", 0, SIGTERM },
	{ "INT", 0, SIGINT },
	{ "PIPE", 0, SIGPIPE },
};

static enum kind fault_kind = NKINDS;
static struct action fault;
static unsigned long fault_at;
static const char *fault_mark;
static atomic_ulong calls;

/* glibc's own allocator under names that nobody interposes. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

__attribute__((constructor)) static void
start(void)
{
	const char *s = getenv("FAULT"), *at = s ? strchr(s, ':') : NULL;
	const char *action = at ? strchr(at + 1, ':') : NULL;

	if (!action)
		return;
	fault_mark = getenv("FAULT_MARK");
	fault_at = strtoul(at + 1, NULL, 10);
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, action + 1) == 0)
			fault = actions[i];
	for (int i = 0; i < NKINDS; i++)
		if (strlen(kind_name[i]) == (size_t)(at - s) &&
		    memcmp(kind_name[i], s, (size_t)(at - s)) == 0)
			fault_kind = (enum kind)i;
	if (!fault.name || fault_kind == NKINDS)
		abort();
}

/* Whether this call of KIND is the one; if it shall fail, errno is set. */
static bool
hit(enum kind kind)
{
	if (kind != fault_kind || atomic_fetch_add(&calls, 1) + 1 != fault_at)
		return false;
	if (fault_mark)
		syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, fault_mark,
				       O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
	if (fault.error)
		errno = fault.error;
	return true;
}

/* For calls that are done or not, never by half: whether this one fails. */
static bool
fails(enum kind kind)
{
	if (!hit(kind))
		return false;
	if (fault.signal)
		raise(fault.signal);
	return fault.error != 0;
}

/* How much of SIZE bytes to read or write; *HALF tells that it is half.  -1: fail. */
static ssize_t
portion(enum kind kind, int fd, size_t size, bool *half)
{
	*half = fd != STDERR_FILENO && hit(kind);
	if (*half && fault.error)
		return -1;
	return (ssize_t)(*half && size > 1 ? size / 2 : size);
}

/* A read or write by system call NUMBER of what remains of SIZE bytes. */
static ssize_t
transfer(enum kind kind, long number, int fd, const void *p, size_t size, off_t at)
{
	bool half;
	ssize_t n = portion(kind, fd, size, &half);

	if (n >= 0)
		n = syscall(number, fd, p, n, at);
	if (half && fault.signal)
		raise(fault.signal);
	return n;
}

ssize_t
write(int fd, const void *p, size_t size)
{
	return transfer(WRITE, SYS_write, fd, p, size, 0);
}

ssize_t
pwrite(int fd, const void *p, size_t size, off_t at)
{
	return transfer(WRITE, SYS_pwrite64, fd, p, size, at);
}

ssize_t
pwrite64(int fd, const void *p, size_t size, off64_t at)
{
	return transfer(WRITE, SYS_pwrite64, fd, p, size, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	bool half;
	ssize_t size = portion(WRITE, fd, n ? v[0].iov_len : 0, &half);

	if (size >= 0)
		size = half ? syscall(SYS_write, fd, v[0].iov_base, size)
			    : syscall(SYS_writev, fd, v, n);
	if (half && fault.signal)
		raise(fault.signal);
	return size;
}

ssize_t
read(int fd, void *p, size_t size)
{
	return transfer(READ, SYS_read, fd, p, size, 0);
}

ssize_t
pread(int fd, void *p, size_t size, off_t at)
{
	return transfer(READ, SYS_pread64, fd, p, size, at);
}

ssize_t
pread64(int fd, void *p, size_t size, off64_t at)
{
	return transfer(READ, SYS_pread64, fd, p, size, at);
}

static int
open_at(int dir, const char *path, int flags, mode_t mode)
{
	if ((flags & O_ACCMODE) != O_RDONLY && fails(OPEN))
		return -1;
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

/* The mode that follows FLAGS, where there is one. */
#define MODE(flags, mode)                                                                \
	do {                                                                             \
		va_list rest;                                                            \
		va_start(rest, flags);                                                   \
		if ((flags)&O_CREAT)                                                     \
			(mode) = va_arg(rest, mode_t);                                   \
		va_end(rest);                                                            \
	} while (0)

int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, mode);
	return open_at(dir, path, flags, mode);
}

int
openat64(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(flags, mode);
	return open_at(dir, path, flags | O_LARGEFILE, mode);
}

int
mkdir(const char *path, mode_t mode)
{
	return fails(OPEN) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int
rename(const char *from, const char *to)
{
	return fails(RENAME)
		   ? -1
		   : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
link(const char *from, const char *to)
{
	return fails(RENAME) ? -1
			     : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink(const char *path)
{
	return fails(UNLINK) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int
rmdir(const char *path)
{
	return fails(UNLINK) ? -1
			     : (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

int
fsync(int fd)
{
	return fails(SYNC) ? -1 : 0;
}

int
fdatasync(int fd)
{
	return fails(SYNC) ? -1 : 0;
}

void *
malloc(size_t n)
{
	return fails(ALLOC) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails(ALLOC) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return n && fails(ALLOC) ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return fails(ALLOC) ? NULL : __libc_memalign(align, n);
}

int
posix_memalign(void **p, size_t align, size_t n)
{
	if (fails(ALLOC))
		return ENOMEM;
	*p = __libc_memalign(align, n);
	return *p ? 0 : ENOMEM;
}

/* syscall returns what mmap64 does: an address, or -1 with errno set. */
void *
mmap64(void *p, size_t n, int protection, int flags, int fd, off64_t at)
{
	if ((flags & MAP_ANONYMOUS) && fails(ALLOC))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, p, n, protection, flags, fd, at);
}

int
pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (fails(THREAD))
		return EAGAIN;
	*(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
	return next(t, a, f, x);
}
