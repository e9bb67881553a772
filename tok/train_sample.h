/*
 * train_sample.h - the text that a vocabulary is trained on: a sample of documents in
 * bounded memory, as lines that the trainer accepts.
 */
#ifndef TAMIS_TRAIN_SAMPLE_H
#define TAMIS_TRAIN_SAMPLE_H

#include <stdint.h>

#include "lib/base/span.h"

/*
 * Most bytes of a line.  SentencePiece's trainer drops longer lines silently, and aborts
 * on words of 65536 characters or more.
 */
#define TRAIN_LINE_MAX 8192

/* How text is cut into lines, and what was cut.  Zero it but for newlines. */
struct train_lines {
	bool newlines;	  /* lines may contain newlines */
	uint64_t n;	  /* lines with text */
	uint64_t cut;	  /* places where a line was cut because it was too long */
	uint64_t dropped; /* U+2585 that were dropped */
};

/*
 * Take the next line off the front of a text: 1 to TRAIN_LINE_MAX bytes of whole
 * characters without U+2585.  It is a line without its end, or with `newlines` as many
 * lines as fit.  False after the last one.
 */
bool train_line_next(struct train_lines *l, struct span *rest, struct span *line);

struct train_doc; /* a document of the sample */

/*
 * Zero it, set budget and lines.newlines, add the documents, start, then take the lines.
 * train_sample_free at the end in any case.
 */
struct train_sample {
	uint64_t budget;   /* bytes of text in the sample; 0: no limit */
	struct span first; /* characters, each a line before all others; borrowed */

	struct train_doc *heap; /* the largest key is at [0] */
	size_t n, cap;
	uint64_t held; /* bytes of text in heap */

	uint64_t all_docs, all_bytes; /* added */

	/* Taken by train_sample_next. */
	size_t doc;	  /* the next line is in this one */
	struct span rest; /* of it; p NULL: all */
	uint64_t weight;  /* of the document of the last line */
	uint64_t used_docs, used_bytes;
	struct train_lines lines;
};

/*
 * Add a document and its weight, which the sample only keeps; text is copied.  The sample
 * keeps the documents with the smallest keys, the first of equal ones, and no more than
 * it takes to hold `budget` bytes.  The order in which documents are added does not
 * matter otherwise.
 */
void train_sample_add(
    struct train_sample *s, uint64_t key, struct span text, uint64_t weight);
/* Put the sample in order of keys: after the last document, before the first line. */
void train_sample_start(struct train_sample *s);
/*
 * Whether more than `share` of the characters of the sample are spaces.  Between
 * train_sample_start and the first line.
 */
bool train_sample_has_spaces(const struct train_sample *s, double share);
/* The next line, as train_line_next cuts the documents.  It lives until the next call.
 * False after the last line. */
bool train_sample_next(struct train_sample *s, struct span *line);
void train_sample_free(struct train_sample *s);

#endif
