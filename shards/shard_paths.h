/* shard_paths.h - the shards and runs that the operands of a command name. */
#ifndef TAMIS_SHARD_PATHS_H
#define TAMIS_SHARD_PATHS_H

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct shard_paths {
	char **v;
	bool *in_dir; /* a directory was named, and not the path itself */
	size_t n, cap;
};

/*
 * Append the paths that n operands name.  A directory of shards that are not a run
 * becomes the prefixes of its shards, in byte order.  The three files of a shard count
 * once, by the first that is named, and the report of a shard is left out.  Any other
 * operand stays as it is.  Returns 0, or -1 with *err.
 */
int shard_paths_add(struct shard_paths *p, int n, char **operand, struct err *err);
void shard_paths_put(struct shard_paths *p, const char *s); /* a copy of s */
void shard_paths_sort(struct shard_paths *p);		    /* in byte order */
void shard_paths_free(struct shard_paths *p);
/* The file with this ending of the shard that path names, by prefix or file.  malloc'd.
 */
char *shard_file(const char *path, const char *ending);

#endif
