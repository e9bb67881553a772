/* documents.h - from a token of a shard to its document, and from documents to tokens. */
#ifndef SHARDS_DOCUMENTS_H
#define SHARDS_DOCUMENTS_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/driver/doc_list.h"
#include "shards/tshard/tshard.h"

/* A row of DOC with its id and URL. */
struct document {
	struct tshard_doc d;
	const char *source; /* its name, borrowed from the shard */
	char *id, *url;	    /* NULL: the shard does not store them; to document_free */
	bool taken_down;    /* its id and URL are empty, as takedown leaves them */
};

/* Tokens [first, last] of a sample of the run, or of a document of a DOCS shard. */
struct document_range {
	uint64_t sample; /* number in the run; DOCS: row */
	uint32_t first, last;
	uint32_t row;	 /* of DOC */
	uint32_t offset; /* of the first token in the document */
	uint8_t epoch, flags;
	uint16_t source;
};

int document_get(
    const struct tshard *s, uint64_t row, struct document *out, struct err *err);
void document_free(struct document *d);
/*
 * Whether takedown has removed the id and the URL of a row: both are empty, and the hash
 * is not that of an empty id.  NULL: the shard does not store them.
 */
bool document_taken_down(const struct tshard_doc *d, const char *id, const char *url);

/*
 * The segment that has a token of sample `local` of the shard; of a DOCS shard, the
 * document in this row.  Padding has row 0.  Takes a few short reads.  A sample or
 * position that does not exist is EXIT_DATA.  0, or -1 with *err.
 */
int document_at(const struct tshard *s, uint64_t local, uint64_t position,
    struct document_range *out, struct err *err);

/* The rows of a shard that a list names. */
struct document_rows {
	unsigned char *bit;
	uint64_t n; /* rows that are set */
};

static inline bool
document_rows_has(const struct document_rows *r, uint32_t row)
{
	return r->bit[row / 8] >> row % 8 & 1;
}

/*
 * Find the rows of a shard that a list names; call found for each entry that names one of
 * them.  URLs and domains need a shard that stores them: another is EXIT_DATA.  So is one
 * whose rows differ from their checksums, or whose ids and segments, if rows are found.
 * 0, or -1 with *err.
 */
int documents_find(const struct tshard *s, const struct doc_list *list,
    void (*found)(void *ctx, size_t entry), void *ctx, struct document_rows *out,
    struct err *err);
void document_rows_free(struct document_rows *r);

/* The hash of a row of DOC as a number. */
struct hash128 hash128_of(const unsigned char canonical[16]);

/* Append the flags of a segment or document as words: "pad,no-loss". */
void put_flag_words(struct buf *b, uint8_t flags, bool taken_down);

#endif
