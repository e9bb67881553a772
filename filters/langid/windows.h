/* windows.h - split a text into pieces and windows, and sum the features of each window.
 */
#ifndef TAMIS_WINDOWS_H
#define TAMIS_WINDOWS_H

#include "filters/langid/text_features.h"

/* A range of text that begins and ends between pieces, and the sum of its features. */
struct langid_window {
	size_t from, to; /* bytes of the document */
	struct linear_sum sum;
};

/* Iterates over the pieces of a text.  Set text and codes, zero the rest. */
struct piece_iter {
	const struct char_codes *codes;
	struct span text;
	size_t at;	/* start of the part not returned yet */
	size_t scanned; /* `bits` covers the text from at to here */
	uint64_t bits;	/* bit i: the byte at + i is in a piece */
};

/* The next piece, borrowed from the text; its length is 0 at the end. */
struct span langid_next_piece(struct piece_iter *it);

/* One thread's cache of the sums of short words.  It belongs to one model. */
struct langid_cache;
struct langid_cache *langid_cache_new(void);
void langid_cache_free(struct langid_cache *c);

/*
 * Append windows of s, which begins at byte `from` of the document, to *windows as struct
 * langid_window.  Each window has at least `step` bytes, at most 512, except the last.
 * With a step of 64 or less, a window of half as many bytes may end where a sentence
 * ends.
 */
void langid_windows(const struct linear_model *m, const struct char_codes *codes,
    struct langid_cache *cache, struct span s, size_t from, size_t step,
    struct buf *windows);

#endif
