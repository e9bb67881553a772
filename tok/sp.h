/*
 * sp.h - SentencePiece from C: load a model, encode, train.
 *
 * The functions never exit and throw no exception.  Memory that they return is freed by
 * free().
 */
#ifndef TAMIS_SP_H
#define TAMIS_SP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tok/ids.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Errors. */
enum { SP_FAILED = -1, SP_NO_MEMORY = -2 };

/* The version of SentencePiece that this program was built with: "0.1.97".  Static. */
const char *sp_version(void);
/*
 * Have operator new call f, which does not return, when memory is out.  Without it, some
 * places in SentencePiece and protobuf take lack of memory for bad data, or abort.
 */
void sp_on_no_memory(void (*f)(void));

/*
 * The first version of SentencePiece that chooses as this process's library does among
 * the segmentations of a unigram model that have equal scores: "0.1.97" or "0.2.2".  By
 * trial, since a shared library can be newer than sp_version.  NULL: neither, or memory
 * is out.  Static.
 */
const char *sp_ties(void);

struct sp; /* a loaded model; many threads may use it at once */

/*
 * Load the n bytes of a .model file, which are copied.  Returns NULL on failure, with the
 * message of SentencePiece in `why`, cut to why_n bytes with its NUL.
 */
struct sp *sp_open(const void *model, size_t n, char *why, size_t why_n);
void sp_close(struct sp *sp); /* NULL is fine */
uint32_t sp_vocab(const struct sp *sp);

/*
 * Append the ids of n bytes of valid UTF-8 to ids.  Takes more than linear time.  Returns
 * 0, SP_NO_MEMORY, or SP_FAILED if SentencePiece fails, as it does with a control piece
 * that is one plain character.
 */
int sp_encode(const struct sp *sp, const char *text, size_t n, struct token_ids *ids);
/*
 * Decode n ids to a NUL-terminated *text of *len bytes.  The tests compare model_decode
 * with it.  Returns 0, or -1 if an id is out of range or memory is out.
 */
int sp_decode(
    const struct sp *sp, const uint32_t *ids, size_t n, char **text, size_t *len);

/* A setting of the trainer by SentencePiece's name: { "vocab_size", "4000" }.  Value
 * NULL: the default. */
struct sp_setting {
	const char *name, *value;
};

/* The source of training text.  next returns false at the end; *line of *n bytes lives
 * until the next call. */
struct sp_lines {
	bool (*next)(void *ctx, const char **line, size_t *n);
	void *ctx;
	/* Called now and then with the pieces chosen so far; for unigram models, with the
	 * candidates that are left.  NULL: never.  SentencePiece since 0.2.2 never calls
	 * it. */
	void (*pieces)(void *ctx, uint64_t n);
};

/*
 * Train a model.  Returns 0 with the *len bytes of the .model file in *model,
 * SP_NO_MEMORY, or SP_FAILED with the message of SentencePiece in `why`.  log_level: the
 * least severe messages that SentencePiece prints to stderr: 0 info, 1 warnings, 2
 * errors, 3 none.
 */
int sp_train(const struct sp_setting *settings, size_t n, struct sp_lines lines,
    int log_level, char **model, size_t *len, char *why, size_t why_n);

#ifdef __cplusplus
}
#endif

#endif
