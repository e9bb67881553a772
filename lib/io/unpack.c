/* unpack.c - decompress data in memory: whole gzip, zlib and deflate streams with
 * libdeflate, incomplete ones with zlib. */
#include "lib/io/unpack.h"

#include <brotli/decode.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/base/err.h"

enum {
	STEP = 64 * 1024, /* bytes of output per call of a library */
	/* 32 MiB for each thread.  RFC 9659 allows 8 MiB in HTTP. */
	ZSTD_WINDOW_LOG = 25,
};

struct unpacker {
	struct libdeflate_decompressor *deflate;
	ZSTD_DCtx *zstd;
};

static void
no_memory(void)
{
	die_no_memory(" for decompression");
}

struct unpacker *
unpacker_new(void)
{
	struct unpacker *u = xcalloc(1, sizeof *u);

	u->deflate = libdeflate_alloc_decompressor();
	if (!u->deflate)
		no_memory();
	return u;
}

void
unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	libdeflate_free_decompressor(u->deflate);
	ZSTD_freeDCtx(u->zstd);
	free(u);
}

bool
unpack_is_gzip(struct span s)
{
	return span_starts(s, SPAN("\x1F\x8B"));
}

bool
unpack_is_zstd(struct span s)
{
	return span_starts(s, SPAN("\x28\xB5\x2F\xFD"));
}

/* RFC 1950, 2.2: deflate with a window of at most 32 KiB, no dictionary, and a check. */
bool
unpack_is_zlib(struct span s)
{
	enum { METHOD = 0x0f, DEFLATE = 8, WINDOW_MAX = 7, DICTIONARY = 0x20 };
	unsigned cmf, flags;

	if (s.n < 2)
		return false;
	cmf = (unsigned char)s.p[0];
	flags = (unsigned char)s.p[1];
	return (cmf & METHOD) == DEFLATE && cmf >> 4 <= WINDOW_MAX &&
	       !(flags & DICTIONARY) && (cmf * 256 + flags) % 31 == 0;
}

static enum libdeflate_result
deflate_once(struct unpacker *u, enum unpack_format f, struct span in, char *out,
    size_t room, size_t *used, size_t *made)
{
	switch (f) {
	case UNPACK_GZIP:
		return libdeflate_gzip_decompress_ex(
		    u->deflate, in.p, in.n, out, room, used, made);
	case UNPACK_ZLIB:
		return libdeflate_zlib_decompress_ex(
		    u->deflate, in.p, in.n, out, room, used, made);
	default:
		return libdeflate_deflate_decompress_ex(
		    u->deflate, in.p, in.n, out, room, used, made);
	}
}

/* Decompress one stream or member of at most max bytes at the front of *in.  Returns
 * false, with nothing changed, if that cannot be done at once. */
static bool
inflate_fast(struct unpacker *u, enum unpack_format f, struct span *in, size_t max,
    struct buf *out)
{
	enum { RATIO = 4 };
	size_t room = in->n < max / RATIO ? in->n * RATIO : max;

	for (;;) {
		enum libdeflate_result rc;
		size_t used, made;

		buf_reserve(out, room + 1);
		rc = deflate_once(u, f, *in, out->p + out->n, room, &used, &made);
		if (rc == LIBDEFLATE_SUCCESS) {
			out->n += made;
			*in = span_from(*in, used);
			return true;
		}
		if (rc != LIBDEFLATE_INSUFFICIENT_SPACE || room == max)
			return false;
		room = room < max / RATIO ? room * RATIO : max;
	}
}

/* The same with zlib, which hands out the data before a problem. */
static enum unpacked
inflate_slowly(enum unpack_format f, struct span *in, size_t max, struct buf *out)
{
	const int bits = f == UNPACK_GZIP ? 16 + 15 : f == UNPACK_ZLIB ? 15 : -15;
	const size_t start = out->n;
	z_stream z = { 0 };
	int rc = Z_OK;

	if (in->n > UINT32_MAX)
		return UNPACKED_LONG;
	if (inflateInit2(&z, bits) != Z_OK)
		no_memory();
	z.next_in = (z_const Bytef *)(uintptr_t)in->p;
	z.avail_in = (uInt)in->n;
	while (rc == Z_OK && out->n - start < max) {
		const size_t left = max - (out->n - start);
		const size_t room = left < STEP ? left : STEP;

		buf_reserve(out, room);
		z.next_out = (Bytef *)(out->p + out->n);
		z.avail_out = (uInt)room;
		rc = inflate(&z, Z_NO_FLUSH);
		out->n += room - z.avail_out;
	}
	*in = span_from(*in, in->n - z.avail_in);
	inflateEnd(&z);
	if (rc == Z_MEM_ERROR)
		no_memory();
	return rc == Z_STREAM_END  ? UNPACKED_WHOLE
	       : rc == Z_OK	   ? UNPACKED_LONG
	       : rc == Z_BUF_ERROR ? UNPACKED_CUT
				   : UNPACKED_DAMAGED;
}

static enum unpacked
unpack_deflate(struct unpacker *u, enum unpack_format f, struct span *in, size_t max,
    struct buf *out)
{
	const size_t start = out->n;
	enum unpacked got = UNPACKED_WHOLE;

	/* gzip data consists of one or more members (RFC 1952, 2.2). */
	do {
		const size_t left = max - (out->n - start);

		if (!inflate_fast(u, f, in, left, out))
			got = inflate_slowly(f, in, left, out);
	} while (got == UNPACKED_WHOLE && f == UNPACK_GZIP && unpack_is_gzip(*in));
	return got;
}

static enum unpacked
unpack_zstd(struct unpacker *u, struct span *in, size_t max, struct buf *out)
{
	const size_t start = out->n;
	size_t rc = 1;

	if (!u->zstd && !(u->zstd = ZSTD_createDCtx()))
		no_memory();
	ZSTD_DCtx_reset(u->zstd, ZSTD_reset_session_only);
	ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	while (rc > 0 || unpack_is_zstd(*in)) {
		const size_t left = max - (out->n - start);
		const size_t room = left < STEP ? left : STEP;
		/* One byte more than fits shows that the result is too long. */
		char more;
		ZSTD_inBuffer from = { in->p, in->n, 0 };
		ZSTD_outBuffer to = { &more, 1, 0 };

		if (room > 0) {
			buf_reserve(out, room);
			to = (ZSTD_outBuffer){ out->p + out->n, room, 0 };
		}
		rc = ZSTD_decompressStream(u->zstd, &to, &from);
		if (ZSTD_isError(rc)) {
			if (ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
				no_memory();
			return UNPACKED_DAMAGED;
		}
		*in = span_from(*in, from.pos);
		if (room == 0 && to.pos > 0)
			return UNPACKED_LONG;
		out->n += to.pos;
		if (rc > 0 && in->n == 0 && to.pos < to.size)
			return UNPACKED_CUT;
	}
	return UNPACKED_WHOLE;
}

static enum unpacked
brotli_result(BrotliDecoderResult rc, const BrotliDecoderState *state)
{
	BrotliDecoderErrorCode code;

	if (rc == BROTLI_DECODER_RESULT_SUCCESS)
		return UNPACKED_WHOLE;
	if (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
		return UNPACKED_CUT;
	if (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
		return UNPACKED_LONG;
	code = BrotliDecoderGetErrorCode(state);
	if (code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
	    code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
		no_memory();
	return UNPACKED_DAMAGED;
}

static enum unpacked
unpack_brotli(struct span *in, size_t max, struct buf *out)
{
	BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	BrotliDecoderResult rc = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
	const uint8_t *from = (const uint8_t *)in->p;
	const size_t start = out->n;
	size_t left = in->n;
	enum unpacked got;

	if (!state)
		no_memory();
	do {
		const size_t may = max - (out->n - start);
		size_t room = may < STEP ? may : STEP;
		uint8_t *to;

		buf_reserve(out, room + 1);
		to = (uint8_t *)(out->p + out->n);
		rc = BrotliDecoderDecompressStream(state, &left, &from, &room, &to, NULL);
		out->n = (size_t)((char *)to - out->p);
	} while (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && out->n - start < max);
	got = brotli_result(rc, state);
	BrotliDecoderDestroyInstance(state);
	*in = span_from(*in, in->n - left);
	return got;
}

enum unpacked
unpack(struct unpacker *u, enum unpack_format f, struct span in, size_t max,
    struct buf *out, struct span *rest)
{
	const size_t start = out->n;
	enum unpacked got;

	if (f == UNPACK_ZSTD)
		got = unpack_zstd(u, &in, max, out);
	else if (f == UNPACK_BROTLI)
		got = unpack_brotli(&in, max, out);
	else
		got = unpack_deflate(u, f, &in, max, out);
	if (out->n - start > max)
		BUG("unpack");
	*rest = in;
	return got;
}
