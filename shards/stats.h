/* stats.h - what tamis stats counts, and how it is told. */
#ifndef TAMIS_STATS_H
#define TAMIS_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/histogram.h"
#include "lib/base/table.h"
#include "shards/tshard/tshard.h"

enum {
	STATS_LANGUAGES = 1 << 15, /* that DOC can tell apart */
	STATS_NUMBERS = 1 << 16,   /* values of DOCNUM */
};

/*
 * Of all, of a source, or of a language.  A document is a row in DOCS; in SAMPLES a
 * segment that begins one, so that it counts once an epoch.
 */
struct counts {
	char *name; /* of a source; owned */
	uint64_t documents, tokens, loss_tokens, pad, samples;
	uint64_t segments, continued, unended; /* without pad */
	uint64_t cut;			       /* documents begun and not ended at once */
	uint64_t fim_psm, fim_spm, no_loss;    /* DOCS: documents; SAMPLES: segments */
	uint32_t epochs;		       /* begun */
	struct histogram document, segment;    /* tokens of each */
};

struct stats {
	uint32_t kind;
	uint64_t shards, tokens; /* pad, too */
	uint64_t bin_bytes, idx_bytes, sdx_bytes;
	struct counts all;
	struct counts *source;
	size_t nsources, source_cap;
	struct table by_name; /* of source */
	struct counts *language[STATS_LANGUAGES];
	struct stats_section {
		char tag[9];
		uint64_t bytes;
	} * section;
	size_t nsections;
	/* DOCNUM: what the numbers are, and how many documents have each. */
	bool numbered;
	char number[TSHARD_NUMBER_NAME + 1];
	uint64_t *numbers;
};

/* Count one more shard.  0, or -1 with *err. */
int stats_shard(struct stats *t, struct tshard *s, struct err *err);
void stats_release(struct stats *t);

void stats_json(const struct stats *t, struct buf *b);
void stats_table(const struct stats *t, struct buf *b);

#endif
