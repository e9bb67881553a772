/* stream_codec.h - inside lib/io: compression, for stream_in.c and stream_out.c. */
#ifndef TAMIS_STREAM_CODEC_H
#define TAMIS_STREAM_CODEC_H

#include "lib/io/stream.h"

/* The format that the first bytes of a file name; PACK_NONE: neither zstd nor gzip. */
enum packing packing_of(struct span first_bytes);

/* Whether a path has a suffix of zstd or gzip. */
bool path_is_packed(const char *path);

/* Compresses one frame or member. */
struct encoder;
/*
 * workers: threads that compress, not counting the caller's; 0: none, with a small
 * window, for outputs that are open in great number.  The bytes depend on whether it is
 * 0, not on the number.  sized: reserve room for the size in the header, see
 * encoder_size_at.
 */
struct encoder *encoder_new(enum packing packing, int level, int workers, bool sized);
void encoder_free(struct encoder *e);
/*
 * Compress from the front of raw and append what is ready to b, at most ENCODER_STEP
 * bytes.  end: raw is the rest of the data.  Returns whether to call again.
 */
enum { ENCODER_STEP = 128 * 1024 };
bool encoder_step(struct encoder *e, struct span *raw, bool end, struct buf *b);
/* Where in the output the size of the data belongs, as 8 bytes; 0: nowhere. */
uint64_t encoder_size_at(const struct encoder *e);

/* The free part of an output buffer. */
struct span_out {
	char *p;
	size_t n;
};

struct decoder;
struct decoder *decoder_new(enum packing packing);
void decoder_free(struct decoder *d);

/* Between frames: begin the next one, or remove padding from the front of `have`. */
enum { BEGIN_DATA, BEGIN_PADDING, BEGIN_SHORT, BEGIN_BAD };
enum { BEGIN_MAX = 4 }; /* bytes that decoder_begin needs, or all */
int decoder_begin(struct decoder *d, struct span *have, bool at_end);
/* The bytes that the next step should see, so that no more than one block is lost. */
size_t decoder_wants(const struct decoder *d);
/*
 * Decompress one block at most.  1: the frame continues, 0: it has ended, -1: damaged,
 * with *why static and with `left` advanced over the data before the damage.
 */
int decoder_step(
    struct decoder *d, struct span *have, struct span_out *left, const char **why);
/*
 * Instead of steps: decompress the gzip member at the front of `have` at once, if all of
 * it is there and it is small, and remove it.  The data is appended to `left`; where it
 * has no room for it, the data is in *rest, valid until the next call.  Returns false,
 * with nothing changed, if that fails: the steps tell why.
 */
bool decoder_whole(
    struct decoder *d, struct span *have, struct span_out *left, struct span *rest);
/* The offset in s of a place where a frame may begin; s.n: none.  Needs 10 bytes. */
size_t decoder_find(const struct decoder *d, struct span s);

#endif
