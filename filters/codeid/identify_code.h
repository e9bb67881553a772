/* identify_code.h - identify the programming language of a text from its file name, its
 * clues, its constructs and a linear model. */
#ifndef TAMIS_IDENTIFY_CODE_H
#define TAMIS_IDENTIFY_CODE_H

#include "filters/codeid/code_features.h"
#include "filters/codeid/constructs.h"
#include "filters/codeid/file_names.h"
#include "filters/models/linear_model.h"

/* Read-only tables, shared by all threads. */
struct code_guesser {
	struct file_names names;
	struct constructs constructs;
	struct linear_model model;
	unsigned lang[LINEAR_LABELS_MAX]; /* of each label of the model */
	struct code_set xml;		  /* only the language "xml" */
	struct code_set allowed;	  /* code_guesser_open() sets it to all */
	unsigned prose, shell;		  /* the languages "text" and "shell" */
	double min_p;			  /* below it the model's answer is CODE_NONE */
};

/* One thread's buffers. */
struct code_scratch {
	struct code_features features;
	float score[LINEAR_LABELS_MAX + 8];
};

struct code_guess {
	unsigned lang; /* CODE_NONE: unknown */
	enum code_by by;
	double p; /* probability */
};

/*
 * Open the model file at path; NULL: the built-in model.  Returns 0, or -1 with *err if
 * it cannot be read or has a label that is not a language.
 */
int code_guesser_open(struct code_guesser *g, const char *path, struct err *err);
void code_guesser_close(struct code_guesser *g); /* zeroed is fine */

/* path: of the text's file, as in file_names_by_path(); empty: use only the content. */
struct code_guess code_guess(const struct code_guesser *g, struct code_scratch *s,
    struct span path, struct span text);

#endif
