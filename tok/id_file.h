/* id_file.h - the token ids of a long document in an unnamed temporary file. */
#ifndef TAMIS_ID_FILE_H
#define TAMIS_ID_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct id_file {
	const char *dir; /* of --tmp, borrowed */
	int fd;
	uint64_t n; /* ids */
};

/*
 * Create a file in `dir`, which must live as long.  It has no name, so a kill leaves
 * nothing.  0, or -1 with *err; call id_file_close in both cases.
 */
int id_file_open(struct id_file *f, const char *dir, struct err *err);
/* Append n ids.  0, or -1 with *err. */
int id_file_put(struct id_file *f, const uint32_t *ids, size_t n, struct err *err);
/* Read the n ids from number `at` on, all of which are there.  0, or -1 with *err. */
int id_file_get(
    const struct id_file *f, uint64_t at, uint32_t *ids, size_t n, struct err *err);
void id_file_close(struct id_file *f);

#endif
