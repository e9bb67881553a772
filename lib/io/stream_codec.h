/* stream_codec.h - between stream.c, which knows zstd and zlib, and the two that move
 * bytes. */
#ifndef TAMIS_STREAM_CODEC_H
#define TAMIS_STREAM_CODEC_H

#include "lib/io/stream.h"

/*
 * The marks that tamis writes before and after what it compresses, so that a file cut
 * between two frames is seen to be cut.  In zstd a skippable frame, in gzip an empty
 * member with an extra field: any other tool passes over both.
 */
enum mark_kind { MARK_NONE, MARK_BEGIN, MARK_END };

struct stream_mark {
	enum mark_kind kind;
	uint64_t bytes; /* MARK_END: raw bytes since MARK_BEGIN */
};

enum { MARK_MAX = 64 }; /* bytes that decoder_begin wants to see */

void mark_put(enum packing packing, struct stream_mark m, struct buf *b);

/* What is left of an output buffer. */
struct span_out {
	char *p;
	size_t n;
};

/* Append raw to b as one frame or member.  *ctx: NULL at first, reused, packer_free(). */
void pack_block(
    enum packing packing, int level, struct packer **ctx, struct span raw, struct buf *b);

enum packing packing_of(struct span first_bytes);

struct decoder;
struct decoder *decoder_new(enum packing packing);
void decoder_free(struct decoder *d);

/* What stands between frames: takes marks and padding off `have`, not data. */
enum { BEGIN_DATA, BEGIN_MARK, BEGIN_PADDING, BEGIN_SHORT, BEGIN_BAD };
int decoder_begin(struct decoder *d, struct span *have, bool at_end, struct stream_mark *mark);
/* Decompress.  1: in the frame still, 0: it ended, -1: damaged, *why says how (static).
 */
int decoder_step(
    struct decoder *d, struct span *have, struct span_out *left, const char **why);

#endif
