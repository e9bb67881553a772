/* docindex.c - locates the documents of a DOCS shard, and tracks which blocks are
 * checked.
 */
#include "mixer/mix/docindex.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "mixer/plan/upsample.h"

struct docindex {
	uint64_t chunks;
	uint64_t *start; /* [chunk]: its first token in the payload */
	/*
	 * [r * chunks + chunk]: documents and tokens of repeat r before it.  NULL if
	 * repeat 0 has all documents and is the only one.
	 */
	uint64_t *docs, *tokens;
	atomic_uchar *checked; /* bitmap of payload blocks */
};

static int
from_tshard(struct err *err, const struct tshard_error *e)
{
	return err_set(err, e->code, "%s", e->msg);
}

static int
check_sections(struct tshard *shard, bool ids, struct err *err)
{
	static const char *const tag[] = { "DOC", "DOCFLAG", "DOCNUM", "DOCID" };
	struct tshard_error e = { 0 };

	for (size_t i = 0; i < (ids ? 4 : 3); i++) {
		const struct tshard_section *sec = tshard_section(shard, tag[i]);

		if (sec && tshard_section_check(shard, sec, &e) < 0)
			return from_tshard(err, &e);
	}
	return 0;
}

/* Totals by repeat so far. */
struct sums {
	uint64_t docs[RESOLVED_MAX_PARTS], tokens[RESOLVED_MAX_PARTS];
	uint64_t start;
};

static void
add_rows(struct sums *sums, const struct resolved *rp, const struct resolved_source *s,
    const struct tshard_doc *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t copies = upsample_copies(s, rp->seed, &d[i]);

		sums->start += d[i].tokens;
		for (uint32_t r = 0; r < copies && r < s->nrepeats; r++) {
			sums->docs[r]++;
			sums->tokens[r] += d[i].tokens;
		}
	}
}

static int
fill(struct docindex *x, struct tshard *shard, const struct resolved *rp,
    const struct resolved_source *s, const struct resolved_input *input, struct err *err)
{
	const struct tshard_header *h = tshard_header(shard);
	struct tshard_doc d[DOCINDEX_STRIDE];
	struct tshard_error e = { 0 };
	struct sums sums = { 0 };
	size_t size = s->nrepeats * sizeof *sums.docs;

	for (uint64_t c = 0; c < x->chunks; c++) {
		uint64_t first = c * DOCINDEX_STRIDE, left = h->docs - first;
		size_t n = left < DOCINDEX_STRIDE ? (size_t)left : DOCINDEX_STRIDE;

		if (tshard_docs(shard, first, n, d, &e) < 0)
			return from_tshard(err, &e);
		x->start[c] = sums.start;
		for (uint32_t r = 0; x->docs && r < s->nrepeats; r++) {
			x->docs[r * x->chunks + c] = sums.docs[r];
			x->tokens[r * x->chunks + c] = sums.tokens[r];
		}
		add_rows(&sums, rp, s, d, n);
	}
	if (sums.start == h->tokens && memcmp(sums.docs, input->docs, size) == 0 &&
	    memcmp(sums.tokens, input->tokens, size) == 0)
		return 0;
	return err_set(err, EXIT_DATA,
	    "%s.sdx: documents or tokens do not sum to the counts in plan.lock: encode "
	    "it again, then run 'tamis plan'",
	    tshard_prefix(shard));
}

struct docindex *
docindex_new(struct tshard *shard, const struct resolved *rp,
    const struct resolved_source *s, const struct resolved_input *input, bool ids,
    struct err *err)
{
	const struct tshard_header *h = tshard_header(shard);
	struct docindex *x = xcalloc(1, sizeof *x);
	size_t n;

	x->chunks = h->docs / DOCINDEX_STRIDE + (h->docs % DOCINDEX_STRIDE > 0);
	n = xmul(s->nrepeats, (size_t)x->chunks);
	x->checked = xcalloc((size_t)(h->bin_bytes / DOCINDEX_BLOCK / 8 + 1), 1);
	x->start = xcalloc((size_t)x->chunks, sizeof *x->start);
	if (s->ncopies > 0) {
		x->docs = xcalloc(n, sizeof *x->docs);
		x->tokens = xcalloc(n, sizeof *x->tokens);
	}
	if (check_sections(shard, ids, err) == 0 &&
	    fill(x, shard, rp, s, input, err) == 0)
		return x;
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
