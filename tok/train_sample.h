/*
 * train_sample.h - the text that a vocabulary is trained on: a sample of documents in
 * bounded memory, cut into lines none of which the trainer would drop.
 */
#ifndef TAMIS_TRAIN_SAMPLE_H
#define TAMIS_TRAIN_SAMPLE_H

#include <stdint.h>

#include "lib/base/span.h"

/*
 * The trainer drops longer lines without a word, and aborts on words of 65536 characters
 * and more.
 */
#define LINES_MAX 8192

struct sampled; /* one document of the sample */

/* Zero it, set budget, then lines_add; lines_free at the end, whatever happened. */
struct lines {
	uint64_t budget; /* bytes of text wanted; 0: all there is */

	struct sampled *heap; /* the largest key is at [0] */
	size_t n, cap;
	uint64_t held; /* bytes of their texts */

	uint64_t all_docs, all_bytes; /* what was offered */

	/* What lines_next gave, and where it stands. */
	size_t doc;
	size_t at;
	uint64_t used_docs, used_bytes;	   /* of the sample */
	uint64_t used_lines, cut, dropped; /* lines; cut as too long; U+2585 left out */
};

/*
 * Offer a document.  Kept are the documents with the smallest keys (ties: the first), as
 * few as hold `budget` bytes: the same ones in whatever order they come.  text is copied.
 */
void lines_add(struct lines *l, uint64_t key, struct span text);
/* After the last one, before the first lines_next: puts the sample in order. */
void lines_start(struct lines *l);
/*
 * The next line: not empty, without its line end, at most LINES_MAX bytes of whole
 * characters, no U+2585.  Borrowed until the next call, which may free its document.
 * False after the last one.
 */
bool lines_next(struct lines *l, struct span *line);
void lines_free(struct lines *l);

#endif
