/* stream.c - zstd and zlib: compress and decompress a stream piece by piece. */
#include "lib/io/stream.h"

#include <stdlib.h>
#include <zlib.h>
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_createCCtx_advanced */
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/io/stream_codec.h"

/* What the next call of ZSTD_decompressStream wants at the start of a frame. */
enum { FRAME_START = 5 };

struct decoder {
	enum packing packing;
	ZSTD_DCtx *zstd;
	size_t wants;
	bool full; /* the last call filled its buffer: get the rest before the next block
		    */
	z_stream z;
};

struct encoder {
	enum packing packing;
	bool sized;   /* the caller can enter the size into the header */
	bool started; /* the header is out */
	bool flushed; /* all data is compressed */
	uint64_t size_at;
	ZSTD_CCtx *zstd;
	z_stream z;
};

static void
no_memory(void)
{
	die(EXIT_SYSTEM, "out of memory for compression: try fewer threads (-j)");
}

static bool
zstd_skippable(struct span s)
{
	return s.n >= 4 && ((unsigned char)s.p[0] & 0xf0) == 0x50 &&
	       memcmp(s.p + 1, "\x2a\x4d\x18", 3) == 0;
}

enum packing
packing_of(struct span s)
{
	if (span_starts(s, SPAN("\x1f\x8b")))
		return PACK_GZIP;
	if (span_starts(s, SPAN("\x28\xb5\x2f\xfd")) || zstd_skippable(s))
		return PACK_ZSTD;
	return PACK_NONE;
}

struct decoder *
decoder_new(enum packing packing)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->packing = packing;
	if (packing == PACK_ZSTD) {
		if (!(d->zstd = ZSTD_createDCtx()))
			no_memory();
		/* Read all that `zstd --long=31` can write. */
		ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax,
		    ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
	} else if (inflateInit2(&d->z, 16 + 15) != Z_OK) {
		no_memory();
	}
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (!d)
		return;
	if (d->packing == PACK_ZSTD)
		ZSTD_freeDCtx(d->zstd);
	else
		inflateEnd(&d->z);
	free(d);
}

static int
begin_zstd(struct decoder *d, const struct span *have, bool at_end)
{
	if (packing_of(*have) != PACK_ZSTD)
		return have->n < 4 && at_end ? BEGIN_SHORT : BEGIN_BAD;
	ZSTD_DCtx_reset(d->zstd, ZSTD_reset_session_only);
	d->wants = FRAME_START;
	d->full = false;
	return BEGIN_DATA;
}

static int
begin_gzip(struct decoder *d, struct span *have, bool at_end)
{
	if (packing_of(*have) == PACK_GZIP) {
		inflateReset(&d->z);
		return BEGIN_DATA;
	}
	if (have->n == 1 && at_end && have->p[0] == '\x1f')
		return BEGIN_SHORT;
	if (have->p[0] != '\0')
		return BEGIN_BAD;
	/* Tape blocks are padded with zeros. */
	while (have->n && have->p[0] == '\0')
		*have = span_from(*have, 1);
	return BEGIN_PADDING;
}

int
decoder_begin(struct decoder *d, struct span *have, bool at_end)
{
	return d->packing == PACK_ZSTD ? begin_zstd(d, have, at_end)
				       : begin_gzip(d, have, at_end);
}

size_t
decoder_wants(const struct decoder *d)
{
	return d->packing == PACK_ZSTD ? d->wants : 1;
}

/*
 * A call that fails loses its output, so each call decodes or copies one block.  zstd
 * asks for the header of the next one, too.
 */
static int
step_zstd(struct decoder *d, struct span *have, struct span_out *left, const char **why)
{
	enum { BLOCK_HEADER = 3 };
	const size_t whole = d->wants > BLOCK_HEADER ? d->wants - BLOCK_HEADER : d->wants;
	const size_t n = d->full ? 0 : whole;
	ZSTD_inBuffer in = { have->p, have->n < n ? have->n : n, 0 };
	ZSTD_outBuffer out = { left->p, left->n, 0 };
	size_t rc = ZSTD_decompressStream(d->zstd, &out, &in);

	if (ZSTD_isError(rc)) {
		if (ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
			no_memory();
		*why = ZSTD_getErrorName(rc);
		return -1;
	}
	*have = span_from(*have, in.pos);
	*left = (struct span_out){ left->p + out.pos, left->n - out.pos };
	d->wants = rc ? rc : FRAME_START;
	d->full = out.pos == out.size;
	return rc != 0;
}

static int
step_gzip(struct decoder *d, struct span *have, struct span_out *left, const char **why)
{
	uInt in = have->n < UINT32_MAX ? (uInt)have->n : UINT32_MAX;
	uInt out = left->n < UINT32_MAX ? (uInt)left->n : UINT32_MAX;
	int rc;

	d->z.next_in = (z_const Bytef *)(uintptr_t)have->p;
	d->z.avail_in = in;
	d->z.next_out = (Bytef *)left->p;
	d->z.avail_out = out;
	rc = inflate(&d->z, Z_NO_FLUSH);
	*have = span_from(*have, in - d->z.avail_in);
	*left = (struct span_out){ left->p + (out - d->z.avail_out),
		left->n - (out - d->z.avail_out) };
	if (rc == Z_STREAM_END)
		return 0;
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return 1;
	if (rc == Z_MEM_ERROR)
		no_memory();
	*why = d->z.msg ? d->z.msg : "inflate failed";
	return -1;
}

int
decoder_step(
    struct decoder *d, struct span *have, struct span_out *left, const char **why)
{
	return d->packing == PACK_ZSTD ? step_zstd(d, have, left, why)
				       : step_gzip(d, have, left, why);
}

/* Whether the header of a gzip member has values that a program writes. */
static bool
gzip_header(const unsigned char *p)
{
	const bool level = p[8] == 0 || p[8] == 2 || p[8] == 4;

	return p[0] == 0x1f && p[1] == 0x8b && p[2] == 8 && (p[3] & 0xe0) == 0 && level &&
	       (p[9] <= 13 || p[9] == 255);
}

/* Whether a zstd frame may begin here, with a window of at most 128 MiB: a larger one is
 * chance rather than data, and would cost as much memory. */
static bool
zstd_header(const unsigned char *p)
{
	enum { SINGLE_SEGMENT = 0x20, RESERVED = 0x08, MAX_EXPONENT = 17 };

	if (memcmp(p, "\x28\xb5\x2f\xfd", 4) != 0 || (p[4] & RESERVED))
		return false;
	return (p[4] & SINGLE_SEGMENT) || p[5] >> 3 <= MAX_EXPONENT;
}

size_t
decoder_find(const struct decoder *d, struct span s)
{
	const char first = d->packing == PACK_ZSTD ? '\x28' : '\x1f';
	const char *p = s.p, *end = s.p + s.n;

	for (; (p = memchr(p, first, (size_t)(end - p))); p++) {
		if (end - p < 10)
			break;
		if (d->packing == PACK_ZSTD ? zstd_header((const unsigned char *)p)
					    : gzip_header((const unsigned char *)p))
			return (size_t)(p - s.p);
	}
	return s.n;
}

static void
zstd_set(ZSTD_CCtx *c, ZSTD_cParameter what, int value)
{
	size_t rc = ZSTD_CCtx_setParameter(c, what, value);

	if (ZSTD_isError(rc))
		die(EXIT_SYSTEM, "zstd: %s", ZSTD_getErrorName(rc));
}

/* zstd 1.5.4 dereferences null where it cannot allocate its worker threads. */
static void *
alloc_or_die(void *opaque, size_t n)
{
	void *p = malloc(n);

	if (!p)
		no_memory();
	return p;
}

static void
release(void *opaque, void *p)
{
	free(p);
}

/*
 * Worker threads compress jobs of a fixed size, so the bytes are the same for any number
 * of them but 0.  Small jobs stay in the cache; levels with large windows get larger
 * ones.  A library without threads compresses in the caller's.
 */
static void
start_zstd(struct encoder *e, int level, int workers)
{
	enum { SMALL_WINDOW = 19, LARGE_WINDOW_LEVEL = 13, OVERLAP_EIGHTH = 6 };
	const ZSTD_customMem memory = { alloc_or_die, release, NULL };
	const int job = level < LARGE_WINDOW_LEVEL ? 1 << 20 : 8 << 20;

	if (!(e->zstd = ZSTD_createCCtx_advanced(memory)))
		no_memory();
	zstd_set(e->zstd, ZSTD_c_compressionLevel, level);
	zstd_set(e->zstd, ZSTD_c_checksumFlag, 1);
	if (workers == 0) {
		zstd_set(e->zstd, ZSTD_c_windowLog, SMALL_WINDOW);
	} else if (!ZSTD_isError(
		       ZSTD_CCtx_setParameter(e->zstd, ZSTD_c_nbWorkers, workers))) {
		zstd_set(e->zstd, ZSTD_c_jobSize, job);
		zstd_set(e->zstd, ZSTD_c_overlapLog, OVERLAP_EIGHTH);
	}
}

struct encoder *
encoder_new(enum packing packing, int level, int workers, bool sized)
{
	struct encoder *e = xcalloc(1, sizeof *e);

	e->packing = packing;
	e->sized = sized;
	if (packing == PACK_ZSTD)
		start_zstd(e, level, workers);
	else if (deflateInit2(&e->z, level < 9 ? level : 9, Z_DEFLATED, 16 + 15, 9,
		     Z_DEFAULT_STRATEGY) != Z_OK)
		no_memory();
	return e;
}

void
encoder_free(struct encoder *e)
{
	if (!e)
		return;
	if (e->packing == PACK_ZSTD)
		ZSTD_freeCCtx(e->zstd);
	else
		deflateEnd(&e->z);
	free(e);
}

uint64_t
encoder_size_at(const struct encoder *e)
{
	return e->size_at;
}

/*
 * RFC 8878, 3.1.1.1: the header of a frame of unknown size is a magic number, a
 * descriptor and a byte for the window.  Insert the size, which the descriptor announces:
 * without it, functions that decompress a whole frame in one call refuse it.
 */
static void
reserve_size(struct encoder *e, struct buf *b, size_t start)
{
	enum { DESCRIPTOR = 4, HEADER = 6, CHECKSUM = 0x04, SIZE_OF_8_BYTES = 0xc0 };
	char *p;

	if (b->n - start < HEADER || b->p[start + DESCRIPTOR] != CHECKSUM)
		return;
	buf_reserve(b, 8);
	p = b->p + start;
	memmove(p + HEADER + 8, p + HEADER, b->n - start - HEADER);
	memset(p + HEADER, 0, 8);
	p[DESCRIPTOR] = (char)(CHECKSUM | SIZE_OF_8_BYTES);
	b->n += 8;
	e->size_at = HEADER;
}

/*
 * Flush before the end.  Otherwise, where the data end with a full job, timing would
 * decide whether that job or an empty one after it is marked as the last.
 */
static bool
encode_zstd(struct encoder *e, struct span *raw, bool end, struct buf *b)
{
	ZSTD_inBuffer in = { raw->p, raw->n, 0 };
	ZSTD_outBuffer out = { b->p + b->n, ENCODER_STEP, 0 };
	/* With the last data and no data before, zstd would use no worker. */
	bool last = end && raw->n == 0;
	ZSTD_EndDirective how = !last	     ? ZSTD_e_continue
				: e->flushed ? ZSTD_e_end
					     : ZSTD_e_flush;
	size_t rc = ZSTD_compressStream2(e->zstd, &out, &in, how);

	if (ZSTD_isError(rc))
		die(EXIT_SYSTEM, "zstd: %s", ZSTD_getErrorName(rc));
	*raw = span_from(*raw, in.pos);
	b->n += out.pos;
	if (out.pos && !e->started) {
		e->started = true;
		if (e->sized)
			reserve_size(e, b, b->n - out.pos);
	}
	e->flushed |= last && rc == 0;
	return last ? how != ZSTD_e_end || rc != 0 : end || raw->n > 0;
}

static bool
encode_gzip(struct encoder *e, struct span *raw, bool end, struct buf *b)
{
	size_t part = raw->n < (1u << 30) ? raw->n : 1u << 30;
	bool last = end && part == raw->n;
	int rc;

	e->z.next_in = (z_const Bytef *)(uintptr_t)raw->p;
	e->z.avail_in = (uInt)part;
	e->z.next_out = (Bytef *)(b->p + b->n);
	e->z.avail_out = ENCODER_STEP;
	rc = deflate(&e->z, last ? Z_FINISH : Z_NO_FLUSH);
	if (rc == Z_STREAM_ERROR)
		BUG("deflate");
	b->n += ENCODER_STEP - e->z.avail_out;
	*raw = span_from(*raw, part - e->z.avail_in);
	return last ? rc != Z_STREAM_END : raw->n > 0;
}

bool
encoder_step(struct encoder *e, struct span *raw, bool end, struct buf *b)
{
	buf_reserve(b, ENCODER_STEP);
	return e->packing == PACK_ZSTD ? encode_zstd(e, raw, end, b)
				       : encode_gzip(e, raw, end, b);
}

/* bits (windowBits) selects the format: 15 + 32 gzip or zlib, -15 raw deflate. */
static bool
inflate_as(int bits, struct span in, size_t max, struct buf *out)
{
	size_t start = out->n;
	z_stream z = { 0 };
	int rc = Z_OK;

	if (in.n > UINT32_MAX)
		return false;
	if (inflateInit2(&z, bits) != Z_OK)
		no_memory();
	z.next_in = (z_const Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	while (rc == Z_OK && out->n - start < max) {
		size_t room = max - (out->n - start);

		if (room > 65536)
			room = 65536;
		buf_reserve(out, room);
		z.next_out = (Bytef *)(out->p + out->n);
		z.avail_out = (uInt)room;
		rc = inflate(&z, Z_NO_FLUSH);
		if (rc == Z_MEM_ERROR)
			no_memory();
		out->n += room - z.avail_out;
		/* gzip data consists of one or more members (RFC 1952, 2.2). */
		if (rc == Z_STREAM_END && z.avail_in >= 2 &&
		    memcmp(z.next_in, "\x1f\x8b", 2) == 0 && bits > 15)
			rc = inflateReset(&z);
	}
	inflateEnd(&z);
	if (rc != Z_STREAM_END)
		out->n = start;
	return rc == Z_STREAM_END;
}

bool
inflate_whole(struct span in, size_t max, struct buf *out)
{
	return inflate_as(15 + 32, in, max, out) || inflate_as(-15, in, max, out);
}

const char *
stream_zstd_version(void)
{
	return ZSTD_versionString();
}

const char *
stream_zlib_version(void)
{
	return zlibVersion();
}
