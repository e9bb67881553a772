/* unigram.c - find the best segmentation of a text by a unigram model, as SentencePiece
 * does. */
#include "tok/engine/unigram.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* SentencePiece's constants (unigram_model.cc). */
#define UNK_PENALTY   10.0f
#define SYMBOL_MALUS  0.1
#define SUM_MAX	      100000.0f /* a larger sum begins again from 0, in new versions */
#define BITS_PER_BYTE 8		/* of the filter of starts, per byte of the pieces */

static inline size_t
start_bit(const struct unigram *u, uint64_t hash)
{
	return (size_t)((hash ^ hash >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> u->shift);
}

/* Whether some piece may begin with the text of this hash. */
static inline bool
starts_piece(const struct unigram *u, uint64_t hash)
{
	const size_t bit = start_bit(u, hash);

	return u->start[bit >> 6] >> (bit & 63) & 1;
}

static int
index_starts(struct unigram *u)
{
	const struct pieces *p = u->p;
	size_t bits = 1 << 16, total = 0;

	u->shift = 64 - 16;
	for (uint32_t i = 0; i < p->n; i++)
		total += p->v[i].n;
	for (; bits < total * BITS_PER_BYTE; bits *= 2)
		u->shift--;
	u->start = calloc(bits / 64, sizeof *u->start);
	if (!u->start)
		return -1;
	for (uint32_t i = 0; i < p->n; i++) {
		const char *s = p->text + p->v[i].at;
		uint64_t hash = 0;

		for (size_t at = 0; at < p->v[i].n;) {
			const size_t end = at + piece_char((unsigned char)s[at]);
			size_t bit;

			for (; at < end; at++)
				hash = hash * PIECES_BASE + (unsigned char)s[at] + 1;
			bit = start_bit(u, hash);
			u->start[bit >> 6] |= UINT64_C(1) << (bit & 63);
		}
	}
	return 0;
}

/* most: the highest score of a model's ordinary pieces. */
static double
score_of(const struct model_piece *piece, float most, bool is_new)
{
	if (piece->type != MODEL_USER_DEFINED)
		return (double)piece->score;
	if (is_new)
		return (double)(float)(SYMBOL_MALUS * ((double)piece->n - 1));
	return (double)((float)piece->n * most) - SYMBOL_MALUS;
}

int
unigram_open(
    struct unigram *u, const struct pieces *p, const struct model *m, bool is_new)
{
	float least = FLT_MAX, most = FLT_MIN;

	*u = (struct unigram){ .p = p, .is_new = is_new };
	u->score = calloc(m->n, sizeof *u->score);
	u->single = calloc(m->n, sizeof *u->single);
	if (!u->score || !u->single || index_starts(u) < 0) {
		unigram_free(u);
		return -1;
	}
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->piece[i].type != MODEL_NORMAL)
			continue;
		least = fminf(least, m->piece[i].score);
		most = fmaxf(most, m->piece[i].score);
	}
	u->unk_score = least - UNK_PENALTY;
	for (uint32_t i = 0; i < m->n; i++) {
		u->score[i] = score_of(&m->piece[i], most, is_new);
		u->single[i] = (float)u->score[i];
	}
	return 0;
}

void
unigram_free(struct unigram *u)
{
	free(u->score);
	free(u->single);
	free(u->start);
	*u = (struct unigram){ 0 };
}

/* The best way to a place. */
struct exact_node {
	double best, second; /* sums; -INFINITY: none */
	uint32_t id;
	uint8_t from;
};

static void
offer(struct exact_node *to, double sum, size_t from, uint32_t id)
{
	if (sum > to->best) {
		to->second = to->best;
		to->best = sum;
		to->from = (uint8_t)from;
		to->id = id;
	} else if (sum > to->second) {
		to->second = sum;
	}
}

/* The id of the piece text[from, to), if it can be a token. */
static inline uint32_t
token_at(const struct unigram *u, const char *text, const uint64_t *hash, size_t from,
    size_t to)
{
	const uint32_t id = pieces_find(u->p, text, hash, from, to).id;

	return id != MODEL_NO_ID && u->p->v[id].type == MODEL_UNUSED ? MODEL_NO_ID : id;
}

static inline uint64_t
hash_between(const struct unigram *u, const uint64_t *hash, size_t from, size_t to)
{
	return hash[to] - hash[from] * u->p->power[to - from];
}

/* Offer all tokens that begin at `from`.  Returns the largest magnitude of their sums. */
static double
offer_tokens(const struct unigram *u, const char *text, size_t n, const uint64_t *hash,
    size_t from, struct exact_node *node)
{
	const size_t first = piece_char((unsigned char)text[from]);
	const double base = node[from].best;
	double sum, most = 0;
	bool alone = false;

	for (size_t to = from; to < n;) {
		uint32_t id;

		to += piece_char((unsigned char)text[to]);
		if (to - from > u->p->longest ||
		    !starts_piece(u, hash_between(u, hash, from, to)))
			break;
		id = token_at(u, text, hash, from, to);
		if (id == MODEL_NO_ID)
			continue;
		alone |= to - from == first;
		sum = base + u->score[id];
		most = fmax(most, fabs(sum));
		offer(&node[to], sum, from, id);
	}
	if (!alone) {
		sum = base + (double)u->unk_score;
		most = fmax(most, fabs(sum));
		offer(&node[from + first], sum, from, u->p->unk);
	}
	return most;
}

/*
 * The limit of a path, from the least gap between the best and the second sum at its
 * nodes.  Each of SentencePiece's sums is off by at most 2^-24 of its magnitude for each
 * of its additions, of which there are at most `chars`.
 */
static float
limit_of(double gap, double most, size_t chars)
{
	const double slack = 1.001, ulp = ldexp(1, -24);

	if (isinf(gap))
		return FLT_MAX;
	return (float)(gap / (2 * slack * ulp * (double)chars) * 0.999999 - most - 1);
}

void
unigram_short(
    const struct unigram *u, const char *text, size_t n, struct unigram_path *path)
{
	struct exact_node node[UNIGRAM_SHORT + 1];
	uint64_t hash[UNIGRAM_SHORT + 1];
	uint8_t reversed[UNIGRAM_SHORT];
	double gap = INFINITY, most = 0;
	size_t chars = 0, m = 0;

	pieces_hash(text, n, hash);
	for (size_t i = 0; i <= n; i++)
		node[i] = (struct exact_node){ .best = -INFINITY, .second = -INFINITY };
	node[0].best = 0;
	for (size_t i = 0; i < n; i += piece_char((unsigned char)text[i]), chars++)
		most = fmax(most, offer_tokens(u, text, n, hash, i, node));
	for (size_t i = n; i > 0; i = node[i].from) {
		reversed[m++] = (uint8_t)i;
		gap = fmin(gap, node[i].best - node[i].second);
	}
	path->n = m;
	for (size_t i = 0; i < m; i++) {
		path->end[i] = reversed[m - 1 - i];
		path->id[i] = node[path->end[i]].id;
	}
	path->limit = limit_of(gap, most, chars);
	if (u->is_new)
		path->limit = fminf(path->limit, (float)(SUM_MAX * 0.999 - most));
}

/* ---- texts of any length, in SentencePiece's arithmetic ---- */

/* A window of the text: enough for its choices to be settled nearly always. */
enum { WINDOW = 1 << 15 };

/* The best way to a place of the window. */
struct unigram_node {
	float sum;
	uint32_t id;
	uint32_t from; /* NOWHERE: no way yet */
};
#define NOWHERE UINT32_MAX

static int
reserve(struct unigram_work *w, size_t n)
{
	struct unigram_node *node;
	uint64_t *hash;
	uint32_t *end;

	if (n < w->cap)
		return 0;
	if (n > UINT32_MAX / 2)
		return -1;
	n = n < WINDOW ? WINDOW : n;
	node = realloc(w->node, (n + 1) * sizeof *w->node);
	w->node = node ? node : w->node;
	hash = realloc(w->hash, (n + 1) * sizeof *w->hash);
	w->hash = hash ? hash : w->hash;
	end = realloc(w->end, (n + 1) * sizeof *w->end);
	w->end = end ? end : w->end;
	if (!node || !hash || !end)
		return -1;
	w->cap = n + 1;
	return 0;
}

void
unigram_work_free(struct unigram_work *w)
{
	free(w->node);
	free(w->hash);
	free(w->end);
	*w = (struct unigram_work){ 0 };
}

static void
take(const struct unigram *u, struct unigram_node *to, double sum, size_t from,
    uint32_t id)
{
	const double rounded = (double)(float)sum;

	if (to->from != NOWHERE && !((u->is_new ? rounded : sum) > (double)to->sum))
		return;
	*to = (struct unigram_node){ (float)sum, id, (uint32_t)from };
}

/* The sum at `from`.  A large one is subtracted from itself and those after it. */
static float
sum_at(const struct unigram *u, struct unigram_work *w, size_t n, size_t from)
{
	const float sum = w->node[from].sum;
	const size_t last = n - from < u->p->longest ? n : from + u->p->longest;

	if (!u->is_new || !(fabsf(sum) > SUM_MAX))
		return sum;
	for (size_t i = from; i <= last; i++)
		if (w->node[i].from != NOWHERE)
			w->node[i].sum -= sum;
	return 0;
}

/* Try all tokens of text[from, n). */
static void
take_tokens(const struct unigram *u, struct unigram_work *w, const char *text, size_t n,
    size_t from)
{
	const size_t first = piece_char((unsigned char)text[from]);
	const float sum = sum_at(u, w, n, from);
	bool alone = false;

	for (size_t to = from; to < n;) {
		uint32_t id;

		to += piece_char((unsigned char)text[to]);
		if (to > n || to - from > u->p->longest ||
		    !starts_piece(u, hash_between(u, w->hash, from, to)))
			break;
		id = token_at(u, text, w->hash, from, to);
		if (id == MODEL_NO_ID)
			continue;
		alone |= to - from == first;
		take(u, &w->node[to], u->score[id] + (double)sum, from, id);
	}
	if (!alone)
		take(u, &w->node[from + first], (double)(u->unk_score + sum), from,
		    u->p->unk);
}

/* Note that a way leads through a place.  Returns 1 if none was known to. */
static size_t
mark(struct unigram_work *w, size_t place)
{
	const size_t is_new = w->end[place] == 0;

	w->end[place] = 1;
	return is_new;
}

/*
 * The last place through which all ways lead, once the tokens from all places before `at`
 * are tried: the ways to `at` and to the places after it that tokens have reached.
 */
static size_t
settled(const struct unigram *u, struct unigram_work *w, size_t n, size_t at)
{
	const size_t last = n - at < u->p->longest ? n : at + u->p->longest;
	size_t place = at, ways;

	memset(w->end, 0, (at + 1) * sizeof *w->end);
	ways = mark(w, at);
	for (size_t i = at + 1; i <= last; i++)
		if (w->node[i].from != NOWHERE)
			ways += mark(w, w->node[i].from);
	/* Follow the way that is furthest, until there is one. */
	for (; ways > 1; place--)
		if (w->end[place])
			ways += mark(w, w->node[place].from) - 1;
	while (!w->end[place])
		place--;
	return place;
}

/* Append the ids of the way to `to` from the start of the window. */
static int
put_way(const struct unigram *u, struct unigram_work *w, const char *text, size_t to,
    struct token_ids *ids)
{
	size_t n = 0;

	for (size_t i = to; i > 0; i = w->node[i].from)
		w->end[n++] = (uint32_t)i;
	for (size_t at = 0; n > 0; at = w->end[n]) {
		const uint32_t end = w->end[--n];

		if (token_ids_reserve(ids, PIECES_UNKNOWN) < 0)
			return -1;
		if (w->node[end].id == u->p->unk)
			ids->n +=
			    pieces_unknown(u->p, text + at, end - at, ids->v + ids->n);
		else
			ids->v[ids->n++] = w->node[end].id;
	}
	return 0;
}

/* Encode the start of text[0, n), of which the window holds `size` bytes.  Returns how
 * many bytes are settled, or -1 when memory is out. */
static ptrdiff_t
encode_window(const struct unigram *u, struct unigram_work *w, const char *text, size_t n,
    size_t size, float *sum, struct token_ids *ids)
{
	const size_t longest = u->p->longest;
	size_t at = 0, place;

	if (reserve(w, size) < 0)
		return -1;
	pieces_hash(text, size, w->hash);
	for (size_t i = 0; i <= size; i++)
		w->node[i].from = NOWHERE;
	w->node[0] = (struct unigram_node){ .sum = *sum, .from = 0 };
	while (at < size && (size == n || size - at > longest)) {
		take_tokens(u, w, text, size, at);
		at += piece_char((unsigned char)text[at]);
	}
	place = size == n ? n : settled(u, w, size, at);
	*sum = w->node[place].sum;
	return put_way(u, w, text, place, ids) < 0 ? -1 : (ptrdiff_t)place;
}

int
unigram_long(const struct unigram *u, struct unigram_work *w, const char *text, size_t n,
    float *sum, struct token_ids *ids)
{
	size_t size = WINDOW + u->p->longest;

	while (n > 0) {
		size_t part = n;
		ptrdiff_t done;

		if (n > size) {
			part = size;
			while (((unsigned char)text[part] & 0xc0) == 0x80)
				part--;
		}
		done = encode_window(u, w, text, n, part, sum, ids);
		if (done < 0)
			return -1;
		/* So that what is not settled, and is encoded again, is the lesser part.
		 */
		if ((size_t)done < part / 2)
			size *= 2;
		text += done;
		n -= (size_t)done;
	}
	return 0;
}
