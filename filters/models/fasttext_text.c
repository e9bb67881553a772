/* fasttext_text.c - compute the hidden layer of a fastText model for a text. */
#include <stdlib.h>

#include "filters/models/fasttext_impl.h"
#include "lib/base/num.h"

/* Free buffers that grew beyond this many bytes, so that one huge document does not hold
 * memory. */
enum { SCRATCH_KEEP = 1 << 20 };

/* Words to look up together, so that their cache misses overlap. */
enum { BATCH = 16 };

/* Bytes of a long word whose n-grams are looked up together. */
enum { PART = 32 };

/* Finds the words of a text, 64 bytes at a time. */
struct ft_scanner {
	struct span text;
	size_t block;	/* offset of the current 64 bytes */
	size_t from;	/* bytes of them already consumed */
	uint64_t white; /* one bit per byte: white space, or past the end */
};

/* The bytes of 64 that fastText takes for white space, NUL included: one bit per byte. */
#if defined(__x86_64__)
#include <emmintrin.h>

static uint64_t
white_64(const char *p)
{
	uint64_t white = 0;

	for (size_t i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* '\t' to '\r' are the bytes with c - '\t' <= 4, unsigned. */
		__m128i over = _mm_sub_epi8(v, _mm_set1_epi8('\t'));
		__m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(over, _mm_set1_epi8(4)), over);

		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
		hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_setzero_si128()));
		white |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << i;
	}
	return white;
}
#else
static uint64_t
white_64(const char *p)
{
	uint64_t white = 0;

	for (size_t i = 0; i < 64; i++) {
		unsigned char c = (unsigned char)p[i];

		white |= (uint64_t)(c == ' ' || (c >= '\t' && c <= '\r') || c == '\0')
			 << i;
	}
	return white;
}
#endif

static void
load_block(struct ft_scanner *w)
{
	size_t left = w->text.n - w->block;
	char last[64] = { 0 };

	if (left >= 64) {
		w->white = white_64(w->text.p + w->block);
		return;
	}
	if (left)
		memcpy(last, w->text.p + w->block, left);
	w->white = white_64(last);
}

/* The next byte that is (or is not) white space; text.n if there is none. */
static size_t
next_byte(struct ft_scanner *w, bool white)
{
	for (;;) {
		uint64_t hits = (white ? w->white : ~w->white) & ~UINT64_C(0) << w->from;

		if (hits) {
			w->from = (size_t)__builtin_ctzll(hits);
			return w->block + w->from;
		}
		if (w->text.n - w->block <= 64) {
			w->white = ~UINT64_C(0); /* no more words */
			return w->text.n;
		}
		w->block += 64;
		w->from = 0;
		load_block(w);
	}
}

static bool
next_word(struct ft_scanner *w, struct span *word)
{
	size_t from = next_byte(w, false);

	if (from >= w->text.n)
		return false;
	word->p = w->text.p + from;
	word->n = next_byte(w, true) - from;
	return true;
}

static void
flush(const struct fasttext *m, struct fasttext_scratch *s)
{
	ft_add_rows(m, s);
	s->total += s->nrows;
	s->nrows = 0;
}

/* Append rows to s->row.  They are copied FT_LANES at a time, so both arrays need
 * padding. */
static inline void
push_rows(
    const struct fasttext *m, struct fasttext_scratch *s, const uint32_t *row, size_t n)
{
	while (n > 0) {
		size_t room = FT_ROWS - s->nrows, k = n < room ? n : room;

		for (size_t i = 0; i < k; i += FT_LANES)
			memcpy(s->row + s->nrows + i, row + i, FT_LANES * sizeof *row);
		s->nrows += k;
		row += k;
		n -= k;
		if (s->nrows == FT_ROWS)
			flush(m, s);
	}
}

/* Keep a word's hash if the model has word n-grams. */
static inline void
push_hash(const struct fasttext *m, struct fasttext_scratch *s, uint32_t hash)
{
	if (m->word_ngrams == 1)
		return;
	GROW(s->hash, s->nhash, s->hash_cap);
	s->hash[s->nhash++] = hash;
}

/* Add the rows of a word that is too long for the cache. */
static void
add_long_word(const struct fasttext *m, struct fasttext_scratch *s, struct span word)
{
	uint32_t hash = ft_hash(word), row[PART * FT_MAX_CHARS + FT_LANES], n;

	n = ft_word_row(m, word, hash, row);
	if (n == FT_IGNORED)
		return;
	push_rows(m, s, row, n);
	push_hash(m, s, hash);
	if (m->max_chars == 0)
		return;
	word = ft_mark_ends(s, word);
	for (size_t i = 0; i < word.n; i += PART) {
		size_t end = word.n - i < PART ? word.n : i + PART;

		push_rows(m, s, row, ft_char_ngrams(m, word, i, end, row));
	}
}

static void
add_cached_word(
    const struct fasttext *m, struct fasttext_scratch *s, const struct ft_key *k)
{
	const struct ft_cached_word *e = ft_word_rows(m, s, k);

	if (e->rows == FT_IGNORED)
		return;
	push_rows(m, s, s->cached_rows + e->at, e->rows);
	push_hash(m, s, e->hash);
}

/* Add the end of the line, which is a word without character n-grams. */
static void
add_end(const struct fasttext *m, struct fasttext_scratch *s)
{
	const uint32_t row[FT_LANES] = { (uint32_t)m->eos };

	if (m->eos != FT_NO_WORD && row[0] >= m->dict.words)
		return;
	push_rows(m, s, row, m->eos != FT_NO_WORD);
	push_hash(m, s, ft_hash(SPAN("</s>")));
}

static void
add_words(const struct fasttext *m, struct fasttext_scratch *s, struct span text)
{
	struct ft_scanner w = { .text = text };
	struct ft_key key[BATCH];
	size_t n = BATCH;

	load_block(&w);
	while (n == BATCH) {
		for (n = 0; n < BATCH && next_word(&w, &key[n].word); n++) {
			if (span_eq(key[n].word, SPAN("</s>")))
				break;
			if (key[n].word.n <= FT_CACHED_BYTES)
				ft_key_init(s, &key[n]);
		}
		for (size_t i = 0; i < n; i++)
			if (key[i].word.n <= FT_CACHED_BYTES)
				ft_prefetch(m, s, &key[i]);
		for (size_t i = 0; i < n; i++)
			if (key[i].word.n <= FT_CACHED_BYTES)
				add_cached_word(m, s, &key[i]);
			else
				add_long_word(m, s, key[i].word);
	}
	add_end(m, s);
}

/* h modulo the number of buckets. */
static inline uint32_t
bucket_of(const struct ft_modulus *m, uint64_t h)
{
	uint64_t r = h - (uint64_t)((u128)h * m->inverse64 >> 64) * m->d;

	while (r >= m->d)
		r -= m->d;
	return (uint32_t)r;
}

/* Add the rows of word n-grams.  They are hashed from the words' hashes as signed
 * numbers. */
static void
add_word_ngrams(const struct fasttext *m, struct fasttext_scratch *s)
{
	uint32_t row[FT_MAX_WORDS + FT_LANES];

	for (size_t i = 0; i < s->nhash; i++) {
		uint64_t h = (uint64_t)(int32_t)s->hash[i];
		size_t n = 0;

		for (size_t k = i + 1; k < s->nhash && k < i + m->word_ngrams; k++) {
			h = h * 116049371u + (uint64_t)(int32_t)s->hash[k];
			row[n++] = bucket_of(&m->buckets, h);
		}
		push_rows(m, s, row, ft_bucket_rows(m, row, n));
	}
}

bool
ft_hidden(const struct fasttext *m, struct fasttext_scratch *s, struct span text)
{
	float scale;

	memset(s->sum, 0, (m->in.cols + FT_LANES) * sizeof *s->sum);
	s->nrows = s->nhash = 0;
	s->total = 0;
	add_words(m, s, text);
	add_word_ngrams(m, s);
	flush(m, s);
	if (s->hash_cap > SCRATCH_KEEP / sizeof *s->hash) {
		free(s->hash);
		s->hash = NULL;
		s->hash_cap = 0;
	}
	if (s->word.cap > SCRATCH_KEEP)
		buf_free(&s->word);
	if (s->total == 0)
		return false;
	scale = (float)(1.0 / (double)s->total);
	for (size_t i = 0; i < m->in.cols; i++)
		s->sum[i] *= scale;
	return true;
}
