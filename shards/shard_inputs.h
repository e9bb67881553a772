/* shard_inputs.h - keep outputs from replacing the files of shards that are read. */
#ifndef SHARDS_SHARD_INPUTS_H
#define SHARDS_SHARD_INPUTS_H

#include "lib/io/inputs.h"

/* Note the three files of the shard `prefix` as inputs.  0, or -1 with *err. */
static inline int
shard_note_inputs(const char *prefix, struct err *err)
{
	static const char *const ending[] = { ".bin", ".idx", ".sdx" };

	return inputs_note_prefix(prefix, ending, sizeof ending / sizeof *ending, err);
}

#endif
