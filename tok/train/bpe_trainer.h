/*
 * bpe_trainer.h - train a BPE model on words counted in bounded memory.
 *
 *   bpe_trainer_new -> (threads count documents with word_tally.h) -> bpe_trainer_add for
 *   each, in any order -> bpe_trainer_finish
 */
#ifndef TAMIS_BPE_TRAINER_H
#define TAMIS_BPE_TRAINER_H

#include "tok/train/word_runs.h"
#include "tok/train/word_split.h"
#include "tok/vocab_symbols.h"

struct bpe_trainer;

struct bpe_trained {
	uint64_t words;	 /* different ones, of two or more characters */
	uint64_t kept;	 /* words that were trained on */
	uint64_t least;	 /* words with smaller counts were sampled, if kept < words */
	uint64_t spills; /* sorted runs that were written */
	uint32_t pieces; /* of the model */
};

/*
 * settings: borrowed; U+2581 becomes required if the text has few spaces.  memory: limit
 * in bytes on the counting and, again, on the training, approximately.  tmp: directory of
 * temporary files, or NULL.
 */
struct bpe_trainer *bpe_trainer_new(
    struct vocab_settings *settings, uint64_t memory, const char *tmp);
const struct word_rules *bpe_trainer_rules(const struct bpe_trainer *t);
/* Add n words, their counts multiplied by `weight`.  0, or -1 with *err. */
int bpe_trainer_add(struct bpe_trainer *t, const struct counted *words, size_t n,
    uint64_t weight, struct err *err);
/* The same for words in order, of a file that vocab-count wrote; then end the file. */
int bpe_trainer_put(struct bpe_trainer *t, const struct counted *w, struct err *err);
int bpe_trainer_end(struct bpe_trainer *t, struct err *err);
/* Call each() for all words that were added, in order; nothing is added any more.  0, or
 * -1 with *err. */
int bpe_trainer_each(struct bpe_trainer *t, word_fn *each, void *arg, struct err *err);
/*
 * Train, and append the model to out.  progress: called now and then with the number of
 * merges; or NULL.  0, or -1 with *err.
 */
int bpe_trainer_finish(struct bpe_trainer *t,
    void (*progress)(void *ctx, uint64_t merges), void *ctx, struct buf *out,
    struct bpe_trained *stats, struct err *err);
void bpe_trainer_free(struct bpe_trainer *t); /* NULL is fine */

#endif
