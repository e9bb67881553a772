/* stream.c - zstd and zlib: compress and decompress frames and members in memory. */
#include "lib/io/stream.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/io/stream_codec.h"

static const char zstd_begin[] = "\x5a\x2a\x4d\x18\x08\0\0\0tamis 1\n";
static const char zstd_end[] = "\x5a\x2a\x4d\x18\x10\0\0\0tamisend";
static const char gzip_head[] = "\x1f\x8b\x08\x04\0\0\0\0\0\xff\x0c\0";
static const char gzip_begin[] = "TB\x08\0tamis 1\n";
static const char gzip_end[] = "TE\x08\0";
static const char gzip_tail[] = "\x03\0\0\0\0\0\0\0\0\0"; /* no data, CRC 0, size 0 */

struct decoder {
	enum packing packing;
	ZSTD_DCtx *zstd;
	z_stream z;
};

struct packer {
	ZSTD_CCtx *zstd;
	z_stream z;
};

static void
no_memory(void)
{
	die(EXIT_SYSTEM, "out of memory for compression: try fewer threads (-j)");
}

static uint64_t
get_u64(const char *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

void
mark_put(enum packing packing, struct stream_mark m, struct buf *b)
{
	char n[8];

	for (int i = 0; i < 8; i++)
		n[i] = (char)(m.bytes >> 8 * i & 255);
	if (packing == PACK_ZSTD) {
		if (m.kind == MARK_BEGIN)
			buf_put(b, zstd_begin, sizeof zstd_begin - 1);
		else
			buf_put(b, zstd_end, sizeof zstd_end - 1), buf_put(b, n, 8);
	} else if (packing == PACK_GZIP) {
		buf_put(b, gzip_head, sizeof gzip_head - 1);
		if (m.kind == MARK_BEGIN)
			buf_put(b, gzip_begin, sizeof gzip_begin - 1);
		else
			buf_put(b, gzip_end, sizeof gzip_end - 1), buf_put(b, n, 8);
		buf_put(b, gzip_tail, sizeof gzip_tail - 1);
	}
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
begin_zstd(struct span *have, bool at_end, struct stream_mark *mark)
{
	struct span begin = { zstd_begin, sizeof zstd_begin - 1 };
	struct span end = { zstd_end, sizeof zstd_end - 1 };

	if (span_starts(*have, begin)) {
		mark->kind = MARK_BEGIN;
		*have = span_from(*have, begin.n);
		return BEGIN_MARK;
	}
	if (span_starts(*have, end) && have->n >= end.n + 8) {
		*mark = (struct stream_mark){ MARK_END, get_u64(have->p + end.n) };
		*have = span_from(*have, end.n + 8);
		return BEGIN_MARK;
	}
	if (packing_of(*have) == PACK_ZSTD)
		return BEGIN_DATA;
	return have->n < 4 && at_end ? BEGIN_SHORT : BEGIN_BAD;
}

static int
begin_gzip(struct decoder *d, struct span *have, bool at_end, struct stream_mark *mark)
{
	struct span head = { gzip_head, sizeof gzip_head - 1 }, extra;
	const size_t all = head.n + 12 + sizeof gzip_tail - 1;

	if (span_starts(*have, head) && have->n >= all) {
		extra = span_from(*have, head.n);
		if (span_starts(extra, SPAN("TB\x08\0")))
			mark->kind = MARK_BEGIN;
		else if (span_starts(extra, SPAN("TE\x08\0")))
			*mark = (struct stream_mark){ MARK_END, get_u64(extra.p + 4) };
		if (mark->kind != MARK_NONE) {
			*have = span_from(*have, all);
			return BEGIN_MARK;
		}
	}
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
decoder_begin(struct decoder *d, struct span *have, bool at_end, struct stream_mark *mark)
{
	*mark = (struct stream_mark){ MARK_NONE, 0 };
	return d->packing == PACK_ZSTD ? begin_zstd(have, at_end, mark)
				       : begin_gzip(d, have, at_end, mark);
}

static int
step_zstd(struct decoder *d, struct span *have, struct span_out *left, const char **why)
{
	ZSTD_inBuffer in = { have->p, have->n, 0 };
	ZSTD_outBuffer out = { left->p, left->n, 0 };
	size_t rc = ZSTD_decompressStream(d->zstd, &out, &in);

	if (ZSTD_isError(rc)) {
		*why = ZSTD_getErrorName(rc);
		return -1;
	}
	*have = span_from(*have, in.pos);
	*left = (struct span_out){ left->p + out.pos, left->n - out.pos };
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

static void
pack_zstd(struct packer *p, int level, struct span raw, struct buf *b)
{
	size_t bound = ZSTD_compressBound(raw.n), n;

	if (!p->zstd && !(p->zstd = ZSTD_createCCtx()))
		no_memory();
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	buf_reserve(b, bound);
	n = ZSTD_compress2(p->zstd, b->p + b->n, bound, raw.p, raw.n);
	if (ZSTD_isError(n))
		die(EXIT_SYSTEM, "zstd: %s", ZSTD_getErrorName(n));
	b->n += n;
}

static void
pack_gzip(struct packer *p, int level, struct span raw, struct buf *b)
{
	if (!p->z.state) {
		if (deflateInit2(
			&p->z, level, Z_DEFLATED, 16 + 15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
			no_memory();
	} else {
		deflateReset(&p->z);
	}
	while (raw.n || p->z.total_in == 0) {
		size_t part = raw.n < (1u << 30) ? raw.n : 1u << 30, bound;
		bool last = part == raw.n;

		p->z.next_in = (z_const Bytef *)(uintptr_t)raw.p;
		p->z.avail_in = (uInt)part;
		bound = deflateBound(&p->z, (uLong)part) + 64;
		buf_reserve(b, bound);
		p->z.next_out = (Bytef *)(b->p + b->n);
		p->z.avail_out = (uInt)bound;
		if (deflate(&p->z, last ? Z_FINISH : Z_SYNC_FLUSH) == Z_STREAM_ERROR)
			BUG("deflate");
		b->n += bound - p->z.avail_out;
		raw = span_from(raw, part);
		if (last)
			break;
	}
}

void
pack_block(
    enum packing packing, int level, struct packer **ctx, struct span raw, struct buf *b)
{
	if (!*ctx)
		*ctx = xcalloc(1, sizeof **ctx);
	if (packing == PACK_ZSTD)
		pack_zstd(*ctx, level, raw, b);
	else
		pack_gzip(*ctx, level < 9 ? level : 9, raw, b);
}

void
packer_free(struct packer *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->zstd);
	if (p->z.state)
		deflateEnd(&p->z);
	free(p);
}

/* bits (windowBits) selects the format: 15 + 32 gzip or zlib, -15 raw deflate. */
static bool
inflate_as(int bits, struct span in, size_t max, struct buf *out)
{
	size_t start = out->n;
	z_stream z = { 0 };
	int rc = Z_OK;

	if (in.n > UINT32_MAX || inflateInit2(&z, bits) != Z_OK)
		return false;
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
		out->n += room - z.avail_out;
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
