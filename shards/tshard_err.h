/* tshard_err.h - the one conversion from the shard library's errors to ours. */
#ifndef SHARDS_TSHARD_ERR_H
#define SHARDS_TSHARD_ERR_H

#include "lib/base/err.h"
#include "shards/tshard/tshard.h"

/* Set *err to what the library reported.  Its codes are exit codes.  Returns -1. */
static inline int
err_tshard(struct err *err, const struct tshard_error *e)
{
	return err_set(err, e->code, "%s", e->msg);
}

#endif
