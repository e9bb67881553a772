/* scatterfile.h - the format of a file of scattered samples, which machines may share. */
#ifndef TAMIS_SCATTERFILE_H
#define TAMIS_SCATTERFILE_H

#include "mixer/mix/samples.h"

/*
 * All numbers are little-endian, at the byte offsets given here.
 *
 *   header   SCATTER_HEADER bytes: magic, format version, plan, job, CRC32C
 *   records  one a sample, in training order of its source
 *   index    one entry of SCATTER_ENTRY bytes a record, in the same order
 *   tail     SCATTER_TAIL bytes: number of entries, where the index begins, CRC32C
 *
 * A record is SCATTER_RECORD bytes about the sample, SCATTER_SEGMENT bytes for each of
 * its segments, the ids and URLs of the segments, and the tokens in payload encoding.
 * The index has the CRC32C of each record.
 */
enum {
	SCATTER_VERSION = 2, /* version 1 was structs as one compiler laid them out */
	SCATTER_HEADER = 88,
	SCATTER_RECORD = 28,
	SCATTER_SEGMENT = 48,
	SCATTER_ENTRY = 32,
	SCATTER_TAIL = 32,
};

/*
 * One file's worth of samples: those of index [first, first + n) in one epoch part, see
 * struct sample_pos.  They are gathered in memory all at once.
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
/* False: not a scatter file, or a damaged one.  Any version is accepted. */
bool scatterfile_get_header(
    const unsigned char in[SCATTER_HEADER], struct scatter_header *h);

void scatterfile_put_entry(
    const struct scatter_entry *e, unsigned char out[SCATTER_ENTRY]);
void scatterfile_get_entry(
    const unsigned char in[SCATTER_ENTRY], struct scatter_entry *e);

void scatterfile_put_tail(const struct scatter_tail *t, unsigned char out[SCATTER_TAIL]);
/* False: damaged. */
bool scatterfile_get_tail(const unsigned char in[SCATTER_TAIL], struct scatter_tail *t);

/*
 * Encode the sample in `slot` of v, whose number is e->number, as a record.  Replaces the
 * contents of *front by all of it but the tokens, which *tokens borrows from v.  Sets
 * e->bytes and e->crc.
 */
void scatterfile_put_record(const struct samples *v, uint32_t slot, struct buf *front,
    struct span *tokens, struct scatter_entry *e);

/*
 * Decode the record at p, e->bytes long, into `slot` of *out, which is empty.  The slot
 * borrows the tokens from p.  False: the record does not match its CRC, its entry or the
 * length of samples in *out.
 */
bool scatterfile_get_record(
    unsigned char *p, const struct scatter_entry *e, uint32_t slot, struct samples *out);

#endif
