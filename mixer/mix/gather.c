/* gather.c - samples filled with the documents of their source. */
#include "mixer/mix/gather.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/bestfit.h"

struct gatherer {
	const struct lock *l;
	const struct passes *passes;
	struct pool_reader *reader;
	struct orders *orders;
	struct bestfit **bestfit; /* one a length, made when first used */
	uint32_t *len;		  /* of a window's documents */
	uint64_t *turn;		  /* of a window's samples, in the order of training */
	uint64_t turn_cap;
	struct deal *deal; /* pieces, and where they go */
	size_t deal_cap;
};

struct gatherer *
gatherer_new(struct pool *pool, const struct passes *p, bool ids)
{
	struct gatherer *g = xcalloc(1, sizeof *g);

	g->l = pool_lock(pool);
	g->passes = p;
	g->reader = pool_reader_new(pool, ids);
	g->orders = orders_new(p);
	g->bestfit = xcalloc(g->l->ncuts, sizeof(struct bestfit *));
	return g;
}

void
gatherer_free(struct gatherer *g)
{
	if (!g)
		return;
	pool_reader_free(g->reader);
	orders_free(g->orders);
	for (uint32_t c = 0; c < g->l->ncuts; c++)
		bestfit_free(g->bestfit[c]);
	free(g->bestfit);
	free(g->len);
	free(g->turn);
	free(g->deal);
	free(g);
}

struct orders *
gatherer_orders(struct gatherer *g)
{
	return g->orders;
}

/* ---- pack concat ---- */

/* Where in its source's stream a sample is being filled. */
struct head {
	uint32_t s, cut;
	uint64_t pass;
	struct place at;
	uint32_t offset; /* in the document at hand */
	bool end;	 /* the stream has ended */
};

static int
go_to(struct gatherer *g, struct head *h, uint64_t token, struct err *err)
{
	const struct lock_source *src = &g->l->source[h->s];

	if (pool_find(g->reader, h->s, (uint32_t)(h->pass % src->nrounds), token, &h->at,
		err) < 0)
		return -1;
	h->offset = h->at.offset;
	return 0;
}

/* Past the n tokens that were taken: to the next document, or pass, where they end. */
static int
step(struct gatherer *g, struct head *h, uint32_t n, struct err *err)
{
	int more;

	h->offset += n;
	if (h->offset < h->at.d.tokens)
		return 0;
	h->offset = 0;
	more = pool_next(g->reader, &h->at, err);
	if (more != 0)
		return more < 0 ? -1 : 0;
	h->end = ++h->pass == pass_end(&g->l->source[h->s]);
	return h->end ? 0 : go_to(g, h, 0, err);
}

static int
fill(struct gatherer *g, struct head *h, uint32_t slot, struct samples *out,
    struct err *err)
{
	struct slot *s = &out->slot[slot];

	while (s->fill < out->seq && !h->end) {
		uint32_t room = out->seq - s->fill, rest = h->at.d.tokens - h->offset;
		uint32_t n = rest < room ? rest : room;
		unsigned char *to = samples_add(out, slot, &h->at, h->offset, n,
		    passes_epoch(g->passes, h->s, h->cut, h->pass));

		if (pool_tokens(g->reader, h->offset, n, room, to, err) < 0 ||
		    step(g, h, n, err) < 0)
			return -1;
	}
	return h->end ? 0 : pool_peek(g->reader, h->offset, &s->next, err);
}

static int
gather_concat(struct gatherer *g, uint32_t s, uint32_t cut, uint64_t pass,
    const struct wanted *v, size_t n, struct samples *out, struct err *err)
{
	const struct lock *l = g->l;
	uint64_t begin = pass_token(&l->source[s], pass);
	uint64_t first = pass_first(l, s, cut, pass);
	struct head h = { .s = s, .cut = cut, .pass = pass };

	for (size_t i = 0; i < n; i++) {
		/* Where the last sample ended, the next one often goes on. */
		bool on = i > 0 && v[i].number == v[i - 1].number + 1 && h.pass == pass;

		if (!on) {
			h.pass = pass;
			h.end = false;
			if (go_to(g, &h, (first + v[i].number) * l->cut[cut] - begin,
				err) < 0)
				return -1;
		}
		out->slot[v[i].slot].source = (uint16_t)s;
		if (fill(g, &h, v[i].slot, out, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- pack bestfit ---- */

/* A piece of a document, and its sample's slot. */
struct deal {
	struct bestfit_piece piece;
	uint32_t slot;
};

static int
by_doc(const void *a, const void *b)
{
	const struct deal *x = a, *y = b;

	if (x->piece.doc != y->piece.doc)
		return x->piece.doc < y->piece.doc ? -1 : 1;
	return x->piece.offset < y->piece.offset ? -1 : x->piece.offset > y->piece.offset;
}

/* Pack window w of a pass, whose samples begin with number `first`. */
static int
pack(struct gatherer *g, struct bestfit *b, const struct spot *at, uint64_t w,
    uint64_t first, struct err *err)
{
	const struct lock_source *src = &g->l->source[at->source];
	uint32_t round = (uint32_t)(at->pass % src->nrounds);
	const struct lock_packed *p = &src->packed[at->cut * src->nrounds + round];
	uint64_t doc = lock_window_first(src->docs[round], p->n, w), samples;
	uint64_t docs = lock_window_first(src->docs[round], p->n, w + 1) - doc;
	uint64_t begin = pass_first(g->l, at->source, at->cut, at->pass);
	struct place pl;

	if (!g->len)
		g->len = xcalloc(LOCK_WINDOW, sizeof *g->len);
	if (pool_find_doc(g->reader, at->source, round, doc, &pl, err) < 0)
		return -1;
	for (uint32_t i = 0; i < docs; i++) {
		g->len[i] = pl.d.tokens;
		if (i + 1 < docs && pool_next(g->reader, &pl, err) < 0)
			return -1;
	}
	samples = bestfit_pack(b, g->len, (uint32_t)docs);
	if (samples != p->window[w])
		return err_set(err, EXIT_DATA,
		    "plan.lock: source '%s': the documents of window %" PRIu64
		    " make %" PRIu64 " samples, not %" PRIu64
		    ": make it again with tamis plan -o",
		    src->name, w, samples, p->window[w]);
	if (samples > g->turn_cap) {
		g->turn_cap = samples;
		g->turn = xrealloc(g->turn, (size_t)samples, sizeof *g->turn);
	}
	for (uint64_t i = 0; i < samples; i++) {
		struct spot sp = *at;

		sp.number = first + i;
		g->turn[i] = orders_number(g->orders, &sp) - begin;
	}
	bestfit_spread(b, g->turn, p->samples);
	return 0;
}

/* The pieces of samples v[] of a window, by document. */
static size_t
list_pieces(struct gatherer *g, const struct bestfit *b, uint64_t first,
    const struct wanted *v, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t pieces;
		struct bestfit_piece whole;
		const struct bestfit_piece *p =
		    bestfit_sample(b, v[i].number - first, &whole, &pieces);

		while (k + pieces > g->deal_cap) {
			g->deal_cap = g->deal_cap ? 2 * g->deal_cap : 4096;
			g->deal = xrealloc(g->deal, g->deal_cap, sizeof *g->deal);
		}
		for (uint32_t j = 0; j < pieces; j++)
			g->deal[k++] = (struct deal){ p[j], v[i].slot };
	}
	qsort(g->deal, k, sizeof *g->deal, by_doc);
	return k;
}

/* Take the pieces from their documents, from the front to the back. */
static int
take_pieces(struct gatherer *g, const struct spot *at, uint64_t w, size_t n,
    struct samples *out, struct err *err)
{
	const struct lock_source *src = &g->l->source[at->source];
	uint32_t round = (uint32_t)(at->pass % src->nrounds), doc = 0;
	const struct lock_packed *p = &src->packed[at->cut * src->nrounds + round];
	uint64_t first = lock_window_first(src->docs[round], p->n, w);
	uint8_t epoch = passes_epoch(g->passes, at->source, at->cut, at->pass);
	struct place pl;

	for (size_t i = 0; i < n; i++) {
		const struct deal *d = &g->deal[i];
		struct slot *s = &out->slot[d->slot];
		unsigned char *to;
		int rc = 0;

		if (i == 0 || d->piece.doc > doc + 1)
			rc = pool_find_doc(
			    g->reader, at->source, round, first + d->piece.doc, &pl, err);
		else if (d->piece.doc == doc + 1)
			rc = pool_next(g->reader, &pl, err);
		if (rc < 0)
			return -1;
		doc = d->piece.doc;
		s->source = (uint16_t)at->source;
		to = samples_add(
		    out, d->slot, &pl, d->piece.offset, d->piece.tokens, epoch);
		if (pool_tokens(g->reader, d->piece.offset, d->piece.tokens,
			d->piece.tokens, to, err) < 0)
			return -1;
		/* Only a document that goes on has a token that follows. */
		if (d->piece.offset + d->piece.tokens < pl.d.tokens &&
		    pool_peek(
			g->reader, d->piece.offset + d->piece.tokens, &s->next, err) < 0)
			return -1;
	}
	return 0;
}

static int
gather_bestfit(struct gatherer *g, const struct spot *at, const struct wanted *v,
    size_t n, struct samples *out, struct err *err)
{
	const struct lock_source *src = &g->l->source[at->source];
	const struct lock_packed *p =
	    &src->packed[(size_t)at->cut * src->nrounds + at->pass % src->nrounds];
	struct bestfit **b = &g->bestfit[at->cut];
	uint64_t first = 0;

	if (!*b)
		*b = bestfit_new(g->l->cut[at->cut]);
	for (uint64_t w = 0; w < p->n && n > 0; first += p->window[w++]) {
		size_t k = 0;

		while (k < n && v[k].number < first + p->window[w])
			k++;
		if (k == 0)
			continue;
		if (pack(g, *b, at, w, first, err) < 0 ||
		    take_pieces(g, at, w, list_pieces(g, *b, first, v, k), out, err) < 0)
			return -1;
		v += k;
		n -= k;
	}
	return 0;
}

int
gather(struct gatherer *g, uint32_t s, uint32_t cut, uint64_t pass,
    const struct wanted *v, size_t n, struct samples *out, struct err *err)
{
	struct spot at = { .source = s, .cut = cut, .pass = pass };

	return g->l->bestfit ? gather_bestfit(g, &at, v, n, out, err)
			     : gather_concat(g, s, cut, pass, v, n, out, err);
}
