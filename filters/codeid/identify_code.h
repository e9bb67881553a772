/* identify_code.h - the language of a text, from its name, its lines, and a model. */
#ifndef TAMIS_IDENTIFY_CODE_H
#define TAMIS_IDENTIFY_CODE_H

#include "filters/codeid/code_features.h"
#include "filters/codeid/constructs.h"
#include "filters/models/linear_model.h"

/* What does not change from text to text. */
struct code_guesser {
	struct code_names names;
	struct code_magic magic;
	struct linear model;
	unsigned lang[LINEAR_LABELS_MAX]; /* of the model's labels */
	struct code_set xml;		  /* that language alone */
	struct code_set allowed;	  /* answers; set by code_guesser_open: all */
	unsigned prose, shell;		  /* the languages "text" and "shell" */
	double min_p;			  /* a model's answer below this is CODE_NONE */
};

/* What each thread has of its own. */
struct code_scratch {
	struct code_bag bag;
	float score[LINEAR_LABELS_MAX + 8];
};

struct code_guess {
	unsigned lang; /* or CODE_NONE: unknown */
	enum code_by by;
	double p; /* probability */
};

/*
 * With the model that tamis has inside, or the file.  0, or -1 with *err: it cannot be
 * read, or has a label that is no language.
 */
int code_guesser_open(struct code_guesser *g, const char *path, struct err *err);
void code_guesser_close(struct code_guesser *g); /* zeroed is fine */

/* path: where the text was; empty: its content alone decides. */
struct code_guess code_guess(const struct code_guesser *g, struct code_scratch *s,
    struct span path, struct span text);

#endif
