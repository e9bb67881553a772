/* lost_next.c - find the samples whose NEXT is a token of a document to take down. */
#include "shards/takedown/lost_next.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "shards/tshard_err.h"

/* ---- documents ---- */

void
gone_docs_add(struct gone_docs *g, const struct gone_doc *v, size_t n, uint32_t sources)
{
	for (size_t i = 0; i < n; i++) {
		GROW(g->v, g->n, g->cap);
		g->v[g->n++] = v[i];
	}
	if (sources > g->sources)
		g->sources = sources;
}

static int
by_ordinal(const void *a, const void *b)
{
	const struct gone_doc *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->ordinal != y->ordinal)
		return x->ordinal < y->ordinal ? -1 : 1;
	/* The one whose first token is known comes first. */
	return x->first < y->first ? -1 : x->first > y->first;
}

void
gone_docs_sort(struct gone_docs *g)
{
	size_t n = 0;

	if (g->n > 0)
		qsort(g->v, g->n, sizeof *g->v, by_ordinal);
	for (size_t i = 0; i < g->n; i++)
		if (n > 0 && g->v[n - 1].source == g->v[i].source &&
		    g->v[n - 1].ordinal == g->v[i].ordinal)
			free(g->v[i].id);
		else
			g->v[n++] = g->v[i];
	g->n = n;
	g->of = xcalloc(g->sources + (size_t)1, sizeof *g->of);
	for (size_t i = 0; i < n; i++)
		g->of[g->v[i].source + 1]++;
	for (uint32_t s = 0; s < g->sources; s++)
		g->of[s + 1] += g->of[s];
}

void
gone_docs_free(struct gone_docs *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->v[i].id);
	free(g->v);
	free(g->of);
}

/* ---- scan ---- */

/*
 * The documents of a stream between two of those to take down, the first of them
 * included.
 */
struct stream_gap {
	bool seen, ends;
	uint64_t last;	 /* the greatest ordinal that was seen */
	uint64_t end;	 /* the greatest one that ends a sample that has a NEXT */
	uint64_t sample; /* that sample */
	uint32_t next;
};

/* Each epoch of a source, and each length of samples, has a stream of its own. */
struct source_stream {
	struct source_stream *link; /* the next stream of this source */
	uint64_t least;		    /* the least ordinal that was seen */
	uint32_t seq_len;
	uint8_t epoch;
	struct stream_gap gap[]; /* one more than the source has documents to take down */
};

struct next_scan {
	const struct gone_docs *g;
	struct source_stream **of; /* [s]: the streams of source s */
};

struct next_scan *
next_scan_new(const struct gone_docs *g)
{
	struct next_scan *n = xcalloc(1, sizeof *n);

	n->g = g;
	n->of = xcalloc(g->sources + (size_t)1, sizeof(struct source_stream *));
	return n;
}

/* Documents of source s to take down. */
static size_t
gone_of(const struct gone_docs *g, uint32_t s)
{
	return s < g->sources ? g->of[s + 1] - g->of[s] : 0;
}

static struct source_stream *
stream_of(struct next_scan *n, uint32_t s, uint8_t epoch, uint32_t seq_len)
{
	struct source_stream *st = n->of[s];

	while (st && (st->epoch != epoch || st->seq_len != seq_len))
		st = st->link;
	if (st)
		return st;
	st = xcalloc(1, xadd(sizeof *st, xmul(gone_of(n->g, s) + 1, sizeof *st->gap)));
	st->link = n->of[s];
	st->least = UINT64_MAX;
	st->epoch = epoch;
	st->seq_len = seq_len;
	n->of[s] = st;
	return st;
}

/* The number of documents of source s to take down whose ordinals are not above this. */
static size_t
gap_of(const struct gone_docs *g, uint32_t s, uint64_t ordinal)
{
	size_t lo = g->of[s], hi = g->of[s + 1];

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->v[mid].ordinal <= ordinal)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - g->of[s];
}

static void
see_document(struct source_stream *st, struct stream_gap *gap, uint64_t ordinal)
{
	if (!gap->seen || ordinal > gap->last)
		gap->last = ordinal;
	if (ordinal < st->least)
		st->least = ordinal;
	gap->seen = true;
}

static void
see_end(struct stream_gap *gap, uint64_t ordinal, uint64_t sample, uint32_t next)
{
	if (gap->ends &&
	    (ordinal < gap->end || (ordinal == gap->end && sample >= gap->sample)))
		return;
	gap->ends = true;
	gap->end = ordinal;
	gap->sample = sample;
	gap->next = next;
}

static void
see_sample(struct next_scan *n, const struct tshard_sample *sample,
    const uint64_t *ordinal, uint32_t seq_len)
{
	for (uint32_t i = 0; i < sample->n_segs; i++) {
		const struct tshard_seg *g = &sample->segs[i];
		struct source_stream *st;
		struct stream_gap *gap;

		if (g->flags & TSHARD_SEG_PAD || gone_of(n->g, g->source) == 0)
			continue;
		st = stream_of(n, g->source, g->epoch, seq_len);
		gap = &st->gap[gap_of(n->g, g->source, ordinal[g->row])];
		see_document(st, gap, ordinal[g->row]);
		if (i + 1 == sample->n_segs && g->flags & TSHARD_SEG_ENDS &&
		    sample->next != TSHARD_NONE)
			see_end(gap, ordinal[g->row], sample->number, sample->next);
	}
}

/* The ordinals of all rows, to free(); NULL with *e. */
static uint64_t *
read_ordinals(const struct tshard *s, struct tshard_error *e)
{
	uint64_t *v = xcalloc((size_t)tshard_header(s)->docs + 1, sizeof *v), i = 0;
	struct tshard_doc_iter *it = NULL;
	struct tshard_doc d;
	int more = -1;

	if (tshard_doc_iter_open(&it, s, 0, tshard_header(s)->docs, e) == 0)
		while ((more = tshard_doc_iter_next(it, &d, e)) > 0)
			v[i++] = d.ordinal;
	tshard_doc_iter_close(it);
	if (more == 0)
		return v;
	free(v);
	return NULL;
}

int
next_scan_shard(struct next_scan *n, const struct tshard *s, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_error e = { 0 };
	uint64_t *ordinal = read_ordinals(s, &e);
	struct tshard_sample_iter *it = NULL;
	struct tshard_sample sample;
	int more = -1;

	if (ordinal && tshard_sample_iter_open(&it, s, 0, h->samples, &e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0)
			see_sample(n, &sample, ordinal, h->seq_len);
	tshard_sample_iter_close(it);
	free(ordinal);
	return more < 0 ? err_tshard(err, &e) : 0;
}

void
next_scan_merge(struct next_scan *to, struct next_scan *from)
{
	for (uint32_t s = 0; s < from->g->sources; s++)
		for (struct source_stream *f = from->of[s], *link; f; f = link) {
			struct source_stream *t = stream_of(to, s, f->epoch, f->seq_len);

			for (size_t k = 0; k <= gone_of(from->g, s); k++) {
				const struct stream_gap *gap = &f->gap[k];

				if (gap->seen)
					see_document(t, &t->gap[k], gap->last);
				if (gap->ends)
					see_end(
					    &t->gap[k], gap->end, gap->sample, gap->next);
			}
			if (f->least < t->least)
				t->least = f->least;
			link = f->link;
			free(f);
		}
	free(from->of);
	free(from);
}

/* ---- result ---- */

static void
add_lost(struct lost_nexts *out, const struct stream_gap *gap, const struct gone_doc *doc)
{
	/* If a document follows the end of this one, then NEXT is of that document. */
	if (!gap->ends || gap->end != gap->last ||
	    (doc->first != TSHARD_NONE && doc->first != gap->next))
		return;
	GROW(out->v, out->n, out->cap);
	out->v[out->n++] = (struct lost_next){ gap->sample, doc };
}

/*
 * The last document of an epoch is followed by the first one of another, if the source
 * begins with a document to take down.
 */
static void
end_epoch(const struct next_scan *n, uint32_t s, const struct source_stream *st,
    struct lost_nexts *out)
{
	const struct gone_doc *first = &n->g->v[n->g->of[s]];
	const struct stream_gap *last = NULL;
	uint64_t least = UINT64_MAX;

	for (const struct source_stream *o = n->of[s]; o; o = o->link)
		if (o->seq_len == st->seq_len && o->least < least)
			least = o->least;
	for (size_t k = 0; k <= gone_of(n->g, s); k++)
		if (st->gap[k].seen)
			last = &st->gap[k];
	if (last && least == first->ordinal)
		add_lost(out, last, first);
}

static int
by_sample(const void *a, const void *b)
{
	const struct lost_next *x = a, *y = b;

	return x->sample < y->sample ? -1 : x->sample > y->sample;
}

void
next_scan_end(struct next_scan *n, struct lost_nexts *out)
{
	size_t kept = 0;

	for (uint32_t s = 0; s < n->g->sources; s++) {
		size_t gone = gone_of(n->g, s);

		for (const struct source_stream *st = n->of[s]; st; st = st->link) {
			for (size_t k = 0; k < gone; k++)
				add_lost(out, &st->gap[k], &n->g->v[n->g->of[s] + k]);
			end_epoch(n, s, st, out);
		}
		for (struct source_stream *st = n->of[s], *link; st; st = link) {
			link = st->link;
			free(st);
		}
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof *out->v, by_sample);
	for (size_t i = 0; i < out->n; i++)
		if (kept == 0 || out->v[kept - 1].sample != out->v[i].sample)
			out->v[kept++] = out->v[i];
	out->n = kept;
	free(n->of);
	free(n);
}
