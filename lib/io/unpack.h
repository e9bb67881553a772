/* unpack.h - decompress data in memory, as far as it is sound: gzip, zlib, raw deflate,
 * zstd and brotli. */
#ifndef TAMIS_UNPACK_H
#define TAMIS_UNPACK_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

enum unpack_format {
	UNPACK_GZIP, /* one or more members */
	UNPACK_ZLIB,
	UNPACK_DEFLATE, /* without any header */
	UNPACK_ZSTD,	/* one or more frames */
	UNPACK_BROTLI,
};

enum unpacked {
	UNPACKED_WHOLE,
	UNPACKED_CUT,	  /* the data ends too early */
	UNPACKED_DAMAGED, /* or it has another format */
	UNPACKED_LONG,	  /* the result exceeds max */
};

/* One thread's decompressors. */
struct unpacker;
struct unpacker *unpacker_new(void);
void unpacker_free(struct unpacker *u);

/*
 * Append the decompressed data to out, at most max bytes; with UNPACKED_CUT and
 * UNPACKED_DAMAGED, what precedes the problem.  *rest: the bytes of `in` after the
 * compressed data; with UNPACKED_WHOLE only.
 */
enum unpacked unpack(struct unpacker *u, enum unpack_format f, struct span in, size_t max,
    struct buf *out, struct span *rest);

/* Whether data begins as a gzip member, a zstd frame or a zlib stream does. */
bool unpack_is_gzip(struct span s);
bool unpack_is_zstd(struct span s);
bool unpack_is_zlib(struct span s);

#endif
