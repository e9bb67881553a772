/*
 * tamis_tok.h - PUBLIC: token ids back to text, without a C++ header in sight.
 *
 * Never exits or prints; no exception leaves it.  A handle may be used from many threads.
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
 * Load a SentencePiece .model file.  NULL on failure, with a message for people in err
 * ("FILE: what: how to mend it", cut to errlen bytes with the NUL).
 */
struct tamis_tok *tamis_tok_open(const char *model, char *err, size_t errlen);
/*
 * The text of n ids.  *text is NUL-terminated, *len without the NUL, to free().  Byte
 * pieces join, so decode whole documents or segments, never id by id.  Returns 0, or -1
 * when an id is no id of the model or memory is out.
 */
int tamis_tok_decode(
    const struct tamis_tok *t, const uint32_t *ids, size_t n, char **text, size_t *len);
/* Number of pieces: ids are below it. */
uint32_t tamis_tok_vocab(const struct tamis_tok *t);
void tamis_tok_close(struct tamis_tok *t); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
