/* tombstones.h - reject shards that have documents that were taken down. */
#ifndef TAMIS_TOMBSTONES_H
#define TAMIS_TOMBSTONES_H

#include "lib/driver/doc_list.h"
#include "mixer/plan/resolved.h"

/* Documents that must not come back.  Zero it to begin. */
struct tombstones {
	struct doc_list list;
	struct buf dir;	  /* path of the file in the directory; empty: there is none */
	size_t n_dir;	  /* its entries come first */
	const char *path; /* of the option; NULL: not set */
};

/*
 * Read the tombstones of directory dir, if it has some, and those of the file `path`.
 * Either may be NULL; path is borrowed.  0, or -1 with *err.
 */
int tombstones_read(
    struct tombstones *t, const char *dir, const char *path, struct err *err);
/*
 * Check that no document of the inputs of rp, below directory root, is named.  One that
 * is named is EXIT_DATA.  0, or -1 with *err.
 */
int tombstones_check(const struct tombstones *t, const struct resolved *rp,
    const char *root, struct err *err);
/* Write all entries to directory dir, unless it has them.  0, or -1 with *err. */
int tombstones_write(const struct tombstones *t, const char *dir, struct err *err);
void tombstones_free(struct tombstones *t);

#endif
