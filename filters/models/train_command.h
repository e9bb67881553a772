/* train_command.h - the options, progress and output shared by langid-train and
 * codeid-train. */
#ifndef TAMIS_TRAIN_COMMAND_H
#define TAMIS_TRAIN_COMMAND_H

#include "filters/models/linear_train.h"
#include "lib/driver/filter.h"
#include "lib/driver/tty.h"

/* The field `train` of a command's own struct. */
struct train_command {
	uint64_t samples, seed;
	double rate;
	const char *focus, *output;
	bool quiet;
	const char *name; /* of the command, for the progress line */
	struct progress progress;
};

#define TRAIN_DEFAULTS                                                                   \
	{                                                                                \
		.samples = 16000000, .rate = 0.5                                         \
	}

/* Rows of an option table whose struct s has the field `train`. */
#define TRAIN_OPT_SAMPLES(s)                                                             \
	OPT_ROW(OPT_T_BYTES, false, 0, "samples", s, train.samples, "N",                 \
	    "number of training samples")
#define TRAIN_OPT_RATE(s)	 OPT_DOUBLE(0, "rate", s, train.rate, "initial learning rate")
#define TRAIN_OPT_FOCUS(s, help) OPT_STR(0, "focus", s, train.focus, "LANG,...", help)

/* Check the options and take the common ones.  Returns 0, or -1 with *err (EXIT_USAGE).
 */
int train_command_open(
    struct train_command *t, const char *name, const struct common *c, struct err *err);

/* A filter's map: decode the text on many threads, so that the sink only copies it. */
void train_command_map(const void *self, void *scratch, struct doc *d);

/* Set *err to a problem of a document (EXIT_DATA), or NULL: keep the error that it holds.
 * The id of the document precedes the message.  Returns -1. */
int train_command_err(struct err *err, struct doc *d, const char *problem);

/* A model to train. */
struct train_model {
	const char *kind; /* as in linear_parse() */
	unsigned log2_rows;
	size_t labels;
	struct span extra;
	void *ctx;
	const char *(*label)(const void *ctx, size_t i); /* at most LINEAR_LABEL_MAX */
	/* As in struct linear_task. */
	size_t (*draw)(void *ctx, struct linear_random *r, uint32_t *row, size_t *label);
};

/* Train the model and publish it as the output file.  Returns 0, or -1 with *err. */
int train_command_run(
    struct train_command *t, const struct train_model *model, struct err *err);

#endif
