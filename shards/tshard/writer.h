/* writer.h - the state of a writer, shared by writer.c, writer_rows.c and
 * writer_commit.c. */
#ifndef TSHARD_WRITER_H
#define TSHARD_WRITER_H

#include "shards/tshard/tshard_impl.h"

/* MASK, PAIR and LABEL of a shard that is written; see writer_align.c. */
struct tsi_align_out {
	bool set, mask, pairs;
	uint32_t n_labels;
	struct tsi_spool bits, pair, label;
	struct tsi_vec names; /* of LABEL, then all that precedes its rows */

	unsigned char piece[512]; /* of MASK: its first n bytes are full */
	size_t n;
	unsigned char byte; /* its lowest n_bits bits are known */
	unsigned n_bits;
	uint64_t masked;  /* tokens whose bits are known */
	uint64_t targets; /* among them */
	uint64_t before;  /* targets up to the current row */

	bool paired;		      /* the current row has a pair */
	struct tshard_pair cur, last; /* of the current row, and of the last one */
	uint64_t n_pairs;
	uint32_t label_end; /* in the current row: the next label is not before it */
	uint64_t n_rows;    /* of LABEL */
};

struct tshard_writer {
	struct tshard_facts f;
	uint32_t width; /* bytes per token */
	char *path[3], *tmp[3];
	int fd[3];	   /* of the temporary files; -1: not open */
	bool temporary[3]; /* they exist */
	bool broken;	   /* an error has left it in an unknown state */
	bool finished;	   /* the temporary files are complete, h is the header */
	struct tshard_header h;

	/*
	 * The payload is collected in buf.  Checksums are computed of a few blocks at a
	 * time, while they are in the second-level cache.  A full buf is written.
	 */
	unsigned char *buf;
	size_t fill, summed;
	uint64_t bin_bytes; /* written */
	bool direct;	    /* writes go past the page cache */
	struct tsi_hasher *hash;
	struct tsi_vec crcs;

	uint64_t tokens, samples, docs, segments, loss_tokens;
	uint32_t last; /* token */

	/* Sections, as they will be written.  Rows of DOC are looked up in SAMPLES, where
	 * all of them are in memory. */
	struct tsi_spool doc, text_at, text, docflag, docnum;
	struct tsi_vec seg, segidx, next, src, meta;
	bool flagged; /* a document has a flag */
	bool padded;  /* a sample has pad, so the format is 1.1 */
	uint64_t *src_tokens, *src_samples;
	size_t n_sources;

	struct tsi_align_out align;

	uint64_t in_doc;    /* DOCS: tokens of the current document */
	uint32_t in_sample; /* SAMPLES: tokens of the current sample */
	struct tshard_seg cur;
	bool in_seg;
};

/* ---- writer.c ---- */

/*
 * A writer without open files, for tsi_writer_free; NULL when memory is out.  It can
 * create the files of prefix, and write the sidecar.
 */
struct tshard_writer *tsi_writer_new(
    const char *prefix, const struct tshard_facts *facts);
/* Write the rest of the payload. */
int tsi_writer_flush(struct tshard_writer *w, struct tshard_error *e);
/* Close files, remove temporary files, free w. */
void tsi_writer_free(struct tshard_writer *w);
/* Free the buffer, the hash and the sections. */
void tsi_writer_shrink(struct tshard_writer *w);
/* Without facts.force: TSHARD_DATA if .sdx exists, which alone means a shard.  0 or -1.
 */
int tsi_check_free(const struct tshard_writer *w, struct tshard_error *e);
/* Create the temporary file of TSI_BIN, TSI_IDX or TSI_SDX.  0, or -1 with *e. */
int tsi_create(struct tshard_writer *w, int which, struct tshard_error *e);
/* Call facts.temporary for one of the three files. */
void tsi_temporary(const struct tshard_writer *w, int which, int there);
/* Set *e to TSHARD_DATA: an invalid call, or an id that is not below vocab.  Return -1.
 */
int tsi_writer_bad_use(struct tshard_writer *w, struct tshard_error *e, const char *what);
int tsi_writer_bad_id(struct tshard_writer *w, uint32_t id, struct tshard_error *e);

/* ---- writer_align.c ---- */

void tsi_align_begin(struct tshard_writer *w, size_t most);
/*
 * End a row of n tokens, which are the last ones.  skip: padding, or a row that is
 * excluded from the loss, which cannot have targets.  Returns -1 with *e.
 */
int tsi_align_row(
    struct tshard_writer *w, uint32_t n, bool pad, bool skip, struct tshard_error *e);
/* All rows have ended: complete the sections. */
int tsi_align_finish(struct tshard_writer *w, struct tshard_error *e);
void tsi_align_free(struct tshard_writer *w);

/* ---- sidecar.c ---- */

/* A section to be written, in one or two parts, which the caller owns. */
struct tsi_sdx_section {
	struct tshard_section t;
	struct tsi_spool part[2];
};

/*
 * Write the temporary .sdx, which is open.  Sets the offsets and checksums of the
 * sections and the sizes in h.  0, or -1 with *e.
 */
int tsi_sdx_write(const struct tshard_writer *w, struct tshard_header *h,
    struct tsi_sdx_section *v, size_t n, struct tshard_error *e);

/* ---- direct_io.c ---- */

/*
 * Let writes to fd go past the page cache, which would cost more CPU time than all other
 * work of writing a shard.  Writes must be aligned to TSI_DIRECT_ALIGN, in memory and on
 * disk. False if the file system does not support it.
 */
bool tsi_direct_begin(int fd);
void tsi_direct_end(int fd);
/* As tsi_write.  Where the file system refuses, *direct becomes false. */
int tsi_direct_write(int fd, bool *direct, const void *p, size_t n, const char *path,
    struct tshard_error *e);

#endif
