/* verify_payload.c - verify .bin and .idx, and name the samples that damage affects. */
#include "shards/tshard/tshard_impl.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 4 * TSI_BLOCK };

/* ---- .idx ---- */

struct idx_check {
	struct tshard *s;
	struct tsi_report *r;
	struct tsi_hasher *hash;
	uint64_t at;
	bool differs;
};

static int
idx_sink(void *ctx, const unsigned char *p, size_t n, struct tshard_error *e)
{
	struct idx_check *c = ctx;
	const char *path = c->s->path[TSI_IDX];
	unsigned char is[4096];

	if (tsi_pread(c->s->fd[TSI_IDX], is, n, c->at, path, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !c->differs; i++) {
		if (is[i] == p[i])
			continue;
		c->differs = true;
		tsi_found(c->r, path, c->at + i,
		    "the index disagrees with the sidecar: use an intact copy");
	}
	tsi_hasher_add(c->hash, is, n);
	c->at += n;
	return 0;
}

/* Without sound rows, only the hash can be compared. */
static int
idx_hash(struct idx_check *c, struct tshard_error *e)
{
	struct tshard *s = c->s;
	uint64_t bytes = tsi_idx_bytes(
	    tsi_sequences(&s->h), s->h.kind == TSHARD_DOCS ? s->h.docs : s->h.samples);
	unsigned char b[4096];

	for (; c->at < bytes; c->at += sizeof b) {
		size_t n = bytes - c->at < sizeof b ? (size_t)(bytes - c->at) : sizeof b;

		if (tsi_pread(s->fd[TSI_IDX], b, n, c->at, s->path[TSI_IDX], e) < 0)
			return -1;
		tsi_hasher_add(c->hash, b, n);
	}
	return 0;
}

static int
idx_rows(struct idx_check *c, struct tshard_error *e)
{
	struct tsi_walk w = { .row = 0 };
	struct tsi_cursor segidx = { .count = 0 };
	bool docs = c->s->h.kind == TSHARD_DOCS;
	int rc = -1;

	if (tsi_cursor_open(&w.rows, c->s, docs ? "DOC" : "SEG", e) == 0 &&
	    (docs || tsi_cursor_open(&segidx, c->s, "SEGIDX", e) == 0))
		rc = tsi_idx_feed(&c->s->h, &w, docs ? NULL : &segidx, idx_sink, c, e);
	tsi_cursor_close(&w.rows);
	tsi_cursor_close(&segidx);
	return rc;
}

int
tsi_verify_idx(struct tshard *s, struct tsi_report *r, bool rows, struct tshard_error *e)
{
	struct idx_check c = { .s = s, .r = r };
	unsigned char sum[16];
	int rc;

	c.hash = tsi_hasher_new();
	if (!c.hash)
		return tsi_nomem(e);
	rc = rows ? idx_rows(&c, e) : idx_hash(&c, e);
	tsi_hasher_128(c.hash, sum);
	if (rc == 0 && !c.differs && memcmp(sum, s->idx_hash, 16) != 0)
		tsi_found(r, s->path[TSI_IDX], 0,
		    "the checksum of the file differs from the sidecar's: use an intact "
		    "copy");
	r->bytes += c.at;
	tsi_hasher_free(c.hash);
	return rc;
}

/* ---- names for damage ---- */

struct payload {
	struct tshard *s;
	struct tsi_report *r;
	struct tshard_error *e;
	bool crcs, rows;
	uint32_t width;
	struct tsi_hasher *hash;
	struct tsi_cursor crc;
	struct tsi_walk ends; /* to check the last tokens of sequences */
	int ends_more;
	struct tsi_walk hit; /* to name damage; opened when first needed */
	bool hit_open, damaged;
	unsigned char *buf;
};

/* Name the document at the walk: "document 'cc-17' of source en". */
static void
name_document(struct payload *p, const struct tsi_walk *w, char *out, size_t n)
{
	bool docs = w->kind == TSHARD_DOCS;
	uint64_t row = docs ? w->row : w->seg.row;
	uint16_t source = docs ? w->doc.source : w->seg.source;
	struct tshard_doc d = { .ordinal = 0 };
	char *id = NULL, *url = NULL, hash[33];

	if (!docs && w->seg.flags & TSHARD_SEG_PAD) {
		snprintf(out, n, "pad");
		return;
	}
	if (tshard_docid(p->s, row, &id, &url, NULL) == 0 && id) {
		snprintf(out, n, "document '%.200s' of source %.80s", id,
		    p->s->src[source].name);
	} else if (tshard_docs(p->s, row, 1, &d, NULL) == 0) {
		tshard_hex(d.id_hash, 16, hash);
		snprintf(out, n, "document %" PRIu64 " (id hash %s) of source %.80s",
		    d.ordinal, hash, p->s->src[source].name);
	} else {
		snprintf(out, n, "row %" PRIu64 " of DOC", row);
	}
	free(id);
}

/*
 * Name a token: "token 17 of sample 4711, document 'a'".  Callers name tokens in rising
 * order, so that all damage together costs one walk.
 */
static void
name_token(struct payload *p, uint64_t token, char *out, size_t n)
{
	const struct tshard_header *h = &p->s->h;
	bool docs = h->kind == TSHARD_DOCS;
	char doc[512] = "document unknown";
	uint64_t in = token;

	if (p->rows && !p->hit_open) {
		p->hit_open = true;
		p->rows =
		    tsi_cursor_open(&p->hit.rows, p->s, docs ? "DOC" : "SEG", NULL) == 0;
		tsi_walk_begin(&p->hit, h);
	}
	while (p->rows && (p->hit.next == 0 || token >= p->hit.first + p->hit.n))
		if (tsi_walk_next(&p->hit) <= 0)
			p->rows = false;
	if (p->rows) {
		name_document(p, &p->hit, doc, sizeof doc);
		in = token - p->hit.first;
	}
	if (docs)
		snprintf(out, n, "token %" PRIu64 ", %s", in, doc);
	else
		snprintf(out, n, "token %" PRIu64 " of sample %" PRIu64 ", %s",
		    token % h->seq_len, h->first_sample + token / h->seq_len, doc);
}

static void
report_block(struct payload *p, uint64_t at, size_t n, uint32_t diff)
{
	const char *path = p->s->path[TSI_BIN];
	char first[700], last[700];
	size_t byte;
	unsigned bit;

	if (p->r->n >= TSI_MOST_FINDINGS) {
		p->r->more++;
		return;
	}
	/* If a bit of the stored CRC is flipped, the hash of its section reports it. */
	if (tsi_crc_locate(diff, n, &byte, &bit) && byte < n) {
		name_token(p, (at + byte) / p->width, first, sizeof first);
		tsi_found(p->r, path, at + byte,
		    "bit %u is flipped: %s: use an intact copy, or flip it back", bit,
		    first);
		return;
	}
	name_token(p, at / p->width, first, sizeof first);
	name_token(p, (at + n - 1) / p->width, last, sizeof last);
	tsi_found(p->r, path, at,
	    "the checksum of the block to byte %" PRIu64
	    " differs, from %s to %s: use an intact copy",
	    at + n - 1, first, last);
}

/* ---- tokens ---- */

static uint32_t
token_in(const struct payload *p, size_t i)
{
	return p->width == 2 ? tsi_get16(p->buf + 2 * i) : tsi_get32(p->buf + 4 * i);
}

static void
bad_token(struct payload *p, uint64_t token, const char *what)
{
	char who[700];

	if (p->r->n >= TSI_MOST_FINDINGS) {
		p->r->more++;
		return;
	}
	name_token(p, token, who, sizeof who);
	tsi_found(p->r, p->s->path[TSI_BIN], token * p->width,
	    "%s: %s: regenerate the shard", what, who);
}

static bool
is_pad(const struct tsi_walk *w)
{
	return w->kind != TSHARD_DOCS && w->seg.flags & TSHARD_SEG_PAD;
}

static void
check_pad(struct payload *p, uint64_t t0, size_t n)
{
	uint64_t from = p->ends.first, to = from + p->ends.n;

	for (uint64_t t = from > t0 ? from : t0; t < to && t < t0 + n; t++) {
		if (token_in(p, (size_t)(t - t0)) == p->s->h.pad)
			continue;
		bad_token(p, t, "not the pad token");
		return;
	}
}

/* Of the n tokens from t0 on: pad is the pad token, documents end with eod. */
static void
check_ends(struct payload *p, uint64_t t0, size_t n, bool sound)
{
	struct tsi_walk *w = &p->ends;

	while (p->ends_more > 0 && w->first < t0 + n) {
		uint64_t end = w->first + w->n;
		bool last = w->kind == TSHARD_DOCS || w->seg.flags & TSHARD_SEG_ENDS;

		if (sound && is_pad(w))
			check_pad(p, t0, n);
		if (end > t0 + n)
			break;
		if (sound && last && !is_pad(w) && p->s->h.eod != TSHARD_NONE &&
		    token_in(p, (size_t)(end - 1 - t0)) != p->s->h.eod)
			bad_token(p, end - 1, "a document does not end with eod");
		p->ends_more = tsi_walk_next(w);
	}
}

static int
check_chunk(struct payload *p, uint64_t at, size_t n)
{
	bool sound = true;
	size_t bad;

	for (size_t b = 0; b < n && p->crcs; b += TSI_BLOCK) {
		size_t size = n - b < TSI_BLOCK ? n - b : TSI_BLOCK;
		const unsigned char *stored =
		    tsi_cursor_at(&p->crc, (at + b) / TSI_BLOCK);
		uint32_t diff;

		if (!stored)
			return -1;
		diff = tsi_get32(stored) ^ tshard_crc32c(0, p->buf + b, size);
		if (diff == 0)
			continue;
		sound = false;
		p->damaged = true;
		report_block(p, at + b, size, diff);
	}
	tsi_hasher_add(p->hash, p->buf, n);
	if (sound && !tsi_ids_ok(p->buf, n / p->width, p->width, p->s->h.vocab, &bad))
		bad_token(p, at / p->width + bad, "token id not in the vocabulary");
	if (p->ends_more > 0)
		check_ends(p, at / p->width, n / p->width, sound);
	return p->ends_more < 0 ? -1 : 0;
}

static int
check_payload(struct payload *p)
{
	struct tshard *s = p->s;
	unsigned char sum[16];

	posix_fadvise(s->fd[TSI_BIN], 0, 0, POSIX_FADV_SEQUENTIAL);
	for (uint64_t at = 0; at < s->h.bin_bytes; at += CHUNK) {
		size_t n =
		    s->h.bin_bytes - at < CHUNK ? (size_t)(s->h.bin_bytes - at) : CHUNK;

		if (tsi_pread(s->fd[TSI_BIN], p->buf, n, at, s->path[TSI_BIN], p->e) <
			0 ||
		    check_chunk(p, at, n) < 0)
			return -1;
		p->r->bytes += n;
	}
	tsi_hasher_128(p->hash, sum);
	if (!p->damaged && memcmp(sum, s->h.payload, 16) != 0)
		tsi_found(p->r, s->path[TSI_BIN], 0,
		    "the checksum of the file differs from the sidecar's: use an intact "
		    "copy");
	return 0;
}

int
tsi_verify_payload(
    struct tshard *s, struct tsi_report *r, bool crcs, bool rows, struct tshard_error *e)
{
	struct payload p = { .s = s, .r = r, .e = e, .crcs = crcs, .rows = rows };
	int rc = -1;

	p.width = tsi_width(s->h.encoding);
	p.hash = tsi_hasher_new();
	p.buf = malloc(CHUNK);
	if (!p.hash || !p.buf) {
		tsi_nomem(e);
		goto out;
	}
	if (crcs && tsi_cursor_open(&p.crc, s, "BLKCRC", e) < 0)
		goto out;
	if (rows) {
		bool docs = s->h.kind == TSHARD_DOCS;

		if (tsi_cursor_open(&p.ends.rows, s, docs ? "DOC" : "SEG", e) < 0)
			goto out;
		tsi_walk_begin(&p.ends, &s->h);
		p.ends_more = tsi_walk_next(&p.ends);
		if (p.ends_more < 0)
			goto out;
	}
	rc = check_payload(&p);
out:
	tsi_cursor_close(&p.crc);
	tsi_cursor_close(&p.ends.rows);
	tsi_cursor_close(&p.hit.rows);
	tsi_hasher_free(p.hash);
	free(p.buf);
	return rc;
}
