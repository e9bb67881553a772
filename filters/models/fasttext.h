/*
 * fasttext.h - read fastText's supervised models (.bin and .ftz) and label text with
 * them.
 *
 * Results are those of libfasttext compiled for x86-64: labels, their order, and
 * probabilities to the last bit, because sums have the same order and precision.  They do
 * not depend on the number of threads, the instruction set or earlier calls.  Sources:
 * arXiv:1607.01759 (the classifier) and arXiv:1612.03651 (quantised models).
 *
 * A model is mapped, not read.  Opening touches everything but the input matrix, and a
 * prediction touches the rows of its words; processes share these pages.  Private memory
 * is 18 bytes for each word of the dictionary.  A pruned model adds 1.5 bits for each
 * bucket, and a quantised one its decoded input matrix if that is at most 16 MiB.  The
 * file must not change while it is open.
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
	float p; /* as in libfasttext, may exceed 1 by 1e-5 */
};

/*
 * Open a model of format version 11 or 12.  Returns NULL with *err if the file cannot be
 * opened (EXIT_SYSTEM), or is not a valid supervised model (EXIT_DATA).  Any number of
 * threads may share a model.
 */
struct fasttext *fasttext_open(const char *path, struct err *err);
void fasttext_close(struct fasttext *m); /* NULL is allowed */

uint32_t fasttext_labels(const struct fasttext *m); /* number of labels, at least one */
/* A label as stored in the model, such as "__label__en": any bytes but white space and
 * NUL.  Borrowed until the model is closed. */
struct span fasttext_label(const struct fasttext *m, uint32_t label);
/* Find a label by its name, with or without "__label__".  Returns false if there is
 * none. */
bool fasttext_find(const struct fasttext *m, struct span name, uint32_t *label);
/* A hash of the file's size and of all its bytes except the input matrix, for reports. */
struct hash128 fasttext_hash(const struct fasttext *m);

/*
 * The memory that one thread needs to predict with m, reused between texts.  It takes
 * about 4 MiB and 12 bytes for each label; a model with word n-grams adds 4 to 8 bytes
 * for each word of the text.  Never NULL.
 */
struct fasttext_scratch *fasttext_scratch_new(const struct fasttext *m);
void fasttext_scratch_free(struct fasttext_scratch *s); /* NULL is allowed */

/*
 * Find the k most probable labels of a text, k >= 1.  They go to guess, most probable
 * first, which must have room for k, or for all labels if these are fewer.  Returns how
 * many there are: 0 if no word of the text has features, or -1 if the model is damaged,
 * with a weight that is NaN or infinite.
 *
 * The text is one line to fastText: newlines in it are white space, and its end is the
 * end of the line.  A word "</s>" ends it early.
 */
int fasttext_predict(const struct fasttext *m, struct fasttext_scratch *s,
    struct span text, uint32_t k, struct fasttext_guess *guess);

/*
 * Find the probabilities of n given labels.  p[i] is what a prediction of all labels
 * returns for label[i], or 0 if that omits it.  Returns 1 if the text has features, and
 * else 0 or -1 as above, with all p[i] = 0.
 */
int fasttext_score(const struct fasttext *m, struct fasttext_scratch *s, struct span text,
    const uint32_t *label, size_t n, float *p);

#endif
