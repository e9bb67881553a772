/* charset.h - ICU: conversion of charsets to UTF-8, with corrections. */
#ifndef TAMIS_CHARSET_H
#define TAMIS_CHARSET_H

#include <stdint.h>

#include "lib/base/mem.h"

/* A correction of ICU: a character, and a mark that follows it or 0. */
struct charset_fix {
	uint16_t from, to, mark;
};

struct charset_fixes {
	const char *name;
	const char *icu; /* the charset that is corrected; NULL: name */
	/* Bytes without a meaning in ICU, one, or two in big-endian order; sorted. */
	const struct charset_fix *bytes;
	size_t n_bytes;
	/* Code points of which ICU gives another meaning to the only bytes that yield
	 * them; sorted. */
	const struct charset_fix *codes;
	size_t n_codes;
};

/*
 * A converter to UTF-8 from the charset of an ICU name; NULL: unknown.  fixes: NULL for
 * none, else it must live as long.  unicode_memory_open must have been called.
 */
struct charset;
struct charset *charset_open(const char *name, const struct charset_fixes *fixes);
void charset_to_utf8(
    struct charset *c, struct span s, struct buf *b); /* bad bytes: U+FFFD */
void charset_close(struct charset *c);

#endif
