/* encode_units.c - the ids of units: from the cache, or by BPE or the unigram model. */
#include <math.h>
#include <string.h>

#include "tok/engine/encoder_parts.h"

/* Append an id.  There is room. */
static inline void
put_id(struct text_encoder_work *w, uint32_t id)
{
	w->ids->v[w->ids->n++] = id;
}

/* Note that the next id may be <unk>. */
static inline void
expect_unknown(struct text_encoder_work *w)
{
	if (w->unknown > w->ids->n)
		w->unknown = w->ids->n;
}

/* Append the ids of a text without cuts, of any length. */
static int
put_long(
    const struct text_encoder *e, struct text_encoder_work *w, const char *text, size_t n)
{
	if (e->symbols.n > 0 && user_symbols_match(&e->symbols, text, n) == n) {
		put_id(w, pieces_lookup(&e->pieces, text, n));
		return 0;
	}
	expect_unknown(w);
	return e->is_unigram
		   ? unigram_long(&e->unigram, &w->unigram, text, n, &w->sum, w->ids)
		   : bpe_long(&e->pieces, &w->bpe, text, n, w->ids);
}

/* Append the n tokens of the odd unit at `text`.  There is room. */
static void
put_odd(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    const uint32_t *token, size_t n)
{
	expect_unknown(w);
	for (size_t i = 0; i < n && !e->is_unigram; i++)
		put_id(w, token[i]);
	for (size_t i = 0; i < n && e->is_unigram; i++) {
		uint32_t id[PIECES_UNKNOWN] = { token[i] };
		size_t size = e->pieces.v[token[i]].n, m = 1;

		w->sum = unigram_add(&e->unigram, w->sum, token[i]);
		if (token[i] == e->pieces.unk) {
			size = piece_char((unsigned char)*text);
			m = pieces_unknown(&e->pieces, text, size, id);
		}
		for (size_t k = 0; k < m; k++)
			put_id(w, id[k]);
		text += size;
	}
}

/*
 * Store the tokens of a cached unit at `to`, which has room for `room` of them, and add
 * their scores to *sum.  Returns their number, or UNIT_MANY if they are not all in the
 * unit, or depend on the sum.
 */
static inline __attribute__((always_inline)) uint32_t
copy_few(const struct text_encoder *e, bool is_unigram, const uint32_t *id, size_t room,
    uint32_t *to, float *sum)
{
	typedef uint32_t four_ids __attribute__((vector_size(16)));
	const uint32_t n = id[0] >> UNIT_ID_BITS;

	if (n >= UNIT_MANY || (is_unigram && !(fabsf(*sum) < units_limit(id))))
		return UNIT_MANY;
	for (size_t i = 0; i < room; i += 4) {
		four_ids four;

		memcpy(&four, id + i, sizeof four);
		four &= UNIT_ID;
		memcpy(to + i, &four, sizeof four);
	}
	for (uint32_t i = 0; i < n && is_unigram; i++)
		*sum = unigram_add_normal(&e->unigram, *sum, to[i]);
	return n;
}

/* Append the tokens of a cached unit, `room` ids.  There is room for all of them. */
static int
put_cached(const struct text_encoder *e, struct text_encoder_work *w, const char *text,
    size_t size, const uint32_t *id, size_t room)
{
	uint32_t *to = w->ids->v + w->ids->n,
		 n = copy_few(e, e->is_unigram, id, room, to, &w->sum);

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

/* Make room for the ids of a unit of n bytes, unless it does so itself. */
static int
reserve_unit(struct text_encoder_work *w, size_t n)
{
	return token_ids_reserve(
	    w->ids, n > UNIT_MEDIUM ? 1 : IDS_PER_BYTE * n + IDS_SLACK);
}

ptrdiff_t
encode_between(
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
			if (reserve_unit(w, at - start) < 0 ||
			    put_unit(e, w, text + start, at - start) < 0)
				return -1;
			start = at;
		}
		before = now;
	}
	return (ptrdiff_t)start;
}

/* Append the ids of text[0, n), which is longer than units are, and make room for the
 * rest of the batch. */
static int
put_run(
    const struct text_encoder *e, struct text_encoder_work *w, const char *text, size_t n)
{
	const ptrdiff_t last = encode_between(e, w, text, n);

	if (last < 0 || reserve_unit(w, n - (size_t)last) < 0 ||
	    put_unit(e, w, text + last, n - (size_t)last) < 0)
		return -1;
	return token_ids_reserve(w->ids, BATCH_IDS);
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

static inline __attribute__((always_inline)) int
put_units(const struct text_encoder *e, struct text_encoder_work *w, bool is_unigram)
{
	struct token_ids *ids = w->ids;
	uint32_t *to = ids->v + ids->n;
	float sum = w->sum; /* in a register: each addition waits for the one before */

	for (size_t i = 0; i < w->n_cuts; i++) {
		const struct unit_place *place = &w->place[i];
		uint32_t n = UNIT_MANY;

		/* Most units are short, few tokens, and the first of their pair. */
		if (w->cut[i] - w->start <= UNIT_SHORT) {
			const struct unit_short *u = place->at;

			if (u->key[0] == place->key[0] && u->key[1] == place->key[1])
				n = copy_few(e, is_unigram, u->id, 4, to, &sum);
		}
		if (n < UNIT_MANY) {
			to += n;
		} else {
			ids->n = (size_t)(to - ids->v);
			w->sum = sum;
			if (put_place(e, w, i) < 0)
				return -1;
			sum = w->sum;
			to = ids->v + ids->n;
		}
		w->start = w->cut[i];
	}
	ids->n = (size_t)(to - ids->v);
	w->sum = sum;
	return 0;
}

int
encode_units(const struct text_encoder *e, struct text_encoder_work *w)
{
	units_grow(&w->units);
	find_places(w);
	return e->is_unigram ? put_units(e, w, true) : put_units(e, w, false);
}
