/* windows.c - split a text into pieces and windows; sum features with a cache of words.
 */
#include "filters/langid/windows.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Bit i of the result: byte p[i] is in a piece. */
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

/* Set the bits of up to 64 bytes from it->at on. */
static inline __attribute__((always_inline)) void
scan_letters(struct piece_iter *it)
{
	const size_t left = it->text.n - it->at, n = left < 64 ? left : 64;
	const char *from = it->text.p + it->at;
	size_t i = 0;

	it->bits = 0;
	for (; i + 16 <= n; i += 16)
		it->bits |= (uint64_t)bits_of_16(from + i) << i;
	for (; i < n; i++)
		it->bits |= (uint64_t)langid_in_piece((unsigned char)from[i]) << i;
	it->scanned = it->at + n;
}

/* The end of the run that holds byte i; scanning stops after PIECE_MAX bytes, where the
 * run is split anyway. */
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

/* The length of the run at it->at, which may extend beyond it->scanned. */
static inline __attribute__((always_inline)) size_t
long_run(struct piece_iter *it)
{
	size_t n;

	if (it->scanned - it->at == 64)
		return run_end(it->text, it->scanned) - it->at;
	scan_letters(it);
	n = ~it->bits ? (unsigned)__builtin_ctzll(~it->bits) : 64;
	if (n == 64 && it->scanned < it->text.n)
		n = run_end(it->text, it->scanned) - it->at;
	return n;
}

static inline __attribute__((always_inline)) struct span
next_piece(struct piece_iter *it)
{
	struct span piece = { NULL, 0 };
	size_t n;

	while (!it->bits) {
		it->at = it->scanned;
		if (it->at == it->text.n)
			return piece;
		scan_letters(it);
	}
	n = (unsigned)__builtin_ctzll(it->bits);
	it->at += n;
	it->bits >>= n;
	n = ~it->bits ? (unsigned)__builtin_ctzll(~it->bits) : 64;
	if (it->at + n >= it->scanned && it->scanned < it->text.n)
		n = long_run(it);
	piece.p = it->text.p + it->at;
	if (n > PIECE_SHORT)
		n = langid_piece_end(it->codes, (struct span){ piece.p, n });
	piece.n = n;
	it->at += n;
	if (it->at < it->scanned)
		it->bits >>= n;
	else
		it->bits = 0, it->scanned = it->at;
	return piece;
}

struct span
langid_next_piece(struct piece_iter *it)
{
	return next_piece(it);
}

enum {
	KEY_MAX = 31, /* bytes of the longest cached piece */
	KEY_ROWS = 3 * KEY_MAX + 3,
	CACHE_LOG2 = 14,
	BATCH = 16,	 /* pieces whose memory is prefetched together */
	BREAKS_MAX = 64, /* bytes: only windows of at most this step end at sentences */
};

/*
 * The sum of one piece, in one cache line of the CPU.  A sum whose values do not fit in 8
 * bits is not cached, which is rare.
 */
struct cached_word {
	_Alignas(64) unsigned char key[KEY_MAX]; /* the piece, padded with zeros */
	unsigned char n;			 /* rows; 0: an empty slot */
	signed char v[LINEAR_DIMS];
};

/* A piece whose sum is not added yet. */
struct pending_piece {
	_Alignas(16) unsigned char key[KEY_MAX + 1]; /* the piece, padded with zeros */
	struct span piece;
	struct cached_word *word; /* its slot; NULL: too long to be cached */
	size_t n;		  /* rows, if it is missing in the cache */
	uint32_t row[KEY_ROWS];
};

struct langid_cache {
	struct cached_word word[(size_t)1 << CACHE_LOG2];
	struct pending_piece pending[BATCH];
	uint32_t row[PIECE_FEATURES_MAX];
};

struct langid_cache *
langid_cache_new(void)
{
	struct langid_cache *c = aligned_alloc(64, sizeof *c);

	if (!c)
		die_no_memory("");
	memset(c, 0, sizeof *c);
	return c;
}

void
langid_cache_free(struct langid_cache *c)
{
	free(c);
}

static inline size_t
slot_of(uint64_t a, uint64_t b)
{
	a = a * 0xff51afd7ed558ccdU ^ b * 0xa0761d6478bd642fU;
	return (a ^ a >> 32) * 0xe7037ed1a0b428dbU >> (64 - CACHE_LOG2);
}

#ifdef __SSE2__
/* Copy the piece to d->key and return its slot.  Whole vectors are stored, because the
 * loads of is_cached() would stall on narrower stores.  32 bytes at p must be readable.
 */
static inline size_t
make_key(struct pending_piece *d, const char *p)
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
is_cached(const struct pending_piece *d)
{
	const __m128i *a = (const __m128i *)(const void *)d->word,
		      *b = (const __m128i *)(const void *)d->key;
	const __m128i low = _mm_cmpeq_epi8(_mm_load_si128(a), _mm_load_si128(b));
	const __m128i high = _mm_cmpeq_epi8(_mm_load_si128(a + 1), _mm_load_si128(b + 1));

	/* Byte 31 of the slot is n, not part of the key: ignore it. */
	return (_mm_movemask_epi8(low) & (_mm_movemask_epi8(high) | 0x8000)) == 0xffff;
}

static inline void
add_cached(struct linear_sum *sum, const struct cached_word *r)
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

/* Store a sum whose values all fit in 8 bits; else return false. */
static inline bool
store_sum(struct cached_word *r, const struct linear_sum *sum)
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
make_key(struct pending_piece *d, const char *p)
{
	uint64_t k[4];

	memset(d->key, 0, sizeof d->key);
	memcpy(d->key, p, d->piece.n);
	memcpy(k, d->key, sizeof k);
	return slot_of(k[0] ^ k[2], k[1] ^ k[3]);
}

static inline bool
is_cached(const struct pending_piece *d)
{
	return memcmp(d->word->key, d->key, KEY_MAX) == 0;
}

static inline void
add_cached(struct linear_sum *sum, const struct cached_word *r)
{
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		sum->v[i] = (int16_t)(sum->v[i] + r->v[i]);
	sum->n += r->n;
}

static inline bool
store_sum(struct cached_word *r, const struct linear_sum *sum)
{
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		if (sum->v[i] < -128 || sum->v[i] > 127)
			return false;
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		r->v[i] = (signed char)sum->v[i];
	return true;
}
#endif

/* The state of langid_windows().  Offsets count from the start of the text, except
 * `from`. */
struct window_builder {
	const struct linear_model *m;
	struct langid_cache *cache;
	struct piece_iter it;
	struct span next; /* a piece already read, which begins the next window */
	size_t step;
	size_t from;  /* offset of the text in the document */
	size_t begin; /* of the window being read */
	size_t end;   /* of the last piece read */
	struct langid_window w;
	struct buf *windows;
};

/* Whether a sentence or a line ends in s, the bytes between two pieces. */
static bool
has_break(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("\n.!?;:", s.p[i], 6))
			return true;
	return false;
}

/* Whether the window ends before the piece at `at`, after the piece that ends at `end`.
 */
static inline bool
window_ends(const struct window_builder *c, size_t end, size_t at)
{
	const size_t bytes = at - c->begin;

	return bytes >= c->step ||
	       (c->step <= BREAKS_MAX && bytes >= c->step / 2 &&
		   has_break((struct span){ c->it.text.p + end, at - end }));
}

/* Append the window.  One without features is merged into the next. */
static void
put_window(struct window_builder *c, size_t to)
{
	struct langid_window w = c->w;

	if (w.sum.n == 0)
		return;
	w.from += c->from;
	w.to = c->from + to;
	buf_put(c->windows, &w, sizeof w);
	c->w = (struct langid_window){ .from = to };
}

static inline size_t
key_slot(struct span text, struct pending_piece *d)
{
	char copy[KEY_MAX + 1];

	if (text.p + text.n - d->piece.p > KEY_MAX)
		return make_key(d, d->piece.p);
	return make_key(d, memcpy(copy, d->piece.p, d->piece.n));
}

/*
 * Read up to BATCH pieces of one window and prefetch their cache slots.  *ends: the
 * window ends after them.  Returns their number.
 */
static inline size_t
read_pieces(struct window_builder *c, bool *ends)
{
	struct pending_piece *d = c->cache->pending;
	struct piece_iter it = c->it;
	size_t end = c->end;

	*ends = false;
	for (; d < c->cache->pending + BATCH; d++) {
		d->piece = c->next.n ? c->next : next_piece(&it);
		c->next.n = 0;
		if (d->piece.n == 0)
			break;
		if (end > c->begin &&
		    window_ends(c, end, (size_t)(d->piece.p - it.text.p))) {
			c->next = d->piece;
			c->begin = (size_t)(d->piece.p - it.text.p);
			*ends = true;
			break;
		}
		end = (size_t)(d->piece.p - it.text.p) + d->piece.n;
		d->word = NULL;
		if (d->piece.n <= KEY_MAX) {
			d->word = &c->cache->word[key_slot(it.text, d)];
			__builtin_prefetch(d->word);
		}
	}
	c->it = it;
	c->end = end;
	return (size_t)(d - c->cache->pending);
}

/* Add the cached sums.  Compute and prefetch the rows of the pieces that the cache lacks,
 * and return the number of these. */
static inline size_t
add_cached_pieces(struct window_builder *c, size_t n, struct pending_piece **missing)
{
	struct pending_piece *d = c->cache->pending;
	size_t k = 0;

	for (size_t i = 0; i < n; i++, d++) {
		if (d->word && is_cached(d)) {
			add_cached(&c->w.sum, d->word);
			continue;
		}
		missing[k++] = d;
		if (!d->word)
			continue;
		d->n = langid_features(c->it.codes, d->piece, c->m->shift, d->row);
		for (size_t j = 0; j < d->n; j++)
			__builtin_prefetch(linear_row(c->m, d->row[j]));
	}
	return k;
}

/* Sum the rows of a piece, add them, and cache them if the piece is short. */
static inline void
add_missing(struct window_builder *c, struct pending_piece *d)
{
	struct linear_sum own = { 0 };
	uint32_t *row = c->cache->row;

	if (!d->word) {
		const size_t n = langid_features(c->it.codes, d->piece, c->m->shift, row);

		linear_sum_rows(c->m, row, n, &c->w.sum);
		return;
	}
	linear_sum_rows(c->m, d->row, d->n, &own);
	for (size_t i = 0; i < LINEAR_DIMS; i++)
		c->w.sum.v[i] = (int16_t)(c->w.sum.v[i] + own.v[i]);
	c->w.sum.n += own.n;
	if (store_sum(d->word, &own)) {
		memcpy(d->word->key, d->key, KEY_MAX);
		d->word->n = (unsigned char)own.n;
	}
}

void
langid_windows(const struct linear_model *m, const struct char_codes *codes,
    struct langid_cache *cache, struct span s, size_t from, size_t step,
    struct buf *windows)
{
	struct window_builder c = { .m = m,
		.cache = cache,
		.it = { .codes = codes, .text = s },
		.step = step,
		.from = from,
		.windows = windows };
	const size_t begin = windows->n;
	struct pending_piece *missing[BATCH];
	size_t n;
	bool ends;

	while ((n = read_pieces(&c, &ends)) > 0 || ends) {
		const size_t k = add_cached_pieces(&c, n, missing);

		for (size_t i = 0; i < k; i++)
			add_missing(&c, missing[i]);
		if (ends)
			put_window(&c, (size_t)(c.next.p - s.p));
	}
	put_window(&c, s.n);
	/* Bytes at the end without features belong to the last window. */
	if (windows->n > begin)
		((struct langid_window *)(void *)(windows->p + windows->n))[-1].to =
		    from + s.n;
}
