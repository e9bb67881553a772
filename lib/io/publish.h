/* publish.h - write a file under a temporary name, then rename it: complete or absent. */
#ifndef TAMIS_PUBLISH_H
#define TAMIS_PUBLISH_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

/* A file being written.  Interrupts and die() remove its temporary. */
struct publish {
	char *path;	 /* the final name, links resolved; NULL: standard output */
	char *temporary; /* the name until the commit; NULL: written in place */
	int fd;		 /* -1: closed */
	bool direct;	 /* writes bypass the page cache */
	bool first;	 /* the caller's: do not replace an existing file */
	bool synced;	 /* publish_sync came after the last write */
};

/*
 * Create PATH.HOST.PID.N.tmp with `mode`, before the umask.  A pipe or device is opened
 * itself, to be written in place; so is standard output, for path NULL.  A file that was
 * noted as an input is refused.  0, or -1 with *err; call publish_abort in both cases.
 */
int publish_open(struct publish *p, const char *path, unsigned mode, struct err *err);
/*
 * Bypass the page cache from the next write on, or use it again.  While it is bypassed,
 * memory, sizes and offsets of writes must be multiples of 4096 bytes.  File systems that
 * cannot do this write through the cache.
 */
void publish_direct(struct publish *p, bool on);
/* Write all of s.  0, or -1 with *err. */
int publish_write(struct publish *p, struct span s, struct err *err);
/* Overwrite bytes at an offset of the temporary.  0, or -1 with *err. */
int publish_patch(struct publish *p, struct span s, uint64_t offset, struct err *err);
/* fsync a temporary, so that little can fail before publish_commit.  0, or -1 with *err.
 */
int publish_sync(struct publish *p, struct err *err);
/* publish_sync, close, rename, fsync of the directory.  0, or -1 with *err. */
int publish_commit(struct publish *p, struct err *err);
/* Close the file and remove an uncommitted temporary.  Repeated calls do nothing. */
void publish_abort(struct publish *p);

/*
 * Wait while another process publishes several files in the directory of `path`, and let
 * others wait until publish_unlock(), so that files of two runs do not mix.  Returns a
 * descriptor, or -1 where directories cannot be locked, as on NFS: then nobody waits.
 */
int publish_lock(const char *path);
void publish_unlock(int fd);

/* The one name of the file that path would create: links and dots resolved.  malloc'd. */
char *publish_resolve(const char *path);

/* An output of a command, and the option that names it.  path NULL: none. */
struct output_name {
	const char *option, *path;
};

/* Reject outputs that are one file, except for devices.  0, or -1 with *err. */
int publish_distinct(const struct output_name *v, size_t n, struct err *err);

/* Check that temporary files can be created in a directory, the value of --tmp or its
 * default.  0, or -1 with *err. */
int temporary_dir_check(const char *dir, struct err *err);
/* Let interrupts and die() remove the file `path`, which must live until it is taken off
 * the list by temporary_remove. */
void temporary_add(const char *path);
void temporary_remove(const char *path);
/* temporary_add if `exists`, else temporary_remove. */
void temporary_note(const char *path, int exists);

#endif
