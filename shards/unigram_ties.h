/* unigram_ties.h - how the encoder of a shard resolved ties of its unigram model. */
#ifndef SHARDS_UNIGRAM_TIES_H
#define SHARDS_UNIGRAM_TIES_H

#include "lib/base/err.h"
#include "shards/tshard/tshard.h"

/* The first shard of several that states it.  Zero it to begin. */
struct unigram_ties {
	char version[32];  /* of SentencePiece, which first did as the shard's did */
	const char *shard; /* NULL: no shard so far states it */
};

/*
 * Compare a shard with those before it.  path is kept.  Shards of other models, and of
 * older versions of tamis, state nothing and equal any.  1: it equals them; 0: it
 * differs, and *found is what it states; -1 with *err.
 */
int unigram_ties_add(struct unigram_ties *t, const struct tshard *shard, const char *path,
    struct unigram_ties *found, struct err *err);

#endif
