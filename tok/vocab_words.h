/* vocab_words.h - count the words of documents: in parallel, then into one trainer. */
#ifndef TAMIS_VOCAB_WORDS_H
#define TAMIS_VOCAB_WORDS_H

#include "tok/doc_weights.h"
#include "tok/train/bpe_trainer.h"
#include "tok/train/counts_file.h"

struct doc;

/* The least memory for counting and training, in bytes, and the default. */
#define VOCAB_MEMORY_MIN     ((uint64_t)1 << 20)
#define VOCAB_MEMORY_DEFAULT ((uint64_t)1 << 30)

/* Zero it, and set newlines, weights and bpe. */
struct vocab_words {
	bool newlines; /* as in struct train_lines */
	struct doc_weights weights;
	struct bpe_trainer *bpe; /* borrowed; gets the words */
	struct train_totals totals;
};

/* Scratch memory of a thread for vocab_words_map, as struct filter has it. */
int vocab_words_open_thread(const void *self, void **scratch, struct err *err);
void vocab_words_close_thread(void *scratch);
/* Parallel: count the words of a document, and leave them in its state. */
void vocab_words_map(const struct vocab_words *v, void *scratch, struct doc *d);
/* Serial: add these words to the trainer.  0, or -1 with *err. */
int vocab_words_add(struct vocab_words *v, struct doc *d, struct err *err);
/* Refuse a limit on memory that is too low.  0, or -1 with *err. */
int vocab_memory_check(uint64_t memory, struct err *err);

#endif
