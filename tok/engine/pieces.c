/* pieces.c - the pieces of a model that text can become, found by their text. */
#include "tok/engine/pieces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { READABLE = 64 }; /* bytes after the text */

/* The sum of so many scores as a text has tokens is a float, too. */
#define SCORE_MAX 1e24f

static const char marked_space[] = "\xe2\x96\x81";

/* Whether text can contain this piece at all. */
static bool
usable(const struct model *m, const struct model_piece *piece, bool user_defined)
{
	uint32_t c;

	if (piece->type != MODEL_NORMAL && piece->type != MODEL_UNUSED &&
	    !(piece->type == MODEL_USER_DEFINED && user_defined))
		return false;
	/* Text is valid, and its spaces are escaped. */
	for (size_t i = 0, n; i < piece->n; i += n) {
		n = model_char(piece->text + i, piece->n - i, &c);
		if (n == 0 || (c == ' ' && m->escapes))
			return false;
	}
	return true;
}

/* Put the inner form of a piece at `to`.  Returns its size. */
static uint32_t
put_inner(const struct model *m, const struct model_piece *piece, char *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < piece->n;) {
		if (m->escapes && piece->n - i >= 3 &&
		    memcmp(piece->text + i, marked_space, 3) == 0) {
			to[n++] = ' ';
			i += 3;
		} else {
			to[n++] = piece->text[i++];
		}
	}
	return n;
}

static const char *
copy_pieces(struct pieces *p, const struct model *m, bool user_defined)
{
	size_t room = READABLE, used = 0;

	for (uint32_t i = 0; i < m->n; i++)
		room += m->piece[i].n;
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): a model has pieces */
	p->v = calloc(m->n, sizeof *p->v);
	p->text = calloc(room, 1);
	if (!p->v || !p->text)
		return model_no_memory;
	p->n = m->n;
	p->unk = m->unk;
	p->byte_fallback = m->byte_fallback;
	p->escapes = m->escapes;
	for (uint32_t i = 0; i < m->n; i++) {
		const struct model_piece *from = &m->piece[i];
		struct piece *to = &p->v[i];

		if (from->type == MODEL_BYTE)
			p->byte[from->byte] = i;
		to->type = from->type;
		to->score = from->score;
		to->at = (uint32_t)used; /* below MODEL_MAX_BYTES */
		if (!usable(m, from, user_defined))
			continue;
		if (!isfinite(from->score))
			return "has a score that is not finite";
		if (fabsf(from->score) > SCORE_MAX)
			return "has a score whose sums may be infinite";
		to->n = put_inner(m, from, p->text + used);
		used += to->n;
		if (p->longest < to->n)
			p->longest = to->n;
	}
	return NULL;
}

/* From high to low. */
static int
by_score(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x < y) - (x > y);
}

static const char *
rank_pieces(struct pieces *p)
{
	float *score = calloc(p->n, sizeof *score);
	size_t n = 0;

	if (!score)
		return model_no_memory;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->v[i].n > 0)
			score[n++] = p->v[i].score;
	qsort(score, n, sizeof *score, by_score);
	for (uint32_t i = 0; i < p->n; i++) {
		const float s = p->v[i].score;
		size_t lo = 0, hi = n;

		/* The first of the scores that equal s: equal scores have equal ranks. */
		while (lo < hi) {
			const size_t middle = lo + (hi - lo) / 2;

			if (score[middle] > s)
				lo = middle + 1;
			else
				hi = middle;
		}
		p->v[i].rank = (uint32_t)lo;
	}
	free(score);
	return NULL;
}

/* splitmix64's finalizer. */
static inline uint64_t
spread(uint64_t h)
{
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

static uint64_t
hash_of(const char *text, size_t n)
{
	uint64_t h = 0;

	for (size_t i = 0; i < n; i++)
		h = h * PIECES_BASE + (unsigned char)text[i] + 1;
	return h;
}

static inline uint32_t
find(const struct pieces *p, const char *text, size_t n, uint64_t hash)
{
	const uint64_t h = spread(hash);
	const size_t mask = ((size_t)1 << (64 - p->shift)) - 1;
	const struct piece *piece;

	for (size_t i = h >> p->shift; p->slot[i].id != MODEL_NO_ID; i = (i + 1) & mask) {
		if (p->slot[i].tag != (uint32_t)h)
			continue;
		piece = &p->v[p->slot[i].id];
		if (piece->n == n && memcmp(p->text + piece->at, text, n) == 0)
			return p->slot[i].id;
	}
	return MODEL_NO_ID;
}

uint32_t
pieces_lookup(const struct pieces *p, const char *text, size_t n)
{
	char copy[8] = { 0 };

	if (n > p->longest)
		return MODEL_NO_ID;
	if (n > sizeof copy)
		return find(p, text, n, hash_of(text, n));
	memcpy(copy, text, n);
	return pieces_find(p, copy, NULL, 0, n).id;
}

struct piece_found
pieces_find_long(const struct pieces *p, const char *text, const uint64_t *hash,
    size_t from, size_t to)
{
	const size_t n = to - from;
	uint32_t id = MODEL_NO_ID;

	if (n <= p->longest)
		id = find(p, text + from, n, hash[to] - hash[from] * p->power[n]);
	return (
	    struct piece_found){ id, id == MODEL_NO_ID ? PIECE_NO_RANK : p->v[id].rank };
}

/* The number of slots for n pieces, a power of 2; *shift: of a hash, to a slot. */
static size_t
slots_for(size_t n, unsigned *shift)
{
	size_t slots = 16;

	for (*shift = 60; slots < 2 * n; slots *= 2)
		--*shift;
	return slots;
}

static void
add_short(struct pieces *p, uint32_t id)
{
	const struct piece *piece = &p->v[id];
	const uint64_t v = pieces_pad(p->text + piece->at, piece->n);
	size_t i = pieces_short_at(p, v, piece->n);

	while (p->shorts[i].key > 0)
		i++;
	p->shorts[i] = (struct piece_short){ v, piece->rank, id << 4 | piece->n };
}

static void
add_long(struct pieces *p, uint32_t id)
{
	const struct piece *piece = &p->v[id];
	const uint64_t h = spread(hash_of(p->text + piece->at, piece->n));
	const size_t mask = ((size_t)1 << (64 - p->shift)) - 1;
	size_t i = h >> p->shift;

	while (p->slot[i].id != MODEL_NO_ID)
		i = (i + 1) & mask;
	p->slot[i] = (struct piece_slot){ (uint32_t)h, id };
}

static const char *
index_pieces(struct pieces *p)
{
	size_t n_short = 0, n_long = 0, shorts, slots;

	for (uint32_t id = 0; id < p->n; id++) {
		n_short += p->v[id].n > 0 && p->v[id].n <= 8;
		n_long += p->v[id].n > 8;
	}
	shorts = slots_for(n_short, &p->short_shift);
	slots = slots_for(n_long, &p->shift);
	/* A search may pass the last slot, to one that stays empty. */
	p->shorts = calloc(shorts + n_short + 1, sizeof *p->shorts);
	p->slot = malloc(slots * sizeof *p->slot);
	p->power = calloc((size_t)p->longest + 1, sizeof *p->power);
	if (!p->shorts || !p->slot || !p->power)
		return model_no_memory;
	memset(p->slot, 0xff, slots * sizeof *p->slot);
	p->power[0] = 1;
	for (size_t i = 1; i <= p->longest; i++)
		p->power[i] = p->power[i - 1] * PIECES_BASE;
	for (uint32_t id = 0; id < p->n; id++) {
		const struct piece *piece = &p->v[id];

		if (piece->n == 0)
			continue;
		if (pieces_lookup(p, p->text + piece->at, piece->n) != MODEL_NO_ID)
			return "has a piece twice";
		if (piece->n <= 8)
			add_short(p, id);
		else
			add_long(p, id);
	}
	return NULL;
}

/*
 * SentencePiece splits an unused piece into the two parts that it saw last in the
 * sentence, wherever that was.  Only if there is one choice, the piece alone tells.
 */
static const char *
split_unused(struct pieces *p)
{
	for (uint32_t id = 0; id < p->n; id++) {
		struct piece *piece = &p->v[id];
		const char *s = p->text + piece->at;

		if (piece->type != MODEL_UNUSED || piece->n == 0)
			continue;
		for (size_t i = piece_char((unsigned char)*s), w; i < piece->n; i += w) {
			const char *r = s + i;
			const size_t first = piece_char((unsigned char)*s);

			w = piece_char((unsigned char)*r);
			if ((i != first && pieces_lookup(p, s, i) == MODEL_NO_ID) ||
			    (i + w != piece->n &&
				pieces_lookup(p, r, piece->n - i) == MODEL_NO_ID))
				continue;
			if (piece->left > 0)
				return "has unused pieces that split in several ways";
			piece->left = (uint32_t)i;
		}
	}
	return NULL;
}

/* SentencePiece looks for the id of a symbol among the reserved pieces first. */
static const char *
check_reserved(const struct pieces *p, const struct model *m)
{
	char *inner = NULL;
	const char *why = NULL;

	for (uint32_t i = 0; i < m->n && !why; i++) {
		const struct model_piece *piece = &m->piece[i];
		uint32_t n;

		if (piece->type != MODEL_CONTROL && piece->type != MODEL_UNKNOWN &&
		    piece->type != MODEL_BYTE)
			continue;
		free(inner);
		inner = malloc(piece->n);
		if (!inner)
			return model_no_memory;
		n = put_inner(m, piece, inner);
		if (n <= piece_char((unsigned char)inner[0]))
			why = "has a reserved piece of one character";
		else if (pieces_lookup(p, inner, n) != MODEL_NO_ID)
			why = "has a reserved piece that is an ordinary piece, too";
	}
	free(inner);
	return why;
}

int
pieces_open(struct pieces *p, const struct model *m, bool user_defined, const char **why)
{
	*p = (struct pieces){ 0 };
	*why = copy_pieces(p, m, user_defined);
	if (!*why)
		*why = rank_pieces(p);
	if (!*why)
		*why = index_pieces(p);
	if (!*why && m->kind == MODEL_BPE)
		*why = split_unused(p);
	if (!*why)
		*why = check_reserved(p, m);
	if (!*why)
		return 0;
	pieces_free(p);
	return -1;
}

void
pieces_free(struct pieces *p)
{
	free(p->v);
	free(p->text);
	free(p->shorts);
	free(p->slot);
	free(p->power);
	*p = (struct pieces){ 0 };
}

size_t
pieces_unknown(const struct pieces *p, const char *text, size_t n, uint32_t *to)
{
	if (!p->byte_fallback) {
		to[0] = p->unk;
		return 1;
	}
	if (p->escapes && n == 1 && *text == ' ') {
		text = marked_space;
		n = 3;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = p->byte[(unsigned char)text[i]];
	return n;
}
