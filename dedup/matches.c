/* matches.c - the buckets of near-match, on disk, for near-elect. */
#include "dedup/matches.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/near_doc.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"

enum { FORMAT = 1, FIELDS = 10, HEADER = FIELDS * 8, BUFFER = 1 << 20 };
#define MAGIC UINT64_C(0x6374616d73696d74) /* "tmismatc" */

struct matches_writer {
	struct publish file;
	struct hasher *hash;
	struct buf buf;
};

static void
put_header(unsigned char *p, const struct matches_head *h)
{
	const uint64_t v[FIELDS] = { MAGIC, FORMAT, h->part, h->parts, h->files,
		h->documents, h->sketches.lo, h->sketches.hi };

	for (size_t i = 0; i < FIELDS; i++)
		store64(p + 8 * i, v[i]);
}

static int
flush(struct matches_writer *w, struct err *err)
{
	const int rc = publish_write(&w->file, buf_span(&w->buf), err);

	hasher_add(w->hash, buf_span(&w->buf));
	w->buf.n = 0;
	return rc;
}

struct matches_writer *
matches_writer_open(const char *path, const struct matches_head *head, struct err *err)
{
	struct matches_writer *w = xcalloc(1, sizeof *w);
	unsigned char p[HEADER];

	w->hash = hasher_new();
	put_header(p, head);
	buf_put(&w->buf, p, sizeof p);
	if (publish_open(&w->file, path, 0666, err) < 0) {
		matches_writer_free(w);
		return NULL;
	}
	return w;
}

static void
put32(struct buf *b, uint32_t v)
{
	const unsigned char p[] = { (unsigned char)v, (unsigned char)(v >> 8),
		(unsigned char)(v >> 16), (unsigned char)(v >> 24) };

	buf_put(b, p, sizeof p);
}

int
matches_write(void *arg, const uint64_t *number, size_t n, struct err *err)
{
	struct matches_writer *w = arg;

	if (n > UINT32_MAX)
		return err_set(
		    err, EXIT_SYSTEM, "more than 2^32 documents share a band key");
	put32(&w->buf, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		unsigned char p[NUMBER_BYTES];

		store40(p, number[i]);
		buf_put(&w->buf, p, sizeof p);
	}
	return w->buf.n < BUFFER ? 0 : flush(w, err);
}

int
matches_writer_commit(struct matches_writer *w, struct err *err)
{
	unsigned char p[8];

	put32(&w->buf, 0);
	if (flush(w, err) < 0)
		return -1;
	store64(p, hasher_sum(w->hash).lo);
	if (publish_write(&w->file, (struct span){ (const char *)p, sizeof p }, err) < 0)
		return -1;
	return publish_commit(&w->file, err);
}

void
matches_writer_free(struct matches_writer *w)
{
	if (!w)
		return;
	publish_abort(&w->file);
	hasher_free(w->hash);
	buf_free(&w->buf);
	free(w);
}

/* A file being read. */
struct reading {
	struct in *in;
	const char *path;
	struct hasher *hash;
	struct buf buf;
	size_t at; /* bytes of buf that were taken */
};

/* Take the next n bytes.  NULL with *err. */
static const unsigned char *
take(struct reading *r, size_t n, struct err *err)
{
	const unsigned char *p;

	while (r->buf.n - r->at < n) {
		const size_t rest = r->buf.n - r->at;
		ptrdiff_t got;

		if (r->at)
			memmove(r->buf.p, r->buf.p + r->at, rest);
		r->buf.n = rest;
		r->at = 0;
		buf_reserve(&r->buf, BUFFER);
		got = in_read(r->in, r->buf.p + rest, BUFFER, err);
		if (got < 0)
			return NULL;
		if (got == 0) {
			err_set(err, EXIT_DATA, "'%s': truncated: run near-match again",
			    r->path);
			return NULL;
		}
		r->buf.n += (size_t)got;
	}
	p = (const unsigned char *)r->buf.p + r->at;
	r->at += n;
	return p;
}

static const unsigned char *
take_hashed(struct reading *r, size_t n, struct err *err)
{
	const unsigned char *p = take(r, n, err);

	if (p)
		hasher_add(r->hash, (struct span){ (const char *)p, n });
	return p;
}

static int
check_header(struct reading *r, const struct matches_head *head, struct err *err)
{
	unsigned char want[HEADER];
	const unsigned char *p = take_hashed(r, HEADER, err);

	put_header(want, head);
	if (!p)
		return -1;
	if (load64(p) != MAGIC)
		return err_set(err, EXIT_DATA,
		    "'%s': not a file of near-match: name its output", r->path);
	if (load64(p + 8) != FORMAT)
		return err_set(err, EXIT_DATA,
		    "'%s': of another version of near-match: run near-match again",
		    r->path);
	if (load64(p + 16) != head->part || load64(p + 24) != head->parts)
		return err_set(err, EXIT_DATA,
		    "'%s': part %" PRIu64 " of %" PRIu64 ", not %" PRIu64 " of %" PRIu64,
		    r->path, load64(p + 16), load64(p + 24), head->part, head->parts);
	if (memcmp(p, want, HEADER) != 0)
		return err_set(err, EXIT_DATA,
		    "'%s': about %" PRIu64 " files with %" PRIu64
		    " documents, not these: run near-match on the same files, in the "
		    "same "
		    "order, after near-sketch",
		    r->path, load64(p + 32), load64(p + 40));
	return 0;
}

static uint32_t
load32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static int
damaged(const struct reading *r, struct err *err)
{
	return err_set(err, EXIT_DATA, "'%s': damaged: run near-match again", r->path);
}

/* Read all buckets and the end. */
static int
read_buckets(struct reading *r, uint64_t documents,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err)
{
	uint64_t *number = NULL;
	size_t cap = 0;
	const unsigned char *p;
	int rc = -1;

	while ((p = take_hashed(r, 4, err))) {
		const uint32_t n = load32(p);

		if (n == 0) {
			const uint64_t sum = hasher_sum(r->hash).lo;

			p = take(r, 8, err);
			if (p)
				rc = load64(p) == sum ? 0 : damaged(r, err);
			break;
		}
		if (n < 2 || n > documents) {
			damaged(r, err);
			break;
		}
		p = take_hashed(r, (size_t)n * NUMBER_BYTES, err);
		if (!p)
			break;
		if (n > cap) {
			cap = n + (size_t)n / 2;
			number = xrealloc(number, cap, sizeof *number);
		}
		for (uint32_t i = 0; i < n; i++) {
			number[i] = load40(p + (size_t)i * NUMBER_BYTES);
			if (number[i] >= documents || (i && number[i] <= number[i - 1])) {
				damaged(r, err);
				goto out;
			}
		}
		if (each && each(arg, number, n, err) < 0)
			break;
	}
out:
	free(number);
	return rc;
}

int
matches_read(const char *path, const struct matches_head *head,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err)
{
	struct reading r = { .path = path, .hash = hasher_new() };
	int rc = -1;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		err_set(err, EXIT_USAGE,
		    "cannot open '%s': No such file or directory: run near-match first",
		    path);
	else
		r.in = in_open(path, err);
	if (r.in && check_header(&r, head, err) == 0)
		rc = read_buckets(&r, head->documents, each, arg, err);
	if (r.in)
		in_close(r.in);
	hasher_free(r.hash);
	buf_free(&r.buf);
	return rc;
}

void
matches_path(struct buf *b, const char *base, uint64_t part, uint64_t parts)
{
	b->n = 0;
	buf_puts(b, base);
	if (parts > 1)
		buf_putf(b, ".%" PRIu64 "-of-%" PRIu64, part, parts);
	buf_putc(b, '\0');
}
