/* warc.h - records of a WARC file (ISO 28500; versions 0.17 to 1.1), decompressed. */
#ifndef TAMIS_WARC_H
#define TAMIS_WARC_H

#include <stdint.h>

#include "lib/base/span.h"

enum warc_got {
	WARC_RECORD, /* a record */
	WARC_BAD,    /* bytes that are no sound record, up to the next that may be one */
	WARC_LONG,   /* a record of more than `max` bytes: only its size is known */
	WARC_MORE,   /* more bytes are needed */
	WARC_END,    /* nothing but blank lines is left */
};

struct warc_record {
	uint64_t size;	     /* bytes to take off `in` */
	struct span headers; /* WARC_BAD: empty where there are none */
	struct span body;    /* WARC_BAD: as far as it goes */
	const char
	    *bad;  /* WARC_BAD, WARC_LONG: what is wrong, how to mend it; NULL: nothing */
	size_t at; /* WARC_BAD: where in `in` it begins */
};

/*
 * The record at the front of `in`.  at_end: no more bytes will come.  The same bytes give
 * the same records whether they are cut from a file or walked through again afterwards as
 * one run of whole records (with at_end).  Time is linear in what is taken.
 */
enum warc_got warc_next(struct span in, bool at_end, uint64_t max, struct warc_record *r);

#endif
