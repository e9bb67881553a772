/*
 * identify.h - which language a text is in, and which others are in it.
 *
 * All of a text is summed up and labelled at once.  If its parts say something else, or
 * the answer is not sure, the text is cut into windows of a few words, and the cheapest
 * way through them is taken, where a change of language costs as much as a window that is
 * e^8 times less probable (Viterbi).  Then the language is that of most bytes.
 */
#ifndef TAMIS_IDENTIFY_H
#define TAMIS_IDENTIFY_H

#include "filters/langid/text_features.h"
#include "filters/models/fasttext.h"

enum {
	NO_LABEL = -1,
	BROKEN_MODEL = -2,     /* a weight of it is no number */
	LANGID_LABEL_MAX = 63, /* bytes */
	LANGID_SCAN = 8192,    /* what --scan is by default, with models of ours */
};

/* A label "zh-Hans" in its two parts, and what the user wants of it. */
struct langid_label {
	char lang[LANGID_LABEL_MAX + 1];
	const char *script; /* "": none */
	int group;	    /* the first label of the same language */
	int next;	    /* one more of it, or NO_LABEL */
	bool allowed;
};

struct langid_model {
	struct linear linear;
	struct letters letters;
	struct fasttext *fasttext; /* in place of these two; NULL: it is ours */
	struct langid_label *label;
	size_t labels;
	bool restricted; /* not all are allowed */
	struct hash128 hash;
};

/*
 * The model that tamis has inside, or the file: one of ours, or of fastText.  0, or -1
 * with *err.
 */
int langid_model_open(struct langid_model *m, const char *path, struct err *err);
/* Allow only these languages, separated by commas.  -1: one is unknown. */
int langid_model_allow(struct langid_model *m, const char *langs, struct err *err);
/* The first label of a language, or NO_LABEL. */
int langid_model_find(const struct langid_model *m, struct span lang);
void langid_model_close(struct langid_model *m); /* zeroed is fine */

/* What one thread needs. */
struct langid_scratch;
struct langid_scratch *langid_scratch_new(const struct langid_model *m);
void langid_scratch_free(struct langid_scratch *s); /* NULL is fine */

struct langid_guess {
	int label; /* NO_LABEL: the text has no letters; or BROKEN_MODEL */
	double p;
	int alt; /* of another language with a fifth of the bytes, or NO_LABEL */
};

/* A stretch of text in one language. */
struct langid_span {
	size_t from, to; /* bytes of the text */
	size_t bytes;	 /* that were looked at: all, or a sample */
	int label;
	double p;
};

/*
 * Guess the language of a text, of which at most `scan` bytes, evenly spread, are looked
 * at if it is longer; 0: what is usual with the model, which is all with fastText's.
 */
struct langid_guess langid_guess(const struct langid_model *m, struct langid_scratch *s,
    struct span text, size_t scan);
/*
 * With a model of ours: all of a text in stretches, one after another; n of them.  They
 * live until the next call with s.
 */
const struct langid_span *langid_spans(
    const struct langid_model *m, struct langid_scratch *s, struct span text, size_t *n);
/* The guess that the stretches add up to. */
struct langid_guess langid_sum_spans(const struct langid_model *m,
    struct langid_scratch *s, const struct langid_span *v, size_t n);

#endif
