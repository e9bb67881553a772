/* stats.h - the counts of tamis stats. */
#ifndef TAMIS_STATS_H
#define TAMIS_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/histogram.h"
#include "lib/base/table.h"
#include "shards/tshard/tshard.h"

enum {
	STATS_LANGUAGES = 1 << 15, /* codes that DOC can have */
	STATS_NUMBERS = 1 << 16,   /* values of DOCNUM */
};

/*
 * The counts of all shards, of one source, or of one language.  In DOCS, each row is a
 * document.  In SAMPLES, a document counts once per epoch, in the segment that starts it.
 */
struct stats_counts {
	char *name; /* of a source; owned */
	uint64_t documents, tokens, loss_tokens, pad, samples;
	uint64_t segments;	     /* without pad */
	uint64_t continued, unended; /* segments that do not start, or end, a document */
	uint64_t cut; /* documents that do not end in the segment that starts them */
	uint64_t fim_psm, fim_spm, no_loss; /* DOCS: documents; SAMPLES: segments */
	uint32_t epochs;		    /* the highest epoch plus 1 */
	struct histogram document, segment; /* tokens of each */
};

struct stats {
	uint32_t kind;
	uint64_t shards, tokens; /* with pad */
	uint64_t bin_bytes, idx_bytes, sdx_bytes;
	struct stats_counts all;
	struct stats_counts *source;
	size_t nsources, source_cap;
	struct table by_name; /* hash of a name -> index in source */
	struct stats_counts *language[STATS_LANGUAGES];
	struct stats_section {
		char tag[9];
		uint64_t bytes;
	} * section;
	size_t nsections;
	/* DOCNUM: whether shards have it, its name, documents per number. */
	bool numbered;
	char number[TSHARD_NUMBER_NAME + 1];
	uint64_t *numbers;
};

/* Add the counts of one more shard.  Returns 0, or -1 with *err. */
int stats_shard(struct stats *t, struct tshard *s, struct err *err);
void stats_release(struct stats *t);

void stats_json(const struct stats *t, struct buf *b);
void stats_table(const struct stats *t, struct buf *b);

#endif
