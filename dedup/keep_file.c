/* keep_file.c - which documents of a file near-elect keeps: one bit each. */
#include "dedup/keep_file.h"

#include <errno.h>
#include <unistd.h>

#include "dedup/near_doc.h"
#include "lib/io/stream.h"

enum { FORMAT = 2, FIELDS = 8, HEADER = FIELDS * 8, END = 8 };
enum { MAX_BYTES = 1 << 30 };
#define MAGIC UINT64_C(0x7065656b73696d74) /* "tmiskeep" */

void
keep_path(struct buf *b, const char *path)
{
	b->n = 0;
	buf_puts(b, path);
	buf_puts(b, ".keep");
	buf_putc(b, '\0');
}

int
keep_file_put(const char *path, const struct bitset *removed, uint64_t first,
    const struct sketch_file *f, struct err *err)
{
	const size_t n = (size_t)((f->documents + 7) / 8);
	struct buf b = { 0 };
	unsigned char *p;
	uint64_t kept = 0;
	int rc;

	buf_reserve(&b, HEADER + n + END);
	p = (unsigned char *)b.p;
	memset(p, 0, HEADER + n);
	for (uint64_t i = 0; i < f->documents; i++)
		if (!bits_has(removed, first + i)) {
			p[HEADER + i / 8] |= (unsigned char)(1 << i % 8);
			kept++;
		}
	store64(p, MAGIC);
	store64(p + 8, FORMAT);
	store64(p + 16, f->documents);
	store64(p + 24, kept);
	store64(p + 32, f->digest.lo);
	store64(p + 40, f->digest.hi);
	store64(p + 48, f->source.lo);
	store64(p + 56, f->source.hi);
	store64(p + HEADER + n, hash64((struct span){ b.p, HEADER + n }, 0));
	b.n = HEADER + n + END;
	rc = file_put(path, buf_span(&b), 0666, err);
	buf_free(&b);
	return rc;
}

static int
parse(struct keep_file *k, const char *path, const struct buf *b, const char *fix,
    struct err *err)
{
	const unsigned char *p = (const unsigned char *)b->p;

	if (b->n < HEADER + END || load64(p) != MAGIC)
		return err_set(err, EXIT_DATA,
		    "'%s': not a file of near-elect, or truncated: %s", path, fix);
	if (load64(p + 8) != FORMAT)
		return err_set(err, EXIT_DATA,
		    "'%s': of another version of near-elect: %s", path, fix);
	*k = (struct keep_file){ .documents = load64(p + 16),
		.kept = load64(p + 24),
		.sketches = { load64(p + 32), load64(p + 40) },
		.source = { load64(p + 48), load64(p + 56) } };
	if (k->documents >> NUMBER_BITS ||
	    b->n != HEADER + (k->documents + 7) / 8 + END ||
	    load64(p + b->n - END) != hash64((struct span){ b->p, b->n - END }, 0))
		return err_set(err, EXIT_DATA, "'%s': damaged: %s", path, fix);
	buf_put(&k->bits, b->p + HEADER, b->n - HEADER - END);
	return 0;
}

int
keep_file_get(struct keep_file *k, const char *path, const char *fix, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	*k = (struct keep_file){ 0 };
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(err, EXIT_USAGE,
		    "cannot open '%s': No such file or directory: run near-elect first",
		    path);
	rc = file_get(path, MAX_BYTES, &b, err);
	if (rc == 0)
		rc = parse(k, path, &b, fix, err);
	buf_free(&b);
	return rc;
}

void
keep_file_free(struct keep_file *k)
{
	buf_free(&k->bits);
}
