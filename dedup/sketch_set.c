/* sketch_set.c - the sketches beside a list of files, with documents numbered through. */
#include "dedup/sketch_set.h"

#include <stdlib.h>

/* Refuse files whose options differ: their keys cannot be compared. */
static int
check_options(const struct sketch_file *a, const struct sketch_file *b, struct err *err)
{
	const struct sketch_options *x = &a->options, *y = &b->options;

	if (x->bands != y->bands || x->rows != y->rows)
		return err_set(err, EXIT_DATA,
		    "'%s': %u bands of %u rows, but '%s' has %u of %u: run near-sketch "
		    "with the same options",
		    b->path, (unsigned)y->bands, (unsigned)y->rows, a->path,
		    (unsigned)x->bands, (unsigned)x->rows);
	if (x->seed != y->seed || x->scope != y->scope || x->priority != y->priority)
		return err_set(err, EXIT_DATA,
		    "'%s' and '%s' have different %s: run near-sketch with the same "
		    "options",
		    a->path, b->path,
		    x->seed != y->seed	   ? "seeds (--seed)"
		    : x->scope != y->scope ? "scopes (--scope)"
					   : "priorities (--priority)");
	return 0;
}

static int
by_inode(const void *a, const void *b)
{
	const struct sketch_file *const *x = a, *const *y = b;

	if ((*x)->device != (*y)->device)
		return (*x)->device < (*y)->device ? -1 : 1;
	return (*x)->inode < (*y)->inode ? -1 : (*x)->inode > (*y)->inode;
}

/* Refuse a file that is named twice: its documents would remove each other. */
static int
check_distinct(const struct sketch_set *s, struct err *err)
{
	const struct sketch_file **v = xcalloc(s->n, sizeof *v);
	int rc = 0;

	for (size_t i = 0; i < s->n; i++)
		v[i] = &s->file[i];
	qsort(v, s->n, sizeof *v, by_inode);
	for (size_t i = 1; i < s->n && rc == 0; i++)
		if (by_inode(&v[i - 1], &v[i]) == 0)
			rc = err_set(err, EXIT_USAGE,
			    "'%s' and '%s' are the same file: name it once",
			    v[i - 1]->path, v[i]->path);
	free(v);
	return rc;
}

int
sketch_set_open(struct sketch_set *s, char *const *path, size_t n, struct err *err)
{
	struct hasher *hash = hasher_new();
	struct buf name = { 0 };
	int rc = 0;

	*s = (struct sketch_set){ .file = xcalloc(n, sizeof *s->file),
		.first = xcalloc(n, sizeof *s->first) };
	while (s->n < n && rc == 0) {
		struct sketch_file *f = &s->file[s->n];

		sketch_path(&name, path[s->n]);
		s->first[s->n++] = s->documents;
		rc = sketch_file_open(f, name.p, err);
		if (rc == 0)
			rc = check_options(&s->file[0], f, err);
		s->documents += f->documents;
		hasher_add(
		    hash, (struct span){ (const char *)&f->digest, sizeof f->digest });
	}
	if (rc == 0 && s->documents >> NUMBER_BITS)
		rc = err_set(err, EXIT_DATA,
		    "more than 2^%d documents: deduplicate fewer", NUMBER_BITS);
	if (rc == 0)
		rc = check_distinct(s, err);
	s->digest = hasher_sum(hash);
	hasher_free(hash);
	buf_free(&name);
	return rc;
}

void
sketch_set_close(struct sketch_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		sketch_file_close(&s->file[i]);
	free(s->file);
	free(s->first);
	*s = (struct sketch_set){ 0 };
}
