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

/*
 * Zero it to begin.  Without `full`, the ids of a text of any size stay here.  With it,
 * full(to, ids) takes all ids and sets n to 0 once they are more than `most`.  It
 * returns 0, or -1 to end the encoding.
 */
struct token_ids {
	uint32_t *v;
	size_t n, cap;
	size_t most;
	int (*full)(void *to, struct token_ids *ids);
	void *to;
};

/* Make room for `extra` more.  May call `full`.  0, or -1 when memory is out or `full`
 * failed. */
int token_ids_reserve(struct token_ids *ids, size_t extra);
void token_ids_free(struct token_ids *ids);

#ifdef __cplusplus
}
#endif

#endif
