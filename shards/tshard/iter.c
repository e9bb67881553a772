/* iter.c - iterate over documents and samples, which are read in large pieces. */
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

enum {
	DOC_CHUNK = 4096,	       /* rows of DOC at a time */
	TOKEN_WINDOW = 16 * TSI_BLOCK, /* bytes of the payload at a time */
};

/* ---- documents ---- */

struct tshard_doc_iter {
	const struct tshard *s;
	uint64_t row, end; /* the next row to read, and the end */
	size_t i, held;	   /* the next row of chunk to return, and rows in chunk */
	struct tshard_doc chunk[DOC_CHUNK];
};

static int
bad_range(const struct tshard *s, const char *what, uint64_t first, uint64_t n,
    uint64_t count, struct tshard_error *e)
{
	return tsi_fail(e, TSHARD_DATA,
	    "%s: %s [%llu, %llu) do not exist: the shard has %llu", s->path[TSI_SDX],
	    what, (unsigned long long)first, (unsigned long long)first + n,
	    (unsigned long long)count);
}

int
tshard_doc_iter_open(struct tshard_doc_iter **out, const struct tshard *s, uint64_t first,
    uint64_t n, struct tshard_error *e)
{
	struct tshard_doc_iter *it;

	*out = NULL;
	if (first > s->h.docs || n > s->h.docs - first)
		return bad_range(s, "documents", first, n, s->h.docs, e);
	it = malloc(sizeof *it);
	if (!it)
		return tsi_nomem(e);
	it->s = s;
	it->row = first;
	it->end = first + n;
	it->i = it->held = 0;
	*out = it;
	return 0;
}

/* Check the row that has just been taken: 1, or -1 with *e. */
static int
check_doc(
    const struct tshard_doc_iter *it, const struct tshard_doc *d, struct tshard_error *e)
{
	uint64_t row = it->row - it->held + it->i - 1;

	if (d->source >= it->s->h.n_sources)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: DOC row %llu: source %u, the shard has %u: use an intact copy",
		    it->s->path[TSI_SDX], (unsigned long long)row, d->source,
		    it->s->h.n_sources);
	if (d->tokens == 0 || d->tokens > INT32_MAX)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: DOC row %llu: %u tokens, a document has 1 to 2147483647: use an "
		    "intact copy",
		    it->s->path[TSI_SDX], (unsigned long long)row, d->tokens);
	return 1;
}

int
tshard_doc_iter_next(
    struct tshard_doc_iter *it, struct tshard_doc *d, struct tshard_error *e)
{
	if (it->i == it->held) {
		uint64_t left = it->end - it->row;
		size_t n = left < DOC_CHUNK ? (size_t)left : DOC_CHUNK;

		if (n == 0)
			return 0;
		if (tshard_docs(it->s, it->row, n, it->chunk, e) < 0)
			return -1;
		it->row += n;
		it->i = 0;
		it->held = n;
	}
	*d = it->chunk[it->i++];
	return check_doc(it, d, e);
}

void
tshard_doc_iter_close(struct tshard_doc_iter *it)
{
	free(it);
}

/* ---- samples ---- */

struct tshard_sample_iter {
	const struct tshard *s;
	uint64_t at, end; /* the next sample, and the end; numbers in the shard */
	struct tsi_cursor segidx, seg, next;
	struct tshard_seg *segs;
	uint64_t max_segs;     /* room in segs, without the entry that ends them */
	unsigned char *window; /* bytes [first, first + held) of the payload */
	uint64_t first;
	size_t held;
};

static int
bad_sample(const struct tshard_sample_iter *it, const struct tsi_cursor *c, uint64_t row,
    const char *what, struct tshard_error *e)
{
	return tsi_fail(e, TSHARD_DATA,
	    "%s: byte %llu: %s row %llu, sample %llu: %s: use an intact copy",
	    it->s->path[TSI_SDX],
	    (unsigned long long)c->sec->offset + row * c->sec->elem_bytes, c->sec->tag,
	    (unsigned long long)row, (unsigned long long)it->s->h.first_sample + it->at,
	    what);
}

static int
set_range(
    struct tshard_sample_iter *it, uint64_t first, uint64_t n, struct tshard_error *e)
{
	const struct tshard_header *h = &it->s->h;

	if (h->kind == TSHARD_DOCS || first > h->samples || n > h->samples - first)
		return bad_range(it->s, "samples", first, n, h->samples, e);
	it->at = first;
	it->end = first + n;
	return 0;
}

int
tshard_sample_iter_open(struct tshard_sample_iter **out, const struct tshard *s,
    uint64_t first, uint64_t n, struct tshard_error *e)
{
	struct tshard_sample_iter *it = calloc(1, sizeof *it);
	uint64_t most = s->h.segments - s->h.samples + 1; /* all other samples have one */
	void *window = NULL;

	*out = NULL;
	if (!it)
		return tsi_nomem(e);
	it->s = s;
	if (set_range(it, first, n, e) < 0 ||
	    tsi_cursor_open(&it->segidx, s, "SEGIDX", e) < 0 ||
	    tsi_cursor_open(&it->seg, s, "SEG", e) < 0 ||
	    tsi_cursor_open(&it->next, s, "NEXT", e) < 0)
		goto fail;
	it->max_segs = most < s->h.seq_len ? most : s->h.seq_len;
	it->segs = calloc((size_t)it->max_segs + 1, sizeof *it->segs);
	if (posix_memalign(&window, TSI_DIRECT_ALIGN, TOKEN_WINDOW) == 0)
		it->window = window;
	if (!it->segs || !it->window) {
		tsi_nomem(e);
		goto fail;
	}
	*out = it;
	return 0;
fail:
	tshard_sample_iter_close(it);
	return -1;
}

int
tshard_sample_iter_seek(
    struct tshard_sample_iter *it, uint64_t first, uint64_t n, struct tshard_error *e)
{
	return set_range(it, first, n, e);
}

void
tshard_sample_iter_close(struct tshard_sample_iter *it)
{
	if (!it)
		return;
	tsi_cursor_close(&it->segidx);
	tsi_cursor_close(&it->seg);
	tsi_cursor_close(&it->next);
	free(it->segs);
	free(it->window);
	free(it);
}

static int
read_segs(struct tshard_sample_iter *it, uint32_t *n, struct tshard_error *e)
{
	const unsigned char *p;
	uint64_t from, to;

	p = tsi_cursor_at(&it->segidx, it->at);
	if (!p)
		return -1;
	from = tsi_get64(p);
	p = tsi_cursor_at(&it->segidx, it->at + 1);
	if (!p)
		return -1;
	to = tsi_get64(p);
	if (to <= from || to > it->seg.count || to - from > it->max_segs)
		return bad_sample(
		    it, &it->segidx, it->at, "the number of segments is out of range", e);
	*n = (uint32_t)(to - from);
	for (uint32_t i = 0; i < *n; i++) {
		const char *wrong;

		p = tsi_cursor_at(&it->seg, from + i);
		if (!p)
			return -1;
		tsi_seg_get(p, &it->segs[i]);
		wrong = tsi_wrong_seg(&it->s->h, it->segs, i);
		if (wrong)
			return bad_sample(it, &it->seg, from + i, wrong, e);
	}
	it->segs[*n] = (struct tshard_seg){ .start = it->s->h.seq_len };
	return 0;
}

/*
 * Move the window to byte `at` of the payload.  In sequential use the window is filled;
 * after a jump it gets only the blocks that contain the n bytes from `at` on.
 */
static int
move_window(struct tshard_sample_iter *it, uint64_t at, size_t n, struct tshard_error *e)
{
	uint64_t block = at / TSI_BLOCK, start = block * TSI_BLOCK;
	uint64_t left = it->s->h.bin_bytes - start, want = TOKEN_WINDOW;

	if (start != it->first + it->held)
		want = (at - start + n + TSI_BLOCK - 1) / TSI_BLOCK * TSI_BLOCK;
	if (want > TOKEN_WINDOW)
		want = TOKEN_WINDOW;
	if (want > left)
		want = left;
	it->held = 0;
	if (tsi_read_blocks(it->s, block, (size_t)want, it->window, e) < 0)
		return -1;
	it->first = start;
	it->held = (size_t)want;
	return 0;
}

/* Read the tokens of the sample to the end of the room for ids, and widen them there. */
static int
read_tokens(struct tshard_sample_iter *it, uint32_t *ids, struct tshard_error *e)
{
	size_t seq = it->s->h.seq_len, width = tsi_width(it->s->h.encoding);
	unsigned char *raw = (unsigned char *)ids + (4 - width) * seq, *to = raw;
	uint64_t at = it->at * seq * width;
	size_t left = seq * width, take;

	for (; left > 0; left -= take, at += take, to += take) {
		if ((at < it->first || at - it->first >= it->held) &&
		    move_window(it, at, left, e) < 0)
			return -1;
		take = it->held - (size_t)(at - it->first);
		if (take > left)
			take = left;
		memcpy(to, it->window + (at - it->first), take);
	}
	tsi_widen(raw, seq, (uint32_t)width, ids);
	return 0;
}

int
tshard_sample_iter_next(struct tshard_sample_iter *it, struct tshard_sample *sample,
    uint32_t *ids, struct tshard_error *e)
{
	const unsigned char *p;

	if (it->at == it->end)
		return 0;
	it->segidx.e = it->seg.e = it->next.e = e;
	if (read_segs(it, &sample->n_segs, e) < 0 || (ids && read_tokens(it, ids, e) < 0))
		return -1;
	p = tsi_cursor_at(&it->next, it->at);
	if (!p)
		return -1;
	sample->number = it->s->h.first_sample + it->at;
	sample->next = tsi_get32(p);
	sample->segs = it->segs;
	it->at++;
	return 1;
}
