/* sketch_set.h - the sketches beside a list of files, with documents numbered through. */
#ifndef TAMIS_SKETCH_SET_H
#define TAMIS_SKETCH_SET_H

#include "dedup/sketch_file.h"

struct sketch_set {
	struct sketch_file *file;
	uint64_t *first; /* number of the first document of each file */
	size_t n;
	uint64_t documents;
	struct hash128 digest; /* of all files, in order */
};

/* Open the sketches beside n > 0 files of documents.  0, or -1 with *err; then, too, call
 * sketch_set_close. */
int sketch_set_open(struct sketch_set *s, char *const *path, size_t n, struct err *err);
void sketch_set_close(struct sketch_set *s);

#endif
