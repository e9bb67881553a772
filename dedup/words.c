/*
 * words.c - cut a text into canonical words and hash them.
 *
 * A token is a run of ASCII letters, ASCII digits and bytes of other characters.  All
 * other ASCII characters are spaces, so no word crosses the ends of a token.  A token of
 * ASCII letters is one word, whose hash comes straight from the text.  All other tokens
 * are folded character by character.
 */
#include "dedup/words.h"

#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dedup/letters.h"
#include "dedup/mum.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum {
	BLOCK = 64, /* bytes of text that are searched at once */
	CHUNK = 16  /* bytes of a word that are hashed at once */
};

/* Arbitrary odd numbers (fractional digits of pi). */
#define WORD_A UINT64_C(0x243f6a8885a308d3)
#define WORD_B UINT64_C(0x13198a2e03707345)

#define ONES UINT64_C(0x0101010101010101)
#define TOP  (UINT64_C(1) << 63)

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

static inline void
store32(unsigned char *p, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	memcpy(p, &v, sizeof v);
}

/*
 * The hash of the word p[0, n), whose bytes are or'ed with those of `fold`.  p[0, n + 15)
 * must be readable.  h: of chunks before it.
 */
static inline uint64_t
hash_chunks(const unsigned char *p, size_t n, uint64_t fold, uint64_t h)
{
	/* 16 bytes from &mask[16 - n] on: n times 255. */
	static const unsigned char mask[2 * CHUNK] = { 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255, 255 };
	const unsigned char *m;

	for (; n > CHUNK; p += CHUNK, n -= CHUNK)
		h = mum((read64(p) | fold) ^ WORD_A ^ h, (read64(p + 8) | fold) ^ WORD_B);
	m = mask + CHUNK - n;
	return mum(((read64(p) | fold) & read64(m)) ^ WORD_A ^ h,
	    ((read64(p + 8) | fold) & read64(m + 8)) ^ WORD_B ^ n);
}

/* The hash of a token of ASCII letters. */
static inline uint64_t
hash_letters(const unsigned char *p, size_t n)
{
	return hash_chunks(p, n, ONES * ('a' - 'A'), 0);
}

uint64_t
word_hash(const unsigned char *p, size_t n)
{
	unsigned char *copy = xcalloc(n + CHUNK, 1);
	uint64_t h;

	memcpy(copy, p, n);
	h = hash_chunks(copy, n, 0, 0);
	free(copy);
	return h;
}

/* The canonical form of a character. */
struct form {
	enum letter_kind kind;
	uint32_t bytes; /* in UTF-8, the first lowest */
	unsigned size;
};

/* The form of the character at *p, which it moves past it. */
static inline struct form
next_form(const struct letters *letters, const unsigned char **p)
{
	const unsigned char *at = *p;
	uint32_t c = at[0], utf8;

	if (c < 0x80) {
		*p = at + 1;
	} else if (c < 0xe0) {
		c = (c << 6) + at[1] - (0xc0 << 6) - 0x80;
		*p = at + 2;
	} else if (c < 0xf0) {
		c = (c << 12) + ((uint32_t)at[1] << 6) + at[2] - (0xe0 << 12) -
		    (0x80 << 6) - 0x80;
		*p = at + 3;
	} else {
		struct form f;

		c = (c & 7) << 18 | (at[1] & 63u) << 12 | (at[2] & 63u) << 6 |
		    (at[3] & 63u);
		*p = at + 4;
		f.kind = letter_utf8(letter_of(letters, c), &f.bytes, &f.size);
		return f;
	}
	utf8 = letters->utf8[c];
	return (struct form){ utf8 >> 24 & 3, utf8 & 0xffffff, utf8 >> 30 };
}

/* An open word: the hash of whole chunks, and the up to CHUNK bytes after these. */
struct word {
	uint64_t chunks;
	unsigned char *rest; /* with room for another letter */
	size_t n;
};

static inline void
put_letter(struct word *w, struct form f)
{
	store32(w->rest + w->n, f.bytes);
	w->n += f.size;
	/* The last chunk of a word is not empty. */
	if (w->n > CHUNK) {
		w->chunks = mum(
		    read64(w->rest) ^ WORD_A ^ w->chunks, read64(w->rest + 8) ^ WORD_B);
		memcpy(w->rest, w->rest + CHUNK, 4);
		w->n -= CHUNK;
	}
}

/* Store the hash of w at *hash, if it has letters, and empty it.  Returns where the next
 * hash goes. */
static inline uint64_t *
end_word(struct word *w, uint64_t *hash)
{
	*hash = hash_chunks(w->rest, w->n, 0, w->chunks);
	hash += w->n > 0;
	w->chunks = w->n = 0;
	return hash;
}

/*
 * Hash the words of a run of letters without spaces.  *p: after the first of them, which
 * is f; moves it past the run.  Returns where the next hash goes.
 */
static uint64_t *
hash_pairs(
    const struct letters *letters, const unsigned char **p, struct form f, uint64_t *hash)
{
	uint64_t *const first = hash;

	for (;;) {
		const unsigned char *next = *p;
		const struct form g = next_form(letters, &next);

		if (g.kind == KIND_UNSPACED) {
			*hash++ =
			    mum((f.bytes | (uint64_t)g.bytes << 8 * f.size) ^ WORD_A,
				WORD_B ^ (f.size + g.size));
			f = g;
		} else if (g.kind != KIND_LETTER || g.size) {
			break;
		}
		*p = next;
	}
	/* The last letter is a word only if it is alone. */
	if (hash == first)
		*hash++ = mum(f.bytes ^ WORD_A, WORD_B ^ f.size);
	return hash;
}

/* Store the hashes of the words of a token at *hash.  p[n], after it, is a space.
 * Returns where the next hash goes. */
static uint64_t *
hash_folded(
    const struct letters *letters, const unsigned char *p, size_t n, uint64_t *hash)
{
	const unsigned char *const end = p + n;
	unsigned char rest[CHUNK + 8];
	struct word w = { .rest = rest };

	while (p <= end) {
		const struct form f = next_form(letters, &p);

		if (f.kind == KIND_LETTER) {
			put_letter(&w, f);
		} else if (f.kind == KIND_DIGIT) {
			/* Of a run of digits, the first. */
			if (w.n == 0 || rest[w.n - 1] != '0')
				put_letter(&w, f);
		} else {
			hash = end_word(&w, hash);
			if (f.kind == KIND_UNSPACED)
				hash = hash_pairs(letters, &p, f, hash);
		}
	}
	return hash;
}

/* A bit for each of 64 bytes of text. */
struct marks {
	uint64_t token; /* it is part of a token */
	uint64_t fold;	/* and not an ASCII letter */
};

typedef struct marks (*marks_fn)(const unsigned char *);

/* 0x80 in each byte of x, below 0x80 all, that is from `first` to `last`. */
static inline uint64_t
bytes_between(uint64_t x, unsigned char first, unsigned char last)
{
	return (x + ONES * (0x80u - first)) & ~(x + ONES * (0x7fu - last)) & ONES * 0x80;
}

/* 0x80 in each byte of x that is an ASCII digit. */
static inline uint64_t
digit_bytes(uint64_t x)
{
	return bytes_between(x & ONES * 0x7f, '0', '9') & ~x;
}

/* Whether p[0, n) are ASCII digits.  p[0, n + 7) must be readable. */
static inline bool
all_digits(const unsigned char *p, size_t n)
{
	for (; n > 8 && digit_bytes(read64(p)) == ONES * 0x80; p += 8)
		n -= 8;
	return n <= 8 && digit_bytes(read64(p)) << (64 - 8 * n) == ONES * 0x80
								       << (64 - 8 * n);
}

/* Gather the top bits of eight bytes. */
static inline uint64_t
top_bits(uint64_t x)
{
	return ((x & ONES * 0x80) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline struct marks
marks_portable(const unsigned char *p)
{
	struct marks m = { 0, 0 };

	for (unsigned i = 0; i < BLOCK; i += 8) {
		const uint64_t x = read64(p + i), low = x & ONES * 0x7f,
			       letter = bytes_between(low | ONES * 32, 'a', 'z') & ~x,
			       fold = x | bytes_between(low, '0', '9');

		m.token |= top_bits(letter | fold) << i;
		m.fold |= top_bits(fold) << i;
	}
	return m;
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static inline struct marks
marks_half(const unsigned char *p)
{
	/* Added to the last byte of a range, it makes the largest signed byte. */
	const __m256i to_z = _mm256_set1_epi8(127 - 'z'),
		      to_9 = _mm256_set1_epi8(127 - '9'),
		      letters = _mm256_set1_epi8(127 - 26),
		      digits = _mm256_set1_epi8(127 - 10);
	const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p),
		      lower = _mm256_or_si256(v, _mm256_set1_epi8('a' - 'A')),
		      letter = _mm256_cmpgt_epi8(_mm256_add_epi8(lower, to_z), letters),
		      digit = _mm256_cmpgt_epi8(_mm256_add_epi8(v, to_9), digits),
		      fold = _mm256_or_si256(v, digit); /* its top bits */

	return (
	    struct marks){ (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(letter, fold)),
		(uint32_t)_mm256_movemask_epi8(fold) };
}

AVX2 static inline struct marks
marks_avx2(const unsigned char *p)
{
	const struct marks a = marks_half(p), b = marks_half(p + 32);

	return (struct marks){ a.token | b.token << 32, a.fold | b.fold << 32 };
}
#endif

/* The state of one text. */
struct cutter {
	struct near_words *w;
	const struct letters *letters;
	bool simd;
};

/* Make room for the hashes of n words. */
static inline void
make_room(struct near_words *w, size_t n)
{
	if (w->cap - w->n < n) {
		w->cap = w->n + w->n / 2 + n + 512;
		w->hash = xrealloc(w->hash, w->cap, sizeof *w->hash);
	}
}

/* The tokens that end in a block. */
struct ends {
	const unsigned char *block;
	const unsigned char *from; /* where the first of them starts */
	uint64_t starts;	   /* of the others, and of one that does not end */
	uint64_t ends;
	uint64_t fold; /* those of ends whose token is to be folded */
};

struct token {
	const unsigned char *p;
	size_t n;
};

static inline struct token
next_token(struct ends *e)
{
	const unsigned char *end = e->block + __builtin_ctzll(e->ends), *from = e->from;

	e->from = e->block + __builtin_ctzll(e->starts | TOP);
	e->starts &= e->starts - 1;
	e->ends &= e->ends - 1;
	return (struct token){ from, (size_t)(end - from) };
}

/* Hash the tokens that end in a block, some of which are to be folded. */
static const unsigned char *
hash_mixed(struct cutter *c, const struct ends *ends)
{
	struct near_words *w = c->w;
	struct ends e = *ends;
	uint64_t *hash = w->hash + w->n;

	while (e.ends) {
		const bool letters = !(e.fold & e.ends & -e.ends);
		const struct token t = next_token(&e);

		if (letters) {
			*hash++ = hash_letters(t.p, t.n);
		} else if (is_digit((char)*t.p) && all_digits(t.p, t.n)) {
			*hash++ = mum('0' ^ WORD_A, 1 ^ WORD_B);
		} else {
			w->n = (size_t)(hash - w->hash);
			/* No two words start side by side. */
			make_room(w, t.n / 2 + 1 + BLOCK);
			hash = hash_folded(c->letters, t.p, t.n, w->hash + w->n);
		}
	}
	w->n = (size_t)(hash - w->hash);
	return e.from;
}

/*
 * Hash the tokens that end in text[0, n), whole blocks.  text[0, n + CHUNK) must be
 * readable.  Returns where an open token starts, or the end.
 */
static inline __attribute__((always_inline)) const unsigned char *
cut_with(struct cutter *c, const unsigned char *text, size_t n, marks_fn marks)
{
	struct near_words *w = c->w;
	const unsigned char *from = text;
	uint64_t open = 0;	/* 1: a token is */
	uint64_t open_fold = 0; /* 1: and it is to be folded */

	for (const unsigned char *p = text; p < text + n; p += BLOCK) {
		const struct marks m = marks(p);
		struct ends e = { .block = p,
			.from = from,
			.starts = m.token & ~(m.token << 1 | open),
			.ends = ~m.token & (m.token << 1 | open) };
		/* In the sum, a mark of fold moves to the end of its token. */
		const bool over = __builtin_add_overflow(m.token, m.fold, &e.fold);

		open_fold = __builtin_add_overflow(e.fold, open_fold, &e.fold) | over;
		e.fold &= e.ends;
		if (!open) {
			e.from = p + __builtin_ctzll(e.starts | TOP);
			e.starts &= e.starts - 1;
		}
		make_room(w, BLOCK);
		if (e.fold) {
			from = hash_mixed(c, &e);
		} else {
			uint64_t *hash = w->hash + w->n;

			while (e.ends) {
				const struct token t = next_token(&e);

				*hash++ = hash_letters(t.p, t.n);
			}
			w->n = (size_t)(hash - w->hash);
			from = e.from;
		}
		open = m.token >> 63;
	}
	return open ? from : text + n;
}

static const unsigned char *
cut_portable(struct cutter *c, const unsigned char *text, size_t n)
{
	return cut_with(c, text, n, marks_portable);
}

#if defined(__x86_64__)
AVX2 static const unsigned char *
cut_avx2(struct cutter *c, const unsigned char *text, size_t n)
{
	return cut_with(c, text, n, marks_avx2);
}
#endif

static const unsigned char *
cut(struct cutter *c, const unsigned char *text, size_t n)
{
#if defined(__x86_64__)
	if (c->simd)
		return cut_avx2(c, text, n);
#endif
	return cut_portable(c, text, n);
}

/* Cut a text that follows a space, of which nothing after n may be read. */
static void
cut_copy(struct cutter *c, const unsigned char *text, size_t n)
{
	struct near_words *w = c->w;
	const size_t blocks = n / BLOCK + 1;

	if (w->copy_cap < blocks * BLOCK + CHUNK) {
		w->copy_cap = blocks * BLOCK * 2 + CHUNK;
		free(w->copy);
		w->copy = xmalloc(w->copy_cap);
	}
	memcpy(w->copy, text, n);
	memset(w->copy + n, ' ', blocks * BLOCK + CHUNK - n);
	cut(c, w->copy, blocks * BLOCK);
}

void
words_of(struct near_words *w, const struct letters *letters, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p, *rest = p;
	struct cutter c = { .w = w, .letters = letters };

#if defined(__x86_64__)
	c.simd = !w->portable && __builtin_cpu_supports("avx2") &&
		 __builtin_cpu_supports("bmi2");
#endif
	w->n = 0;
	if (s.n >= BLOCK + CHUNK)
		rest = cut(&c, p, (s.n - CHUNK) / BLOCK * BLOCK);
	if (s.n)
		cut_copy(&c, rest, s.n - (size_t)(rest - p));
}

void
words_free(struct near_words *w)
{
	free(w->hash);
	free(w->copy);
	*w = (struct near_words){ 0 };
}
