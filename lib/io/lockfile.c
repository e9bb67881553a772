/* lockfile.c - let one process at a time write somewhere. */
#include "lib/io/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/publish.h"

/* *err names the holder, as the file does. */
static int
refuse(int fd, const char *subject, const char *what, struct err *err)
{
	char pid[24];
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

	/* Between its lock and its write the holder is unknown. */
	n = n < 0 ? 0 : n;
	pid[n] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	return err_set(err, EXIT_USAGE, "%s: another tamis%s%s is writing %s", subject,
	    pid[0] ? " with process id " : "", pid, what);
}

bool
lock_unsupported(const char *path)
{
	if (errno != ENOSYS && errno != ENOLCK && errno != EOPNOTSUPP)
		return false;
	warning("cannot lock '%s': %s: run one command at a time here", path,
	    strerror(errno));
	return true;
}

static int
open_locked(
    const char *path, const char *subject, const char *what, int *fd, struct err *err)
{
	struct stat ours, there;

	/* The previous holder may have removed the file between our open and our lock. */
	for (;;) {
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (*fd < 0)
			return err_errno(err, "cannot write '%s'", path);
		if (flock(*fd, LOCK_EX | LOCK_NB) < 0 && !lock_unsupported(path)) {
			if (errno == EWOULDBLOCK)
				refuse(*fd, subject, what, err);
			else
				err_errno(err, "cannot lock '%s'", path);
			close(*fd);
			return -1;
		}
		if (fstat(*fd, &ours) == 0 && stat(path, &there) == 0 &&
		    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
			return 0;
		close(*fd);
	}
}

int
lockfile_take(struct lockfile *l, const char *path, const char *subject, const char *what,
    struct err *err)
{
	char was;

	if (open_locked(path, subject, what, &l->fd, err) < 0)
		return -1;
	l->path = xstrdup(path);
	temporary_add(l->path);
	l->left = pread(l->fd, &was, 1, 0) == 1;
	/* For the message of a second process only: a failed write is harmless. */
	if (ftruncate(l->fd, 0) == 0)
		dprintf(l->fd, "%ld\n", (long)getpid());
	return 0;
}

void
lockfile_release(struct lockfile *l)
{
	if (!l->path)
		return;
	unlink(l->path);
	temporary_remove(l->path);
	close(l->fd);
	free(l->path);
	l->path = NULL;
}
