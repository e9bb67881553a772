/* writer.c - take tokens, documents and segments; the payload streams to disk. */
#include "shards/tshard/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Sums are taken of four blocks at a time, which stay in the second-level cache.  A piece
 * is what goes to disk at once: a smaller shard is written as any file is, at its end.
 */
enum { SUM = 4 * TSI_BLOCK, PIECE = 8 * SUM };

static int
bad_use(struct tshard_writer *w, struct tshard_error *e, const char *what)
{
	return tsi_fail(e, TSHARD_DATA, "%s: document %llu, sample %llu: %s",
	    w->path[TSI_BIN], (unsigned long long)w->docs, (unsigned long long)w->samples,
	    what);
}

static int
check_facts(const char *prefix, const struct tshard_facts *f, struct tshard_error *e)
{
	const char *what = NULL;

	if (f->kind != TSHARD_DOCS && f->kind != TSHARD_SAMPLES)
		what = "unknown kind: write DOCS or SAMPLES";
	else if (f->vocab == 0 || f->vocab > 1u << 31)
		what = "vocabulary size out of range: it must be 1 to 2147483648";
	else if ((f->kind == TSHARD_DOCS) != (f->seq_len == 0))
		what = "sequence length: SAMPLES need one, DOCS have none";
	else if (f->seq_len > INT32_MAX)
		what = "sequence length too large: it must be below 2147483648";
	else if ((f->eod != TSHARD_NONE && f->eod >= f->vocab) ||
		 (f->pad != TSHARD_NONE && f->pad >= f->vocab) ||
		 (f->bos != TSHARD_NONE && f->bos >= f->vocab))
		what = "eod, pad or bos is no id of the vocabulary: name another";
	else if (f->number != NULL && f->kind != TSHARD_DOCS)
		what = "only DOCS have a number for each document: leave it out";
	else if (f->number != NULL && !tsi_number_ok(f->number))
		what = "the name of the documents' number: 1 to 63 of A-Za-z0-9._/+-";
	else if (strlen(prefix) == 0 || prefix[strlen(prefix) - 1] == '/')
		what = "no file name: name a prefix like tok/en";
	return what == NULL ? 0 : tsi_fail(e, TSHARD_DATA, "%s: %s", prefix, what);
}

static int
make_names(struct tshard_writer *w, const char *prefix)
{
	char host[HOST_NAME_MAX + 1] = "localhost";

	gethostname(host, sizeof host - 1);
	for (char *s = host; *s != '\0'; s++)
		if (*s == '/')
			*s = '_';
	for (int i = 0; i < 3; i++) {
		w->path[i] = tsi_format("%s%s", prefix, tsi_ext[i]);
		w->tmp[i] = tsi_format(
		    "%s%s.%s.%ld.tmp", prefix, tsi_ext[i], host, (long)getpid());
		if (w->path[i] == NULL || w->tmp[i] == NULL)
			return -1;
	}
	return 0;
}

/* DOCNUM begins with its name. */
static int
begin_number(struct tshard_writer *w)
{
	unsigned char name[TSI_NUMBER] = { 0 };

	if (w->f.number == NULL)
		return 0;
	memcpy(name, w->f.number, strlen(w->f.number));
	w->f.number = NULL; /* the caller's; from here on docnum is empty or begun */
	return tsi_vec_put(&w->docnum, name, sizeof name);
}

int
tshard_writer_open(struct tshard_writer **out, const char *prefix,
    const struct tshard_facts *facts, struct tshard_error *e)
{
	struct tshard_writer *w;
	void *buf;

	*out = NULL;
	if (check_facts(prefix, facts, e) != 0)
		return -1;
	w = calloc(1, sizeof *w);
	if (w == NULL)
		return tsi_nomem(e);
	w->fd[0] = w->fd[1] = w->fd[2] = -1;
	w->f = *facts;
	w->width = tshard_width(facts->vocab);
	w->hash = tsi_hasher_new();
	if (posix_memalign(&buf, TSI_DIRECT_ALIGN, PIECE) == 0)
		w->buf = buf;
	if (w->buf == NULL || w->hash == NULL || make_names(w, prefix) != 0 ||
	    begin_number(w) != 0) {
		tsi_nomem(e);
		goto fail;
	}
	for (int i = 0; i < 3 && !facts->force; i++) {
		if (access(w->path[i], F_OK) == 0) {
			tsi_fail(e, TSHARD_DATA,
			    "%s: exists: remove the shard or replace it with --force",
			    w->path[i]);
			goto fail;
		}
	}
	if (tsi_create(w, TSI_BIN, e) != 0)
		goto fail;
	*out = w;
	return 0;
fail:
	tsi_writer_free(w);
	return -1;
}

int
tshard_writer_sources(struct tshard_writer *w, const struct tshard_source *v, size_t n,
    struct tshard_error *e)
{
	if (w->n_sources > 0 || w->docs > 0)
		return bad_use(w, e, "sources given twice or late: report this bug");
	if (n == 0 || n > 65535)
		return bad_use(w, e, "number of sources out of range: name 1 to 65535");
	for (size_t i = 0; i < n; i++)
		if (v[i].name == NULL || v[i].name[0] == '\0')
			return bad_use(w, e, "a source without a name: name it");
	w->src_tokens = calloc(n, sizeof *w->src_tokens);
	w->src_samples = calloc(n, sizeof *w->src_samples);
	if (w->src_tokens == NULL || w->src_samples == NULL)
		return tsi_nomem(e);
	w->n_sources = n;
	return tsi_src_put(&w->src, v, n, e);
}

int
tshard_writer_meta(
    struct tshard_writer *w, const char *json, size_t n, struct tshard_error *e)
{
	w->meta.n = 0;
	return tsi_vec_put(&w->meta, json, n) == 0 ? 0 : tsi_nomem(e);
}

/* ---- payload ---- */

/* CRCs and hash of what came since the last time: whole blocks but for the last call. */
static int
sum(struct tshard_writer *w, struct tshard_error *e)
{
	while (w->summed < w->fill) {
		const unsigned char *block = w->buf + w->summed;
		size_t left = w->fill - w->summed,
		       n = left < TSI_BLOCK ? left : TSI_BLOCK;
		unsigned char crc[4];

		tsi_put32(crc, tshard_crc32c(0, block, n));
		if (tsi_vec_put(&w->crcs, crc, 4) != 0)
			return tsi_nomem(e);
		tsi_hasher_add(w->hash, block, n);
		w->summed += n;
	}
	return 0;
}

static int
write_piece(struct tshard_writer *w, struct tshard_error *e)
{
	if (tsi_direct_write(
		w->fd[TSI_BIN], &w->direct, w->buf, w->fill, w->tmp[TSI_BIN], e) != 0)
		return -1;
	w->bin_bytes += w->fill;
	w->fill = w->summed = 0;
	return 0;
}

/* A stretch of SUM bytes is full, and maybe the piece. */
static int
go_on(struct tshard_writer *w, struct tshard_error *e)
{
	if (sum(w, e) != 0)
		return -1;
	if (w->fill < PIECE)
		return 0;
	if (w->bin_bytes == 0)
		w->direct = tsi_direct_begin(w->fd[TSI_BIN]);
	return write_piece(w, e);
}

int
tsi_writer_flush(struct tshard_writer *w, struct tshard_error *e)
{
	if (sum(w, e) != 0)
		return -1;
	/* The rest is no multiple of anything. */
	if (w->direct)
		tsi_direct_end(w->fd[TSI_BIN]);
	w->direct = false;
	return write_piece(w, e);
}

/* Whether n more tokens may come now; counts them. */
static int
expect(struct tshard_writer *w, size_t n, struct tshard_error *e)
{
	if (w->broken)
		return bad_use(w, e, "goes on after an error: report this bug");
	if (w->f.kind == TSHARD_DOCS) {
		if (n > INT32_MAX - w->in_doc)
			return bad_use(w, e,
			    "a document of more than 2147483647 tokens: cut it up or "
			    "leave "
			    "it out");
		w->in_doc += n;
	} else {
		if (!w->in_seg)
			return bad_use(
			    w, e, "tokens outside any segment: report this bug");
		if (n > w->f.seq_len - w->in_sample)
			return bad_use(
			    w, e, "more tokens than a sample holds: report this bug");
		w->in_sample += (uint32_t)n;
	}
	w->tokens += n;
	return 0;
}

/* k tokens into the gather buffer, which has room for them. */
static void
encode(struct tshard_writer *w, const uint32_t *ids, size_t k)
{
	unsigned char *to = w->buf + w->fill;

	if (w->width == 4 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
		memcpy(to, ids, 4 * k);
	} else if (w->width == 4) {
		for (size_t i = 0; i < k; i++)
			tsi_put32(to + 4 * i, ids[i]);
	} else {
		for (size_t i = 0; i < k; i++)
			tsi_put16(to + 2 * i, (uint16_t)ids[i]);
	}
}

static int
bad_id(struct tshard_writer *w, uint32_t id, struct tshard_error *e)
{
	w->broken = true;
	return tsi_fail(e, TSHARD_DATA,
	    "%s: document %llu, sample %llu: token %u is not below the vocabulary's %u: "
	    "use "
	    "the tokenizer these tokens came from",
	    w->path[TSI_BIN], (unsigned long long)w->docs, (unsigned long long)w->samples,
	    id, w->f.vocab);
}

/* n ids or, if raw, n tokens as they lie in a payload. */
static int
put(struct tshard_writer *w, const void *tokens, bool raw, size_t n,
    struct tshard_error *e)
{
	const uint32_t *ids = raw ? NULL : tokens;
	const unsigned char *bytes = raw ? tokens : NULL;

	if (n == 0)
		return 0;
	if (expect(w, n, e) != 0) {
		w->broken = true;
		return -1;
	}
	while (n > 0) {
		size_t k = (SUM - (w->fill - w->summed)) / w->width, bad;
		const unsigned char *at = w->buf + w->fill;

		if (k > n)
			k = n;
		if (!raw) {
			if (!tsi_ids_ok(ids, k, 4, w->f.vocab, &bad))
				return bad_id(w, ids[bad], e);
			encode(w, ids, k);
			ids += k;
		} else {
			memcpy(w->buf + w->fill, bytes, k * w->width);
			if (!tsi_ids_ok(at, k, w->width, w->f.vocab, &bad))
				return bad_id(w,
				    w->width == 2 ? tsi_get16(at + 2 * bad)
						  : tsi_get32(at + 4 * bad),
				    e);
			bytes += k * w->width;
		}
		w->fill += k * w->width;
		w->last = w->width == 2 ? tsi_get16(w->buf + w->fill - 2)
					: tsi_get32(w->buf + w->fill - 4);
		n -= k;
		if (w->fill - w->summed == SUM && go_on(w, e) != 0) {
			w->broken = true;
			return -1;
		}
	}
	return 0;
}

int
tshard_writer_put(
    struct tshard_writer *w, const uint32_t *ids, size_t n, struct tshard_error *e)
{
	return put(w, ids, false, n, e);
}

int
tshard_writer_put_raw(
    struct tshard_writer *w, const void *payload, size_t n, struct tshard_error *e)
{
	return put(w, payload, true, n, e);
}

/* ---- documents ---- */

static int
add_row(struct tshard_writer *w, const struct tshard_doc *d, const char *id, size_t id_n,
    const char *url, size_t url_n, struct tshard_error *e)
{
	struct tshard_doc row = *d;
	unsigned char at[16], *to;

	if (d->source >= w->n_sources)
		return bad_use(w, e, "a document of no source: report this bug");
	if (w->docs == UINT32_MAX)
		return bad_use(
		    w, e, "more documents than a shard can hold: write smaller ones");
	if (w->f.kind == TSHARD_DOCS || w->f.ids) {
		if (id == NULL || (url == NULL && url_n > 0))
			return bad_use(w, e, "a document without an id: report this bug");
		tshard_xxh3_128(id, id_n, row.id_hash);
		tsi_put64(at, w->text.n);
		tsi_put64(at + 8, w->text.n + id_n);
		if (tsi_vec_put(&w->text_at, at, 16) != 0 ||
		    tsi_vec_put(&w->text, id, id_n) != 0 ||
		    tsi_vec_put(&w->text, url, url_n) != 0)
			return tsi_nomem(e);
	}
	to = tsi_vec_more(&w->doc, TSI_DOC);
	if (to == NULL)
		return tsi_nomem(e);
	tsi_doc_put(&row, to);
	w->docs++;
	return 0;
}

/* What DOC's row of 32 bytes has no room for. */
static int
add_extras(struct tshard_writer *w, const struct tshard_doc *d)
{
	unsigned char number[2];

	tsi_put16(number, d->number);
	w->flagged |= d->flags != 0;
	if (tsi_vec_put(&w->docflag, &d->flags, 1) != 0)
		return -1;
	return w->docnum.n == 0 ? 0 : tsi_vec_put(&w->docnum, number, 2);
}

int
tshard_writer_end_doc(struct tshard_writer *w, const struct tshard_doc *d, const char *id,
    size_t id_n, const char *url, size_t url_n, struct tshard_error *e)
{
	struct tshard_doc row = *d;

	if (w->broken || w->f.kind != TSHARD_DOCS)
		return bad_use(w, e, "no document can end here: report this bug");
	if (w->in_doc == 0)
		return bad_use(w, e, "an empty document: leave it out");
	if (!tsi_doc_flags_ok(d->flags))
		return bad_use(w, e, "flags that no document can have: report this bug");
	if (w->f.eod != TSHARD_NONE && w->last != w->f.eod)
		return bad_use(
		    w, e, "the document does not end with eod: report this bug");
	row.tokens = (uint32_t)w->in_doc;
	if (add_row(w, &row, id, id_n, url, url_n, e) != 0) {
		w->broken = true;
		return -1;
	}
	if (add_extras(w, d) != 0) {
		w->broken = true;
		return tsi_nomem(e);
	}
	w->src_tokens[d->source] += w->in_doc;
	w->src_samples[d->source]++;
	if (!(d->flags & TSHARD_SEG_NO_LOSS))
		w->loss_tokens += w->in_doc;
	w->in_doc = 0;
	return 0;
}

int
tshard_writer_add_doc(struct tshard_writer *w, const struct tshard_doc *d, const char *id,
    size_t id_n, const char *url, size_t url_n, uint32_t *row, struct tshard_error *e)
{
	if (w->broken || w->f.kind != TSHARD_SAMPLES)
		return bad_use(w, e, "no document can be added here: report this bug");
	if (d->tokens == 0 || d->tokens > INT32_MAX)
		return bad_use(w, e, "a document of no or too many tokens: leave it out");
	*row = (uint32_t)w->docs;
	if (add_row(w, d, id, id_n, url, url_n, e) != 0) {
		w->broken = true;
		return -1;
	}
	return 0;
}

/* ---- samples ---- */

/* The segment that ends here gets what only now is known. */
static int
close_seg(struct tshard_writer *w, struct tshard_error *e)
{
	struct tshard_seg *s = &w->cur;
	uint32_t n = w->in_sample - s->start, whole;
	unsigned char *to;

	if (!w->in_seg)
		return 0;
	if (n == 0)
		return bad_use(w, e, "an empty segment: report this bug");
	s->flags &= (uint8_t) ~(TSHARD_SEG_CONTINUES | TSHARD_SEG_ENDS);
	if (!(s->flags & TSHARD_SEG_PAD)) {
		whole = tsi_get32(w->doc.p + (size_t)s->row * TSI_DOC + 24);
		if (s->offset > whole || n > whole - s->offset)
			return bad_use(
			    w, e, "a segment past its document's end: report this bug");
		if (s->offset > 0)
			s->flags |= TSHARD_SEG_CONTINUES;
		if (s->offset + n == whole)
			s->flags |= TSHARD_SEG_ENDS;
		if (s->flags & TSHARD_SEG_ENDS && w->f.eod != TSHARD_NONE &&
		    w->last != w->f.eod)
			return bad_use(w, e,
			    "the document does not end with eod: make its shard again");
		w->src_tokens[s->source] += n;
		if (!(s->flags & TSHARD_SEG_NO_LOSS))
			w->loss_tokens += n;
	}
	to = tsi_vec_more(&w->seg, TSI_SEG);
	if (to == NULL)
		return tsi_nomem(e);
	tsi_seg_put(s, to);
	w->segments++;
	w->in_seg = false;
	return 0;
}

static const char *
why_no_seg(const struct tshard_writer *w, const struct tshard_seg *seg)
{
	bool pad = (seg->flags & TSHARD_SEG_PAD) != 0;

	if (w->broken || w->f.kind != TSHARD_SAMPLES)
		return "no segment can start here: report this bug";
	if (w->in_sample == w->f.seq_len)
		return "a segment in a full sample: report this bug";
	if (seg->source >= w->n_sources)
		return "a segment of no source: report this bug";
	if (w->in_sample > 0 && seg->source != w->cur.source)
		return "a second source in one sample: report this bug";
	if (w->in_sample > 0 && w->cur.flags & TSHARD_SEG_PAD)
		return "a segment behind pad: report this bug";
	if (pad && w->f.pad == TSHARD_NONE)
		return "pad is needed but there is no pad token: name one";
	if (pad)
		return seg->row == 0 && seg->offset == 0
			   ? NULL
			   : "pad that points to a document: report this bug";
	if (seg->row >= w->docs)
		return "a segment of no document: report this bug";
	if (tsi_get16(w->doc.p + (size_t)seg->row * TSI_DOC + 28) != seg->source)
		return "a segment of another source than its document: report this bug";
	return NULL;
}

int
tshard_writer_segment(
    struct tshard_writer *w, const struct tshard_seg *seg, struct tshard_error *e)
{
	const char *why = why_no_seg(w, seg);

	if (why != NULL || close_seg(w, e) != 0) {
		w->broken = true;
		return why == NULL ? -1 : bad_use(w, e, why);
	}
	w->cur = *seg;
	w->cur.start = w->in_sample;
	w->in_seg = true;
	return 0;
}

int
tshard_writer_pad(
    struct tshard_writer *w, uint16_t source, uint8_t epoch, struct tshard_error *e)
{
	struct tshard_seg seg = {
		.source = source, .epoch = epoch, .flags = TSHARD_SEG_PAD
	};
	uint32_t ids[256];

	if (tshard_writer_segment(w, &seg, e) != 0)
		return -1;
	for (size_t i = 0; i < 256; i++)
		ids[i] = w->f.pad;
	while (w->in_sample < w->f.seq_len) {
		uint32_t n = w->f.seq_len - w->in_sample;

		if (tshard_writer_put(w, ids, n < 256 ? n : 256, e) != 0)
			return -1;
	}
	return 0;
}

int
tshard_writer_end_sample(struct tshard_writer *w, uint32_t next, struct tshard_error *e)
{
	unsigned char b[8];

	if (w->broken || w->f.kind != TSHARD_SAMPLES || w->in_sample != w->f.seq_len) {
		w->broken = true;
		return bad_use(w, e, "the sample is not full: report this bug");
	}
	if (next != TSHARD_NONE && next >= w->f.vocab)
		return bad_id(w, next, e);
	w->broken = true; /* unless all of this goes well */
	if (close_seg(w, e) != 0)
		return -1;
	tsi_put64(b, w->segments);
	if ((w->samples == 0 &&
		tsi_vec_put(&w->segidx, (unsigned char[8]){ 0 }, 8) != 0) ||
	    tsi_vec_put(&w->segidx, b, 8) != 0)
		return tsi_nomem(e);
	tsi_put32(b, next);
	if (tsi_vec_put(&w->next, b, 4) != 0)
		return tsi_nomem(e);
	w->src_samples[w->cur.source]++;
	w->samples++;
	w->in_sample = 0;
	w->broken = false;
	return 0;
}

uint64_t
tshard_writer_tokens(const struct tshard_writer *w)
{
	return w->tokens;
}

uint64_t
tshard_writer_docs(const struct tshard_writer *w)
{
	return w->docs;
}

uint64_t
tshard_writer_samples(const struct tshard_writer *w)
{
	return w->samples;
}
