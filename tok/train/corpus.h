/*
 * corpus.h - counted words as sequences of symbols, within a limit on memory.
 *
 * Symbols 0 to n-1 are the letters of an alphabet.  A word is cut at characters that are
 * none of them, and after CORPUS_WORD_MAX symbols, since each merge in a word takes time
 * linear in its length.  Words of one symbol are omitted, since no pair is in them.
 *
 * When memory does not hold all words, those with small counts are sampled by the hash of
 * their bytes: a word of count c < t stays with probability c/t, and then counts as t.
 * The expected count of each pair is then the true one (Duffield, Lund, Thorup 2007,
 * "Priority sampling for estimation of arbitrary subset sums").
 */
#ifndef TAMIS_CORPUS_H
#define TAMIS_CORPUS_H

#include "tok/train/alphabet.h"
#include "tok/train/word_runs.h"

enum { CORPUS_WORD_MAX = 256 };

struct corpus_word {
	uint64_t count;
	uint64_t at; /* in corpus.symbol, of its first symbol; before it, their number */
};

/* Zero it to begin. */
struct bpe_corpus {
	uint64_t distinct; /* words surveyed, of two or more characters */
	uint64_t least;	   /* t above; 0 or 1: all words are kept */
	uint64_t *cost;	   /* of words by count */

	uint32_t *symbol;
	size_t n_symbols, symbol_cap;
	struct corpus_word *word;
	size_t n, cap;
	uint64_t kept; /* words of those surveyed */
};

/* First, for each word; then corpus_fit once, then corpus_add for each word again. */
void corpus_survey(struct bpe_corpus *c, const struct counted *w);
/* memory: for the words and what training adds to each, in bytes. */
void corpus_fit(struct bpe_corpus *c, uint64_t memory);
void corpus_add(struct bpe_corpus *c, const struct alphabet *a, const struct counted *w);
void corpus_free(struct bpe_corpus *c);

/* Classes of counts, of at most 1/64 of their size each; the smallest count of one. */
enum { COUNT_CLASSES = 64 + 58 * 64 };
unsigned count_class(uint64_t count);
uint64_t count_class_least(unsigned class);

#endif
