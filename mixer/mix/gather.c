/* gather.c - fills samples with the documents of their source. */
#include "mixer/mix/gather.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/bestfit.h"

struct gatherer {
	const struct resolved *rp;
	const struct epoch_parts *parts;
	struct doc_reader *reader;
	struct sample_order *order;
	struct bestfit **bestfit; /* one per length class, made on first use */
	uint32_t *len;		  /* lengths of a window's documents */
	uint64_t *order_pos;	  /* training positions of a window's samples */
	uint64_t order_pos_cap;
	struct piece_of_sample *pieces; /* of the samples requested */
	size_t pieces_cap;
};

struct gatherer *
gatherer_new(struct doc_store *store, const struct epoch_parts *p, bool ids)
{
	struct gatherer *g = xcalloc(1, sizeof *g);

	g->rp = doc_store_plan(store);
	g->parts = p;
	g->reader = doc_reader_new(store, ids);
	g->order = sample_order_new(p);
	g->bestfit = xcalloc(g->rp->nclasses, sizeof(struct bestfit *));
	return g;
}

void
gatherer_free(struct gatherer *g)
{
	if (!g)
		return;
	doc_reader_free(g->reader);
	sample_order_free(g->order);
	for (uint32_t c = 0; c < g->rp->nclasses; c++)
		bestfit_free(g->bestfit[c]);
	free(g->bestfit);
	free(g->len);
	free(g->order_pos);
	free(g->pieces);
	free(g);
}

struct sample_order *
gatherer_order(struct gatherer *g)
{
	return g->order;
}

/* ---- pack concat ---- */

/* Where the next token of a source's stream comes from. */
struct stream_pos {
	uint32_t s, len_class;
	uint64_t part;
	struct doc_pos at;
	uint32_t offset; /* in the current document */
	bool end;	 /* past the last token */
};

static int
seek(struct gatherer *g, struct stream_pos *sp, uint64_t token, struct err *err)
{
	const struct resolved_source *src = &g->rp->source[sp->s];

	if (doc_reader_find(g->reader, sp->s, (uint32_t)(sp->part % src->nrepeats), token,
		&sp->at, err) < 0)
		return -1;
	sp->offset = sp->at.offset;
	return 0;
}

/* Skip n tokens, to the next document or epoch part if they end this one. */
static int
advance(struct gatherer *g, struct stream_pos *sp, uint32_t n, struct err *err)
{
	int more;

	sp->offset += n;
	if (sp->offset < sp->at.d.tokens)
		return 0;
	sp->offset = 0;
	more = doc_reader_next(g->reader, &sp->at, err);
	if (more != 0)
		return more < 0 ? -1 : 0;
	sp->end = ++sp->part == epoch_part_end(&g->rp->source[sp->s]);
	return sp->end ? 0 : seek(g, sp, 0, err);
}

static int
fill(struct gatherer *g, struct stream_pos *sp, uint32_t slot, struct samples *out,
    struct err *err)
{
	struct sample_buf *s = &out->sample[slot];

	while (s->fill < out->seq && !sp->end) {
		uint32_t room = out->seq - s->fill, rest = sp->at.d.tokens - sp->offset;
		uint32_t n = rest < room ? rest : room;
		unsigned char *to = samples_add(out, slot, &sp->at, sp->offset, n,
		    epoch_parts_seg_epoch(g->parts, sp->s, sp->len_class, sp->part));

		if (doc_reader_tokens(g->reader, sp->offset, n, room, to, err) < 0 ||
		    advance(g, sp, n, err) < 0)
			return -1;
	}
	return sp->end ? 0 : doc_reader_peek(g->reader, sp->offset, &s->next, err);
}

static int
gather_concat(struct gatherer *g, uint32_t s, uint32_t len_class, uint64_t part,
    const struct sample_request *v, size_t n, struct samples *out, struct err *err)
{
	const struct resolved *rp = g->rp;
	uint64_t begin = epoch_part_token(&rp->source[s], part);
	uint64_t first = epoch_part_first(rp, s, len_class, part);
	struct stream_pos sp = { .s = s, .len_class = len_class, .part = part };

	for (size_t i = 0; i < n; i++) {
		/* Consecutive samples continue where the last one ended. */
		bool on = i > 0 && v[i].index == v[i - 1].index + 1 && sp.part == part;

		if (!on) {
			sp.part = part;
			sp.end = false;
			if (seek(g, &sp,
				(first + v[i].index) * rp->class_seq[len_class] - begin,
				err) < 0)
				return -1;
		}
		out->sample[v[i].slot].source = (uint16_t)s;
		if (fill(g, &sp, v[i].slot, out, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- pack bestfit ---- */

/* A piece of a document and the sample it belongs to. */
struct piece_of_sample {
	struct bestfit_piece piece;
	uint32_t slot;
};

static int
by_doc(const void *a, const void *b)
{
	const struct piece_of_sample *x = a, *y = b;

	if (x->piece.doc != y->piece.doc)
		return x->piece.doc < y->piece.doc ? -1 : 1;
	return x->piece.offset < y->piece.offset ? -1 : x->piece.offset > y->piece.offset;
}

/* Pack window w of an epoch part.  `first` is the index of its first sample. */
static int
pack_window(struct gatherer *g, struct bestfit *b, const struct sample_pos *at,
    uint64_t w, uint64_t first, struct err *err)
{
	const struct resolved_source *src = &g->rp->source[at->source];
	uint32_t repeat = (uint32_t)(at->part % src->nrepeats);
	const struct resolved_packing *p =
	    &src->packed[at->len_class * src->nrepeats + repeat];
	uint64_t all = src->docs[repeat] / src->answers;
	uint64_t unit = resolved_window_first(all, p->n, w), samples;
	uint64_t units = resolved_window_first(all, p->n, w + 1) - unit;
	uint64_t docs = units * src->answers;
	uint64_t begin = epoch_part_first(g->rp, at->source, at->len_class, at->part);
	struct doc_pos pos;

	if (!g->len)
		g->len = xcalloc(RESOLVED_WINDOW, sizeof *g->len);
	if (doc_reader_find_doc(
		g->reader, at->source, repeat, unit * src->answers, &pos, err) < 0)
		return -1;
	memset(g->len, 0, (size_t)units * sizeof *g->len);
	for (uint64_t i = 0; i < docs; i++) {
		g->len[i / src->answers] += (uint32_t)resolved_slot(g->rp, pos.d.tokens);
		if (i + 1 < docs && doc_reader_next(g->reader, &pos, err) < 0)
			return -1;
	}
	samples = bestfit_pack(b, g->len, (uint32_t)units);
	if (samples != p->window[w])
		return err_set(err, EXIT_DATA,
		    "plan.lock: source '%s': window %" PRIu64 " makes %" PRIu64
		    " samples, plan.lock states %" PRIu64
		    ": regenerate it with 'tamis plan -o'",
		    src->name, w, samples, p->window[w]);
	if (samples > g->order_pos_cap) {
		g->order_pos_cap = samples;
		g->order_pos =
		    xrealloc(g->order_pos, (size_t)samples, sizeof *g->order_pos);
	}
	for (uint64_t i = 0; i < samples; i++) {
		struct sample_pos sample_at = *at;

		sample_at.index = first + i;
		g->order_pos[i] = sample_order_number(g->order, &sample_at) - begin;
	}
	bestfit_spread(b, g->order_pos, p->samples);
	return 0;
}

/* List the pieces of samples v[] of a window, sorted by document. */
static size_t
list_pieces(struct gatherer *g, const struct bestfit *b, uint64_t first,
    const struct sample_request *v, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t pieces;
		struct bestfit_piece whole;
		const struct bestfit_piece *p =
		    bestfit_sample(b, v[i].index - first, &whole, &pieces);

		while (k + pieces > g->pieces_cap) {
			g->pieces_cap = g->pieces_cap ? 2 * g->pieces_cap : 4096;
			g->pieces = xrealloc(g->pieces, g->pieces_cap, sizeof *g->pieces);
		}
		for (uint32_t j = 0; j < pieces; j++)
			g->pieces[k++] = (struct piece_of_sample){ p[j], v[i].slot };
	}
	qsort(g->pieces, k, sizeof *g->pieces, by_doc);
	return k;
}

/* Copy a whole unit, the first of whose documents is current. */
static int
take_unit(struct gatherer *g, const struct sample_pos *at, uint32_t slot, uint8_t epoch,
    struct doc_pos *pos, struct samples *out, struct err *err)
{
	const uint32_t answers = g->rp->source[at->source].answers;

	for (uint32_t i = 0; i < answers; i++) {
		unsigned char *to;

		if ((i > 0 && doc_reader_next(g->reader, pos, err) < 0) ||
		    doc_reader_align(g->reader, pos, err) < 0)
			return -1;
		if (pos->d.tokens > out->seq - out->sample[slot].fill)
			return err_set(err, EXIT_DATA,
			    "source '%s': its documents do not have the lengths that "
			    "plan.lock states: run 'tamis plan' again",
			    g->rp->source[at->source].name);
		to = samples_add(out, slot, pos, 0, pos->d.tokens, epoch);
		if (doc_reader_tokens(
			g->reader, 0, pos->d.tokens, pos->d.tokens, to, err) < 0)
			return -1;
	}
	return 0;
}

/* Copy the pieces from their documents, in document order. */
static int
take_pieces(struct gatherer *g, const struct sample_pos *at, uint64_t w, size_t n,
    struct samples *out, struct err *err)
{
	const struct resolved_source *src = &g->rp->source[at->source];
	const uint32_t repeat = (uint32_t)(at->part % src->nrepeats);
	uint64_t here = 0; /* document of the window */
	const struct resolved_packing *p =
	    &src->packed[at->len_class * src->nrepeats + repeat];
	uint64_t first =
	    resolved_window_first(src->docs[repeat] / src->answers, p->n, w) *
	    src->answers;
	uint8_t epoch =
	    epoch_parts_seg_epoch(g->parts, at->source, at->len_class, at->part);
	struct doc_pos pos;

	for (size_t i = 0; i < n; i++) {
		const struct piece_of_sample *d = &g->pieces[i];
		uint64_t doc = (uint64_t)d->piece.doc * src->answers;
		struct sample_buf *s = &out->sample[d->slot];
		unsigned char *to;
		int rc = 0;

		if (i == 0 || doc > here + 1)
			rc = doc_reader_find_doc(
			    g->reader, at->source, repeat, first + doc, &pos, err);
		else if (doc == here + 1)
			rc = doc_reader_next(g->reader, &pos, err);
		if (rc < 0)
			return -1;
		here = doc + src->answers - 1;
		s->source = (uint16_t)at->source;
		if (g->rp->whole) {
			if (take_unit(g, at, d->slot, epoch, &pos, out, err) < 0)
				return -1;
			continue;
		}
		to = samples_add(
		    out, d->slot, &pos, d->piece.offset, d->piece.tokens, epoch);
		if (doc_reader_tokens(g->reader, d->piece.offset, d->piece.tokens,
			d->piece.tokens, to, err) < 0)
			return -1;
		/* Only a piece that its document continues has a next token. */
		if (d->piece.offset + d->piece.tokens < pos.d.tokens &&
		    doc_reader_peek(
			g->reader, d->piece.offset + d->piece.tokens, &s->next, err) < 0)
			return -1;
	}
	return 0;
}

static int
gather_bestfit(struct gatherer *g, const struct sample_pos *at,
    const struct sample_request *v, size_t n, struct samples *out, struct err *err)
{
	const struct resolved_source *src = &g->rp->source[at->source];
	const struct resolved_packing *p =
	    &src->packed[(size_t)at->len_class * src->nrepeats +
			 at->part % src->nrepeats];
	struct bestfit **b = &g->bestfit[at->len_class];
	uint64_t first = 0;

	if (!*b)
		*b = bestfit_new(g->rp->class_seq[at->len_class]);
	for (uint64_t w = 0; w < p->n && n > 0; first += p->window[w++]) {
		size_t k = 0;

		while (k < n && v[k].index < first + p->window[w])
			k++;
		if (k == 0)
			continue;
		if (pack_window(g, *b, at, w, first, err) < 0 ||
		    take_pieces(g, at, w, list_pieces(g, *b, first, v, k), out, err) < 0)
			return -1;
		v += k;
		n -= k;
	}
	return 0;
}

int
gather(struct gatherer *g, uint32_t s, uint32_t len_class, uint64_t part,
    const struct sample_request *v, size_t n, struct samples *out, struct err *err)
{
	struct sample_pos at = { .source = s, .len_class = len_class, .part = part };

	return g->rp->bestfit ? gather_bestfit(g, &at, v, n, out, err)
			      : gather_concat(g, s, len_class, part, v, n, out, err);
}
