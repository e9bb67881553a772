/* mask_shard.c - write a shard again with the tokens of some documents masked. */
#include "shards/takedown/mask_shard.h"

#include <stdlib.h>

#include "lib/io/publish.h"
#include "lib/text/json.h"
#include "lib/text/json_writer.h"
#include "shards/json_elements.h"
#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

struct mask_job {
	const struct masking *m;
	const struct tshard *s;
	struct tshard_writer *w;
	struct mask_counts *counts;
	size_t next; /* of m->next */
};

bool
is_masked(const struct document_rows *rows, const struct tshard_seg *g)
{
	return rows->n > 0 && !(g->flags & TSHARD_SEG_PAD) &&
	       document_rows_has(rows, g->row);
}

/* ---- META ---- */

static void
put_record(struct json_writer *w, const struct mask_job *j)
{
	char hex[33];

	hash128_hex(j->m->tombstones, hex);
	jw_object(w);
	jw_u64(jw_key(w, "documents"), j->m->rows->n);
	jw_u64(jw_key(w, "next"), j->m->n_next);
	jw_u64(jw_key(w, "samples"), j->counts->samples);
	jw_u64(jw_key(w, "tokens"), j->counts->tokens);
	jw_text(jw_key(w, "tombstones"), hex);
	jw_end(w);
}

/* The array "takedown": the records that it has, and a new one. */
static void
put_records(struct json_writer *w, const struct mask_job *j, struct span before)
{
	struct span one;

	jw_array(jw_key(w, "takedown"));
	while (before.n > 0 && *before.p != '{' && json_element(&before, &one))
		jw_raw(w, one);
	put_record(w, j);
	jw_end(w);
}

static bool
comes_after(struct span a, struct span b)
{
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order != 0 ? order > 0 : a.n > b.n;
}

/* META with the record; fields are sorted by name. */
static int
put_meta(struct mask_job *j, struct err *err)
{
	const struct span name = SPAN("takedown");
	struct tshard_error e = { 0 };
	struct json_fields f = { 0 };
	struct json_error bad;
	struct arena mem = { 0 };
	struct buf out = { 0 };
	struct json_writer w = { .out = &out };
	char *meta = NULL;
	bool done = false;
	size_t n;
	int rc = -1;

	if (tshard_meta(j->s, &meta, &n, &e) < 0) {
		err_tshard(err, &e);
		goto out;
	}
	if (n > 0 && json_scan((struct span){ meta, n }, &f, &mem, &bad) < 0) {
		err_set(err, EXIT_DATA, "%s.sdx: META is not JSON: run 'tamis verify'",
		    tshard_prefix(j->s));
		goto out;
	}
	jw_object(&w);
	for (size_t i = 0; i < f.n; i++) {
		const struct json_field *v = &f.v[i];
		bool same = span_eq(v->key, name);

		if (!done && (same || comes_after(v->key, name))) {
			put_records(&w, j, same ? v->value : (struct span){ "", 0 });
			done = true;
		}
		if (!same)
			jw_raw(jw_any_key(&w, v->key), v->value);
	}
	if (!done)
		put_records(&w, j, (struct span){ "", 0 });
	jw_end(&w);
	rc = tshard_writer_meta(j->w, out.p, out.n, &e) < 0 ? err_tshard(err, &e) : 0;
out:
	free(meta);
	free(f.v);
	arena_free(&mem);
	buf_free(&out);
	return rc;
}

/* ---- rows ---- */

/* DOC stays as it is, and so does DOCID of other documents. */
static int
copy_rows(struct mask_job *j, struct tshard_error *e)
{
	for (uint64_t row = 0; row < tshard_header(j->s)->docs; row++) {
		struct tshard_doc d;
		char *id, *url;
		uint32_t to;
		int rc;

		if (tshard_docs(j->s, row, 1, &d, e) < 0 ||
		    tshard_docid(j->s, row, &id, &url, e) < 0)
			return -1;
		/* An id that an earlier takedown removed must not be hashed again. */
		if ((j->m->rows->n > 0 && document_rows_has(j->m->rows, (uint32_t)row)) ||
		    document_taken_down(&d, id, url)) {
			free(id);
			id = url = NULL;
		}
		rc = tshard_writer_add_doc(j->w, &d, id, id ? strlen(id) : 0, url,
		    url ? strlen(url) : 0, &to, e);
		free(id);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* ---- samples ---- */

/* The ids of a masked segment: only an end-of-document token stays. */
static void
mask(const struct tshard_header *h, const struct tshard_seg *g, uint32_t *ids)
{
	uint32_t end = g[1].start;

	if (g->flags & TSHARD_SEG_ENDS && h->eod != TSHARD_NONE)
		end--;
	for (uint32_t i = g->start; i < end; i++)
		ids[i] = h->pad;
}

/* What follows the sample, unless that is a token of a masked document. */
static uint32_t
next_of(struct mask_job *j, const struct tshard_sample *sample)
{
	const struct tshard_seg *last = &sample->segs[sample->n_segs - 1];
	const struct masking *m = j->m;

	if (j->next < m->n_next && m->next[j->next].sample == sample->number) {
		j->next++;
		return TSHARD_NONE;
	}
	return is_masked(m->rows, last) && !(last->flags & TSHARD_SEG_ENDS)
		   ? TSHARD_NONE
		   : sample->next;
}

/* Padding, which in conversations may be inside a sample. */
static int
put_pad(
    struct mask_job *j, const struct tshard_seg *g, uint32_t n, struct tshard_error *e)
{
	return tshard_header(j->s)->kind == TSHARD_SAMPLES
		   ? tshard_writer_pad(j->w, g->source, g->epoch, e)
		   : tshard_writer_gap(j->w, g->source, g->epoch, n, e);
}

/* The targets of a segment, where the shard has MASK; a masked one has none. */
static int
put_targets(struct mask_job *j, uint64_t sample, uint32_t start, uint32_t n,
    struct tshard_error *e)
{
	const struct tshard_header *h = tshard_header(j->s);
	uint64_t first = (sample - h->first_sample) * h->seq_len + start;
	uint8_t *is;
	int rc = -1;

	if (h->kind != TSHARD_SFT)
		return 0;
	is = xmalloc(n);
	if (tshard_mask(j->s, first, n, is, e) == 0)
		rc = tshard_writer_mask(j->w, is, n, e);
	free(is);
	return rc;
}

static int
write_sample(struct mask_job *j, const struct tshard_sample *sample, uint32_t *ids,
    struct tshard_error *e)
{
	uint64_t before = j->counts->tokens;

	for (uint32_t i = 0; i < sample->n_segs; i++) {
		struct tshard_seg g = sample->segs[i];
		uint32_t n = sample->segs[i + 1].start - g.start;
		const uint32_t *from = ids + g.start;

		if (g.flags & TSHARD_SEG_PAD) {
			if (put_pad(j, &g, n, e) < 0)
				return -1;
			continue;
		}
		if (is_masked(j->m->rows, &g)) {
			mask(tshard_header(j->s), &sample->segs[i], ids);
			g.flags |= TSHARD_SEG_NO_LOSS;
			j->counts->tokens += n;
		}
		if (tshard_writer_segment(j->w, &g, e) < 0 ||
		    tshard_writer_put(j->w, from, n, e) < 0 ||
		    (!(g.flags & TSHARD_SEG_NO_LOSS) &&
			put_targets(j, sample->number, g.start, n, e) < 0))
			return -1;
	}
	j->counts->samples += j->counts->tokens > before;
	return tshard_writer_end_sample(j->w, next_of(j, sample), e);
}

static int
write_samples(struct mask_job *j, struct tshard_error *e)
{
	const struct tshard_header *h = tshard_header(j->s);
	uint32_t *ids = xmalloc(xmul(h->seq_len, sizeof *ids));
	struct tshard_sample_iter *it = NULL;
	struct tshard_sample sample;
	int more = -1;

	if (tshard_writer_sources(j->w, tshard_sources(j->s), h->n_sources, e) == 0 &&
	    copy_rows(j, e) == 0 &&
	    tshard_sample_iter_open(&it, j->s, 0, h->samples, e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, ids, e)) > 0)
			if (write_sample(j, &sample, ids, e) < 0) {
				more = -1;
				break;
			}
	tshard_sample_iter_close(it);
	free(ids);
	return more;
}

/* ---- together ---- */

static struct tshard_facts
facts_of(const struct tshard *s)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_facts facts = { .kind = h->kind,
		.vocab = h->vocab,
		.seq_len = h->seq_len,
		.eod = h->eod,
		.pad = h->pad,
		.bos = h->bos,
		.first_sample = h->first_sample,
		.run_samples = h->run_samples,
		.shard_no = h->shard_no,
		.shard_count = h->shard_count,
		.seed = h->seed,
		.ids = tshard_section(s, "DOCID") != NULL,
		.temporary = temporary_note };

	memcpy(facts.tokenizer, h->tokenizer, sizeof facts.tokenizer);
	memcpy(facts.plan, h->plan, sizeof facts.plan);
	memcpy(facts.run_id, h->run_id, sizeof facts.run_id);
	return facts;
}

int
mask_shard(const struct tshard *s, const struct masking *m, const char *to,
    struct mask_counts *counts, struct err *err)
{
	const struct tshard_facts facts = facts_of(s);
	struct mask_job j = { .m = m, .s = s, .counts = counts };
	struct tshard_error e = { 0 };
	struct tshard_align align;

	tshard_align_of(s, &align);
	if (align.pairs || align.n_labels > 0)
		return err_set(err, EXIT_DATA,
		    "%s: has pairs or labels, which cannot be masked: mix the run "
		    "without "
		    "the documents",
		    tshard_prefix(s));
	if (facts.pad == TSHARD_NONE)
		return err_set(err, EXIT_DATA,
		    "%s: has no pad token to mask with: mix the run without the "
		    "documents",
		    tshard_prefix(s));
	if (tshard_check(s, "SEGIDX SEG NEXT MASK? DOC DOCID? SRC META", &e) < 0 ||
	    tshard_writer_open(&j.w, to, &facts, &e) < 0 ||
	    tshard_writer_align(j.w, &align, &e) < 0) {
		tshard_writer_abort(j.w);
		return err_tshard(err, &e);
	}
	if (write_samples(&j, &e) < 0)
		err_tshard(err, &e);
	else if (put_meta(&j, err) == 0)
		return tshard_writer_commit(j.w, NULL, &e) < 0 ? err_tshard(err, &e) : 0;
	tshard_writer_abort(j.w);
	return -1;
}
