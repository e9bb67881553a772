/* prefix_lock.c - let one process at a time write the shards of a prefix. */
#include "shards/prefix_lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "lib/io/inputs.h"
#include "lib/io/publish.h"

/* The directory of a prefix, to free(). */
static char *
directory_of(const char *prefix)
{
	size_t n = (size_t)(path_base(prefix) - prefix);
	struct buf b = { 0 };

	if (n == 0)
		buf_putc(&b, '.');
	else
		buf_put(&b, prefix, n > 1 ? n - 1 : n);
	buf_putc(&b, '\0');
	return b.p;
}

size_t
shard_number_length(const char *s)
{
	size_t n = s[0] == '-' ? strspn(s + 1, "0123456789") : 0;

	return n >= 5 ? n + 1 : 0;
}

/* Whether a name ends in ".PID.tmp". */
static bool
ends_in_pid(const char *name)
{
	size_t end = strlen(name) - 4, digits = 0;

	while (digits < end && is_digit(name[end - digits - 1]))
		digits++;
	return digits > 0 && digits < end && name[end - digits - 1] == '.';
}

/*
 * Whether a writer's temporary file of this base name: BASE.bin.HOST.PID.tmp, or
 * BASE-00000.bin.HOST.PID.tmp.
 */
static bool
is_leftover(const char *name, const char *base, bool numbered)
{
	static const char *const ext[] = { ".bin.", ".idx.", ".sdx." };
	size_t n = strlen(base), len = strlen(name);

	if (strncmp(name, base, n) != 0)
		return false;
	if (numbered)
		n += shard_number_length(name + n);
	if (len < n + 9 || strcmp(name + len - 4, ".tmp") != 0 || !ends_in_pid(name))
		return false;
	for (size_t i = 0; i < sizeof ext / sizeof *ext; i++)
		if (strncmp(name + n, ext[i], 5) == 0)
			return true;
	return false;
}

static int
remove_leftovers(const char *dir, const char *prefix, bool numbered, struct err *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	int rc = 0;

	/* A directory that we may write to but not read keeps them. */
	if (!d)
		return errno == EACCES
			   ? 0
			   : err_errno(err, "cannot read directory '%s'", dir);
	while (rc == 0 && (e = readdir(d))) {
		if (is_leftover(e->d_name, path_base(prefix), numbered) &&
		    unlinkat(dirfd(d), e->d_name, 0) < 0 && errno != ENOENT)
			rc = err_errno(err, "cannot remove '%s/%s'", dir, e->d_name);
	}
	closedir(d);
	return rc;
}

/* *err names the holder of the lock, as its file does. */
static int
refuse(int fd, const char *prefix, struct err *err)
{
	char pid[24];
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

	n = n < 0 ? 0 : n;
	pid[n] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	return err_set(err, EXIT_USAGE,
	    "%s: tamis with process id %s is writing this shard: wait for it, or choose "
	    "another prefix",
	    prefix, pid[0] ? pid : "unknown");
}

/* Open and lock the file l->path.  0, or -1 with *err. */
static int
open_locked(struct prefix_lock *l, const char *prefix, struct err *err)
{
	struct stat ours, there;

	/* The previous holder may have removed the file between our open and our lock. */
	for (;;) {
		l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (l->fd < 0)
			return err_errno(err, "cannot write '%s'", l->path);
		if (flock(l->fd, LOCK_EX | LOCK_NB) < 0) {
			if (errno == EWOULDBLOCK)
				refuse(l->fd, prefix, err);
			else
				err_errno(err, "cannot lock '%s'", l->path);
			close(l->fd);
			return -1;
		}
		if (fstat(l->fd, &ours) == 0 && stat(l->path, &there) == 0 &&
		    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
			return 0;
		close(l->fd);
	}
}

/* Refuse to replace an input or the model. */
static int
check_inputs(const char *prefix, struct err *err)
{
	static const char *const ext[] = { ".bin", ".idx", ".sdx" };
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof ext / sizeof *ext; i++) {
		path.n = 0;
		buf_putf(&path, "%s%s", prefix, ext[i]);
		buf_putc(&path, '\0');
		rc = inputs_check(path.p, err);
	}
	buf_free(&path);
	return rc;
}

int
prefix_lock(struct prefix_lock *l, const char *prefix, bool numbered, struct err *err)
{
	char *dir = directory_of(prefix);
	struct buf path = { 0 };
	int rc = -1;

	buf_putf(&path, "%s.lock", prefix);
	buf_putc(&path, '\0');
	l->path = path.p;
	if (check_inputs(prefix, err) < 0)
		goto out;
	if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
		err_errno(err, "cannot create directory '%s'", dir);
		goto out;
	}
	if (open_locked(l, prefix, err) < 0)
		goto out;
	temporary_add(l->path);
	/* For the message of a second writer only: a failed write is harmless. */
	if (ftruncate(l->fd, 0) == 0)
		dprintf(l->fd, "%ld\n", (long)getpid());
	rc = remove_leftovers(dir, prefix, numbered, err);
	if (rc < 0)
		prefix_unlock(l);
out:
	if (rc < 0) {
		free(l->path);
		l->path = NULL;
	}
	free(dir);
	return rc;
}

void
prefix_unlock(struct prefix_lock *l)
{
	if (!l->path)
		return;
	unlink(l->path);
	temporary_remove(l->path);
	close(l->fd);
	free(l->path);
	l->path = NULL;
}
