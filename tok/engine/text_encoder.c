/* text_encoder.c - encode text by a SentencePiece model: cut it into units, look them up.
 */
#include "tok/engine/text_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "tok/engine/encoder_parts.h"

enum {
	PART = 1 << 15, /* bytes of text that are rewritten at a time */
	LONG = 4096,	/* bytes without a cut between bytes: cut between characters */
	KEEP = 1 << 20	/* bytes of scratch that stay from text to text */
};

static int
collect_symbols(struct text_encoder *e)
{
	for (uint32_t i = 0; i < e->pieces.n && !e->is_unigram; i++) {
		const struct piece *p = &e->pieces.v[i];

		if (p->type == MODEL_USER_DEFINED && p->n > 0 &&
		    user_symbols_add(&e->symbols, e->pieces.text + p->at, p->n) < 0)
			return -1;
	}
	user_symbols_sort(&e->symbols);
	return 0;
}

static bool
rewrites_to_text(const struct model *m)
{
	struct charsmap map;
	const char *p, *end;
	uint32_t c;

	if (m->n_charsmap == 0)
		return true;
	charsmap_open(&map, m->charsmap, m->n_charsmap);
	p = map.pool;
	end = m->charsmap + m->n_charsmap;
	for (size_t n; p < end; p += n) {
		n = model_char(p, (size_t)(end - p), &c);
		if (n == 0)
			return false;
	}
	return true;
}

/* Why this encoder cannot do what SentencePiece does by m, or NULL. */
static const char *
refusal_of(const struct model *m)
{
	if (m->kind != MODEL_BPE && m->kind != MODEL_UNIGRAM)
		return "is neither BPE nor unigram";
	if (m->n >= 1u << UNIT_ID_BITS)
		return "has 16,777,216 pieces or more";
	for (uint32_t i = 0; i < m->n; i++) {
		const struct model_piece *p = &m->piece[i];
		uint32_t c;

		if ((p->type == MODEL_USER_DEFINED || m->kind == MODEL_UNIGRAM) &&
		    memchr(p->text, '\0', p->n))
			return "has a piece with a NUL";
		if (p->type != MODEL_USER_DEFINED)
			continue;
		for (size_t at = 0, n; at < p->n; at += n) {
			n = model_char(p->text + at, p->n - at, &c);
			if (n == 0)
				return "has a user-defined symbol that is not UTF-8";
		}
	}
	return rewrites_to_text(m) ? NULL : "rewrites characters to what is not UTF-8";
}

struct text_encoder *
text_encoder_new(
    const struct model *m, const struct text_encoder_options *o, const char **why)
{
	struct text_encoder *e;

	*why = refusal_of(m);
	if (*why)
		return NULL;
	*why = model_no_memory;
	e = calloc(1, sizeof *e);
	if (!e)
		return NULL;
	e->is_unigram = m->kind == MODEL_UNIGRAM;
	e->joins = !m->byte_fallback;
	if (pieces_open(&e->pieces, m, !o->plain_symbols, why) < 0)
		goto fail;
	*why = model_no_memory;
	if (collect_symbols(e) < 0 ||
	    cuts_open(&e->cuts, &e->pieces, &e->symbols, o->portable) < 0 ||
	    normalizer_open(&e->normalizer, m, !o->plain_symbols) < 0 ||
	    (e->is_unigram && unigram_open(&e->unigram, &e->pieces, m,
				  o->ties == TEXT_ENCODER_TIES_NEW) < 0))
		goto fail;
	return e;
fail:
	text_encoder_free(e);
	return NULL;
}

void
text_encoder_free(struct text_encoder *e)
{
	if (!e)
		return;
	unigram_free(&e->unigram);
	normalizer_free(&e->normalizer);
	cuts_free(&e->cuts);
	user_symbols_free(&e->symbols);
	pieces_free(&e->pieces);
	free(e);
}

struct text_encoder_work *
text_encoder_work_new(void)
{
	struct text_encoder_work *w = calloc(1, sizeof *w);

	if (w && units_open(&w->units) < 0) {
		free(w);
		w = NULL;
	}
	return w;
}

void
text_encoder_work_free(struct text_encoder_work *w)
{
	if (!w)
		return;
	units_free(&w->units);
	bpe_work_free(&w->bpe);
	unigram_work_free(&w->unigram);
	free(w->text.p);
	free(w);
}

/* Free scratch that a stretch without a cut grew. */
static void
shrink(struct text_encoder_work *w)
{
	if (w->text.cap <= KEEP)
		return;
	bpe_work_free(&w->bpe);
	unigram_work_free(&w->unigram);
	free(w->text.p);
	w->text = (struct inner_text){ 0 };
}

static inline const unsigned char *
bytes_before(const struct text_encoder_work *w, size_t at)
{
	return (const unsigned char *)w->text.p + at - 1;
}

static void
add_cut(struct text_encoder_work *w, size_t at)
{
	if (at > (w->n_cuts > 0 ? w->cut[w->n_cuts - 1] : w->start))
		w->cut[w->n_cuts++] = at;
}

/* Find the cuts before the bytes [w->search, end), and those around symbols. */
static void
find_symbols(const struct text_encoder *e, struct text_encoder_work *w, size_t end)
{
	w->n_cuts = 0;
	while (w->search < end) {
		const unsigned char *p = bytes_before(w, w->search);
		const unsigned found = cuts_bytes(&e->cuts, p);
		const size_t at = w->search - 1;
		size_t n = 0;

		if (found & CUT_SYMBOL)
			n = user_symbols_match(
			    &e->symbols, (const char *)p, w->text.n - at);
		if (n > 0) {
			add_cut(w, at);
			add_cut(w, at + n);
			w->search = at + n + 1;
			continue;
		}
		if (found & CUT_BETWEEN)
			add_cut(w, w->search);
		w->search++;
	}
}

/* Find the cuts before the bytes [w->search, end), at most BATCH. */
static void
find_cuts(const struct text_encoder *e, struct text_encoder_work *w, size_t end)
{
	unsigned found;

	w->n_cuts = cuts_find(&e->cuts, w->text.p, w->search, end, w->cut, &found);
	if (found & CUT_SYMBOL)
		find_symbols(e, w, end);
	else
		w->search = end;
}

/* A long stretch without a cut between bytes may have cuts between characters. */
static int
put_open(const struct text_encoder *e, struct text_encoder_work *w)
{
	const size_t n = w->search - w->start;
	ptrdiff_t done;

	if (w->search <= w->start || n < w->patience)
		return 0;
	done = encode_between(e, w, w->text.p + w->start, n - 1);
	if (done < 0)
		return -1;
	w->start += (size_t)done;
	w->patience = done > 0 ? LONG : 2 * n;
	return 0;
}

/* Encode the text up to the last cut before the byte `end`.  last: there is one there. */
static int
put_text(const struct text_encoder *e, struct text_encoder_work *w, size_t end, bool last)
{
	while (w->search < end) {
		const size_t left = end - w->search;

		find_cuts(e, w, w->search + (left < BATCH ? left : BATCH));
		if (last && w->search >= end)
			add_cut(w, w->text.n);
		if (w->n_cuts > 0) {
			if (token_ids_reserve(w->ids, BATCH_IDS) < 0 ||
			    encode_units(e, w) < 0)
				return -1;
		}
		if (put_open(e, w) < 0)
			return -1;
	}
	return 0;
}

/* Drop the text that is encoded, if that is most of it. */
static void
drop_encoded(struct text_encoder_work *w)
{
	struct inner_text *t = &w->text;

	if (w->start < t->n - w->start)
		return;
	memcpy(t->p, t->p + w->start, t->n - w->start);
	t->n -= w->start;
	w->search -= w->start;
	w->start = 0;
}

/* Where the search for cuts must end while more text may come. */
static size_t
search_end(const struct text_encoder *e, const struct text_encoder_work *w)
{
	size_t n = w->text.n;

	while (e->normalizer.trims && n > 0 && w->text.p[n - 1] == ' ')
		n--;
	return n > e->symbols.longest ? n - e->symbols.longest : 0;
}

/* Keep one <unk> of neighbouring ones, where one stands for them. */
static void
join_unknown(const struct text_encoder *e, struct text_encoder_work *w)
{
	struct token_ids *ids = w->ids;
	size_t to = w->unknown < ids->n ? w->unknown : ids->n;

	if (to > w->first)
		w->after_unknown = false;
	for (size_t i = to; i < ids->n; i++) {
		const bool is_unknown = ids->v[i] == e->pieces.unk;

		if (!is_unknown || !w->after_unknown)
			ids->v[to++] = ids->v[i];
		w->after_unknown = is_unknown;
	}
	ids->n = w->first = to;
}

/* As token_ids.full, of a model that joins <unk>. */
static int
join_and_give(void *to, struct token_ids *ids)
{
	struct text_encoder_work *w = to;

	join_unknown(w->encoder, w);
	if (w->full(w->full_to, ids) < 0)
		return -1;
	w->first = w->unknown = ids->n;
	return 0;
}

static int
encode_text(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    size_t n, bool valid)
{
	struct normalizing s;

	w->sum = 0;
	w->text.n = w->start = 0;
	w->search = 1;
	w->patience = LONG;
	if (normalizer_start(&e->normalizer, &s, text, n, valid, &w->text) < 0)
		return -1;
	while (!s.finished) {
		drop_encoded(w);
		if (normalizer_next(&e->normalizer, &s, PART, &w->text) < 0 ||
		    put_text(e, w, search_end(e, w), false) < 0)
			return -1;
	}
	/* A symbol of one byte is found by it and the next one. */
	memset(w->text.p + w->text.n, 0, INNER_SLACK);
	return w->text.n > 0 ? put_text(e, w, w->text.n + 1, true) : 0;
}

int
text_encoder_encode(const struct text_encoder *e, struct text_encoder_work *w,
    const char *text, size_t n, bool valid, struct token_ids *ids)
{
	int rc;

	w->ids = ids;
	w->encoder = e;
	w->first = ids->n;
	w->unknown = SIZE_MAX;
	w->after_unknown = false;
	w->full = ids->full;
	w->full_to = ids->to;
	if (e->joins && ids->full) {
		ids->full = join_and_give;
		ids->to = w;
	}
	rc = encode_text(e, w, text, n, valid);
	if (rc == 0 && e->joins)
		join_unknown(e, w);
	ids->full = w->full;
	ids->to = w->full_to;
	shrink(w);
	return rc;
}
