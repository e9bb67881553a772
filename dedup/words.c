/*
 * words.c - cut a text into canonical words and hash them.
 *
 * Two steps take turns on pieces of the text.  fold_piece appends canonical letters and
 * spaces to a buffer; cut_words hashes the words that have ended.  In a run of ASCII
 * digits, all but the first become AGAIN, which the hash of a word leaves out.
 */
#include "dedup/words.h"

#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dedup/letters.h"
#include "dedup/mum.h"
#include "lib/text/utf8.h"

enum {
	PIECE = 4096, /* bytes of text per turn */
	GROWTH = 3,   /* at most as many canonical bytes per byte: CJK pairs */
	CUT_MAX = PIECE * GROWTH + 64, /* canonical bytes per turn */
	SLACK = 64 + 8, /* bytes that may be read, and written, past the end */
	AGAIN = 1
};

/* Arbitrary odd numbers (fractional digits of pi). */
#define WORD_A UINT64_C(0x243f6a8885a308d3)
#define WORD_B UINT64_C(0x13198a2e03707345)

/* The state of one text. */
struct word_cutter {
	struct near_words *w;
	const uint32_t *letters;
	unsigned char *out; /* end of the canonical text in w->buf */
	bool digit;	    /* the last character is part of a number */
	size_t pair;	    /* bytes of the last letter, if its script has no spaces */
	bool paired;	    /* and it has a neighbour before it */
	size_t cut;	    /* bytes of w->buf that have been searched for words */
	size_t start;	    /* of the word that is open at cut, if in_word */
	bool in_word;
	bool again; /* that word contains AGAIN */
	bool simd;
	/* Of the last search: the positions of first bytes of words, of the bytes after
	 * words, and of AGAIN, from cut on. */
	size_t nfirst, nafter, nagain;
};

static inline uint64_t
read64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/* The hash of the word p[0, n).  p[0, n + 15) must be readable. */
static inline uint64_t
hash_padded(const unsigned char *p, size_t n)
{
	/* 16 bytes from &mask[16 - n] on: n times 255. */
	static const unsigned char mask[32] = { 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255 };
	const unsigned char *m;
	uint64_t h = 0;

	for (; n > 16; p += 16, n -= 16)
		h = mum(read64(p) ^ WORD_A ^ h, read64(p + 8) ^ WORD_B);
	m = mask + 16 - n;
	return mum((read64(p) & read64(m)) ^ WORD_A ^ h,
	    (read64(p + 8) & read64(m + 8)) ^ WORD_B ^ n);
}

uint64_t
word_hash(const unsigned char *p, size_t n)
{
	unsigned char *copy = xcalloc(n + SLACK, 1);
	uint64_t h;

	memcpy(copy, p, n);
	h = hash_padded(copy, n);
	free(copy);
	return h;
}

/* Fold ASCII characters.  Returns how many there are at the start of p[0, n). */
static size_t
fold_ascii(struct word_cutter *c, const unsigned char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && p[i] < 0x80; i++) {
		const unsigned char form = (unsigned char)c->letters[p[i]];
		const bool digit = form == '0';

		c->out[i] = form == LETTER_SPACE ? ' ' : digit && c->digit ? AGAIN : form;
		c->digit = digit;
	}
	c->out += i;
	return i;
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static size_t
fold_ascii_avx2(struct word_cutter *c, const unsigned char *p, size_t n)
{
	const __m256i a = _mm256_set1_epi8('a' - 1), z = _mm256_set1_epi8('z' + 1),
		      zero = _mm256_set1_epi8('0'), below = _mm256_set1_epi8('0' - 1),
		      above = _mm256_set1_epi8('9' + 1), space = _mm256_set1_epi8(' ');
	uint32_t digit = c->digit;
	size_t i = 0;

	while (n - i >= 32) {
		const __m256i v = _mm256_loadu_si256(
				  (const __m256i *)(const void *)(p + i)),
			      low = _mm256_or_si256(v, space),
			      letter = _mm256_and_si256(
				  _mm256_cmpgt_epi8(low, a), _mm256_cmpgt_epi8(z, low)),
			      number = _mm256_and_si256(_mm256_cmpgt_epi8(v, below),
				  _mm256_cmpgt_epi8(above, v));
		const uint32_t wide = (uint32_t)_mm256_movemask_epi8(v);
		const size_t k = wide ? (size_t)__builtin_ctz(wide) : 32;
		uint32_t digits = (uint32_t)_mm256_movemask_epi8(number), again;

		_mm256_storeu_si256((__m256i *)(void *)c->out,
		    _mm256_blendv_epi8(
			_mm256_blendv_epi8(space, low, letter), zero, number));
		for (again = digits & (digits << 1 | digit); again; again &= again - 1)
			c->out[__builtin_ctz(again)] = AGAIN;
		if (k)
			digit = digits >> (k - 1) & 1;
		c->out += k;
		i += k;
		if (wide) {
			c->digit = digit;
			return i;
		}
	}
	c->digit = digit;
	return i + fold_ascii(c, p + i, n - i);
}

AVX2 static inline uint64_t
equal_avx2(const unsigned char *p, char c)
{
	const __m256i v = _mm256_set1_epi8(c);
	const uint32_t lo = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(v, _mm256_loadu_si256((const __m256i *)(const void *)p)));
	const uint32_t hi = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
	    v, _mm256_loadu_si256((const __m256i *)(const void *)(p + 32))));

	return (uint64_t)hi << 32 | lo;
}
#endif

/* A bit for each of the 64 bytes from p on that equals c. */
static inline uint64_t
equal_portable(const unsigned char *p, char c)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 127;
	uint64_t bits = 0;

	for (size_t i = 0; i < 8; i++) {
		const uint64_t x = read64(p + 8 * i) ^ ones * (unsigned char)c,
			       /* 0x80 in each byte of x that is zero */
		    zero = ~(((x & low) + low) | x | low);

		/* Gather the top bits of the eight bytes. */
		bits |= (zero >> 7) * UINT64_C(0x0102040810204080) >> 56 << 8 * i;
	}
	return bits;
}

/* End a run of letters without spaces: the last one is a word only if it is alone. */
static void
end_pairs(struct word_cutter *c)
{
	if (!c->pair)
		return;
	if (c->paired)
		c->out -= c->pair;
	*c->out++ = ' ';
	c->pair = 0;
	c->paired = false;
}

/* Store c at p, which has room for 4 bytes.  Returns the size. */
static inline size_t
put_utf8(unsigned char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (unsigned char)(0xc0 | c >> 6);
		p[1] = (unsigned char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (unsigned char)(0xe0 | c >> 12);
		p[1] = (unsigned char)(0x80 | (c >> 6 & 63));
		p[2] = (unsigned char)(0x80 | (c & 63));
		return 3;
	}
	p[0] = (unsigned char)(0xf0 | c >> 18);
	p[1] = (unsigned char)(0x80 | (c >> 12 & 63));
	p[2] = (unsigned char)(0x80 | (c >> 6 & 63));
	p[3] = (unsigned char)(0x80 | (c & 63));
	return 4;
}

/* A letter of a script without spaces: the second of a pair, and the first of the next.
 */
static void
put_pair(struct word_cutter *c, uint32_t letter)
{
	if (c->pair) {
		c->out += put_utf8(c->out, letter);
		c->paired = true;
	}
	*c->out++ = ' ';
	c->pair = put_utf8(c->out, letter);
	c->out += c->pair;
}

/* Fold one character. */
static inline void
fold_wide(struct word_cutter *c, uint32_t letter)
{
	if (letter == LETTER_MARK)
		return;
	if (letter & LETTER_UNSPACED) {
		put_pair(c, letter & ~LETTER_UNSPACED);
		c->digit = false;
		return;
	}
	end_pairs(c);
	if (letter == LETTER_SPACE)
		*c->out++ = ' ';
	else if (letter != '0' || !c->digit)
		c->out += put_utf8(c->out, letter);
	c->digit = letter == '0';
}

/* Append the canonical form of s, whole characters, to w->buf. */
static void
fold_piece(struct word_cutter *c, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n;) {
		if (p[i] >= 0x80) {
			fold_wide(c, letter_of(c->letters, utf8_next(s, &i)));
			continue;
		}
		end_pairs(c);
#if defined(__x86_64__)
		if (c->simd) {
			i += fold_ascii_avx2(c, p + i, s.n - i);
			continue;
		}
#endif
		i += fold_ascii(c, p + i, s.n - i);
	}
}

typedef uint64_t (*equal_fn)(const unsigned char *, char);

/* Append the positions of the bits of `bits`, from `at` on.  Returns their number. */
static inline __attribute__((always_inline)) size_t
put_positions(uint32_t *to, uint64_t bits, size_t at)
{
	enum { USUAL = 12 }; /* most blocks have fewer words: then no branch is missed */
	const size_t n = (size_t)__builtin_popcountll(bits);

	for (size_t done = 0; done < n; done += USUAL)
		for (size_t i = done; i < done + USUAL; i++) {
			const uint64_t rest = bits | UINT64_C(1) << 63;

			to[i] = (uint32_t)(at + (size_t)__builtin_ctzll(rest));
			bits &= bits - 1;
		}
	return n;
}

/* Search w->buf[cut, end) for words. */
static inline __attribute__((always_inline)) void
search_with(struct word_cutter *c, size_t end, equal_fn equal)
{
	const struct near_words *w = c->w;
	const unsigned char *p = w->buf + c->cut;
	const size_t n = end - c->cut;
	bool in_word = c->in_word;
	size_t nfirst = 0, nafter = 0, nagain = 0;

	for (size_t at = 0; at < n; at += 64) {
		const size_t size = n - at < 64 ? n - at : 64;
		const uint64_t valid = UINT64_MAX >> (64 - size),
			       space = equal(p + at, ' '),
			       again = equal(p + at, AGAIN) & valid;

		nfirst += put_positions(
		    w->first + nfirst, ~space & (space << 1 | !in_word) & valid, at);
		nafter += put_positions(
		    w->after + nafter, space & (~space << 1 | in_word) & valid, at);
		if (again)
			nagain += put_positions(w->again + nagain, again, at);
		in_word = !(space >> (size - 1) & 1);
	}
	c->nfirst = nfirst;
	c->nafter = nafter;
	c->nagain = nagain;
	c->in_word = in_word;
}

static void
search_portable(struct word_cutter *c, size_t end)
{
	search_with(c, end, equal_portable);
}

#if defined(__x86_64__)
AVX2 static void
search_avx2(struct word_cutter *c, size_t end)
{
	search_with(c, end, equal_avx2);
}
#endif

/* The hash of w->buf[from, to) without AGAIN, which it removes from there. */
static uint64_t
hash_squeezed(struct near_words *w, size_t from, size_t to)
{
	unsigned char *end = w->buf + from;

	for (size_t i = from; i < to; i++)
		if (w->buf[i] != AGAIN)
			*end++ = w->buf[i];
	return hash_padded(w->buf + from, (size_t)(end - w->buf) - from);
}

/* Hash again the words that contain AGAIN: word k is [from(k), cut + after[k]). */
static void
correct_words(struct word_cutter *c, uint64_t *hash, size_t skip)
{
	struct near_words *w = c->w;
	size_t i = 0, k = 0;

	if (c->again && c->nafter) {
		hash[0] = hash_squeezed(w, c->start, c->cut + w->after[0]);
		while (i < c->nagain && w->again[i] < w->after[0])
			i++;
		c->again = false;
	}
	for (; i < c->nagain; i++) {
		while (k < c->nafter && w->after[k] < w->again[i])
			k++;
		if (k == c->nafter) {
			c->again = true;
			return;
		}
		hash[k] =
		    hash_squeezed(w, k < skip ? c->start : c->cut + w->first[k - skip],
			c->cut + w->after[k]);
		while (i + 1 < c->nagain && w->again[i + 1] < w->after[k])
			i++;
	}
}

/* Hash the words that end in w->buf[cut, end). */
static void
hash_words(struct word_cutter *c, bool open)
{
	struct near_words *w = c->w;
	const unsigned char *p = w->buf + c->cut;
	uint64_t *hash = w->hash + w->n;
	const size_t skip = open; /* the first end is that of an earlier first byte */

	if (open && c->nafter)
		hash[0] = hash_padded(w->buf + c->start, c->cut + w->after[0] - c->start);
	for (size_t k = skip; k < c->nafter; k++)
		hash[k] =
		    hash_padded(p + w->first[k - skip], w->after[k] - w->first[k - skip]);
	if (c->nagain || c->again)
		correct_words(c, hash, skip);
	w->n += c->nafter;
	if (c->nfirst)
		c->start = c->cut + w->first[c->nfirst - 1];
}

/* Cut what is final; the last letter of a script without spaces may still go. */
static void
cut_words(struct word_cutter *c)
{
	struct near_words *w = c->w;
	const size_t end = (size_t)(c->out - w->buf) - c->pair;
	const bool open = c->in_word;

	if (w->cap - w->n < end - c->cut) {
		w->cap = w->n + w->n / 2 + CUT_MAX;
		w->hash = xrealloc(w->hash, w->cap, sizeof *w->hash);
	}
	if (!w->first) {
		w->first = xcalloc(3, CUT_MAX * sizeof *w->first);
		w->after = w->first + CUT_MAX;
		w->again = w->after + CUT_MAX;
	}
#if defined(__x86_64__)
	if (c->simd)
		search_avx2(c, end);
	else
#endif
		search_portable(c, end);
	hash_words(c, open);
	c->cut = end;
}

/* Make room for another piece: forget the words that are cut. */
static void
make_room(struct word_cutter *c, size_t piece)
{
	struct near_words *w = c->w;
	const size_t from = c->in_word ? c->start : c->cut,
		     n = (size_t)(c->out - w->buf) - from;

	if (n <= from) {
		if (n)
			memcpy(w->buf, w->buf + from, n);
		c->start = 0;
		c->cut -= from;
		c->out = w->buf + n;
	}
	if (w->buf_cap - (size_t)(c->out - w->buf) < piece * GROWTH + SLACK) {
		const size_t used = (size_t)(c->out - w->buf);

		w->buf_cap = used + used / 2 + piece * GROWTH + SLACK;
		w->buf = xrealloc(w->buf, w->buf_cap, 1);
		c->out = w->buf + used;
	}
}

/* The size of the next piece at s.p[at]: whole characters. */
static size_t
piece_at(struct span s, size_t at)
{
	size_t n = s.n - at;

	if (n <= PIECE)
		return n;
	for (n = PIECE; ((unsigned char)s.p[at + n] & 0xc0) == 0x80; n--)
		;
	return n;
}

void
words_of(struct near_words *w, const uint32_t *letters, struct span s)
{
	struct word_cutter c = { .w = w, .letters = letters };

#if defined(__x86_64__)
	c.simd = !w->portable && __builtin_cpu_supports("avx2") &&
		 __builtin_cpu_supports("bmi2");
#endif
	w->n = 0;
	c.out = w->buf;
	for (size_t at = 0, n; at < s.n; at += n) {
		n = piece_at(s, at);
		make_room(&c, n);
		fold_piece(&c, (struct span){ s.p + at, n });
		cut_words(&c);
	}
	if (s.n == 0)
		return;
	make_room(&c, 0);
	end_pairs(&c);
	*c.out++ = ' ';
	cut_words(&c);
}

void
words_free(struct near_words *w)
{
	free(w->hash);
	free(w->buf);
	free(w->first);
	*w = (struct near_words){ 0 };
}
