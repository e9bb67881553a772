/* scatterfile.h - the format of scatter files, which machines may share. */
#ifndef TAMIS_SCATTERFILE_H
#define TAMIS_SCATTERFILE_H

#include "mixer/mix/samples.h"

/*
 * All numbers are little-endian.
 *
 *   header   SCATTER_HEADER bytes: magic, format version, plan, job, CRC32C
 *   records  one per sample, in training order of the source
 *   index    SCATTER_ENTRY bytes per record, in the same order
 *   tail     SCATTER_TAIL bytes: number of entries, offset of the index, CRC32C
 *
 * A record is SCATTER_RECORD bytes about the sample, SCATTER_SEGMENT bytes per segment,
 * the ids, URLs, targets and so on of its segments, and its tokens in payload encoding.
 * The index has the CRC32C of each record.
 */
enum {
	SCATTER_VERSION = 3, /* 1 wrote structs in memory layout, 2 no targets */
	SCATTER_HEADER = 88,
	SCATTER_RECORD = 28,
	SCATTER_SEGMENT = 52,
	SCATTER_ENTRY = 32,
	SCATTER_TAIL = 32,
};

/*
 * The samples of one file: those of index [first, first + n) in one epoch part, see
 * struct sample_pos.  A job holds all of them in memory at once.
 */
struct scatter_job {
	uint32_t source, len_class;
	uint64_t part, first, n;
};

struct scatter_header {
	uint32_t version;
	unsigned char plan[32]; /* SHA-256 of plan.lock */
	struct scatter_job job;
};

struct scatter_entry {
	uint64_t number;	/* of the sample, in training order of its source */
	uint64_t offset, bytes; /* of the record in the file */
	uint32_t crc;		/* CRC32C of the record */
};

struct scatter_tail {
	uint64_t entries, index; /* index: offset in the file */
};

void scatterfile_put_header(
    const struct scatter_header *h, unsigned char out[SCATTER_HEADER]);
/*
 * Returns false if the bytes are not a header or are damaged.  The caller checks the
 * version.
 */
bool scatterfile_get_header(
    const unsigned char in[SCATTER_HEADER], struct scatter_header *h);

void scatterfile_put_entry(
    const struct scatter_entry *e, unsigned char out[SCATTER_ENTRY]);
void scatterfile_get_entry(
    const unsigned char in[SCATTER_ENTRY], struct scatter_entry *e);

void scatterfile_put_tail(const struct scatter_tail *t, unsigned char out[SCATTER_TAIL]);
/* Returns false if the bytes are damaged. */
bool scatterfile_get_tail(const unsigned char in[SCATTER_TAIL], struct scatter_tail *t);

/*
 * Encode the sample in `slot` of v, whose number is e->number, as a record.  *front
 * becomes all of the record except its tokens, which *tokens borrows from v.  Sets
 * e->bytes and e->crc.
 */
void scatterfile_put_record(const struct samples *v, uint32_t slot, struct buf *front,
    struct span *tokens, struct scatter_entry *e);

/*
 * Decode the record at p, e->bytes long, into the empty `slot` of *out.  The slot borrows
 * its tokens from p.  Returns false if the record does not match its CRC, its entry, or
 * the sample length of *out.
 */
bool scatterfile_get_record(
    unsigned char *p, const struct scatter_entry *e, uint32_t slot, struct samples *out);

#endif
