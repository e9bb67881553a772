/*
 * model.h - read a SentencePiece .model file without SentencePiece, and decode ids.
 *
 * Part of libtamis_tok: includes nothing of lib/, never exits, never prints.  Many
 * threads may use one model.
 */
#ifndef TAMIS_MODEL_H
#define TAMIS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tok/charsmap.h"

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
#define MODEL_MAX_BYTES ((size_t)256 << 20) /* largest file */

struct model_piece {
	const char *text; /* in model.bytes; spaces are U+2581 */
	uint32_t n;	  /* bytes */
	float score;
	uint8_t type; /* enum model_piece_type */
	/* The type that it decodes as: it differs if a CONTROL, UNKNOWN or BYTE piece has
	 * the same text. */
	uint8_t decoded;
	uint8_t byte; /* if it decodes as MODEL_BYTE */
};

struct model {
	struct model_piece *piece;
	uint32_t n; /* number of pieces; ids are below it */
	int kind;   /* enum model_kind */
	bool byte_fallback;
	bool dummy_prefix; /* puts a space before a text */
	bool trims;	   /* remove_extra_whitespaces */
	bool escapes;	   /* replaces ' ' by U+2581 */
	bool suffix;	   /* treat_whitespace_as_suffix */
	bool has_charsmap; /* rewrites characters before encoding */
	bool denormalizes; /* rewrites characters after decoding */
	uint32_t unk, bos, eos,
	    pad;		 /* or MODEL_NO_ID; bos, eos, pad are CONTROL pieces */
	const char *unk_surface; /* the text that <unk> decodes to */
	uint32_t unk_surface_n;
	const char *charsmap; /* in bytes: the rules of has_charsmap, checked */
	size_t n_charsmap;
	struct charsmap denormalizer; /* in bytes: the rules of denormalizes */
	char *bytes;		      /* a copy of the file, owned */
	size_t n_bytes;
};

/*
 * Parse the n bytes of a .model file, which are copied.  Returns 0 with *m to be freed by
 * model_free, or -1 with *why set to a static phrase that completes "this file ...".
 */
extern const char model_no_memory[]; /* the phrase when memory is out */
int model_parse(struct model *m, const void *bytes, size_t n, const char **why);
void model_free(struct model *m);

/* The id of the first piece with exactly this text, or MODEL_NO_ID. */
uint32_t model_find(const struct model *m, const char *text, size_t n);

/*
 * The length of the longest chain of user-defined symbols that are prefixes of one
 * another: 3 for "a", "ab", "abc".  Above MODEL_MAX_NESTED, SentencePiece's matcher
 * overruns an array of its own; counting stops there.  Returns -1 when memory is out.
 */
#define MODEL_MAX_NESTED 64
int model_nested(const struct model *m);

/*
 * Decode n ids as SentencePiece's Decode does: byte pieces join, bytes that are not UTF-8
 * become U+FFFD, CONTROL pieces and the dummy prefix vanish, and the denormalizer
 * rewrites the text.  *text is NUL-terminated and to be freed by free(); *len is its
 * length without the NUL.  Returns 0, or -1 if an id is not below m->n or memory is out.
 */
int model_decode(
    const struct model *m, const uint32_t *ids, size_t n, char **text, size_t *len);

/* Where decoding is in the ids of a text.  Zero it to begin. */
struct decoding {
	bool begun;	/* the dummy prefix can no longer follow */
	uint8_t n_held; /* bytes of a run that may be part of a character */
	char held[4];
	/* Decoded bytes that a rule of the denormalizer may begin with. */
	uint16_t n_rest;
	char rest[CHARSMAP_MAX_KEY];
};

/*
 * The same for the next n ids of a text.  last: no more follow.  *text is a buffer of
 * *cap bytes that is reused and replaced if it is too small; NULL and 0 at first.
 */
int model_decode_next(const struct model *m, struct decoding *s, const uint32_t *ids,
    size_t n, bool last, char **text, size_t *cap, size_t *len);

/*
 * The length of the UTF-8 character at the front of n > 0 bytes, 1 to 4, with its code
 * point in *c.  Returns 0 if it is ill-formed; SentencePiece replaces its first byte by
 * U+FFFD.
 */
size_t model_char(const char *s, size_t n, uint32_t *c);

#endif
