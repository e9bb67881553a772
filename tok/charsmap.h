/*
 * charsmap.h - the table by which a SentencePiece model rewrites characters.
 *
 * SentencePiece uses the table unchecked: a damaged one makes it read outside of it.
 * Part of libtamis_tok: includes nothing of lib/, never exits, never prints.
 */
#ifndef TAMIS_CHARSMAP_H
#define TAMIS_CHARSMAP_H

#include <stdbool.h>
#include <stddef.h>

enum charsmap_state { CHARSMAP_OK, CHARSMAP_BROKEN, CHARSMAP_NO_MEMORY };

/*
 * Check the n bytes of a precompiled_charsmap: all that SentencePiece can reach for any
 * text is in the table, no rule is longer than CHARSMAP_MAX_KEY bytes, and at most
 * CHARSMAP_MAX_RULES rules begin one another, which is the size of SentencePiece's array.
 */
#define CHARSMAP_MAX_BYTES ((size_t)16 << 20)
#define CHARSMAP_MAX_KEY   1024
#define CHARSMAP_MAX_RULES 32
enum charsmap_state charsmap_check(const char *p, size_t n);

/* A table that charsmap_check has accepted; it must live as long.  n 0: without rules. */
struct charsmap {
	const unsigned char *units; /* NULL: without rules */
	const char *pool;
};

void charsmap_open(struct charsmap *c, const char *p, size_t n);
/*
 * The longest rule for the front of n bytes of text, *len of them.  Returns the
 * replacement, NUL-terminated and perhaps empty, or NULL if no rule applies.
 */
const char *charsmap_find(
    const struct charsmap *c, const char *text, size_t n, size_t *len);

/* Whether a rule is the first of these two bytes alone, or begins with both. */
bool charsmap_begins(const struct charsmap *c, const char pair[2]);

/*
 * What rules do to a character of up to three bytes.  It is copied unless it is
 * CHAR_REWRITTEN, or is CHAR_FIRST and the next one is CHAR_SECOND.
 */
enum {
	CHAR_REWRITTEN = 1, /* by a rule of its own */
	CHAR_FIRST = 2,	    /* of longer rules */
	CHAR_SECOND = 4,    /* of a rule */
	CHARSMAP_CHARS = 0x10000
};
/* Add these bits, of the characters from U+0080 on as first ones. */
void charsmap_classify(const struct charsmap *c, unsigned char bits[CHARSMAP_CHARS]);

#endif
