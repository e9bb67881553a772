/* docindex.c - locates the documents of a DOCS shard, and tracks which blocks are
 * checked.
 */
#include "mixer/mix/docindex.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "mixer/plan/upsample.h"
#include "shards/tshard_err.h"

struct docindex {
	uint64_t chunks;
	uint64_t *start; /* [chunk]: its first token in the payload */
	/*
	 * [r * chunks + chunk]: documents and tokens of repeat r before it.  NULL if
	 * all documents occur once.
	 */
	uint64_t *docs, *tokens;
	atomic_uchar *checked; /* bitmap of payload blocks */
};

/* Totals by repeat so far. */
struct sums {
	uint64_t docs[RESOLVED_MAX_PARTS], tokens[RESOLVED_MAX_PARTS];
	uint64_t start;
	uint32_t copies; /* of the current unit */
};

/* Add the document in `row` of the source. */
static void
add_row(struct sums *sums, const struct resolved *rp, const struct resolved_source *s,
    uint64_t row, const struct tshard_doc *d)
{
	if (upsample_starts(s, row))
		sums->copies = upsample_copies(s, rp->seed, row, d);
	sums->start += d->tokens;
	for (uint32_t r = 0; r < sums->copies && r < s->nrepeats; r++) {
		sums->docs[r]++;
		sums->tokens[r] += d->tokens;
	}
}

/* Store the totals before chunk c. */
static void
begin_chunk(struct docindex *x, uint64_t c, const struct sums *sums, uint32_t nrepeats)
{
	x->start[c] = sums->start;
	for (uint32_t r = 0; x->docs && r < nrepeats; r++) {
		x->docs[r * x->chunks + c] = sums->docs[r];
		x->tokens[r * x->chunks + c] = sums->tokens[r];
	}
}

static int
fill(struct docindex *x, struct tshard *shard, const struct resolved *rp,
    const struct resolved_source *s, const struct resolved_input *input, struct err *err)
{
	const struct tshard_header *h = tshard_header(shard);
	struct tshard_doc_iter *it = NULL;
	struct tshard_doc d;
	struct tshard_error e = { 0 };
	struct sums sums = { 0 };
	size_t size = s->nrepeats * sizeof *sums.docs;
	uint64_t row = 0; /* of the source */
	int more = -1;

	for (const struct resolved_input *in = s->input; in != input; in++)
		row += in->rows;

	if (tshard_doc_iter_open(&it, shard, 0, h->docs, &e) == 0)
		for (uint64_t i = 0; (more = tshard_doc_iter_next(it, &d, &e)) > 0; i++) {
			if (i % DOCINDEX_STRIDE == 0)
				begin_chunk(x, i / DOCINDEX_STRIDE, &sums, s->nrepeats);
			add_row(&sums, rp, s, row + i, &d);
		}
	tshard_doc_iter_close(it);
	if (more < 0)
		return err_tshard(err, &e);
	if (sums.start == h->tokens && memcmp(sums.docs, input->docs, size) == 0 &&
	    memcmp(sums.tokens, input->tokens, size) == 0)
		return 0;
	return err_set(err, EXIT_DATA,
	    "%s.sdx: documents or tokens do not sum to the counts in plan.lock: encode "
	    "it again, then run 'tamis plan'",
	    tshard_prefix(shard));
}

/* The plan must have been resolved for the tokenizer of its shards. */
static int
check_ids(struct tshard *shard, const struct resolved *rp, struct err *err)
{
	const struct tshard_header *h = tshard_header(shard);

	if (memcmp(h->tokenizer, rp->tokenizer, sizeof rp->tokenizer) == 0 &&
	    h->vocab == rp->vocab && h->eod == rp->eod && h->pad == rp->pad &&
	    h->bos == rp->bos)
		return 0;
	return err_set(err, EXIT_DATA,
	    "%s.sdx: its tokenizer, vocabulary or eod, pad and bos tokens are not those "
	    "of "
	    "plan.lock: run 'tamis plan' again",
	    tshard_prefix(shard));
}

struct docindex *
docindex_new(struct tshard *shard, const struct resolved *rp,
    const struct resolved_source *s, const struct resolved_input *input, bool ids,
    struct err *err)
{
	const char *tags = ids ? "DOC DOCFLAG? DOCNUM? MASK? PAIR? LABEL? DOCID?"
			       : "DOC DOCFLAG? DOCNUM? MASK? PAIR? LABEL?";
	const struct tshard_header *h = tshard_header(shard);
	struct docindex *x = xcalloc(1, sizeof *x);
	struct tshard_error e = { 0 };
	size_t n;

	x->chunks = h->docs / DOCINDEX_STRIDE + (h->docs % DOCINDEX_STRIDE > 0);
	n = xmul(s->nrepeats, (size_t)x->chunks);
	x->checked = xcalloc((size_t)(h->bin_bytes / DOCINDEX_BLOCK / 8 + 1), 1);
	x->start = xcalloc((size_t)x->chunks, sizeof *x->start);
	if (resolved_selects(s)) {
		x->docs = xcalloc(n, sizeof *x->docs);
		x->tokens = xcalloc(n, sizeof *x->tokens);
	}
	if (check_ids(shard, rp, err) < 0)
		goto fail;
	if (tshard_check(shard, tags, &e) < 0)
		err_tshard(err, &e);
	else if (fill(x, shard, rp, s, input, err) == 0)
		return x;
fail:
	docindex_free(x);
	return NULL;
}

void
docindex_free(struct docindex *x)
{
	if (!x)
		return;
	free(x->checked);
	free(x->start);
	free(x->docs);
	free(x->tokens);
	free(x);
}

uint64_t
docindex_chunks(const struct docindex *x)
{
	return x->chunks;
}

uint64_t
docindex_start(const struct docindex *x, uint64_t chunk)
{
	return x->start[chunk];
}

uint64_t
docindex_last(const uint64_t *v, uint64_t n, uint64_t at)
{
	uint64_t lo = 0, hi = n - 1;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo + 1) / 2;

		if (v[mid] <= at)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

uint64_t
docindex_find(const struct docindex *x, uint32_t repeat, bool by_doc, uint64_t *at)
{
	const uint64_t *before = by_doc ? x->docs : x->tokens;
	uint64_t c;

	if (!before && by_doc) {
		c = *at / DOCINDEX_STRIDE;
		*at %= DOCINDEX_STRIDE;
		return c;
	}
	before = before ? before + repeat * x->chunks : x->start;
	c = docindex_last(before, x->chunks, *at);
	*at -= before[c];
	return c;
}

bool
docindex_is_checked(const struct docindex *x, uint64_t from, uint64_t to)
{
	for (uint64_t b = from / DOCINDEX_BLOCK; b <= (to - 1) / DOCINDEX_BLOCK; b++)
		if (!(atomic_load_explicit(&x->checked[b / 8], memory_order_relaxed) >>
			    b % 8 &
			1))
			return false;
	return true;
}

void
docindex_set_checked(struct docindex *x, uint64_t from, uint64_t to)
{
	for (uint64_t b = from / DOCINDEX_BLOCK; b <= (to - 1) / DOCINDEX_BLOCK; b++)
		atomic_fetch_or_explicit(&x->checked[b / 8], (unsigned char)(1 << b % 8),
		    memory_order_relaxed);
}
