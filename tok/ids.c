/* ids.c - a growable array of token ids. */
#include "tok/ids.h"

#include <stdlib.h>

static int
grow(struct token_ids *ids, size_t want)
{
	size_t most = ids->cap + ids->cap / 2, bytes;
	uint32_t *more;

	if (ids->full && most > ids->most)
		most = ids->most;
	want = want > most ? want : most;
	if (__builtin_mul_overflow(want, sizeof *ids->v, &bytes))
		return -1;
	more = realloc(ids->v, bytes);
	if (!more)
		return -1;
	ids->v = more;
	ids->cap = want;
	return 0;
}

int
token_ids_reserve(struct token_ids *ids, size_t extra)
{
	size_t want;

	if (__builtin_add_overflow(ids->n, extra, &want))
		return -1;
	if (want <= ids->cap)
		return 0;
	if (ids->full && ids->n > 0 && want > ids->most) {
		if (ids->full(ids->to, ids) < 0)
			return -1;
		want = extra;
	}
	return want <= ids->cap ? 0 : grow(ids, want);
}

void
token_ids_free(struct token_ids *ids)
{
	free(ids->v);
	*ids = (struct token_ids){ 0 };
}
