/*
 * bpe_merges.c - train byte pair encoding on counted words: merge the most frequent pair
 * of symbols until there are enough.
 */
#include "tok/train/bpe_merges.h"

#include <stdlib.h>

#include "tok/train/pairs.h"

/* Bytes of a pair: in the table at half load, in the heap, and its first chunk. */
#define PAIR_COST (2 * sizeof(struct symbol_pair) + sizeof(struct heap_entry) + 64)

enum { PAIRS_MIN = 64 };

/* A pair of the newest symbol and `other`, while the words with that symbol are made. */
struct fresh {
	uint32_t other;
	bool right; /* other is the right one */
	bool joins; /* a piece may consist of both */
	uint64_t count;
	struct pair_list words;
};

/* Counts of pairs by hash, which may be too high but not too low. */
struct rough {
	uint32_t *count;
	unsigned bits;
};

struct bpe_run {
	struct bpe_corpus *corpus;
	struct bpe_symbols *symbols;
	struct pairs pairs;
	uint64_t least;	    /* pairs of a smaller count are not stored */
	size_t pairs_max;   /* above that, `least` rises */
	struct rough rough; /* while pairs are stored */

	struct fresh *fresh;
	size_t n_fresh, fresh_cap;
	uint32_t *fresh_left, *fresh_right; /* by symbol: place in fresh + 1; 0: none */
	size_t fresh_symbols;		    /* length of both */
};

/* Called for each pair of adjacent symbols as often as it can be merged. */
typedef void pair_fn(
    struct bpe_run *r, uint32_t left, uint32_t right, uint32_t word, uint64_t count);

static inline void
each_pair(struct bpe_run *r, const uint32_t *s, size_t n, uint32_t word, uint64_t count,
    pair_fn *f)
{
	for (size_t i = 0; i + 1 < n; i++) {
		f(r, s[i], s[i + 1], word, count);
		/* In a run of equal symbols, pairs do not overlap. */
		if (s[i] == s[i + 1] && i + 2 < n && s[i + 2] == s[i])
			i++;
	}
}

static void
lower(struct bpe_run *r, uint32_t left, uint32_t right, uint32_t word, uint64_t count)
{
	struct symbol_pair *p = pairs_find(&r->pairs, left, right);

	if (p)
		p->count -= p->count < count ? p->count : count;
}

static struct fresh *
find_fresh(struct bpe_run *r, uint32_t other, bool right)
{
	uint32_t *const at = right ? &r->fresh_right[other] : &r->fresh_left[other];
	const uint32_t newest = (uint32_t)r->symbols->n - 1;

	if (*at)
		return &r->fresh[*at - 1];
	GROW(r->fresh, r->n_fresh, r->fresh_cap);
	r->fresh[r->n_fresh] = (struct fresh){ .other = other,
		.right = right,
		.joins = right ? bpe_symbols_join(r->symbols, newest, other)
			       : bpe_symbols_join(r->symbols, other, newest) };
	*at = (uint32_t)++r->n_fresh;
	return &r->fresh[r->n_fresh - 1];
}

static void
raise(struct bpe_run *r, uint32_t left, uint32_t right, uint32_t word, uint64_t count)
{
	const uint32_t newest = (uint32_t)r->symbols->n - 1;
	struct fresh *f;
	struct symbol_pair *p;

	if (left != newest && right != newest) {
		p = pairs_find(&r->pairs, left, right);
		if (p)
			p->count += count;
		return;
	}
	f = find_fresh(r, left == newest ? right : left, left == newest);
	if (!f->joins)
		return;
	f->count += count;
	pair_list_put(&r->pairs.pool, &f->words, word);
}

/* Replace the pair by `newest` in n symbols.  Returns how many are left. */
static size_t
replace(uint32_t *s, size_t n, uint32_t left, uint32_t right, uint32_t newest)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++, to++) {
		const bool hit = s[i] == left && i + 1 < n && s[i + 1] == right;

		s[to] = hit ? newest : s[i];
		i += hit;
	}
	return to;
}

/* Merge a pair in one word, and correct the counts of the pairs around it. */
static void
merge_in_word(struct bpe_run *r, uint32_t word, uint32_t left, uint32_t right)
{
	const struct corpus_word w = r->corpus->word[word];
	uint32_t *const s = r->corpus->symbol + w.at;
	const uint32_t n = s[-1], newest = (uint32_t)r->symbols->n - 1;
	size_t from = 0, last, end, kept;

	while (from + 1 < n && !(s[from] == left && s[from + 1] == right))
		from++;
	if (from + 1 >= n)
		return;
	for (last = n - 2; !(s[last] == left && s[last + 1] == right); last--)
		;
	/* Counts change only from the run of equal symbols before to the one after. */
	from -= from > 0;
	while (from > 0 && s[from - 1] == s[from])
		from--;
	end = last + 2 < n ? last + 3 : n;
	while (end < n && s[end] == s[end - 1])
		end++;
	each_pair(r, s + from, end - from, word, w.count, lower);
	kept = replace(s + from, end - from, left, right, newest);
	each_pair(r, s + from, kept, word, w.count, raise);
	memmove(s + from + kept, s + end, (n - end) * sizeof *s);
	s[-1] = n - (uint32_t)(end - from - kept);
}

/* Store the fresh pairs that are frequent enough. */
static void
keep_fresh(struct bpe_run *r)
{
	const uint32_t newest = (uint32_t)r->symbols->n - 1;

	for (size_t i = 0; i < r->n_fresh; i++) {
		struct fresh *f = &r->fresh[i];
		const struct symbol_pair new = { .left = f->right ? newest : f->other,
			.right = f->right ? f->other : newest,
			.count = f->count,
			.words = f->words };

		(f->right ? r->fresh_right : r->fresh_left)[f->other] = 0;
		if (f->joins && f->count >= r->least)
			pairs_push(&r->pairs, pairs_add(&r->pairs, new));
		else
			pair_list_free(&r->pairs.pool, &f->words);
	}
	r->n_fresh = 0;
}

static void
fresh_reserve(struct bpe_run *r)
{
	const size_t old = r->fresh_symbols;

	if (r->symbols->n <= old)
		return;
	r->fresh_symbols = r->symbols->n + r->symbols->n / 2;
	r->fresh_left = xrealloc(r->fresh_left, r->fresh_symbols, sizeof *r->fresh_left);
	r->fresh_right =
	    xrealloc(r->fresh_right, r->fresh_symbols, sizeof *r->fresh_right);
	for (size_t i = old; i < r->fresh_symbols; i++)
		r->fresh_left[i] = r->fresh_right[i] = 0;
}

/* Merge the pair that made the newest symbol in all words that have it. */
static void
merge_pair(struct bpe_run *r, struct symbol_pair *p)
{
	struct bpe_corpus *const c = r->corpus;
	const uint32_t left = p->left, right = p->right;
	struct pair_list words = p->words;

	p->words = (struct pair_list){ 0 };
	fresh_reserve(r);
	for (uint32_t at = words.head; at;) {
		/* raise() may move the chunks. */
		const struct pair_chunk chunk = r->pairs.pool.chunk[at];

		for (uint32_t i = 0; i < chunk.n; i++)
			__builtin_prefetch(&c->word[chunk.word[i]]);
		for (uint32_t i = 0; i < chunk.n; i++)
			__builtin_prefetch(c->symbol + c->word[chunk.word[i]].at - 1);
		for (uint32_t i = 0; i < chunk.n; i++)
			merge_in_word(r, chunk.word[i], left, right);
		at = chunk.next;
	}
	pair_list_free(&r->pairs.pool, &words);
	p->count = 0;
	keep_fresh(r);
}

static uint32_t *
rough_count(const struct rough *t, uint32_t left, uint32_t right)
{
	const uint64_t key = (uint64_t)left << 32 | right;

	return &t->count[(key ^ key >> 31) * 0xd6e8feb86659fd93u >> (64 - t->bits)];
}

static void
add_rough(struct bpe_run *r, uint32_t left, uint32_t right, uint32_t word, uint64_t count)
{
	uint32_t *n = rough_count(&r->rough, left, right);

	*n = count < UINT32_MAX - *n ? *n + (uint32_t)count : UINT32_MAX;
}

static void
each_word(struct bpe_run *r, pair_fn *f)
{
	for (size_t k = 0; k < r->corpus->n; k++) {
		const struct corpus_word w = r->corpus->word[k];
		const uint32_t *s = r->corpus->symbol + w.at;

		each_pair(r, s, s[-1], (uint32_t)k, w.count, f);
	}
}

static void
store(struct bpe_run *r, uint32_t left, uint32_t right, uint32_t word, uint64_t count)
{
	struct symbol_pair *p;

	if (*rough_count(&r->rough, left, right) < r->least ||
	    !bpe_symbols_join(r->symbols, left, right))
		return;
	p = pairs_find(&r->pairs, left, right);
	if (!p)
		p = pairs_add(
		    &r->pairs, (struct symbol_pair){ .left = left, .right = right });
	p->count += count;
	pair_list_put(&r->pairs.pool, &p->words, word);
}

/* The least count of a class that so many counts reach; at least 1. */
static uint64_t
bound_of(const uint64_t *of_class, size_t reach)
{
	unsigned class = COUNT_CLASSES - 1;

	for (uint64_t sum = 0; class > 1; class --) {
		sum += of_class[class];
		if (sum >= reach)
			break;
	}
	return count_class_least(class);
}

/* Count the pairs of all words again, and store those below the bound so far, too. */
static void
store_pairs(struct bpe_run *r)
{
	const size_t n = (size_t)1 << r->rough.bits;
	uint64_t *of_class = xcalloc(COUNT_CLASSES, sizeof *of_class);
	uint64_t bound;

	r->rough.count = xcalloc(n, sizeof *r->rough.count);
	each_word(r, add_rough);
	for (size_t i = 0; i < n; i++)
		of_class[count_class(r->rough.count[i])]++;
	bound = bound_of(of_class, r->pairs_max / 2);
	r->least = bound < r->least ? bound : r->least / 2;
	pairs_free(&r->pairs);
	r->pairs.symbols = r->symbols;
	each_word(r, store);
	pairs_compact(&r->pairs, r->least);
	free(r->rough.count);
	free(of_class);
}

/* Remove about half of the pairs, those with the smallest counts. */
static void
forget_pairs(struct bpe_run *r)
{
	uint64_t *of_class = xcalloc(COUNT_CLASSES, sizeof *of_class);
	uint64_t bound;

	for (size_t i = 0; i < (size_t)1 << r->pairs.bits; i++)
		if (r->pairs.slot[i].left != PAIR_NONE)
			of_class[count_class(r->pairs.slot[i].count)]++;
	bound = bound_of(of_class, r->pairs_max / 2);
	free(of_class);
	if (bound > r->least)
		r->least = bound;
	pairs_compact(&r->pairs, r->least);
	/* Pairs of one count cannot be distinguished by it. */
	if (r->pairs.n > r->pairs_max / 4 * 3)
		r->pairs_max *= 2;
}

static struct symbol_pair *
next_pair(struct bpe_run *r)
{
	struct symbol_pair *p;

	if (r->pairs.n > r->pairs_max)
		forget_pairs(r);
	while ((p = pairs_top(&r->pairs, r->least)) == NULL && r->least > 1)
		store_pairs(r);
	return p;
}

static void
bpe_run_init(struct bpe_run *r, const struct bpe_limits *l)
{
	r->pairs.symbols = r->symbols;
	r->least = UINT64_MAX;
	r->pairs_max = (size_t)(l->memory / 2 / PAIR_COST);
	if (r->pairs_max < PAIRS_MIN)
		r->pairs_max = PAIRS_MIN;
	r->rough.bits = 12;
	while ((uint64_t)8 << r->rough.bits <= l->memory / 4 &&
	       (size_t)1 << r->rough.bits < 2 * r->corpus->n_symbols)
		r->rough.bits++;
}

/* Make symbols of stored pairs that occur no more, until there are n symbols. */
static void
merge_vanished(struct bpe_run *r, size_t n)
{
	struct pairs *const p = &r->pairs;

	if (r->symbols->n >= n || !p->slot)
		return;
	p->heap_n = 0;
	for (size_t i = 0; i < (size_t)1 << p->bits; i++)
		if (p->slot[i].left != PAIR_NONE)
			pairs_push(p, &p->slot[i]);
	while (r->symbols->n < n && p->heap_n) {
		const struct heap_entry e = p->heap[0];

		bpe_symbols_merge(r->symbols, e.left, e.right);
		pairs_pop(p);
	}
}

uint64_t
bpe_merge(struct bpe_corpus *c, struct bpe_symbols *s, const struct bpe_limits *l)
{
	struct bpe_run r = { .corpus = c, .symbols = s };
	const size_t letters = s->n;
	struct symbol_pair *p;

	bpe_run_init(&r, l);
	while (s->n - letters < l->merges && (p = next_pair(&r)) != NULL) {
		if (!bpe_symbols_merge(s, p->left, p->right)) {
			pairs_empty(&r.pairs, p);
			continue;
		}
		merge_pair(&r, p);
		if (l->progress && s->n % 64 == 0)
			l->progress(l->ctx, s->n - letters);
	}
	merge_vanished(&r, letters + l->merges);
	pairs_free(&r.pairs);
	free(r.fresh);
	free(r.fresh_left);
	free(r.fresh_right);
	return s->n - letters;
}
