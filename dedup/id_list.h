/* id_list.h - the ids in a file: of documents that a program kept or removed. */
#ifndef TAMIS_ID_LIST_H
#define TAMIS_ID_LIST_H

#include "lib/base/err.h"
#include "lib/base/table.h"

/* Zero it to begin; release with table_free(&l->ids). */
struct id_list {
	const char *path;
	struct table ids; /* hash of an id -> the number of documents that have it */
	uint64_t found;	  /* ids that a document has */
};

/*
 * Read a file, which may be compressed.  key: the field that holds the id, in a file of
 * JSON lines; NULL: each line is an id.  Lines have at most `max` bytes.  0, or -1 with
 * *err.
 */
int id_list_read(
    struct id_list *l, const char *path, const char *key, uint64_t max, struct err *err);
/* Whether the list has an id.  Counts it as found.  A second document with the same id
 * sets *twice. */
bool id_list_find(struct id_list *l, struct span id, bool *twice);

#endif
