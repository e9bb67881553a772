/* langid_model.h - open a langid or fastText model, and score texts with a langid model.
 */
#ifndef TAMIS_LANGID_MODEL_H
#define TAMIS_LANGID_MODEL_H

#include "filters/langid/text_features.h"
#include "filters/models/fasttext.h"

enum {
	NO_LABEL = -1,
	BROKEN_MODEL = -2,     /* a weight of the model is NaN */
	LANGID_LABEL_MAX = 63, /* bytes */
};

/* A label such as "zh-Hans" in two parts.  All labels of one language form a group. */
struct langid_label {
	char lang[LANGID_LABEL_MAX + 1];
	const char *script; /* "": none */
	int group;	    /* the first label of the same language */
	int next;	    /* the next label of the same language, or NO_LABEL */
	bool allowed;
};

struct langid_model {
	struct fasttext *fasttext;  /* NULL: linear and codes hold the model */
	struct linear_model linear; /* of langid-train */
	struct char_codes codes;
	struct langid_label *label;
	size_t labels;
	bool restricted; /* some labels are not allowed */
	struct hash128 hash;
};

/*
 * Open the model file at path, of langid-train or fastText; NULL: the built-in model.
 * Returns 0, or -1 with *err.  Call langid_model_close() after success.
 */
int langid_model_open(struct langid_model *m, const char *path, struct err *err);
/* Allow only the languages of a comma-separated list.  Returns -1 with *err (EXIT_USAGE)
 * if the model lacks one of them. */
int langid_model_allow(struct langid_model *m, const char *langs, struct err *err);
/* The first label of a language, or NO_LABEL. */
int langid_model_find(const struct langid_model *m, struct span lang);
void langid_model_close(struct langid_model *m); /* zeroed is fine */

/*
 * Score all labels into z[m->linear.padded]; labels that are not allowed get -1e30.
 * Returns the best label.  Only for models of langid-train, as is langid_probability().
 */
int langid_score(const struct langid_model *m, const struct linear_total *t, float *z);
/* The probability of the language of `label`, given scores z whose best is `best`: the
 * sum over all labels of that language. */
double langid_probability(
    const struct langid_model *m, const float *z, int best, int label);

/* The identified language of a text. */
struct langid_guess {
	int label; /* NO_LABEL: the text has no letters; or BROKEN_MODEL */
	double p;  /* probability of its language */
	int alt;   /* a second language with at least a fifth of the bytes, or NO_LABEL */
};

/* One thread's buffers for one model. */
struct langid_scratch {
	struct fasttext_scratch *fasttext; /* NULL: not a fastText model */
	uint32_t *allowed;		   /* fastText: the allowed labels */
	struct langid_cache *cache;	   /* NULL: a fastText model */
	float *score;			   /* by label */
	struct buf windows;		   /* struct langid_window */
	/* Used by lang_spans.c: */
	struct buf scores; /* [windows][padded] float */
	struct buf steps;  /* [windows][candidates] back pointers */
	struct buf spans;  /* struct langid_span */
	struct buf sums;   /* struct span_sum, one per span */
};

struct langid_scratch *langid_scratch_new(const struct langid_model *m);
void langid_scratch_free(struct langid_scratch *s); /* NULL is fine */

#endif
