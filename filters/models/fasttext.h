/*
 * fasttext.h - read fastText's supervised models (.bin and .ftz) and label text by them.
 *
 * The sums, their order and their precision are those of libfasttext as x86-64 compiles
 * it, so labels, their order and probabilities are the same; they do not depend on the
 * number of threads, the instruction set or what was asked before.  See
 * https://arxiv.org/abs/1607.01759 (the classifier) and
 * https://arxiv.org/abs/1612.03651 (quantised models).
 *
 * A model is mapped, not read: opening looks at all of it but the input matrix, and a
 * prediction touches the rows that its words have.  Processes share these pages.  In
 * memory of its own a model takes 18 bytes for each word of its dictionary, 1.5 bits for
 * each bucket of a pruned one, and the rows of a quantised matrix that is below 16 MiB
 * when decoded.  The file must not change while it is open.
 */
#ifndef TAMIS_FASTTEXT_H
#define TAMIS_FASTTEXT_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/hash.h"
#include "lib/base/span.h"

struct fasttext;
struct fasttext_scratch;

struct fasttext_guess {
	uint32_t label;
	float p; /* as libfasttext has it: may be above 1 by some 1e-5 */
};

/*
 * Open a model of format 11 or 12.  NULL with *err: not there (EXIT_SYSTEM), or damaged,
 * foreign, or of word vectors (EXIT_DATA).  Any number of threads may use it.
 */
struct fasttext *fasttext_open(const char *path, struct err *err);
void fasttext_close(struct fasttext *m); /* NULL is fine */

uint32_t fasttext_labels(const struct fasttext *m); /* how many, at least one */
/* As the model has it, "__label__en"; any bytes but white space; lives as long as m. */
struct span fasttext_label(const struct fasttext *m, uint32_t label);
/* Find a label by its name, with or without "__label__".  False: there is none. */
bool fasttext_find(const struct fasttext *m, struct span name, uint32_t *label);
/* A hash of the file's size and of all of it but the input matrix, for reports. */
struct hash128 fasttext_hash(const struct fasttext *m);

/*
 * What one thread needs to predict with m, reused from text to text: about 4 MiB, 12
 * bytes a label, and while a text is looked at 4 to 8 bytes for each of its words, if the
 * model has n-grams of words.
 */
struct fasttext_scratch *fasttext_scratch_new(const struct fasttext *m);
void fasttext_scratch_free(struct fasttext_scratch *s); /* NULL is fine */

/*
 * The k (1 or more) most probable labels of a text, most probable first, into guess,
 * which has room for k, or for all labels if they are fewer. Returns how many there are:
 * 0 if no word of the text has features, or -1 if the model is damaged: a weight that is
 * no number.
 *
 * The text is one line to the model: newlines in it are white space, and its end is the
 * model's end of line.  A word "</s>" ends it early.
 */
int fasttext_predict(const struct fasttext *m, struct fasttext_scratch *s,
    struct span text, uint32_t k, struct fasttext_guess *guess);

/*
 * The probabilities of n given labels, into p: what predicting all labels would say, and
 * 0 where that leaves one out.  Returns 1, or 0 or -1 as above, with p all 0.
 */
int fasttext_score(const struct fasttext *m, struct fasttext_scratch *s, struct span text,
    const uint32_t *label, size_t n, float *p);

#endif
