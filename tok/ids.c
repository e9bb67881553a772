/* ids.c - a growable array of token ids. */
#include "tok/ids.h"

#include <stdlib.h>

int
token_ids_reserve(struct token_ids *ids, size_t extra)
{
	size_t want, bytes;
	uint32_t *more;

	if (__builtin_add_overflow(ids->n, extra, &want))
		return -1;
	if (want <= ids->cap)
		return 0;
	if (want < ids->cap + ids->cap / 2)
		want = ids->cap + ids->cap / 2;
	if (__builtin_mul_overflow(want, sizeof *ids->v, &bytes))
		return -1;
	more = realloc(ids->v, bytes);
	if (!more)
		return -1;
	ids->v = more;
	ids->cap = want;
	return 0;
}

void
token_ids_free(struct token_ids *ids)
{
	free(ids->v);
	*ids = (struct token_ids){ 0 };
}
