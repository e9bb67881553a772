/* stream.c - zstd and zlib: compress and decompress a stream piece by piece, and small
 * gzip members at once with libdeflate. */
#include "lib/io/stream.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_createCCtx_advanced */
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/io/stream_codec.h"

/* What the next call of ZSTD_decompressStream wants at the start of a frame. */
enum { FRAME_START = 5 };

/*
 * A skippable frame at the start of WARC files holds a dictionary for all frames after
 * it: "Zstandard Compression for WARC Files" of the IIPC.  A dictionary of more than
 * DICTIONARY_MAX bytes is ignored.
 */
enum { DICTIONARY_HEADER = 8, DICTIONARY_MAX = 16 * 1024 * 1024 };
#define DICTIONARY_FRAME SPAN("\x5d\x2a\x4d\x18")

struct decoder {
	enum packing packing;
	ZSTD_DCtx *zstd;
	struct buf dictionary;	/* its frame, while that is read */
	size_t dictionary_left; /* bytes of the header or the content; 0: no such frame */
	size_t wants;
	bool full; /* the last call filled its buffer: get the rest before the next block
		    */
	z_stream z;
	struct libdeflate_decompressor *fast; /* NULL: not needed yet */
	struct buf member;		      /* the data of one */
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
	die_no_memory(" for compression");
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
	buf_free(&d->dictionary);
	libdeflate_free_decompressor(d->fast);
	buf_free(&d->member);
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
	d->dictionary.n = 0;
	d->dictionary_left = span_starts(*have, DICTIONARY_FRAME) ? DICTIONARY_HEADER : 0;
	return BEGIN_DATA;
}

/* Have d use the content of a frame, if it is a dictionary or a zstd frame of one.
 * Returns false if it is damaged. */
static bool
load_dictionary(struct decoder *d, struct span s)
{
	char *raw = NULL;
	size_t rc = 0;

	if (packing_of(s) == PACK_ZSTD && !zstd_skippable(s)) {
		const unsigned long long n = ZSTD_getFrameContentSize(s.p, s.n);
		const size_t room = n < DICTIONARY_MAX ? (size_t)n : DICTIONARY_MAX;

		raw = xmalloc(room + 1);
		rc = ZSTD_decompress(raw, room, s.p, s.n);
		s = (struct span){ raw, ZSTD_isError(rc) ? 0 : rc };
	}
	if (span_starts(s, SPAN("\x37\xa4\x30\xec")))
		rc = ZSTD_DCtx_loadDictionary(d->zstd, s.p, s.n);
	free(raw);
	if (ZSTD_isError(rc) && ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
		no_memory();
	return !ZSTD_isError(rc);
}

/* The size of the content that the header of a skippable frame states. */
static size_t
dictionary_size(const struct buf *frame)
{
	size_t n = 0;

	for (int i = 0; i < 4; i++)
		n |= (size_t)(unsigned char)frame->p[4 + i] << 8 * i;
	return n;
}

/* Read the next bytes of a frame that can hold a dictionary. */
static int
step_dictionary(struct decoder *d, struct span *have, const char **why)
{
	struct buf *b = &d->dictionary;
	const size_t n = have->n < d->dictionary_left ? have->n : d->dictionary_left;
	const bool header = b->n < DICTIONARY_HEADER;

	if (header || dictionary_size(b) <= DICTIONARY_MAX)
		buf_put(b, have->p, n);
	*have = span_from(*have, n);
	d->dictionary_left -= n;
	if (d->dictionary_left > 0)
		return 1;
	if (header) {
		d->dictionary_left = dictionary_size(b);
		return d->dictionary_left > 0;
	}
	if (load_dictionary(d, span_from(buf_span(b), DICTIONARY_HEADER)))
		return 0;
	*why = "invalid dictionary";
	return -1;
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
	if (d->dictionary_left > 0)
		return d->dictionary_left;
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
	if (d->dictionary_left > 0)
		return step_dictionary(d, have, why);
	return d->packing == PACK_ZSTD ? step_zstd(d, have, left, why)
				       : step_gzip(d, have, left, why);
}

/* Decompress a member into the buffer of the decoder, which grows up to MEMBER_MAX. *made
 * is the size of the data.  Returns the size of the member; 0: it failed. */
static size_t
member_to_buffer(struct decoder *d, struct span have, size_t *made)
{
	enum { MEMBER_MIN = 256 * 1024, MEMBER_MAX = 4 * 1024 * 1024 };
	size_t used;

	for (;;) {
		enum libdeflate_result rc;

		if (d->member.cap == 0)
			buf_reserve(&d->member, MEMBER_MIN);
		rc = libdeflate_gzip_decompress_ex(
		    d->fast, have.p, have.n, d->member.p, d->member.cap, &used, made);
		if (rc == LIBDEFLATE_SUCCESS)
			return used;
		if (rc != LIBDEFLATE_INSUFFICIENT_SPACE || d->member.cap >= MEMBER_MAX)
			return 0;
		buf_reserve(&d->member, d->member.cap * 2);
	}
}

bool
decoder_whole(
    struct decoder *d, struct span *have, struct span_out *left, struct span *rest)
{
	/* DIRECT_MIN: room in which most members fit. */
	enum { HEADER_MIN = 10, FLAGS = 3, HEADER_CRC = 2, DIRECT_MIN = 512 * 1024 };
	enum libdeflate_result rc = LIBDEFLATE_INSUFFICIENT_SPACE;
	size_t used, made, now;

	/* libdeflate does not check the CRC of a header. */
	if (d->packing != PACK_GZIP || have->n < HEADER_MIN ||
	    (have->p[FLAGS] & HEADER_CRC))
		return false;
	if (!d->fast && !(d->fast = libdeflate_alloc_decompressor()))
		no_memory();
	if (left->n >= DIRECT_MIN) {
		rc = libdeflate_gzip_decompress_ex(
		    d->fast, have->p, have->n, left->p, left->n, &used, &made);
		now = made;
	}
	if (rc == LIBDEFLATE_INSUFFICIENT_SPACE) {
		used = member_to_buffer(d, *have, &made);
		if (used == 0)
			return false;
		now = made < left->n ? made : left->n;
		memcpy(left->p, d->member.p, now);
		*rest = (struct span){ d->member.p + now, made - now };
	} else if (rc != LIBDEFLATE_SUCCESS) {
		return false;
	}
	*have = span_from(*have, used);
	*left = (struct span_out){ left->p + now, left->n - now };
	return true;
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
