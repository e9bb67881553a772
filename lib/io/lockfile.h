/* lockfile.h - let one process at a time write somewhere. */
#ifndef TAMIS_LOCKFILE_H
#define TAMIS_LOCKFILE_H

#include <stdbool.h>

#include "lib/base/err.h"

/* Zero it to begin. */
struct lockfile {
	char *path; /* NULL: not locked */
	int fd;
	bool left; /* a killed process left the file */
};

/*
 * Create and lock the file `path`, which interrupts and die() remove.  A file that no
 * living process holds does not count.  Returns 0, or -1 with *err: EXIT_USAGE if another
 * process holds it, "SUBJECT: another tamis is writing WHAT".
 */
int lockfile_take(struct lockfile *l, const char *path, const char *subject,
    const char *what, struct err *err);
/* After a lock failed: whether the file system has no locks, as Lustre without the option
 * flock.  Then it warns, and the caller proceeds without one. */
bool lock_unsupported(const char *path);
/* Remove the file.  Does nothing if it is not locked. */
void lockfile_release(struct lockfile *l);

#endif
