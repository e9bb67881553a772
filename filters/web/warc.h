/* warc.h - split a decompressed WARC file (ISO 28500, versions 0.17 to 1.1) into records.
 */
#ifndef TAMIS_WARC_H
#define TAMIS_WARC_H

#include <stdint.h>

#include "lib/base/span.h"

enum warc_result {
	WARC_RECORD, /* a valid record */
	WARC_BAD,    /* bytes without a valid record, up to the next possible one */
	WARC_LONG,   /* a record of more than `max` bytes: only its size is known */
	WARC_MORE,   /* more bytes are needed */
	WARC_END,    /* only blank lines are left */
};

struct warc_record {
	uint64_t size;	     /* bytes to remove from `in`; WARC_MORE: the least, or 0 */
	struct span headers; /* WARC_BAD: may be empty */
	struct span body;    /* WARC_BAD: up to the next possible record */
	const char *bad;     /* message without a place, or NULL: no problem */
	size_t at;	     /* WARC_BAD: offset in `in` of the problem */
};

/*
 * Get the record at the beginning of `in`.  at_end: no more bytes will come.  The same
 * bytes give the same records whether they arrive in blocks or are read again as one run
 * of whole records with at_end.  Time is linear in r->size.
 */
enum warc_result warc_next(
    struct span in, bool at_end, uint64_t max, struct warc_record *r);

/*
 * Describe an invalid record at the beginning of `in`, for warc_next and arc_next.  It
 * ends at `next`, where another may begin, or in.n.  The problem is known at `from`.
 */
enum warc_result warc_bad(struct span in, size_t next, bool at_end, uint64_t max,
    size_t from, const char *why, struct warc_record *r);

/* Whether a file begins with a record, perhaps after blank lines and a byte order mark.
 * *more: bytes that follow can change the result. */
bool warc_starts(struct span start, bool *more);
/* The number of bytes of line ends and byte order marks from `at` on, at most about
 * WARC_GAP. */
enum { WARC_GAP = 64 };
size_t warc_gap(struct span in, size_t at);
/* The offset of the first line after `from` at which `starts` sees a record; in.n if
 * there is none. */
size_t warc_find(struct span in, size_t from, bool (*starts)(struct span));

/* The message about a record with a length that cannot be right. */
extern const char warc_wrong_length[];
/*
 * `in` begins within a record of which `left` bytes remain if its length is right.  Look
 * for another record that begins there: a line "WARC/1.", followed by the headers that
 * every record has.  Returns how many bytes precede it, with *found, or how many surely
 * belong to the first record; 0: more bytes are needed.
 */
size_t warc_resync(struct span in, uint64_t left, bool at_end, bool *found);

#endif
