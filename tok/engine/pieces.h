/*
 * pieces.h - the pieces of a model that text can become, found by their text.
 *
 * A text is here in its inner form: ' ' stands for U+2581 if the model escapes spaces,
 * which makes a space one byte.
 */
#ifndef TAMIS_PIECES_H
#define TAMIS_PIECES_H

#include <string.h>

#include "tok/model.h"

struct piece {
	uint32_t at;   /* of its inner form in pieces.text */
	uint32_t n;    /* bytes of its inner form; 0: text cannot become this piece */
	uint32_t rank; /* of its score: a higher score has a lower rank */
	uint32_t left; /* MODEL_UNUSED: bytes of its left part, or 0 */
	float score;
	uint8_t type; /* enum model_piece_type */
};

struct pieces {
	struct piece *v; /* by id */
	uint32_t n;
	uint32_t longest; /* inner bytes */
	char *text;	  /* followed by readable bytes */
	uint64_t *power;  /* of the hash's base, up to the longest */
	/* The pieces of up to 8 bytes, with their text padded by zeros. */
	struct piece_short {
		uint64_t text;
		uint32_t rank;
		uint32_t key; /* id << 4 | bytes of text; 0: empty */
	} * shorts;
	/* The others: a part of their hash. */
	struct piece_slot {
		uint32_t tag, id; /* id MODEL_NO_ID: empty */
	} * slot;
	unsigned short_shift, shift; /* of a hash, to a place */
	/* Of characters that are not pieces. */
	uint32_t unk;
	bool byte_fallback;
	bool escapes;	    /* a space is U+2581 */
	uint32_t byte[256]; /* the ids of byte pieces */
};

/*
 * The pieces of m, which need not live as long.  user_defined: whether text can become
 * user-defined symbols.  Returns 0 with *p to be freed by pieces_free, or -1 with *why
 * set to model_no_memory, or to why they cannot be found by their text: a static phrase
 * that completes "this model ...".
 */
int pieces_open(
    struct pieces *p, const struct model *m, bool user_defined, const char **why);
void pieces_free(struct pieces *p);

/* As SentencePiece steps through text: by the first byte. */
static inline size_t
piece_char(unsigned char first)
{
	return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/*
 * A text's substrings are hashed in constant time: hash[i] is the hash of its first i
 * bytes.  pieces_hash fills hash[0, n].
 */
#define PIECES_BASE UINT64_C(0x9e3779b97f4a7c55)

static inline void
pieces_hash(const char *text, size_t n, uint64_t *hash)
{
	hash[0] = 0;
	for (size_t i = 0; i < n; i++)
		hash[i + 1] = hash[i] * PIECES_BASE + (unsigned char)text[i] + 1;
}

/* A piece that is found: its id, or MODEL_NO_ID, and the rank of its score. */
struct piece_found {
	uint32_t id, rank;
};
#define PIECE_NO_RANK UINT32_MAX

/* What pieces_find does for more than 8 bytes. */
struct piece_found pieces_find_long(const struct pieces *p, const char *text,
    const uint64_t *hash, size_t from, size_t to);

/* The place of a short piece is searched from here on. */
static inline size_t
pieces_short_at(const struct pieces *p, uint64_t text, size_t n)
{
	text = (text ^ text >> 32 ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(text >> p->short_shift);
}

/* The first n <= 8 of 8 bytes, and zeros. */
static inline uint64_t
pieces_pad(const char *text, size_t n)
{
	uint64_t v;

	memcpy(&v, text, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return n < 8 ? v & ((UINT64_C(1) << 8 * n) - 1) : v;
}

/*
 * The piece text[from, to), not empty, whose prefixes have these hashes.  8 bytes must be
 * readable there.
 */
static inline struct piece_found
pieces_find(const struct pieces *p, const char *text, const uint64_t *hash, size_t from,
    size_t to)
{
	const size_t n = to - from;
	uint64_t v;

	if (n > 8)
		return pieces_find_long(p, text, hash, from, to);
	v = pieces_pad(text + from, n);
	for (size_t i = pieces_short_at(p, v, n); p->shorts[i].key > 0; i++)
		if (p->shorts[i].text == v && (p->shorts[i].key & 15) == n)
			return (struct piece_found){ p->shorts[i].key >> 4,
				p->shorts[i].rank };
	return (struct piece_found){ MODEL_NO_ID, PIECE_NO_RANK };
}

/* The id of the piece of these n bytes, or MODEL_NO_ID. */
uint32_t pieces_lookup(const struct pieces *p, const char *text, size_t n);

enum { PIECES_UNKNOWN = 4 };
/*
 * Put the ids of one character that is not a piece at `to`: <unk>, or those of its bytes,
 * at most PIECES_UNKNOWN.  Returns their number.
 */
size_t pieces_unknown(const struct pieces *p, const char *text, size_t n, uint32_t *to);

#endif
