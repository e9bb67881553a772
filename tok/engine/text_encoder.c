/* text_encoder.c - encode text by a SentencePiece model: cut it into units, look them up.
 */
#include "tok/engine/text_encoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tok/engine/bpe.h"
#include "tok/engine/cuts.h"
#include "tok/engine/normalizer.h"
#include "tok/engine/unigram.h"
#include "tok/engine/units.h"

enum {
	PART = 1 << 15,	  /* bytes of text that are rewritten at a time */
	BATCH = 1024,	  /* bytes that are searched for cuts at a time */
	LONG = 4096,	  /* bytes without a cut between bytes: cut between characters */
	IDS_PER_BYTE = 3, /* a space may be the three bytes of U+2581 */
	IDS_SLACK = 16	  /* ids that may be written past the last one */
};

struct text_encoder {
	struct pieces pieces;
	struct user_symbols symbols; /* in inner form */
	struct piece_cuts cuts;
	struct normalizer normalizer;
	struct unigram unigram;
	bool is_unigram;
	bool joins; /* one <unk> stands for neighbouring ones */
};

/* Where a unit may be in the cache. */
struct unit_place {
	uint64_t key[2]; /* of a short unit */
	void *at;	 /* a pair of short units, or a medium unit */
};

struct text_encoder_work {
	struct units units;
	struct bpe_work bpe;
	struct unigram_work unigram;
	struct inner_text text;
	size_t start;	 /* of the unit that is open, in text */
	size_t search;	 /* for a cut before this byte, next */
	size_t patience; /* bytes without a cut before characters are tried */
	float sum;	 /* of scores, of a unigram model */
	struct token_ids *ids;
	size_t first; /* of this text, in ids */
	/* The cuts of a batch, and the units before them. */
	size_t n_cuts;
	size_t cut[BATCH + 2 + CUT_SLACK];
	struct unit_place place[BATCH + 2];
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

/* ---- the ids of one unit ---- */

/* Append an id; <unk> after <unk> only if each stands for one character.  There is room.
 */
static inline void
put_id(const struct text_encoder *e, struct text_encoder_work *w, uint32_t id)
{
	struct token_ids *ids = w->ids;

	if (e->joins && id == e->pieces.unk && ids->n > w->first &&
	    ids->v[ids->n - 1] == id)
		return;
	ids->v[ids->n++] = id;
}

/* Append the ids of a text without cuts, of any length. */
static int
put_long(
    const struct text_encoder *e, struct text_encoder_work *w, const char *text, size_t n)
{
	struct token_ids *ids = w->ids;
	const size_t from = ids->n;
	size_t to;

	if (e->symbols.n > 0 && user_symbols_match(&e->symbols, text, n) == n) {
		put_id(e, w, pieces_lookup(&e->pieces, text, n));
		return 0;
	}
	if ((e->is_unigram ? unigram_long(&e->unigram, &w->unigram, text, n, &w->sum, ids)
			   : bpe_long(&e->pieces, &w->bpe, text, n, ids)) < 0)
		return -1;
	to = ids->n;
	ids->n = from;
	for (size_t i = from; i < to; i++)
		put_id(e, w, ids->v[i]);
	return 0;
}

/* Append the n tokens of the odd unit at `text`.  There is room. */
static void
put_odd(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    const uint32_t *token, size_t n)
{
	for (size_t i = 0; i < n && !e->is_unigram; i++)
		put_id(e, w, token[i]);
	for (size_t i = 0; i < n && e->is_unigram; i++) {
		uint32_t id[PIECES_UNKNOWN] = { token[i] };
		size_t size = e->pieces.v[token[i]].n, m = 1;

		w->sum = unigram_add(&e->unigram, w->sum, token[i]);
		if (token[i] == e->pieces.unk) {
			size = piece_char((unsigned char)*text);
			m = pieces_unknown(&e->pieces, text, size, id);
		}
		for (size_t k = 0; k < m; k++)
			put_id(e, w, id[k]);
		text += size;
	}
}

/*
 * Store the tokens of a cached unit at `to`, which has room for `room` of them.  Returns
 * their number, or UNIT_MANY if they are not all in the unit, or depend on the sum of
 * scores.
 */
static inline __attribute__((always_inline)) uint32_t
copy_few(const struct text_encoder *e, struct text_encoder_work *w, bool is_unigram,
    const uint32_t *id, size_t room, uint32_t *to)
{
	typedef uint32_t four_ids __attribute__((vector_size(16)));
	const uint32_t n = id[0] >> UNIT_ID_BITS;

	if (n >= UNIT_MANY || (is_unigram && !(fabsf(w->sum) < units_limit(id))))
		return UNIT_MANY;
	for (size_t i = 0; i < room; i += 4) {
		four_ids four;

		memcpy(&four, id + i, sizeof four);
		four &= UNIT_ID;
		memcpy(to + i, &four, sizeof four);
	}
	for (uint32_t i = 0; i < n && is_unigram; i++)
		w->sum = unigram_add_normal(&e->unigram, w->sum, to[i]);
	return n;
}

/* Append the tokens of a cached unit, `room` ids.  There is room for all of them. */
static int
put_cached(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    size_t size, const uint32_t *id, size_t room)
{
	uint32_t *to = w->ids->v + w->ids->n,
		 n = copy_few(e, w, e->is_unigram, id, room, to);

	if (n != UNIT_MANY) {
		w->ids->n += n;
		return 0;
	}
	if (e->is_unigram && !(fabsf(w->sum) < units_limit(id)))
		return put_long(e, w, text, size);
	n = id[2] & UNIT_ID;
	if (id[0] >> UNIT_ID_BITS == UNIT_ODD) {
		put_odd(e, w, text, w->units.many + (id[1] & UNIT_ID), n);
		return 0;
	}
	memcpy(to, w->units.many + (id[1] & UNIT_ID), n * sizeof *to);
	w->ids->n += n;
	for (uint32_t i = 0; i < n && e->is_unigram; i++)
		w->sum = unigram_add_normal(&e->unigram, w->sum, to[i]);
	return 0;
}

/*
 * Encode a unit that is not in the cache: store its tokens at `id`, which has `room`, and
 * append them.  The cache may be cleared meanwhile, so the caller stores the key after.
 */
static int
put_new(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    size_t n, uint32_t *id, size_t room)
{
	uint32_t token[IDS_PER_BYTE * BPE_SHORT];
	struct unigram_path path;
	bool odd = false;
	size_t m;

	if (e->is_unigram) {
		unigram_short(&e->unigram, text, n, &path);
		for (size_t i = 0; i < path.n; i++)
			odd |= e->pieces.v[path.id[i]].type != MODEL_NORMAL;
		units_put(&w->units, id, room, path.id, path.n, odd);
		units_put_limit(id, path.limit);
		return put_cached(e, w, text, n, id, room);
	}
	if (e->symbols.n > 0 && user_symbols_match(&e->symbols, text, n) == n) {
		token[0] = pieces_lookup(&e->pieces, text, n);
		m = 1;
	} else {
		m = bpe_short(&e->pieces, text, n, token);
	}
	for (size_t i = 0; i < m && e->joins; i++)
		odd |= token[i] == e->pieces.unk;
	units_put(&w->units, id, room, token, m, odd);
	return put_cached(e, w, text, n, id, room);
}

static int
put_short(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    size_t n, const uint64_t key[2], struct unit_short pair[2])
{
	struct unit_short *u = units_find(pair, key);
	int rc;

	if (u)
		return put_cached(e, w, text, n, u->id, 4);
	/* The first of the pair has been found before, or is the only one. */
	pair += pair->key[1] != 0;
	w->units.n_shorts++;
	rc = put_new(e, w, text, n, pair->id, 4);
	memcpy(pair->key, key, sizeof pair->key);
	return rc;
}

static int
put_medium(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    size_t n, const uint64_t key[4], struct unit_medium *u)
{
	int rc;

	if (memcmp(u->key, key, sizeof u->key) == 0)
		return put_cached(e, w, text, n, u->id, 8);
	w->units.n_mediums++;
	rc = put_new(e, w, text, n, u->id, 8);
	memcpy(u->key, key, sizeof u->key);
	return rc;
}

static int
put_unit(
    const struct text_encoder *e, struct text_encoder_work *w, const char *text, size_t n)
{
	uint64_t key[4];

	if (n > UNIT_MEDIUM)
		return put_long(e, w, text, n);
	if (n > UNIT_SHORT) {
		unit_key(text, n, 4, key);
		return put_medium(e, w, text, n, key, units_medium(&w->units, key));
	}
	unit_key(text, n, 2, key);
	return put_short(e, w, text, n, key, units_pair(&w->units, key));
}

/* ---- the units of a text ---- */

/* Append the ids of the units of text[0, n) between cuts of characters, up to the last
 * cut.  Returns its place, or -1. */
static ptrdiff_t
put_between(
    const struct text_encoder *e, struct text_encoder_work *w, const char *text, size_t n)
{
	uint32_t before = 0;
	size_t start = 0;

	for (size_t at = 0, size; at < n; at += size) {
		uint32_t now;

		size = piece_char((unsigned char)text[at]);
		if (at + size > n)
			break;
		now = cuts_char(text + at, size);
		if (at > 0 && cuts_between(&e->cuts, before, now)) {
			if (token_ids_reserve(
				w->ids, IDS_PER_BYTE * (at - start) + IDS_SLACK) < 0 ||
			    put_unit(e, w, text + start, at - start) < 0)
				return -1;
			start = at;
		}
		before = now;
	}
	return (ptrdiff_t)start;
}

/* Append the ids of text[0, n), which is longer than units are. */
static int
put_run(
    const struct text_encoder *e, struct text_encoder_work *w, const char *text, size_t n)
{
	const ptrdiff_t last = put_between(e, w, text, n);

	if (last < 0 ||
	    token_ids_reserve(w->ids, IDS_PER_BYTE * (n - (size_t)last) + IDS_SLACK) < 0)
		return -1;
	return put_unit(e, w, text + last, n - (size_t)last);
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

/* Look where the units before the cuts may be in the cache. */
static void
find_places(struct text_encoder_work *w)
{
	size_t from = w->start;

	for (size_t i = 0; i < w->n_cuts; from = w->cut[i++]) {
		const size_t n = w->cut[i] - from;
		const char *p = w->text.p + from;
		struct unit_place *place = &w->place[i];
		uint64_t key[4];

		if (n <= UNIT_SHORT) {
			unit_key(p, n, 2, place->key);
			place->at = units_pair(&w->units, place->key);
			__builtin_prefetch(place->at);
		} else if (n <= UNIT_MEDIUM) {
			unit_key(p, n, 4, key);
			place->at = units_medium(&w->units, key);
			__builtin_prefetch(place->at);
		}
	}
}

/* Append the ids of the unit before cut i. */
static int
put_place(const struct text_encoder *e, struct text_encoder_work *w, size_t i)
{
	const size_t n = w->cut[i] - w->start;
	const char *p = w->text.p + w->start;
	uint64_t key[4];

	if (n <= UNIT_SHORT)
		return put_short(e, w, p, n, w->place[i].key, w->place[i].at);
	if (n > UNIT_MEDIUM)
		return put_run(e, w, p, n);
	unit_key(p, n, 4, key);
	return put_medium(e, w, p, n, key, w->place[i].at);
}

/* Append the ids of the units before the cuts. */
static inline __attribute__((always_inline)) int
put_units(const struct text_encoder *e, struct text_encoder_work *w, bool is_unigram)
{
	struct token_ids *ids = w->ids;
	uint32_t *to = ids->v + ids->n;

	for (size_t i = 0; i < w->n_cuts; i++) {
		const struct unit_place *place = &w->place[i];
		uint32_t n = UNIT_MANY;

		/* Most units are short, few tokens, and the first of their pair. */
		if (w->cut[i] - w->start <= UNIT_SHORT) {
			const struct unit_short *u = place->at;

			if (u->key[0] == place->key[0] && u->key[1] == place->key[1])
				n = copy_few(e, w, is_unigram, u->id, 4, to);
		}
		if (n < UNIT_MANY) {
			to += n;
		} else {
			ids->n = (size_t)(to - ids->v);
			if (put_place(e, w, i) < 0)
				return -1;
			to = ids->v + ids->n;
		}
		w->start = w->cut[i];
	}
	ids->n = (size_t)(to - ids->v);
	return 0;
}

/* A long stretch without a cut between bytes may have cuts between characters. */
static int
put_open(const struct text_encoder *e, struct text_encoder_work *w)
{
	const size_t n = w->search - w->start;
	ptrdiff_t done;

	if (w->search <= w->start || n < w->patience)
		return 0;
	done = put_between(e, w, w->text.p + w->start, n - 1);
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
			const size_t n = w->cut[w->n_cuts - 1] - w->start;

			if (token_ids_reserve(w->ids, IDS_PER_BYTE * n + IDS_SLACK) < 0)
				return -1;
			units_grow(&w->units);
			find_places(w);
			if ((e->is_unigram ? put_units(e, w, true)
					   : put_units(e, w, false)) < 0)
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

int
text_encoder_encode(const struct text_encoder *e, struct text_encoder_work *w,
    const char *text, size_t n, bool valid, struct token_ids *ids)
{
	struct normalizing s;

	w->ids = ids;
	w->first = ids->n;
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
