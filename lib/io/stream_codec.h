/* stream_codec.h - inside lib/io: compression, for stream_in.c and stream_out.c. */
#ifndef TAMIS_STREAM_CODEC_H
#define TAMIS_STREAM_CODEC_H

#include "lib/io/stream.h"

/*
 * tamis writes marks before and after compressed data, so that a file truncated between
 * two frames is detected.  A mark is a skippable frame in zstd, and an empty member with
 * an extra field in gzip.  Other programs ignore both.
 */
enum mark_kind { MARK_NONE, MARK_BEGIN, MARK_END };

struct stream_mark {
	enum mark_kind kind;
	uint64_t bytes; /* MARK_END: raw bytes since MARK_BEGIN */
};

enum { MARK_MAX = 64 }; /* decoder_begin needs so many bytes, or all */

void mark_put(enum packing packing, struct stream_mark m, struct buf *b);

/* The free part of an output buffer. */
struct span_out {
	char *p;
	size_t n;
};

/* Append raw to b as one frame or member.  *ctx is NULL at first; packer_free() it. */
void pack_block(
    enum packing packing, int level, struct packer **ctx, struct span raw, struct buf *b);

enum packing packing_of(struct span first_bytes);

struct decoder;
struct decoder *decoder_new(enum packing packing);
void decoder_free(struct decoder *d);

/* Between frames: removes a mark or padding from the front of `have`, but no data. */
enum { BEGIN_DATA, BEGIN_MARK, BEGIN_PADDING, BEGIN_SHORT, BEGIN_BAD };
int decoder_begin(
    struct decoder *d, struct span *have, bool at_end, struct stream_mark *mark);
/* Decompress.  1: the frame continues, 0: it has ended, -1: damaged, with *why static. */
int decoder_step(
    struct decoder *d, struct span *have, struct span_out *left, const char **why);

#endif
