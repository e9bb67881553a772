/* prefix_lock.h - let one encode at a time write the shard of a prefix. */
#ifndef TAMIS_PREFIX_LOCK_H
#define TAMIS_PREFIX_LOCK_H

#include "lib/base/err.h"

/* Zero it to begin. */
struct prefix_lock {
	char *path; /* PREFIX.lock; NULL: not locked */
	int fd;
};

/*
 * Create the directory of PREFIX if it is missing, lock PREFIX.lock, and remove the
 * temporary files that killed encodes of this prefix left.  A lock file without a living
 * holder does not count.  Returns 0, or -1 with *err: EXIT_USAGE if another process holds
 * the lock, or if the shard would replace a noted input (lib/io/inputs.h).
 */
int prefix_lock(struct prefix_lock *l, const char *prefix, struct err *err);
/* Remove the lock file.  Does nothing if it is not locked. */
void prefix_unlock(struct prefix_lock *l);

#endif
