/* scatterfile.h - what a file of scattered samples looks like: see scatter.c. */
#ifndef TAMIS_SCATTERFILE_H
#define TAMIS_SCATTERFILE_H

#include "mixer/mix/scatter.h"

/* "tamissc1" as a number: another byte order is seen at once. */
#define SCATTER_MAGIC UINT64_C(0x74616d6973736331)

struct scatter_head {
	uint64_t magic;
	unsigned char plan[32]; /* SHA-256 of plan.lock */
	struct scatter_job job;
};

/* At the front of each record; its stretches, texts and tokens follow. */
struct scatter_record {
	uint64_t number; /* of the sample, in the order of training of its source */
	struct sample_buf slot;
	uint32_t nsegments, text_bytes;
};

/* Of the index, by number. */
struct scatter_entry {
	uint64_t number, offset, bytes, sum; /* sum: CRC32C of the record */
};

/* A record's front and its tokens, which lie behind it. */
static inline uint32_t
scatter_sum(struct span front, struct span tokens)
{
	return tshard_crc32c(tshard_crc32c(0, front.p, front.n), tokens.p, tokens.n);
}

/* The end of the file. */
struct scatter_tail {
	uint64_t magic, entries, index; /* how many there are, and where */
};

#endif
