/* encoder_facts.h - facts of META that all shards of a run must share. */
#ifndef SHARDS_ENCODER_FACTS_H
#define SHARDS_ENCODER_FACTS_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "shards/tshard/tshard.h"

/* What the first shards state that state it.  Zero it to begin. */
struct encoder_facts {
	/* The version of SentencePiece that first resolved ties of a unigram model so. */
	char ties[32];
	const char *ties_of; /* the shard; NULL: no shard so far states it */
	/* Options of encode, and the first shard. */
	bool bos, plain_symbols; /* --bos, --no-user-defined */
	const char *first;
};

/*
 * Compare a shard with those before it.  path is kept.  Shards of other models or
 * programs, or of older versions of tamis, may state nothing and equal any.  1: it equals
 * them; 0: it differs, and *problem is a phrase with a NUL that follows the path; -1 with
 * *err.
 */
int encoder_facts_add(struct encoder_facts *f, const struct tshard *shard,
    const char *path, struct buf *problem, struct err *err);

#endif
