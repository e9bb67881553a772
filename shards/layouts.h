/* layouts.h - how other programs store tokens. */
#ifndef SHARDS_LAYOUTS_H
#define SHARDS_LAYOUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

enum layout_kind {
	LAYOUT_MEGATRON,
	LAYOUT_DATATROVE,
	LAYOUT_OLMO,
	LAYOUT_LLMC,
	LAYOUT_NANOGPT
};

struct token_layout {
	enum layout_kind kind;
	const char *name;      /* as --to and --from name it */
	const char *tokens;    /* ending of the file of tokens */
	const char *documents; /* ending of the file of their documents; NULL: none */
	const char *loss;      /* ending of the file of their loss mask; NULL: none */
	uint64_t most;	       /* tokens that a reader takes in one file */
	uint32_t widest;       /* bytes per token, at most */
	bool next;	       /* a sample ends with the token that follows it */
};

/* The layout that an option names, which is to be read or written.  NULL with *err. */
const struct token_layout *layout_to_read(const char *from, struct err *err);
const struct token_layout *layout_to_write(const char *to, struct err *err);

/* The header of llm.c: 256 numbers of 32 bits, of which three are used. */
enum {
	LLMC_HEADER = 1024, /* bytes */
	LLMC_MAGIC_U16 = 20240520,
	LLMC_VERSION_U16 = 1,
	LLMC_MAGIC_U32 = 20240801,
	LLMC_VERSION_U32 = 7,
};

#endif
