/*
 * labelled_code.h - the training texts of codeid-train in memory, by language and
 * project, and samples drawn from them.
 *
 * A sample is the beginning of a file or a few lines from its middle.
 */
#ifndef TAMIS_LABELLED_CODE_H
#define TAMIS_LABELLED_CODE_H

#include "filters/codeid/code_features.h"
#include "filters/codeid/languages.h"
#include "filters/models/linear_train.h"

struct code_project {
	char *name;
	struct span *text;
	size_t n, cap;
	double share_end; /* sum of the shares up to and including this project */
};

struct code_class {
	unsigned lang;
	struct code_project *project;
	size_t n, texts;
	double share_end;
};

/* Zero it to begin. */
struct code_corpus {
	struct code_class *class; /* sorted by language once ready */
	size_t n, texts;
	uint64_t bytes;
	struct arena mem;
	struct code_features features; /* of the last sample */
};

/* Copy a text, unless it is too short.  project: where it comes from, may be empty. */
void code_corpus_add(
    struct code_corpus *c, unsigned lang, struct span project, struct span text);
/*
 * After the last text: compute shares.  Languages of *focus get a larger one.  Returns 0,
 * or -1 with *err (EXIT_DATA) if there is too little to train on.
 */
int code_corpus_ready(
    struct code_corpus *c, const struct code_set *focus, struct err *err);
/* Draw a sample, for struct linear_task. */
size_t code_corpus_draw(
    struct code_corpus *c, struct linear_random *r, uint32_t *row, size_t *label);
void code_corpus_free(struct code_corpus *c);

#endif
