/*
 * words.c - cut a text into canonical words and hash them.
 *
 * A token is a run of ASCII letters, ASCII digits and bytes of other characters.  All
 * other ASCII characters are spaces, so no word crosses the ends of a token.  A token of
 * ASCII letters is one word, whose hash comes straight from the text.  A token of letters
 * of two bytes, as in Cyrillic or Arabic, is folded four letters at a time, and any other
 * token character by character.
 */
#include "dedup/words.h"

#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dedup/letters.h"
#include "dedup/mum.h"
#include "lib/base/bytes16.h"
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

/* 16 bytes from &mask[16 - n] on: n times 255. */
static const unsigned char mask[2 * CHUNK] = { 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255 };

/*
 * The hash of the word p[0, n), whose bytes are or'ed with those of `fold`.  p[0, n + 15)
 * must be readable.  h: of chunks before it.
 */
static inline uint64_t
hash_chunks(const unsigned char *p, size_t n, uint64_t fold, uint64_t h)
{
	const unsigned char *m;

	while (n > CHUNK) {
		h = mum((read64(p) | fold) ^ WORD_A ^ h, (read64(p + 8) | fold) ^ WORD_B);
		p += CHUNK;
		n -= CHUNK;
	}
	m = mask + CHUNK - n;
	return mum(((read64(p) | fold) & read64(m)) ^ WORD_A ^ h,
	    ((read64(p + 8) | fold) & read64(m + 8)) ^ WORD_B);
}

static __attribute__((noinline)) uint64_t
hash_long(const unsigned char *p, size_t n, uint64_t fold)
{
	return hash_chunks(p, n, fold, 0);
}

/* The hash of a token of ASCII letters. */
static inline uint64_t
hash_letters(const unsigned char *p, size_t n)
{
	const uint64_t lower = ONES * ('a' - 'A');

	/* Separate code for most words. */
	return n <= CHUNK ? hash_chunks(p, n, lower, 0) : hash_long(p, n, lower);
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
struct open_word {
	uint64_t chunks;
	unsigned char *rest; /* with room for another letter */
	size_t n;
};

static inline void
put_letter(struct open_word *w, struct form f)
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
end_word(struct open_word *w, uint64_t *hash)
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
			*hash++ = mum(
			    (f.bytes | (uint64_t)g.bytes << 8 * f.size) ^ WORD_A, WORD_B);
			f = g;
		} else if (g.kind != KIND_LETTER || g.size) {
			break;
		}
		*p = next;
	}
	/* The last letter is a word only if it is alone. */
	if (hash == first)
		*hash++ = mum(f.bytes ^ WORD_A, WORD_B);
	return hash;
}

/*
 * The forms of the up to four letters in those bytes of x that `used` has.  *bad becomes
 * not 0 unless all are of two bytes, and their forms, too.
 */
static inline uint64_t
four_forms(const struct letters *letters, uint64_t x, uint64_t used, uint64_t *bad)
{
	const uint64_t each = UINT64_C(0x0001000100010001);
	const uint64_t c =
	    (x & used & each * 0x1f) << 6 | (x & used & each * 0x3f00) >> 8;
	const uint64_t forms = letters->two[c & 0xffff] |
			       (uint64_t)letters->two[c >> 16 & 0xffff] << 16 |
			       (uint64_t)letters->two[c >> 32 & 0xffff] << 32 |
			       (uint64_t)letters->two[c >> 48] << 48;

	*bad |= (((x & each * 0xc0e0) ^ each * 0x80c0) | (~forms & each * 0x8000)) & used;
	return forms;
}

/* Store the hash of a token at *hash, if it is a word of letters of two bytes whose forms
 * have two bytes, too.  p[0, n + 15) must be readable. */
static inline bool
hash_two(const struct letters *letters, const unsigned char *p, size_t n, uint64_t *hash)
{
	uint64_t bad = 0, h = 0, a, b;
	const unsigned char *m;

	for (; n > CHUNK; p += CHUNK, n -= CHUNK) {
		a = four_forms(letters, read64(p), UINT64_MAX, &bad);
		b = four_forms(letters, read64(p + 8), UINT64_MAX, &bad);
		if (bad)
			return false;
		h = mum(a ^ WORD_A ^ h, b ^ WORD_B);
	}
	m = mask + CHUNK - n;
	a = four_forms(letters, read64(p), read64(m), &bad);
	b = four_forms(letters, read64(p + 8), read64(m + 8), &bad);
	h = mum(a ^ WORD_A ^ h, b ^ WORD_B);
	if (bad)
		return false;
	*hash = h;
	return true;
}

/* Store the hashes of the words of a token at *hash.  p[n], after it, is a space.
 * Returns where the next hash goes. */
static uint64_t *
hash_folded(
    const struct letters *letters, const unsigned char *p, size_t n, uint64_t *hash)
{
	const unsigned char *const end = p + n;
	unsigned char rest[CHUNK + 8];
	struct open_word w = { .rest = rest };

	while (p < end) {
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
	return end_word(&w, hash);
}

/* A bit for each of 64 bytes of text: its kind.  A byte of a space has none. */
struct kinds {
	uint64_t letter, digit; /* ASCII */
	uint64_t wide;		/* of another character */
};

typedef struct kinds (*kinds_fn)(const unsigned char *);

/* 0x80 in each byte of x, below 0x80 all, that is from `first` to `last`; other bits,
 * too. */
static inline uint64_t
bytes_between(uint64_t x, unsigned char first, unsigned char last)
{
	return (x + ONES * (0x80u - first)) & ~(x + ONES * (0x7fu - last));
}

/* Bit i of byte k becomes bit k of byte i. */
static inline uint64_t
transpose(uint64_t x)
{
	uint64_t t = (x ^ x >> 7) & UINT64_C(0x00aa00aa00aa00aa);

	x ^= t ^ t << 7;
	t = (x ^ x >> 14) & UINT64_C(0x0000cccc0000cccc);
	x ^= t ^ t << 14;
	t = (x ^ x >> 28) & UINT64_C(0x00000000f0f0f0f0);
	return x ^ t ^ t << 28;
}

static inline struct kinds
kinds_portable(const unsigned char *p)
{
	struct kinds k = { 0, 0, 0 };

	/* Bit i of byte k is about byte k of chunk i. */
	for (size_t i = 0; i < BLOCK / 8; i++) {
		const uint64_t x = read64(p + 8 * i), low = x & ONES * 0x7f,
			       letter = bytes_between(low | ONES * 32, 'a', 'z') & ~x,
			       digit = bytes_between(low, '0', '9') & ~x;

		k.letter |= (letter >> 7 & ONES) << i;
		k.digit |= (digit >> 7 & ONES) << i;
		k.wide |= (x >> 7 & ONES) << i;
	}
	k.letter = transpose(k.letter);
	k.digit = transpose(k.digit);
	k.wide = transpose(k.wide);
	return k;
}

#ifdef BYTES16
static inline struct kinds
kinds_baseline(const unsigned char *p)
{
	bytes16 v[4], letter[4], digit[4];

	for (size_t i = 0; i < 4; i++) {
		const bytes16 low = (v[i] = bytes16_load(p + 16 * i)) | ('a' - 'A');

		letter[i] = (low > 'a' - 1) & (low < 'z' + 1);
		digit[i] = (v[i] > '0' - 1) & (v[i] < '9' + 1);
	}
	return (struct kinds){
		bytes16_mask(letter[0], letter[1], letter[2], letter[3]),
		bytes16_mask(digit[0], digit[1], digit[2], digit[3]),
		bytes16_mask(v[0], v[1], v[2], v[3]),
	};
}
#else
#define kinds_baseline kinds_portable
#endif

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static inline uint64_t
bytes_of(__m256i a, __m256i b)
{
	return (uint32_t)_mm256_movemask_epi8(a) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

/* Bytes of v above 127 - n, signed, once `add` is added. */
AVX2 static inline __m256i
top_range(__m256i v, int add, int n)
{
	return _mm256_cmpgt_epi8(_mm256_add_epi8(v, _mm256_set1_epi8((char)add)),
	    _mm256_set1_epi8((char)(127 - n)));
}

AVX2 static inline struct kinds
kinds_avx2(const unsigned char *p)
{
	const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p),
		      b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32)),
		      lower = _mm256_set1_epi8('a' - 'A');

	/* The last byte of each range becomes 127. */
	return (
	    struct kinds){ bytes_of(top_range(_mm256_or_si256(a, lower), 127 - 'z', 26),
			       top_range(_mm256_or_si256(b, lower), 127 - 'z', 26)),
		bytes_of(top_range(a, 127 - '9', 10), top_range(b, 127 - '9', 10)),
		bytes_of(a, b) };
}
#endif

/* The token that is open where a block starts. */
struct open_token {
	const unsigned char *from;
	uint64_t open; /* 1: there is one */
	/* 1: it has a letter, a digit, a wide character. */
	uint64_t letter, digit, wide;
};

/* The tokens that end in a block.  Places are relative to it. */
struct ends {
	ptrdiff_t from;	 /* where the first of them starts */
	uint64_t starts; /* of the others, and of one that does not end; or TOP */
	uint64_t ends;
	uint64_t digits; /* those of ends whose token is of digits */
	uint64_t fold;	 /* and those whose token is to be folded */
};

struct text_token {
	ptrdiff_t from;
	size_t n;
	uint64_t end; /* its bit in struct ends */
};

/* Take the first token off. */
static inline struct text_token
next_token(struct ends *e)
{
	const struct text_token t = { e->from,
		(size_t)(__builtin_ctzll(e->ends) - e->from), e->ends & -e->ends };

	/* TOP outlasts the last start. */
	e->from = __builtin_ctzll(e->starts);
	e->starts &= e->starts - 1;
	e->ends &= e->ends - 1;
	return t;
}

/* Ends of tokens with a byte in `bytes`, as the carry of a sum moves there.  *carry: for
 * the open token. */
static inline uint64_t
ends_with(uint64_t token, uint64_t bytes, uint64_t *carry)
{
	uint64_t sum;
	const bool over = __builtin_add_overflow(token, bytes, &sum);

	*carry = __builtin_add_overflow(sum, *carry, &sum) | over;
	return sum;
}

/* Find the tokens that end in the block at p. */
static inline __attribute__((always_inline)) struct ends
find_ends(struct open_token *o, const unsigned char *p, struct kinds k)
{
	const uint64_t token = k.letter | k.digit | k.wide;
	const uint64_t after = token << 1 | o->open;
	struct ends e = { .starts = (token & ~after) | TOP, .ends = ~token & after };
	const ptrdiff_t start = __builtin_ctzll(e.starts);
	const uint64_t open = -o->open;

	/* Without a branch: if no token is open, the first start. */
	e.from = start ^ ((start ^ (o->from - p)) & (ptrdiff_t)open);
	e.starts &= (e.starts - 1) | open;
	o->open = token >> 63;
	if (k.digit | k.wide | o->digit | o->wide) {
		const uint64_t letter = ends_with(token, k.letter, &o->letter),
			       digit = ends_with(token, k.digit, &o->digit),
			       wide = ends_with(token, k.wide, &o->wide);

		e.fold = ((letter & digit) | wide) & e.ends;
		e.digits = digit & ~e.fold & e.ends;
	} else {
		o->letter = o->open;
	}
	return e;
}

/* Make room for n more hashes at `hash`, the end of those of w.  Returns the new end. */
static __attribute__((noinline)) uint64_t *
grow(struct near_words *w, uint64_t *hash, size_t n)
{
	w->n = (size_t)(hash - w->hash);
	w->cap = w->n + w->n / 2 + n + 512;
	w->hash = xrealloc(w->hash, w->cap, sizeof *w->hash);
	return w->hash + w->n;
}

static inline uint64_t *
make_room(struct near_words *w, uint64_t *hash, size_t n)
{
	return (size_t)(w->hash + w->cap - hash) < n ? grow(w, hash, n) : hash;
}

/*
 * Hash the tokens that end in text[0, n), whole blocks.  text[0, n + CHUNK) must be
 * readable.  Returns where an open token starts, or the end.
 */
static inline __attribute__((always_inline)) const unsigned char *
cut_with(struct near_words *w, const struct letters *letters, const unsigned char *text,
    size_t n, kinds_fn kinds)
{
	const uint64_t number = mum('0' ^ WORD_A, WORD_B);
	struct open_token o = { .from = text };
	uint64_t *hash = w->hash + w->n;
	size_t numbers = w->numbers;

	for (const unsigned char *p = text; p < text + n; p += BLOCK) {
		struct ends e = find_ends(&o, p, kinds(p));

		hash = make_room(w, hash, BLOCK);
		if (!(e.fold | e.digits))
			while (e.ends) {
				const struct text_token t = next_token(&e);

				*hash++ = hash_letters(p + t.from, t.n);
				numbers = 0;
			}
		while (e.ends) {
			const struct text_token t = next_token(&e);

			if (e.fold & t.end && (p[t.from] & 0xe0) == 0xc0 &&
			    hash_two(letters, p + t.from, t.n, hash)) {
				hash++;
			} else if (e.fold & t.end) {
				/* No two words start side by side. */
				hash = make_room(w, hash, t.n / 2 + 1 + BLOCK);
				hash = hash_folded(letters, p + t.from, t.n, hash);
			} else {
				const uint64_t h = hash_letters(p + t.from, t.n);
				const bool is_number = e.digits & t.end;

				numbers = is_number ? numbers + 1 : 0;
				*hash++ =
				    is_number && numbers <= WORDS_NUMBERS ? number : h;
				continue;
			}
			numbers = 0;
		}
		o.from = p + e.from;
	}
	w->n = (size_t)(hash - w->hash);
	w->numbers = numbers;
	return o.open ? o.from : text + n;
}

static const unsigned char *
cut_portable(struct near_words *w, const struct letters *letters,
    const unsigned char *text, size_t n)
{
	return cut_with(w, letters, text, n, kinds_portable);
}

static const unsigned char *
cut_baseline(struct near_words *w, const struct letters *letters,
    const unsigned char *text, size_t n)
{
	return cut_with(w, letters, text, n, kinds_baseline);
}

#if defined(__x86_64__)
AVX2 static const unsigned char *
cut_avx2(struct near_words *w, const struct letters *letters, const unsigned char *text,
    size_t n)
{
	return cut_with(w, letters, text, n, kinds_avx2);
}
#endif

static const unsigned char *
cut(struct near_words *w, const struct letters *letters, const unsigned char *text,
    size_t n)
{
#if defined(__x86_64__)
	if (w->code == WORDS_ANY && __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("bmi2"))
		return cut_avx2(w, letters, text, n);
#endif
	return w->code == WORDS_PORTABLE ? cut_portable(w, letters, text, n)
					 : cut_baseline(w, letters, text, n);
}

void
words_of(struct near_words *w, const struct letters *letters, struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t blocks;

	w->n = w->numbers = 0;
	if (s.n >= BLOCK + CHUNK) {
		const unsigned char *rest =
		    cut(w, letters, p, (s.n - CHUNK) / BLOCK * BLOCK);

		s = span_from(s, (size_t)(rest - p));
	}
	if (s.n == 0)
		return;
	/* A copy of the rest has space after it. */
	blocks = s.n / BLOCK + 1;
	if (w->copy_cap < blocks * BLOCK + CHUNK) {
		w->copy_cap = blocks * BLOCK * 2 + CHUNK;
		free(w->copy);
		w->copy = xmalloc(w->copy_cap);
	}
	memcpy(w->copy, s.p, s.n);
	memset(w->copy + s.n, ' ', blocks * BLOCK + CHUNK - s.n);
	cut(w, letters, w->copy, blocks * BLOCK);
}

void
words_free(struct near_words *w)
{
	free(w->hash);
	free(w->copy);
	*w = (struct near_words){ 0 };
}
