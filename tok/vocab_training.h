/* vocab_training.h - train with a progress line, publish the model, and summarize. */
#ifndef TAMIS_VOCAB_TRAINING_H
#define TAMIS_VOCAB_TRAINING_H

#include "lib/driver/filter.h"
#include "lib/io/publish.h"
#include "tok/train/bpe_trainer.h"
#include "tok/train/counts_file.h"

/* Called by trainers now and then with the number of pieces chosen; NULL: not wanted. */
typedef void note_fn(void *ctx, uint64_t pieces);

struct vocab_training {
	struct publish *file;	/* opened by vocab_output_open; gets the model */
	const char *command;	/* for the progress line */
	const struct common *c; /* output, quiet, verbose, progress */
	uint64_t size;		/* pieces to train */
	bool candidates;	/* the trainer counts candidates: no estimate of time */
	uint64_t unit;		/* of the counts: DOC_WEIGHT_ONE, or 1 without weights */
	bool counts;		/* tamis trains on counted words, not SentencePiece */
	bool counts_documents;	/* this command counted them */
	bool samples;		/* --sample leaves text out */
	struct file_digest *digest; /* gets that of the model; or NULL */
	const char *stale;	    /* a report of the model that is replaced, or NULL */
	/* Append the model to `model`.  0, or -1 with *err. */
	int (*train)(void *self, note_fn *note, void *ctx, struct buf *model,
	    struct bpe_trained *stats, struct err *err);
	void *self;
	/* Called after it, for the summary. */
	struct train_totals (*totals)(const void *self);
};

/* Refuse a missing output, and one with a suffix of another format.  0, or -1 with *err.
 */
int vocab_output_check(const char *output, const char *what, struct err *err);
/*
 * The same, and create the model under a temporary name, so that training does not find
 * out at its end that it cannot.  publish_abort in any case.  0, or -1 with *err.
 */
int vocab_output_open(struct publish *file, const char *output, struct err *err);
/*
 * Refuse --preset, which only vocab has, and others: a value of options that belong to
 * another command, whose names are in `list`; NULL: not given.  0, or -1 with *err.
 */
int vocab_foreign_check(const char *preset, const char *other, const char *list,
    const char *command, struct err *err);
int vocab_coverage_check(double coverage, struct err *err);
/* 0, or -1 with *err. */
int vocab_training_run(const struct vocab_training *t, struct err *err);
/* Print the number of documents, bytes and lines, after `action`. */
void vocab_totals_print(const char *action, const struct train_totals *s);

#endif
