/* fasttext_word.c - find the rows of a word in a fastText model, with a cache. */
#include "filters/models/fasttext_impl.h"

static inline uint32_t
bucket_of(const struct ft_modulus *m, uint32_t h)
{
	uint32_t r = h - (uint32_t)((uint64_t)h * m->inverse32 >> 32) * m->d;

	return r >= m->d ? r - m->d : r;
}

/* Replace buckets by rows and drop pruned ones, without branches: they would be
 * unpredictable. */
static inline __attribute__((always_inline)) size_t
kept_rows(const struct ft_prune *p, uint32_t words, uint32_t *row, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t has = p->has[row[i] / 64], bit = UINT64_C(1) << row[i] % 64;
		uint32_t rank = p->rank[row[i] / 64] +
				(uint32_t)__builtin_popcountll(has & (bit - 1));

		row[k] = words + (p->row ? p->row[rank] : rank);
		k += (has & bit) != 0;
	}
	return k;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static size_t
kept_rows_popcnt(const struct ft_prune *p, uint32_t words, uint32_t *row, size_t n)
{
	return kept_rows(p, words, row, n);
}
#else
#define kept_rows_popcnt kept_rows
#endif

size_t
ft_bucket_rows(const struct fasttext *m, uint32_t *row, size_t n)
{
	if (!m->prune.has) {
		for (size_t i = 0; i < n; i++)
			row[i] += m->dict.words;
		return n;
	}
	return m->popcnt ? kept_rows_popcnt(&m->prune, m->dict.words, row, n)
			 : kept_rows(&m->prune, m->dict.words, row, n);
}

/* Find the buckets of the n-grams that begin at byte i of w.  Returns how many, at most
 * max_chars. */
static inline size_t
ngrams_at(const struct ft_modulus *buckets, struct span w, size_t i, uint32_t min_chars,
    uint32_t max_chars, uint32_t *bucket)
{
	uint32_t h = FT_HASH_SEED;
	size_t k = 0, to = i;

	for (uint32_t n = 1; to < w.n && n <= max_chars; n++) {
		do
			h = ft_hash_byte(h, w.p[to++]);
		while (to < w.n && (w.p[to] & 0xc0) == 0x80);
		/* '<' and '>' alone are not n-grams. */
		if (n >= min_chars && !(n == 1 && (i == 0 || to == w.n)))
			bucket[k++] = bucket_of(buckets, h);
	}
	return k;
}

size_t
ft_char_ngrams(
    const struct fasttext *m, struct span w, size_t from, size_t to, uint32_t *row)
{
	const struct ft_modulus buckets = m->buckets;
	const uint32_t min_chars = m->min_chars, max_chars = m->max_chars;
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if ((w.p[i] & 0xc0) != 0x80)
			n += ngrams_at(&buckets, w, i, min_chars, max_chars, row + n);
	return ft_bucket_rows(m, row, n);
}

struct span
ft_mark_ends(struct fasttext_scratch *s, struct span word)
{
	s->word.n = 0;
	buf_putc(&s->word, '<');
	buf_put(&s->word, word.p, word.n);
	buf_putc(&s->word, '>');
	return buf_span(&s->word);
}

uint32_t
ft_word_row(const struct fasttext *m, struct span word, uint32_t hash, uint32_t *row)
{
	int32_t i = ft_dict_find(&m->dict, word, hash);

	if (i == FT_NO_WORD)
		return span_starts(word, SPAN("__label__")) ? FT_IGNORED : 0;
	if ((uint32_t)i >= m->dict.words)
		return FT_IGNORED;
	*row = (uint32_t)i;
	return 1;
}

static inline uint64_t
load64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t
load32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

void
ft_key_init(struct fasttext_scratch *s, struct ft_key *k)
{
	const char *p = k->word.p;
	const size_t n = k->word.n;
	uint64_t h;

	k->part[1] = k->part[2] = k->part[3] = 0;
	if (n >= 16) {
		k->part[0] = load64(p);
		k->part[1] = load64(p + 8);
		k->part[2] = load64(p + n - 16);
		k->part[3] = load64(p + n - 8);
	} else if (n >= 8) {
		k->part[0] = load64(p);
		k->part[1] = load64(p + n - 8);
	} else if (n >= 4) {
		k->part[0] = load32(p) | load32(p + n - 4) << 32;
	} else {
		k->part[0] = (uint64_t)(unsigned char)p[0] |
			     (uint64_t)(unsigned char)p[n / 2] << 8 |
			     (uint64_t)(unsigned char)p[n - 1] << 16;
	}
	h = (k->part[0] ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	h ^= (k->part[1] ^ k->part[2] ^ k->part[3]) * UINT64_C(0xc2b2ae3d27d4eb4f);
	k->slot = h >> (64 - FT_CACHE_BITS);
	__builtin_prefetch(&s->cache[k->slot]);
}

/* Look up the rows of a word and fill in its cache slot e. */
static void
cache_word(const struct fasttext *m, struct fasttext_scratch *s, struct ft_cached_word *e,
    struct span word)
{
	const size_t most = 1 + (FT_CACHED_BYTES + 2) * (size_t)m->max_chars;
	uint32_t *row;

	if (FT_CACHE_ROWS - s->ncached_rows < most) {
		/* The cache is full: empty it. */
		memset(s->cache, 0, sizeof *s->cache << FT_CACHE_BITS);
		s->ncached_rows = 0;
	}
	row = s->cached_rows + s->ncached_rows;
	e->n = (uint32_t)word.n;
	e->hash = ft_hash(word);
	e->at = (uint32_t)s->ncached_rows;
	e->rows = ft_word_row(m, word, e->hash, row);
	if (e->rows == FT_IGNORED)
		return;
	if (m->max_chars > 0) {
		struct span w = ft_mark_ends(s, word);

		e->rows += (uint32_t)ft_char_ngrams(m, w, 0, w.n, row + e->rows);
	}
	s->ncached_rows += e->rows;
}

static inline bool
is_cached(const struct ft_cached_word *e, const struct ft_key *k)
{
	return e->n == k->word.n && memcmp(e->part, k->part, sizeof k->part) == 0;
}

void
ft_prefetch(
    const struct fasttext *m, const struct fasttext_scratch *s, const struct ft_key *k)
{
	if (!is_cached(&s->cache[k->slot], k))
		ft_dict_fetch(&m->dict, ft_hash(k->word));
}

const struct ft_cached_word *
ft_word_rows(const struct fasttext *m, struct fasttext_scratch *s, const struct ft_key *k)
{
	struct ft_cached_word *e = &s->cache[k->slot];

	if (!is_cached(e, k)) {
		cache_word(m, s, e, k->word);
		memcpy(e->part, k->part, sizeof k->part);
	}
	return e;
}
