/*
 * word_runs.c - sorted runs of counted words in a temporary file, and their merge.
 *
 * A word is stored as its length, its bytes and its count; numbers have 7 bits a byte,
 * the low ones first.  The file loses its name on creation, so a kill leaves nothing.
 */
#include "tok/train/word_runs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/hash.h"

enum {
	RUNS_MAX = 256,
	BUFFER = 64 << 10, /* of each run */
	RECORD_MAX = WORD_MAX + 20,
};

struct word_run {
	uint64_t at, end; /* in the file */
};

struct word_runs {
	const char *dir;
	int fd; /* -1: no file yet */
	struct word_run run[RUNS_MAX];
	size_t n;
	uint64_t end; /* of what was written */
	struct buf out;
};

/* A run being read. */
struct run_cursor {
	int fd;
	uint64_t at, end; /* not yet in the buffer */
	char *p;
	size_t from, n; /* not yet taken: p[from..n) */
	struct counted word;
};

uint64_t
word_key(struct span text)
{
	return hash64(text, 0);
}

int
word_order(const struct counted *a, const struct counted *b)
{
	size_t n;
	int d;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	n = a->text.n < b->text.n ? a->text.n : b->text.n;
	d = memcmp(a->text.p, b->text.p, n);
	return d ? d : (a->text.n > b->text.n) - (a->text.n < b->text.n);
}

struct word_runs *
word_runs_new(const char *dir)
{
	struct word_runs *r = xcalloc(1, sizeof *r);

	r->dir = dir;
	r->fd = -1;
	return r;
}

static int
open_file(struct word_runs *r, struct err *err)
{
	struct buf name = { 0 };

	buf_path(&name, r->dir, "tamis-vocab.XXXXXX");
	r->fd = mkstemp(name.p);
	if (r->fd < 0)
		err_errno(err, "cannot create a temporary file in directory '%s' (--tmp)",
		    r->dir);
	else
		unlink(name.p);
	buf_free(&name);
	return r->fd < 0 ? -1 : 0;
}

static int
flush(struct word_runs *r, struct err *err)
{
	const char *p = r->out.p;

	for (ssize_t w; r->out.n; p += w, r->out.n -= (size_t)w) {
		w = pwrite(r->fd, p, r->out.n, (off_t)r->end);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0)
			return err_errno(err,
			    "cannot write a temporary file in directory '%s' (--tmp)",
			    r->dir);
		r->end += (uint64_t)w;
	}
	return 0;
}

static void
put_number(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_putc(b, (char)(v | 0x80));
	buf_putc(b, (char)v);
}

static bool
take_number(struct span *s, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64 && s->n; shift += 7) {
		const unsigned char byte = (unsigned char)s->p[0];

		*s = span_from(*s, 1);
		*v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

void
word_record_put(struct buf *b, const struct counted *w)
{
	put_number(b, w->text.n);
	buf_put(b, w->text.p, w->text.n);
	put_number(b, w->count);
}

bool
word_record_take(struct span *s, struct counted *w)
{
	uint64_t n;

	if (!take_number(s, &n) || n == 0 || n > WORD_MAX || n > s->n)
		return false;
	w->text = (struct span){ s->p, (size_t)n };
	*s = span_from(*s, (size_t)n);
	if (!take_number(s, &w->count) || w->count == 0)
		return false;
	w->hash = word_key(w->text);
	return true;
}

int
word_runs_put(struct word_runs *r, const struct counted *w, struct err *err)
{
	if (r->fd < 0 && open_file(r, err) < 0)
		return -1;
	word_record_put(&r->out, w);
	return r->out.n >= BUFFER ? flush(r, err) : 0;
}

static int
end_run(struct word_runs *r, struct err *err)
{
	const uint64_t at = r->n ? r->run[r->n - 1].end : 0;

	if (r->fd >= 0 && flush(r, err) < 0)
		return -1;
	r->run[r->n++] = (struct word_run){ at, r->end };
	return 0;
}

static int
cannot_read(const char *dir, struct err *err)
{
	return err_errno(
	    err, "cannot read a temporary file in directory '%s' (--tmp)", dir);
}

/* Have RECORD_MAX bytes, or all that are left, in the buffer. */
static int
fill(struct run_cursor *c, const char *dir, struct err *err)
{
	if (c->n - c->from >= RECORD_MAX || c->at == c->end)
		return 0;
	memmove(c->p, c->p + c->from, c->n - c->from);
	c->n -= c->from;
	c->from = 0;
	while (c->n < BUFFER && c->at < c->end) {
		size_t want = BUFFER - c->n;
		ssize_t got;

		if (want > c->end - c->at)
			want = (size_t)(c->end - c->at);
		got = pread(c->fd, c->p + c->n, want, (off_t)c->at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		if (got <= 0)
			return cannot_read(dir, err);
		c->n += (size_t)got;
		c->at += (uint64_t)got;
	}
	return 0;
}

/* Read the next word.  1, 0 at the end of the run, or -1 with *err. */
static int
advance(struct run_cursor *c, const char *dir, struct err *err)
{
	struct span rest;

	if (fill(c, dir, err) < 0)
		return -1;
	if (c->from == c->n)
		return 0;
	rest = (struct span){ c->p + c->from, c->n - c->from };
	if (!word_record_take(&rest, &c->word)) {
		errno = EIO;
		return cannot_read(dir, err);
	}
	c->from = c->n - rest.n;
	return 1;
}

static void
sift_down(struct run_cursor **heap, size_t n, size_t i)
{
	for (;;) {
		struct run_cursor *const top = heap[i];
		size_t least = i;

		for (size_t kid = 2 * i + 1; kid <= 2 * i + 2 && kid < n; kid++)
			if (word_order(&heap[kid]->word, &heap[least]->word) < 0)
				least = kid;
		if (least == i)
			return;
		heap[i] = heap[least];
		heap[least] = top;
		i = least;
	}
}

/* Merge n runs, which are at their first words. */
static int
merge(struct run_cursor **heap, size_t n, const char *dir, word_fn *each, void *arg,
    struct err *err)
{
	struct buf text = { 0 };
	int rc = 0;

	for (size_t i = n / 2; i-- > 0;)
		sift_down(heap, n, i);
	while (n > 0 && rc == 0) {
		struct counted sum = heap[0]->word;

		text.n = 0;
		buf_put(&text, sum.text.p, sum.text.n);
		sum.text = buf_span(&text);
		sum.count = 0;
		while (n > 0 && word_order(&heap[0]->word, &sum) == 0 && rc >= 0) {
			if (__builtin_add_overflow(
				sum.count, heap[0]->word.count, &sum.count))
				sum.count = UINT64_MAX;
			rc = advance(heap[0], dir, err);
			if (rc == 0)
				heap[0] = heap[--n];
			sift_down(heap, n, 0);
		}
		rc = rc < 0 ? -1 : each(arg, &sum, err);
	}
	buf_free(&text);
	return rc;
}

int
word_runs_each(struct word_runs *r, word_fn *each, void *arg, struct err *err)
{
	struct run_cursor *cursor = xcalloc(RUNS_MAX, sizeof *cursor);
	struct run_cursor *heap[RUNS_MAX];
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < r->n && rc >= 0; i++) {
		cursor[i] = (struct run_cursor){ .fd = r->fd,
			.at = r->run[i].at,
			.end = r->run[i].end,
			.p = xmalloc(BUFFER) };
		rc = advance(&cursor[i], r->dir, err);
		if (rc > 0)
			heap[n++] = &cursor[i];
	}
	if (rc >= 0)
		rc = merge(heap, n, r->dir, each, arg, err);
	for (size_t i = 0; i < r->n; i++)
		free(cursor[i].p);
	free(cursor);
	return rc;
}

static int
put_word(void *arg, const struct counted *w, struct err *err)
{
	return word_runs_put(arg, w, err);
}

static int
merge_into_one(struct word_runs *r, struct err *err)
{
	struct word_runs *one = word_runs_new(r->dir);
	int rc = word_runs_each(r, put_word, one, err);

	if (rc == 0)
		rc = end_run(one, err);
	if (rc == 0) {
		const struct word_runs old = *r;

		*r = *one;
		*one = old;
	}
	word_runs_free(one);
	return rc;
}

int
word_runs_end(struct word_runs *r, struct err *err)
{
	if (end_run(r, err) < 0)
		return -1;
	return r->n == RUNS_MAX ? merge_into_one(r, err) : 0;
}

void
word_runs_free(struct word_runs *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	buf_free(&r->out);
	free(r);
}
