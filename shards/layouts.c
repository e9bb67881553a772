/*
 * layouts.c - how other programs store tokens.
 *
 * Megatron-LM: .bin has the tokens, .idx the lengths of sequences and the sequences of
 * documents.  datatrove (utils/dataset.py, pipeline/tokens): .ds has the tokens;
 * .ds.index the ends of the documents in tokens, 64 bits each; .ds.loss a byte for each
 * token, 0 without loss; .ds.metadata three lines of text.  OLMo (dolma's
 * memmap_writer.py): .npy has the tokens without the header of numpy; .csv.gz has lines
 * start,end,id,source,ordinal.  llm.c (dev/data/data_common.py): .bin has a header and
 * the tokens.  nanoGPT: .bin has the tokens.
 */
#include "shards/layouts.h"

#include "lib/base/mem.h"

/* Megatron's is the first.  llm.c computes offsets of bytes as int. */
static const struct token_layout layouts[] = {
	{ LAYOUT_MEGATRON, "megatron", ".bin", ".idx", NULL, UINT64_MAX, 4, false },
	{ LAYOUT_DATATROVE, "datatrove", ".ds", ".ds.index", ".ds.loss", UINT64_MAX, 4,
	    true },
	{ LAYOUT_OLMO, "olmo", ".npy", ".csv.gz", NULL, UINT64_MAX, 4, false },
	{ LAYOUT_LLMC, "llm.c", ".bin", NULL, NULL, (INT32_MAX - LLMC_HEADER) / 2, 4,
	    false },
	{ LAYOUT_NANOGPT, "nanogpt", ".bin", NULL, NULL, UINT64_MAX, 2, false },
};

/* Find a layout from `first` on. */
static const struct token_layout *
find(const char *option, const char *name, size_t first, struct err *err)
{
	struct buf names = { 0 };

	for (size_t i = first; i < sizeof layouts / sizeof *layouts; i++) {
		if (name && strcmp(layouts[i].name, name) == 0) {
			buf_free(&names);
			return &layouts[i];
		}
		buf_putf(&names, i == first ? "%s" : ", %s", layouts[i].name);
	}
	buf_putc(&names, '\0');
	if (!name)
		err_set(
		    err, EXIT_USAGE, "%s is missing: choose one of %s", option, names.p);
	else
		err_set(err, EXIT_USAGE, "%s %s: unknown layout: choose one of %s",
		    option, name, names.p);
	buf_free(&names);
	return NULL;
}

const struct token_layout *
layout_to_read(const char *from, struct err *err)
{
	return find("--from", from, 0, err);
}

const struct token_layout *
layout_to_write(const char *to, struct err *err)
{
	if (to && strcmp(to, layouts[0].name) == 0) {
		err_set(err, EXIT_USAGE,
		    "--to megatron: Megatron reads .bin and .idx of a shard as they are: "
		    "merge shards by 'tamis reshard'");
		return NULL;
	}
	return find("--to", to, 1, err);
}
