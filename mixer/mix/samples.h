/* samples.h - samples in memory, while their documents are being gathered. */
#ifndef TAMIS_SAMPLES_H
#define TAMIS_SAMPLES_H

#include "mixer/mix/doc_store.h"

#define SAMPLES_NO_SEGMENT UINT32_MAX

/* A stretch of a document in a sample. */
struct sample_segment {
	uint64_t doc;		 /* row in its source */
	uint32_t offset, tokens; /* of the document, here */
	uint32_t whole;		 /* tokens of the document */
	uint32_t link;		 /* the next one of the sample */
	uint64_t text;		 /* of id and URL, in samples.text */
	uint32_t id_bytes, url_bytes;
	uint16_t language;
	uint8_t epoch, flags; /* as SEG has them */
	unsigned char id_hash[16];
};

struct sample_buf {
	uint32_t first, last; /* stretches */
	uint32_t fill;	      /* tokens; what is left is pad */
	uint32_t next;	      /* the token that follows, or TSHARD_NONE */
	uint16_t source;
	uint8_t epoch;	       /* of pad */
	unsigned char *tokens; /* in payload encoding */
};

/* Memory for tokens, used again and again. */
struct token_block {
	unsigned char *p;
	size_t size;
};

struct samples {
	uint32_t seq, width; /* tokens of a sample; bytes of a token */
	uint32_t n, cap;     /* slots in use, and that there is room for */
	struct sample_buf *sample;
	struct token_block *block;
	size_t nblocks, at; /* at: the one being filled */
	size_t used;	    /* of that */
	struct sample_segment *segment;
	uint32_t nsegments, segment_cap;
	struct buf text;
};

/*
 * n empty slots, for samples of seq tokens of `width` bytes.  Zero *v before the first
 * time; later what was in it is gone, its memory kept.
 */
void samples_begin(struct samples *v, uint32_t seq, uint32_t width, uint32_t n);
void samples_free(struct samples *v);

/*
 * Bytes of memory that a sample of a source takes, its stretches and their ids with it:
 * expected from how long its documents are.
 */
uint64_t samples_cost(
    const struct resolved_source *s, uint32_t seq, uint32_t width, bool ids);

/* Memory for n bytes, aligned to a page, until the samples begin anew. */
unsigned char *samples_alloc(struct samples *v, size_t n);

/*
 * Append a stretch of n tokens of the document at *at, from its token `offset` on, to a
 * slot.  Returns where the tokens go; the caller may set the slot's tokens instead.
 */
unsigned char *samples_add(struct samples *v, uint32_t slot, const struct doc_pos *at,
    uint32_t offset, uint32_t n, uint8_t epoch);

#endif
