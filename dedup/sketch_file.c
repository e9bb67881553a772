/* sketch_file.c - the sketches of the documents of one file, on disk. */
#include "dedup/sketch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dedup/words.h"
#include "lib/io/inputs.h"
#include "lib/io/publish.h"

/* The header: 64-bit numbers. */
enum field {
	F_MAGIC,
	F_VERSION,
	F_WORDS, /* WORDS_VERSION */
	F_SHINGLE,
	F_BANDS,
	F_ROWS,
	F_SEED,
	F_SCOPE,
	F_PRIORITY,
	F_DOCUMENTS,
	F_DOCUMENTS_HASH, /* XXH3-64 of the section */
	F_INDEX_HASH,
	F_SOURCE_LO, /* XXH3-128 of the file of documents, decompressed */
	F_SOURCE_HI,
	F_HASH = 15, /* of the fields before it */
	FIELDS
};

enum {
	FORMAT = 2,
	SHINGLES_BITS = 48,
	HEADER = FIELDS * 8,
	INDEX = KEY_PARTS * 16,
	DOC = 6 * 8,
	BUFFER = 1 << 20
};
#define MAGIC UINT64_C(0x7261656e73696d74) /* "tmisnear" */

/* Bytes before field f of the header. */
static inline size_t
offset_of(enum field f)
{
	return (size_t)f * 8;
}

struct sketch_writer {
	struct sketch_options o;
	struct publish file;
	struct buckets *keys;
	uint64_t documents;
	struct hasher *hash; /* of the documents */
	struct buf buf;
};

static int
write_buf(struct sketch_writer *w, struct err *err)
{
	const int rc = publish_write(&w->file, buf_span(&w->buf), err);

	w->buf.n = 0;
	return rc;
}

struct sketch_writer *
sketch_writer_open(const char *path, const struct sketch_options *o,
    struct spill_pool *pool, struct err *err)
{
	struct sketch_writer *w = xcalloc(1, sizeof *w);

	w->o = *o;
	w->keys = buckets_new(pool);
	w->hash = hasher_new();
	/* The header and the index are written last. */
	buf_reserve(&w->buf, HEADER + INDEX);
	memset(w->buf.p, 0, HEADER + INDEX);
	w->buf.n = HEADER + INDEX;
	if (publish_open(&w->file, path, 0666, err) < 0 || write_buf(w, err) < 0) {
		sketch_writer_free(w);
		return NULL;
	}
	return w;
}

static uint64_t
bits_of_double(double v)
{
	uint64_t u;

	memcpy(&u, &v, sizeof u);
	return u;
}

int
sketch_writer_add(struct sketch_writer *w, const struct near_doc *d, const uint64_t *key,
    struct err *err)
{
	const uint64_t v[] = { bits_of_double(d->priority), d->length, d->content, d->id,
		d->sum,
		d->shingles | (uint64_t)(uint16_t)d->priority_rest << SHINGLES_BITS };
	unsigned char p[DOC];

	for (size_t i = 0; i < DOC / 8; i++)
		store64(p + 8 * i, v[i]);
	hasher_add(w->hash, (struct span){ (const char *)p, sizeof p });
	buf_put(&w->buf, p, sizeof p);
	if (w->buf.n >= BUFFER && write_buf(w, err) < 0)
		return -1;
	if (d->shingles && buckets_add(w->keys, w->documents, key, w->o.bands, err) < 0)
		return -1;
	w->documents++;
	return 0;
}

/* Write the keys, and fill in the index. */
static int
write_keys(struct sketch_writer *w, unsigned char *index, struct err *err)
{
	uint64_t end = 0;

	for (size_t i = 0; i < KEY_PARTS; i++) {
		if (buckets_sorted(w->keys, i, &w->buf, err) < 0)
			return -1;
		end += w->buf.n / KEY_RECORD;
		store64(index + 16 * i, end);
		store64(index + 16 * i + 8, hash64(buf_span(&w->buf), 0));
		if (write_buf(w, err) < 0)
			return -1;
	}
	return 0;
}

int
sketch_writer_finish(struct sketch_writer *w, struct hash128 documents, struct err *err)
{
	unsigned char head[HEADER + INDEX] = { 0 };
	const struct span index = { (const char *)head + HEADER, INDEX };
	const uint64_t v[FIELDS] = { [F_MAGIC] = MAGIC,
		[F_VERSION] = FORMAT,
		[F_WORDS] = WORDS_VERSION,
		[F_SHINGLE] = SHINGLE_WORDS,
		[F_BANDS] = w->o.bands,
		[F_ROWS] = w->o.rows,
		[F_SEED] = w->o.seed,
		[F_SCOPE] = w->o.scope,
		[F_PRIORITY] = w->o.priority,
		[F_DOCUMENTS] = w->documents,
		[F_DOCUMENTS_HASH] = hasher_sum(w->hash).lo,
		[F_SOURCE_LO] = documents.lo,
		[F_SOURCE_HI] = documents.hi };

	if (write_buf(w, err) < 0 || write_keys(w, head + HEADER, err) < 0)
		return -1;
	for (size_t i = 0; i < F_HASH; i++)
		store64(head + 8 * i, v[i]);
	store64(head + offset_of(F_INDEX_HASH), hash64(index, 0));
	store64(head + offset_of(F_HASH),
	    hash64((struct span){ (const char *)head, offset_of(F_HASH) }, 0));
	if (publish_patch(
		&w->file, (struct span){ (const char *)head, sizeof head }, 0, err) < 0)
		return -1;
	return publish_sync(&w->file, err);
}

int
sketch_writer_commit(struct sketch_writer *w, struct err *err)
{
	return publish_commit(&w->file, err);
}

void
sketch_writer_free(struct sketch_writer *w)
{
	if (!w)
		return;
	publish_abort(&w->file);
	buckets_free(w->keys);
	hasher_free(w->hash);
	buf_free(&w->buf);
	free(w);
}

/* Read n bytes at `at` into p.  0, or -1 with *err. */
static int
read_at(int fd, const char *path, void *p, size_t n, uint64_t at, struct err *err)
{
	char *to = p;

	while (n) {
		const ssize_t r = pread(fd, to, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_errno(err, "cannot read '%s'", path);
		if (r == 0)
			return err_set(err, EXIT_DATA,
			    "'%s': truncated: run near-sketch again", path);
		to += r;
		at += (uint64_t)r;
		n -= (size_t)r;
	}
	return 0;
}

static int
open_read(const char *path, struct err *err)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		err_set(err, EXIT_USAGE,
		    "cannot open '%s': No such file or directory: run near-sketch first",
		    path);
	else if (fd < 0)
		err_errno(err, "cannot open '%s'", path);
	return fd;
}

static int
damaged(const char *path, struct err *err)
{
	return err_set(err, EXIT_DATA, "'%s': damaged: run near-sketch again", path);
}

/* Check the header, and copy it to *f. */
static int
parse_header(struct sketch_file *f, const unsigned char *head, struct err *err)
{
	uint64_t v[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		v[i] = load64(head + 8 * i);
	if (v[F_MAGIC] != MAGIC)
		return err_set(err, EXIT_DATA,
		    "'%s': not a file of near-sketch: name documents whose sketches are "
		    "beside them",
		    f->path);
	if (v[F_HASH] !=
	    hash64((struct span){ (const char *)head, offset_of(F_HASH) }, 0))
		return damaged(f->path, err);
	if (v[F_VERSION] != FORMAT || v[F_WORDS] != WORDS_VERSION ||
	    v[F_SHINGLE] != SHINGLE_WORDS)
		return err_set(err, EXIT_DATA,
		    "'%s': of another version of near-sketch (format %" PRIu64
		    ", words %" PRIu64 "): run near-sketch again",
		    f->path, v[F_VERSION], v[F_WORDS]);
	if (v[F_BANDS] < 1 || v[F_BANDS] > BANDS_MAX || v[F_ROWS] < 1 ||
	    v[F_ROWS] > SKETCH_MAX || v[F_DOCUMENTS] >> NUMBER_BITS)
		return damaged(f->path, err);
	f->options = (struct sketch_options){ .bands = v[F_BANDS],
		.rows = v[F_ROWS],
		.seed = v[F_SEED],
		.scope = v[F_SCOPE],
		.priority = v[F_PRIORITY] };
	f->documents = v[F_DOCUMENTS];
	f->documents_hash = v[F_DOCUMENTS_HASH];
	f->source = (struct hash128){ v[F_SOURCE_LO], v[F_SOURCE_HI] };
	f->digest = hash128((struct span){ (const char *)head, HEADER }, 0);
	return 0;
}

static int
parse_index(
    struct sketch_file *f, const unsigned char *head, uint64_t size, struct err *err)
{
	const struct span index = { (const char *)head + HEADER, INDEX };
	uint64_t before = 0;

	if (load64(head + offset_of(F_INDEX_HASH)) != hash64(index, 0))
		return damaged(f->path, err);
	for (size_t i = 0; i < KEY_PARTS; i++) {
		f->end[i] = load64(head + HEADER + 16 * i);
		f->hash[i] = load64(head + HEADER + 16 * i + 8);
		if (f->end[i] < before || f->end[i] > f->documents * f->options.bands)
			return damaged(f->path, err);
		before = f->end[i];
	}
	if (size != HEADER + INDEX + f->documents * DOC + before * KEY_RECORD)
		return err_set(
		    err, EXIT_DATA, "'%s': truncated: run near-sketch again", f->path);
	return 0;
}

int
sketch_file_open(struct sketch_file *f, const char *path, struct err *err)
{
	unsigned char head[HEADER + INDEX];
	const int fd = open_read(path, err);
	struct stat st;
	int rc = -1;

	*f = (struct sketch_file){ .path = xstrdup(path) };
	if (fd < 0)
		return -1;
	if (read_at(fd, path, head, sizeof head, 0, err) < 0)
		goto out;
	if (fstat(fd, &st) < 0) {
		err_errno(err, "cannot read '%s'", path);
		goto out;
	}
	f->device = (uint64_t)st.st_dev;
	f->inode = (uint64_t)st.st_ino;
	if (inputs_note(&st, path, err) < 0)
		goto out;
	if (parse_header(f, head, err) == 0)
		rc = parse_index(f, head, (uint64_t)st.st_size, err);
out:
	close(fd);
	return rc;
}

int
sketch_file_keys(const struct sketch_file *f, size_t part, struct buf *b, struct err *err)
{
	const uint64_t from = part ? f->end[part - 1] : 0;
	const size_t n = (size_t)(f->end[part] - from) * KEY_RECORD;
	const int fd = open_read(f->path, err);
	int rc = -1;

	if (fd < 0)
		return -1;
	buf_reserve(b, n + 1);
	if (read_at(fd, f->path, b->p + b->n, n,
		HEADER + INDEX + f->documents * DOC + from * KEY_RECORD, err) == 0)
		rc = hash64((struct span){ b->p + b->n, n }, 0) == f->hash[part]
			 ? 0
			 : damaged(f->path, err);
	if (rc == 0)
		b->n += n;
	close(fd);
	return rc;
}

static struct near_doc
parse_doc(const unsigned char *p, uint64_t number)
{
	struct near_doc d = { .number = number,
		.length = load64(p + 8),
		.content = load64(p + 16),
		.id = load64(p + 24),
		.sum = load64(p + 32),
		.shingles = load64(p + 40) & ((UINT64_C(1) << SHINGLES_BITS) - 1),
		.priority_rest = (int16_t)(load64(p + 40) >> SHINGLES_BITS) };
	const uint64_t priority = load64(p);

	memcpy(&d.priority, &priority, sizeof d.priority);
	return d;
}

int
sketch_file_docs(const struct sketch_file *f, uint64_t base,
    int (*each)(void *arg, const struct near_doc *d, struct err *err), void *arg,
    struct err *err)
{
	enum { AT_ONCE = 4096 };
	unsigned char *p = xmalloc((size_t)AT_ONCE * DOC);
	struct hasher *hash = hasher_new();
	const int fd = open_read(f->path, err);
	int rc = fd < 0 ? -1 : 0;

	for (uint64_t at = 0; at < f->documents && rc == 0;) {
		const size_t n =
		    f->documents - at < AT_ONCE ? (size_t)(f->documents - at) : AT_ONCE;

		rc = read_at(fd, f->path, p, n * DOC, HEADER + INDEX + at * DOC, err);
		if (rc == 0)
			hasher_add(hash, (struct span){ (const char *)p, n * DOC });
		for (size_t i = 0; i < n && rc == 0; i++) {
			const struct near_doc d = parse_doc(p + i * DOC, base + at + i);

			if (d.shingles)
				rc = each(arg, &d, err);
		}
		at += n;
	}
	if (rc == 0 && hasher_sum(hash).lo != f->documents_hash)
		rc = damaged(f->path, err);
	if (fd >= 0)
		close(fd);
	hasher_free(hash);
	free(p);
	return rc;
}

void
sketch_file_close(struct sketch_file *f)
{
	free(f->path);
	*f = (struct sketch_file){ 0 };
}

void
sketch_path(struct buf *b, const char *path)
{
	b->n = 0;
	buf_puts(b, path);
	buf_puts(b, ".near");
	buf_putc(b, '\0');
}
