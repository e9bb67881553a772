/* publish.c - write a file under a temporary name, then rename it: complete or absent. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl*): O_DIRECT */
#include "lib/io/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "lib/io/inputs.h"

#ifndef O_DIRECT
#define O_DIRECT 0
#endif

static char *
temporary_name(const char *path)
{
	static atomic_uint count;
	struct buf b = { 0 };
	char host[65];

	if (gethostname(host, sizeof host) < 0)
		host[0] = '\0';
	host[sizeof host - 1] = '\0';
	buf_putf(&b, "%s.%s.%ld.%u.tmp", path, host, (long)getpid(),
	    atomic_fetch_add(&count, 1));
	buf_putc(&b, '\0');
	return b.p;
}

/* The directory that path is in.  malloc'd. */
static char *
directory_of(const char *path)
{
	const size_t n = (size_t)(path_base(path) - path);
	struct buf b = { 0 };

	if (n == 0)
		buf_putc(&b, '.');
	else
		buf_put(&b, path, n > 1 ? n - 1 : 1);
	buf_putc(&b, '\0');
	return b.p;
}

/* realpath, or NULL if the path does not exist. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL);

	if (!real && errno == ENOMEM)
		die_no_memory("");
	return real;
}

char *
publish_resolve(const char *path)
{
	char *real = real_path(path), *dir, *real_dir;
	struct buf b = { 0 };

	if (real)
		return real;
	dir = directory_of(path);
	real_dir = real_path(dir);
	buf_putf(
	    &b, "%s/%s", real_dir ? real_dir : "", real_dir ? path_base(path) : path);
	buf_putc(&b, '\0');
	free(dir);
	free(real_dir);
	return b.p;
}

int
publish_distinct(const struct output_name *v, size_t n, struct err *err)
{
	char **real = xcalloc(n + 1, sizeof *real);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		if (!v[i].path || strncmp(v[i].path, "/dev/", 5) == 0)
			continue;
		real[i] = publish_resolve(v[i].path);
		for (size_t k = 0; k < i && rc == 0; k++)
			if (real[k] && strcmp(real[k], real[i]) == 0)
				rc = err_set(err, EXIT_USAGE,
				    "%s and %s are the same file '%s': name two files",
				    v[k].option, v[i].option, v[i].path);
	}
	for (size_t i = 0; i < n; i++)
		free(real[i]);
	free(real);
	return rc;
}

static int
cannot_write(const struct publish *p, struct err *err)
{
	return p->path ? err_errno(err, "cannot write '%s'", p->path)
		       : err_errno(err, "cannot write standard output");
}

int
publish_open(struct publish *p, const char *path, unsigned mode, struct err *err)
{
	struct stat st;
	char *temporary, *real;

	*p = (struct publish){ .fd = path ? -1 : STDOUT_FILENO };
	if (!path)
		return 0;
	p->path = xstrdup(path);
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return err_set(err, EXIT_USAGE,
			    "'%s' is a directory: name a file in it", path);
		if (inputs_check(path, err) < 0)
			return -1;
		/* /dev/stdout may be a regular file, which must not be replaced. */
		if (!S_ISREG(st.st_mode) || strncmp(path, "/dev/", 5) == 0) {
			p->fd = open(path, O_WRONLY | O_CLOEXEC);
			return p->fd < 0 ? cannot_write(p, err) : 0;
		}
	}
	/* A symbolic link is kept; its target is replaced. */
	if ((real = real_path(path))) {
		free(p->path);
		p->path = real;
	}
	temporary = temporary_name(p->path);
	unlink(temporary);
	p->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (p->fd < 0) {
		free(temporary);
		return cannot_write(p, err);
	}
	p->temporary = temporary;
	temporary_add(temporary);
	return 0;
}

void
publish_direct(struct publish *p, bool on)
{
	int flags;

	if (on == p->direct || (flags = fcntl(p->fd, F_GETFL)) < 0)
		return;
	flags = on ? flags | O_DIRECT : flags & ~O_DIRECT;
	if (fcntl(p->fd, F_SETFL, flags) == 0)
		p->direct = on;
}

/* Whether a failed write may succeed now.  stdout can be non-blocking: its open file
 * description is shared with other processes. */
static bool
try_again(struct publish *p)
{
	struct pollfd pollfd = { .fd = p->fd, .events = POLLOUT };

	/* The file system refuses O_DIRECT, or a short write left unaligned bytes. */
	if (errno == EINVAL && p->direct) {
		publish_direct(p, false);
		return !p->direct;
	}
	if (errno == EINTR)
		return true;
	return (errno == EAGAIN || errno == EWOULDBLOCK) && poll(&pollfd, 1, -1) >= 0;
}

int
publish_write(struct publish *p, struct span s, struct err *err)
{
	p->synced = false;
	while (s.n) {
		ssize_t n = write(p->fd, s.p, s.n < (1u << 30) ? s.n : 1u << 30);

		if (n < 0 && try_again(p))
			continue;
		if (n < 0)
			return cannot_write(p, err);
		s = span_from(s, (size_t)n);
	}
	return 0;
}

int
publish_patch(struct publish *p, struct span s, uint64_t offset, struct err *err)
{
	p->synced = false;
	while (s.n) {
		ssize_t n = pwrite(p->fd, s.p, s.n, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_write(p, err);
		s = span_from(s, (size_t)n);
		offset += (uint64_t)n;
	}
	return 0;
}

static int
sync_directory(const char *path, struct err *err)
{
	char *dir = directory_of(path);
	int fd = open(dir, O_RDONLY | O_CLOEXEC), rc = 0;

	/* Some file systems cannot sync a directory; some directories are write-only. */
	if (fd < 0 ? errno != EACCES : fsync(fd) < 0 && errno != EINVAL)
		rc = err_errno(err, "cannot sync directory '%s'", dir);
	if (fd >= 0)
		close(fd);
	free(dir);
	return rc;
}

/* After a rename there is nothing to unlink. */
static void
remove_temporary(struct publish *p)
{
	if (!p->temporary)
		return;
	unlink(p->temporary);
	temporary_remove(p->temporary);
	free(p->temporary);
	p->temporary = NULL;
}

int
publish_sync(struct publish *p, struct err *err)
{
	if (p->temporary && !p->synced && fsync(p->fd) < 0)
		return cannot_write(p, err);
	p->synced = true;
	return 0;
}

int
publish_commit(struct publish *p, struct err *err)
{
	const int fd = p->fd;

	if (publish_sync(p, err) < 0)
		return -1;
	p->fd = -1;
	if (close(fd) < 0)
		return cannot_write(p, err);
	if (!p->temporary)
		return 0;
	if (p->first ? link(p->temporary, p->path) < 0 && errno != EEXIST
		     : rename(p->temporary, p->path) < 0)
		return err_errno(
		    err, "cannot rename '%s' to '%s'", p->temporary, p->path);
	remove_temporary(p);
	return sync_directory(p->path, err);
}

void
publish_abort(struct publish *p)
{
	if (p->fd > STDERR_FILENO)
		close(p->fd);
	p->fd = -1;
	remove_temporary(p);
	free(p->path);
	p->path = NULL;
}

int
publish_lock(const char *path)
{
	char *real = publish_resolve(path), *dir = directory_of(real);
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = -1;

	free(dir);
	free(real);
	if (fd < 0)
		return -1;
	do
		rc = flock(fd, LOCK_EX);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

void
publish_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
