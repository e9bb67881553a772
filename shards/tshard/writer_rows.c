/* writer_rows.c - end documents, segments and samples, and add their rows. */
#include "shards/tshard/writer.h"

/* ---- documents ---- */

static int
add_row(struct tshard_writer *w, const struct tshard_doc *d, const char *id, size_t id_n,
    const char *url, size_t url_n, struct tshard_error *e)
{
	struct tshard_doc row = *d;
	unsigned char at[16], raw[TSI_DOC];
	bool taken_down = !id && w->f.kind != TSHARD_DOCS;

	if (d->source >= w->n_sources)
		return tsi_writer_bad_use(
		    w, e, "a document has no source: report this bug");
	if (w->docs == UINT32_MAX)
		return tsi_writer_bad_use(w, e,
		    "a shard has at most 4294967295 documents: write smaller shards");
	if (w->f.kind == TSHARD_DOCS || w->f.ids) {
		if (taken_down)
			id_n = url_n = 0;
		else if (!id || (!url && url_n > 0))
			return tsi_writer_bad_use(
			    w, e, "a document has no id: report this bug");
		else
			tshard_xxh3_128(id, id_n, row.id_hash);
		tsi_put64(at, tsi_spool_bytes(&w->text));
		tsi_put64(at + 8, tsi_spool_bytes(&w->text) + id_n);
		if (tsi_spool_put(&w->text_at, at, 16, e) < 0 ||
		    tsi_spool_put(&w->text, id, id_n, e) < 0 ||
		    tsi_spool_put(&w->text, url, url_n, e) < 0)
			return -1;
	}
	tsi_doc_put(&row, raw);
	if (tsi_spool_put(&w->doc, raw, sizeof raw, e) < 0)
		return -1;
	w->docs++;
	return 0;
}

/* Facts that do not fit into a row of DOC. */
static int
add_extras(struct tshard_writer *w, const struct tshard_doc *d, struct tshard_error *e)
{
	unsigned char number[2];

	tsi_put16(number, d->number);
	w->flagged |= d->flags != 0;
	if (tsi_spool_put(&w->docflag, &d->flags, 1, e) < 0)
		return -1;
	return tsi_spool_bytes(&w->docnum) == 0 ? 0
						: tsi_spool_put(&w->docnum, number, 2, e);
}

int
tshard_writer_end_doc(struct tshard_writer *w, const struct tshard_doc *d, const char *id,
    size_t id_n, const char *url, size_t url_n, struct tshard_error *e)
{
	struct tshard_doc row = *d;

	if (w->broken || w->f.kind != TSHARD_DOCS)
		return tsi_writer_bad_use(
		    w, e, "a document cannot end here: report this bug");
	if (w->in_doc == 0)
		return tsi_writer_bad_use(w, e, "the document is empty: report this bug");
	if (!tsi_doc_flags_ok(d->flags))
		return tsi_writer_bad_use(
		    w, e, "a document cannot have these flags: report this bug");
	if (w->f.eod != TSHARD_NONE && w->last != w->f.eod)
		return tsi_writer_bad_use(
		    w, e, "the document does not end with eod: report this bug");
	row.tokens = (uint32_t)w->in_doc;
	if (tsi_align_row(w, row.tokens, false, d->flags & TSHARD_SEG_NO_LOSS, e) < 0 ||
	    add_row(w, &row, id, id_n, url, url_n, e) < 0 || add_extras(w, d, e) < 0) {
		w->broken = true;
		return -1;
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
	if (w->broken || w->f.kind == TSHARD_DOCS)
		return tsi_writer_bad_use(
		    w, e, "a document cannot be added here: report this bug");
	if (d->tokens == 0 || d->tokens > INT32_MAX)
		return tsi_writer_bad_use(
		    w, e, "a document must have 1 to 2147483647 tokens: report this bug");
	*row = (uint32_t)w->docs;
	if (add_row(w, d, id, id_n, url, url_n, e) < 0) {
		w->broken = true;
		return -1;
	}
	return 0;
}

/* ---- samples ---- */

/* End the current segment: its flags are known now. */
static int
close_seg(struct tshard_writer *w, struct tshard_error *e)
{
	struct tshard_seg *s = &w->cur;
	uint32_t n = w->in_sample - s->start, whole;
	unsigned char *to;

	if (!w->in_seg)
		return 0;
	if (n == 0)
		return tsi_writer_bad_use(w, e, "a segment is empty: report this bug");
	s->flags &= (uint8_t) ~(TSHARD_SEG_CONTINUES | TSHARD_SEG_ENDS);
	if (!(s->flags & TSHARD_SEG_PAD)) {
		whole = tsi_get32(w->doc.buf.p + (size_t)s->row * TSI_DOC + 24);
		if (s->offset > whole || n > whole - s->offset)
			return tsi_writer_bad_use(w, e,
			    "a segment goes past the end of its document: report this "
			    "bug");
		if (tsi_whole(w->f.kind) && n != whole)
			return tsi_writer_bad_use(
			    w, e, "a document is cut: report this bug");
		if (w->align.pairs && w->align.paired)
			s->flags |= w->align.cur.rank == 0 ? TSHARD_SEG_CHOSEN
							   : TSHARD_SEG_REJECTED;
		if (s->offset > 0)
			s->flags |= TSHARD_SEG_CONTINUES;
		if (s->offset + n == whole)
			s->flags |= TSHARD_SEG_ENDS;
		if (s->flags & TSHARD_SEG_ENDS && w->f.eod != TSHARD_NONE &&
		    w->last != w->f.eod)
			return tsi_writer_bad_use(w, e,
			    "the document does not end with eod: regenerate its shard");
		w->src_tokens[s->source] += n;
		if (!(s->flags & TSHARD_SEG_NO_LOSS))
			w->loss_tokens += n;
	}
	if (tsi_align_row(w, n, s->flags & TSHARD_SEG_PAD,
		s->flags & (TSHARD_SEG_PAD | TSHARD_SEG_NO_LOSS), e) < 0)
		return -1;
	w->padded |= (s->flags & TSHARD_SEG_PAD) != 0;
	to = tsi_vec_more(&w->seg, TSI_SEG);
	if (!to)
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

	if (w->broken || w->f.kind == TSHARD_DOCS)
		return "a segment cannot start here: report this bug";
	if (w->in_sample == w->f.seq_len)
		return "the sample is full: report this bug";
	if (seg->source >= w->n_sources)
		return "a segment has no source: report this bug";
	if (w->in_sample > 0 && seg->source != w->cur.source)
		return "segments of two sources in one sample: report this bug";
	if (w->in_sample > 0 && w->cur.flags & TSHARD_SEG_PAD &&
	    (pad || !tsi_whole(w->f.kind)))
		return "a segment follows pad: report this bug";
	if (w->in_sample == 0 && pad && tsi_whole(w->f.kind))
		return "a sample starts with pad: report this bug";
	if (pad && w->f.pad == TSHARD_NONE)
		return "the sample needs pad, and there is no pad token: name one";
	if (pad)
		return seg->row == 0 && seg->offset == 0
			   ? NULL
			   : "pad must have row 0 and offset 0: report this bug";
	if (seg->row >= w->docs)
		return "a segment has no document: report this bug";
	if (tsi_get16(w->doc.buf.p + (size_t)seg->row * TSI_DOC + 28) != seg->source)
		return "the source of a segment is not that of its document: report this "
		       "bug";
	return NULL;
}

int
tshard_writer_segment(
    struct tshard_writer *w, const struct tshard_seg *seg, struct tshard_error *e)
{
	const char *why = why_no_seg(w, seg);

	if (why || close_seg(w, e) < 0) {
		w->broken = true;
		return why ? tsi_writer_bad_use(w, e, why) : -1;
	}
	w->cur = *seg;
	w->cur.start = w->in_sample;
	w->in_seg = true;
	return 0;
}

/* A segment of pad up to token `end` of the sample. */
static int
pad_to(struct tshard_writer *w, uint16_t source, uint8_t epoch, uint32_t end,
    struct tshard_error *e)
{
	struct tshard_seg seg = {
		.source = source, .epoch = epoch, .flags = TSHARD_SEG_PAD
	};
	uint32_t ids[256];

	if (tshard_writer_segment(w, &seg, e) < 0)
		return -1;
	for (size_t i = 0; i < 256; i++)
		ids[i] = w->f.pad;
	while (w->in_sample < end) {
		uint32_t n = end - w->in_sample;

		if (tshard_writer_put(w, ids, n < 256 ? n : 256, e) < 0)
			return -1;
	}
	return 0;
}

int
tshard_writer_pad(
    struct tshard_writer *w, uint16_t source, uint8_t epoch, struct tshard_error *e)
{
	return pad_to(w, source, epoch, w->f.seq_len, e);
}

int
tshard_writer_gap(struct tshard_writer *w, uint16_t source, uint8_t epoch, uint32_t n,
    struct tshard_error *e)
{
	if (!tsi_whole(w->f.kind) || n == 0 || n > w->f.seq_len - w->in_sample) {
		w->broken = true;
		return tsi_writer_bad_use(
		    w, e, "there is no room for padding: report this bug");
	}
	return pad_to(w, source, epoch, w->in_sample + n, e);
}

int
tshard_writer_end_sample(struct tshard_writer *w, uint32_t next, struct tshard_error *e)
{
	unsigned char b[8];

	if (w->broken || w->f.kind == TSHARD_DOCS || w->in_sample != w->f.seq_len) {
		w->broken = true;
		return tsi_writer_bad_use(
		    w, e, "the sample does not have seq_len tokens: report this bug");
	}
	if (next != TSHARD_NONE && next >= w->f.vocab)
		return tsi_writer_bad_id(w, next, e);
	if (next != TSHARD_NONE && tsi_whole(w->f.kind)) {
		w->broken = true;
		return tsi_writer_bad_use(
		    w, e, "a token follows whole documents: report this bug");
	}
	w->broken = true; /* until all of this has succeeded */
	if (close_seg(w, e) < 0)
		return -1;
	tsi_put64(b, w->segments);
	if ((w->samples == 0 &&
		tsi_vec_put(&w->segidx, (unsigned char[8]){ 0 }, 8) < 0) ||
	    tsi_vec_put(&w->segidx, b, 8) < 0)
		return tsi_nomem(e);
	tsi_put32(b, next);
	if (tsi_vec_put(&w->next, b, 4) < 0)
		return tsi_nomem(e);
	w->src_samples[w->cur.source]++;
	w->samples++;
	w->in_sample = 0;
	w->broken = false;
	return 0;
}
