/*
 * model.h - a SentencePiece .model file, read without SentencePiece: its pieces, its
 * flags, and ids back to text.
 *
 * Includes nothing of lib/, never exits, never prints: libtamis_tok is made of it.
 */
#ifndef TAMIS_MODEL_H
#define TAMIS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As in the file (sentencepiece_model.proto, ModelProto.SentencePiece.Type). */
enum model_piece_type {
	MODEL_NORMAL = 1,
	MODEL_UNKNOWN = 2,
	MODEL_CONTROL = 3,
	MODEL_USER_DEFINED = 4,
	MODEL_UNUSED = 5,
	MODEL_BYTE = 6,
};

enum model_kind { MODEL_UNIGRAM = 1, MODEL_BPE = 2, MODEL_WORD = 3, MODEL_CHAR = 4 };

#define MODEL_NO_ID	0xffffffffu
#define MODEL_MAX_BYTES ((size_t)256 << 20) /* no larger file is taken for a model */

struct model_piece {
	const char *text; /* borrowed from the model; spaces are U+2581 */
	uint32_t n;	  /* bytes */
	float score;
	uint8_t type; /* enum model_piece_type */
	uint8_t byte; /* of MODEL_BYTE */
};

struct model {
	struct model_piece *piece;
	uint32_t n; /* pieces: ids are below it */
	int kind;   /* enum model_kind */
	bool byte_fallback;
	bool dummy_prefix;	     /* a space is put before every text */
	bool trims;		     /* remove_extra_whitespaces */
	bool escapes;		     /* ' ' becomes U+2581 */
	bool suffix;		     /* treat_whitespace_as_suffix */
	bool has_charsmap;	     /* rewrites characters before it encodes */
	bool rewrites_output;	     /* has a denormalizer with rules of its own */
	uint32_t unk, bos, eos, pad; /* MODEL_NO_ID: none; all but unk only if CONTROL */
	const char *unk_surface;     /* what <unk> decodes to */
	uint32_t unk_surface_n;
	char *bytes;	/* the model's own copy of the file ... */
	size_t n_bytes; /* ... and how many they are */
};

/*
 * Read the n bytes of a .model file (copied).  On success m is whole and to be given to
 * model_free.  Returns 0, or -1 with *why a static phrase: what is wrong with the bytes.
 */
int model_parse(struct model *m, const void *bytes, size_t n, const char **why);
void model_free(struct model *m);

/* The id of the piece spelled exactly so, of any type; MODEL_NO_ID if there is none. */
uint32_t model_find(const struct model *m, const char *text, size_t n);

/*
 * How many user-defined symbols at most begin one another ("a", "ab", "abc": 3).  Above
 * MODEL_MAX_NESTED SentencePiece's matcher reads past its own array.  -1: out of memory.
 */
#define MODEL_MAX_NESTED 64
int model_nested(const struct model *m);

/*
 * The text of n ids, as SentencePiece's Decode gives it: byte pieces join (what is no
 * UTF-8 then becomes U+FFFD), CONTROL pieces vanish, the dummy prefix goes.  *text is
 * NUL-terminated, *len without the NUL, to free().  Returns 0, or -1: an id is no id of
 * the model, or memory is out.
 */
int model_decode(
    const struct model *m, const uint32_t *ids, size_t n, char **text, size_t *len);

/*
 * Bytes of the UTF-8 character at s (n > 0 bytes left), 1..4; 0 if it is ill-formed: what
 * SentencePiece takes as one byte of U+FFFD.  *c: its code point.
 */
size_t model_char(const char *s, size_t n, uint32_t *c);

#endif
