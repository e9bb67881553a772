/* windows.c - pieces of text to sums of windows, with a memory for words. */
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "filters/langid/text_features.h"

/* Whether each of 16 bytes is in a piece, as bits. */
#ifdef __SSE2__
static inline unsigned
bits_of_16(const char *p)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
	const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
	    _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(v, letter));
}
#else
static inline unsigned
bits_of_16(const char *p)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < 16; i++)
		bits |= (unsigned)langid_in_piece((unsigned char)p[i]) << i;
	return bits;
}
#endif

/* Know of the bytes from p->at on. */
static inline __attribute__((always_inline)) void
know(struct pieces *p)
{
	const size_t left = p->text.n - p->at, n = left < 64 ? left : 64;
	const char *from = p->text.p + p->at;
	size_t i = 0;

	p->bits = 0;
	for (; i + 16 <= n; i += 16)
		p->bits |= (uint64_t)bits_of_16(from + i) << i;
	for (; i < n; i++)
		p->bits |= (uint64_t)langid_in_piece((unsigned char)from[i]) << i;
	p->known = p->at + n;
}

/* Where the run that i is in ends, or as far as matters: it will be cut at PIECE_MAX. */
static size_t
run_end(struct span s, size_t i)
{
	if (s.n - i > PIECE_MAX)
		s.n = i + PIECE_MAX;
	for (; s.n - i >= 16; i += 16) {
		const unsigned bits = ~bits_of_16(s.p + i) & 0xffff;

		if (bits)
			return i + (unsigned)__builtin_ctz(bits);
	}
	while (i < s.n && langid_in_piece((unsigned char)s.p[i]))
		i++;
	return i;
}

/* The length of the run that p->at is in, which is more than is known of. */
static inline __attribute__((always_inline)) size_t
long_run(struct pieces *p)
{
	size_t n;

	if (p->known - p->at == 64)
		return run_end(p->text, p->known) - p->at;
	know(p);
	n = ~p->bits ? (unsigned)__builtin_ctzll(~p->bits) : 64;
	if (n == 64 && p->known < p->text.n)
		n = run_end(p->text, p->known) - p->at;
	return n;
}

static inline __attribute__((always_inline)) struct span
next_piece(struct pieces *p)
{
	struct span piece = { NULL, 0 };
	size_t n;

	while (!p->bits) {
		p->at = p->known;
		if (p->at == p->text.n)
			return piece;
		know(p);
	}
	n = (unsigned)__builtin_ctzll(p->bits);
	p->at += n;
	p->bits >>= n;
	n = ~p->bits ? (unsigned)__builtin_ctzll(~p->bits) : 64;
	if (p->at + n >= p->known && p->known < p->text.n)
		n = long_run(p);
	piece.p = p->text.p + p->at;
	if (n > PIECE_SHORT)
		n = langid_cut(p->letters, (struct span){ piece.p, n });
	piece.n = n;
	p->at += n;
	if (p->at < p->known)
		p->bits >>= n;
	else
		p->bits = 0, p->known = p->at;
	return piece;
}

struct span
langid_next_piece(struct pieces *p)
{
	return next_piece(p);
}

enum {
	KEY_MAX = 31, /* bytes of a piece that is remembered */
	KEY_ROWS = 3 * KEY_MAX + 3,
	REMEMBERED_LOG2 = 14,
	BATCH = 16, /* pieces whose memory is asked for before it is used */
	BREAKS_MAX = 64,
};

/*
 * The sum of a piece, in one line of a cache.  Sums are small next to what they could be;
 * those that do not fit are not remembered.
 */
struct remembered {
	_Alignas(64) unsigned char key[KEY_MAX]; /* followed by zeros */
	unsigned char n;			 /* rows; 0: nothing is here */
	signed char v[LINEAR_DIMS];
};

/* A piece that is on its way to be summed up. */
struct due {
	_Alignas(16) unsigned char key[KEY_MAX + 1]; /* if short: with zeros behind */
	struct span piece;
	struct remembered *word; /* NULL: too long to be remembered */
	size_t n;		 /* of row, if it is short and not remembered */
	uint32_t row[KEY_ROWS];
};

struct langid_memory {
	struct remembered word[(size_t)1 << REMEMBERED_LOG2];
	struct due due[BATCH];
	uint32_t row[PIECE_FEATURES_MAX];
};

struct langid_memory *
langid_memory_new(void)
{
	struct langid_memory *w = aligned_alloc(64, sizeof *w);

	if (!w)
		die(EXIT_SYSTEM, "out of memory: try fewer threads (-j)");
	memset(w, 0, sizeof *w);
	return w;
}

void
langid_memory_free(struct langid_memory *w)
{
	free(w);
}

static inline size_t
slot_of(uint64_t a, uint64_t b)
{
	a = a * 0xff51afd7ed558ccdU ^ b * 0xa0761d6478bd642fU;
	return (a ^ a >> 32) * 0xe7037ed1a0b428dbU >> (64 - REMEMBERED_LOG2);
}

#ifdef __SSE2__
/* Stored in one go: a load soon after must not wait for parts.  p: 32 bytes to be read.
 */
static inline size_t
set_key(struct due *d, const char *p)
{
	static const unsigned char keep[2 * (KEY_MAX + 1)] = { 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	const __m128i *mask =
	    (const __m128i *)(const void *)(keep + KEY_MAX + 1 - d->piece.n);
	const __m128i *from = (const __m128i *)(const void *)p;
	const __m128i a = _mm_and_si128(_mm_loadu_si128(from), _mm_loadu_si128(mask));
	const __m128i b =
	    _mm_and_si128(_mm_loadu_si128(from + 1), _mm_loadu_si128(mask + 1));
	const __m128i both = _mm_xor_si128(a, _mm_shuffle_epi32(b, 0x4b));
	__m128i *key = (__m128i *)(void *)d->key;

	_mm_store_si128(key, a);
	_mm_store_si128(key + 1, b);
	return slot_of((uint64_t)_mm_cvtsi128_si64(both),
	    (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(both, both)));
}

static inline bool
is_remembered(const struct due *d)
{
	const __m128i *a = (const __m128i *)(const void *)d->word,
		      *b = (const __m128i *)(const void *)d->key;
	const __m128i low = _mm_cmpeq_epi8(_mm_load_si128(a), _mm_load_si128(b));
	const __m128i high = _mm_cmpeq_epi8(_mm_load_si128(a + 1), _mm_load_si128(b + 1));

	/* The last byte of the key is zero, and that of what is remembered is n. */
	return (_mm_movemask_epi8(low) & (_mm_movemask_epi8(high) | 0x8000)) == 0xffff;
}

static inline void
add_remembered(struct linear_sum *sum, const struct remembered *r)
{
	const __m128i *v = (const __m128i *)(const void *)r->v;
	__m128i *to = (__m128i *)(void *)sum->v;

	for (int i = 0; i < 2; i++, v++, to += 2) {
		const __m128i x = _mm_load_si128(v);
		const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(x, x), 8);
		const __m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(x, x), 8);

		_mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to), low));
		_mm_storeu_si128(to + 1, _mm_add_epi16(_mm_loadu_si128(to + 1), high));
	}
	sum->n += r->n;
}

/* Whether all fit in a byte; then that is what is kept. */
static inline bool
keep(struct remembered *r, const struct linear_sum *sum)
{
	const __m128i *from = (const __m128i *)(const void *)sum->v;
	__m128i *to = (__m128i *)(void *)r->v, same = _mm_set1_epi8(-1);
	__m128i packed[2];

	for (int i = 0; i < 2; i++, from += 2) {
		const __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1);
		const __m128i p = _mm_packs_epi16(a, b);
		const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(p, p), 8);
		const __m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(p, p), 8);

		same = _mm_and_si128(same,
		    _mm_and_si128(_mm_cmpeq_epi16(a, low), _mm_cmpeq_epi16(b, high)));
		packed[i] = p;
	}
	if (_mm_movemask_epi8(same) != 0xffff)
		return false;
	_mm_store_si128(to, packed[0]);
	_mm_store_si128(to + 1, packed[1]);
	return true;
}
#else
static inline size_t
set_key(struct due *d, const char *p)
{
	uint64_t k[4];

	memset(d->key, 0, sizeof d->key);
	memcpy(d->key, p, d->piece.n);
	memcpy(k, d->key, sizeof k);
	return slot_of(k[0] ^ k[2], k[1] ^ k[3]);
}

static inline bool
is_remembered(const struct due *d)
{
	return memcmp(d->word->key, d->key, KEY_MAX) == 0;
}

static inline void
add_remembered(struct linear_sum *sum, const struct remembered *r)
{
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		sum->v[i] = (int16_t)(sum->v[i] + r->v[i]);
	sum->n += r->n;
}

static inline bool
keep(struct remembered *r, const struct linear_sum *sum)
{
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		if (sum->v[i] < -128 || sum->v[i] > 127)
			return false;
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		r->v[i] = (signed char)sum->v[i];
	return true;
}
#endif

/* A text on its way into windows. */
struct cutter {
	const struct linear *m;
	struct langid_memory *memory;
	struct pieces p;
	struct span ahead; /* a piece that has been read and begins the next window */
	size_t step, from; /* from: where in the document the text begins */
	size_t begin, end; /* of what is being read: of its window, of the last piece */
	struct window w;
	struct buf *v;
};

/* Whether a sentence or a line ends in s, which is what stands between two pieces. */
static bool
has_break(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("\n.!?;:", s.p[i], 6))
			return true;
	return false;
}

/* Whether the window ends before a piece at `at`, behind one that ends at `end`. */
static inline bool
window_ends(const struct cutter *c, size_t end, size_t at)
{
	const size_t bytes = at - c->begin;

	return bytes >= c->step ||
	       (c->step <= BREAKS_MAX && bytes >= c->step / 2 &&
		   has_break((struct span){ c->p.text.p + end, at - end }));
}

/* A window without features becomes a part of the next one. */
static void
put_window(struct cutter *c, size_t to)
{
	struct window w = c->w;

	if (w.sum.n == 0)
		return;
	w.from += c->from;
	w.to = c->from + to;
	buf_put(c->v, &w, sizeof w);
	c->w = (struct window){ .from = to };
}

static inline size_t
key_of(struct span text, struct due *d)
{
	char copy[KEY_MAX + 1];

	if (text.p + text.n - d->piece.p > KEY_MAX)
		return set_key(d, d->piece.p);
	return set_key(d, memcpy(copy, d->piece.p, d->piece.n));
}

/*
 * Pieces of one window, as many as go on at once; what may be remembered of them is on
 * its way from memory.  *ends: the window ends with them.
 */
static inline size_t
read_pieces(struct cutter *c, bool *ends)
{
	struct due *d = c->memory->due;
	struct pieces p = c->p;
	size_t end = c->end;

	*ends = false;
	for (; d < c->memory->due + BATCH; d++) {
		d->piece = c->ahead.n ? c->ahead : next_piece(&p);
		c->ahead.n = 0;
		if (d->piece.n == 0)
			break;
		if (end > c->begin &&
		    window_ends(c, end, (size_t)(d->piece.p - p.text.p))) {
			c->ahead = d->piece;
			c->begin = (size_t)(d->piece.p - p.text.p);
			*ends = true;
			break;
		}
		end = (size_t)(d->piece.p - p.text.p) + d->piece.n;
		d->word = NULL;
		if (d->piece.n <= KEY_MAX) {
			d->word = &c->memory->word[key_of(p.text, d)];
			__builtin_prefetch(d->word);
		}
	}
	c->p = p;
	c->end = end;
	return (size_t)(d - c->memory->due);
}

/* Add what is remembered; find the rows of what is not, and have them come from memory.
 */
static inline size_t
add_known(struct cutter *c, size_t n, struct due **fresh)
{
	struct due *d = c->memory->due;
	size_t k = 0;

	for (size_t i = 0; i < n; i++, d++) {
		if (d->word && is_remembered(d)) {
			add_remembered(&c->w.sum, d->word);
			continue;
		}
		fresh[k++] = d;
		if (!d->word)
			continue;
		d->n = langid_features(c->p.letters, d->piece, c->m->shift, d->row);
		for (size_t j = 0; j < d->n; j++)
			__builtin_prefetch(linear_row(c->m, d->row[j]));
	}
	return k;
}

static inline void
add_fresh(struct cutter *c, struct due *d)
{
	struct linear_sum own = { 0 };
	uint32_t *row = c->memory->row;

	if (!d->word) {
		const size_t n =
		    langid_features(c->p.letters, d->piece, c->m->shift, row);

		linear_sum_rows(c->m, row, n, &c->w.sum);
		return;
	}
	linear_sum_rows(c->m, d->row, d->n, &own);
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		c->w.sum.v[i] = (int16_t)(c->w.sum.v[i] + own.v[i]);
	c->w.sum.n += own.n;
	if (keep(d->word, &own)) {
		memcpy(d->word->key, d->key, KEY_MAX);
		d->word->n = (unsigned char)own.n;
	}
}

void
langid_windows(const struct linear *m, const struct letters *l,
    struct langid_memory *memory, struct span s, size_t from, size_t step, struct buf *v)
{
	struct cutter c = { .m = m,
		.memory = memory,
		.p = { .letters = l, .text = s },
		.step = step,
		.from = from,
		.v = v };
	const size_t begin = v->n;
	struct due *fresh[BATCH];
	size_t n;
	bool ends;

	while ((n = read_pieces(&c, &ends)) > 0 || ends) {
		const size_t k = add_known(&c, n, fresh);

		for (size_t i = 0; i < k; i++)
			add_fresh(&c, fresh[i]);
		if (ends)
			put_window(&c, (size_t)(c.ahead.p - s.p));
	}
	put_window(&c, s.n);
	/* What is left without features belongs to the last window. */
	if (v->n > begin)
		((struct window *)(void *)(v->p + v->n))[-1].to = from + s.n;
}
