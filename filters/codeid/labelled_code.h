/*
 * labelled_code.h - source texts by language and project in memory, and samples drawn
 * from them as codeid will meet them: beginnings of files, and a few lines of the middle.
 */
#ifndef TAMIS_LABELLED_CODE_H
#define TAMIS_LABELLED_CODE_H

#include "filters/codeid/code_features.h"
#include "filters/codeid/file_names.h"
#include "filters/models/linear_train.h"

struct code_project {
	char *name;
	struct span *text;
	size_t n, cap;
	double upto; /* sum of the shares of this and those before */
};

struct code_class {
	unsigned lang;
	struct code_project *project;
	size_t n, texts;
	double upto;
};

/* Zero it to begin. */
struct code_corpus {
	struct code_class *class; /* sorted by language once ready */
	size_t n, texts;
	uint64_t bytes;
	struct arena mem;
	struct code_bag bag;
};

/* Copy a text, unless it is too short.  project: what it comes from, may be empty. */
void code_corpus_add(
    struct code_corpus *c, unsigned lang, struct span project, struct span text);
/*
 * No more texts.  focus: languages that are drawn more often than others of their size.
 * 0, or -1 with *err: there is too little to train on.
 */
int code_corpus_ready(
    struct code_corpus *c, const struct code_set *focus, struct err *err);
/* Draw a sample: see struct linear_task. */
size_t code_corpus_draw(
    struct code_corpus *c, struct linear_random *r, uint32_t *row, size_t *label);
void code_corpus_free(struct code_corpus *c);

#endif
