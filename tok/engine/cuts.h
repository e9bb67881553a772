/*
 * cuts.h - the places in a text that no piece spans.
 *
 * If no piece contains the characters a and b next to each other, no token spans a|b,
 * and the two sides encode as if each were alone.  docs/tokenizing.md has the proof.
 */
#ifndef TAMIS_CUTS_H
#define TAMIS_CUTS_H

#include "tok/engine/pieces.h"
#include "tok/engine/user_symbols.h"

/* What two neighbouring bytes tell. */
enum {
	CUT_BETWEEN = 1, /* no piece contains them at the border of two characters */
	CUT_SYMBOL = 2,	 /* a user-defined symbol begins with them, or with the first */
	CUT_MASK = 3,
	CUT_SLACK = 16
};

struct piece_cuts {
	unsigned char bytes[65536 / 4]; /* two bits by first | second << 8 */
	/* The same by classes of bytes: see cuts.c. */
	unsigned char always[2][16], check[2][16];
	bool portable;	/* use no SIMD instructions */
	uint64_t *pair; /* a bit for each hash of two characters in a piece; owned */
	unsigned shift;
};

/*
 * The cuts of p with its symbols, in their inner form.  portable: use no SIMD
 * instructions, for tests.  0, or -1 when memory is out.
 */
int cuts_open(struct piece_cuts *c, const struct pieces *p, const struct user_symbols *s,
    bool portable);
void cuts_free(struct piece_cuts *c);

/* What the bytes p[0] and p[1] tell, and perhaps more bits: with CUT_MASK, that alone. */
static inline unsigned
cuts_bytes(const struct piece_cuts *c, const unsigned char *p)
{
	const size_t i = (size_t)p[0] | (size_t)p[1] << 8;

	return c->bytes[i / 4] >> i % 4 * 2;
}

/*
 * Put the places of cuts before the bytes text[from, end), from > 0, at `cut`.  Some cuts
 * may be left out.  64 bytes must be readable from end on, and CUT_SLACK cuts may be
 * written after the last one.  Sets *found to CUT_SYMBOL if
 * a symbol may begin at one of the bytes before those, else to 0.  Returns the number.
 */
size_t cuts_find(const struct piece_cuts *c, const char *text, size_t from, size_t end,
    size_t *cut, unsigned *found);

/* The bytes of a character as one number. */
static inline uint32_t
cuts_char(const char *p, size_t n)
{
	uint32_t c = 0;

	for (size_t i = 0; i < n; i++)
		c = c << 8 | (unsigned char)p[i];
	return c;
}

/* Whether no piece contains the characters a and b, of cuts_char, next to each other.
 * May be false though none does. */
static inline bool
cuts_between(const struct piece_cuts *c, uint32_t a, uint32_t b)
{
	const uint64_t h =
	    (((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15)) >> c->shift;

	return !(c->pair[h >> 6] >> (h & 63) & 1);
}

#endif
