/*
 * labelled_text.h - text by language and source in memory, and samples drawn from it as
 * langid will meet it: short and long, with look-alike letters, without accents, mixed.
 */
#ifndef TAMIS_LABELLED_TEXT_H
#define TAMIS_LABELLED_TEXT_H

#include "filters/langid/text_features.h"
#include "filters/models/linear_train.h"

struct langid_source {
	struct span lang, script, name; /* script, name: may be empty */
	double weight;
};

struct corpus_source {
	char *name;
	struct span *line;
	size_t n, cap;
	uint64_t bytes;
	double weight, upto; /* upto: sum of the shares of this and those before */
};

struct corpus_label {
	char
	    name[LINEAR_LABEL_MAX + 1]; /* "en-Latn"; without the script: not yet known */
	struct corpus_source *source;
	size_t n;
	uint64_t bytes;
	double upto;
	uint64_t *letters; /* UNICODE_SCRIPTS of them: how many of each script */
};

/* Zero it to begin. */
struct langid_corpus {
	struct corpus_label *label; /* sorted by name once ready */
	size_t n, lines;
	uint64_t bytes;
	struct letters letters;
	uint16_t *base;		 /* characters without their marks; 65536 */
	size_t noise[3], nnoise; /* labels that leak into texts: en, und, zxx */
	struct arena text;
	struct buf spoilt; /* the last sample, where it is not as it was */
};

/* Copy the lines of a document that are long enough.  0, or -1 with *err. */
int langid_corpus_add(struct langid_corpus *c, const struct langid_source *s,
    struct span text, struct err *err);
/*
 * No more documents: sort out scripts, letters and shares.  focus: languages, separated
 * by commas, or NULL.  0, or -1 with *err: there is too little to train on.
 */
int langid_corpus_ready(struct langid_corpus *c, const char *focus, struct err *err);
/* Draw a sample: see struct linear_task.  shift: of hashes to rows. */
size_t langid_corpus_draw(struct langid_corpus *c, struct linear_random *r,
    unsigned shift, uint32_t *row, size_t *label);
void langid_corpus_free(struct langid_corpus *c);

#endif
