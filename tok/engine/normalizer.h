/*
 * normalizer.h - rewrite a text as SentencePiece does before it encodes it.
 *
 * The result has the inner form of pieces.h.  Part of libtamis_tok: includes nothing of
 * lib/, never exits, never prints.
 */
#ifndef TAMIS_NORMALIZER_H
#define TAMIS_NORMALIZER_H

#include "tok/charsmap.h"
#include "tok/engine/user_symbols.h"
#include "tok/model.h"

struct normalizer {
	bool trims, escapes, prefix, suffix;
	bool rewrites; /* has rules, or trims */
	struct charsmap map;
	struct user_symbols symbols; /* which no rule rewrites */
	/* By the first byte of a character | the byte after it << 8: whether the first
	 * one is ASCII and is copied as it is. */
	unsigned char *copies;
	/* By a character below U+10000: the bits of charsmap.h. */
	unsigned char *chars;
	bool copies_printable; /* ASCII, but not two spaces */
};

/* By the normalizer_spec of m, which must live as long.  Symbols of the model are plain
 * text without user_defined.  0, or -1 when memory is out. */
int normalizer_open(struct normalizer *z, const struct model *m, bool user_defined);
void normalizer_free(struct normalizer *z);

/* Text in inner form.  Zero it to begin, free p. */
struct inner_text {
	char *p; /* followed by INNER_SLACK readable bytes */
	size_t n, cap;
};
enum { INNER_SLACK = 64 };

/* Where the normalizer is in a text. */
struct normalizing {
	const char *text; /* borrowed */
	size_t n, at;
	bool plain;	  /* valid, and nothing is rewritten but U+2581 */
	bool after_space; /* of a model that trims */
	bool finished;
};

/* Begin with n bytes of text.  valid: it is known to be UTF-8. */
int normalizer_start(const struct normalizer *z, struct normalizing *s, const char *text,
    size_t n, bool valid, struct inner_text *to);
/*
 * Append the inner form of about the next `part` bytes of the text.  Until it is
 * finished, spaces at the end of a text that is trimmed may go again.  Linear time.  0,
 * or -1 when memory is out.
 */
int normalizer_next(const struct normalizer *z, struct normalizing *s, size_t part,
    struct inner_text *to);

#endif
