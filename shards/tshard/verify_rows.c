/* verify_rows.c - verify the rows of the sidecar against each other and the header. */
#include "shards/tshard/tshard_impl.h"

#include <inttypes.h>
#include <stdlib.h>

struct row_check {
	struct tshard *s;
	struct tsi_report *r;
	struct tshard_error *e;
	uint64_t *tokens, *samples; /* counted, per source */
	unsigned char *trained; /* bits of DOC rows that have a segment without no-loss */
	uint64_t loss;
};

static void
bad_row(struct row_check *v, const struct tsi_cursor *c, uint64_t row, uint64_t at,
    const char *what)
{
	tsi_found(v->r, v->s->path[TSI_SDX], c->sec->offset + row * c->elem + at,
	    "%s row %" PRIu64 ": %s: regenerate the shard", c->sec->tag, row, what);
}

static int
bad_walk(struct row_check *v, const struct tsi_walk *w)
{
	return tsi_found_error(v->r, v->s->path[TSI_SDX], w->bad_byte, v->e);
}

/* ---- DOC and DOCID ---- */

/* A window of DOCID's text, which is read from front to back. */
struct id_text {
	const struct tshard *s;
	const struct tshard_section *sec;
	uint64_t base; /* of the text in the section */
	struct tsi_vec buf;
	uint64_t first; /* of buf.p[0], in the text */
};

enum { TEXT_WINDOW = 1 << 18 };

/* Bytes [a, b) of the text, which are inside the section; or NULL with *e set. */
static const unsigned char *
text_at(struct id_text *t, uint64_t a, uint64_t b, struct tshard_error *e)
{
	uint64_t left = t->sec->bytes - t->base - a, n = b - a;

	if (a >= t->first && b <= t->first + t->buf.n && t->buf.p)
		return t->buf.p + (a - t->first);
	if (n < TEXT_WINDOW)
		n = left < TEXT_WINDOW ? left : TEXT_WINDOW;
	t->buf.n = 0;
	if (!tsi_vec_more(&t->buf, (size_t)n + 1)) {
		tsi_nomem(e);
		return NULL;
	}
	t->buf.n = (size_t)n;
	t->first = a;
	return tshard_section_read(t->s, t->sec, t->base + a, t->buf.p, (size_t)n, e) == 0
		   ? t->buf.p
		   : NULL;
}

/*
 * A document that was taken down keeps the hash of its id, and has neither id nor URL.
 * Offset i of DOCID is that of the end of its empty id.
 */
static bool
is_taken_down(const struct row_check *v, struct tsi_cursor *at, uint64_t i, uint64_t end)
{
	const unsigned char *p;

	if (v->s->h.kind == TSHARD_DOCS || v->trained[i / 16] >> i / 2 % 8 & 1)
		return false;
	p = tsi_cursor_at(at, i + 1);
	return p && tsi_get64(p) == end;
}

static int
check_ids(
    struct row_check *v, struct tsi_cursor *doc, struct tsi_cursor *at, struct id_text *t)
{
	uint64_t size = t->sec->bytes - t->base, before = 0;

	for (uint64_t i = 0; i < at->count; i++) {
		const unsigned char *p = tsi_cursor_at(at, i), *id, *row;
		unsigned char hash[16];
		uint64_t to;

		if (!p)
			return -1;
		to = tsi_get64(p);
		if (to < before || to > size || (i == 0 && to != 0) ||
		    (i + 1 == at->count && to != size)) {
			bad_row(v, at, i, 0,
			    "the offsets must not fall, and end with the section");
			return 0;
		}
		if (i % 2 == 1) {
			id = text_at(t, before, to, v->e);
			row = id ? tsi_cursor_at(doc, i / 2) : NULL;
			if (!row)
				return -1;
			tshard_xxh3_128(id, (size_t)(to - before), hash);
			if (memcmp(hash, row, 16) != 0 &&
			    !(to == before && is_taken_down(v, at, i, to)))
				bad_row(v, doc, i / 2, 0,
				    "id_hash is not the hash of the id");
		}
		before = to;
	}
	return 0;
}

static int
check_docid(struct row_check *v)
{
	const struct tshard_section *sec = tshard_section(v->s, "DOCID");
	struct tsi_cursor doc, at;
	struct tshard_section offsets;
	struct id_text t = { .s = v->s, .sec = sec };
	int rc = -1;

	if (!sec)
		return 0;
	t.base = 16 * v->s->h.docs + 8;
	memset(&at, 0, sizeof at);
	if (tsi_cursor_open(&doc, v->s, "DOC", v->e) < 0 ||
	    tsi_cursor_open(&at, v->s, "DOC", v->e) < 0)
		goto out;
	/* Read the offsets before the text like a section. */
	offsets = *sec;
	offsets.elem_bytes = at.elem = 8;
	offsets.count = at.count = 2 * v->s->h.docs + 1;
	at.sec = &offsets;
	rc = check_ids(v, &doc, &at, &t);
out:
	free(t.buf.p);
	tsi_cursor_close(&doc);
	tsi_cursor_close(&at);
	return rc;
}

/* The flags of a document, 0 if the shard has none, or -1 if they cannot be read. */
static int
doc_flags(struct row_check *v, struct tsi_cursor *c, uint64_t row)
{
	const unsigned char *p;

	if (c->count == 0)
		return 0;
	p = tsi_cursor_at(c, row);
	if (!p)
		return -1;
	if (!tsi_doc_flags_ok(*p))
		bad_row(v, c, row, 0, "a document cannot have these flags");
	return *p;
}

static int
check_documents(struct row_check *v)
{
	struct tsi_walk w = { .row = 0 };
	struct tsi_cursor flag = { .count = 0 };
	int more = -1;

	if (tsi_cursor_open(&w.rows, v->s, "DOC", v->e) < 0 ||
	    (tshard_section(v->s, "DOCFLAG") &&
		tsi_cursor_open(&flag, v->s, "DOCFLAG", v->e) < 0))
		goto out;
	tsi_walk_begin(&w, &v->s->h);
	while ((more = tsi_walk_next(&w)) > 0) {
		int flags = doc_flags(v, &flag, w.row);

		if (flags < 0) {
			more = -1;
			goto out;
		}
		if (w.doc.source >= v->s->h.n_sources) {
			bad_row(v, &w.rows, w.row, 28, "source is out of range");
			continue;
		}
		v->tokens[w.doc.source] += w.n;
		v->samples[w.doc.source]++;
		if (!(flags & TSHARD_SEG_NO_LOSS))
			v->loss += w.n;
	}
	if (more < 0)
		more = bad_walk(v, &w);
	else if (w.first + w.n != v->s->h.tokens)
		bad_row(v, &w.rows, w.row, 24,
		    "the documents do not add up to the tokens of the payload");
out:
	tsi_cursor_close(&w.rows);
	tsi_cursor_close(&flag);
	return more;
}

/* ---- SEG, SEGIDX and NEXT ---- */

static const char *
wrong_pad(const struct row_check *v, const struct tsi_walk *w)
{
	if (w->seg.row != 0 || w->seg.offset != 0)
		return "pad must have row 0 and offset 0";
	if (w->seg.start == 0 && tsi_whole(w->kind))
		return "a sample cannot start with pad";
	if (w->seg.start + w->n != w->seq_len && !tsi_whole(w->kind))
		return "pad must reach the end of its sample";
	if (v->s->h.pad == TSHARD_NONE)
		return "pad in a shard without a pad token";
	return w->seg.flags & (TSHARD_SEG_CONTINUES | TSHARD_SEG_ENDS)
		   ? "pad cannot continue or end a document"
		   : NULL;
}

static const char *
wrong_seg(const struct tsi_walk *w, const struct tshard_doc *d)
{
	const struct tshard_seg *s = &w->seg;
	bool ends;

	if (d->source != s->source)
		return "source is not that of the document";
	if (s->offset > d->tokens || w->n > d->tokens - s->offset)
		return "the segment goes past the end of its document";
	if (tsi_whole(w->kind) && w->n != d->tokens)
		return "a document is not whole";
	ends = s->offset + w->n == d->tokens;
	if (((s->flags & TSHARD_SEG_CONTINUES) != 0) != (s->offset > 0) ||
	    ((s->flags & TSHARD_SEG_ENDS) != 0) != ends)
		return "CONTINUES or ENDS disagrees with offset and length";
	return NULL;
}

/* Check a segment of a sample whose first one has this source. */
static int
check_seg(
    struct row_check *v, struct tsi_walk *w, struct tsi_cursor *doc, uint32_t source)
{
	const char *wrong;
	struct tshard_doc d;
	const unsigned char *p;

	if (w->seg.source >= v->s->h.n_sources) {
		bad_row(v, &w->rows, w->row, 12, "source is out of range");
		return 0;
	}
	if (w->seg.source != source)
		bad_row(v, &w->rows, w->row, 12, "segments of two sources in one sample");
	if (w->seg.start == 0)
		v->samples[w->seg.source]++;
	if (w->seg.flags & TSHARD_SEG_PAD) {
		wrong = wrong_pad(v, w);
	} else if (w->seg.row >= doc->count) {
		wrong = "row is out of range";
	} else {
		p = tsi_cursor_at(doc, w->seg.row);
		if (!p)
			return -1;
		tsi_doc_get(p, &d);
		wrong = wrong_seg(w, &d);
		v->tokens[w->seg.source] += w->n;
		if (!(w->seg.flags & TSHARD_SEG_NO_LOSS)) {
			v->loss += w->n;
			v->trained[w->seg.row / 8] |=
			    (unsigned char)(1 << w->seg.row % 8);
		}
	}
	if (wrong)
		bad_row(v, &w->rows, w->row, 0, wrong);
	return 0;
}

static int
walk_segs(struct row_check *v, struct tsi_walk *w, struct tsi_cursor *segidx,
    struct tsi_cursor *doc)
{
	uint32_t source = 0;
	const unsigned char *p;
	int more;

	tsi_walk_begin(w, &v->s->h);
	while ((more = tsi_walk_next(w)) > 0) {
		if (w->seg.start == 0) {
			source = w->seg.source;
			p = tsi_cursor_at(segidx, w->sample);
			if (!p)
				return -1;
			if (tsi_get64(p) != w->row)
				bad_row(v, segidx, w->sample, 0,
				    "is not the first segment of its sample");
		}
		if (check_seg(v, w, doc, source) < 0)
			return -1;
	}
	if (more < 0)
		return bad_walk(v, w);
	p = tsi_cursor_at(segidx, segidx->count - 1);
	if (!p)
		return -1;
	if (tsi_get64(p) != w->rows.count)
		bad_row(v, segidx, segidx->count - 1, 0,
		    "the last entry is not the number of segments");
	if (w->rows.count > 0 ? w->sample + 1 != v->s->h.samples : v->s->h.samples != 0)
		bad_row(
		    v, &w->rows, w->row, 0, "the segments do not add up to the samples");
	return 0;
}

static int
check_segments(struct row_check *v)
{
	struct tsi_walk w = { .row = 0 };
	struct tsi_cursor segidx = { .count = 0 }, doc = { .count = 0 };
	int rc = -1;

	if (tsi_cursor_open(&w.rows, v->s, "SEG", v->e) == 0 &&
	    tsi_cursor_open(&segidx, v->s, "SEGIDX", v->e) == 0 &&
	    tsi_cursor_open(&doc, v->s, "DOC", v->e) == 0)
		rc = walk_segs(v, &w, &segidx, &doc);
	tsi_cursor_close(&w.rows);
	tsi_cursor_close(&segidx);
	tsi_cursor_close(&doc);
	return rc;
}

static int
check_next(struct row_check *v)
{
	struct tsi_cursor c;
	int rc = tsi_cursor_open(&c, v->s, "NEXT", v->e);

	for (uint64_t i = 0; rc == 0 && i < c.count; i++) {
		const unsigned char *p = tsi_cursor_at(&c, i);

		if (!p)
			rc = -1;
		else if (tsi_get32(p) != TSHARD_NONE && tsi_whole(v->s->h.kind))
			bad_row(v, &c, i, 0, "no token follows whole documents");
		else if (tsi_get32(p) != TSHARD_NONE && tsi_get32(p) >= v->s->h.vocab)
			bad_row(v, &c, i, 0, "not below the size of the vocabulary");
	}
	tsi_cursor_close(&c);
	return rc;
}

/* DOC of a SAMPLES shard, where a row is not a sequence. */
static int
check_doc_rows(struct row_check *v)
{
	struct tsi_cursor c;
	int rc = tsi_cursor_open(&c, v->s, "DOC", v->e);

	for (uint64_t i = 0; rc == 0 && i < c.count; i++) {
		const unsigned char *p = tsi_cursor_at(&c, i);
		struct tshard_doc d;

		if (!p) {
			rc = -1;
			break;
		}
		tsi_doc_get(p, &d);
		if (d.tokens == 0 || d.tokens > INT32_MAX)
			bad_row(
			    v, &c, i, 24, "a document must have 1 to 2147483647 tokens");
		if (d.source >= v->s->h.n_sources)
			bad_row(v, &c, i, 28, "source is out of range");
	}
	tsi_cursor_close(&c);
	return rc;
}

/* ---- together ---- */

static void
check_counts(struct row_check *v)
{
	const struct tshard_section *sec = tshard_section(v->s, "SRC");

	for (uint32_t i = 0; i < v->s->h.n_sources; i++)
		if (v->tokens[i] != v->s->src[i].tokens ||
		    v->samples[i] != v->s->src[i].samples)
			tsi_found(v->r, v->s->path[TSI_SDX],
			    sec->offset + (uint64_t)i * TSI_SRC + 8,
			    "SRC row %" PRIu32 ": %" PRIu64 " tokens and %" PRIu64
			    " samples or documents, the rows have %" PRIu64
			    " and %" PRIu64 ": regenerate the shard",
			    i, v->s->src[i].tokens, v->s->src[i].samples, v->tokens[i],
			    v->samples[i]);
	/* The tokens to train on are the bits of MASK, if there is one. */
	if (!tshard_section(v->s, "MASK") && v->loss != v->s->h.loss_tokens)
		tsi_found(v->r, v->s->path[TSI_SDX], 232,
		    "the header has %" PRIu64 " loss tokens, the rows have %" PRIu64
		    ": regenerate the shard",
		    v->s->h.loss_tokens, v->loss);
}

int
tsi_verify_rows(struct tshard *s, struct tsi_report *r, struct tshard_error *e)
{
	struct row_check v = { .s = s, .r = r, .e = e };
	size_t before = r->n;
	int rc = -1;

	v.tokens = calloc((size_t)s->h.n_sources + 1, sizeof *v.tokens);
	v.samples = calloc((size_t)s->h.n_sources + 1, sizeof *v.samples);
	v.trained = calloc((size_t)(s->h.docs / 8) + 1, 1);
	if (!v.tokens || !v.samples || !v.trained)
		tsi_nomem(e);
	else if (s->h.kind == TSHARD_DOCS)
		rc = check_documents(&v);
	else if (check_segments(&v) == 0 && check_next(&v) == 0)
		rc = check_doc_rows(&v);
	if (rc == 0)
		rc = check_docid(&v);
	/* The sums of wrong rows would only repeat that they are wrong. */
	if (rc == 0 && r->n == before) {
		check_counts(&v);
		rc = tsi_verify_align(s, r, e);
	}
	free(v.tokens);
	free(v.samples);
	free(v.trained);
	return rc;
}
