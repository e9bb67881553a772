/* writer.h - the writer's state, shared by writer.c and commit.c. */
#ifndef TSHARD_WRITER_H
#define TSHARD_WRITER_H

#include "shards/tshard/tshard_impl.h"

struct tshard_writer {
	struct tshard_facts f;
	uint32_t width; /* bytes a token */
	char *path[3], *tmp[3];
	int fd[3];   /* of the temporaries; -1: not open */
	bool broken; /* an error left the payload in no known state */

	/*
	 * Payload: gathered into a piece.  Summed and hashed by a few blocks at a time,
	 * while they are in the second-level cache; written when the piece is full.
	 */
	unsigned char *buf;
	size_t fill, summed;
	uint64_t bin_bytes; /* written */
	bool direct;	    /* past the page cache */
	struct tsi_hasher *hash;
	struct tsi_vec crcs;

	uint64_t tokens, samples, docs, segments, loss_tokens;
	uint32_t last; /* token */

	/* Sections, as they will be written. */
	struct tsi_vec doc, text_at, text, docflag, docnum, seg, segidx, next, src, meta;
	bool flagged; /* docflag has a flag in it */
	uint64_t *src_tokens, *src_samples;
	size_t n_sources;

	uint64_t in_doc;    /* DOCS: tokens of the current document */
	uint32_t in_sample; /* SAMPLES: tokens of the current sample */
	struct tshard_seg cur;
	bool in_seg;
};

/* ---- writer.c ---- */

/* Write out what is gathered. */
int tsi_writer_flush(struct tshard_writer *w, struct tshard_error *e);
/* Close files, remove temporaries that are left, free. */
void tsi_writer_free(struct tshard_writer *w);
/* Open the temporary of one of the three files.  0, or -1 with *e. */
int tsi_create(struct tshard_writer *w, int which, struct tshard_error *e);
/* Tell who asked for it that it is there, or no longer. */
void tsi_temporary(const struct tshard_writer *w, int which, int there);
/* *e as TSHARD_DATA: the call made no sense, or the token is not of the vocabulary.  -1.
 */
int tsi_writer_bad_use(struct tshard_writer *w, struct tshard_error *e, const char *what);
int tsi_writer_bad_id(struct tshard_writer *w, uint32_t id, struct tshard_error *e);

/* ---- direct_io.c ---- */

/*
 * From here on, writes to fd go past the page cache, whose copying costs more processor
 * time than all else that writing a shard does.  False: the file system has no such
 * thing.  They must be whole multiples of TSI_DIRECT_ALIGN, in memory and on disk.
 */
bool tsi_direct_begin(int fd);
void tsi_direct_end(int fd);
/* As tsi_write; a file system that refuses after all is written to as usual. */
int tsi_direct_write(int fd, bool *direct, const void *p, size_t n, const char *path,
    struct tshard_error *e);

#endif
