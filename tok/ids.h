/*
 * ids.h - a growable array of token ids.
 *
 * Part of libtamis_tok: includes nothing of lib/, never exits, never prints.
 */
#ifndef TAMIS_IDS_H
#define TAMIS_IDS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero it to begin. */
struct token_ids {
	uint32_t *v;
	size_t n, cap;
};

/* Make room for `extra` more.  0, or -1 when memory is out. */
int token_ids_reserve(struct token_ids *ids, size_t extra);
void token_ids_free(struct token_ids *ids);

#ifdef __cplusplus
}
#endif

#endif
