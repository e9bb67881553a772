/*
 * tamis_tok.h - PUBLIC: encode and decode by a SentencePiece model, from C or C++.
 *
 * The library never exits, never prints, and throws no exception.  Many threads may use
 * one struct tamis_tok at once.
 */
#ifndef TAMIS_TOK_H
#define TAMIS_TOK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tamis_tok;

/*
 * Load a SentencePiece .model file; to be closed by tamis_tok_close.  Returns NULL on
 * failure, with a one-line message "FILE: PROBLEM: FIX" in err, cut to errlen bytes with
 * its NUL.  errno is then EINVAL if the file is not a usable model, ENOMEM if memory is
 * out, or the reason why the file cannot be read.
 */
struct tamis_tok *tamis_tok_open(const char *model, char *err, size_t errlen);
/*
 * Decode n ids.  *text is NUL-terminated and to be freed by free(); *len is its length
 * without the NUL.  Byte pieces join into characters, and the rules of a denormalizer may
 * span pieces, so decode whole documents or segments, not single ids.  Returns 0, or -1
 * with errno EINVAL if an id is not below tamis_tok_vocab, or ENOMEM if memory is out.
 */
int tamis_tok_decode(
    const struct tamis_tok *t, const uint32_t *ids, size_t n, char **text, size_t *len);
/*
 * The cache and the scratch of one thread that encodes, up to 70 MB; to be freed by
 * tamis_tok_encoder_free before t is closed.  Returns NULL on failure with a message in
 * err, as above.  errno is then ENOTSUP if only the SentencePiece library can encode by
 * the model, or ENOMEM.
 */
struct tamis_tok_encoder;
struct tamis_tok_encoder *tamis_tok_encoder_new(
    const struct tamis_tok *t, char *err, size_t errlen);
void tamis_tok_encoder_free(struct tamis_tok_encoder *e); /* NULL is fine */
/*
 * Encode n bytes of text to the ids of SentencePiece 0.1.97 to 0.2.1, without bos and
 * eos.  Bytes that are not UTF-8 become U+FFFD.  Writes at most cap ids, and sets *n_ids
 * to the number that the text has.  So cap 0 counts them, and ids may then be NULL.
 * Returns 0; or -1 with errno ERANGE if cap is less than *n_ids but not 0, or ENOMEM. The
 * encoder can be used again after either.
 */
int tamis_tok_encode(struct tamis_tok_encoder *e, const char *text, size_t n,
    uint32_t *ids, size_t cap, size_t *n_ids);
/* The number of pieces; ids are below it. */
uint32_t tamis_tok_vocab(const struct tamis_tok *t);
/*
 * The text of a piece as the model has it, *len bytes without a NUL, with U+2581 for a
 * space in most models.  It lives as long as t.  NULL if id is not below tamis_tok_vocab.
 */
const char *tamis_tok_piece(const struct tamis_tok *t, uint32_t id, size_t *len);
void tamis_tok_close(struct tamis_tok *t); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
