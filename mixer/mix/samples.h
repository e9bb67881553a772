/* samples.h - holds samples in memory while their documents are gathered. */
#ifndef TAMIS_SAMPLES_H
#define TAMIS_SAMPLES_H

#include "mixer/mix/doc_store.h"

#define SAMPLES_NO_SEGMENT UINT32_MAX

/* A segment: consecutive tokens of one document in one sample. */
struct sample_segment {
	uint64_t doc;		 /* row in its source */
	uint32_t offset, tokens; /* first token in the document; number of tokens */
	uint32_t whole;		 /* tokens of the document */
	uint32_t link;		 /* next segment of the sample, or SAMPLES_NO_SEGMENT */
	uint64_t text;		 /* offset of its id, URL and so on in samples.text */
	uint32_t id_bytes, url_bytes;
	uint32_t align_bytes; /* of doc_align.h, which follow its URL */
	uint16_t language;
	uint8_t epoch, flags; /* as in SEG */
	unsigned char id_hash[16];
};

struct sample_buf {
	uint32_t first, last; /* segments */
	uint32_t fill;	      /* tokens so far; the rest is padding */
	uint32_t next;	      /* the token that follows, or TSHARD_NONE */
	uint16_t source;
	uint8_t epoch;	       /* of the padding */
	unsigned char *tokens; /* in payload encoding */
};

/* Memory for tokens, reused from slab to slab. */
struct token_block {
	unsigned char *p;
	size_t size;
};

struct samples {
	uint32_t seq, width; /* tokens per sample; bytes per token */
	uint32_t n, cap;     /* samples in use; allocated */
	struct sample_buf *sample;
	struct token_block *block;
	size_t nblocks, at; /* at: the block being filled */
	size_t used;	    /* bytes used of that block */
	struct sample_segment *segment;
	uint32_t nsegments, segment_cap;
	struct buf text;
};

/*
 * Reset v to n empty samples of seq tokens of `width` bytes each.  Zero *v before the
 * first call; later calls keep its memory.
 */
void samples_begin(struct samples *v, uint32_t seq, uint32_t width, uint32_t n);
void samples_free(struct samples *v);

/*
 * The expected memory of one sample of a source in bytes, including its segments and
 * their ids, from the mean length of its documents.
 */
uint64_t samples_cost(
    const struct resolved_source *s, uint32_t seq, uint32_t width, bool ids);

/* n bytes of page-aligned memory, valid until the next samples_begin. */
unsigned char *samples_alloc(struct samples *v, size_t n);

/*
 * Append a segment to the sample in `slot`: n tokens of document *at from its token
 * `offset` on.  Returns where to copy the tokens.  A caller that sets the tokens pointer
 * of the sample itself ignores it.
 */
unsigned char *samples_add(struct samples *v, uint32_t slot, const struct doc_pos *at,
    uint32_t offset, uint32_t n, uint8_t epoch);

#endif
