/* shard_model.h - the model of -m, which must be the one that encoded a shard. */
#ifndef SHARDS_SHARD_MODEL_H
#define SHARDS_SHARD_MODEL_H

#include "lib/base/err.h"
#include "shards/tshard/tshard.h"
#include "tok/tamis_tok.h"

/* Zero it to begin. */
struct shard_model {
	struct tamis_tok *tok; /* NULL: no model */
	const char *path;
	unsigned char sha[32];
};

/* Open a SentencePiece model.  path is kept.  0, or -1 with *err. */
int shard_model_open(struct shard_model *m, const char *path, struct err *err);
/* Reject a model that did not encode s: it decodes the ids to nonsense.  0 or -1. */
int shard_model_check(
    const struct shard_model *m, const struct tshard *s, struct err *err);
void shard_model_close(struct shard_model *m);

#endif
