/*
 * tamis_tok.h - PUBLIC: decode token ids with a SentencePiece model, from C or C++.
 *
 * The library never exits, never prints, and throws no exception.  Many threads may use
 * one handle at once.
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
 * without the NUL.  Byte pieces join into characters, so decode whole documents or
 * segments, not single ids.  Returns 0, or -1 with errno EINVAL if an id is not below
 * tamis_tok_vocab, or ENOMEM if memory is out.
 */
int tamis_tok_decode(
    const struct tamis_tok *t, const uint32_t *ids, size_t n, char **text, size_t *len);
/* The number of pieces; ids are below it. */
uint32_t tamis_tok_vocab(const struct tamis_tok *t);
void tamis_tok_close(struct tamis_tok *t); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
