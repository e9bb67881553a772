/* corpus.c - counted words as sequences of symbols, within a limit on memory. */
#include "tok/train/corpus.h"

#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/text/utf8.h"

/* Bytes for a word and for each of its symbols: in the corpus, and in lists of pairs. */
enum { WORD_COST = 24, SYMBOL_COST = 10 };

unsigned
count_class(uint64_t count)
{
	unsigned log;

	if (count < 64)
		return (unsigned)count;
	log = 63 - (unsigned)__builtin_clzll(count);
	return 64 + (log - 6) * 64 + (unsigned)(count >> (log - 6) & 63);
}

uint64_t
count_class_least(unsigned class)
{
	const unsigned log = class / 64 - 1;

	return class < 64 ? class : (uint64_t)(64 + class % 64) << log;
}

static size_t
characters(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

void
corpus_survey(struct bpe_corpus *c, const struct counted *w)
{
	const size_t n = characters(w->text);

	if (n < 2)
		return;
	if (!c->cost)
		c->cost = xcalloc(COUNT_CLASSES, sizeof *c->cost);
	c->cost[count_class(w->count)] += WORD_COST + SYMBOL_COST * n;
	c->distinct++;
}

/* The cost that is expected if t is the least count. */
static double
expected_cost(const struct bpe_corpus *c, uint64_t t)
{
	double sum = 0;

	for (unsigned i = 1; i < COUNT_CLASSES; i++) {
		const uint64_t count = count_class_least(i);
		const double share = count < t ? (double)count / (double)t : 1;

		sum += (double)c->cost[i] * share;
	}
	return sum;
}

void
corpus_fit(struct bpe_corpus *c, uint64_t memory)
{
	unsigned lo = 1, hi = COUNT_CLASSES - 1;

	c->least = 1;
	if (!c->cost || expected_cost(c, 1) <= (double)memory)
		return;
	while (lo < hi) {
		const unsigned mid = lo + (hi - lo) / 2;

		if (expected_cost(c, count_class_least(mid)) <= (double)memory)
			hi = mid;
		else
			lo = mid + 1;
	}
	c->least = count_class_least(lo);
}

/* The count of a word if it stays, or 0. */
static uint64_t
sampled(const struct bpe_corpus *c, const struct counted *w)
{
	if (w->count >= c->least)
		return w->count;
	return (u128)hash64(w->text, 1) * c->least < (u128)w->count << 64 ? c->least : 0;
}

/* End the word that begins at symbol `at`, or drop it if it has but one. */
static void
end_word(struct bpe_corpus *c, size_t at, uint64_t count)
{
	const size_t n = c->n_symbols - at;

	if (n < 2) {
		c->n_symbols = at - 1;
		return;
	}
	if (c->n == UINT32_MAX)
		die(EXIT_SYSTEM, "too many words to train on: lower --memory");
	c->symbol[at - 1] = (uint32_t)n;
	GROW(c->word, c->n, c->cap);
	c->word[c->n++] = (struct corpus_word){ count, at };
}

static void
put_symbol(struct bpe_corpus *c, uint32_t symbol)
{
	GROW(c->symbol, c->n_symbols, c->symbol_cap);
	c->symbol[c->n_symbols++] = symbol;
}

void
corpus_add(struct bpe_corpus *c, const struct alphabet *a, const struct counted *w)
{
	uint64_t count;
	size_t start;

	if (characters(w->text) < 2)
		return;
	count = sampled(c, w);
	if (!count)
		return;
	c->kept++;
	put_symbol(c, 0);
	start = c->n_symbols;
	for (size_t at = 0; at < w->text.n;) {
		const uint32_t ch = utf8_next(w->text, &at);
		const uint32_t id = a->id[ch == ' ' ? ALPHABET_SPACE : ch];

		if (!id || c->n_symbols - start == CORPUS_WORD_MAX) {
			end_word(c, start, count);
			put_symbol(c, 0);
			start = c->n_symbols;
		}
		if (id)
			put_symbol(c, id - 1);
	}
	end_word(c, start, count);
}

void
corpus_free(struct bpe_corpus *c)
{
	free(c->cost);
	free(c->symbol);
	free(c->word);
	*c = (struct bpe_corpus){ 0 };
}
