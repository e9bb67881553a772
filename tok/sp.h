/*
 * sp.h - the only door to SentencePiece: a thin C face over its C++.  No exception leaves
 * it, it never exits, and what it hands out is freed with free().
 */
#ifndef TAMIS_SP_H
#define TAMIS_SP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A growable run of token ids.  Zero it to begin; sp_ids_free when done. */
struct sp_ids {
	uint32_t *v;
	size_t n, cap;
};

/* Room for `extra` more.  Returns 0, or -1 when memory is out. */
int sp_ids_reserve(struct sp_ids *ids, size_t extra);
void sp_ids_free(struct sp_ids *ids);

struct sp; /* a loaded model: may be used from many threads at once */

/*
 * Load a model from the n bytes of its .model file (copied).  NULL on failure, with the
 * library's own words in `why`, cut to why_n bytes with the NUL.
 */
struct sp *sp_open(const void *model, size_t n, char *why, size_t why_n);
void sp_close(struct sp *sp); /* NULL is fine */
uint32_t sp_vocab(const struct sp *sp);

/*
 * Append the ids of n bytes of valid UTF-8 to ids.  Returns 0, or -1 when memory is out
 * or the library refuses (a model whose control piece is one plain character).  Time
 * grows faster than n: give it documents in parts (encode_split.h).
 */
int sp_encode(const struct sp *sp, const char *text, size_t n, struct sp_ids *ids);
/* The text of n ids, NUL-terminated, to free().  0, or -1: an id is none, memory is out.
 */
int sp_decode(
    const struct sp *sp, const uint32_t *ids, size_t n, char **text, size_t *len);

/* One setting of the trainer, by SentencePiece's own name: { "vocab_size", "4000" }. */
struct sp_setting {
	const char *name, *value;
};

/* Where training text comes from: false at the end; *line is borrowed until the next
 * call. */
struct sp_lines {
	bool (*next)(void *ctx, const char **line, size_t *n);
	void *ctx;
};

/*
 * Train.  *model: the bytes of the .model file, *len of them, to free().  chatter: what
 * the library may print to stderr: 1 warnings, 2 errors only.  Returns 0, or -1 with the
 * library's own words in `why`.
 */
int sp_train(const struct sp_setting *settings, size_t n, struct sp_lines lines,
    int chatter, char **model, size_t *len, char *why, size_t why_n);

#ifdef __cplusplus
}
#endif

#endif
