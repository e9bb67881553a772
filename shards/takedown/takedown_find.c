/* takedown_find.c - find the documents of a list in a run, and the tokens to mask. */
#include <stdlib.h>

#include "lib/driver/common.h"
#include "shards/takedown/takedown_job.h"
#include "shards/tshard_err.h"

/* ---- find the documents ---- */

static void
count_hit(void *ctx, size_t entry)
{
	((uint64_t *)ctx)[entry]++;
}

/* Note the documents of the list that the shard has, unless they were taken down before.
 */
static int
note_documents(struct takedown_job *j, struct takedown_task *k, const struct tshard *s,
    struct err *err)
{
	struct document_rows *rows = &j->fate[k->no].rows;

	for (uint64_t row = 0; row < tshard_header(s)->docs; row++) {
		struct document d;

		if (!document_rows_has(rows, (uint32_t)row))
			continue;
		if (document_get(s, row, &d, err) < 0)
			return -1;
		if (d.taken_down) {
			rows->bit[row / 8] &= (unsigned char)~(1 << row % 8);
			rows->n--;
		} else {
			GROW(k->gone, k->n_gone, k->gone_cap);
			k->gone[k->n_gone++] = (struct gone_doc){
				.ordinal = d.d.ordinal,
				.first = TSHARD_NONE,
				.source = d.d.source,
				.id = d.id,
			};
			d.id = NULL;
		}
		document_free(&d);
	}
	return 0;
}

/* Read the first tokens of the documents that begin in the shard. */
static int
read_first_tokens(struct takedown_task *k, const struct tshard *s,
    const struct document_rows *rows, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	uint32_t *first = xcalloc((size_t)h->docs + 1, sizeof *first);
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1;
	size_t n = 0;

	for (uint64_t row = 0; row < h->docs; row++)
		first[row] = TSHARD_NONE;
	if (tshard_sample_iter_open(&it, s, 0, h->samples, &e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0)
			for (uint32_t i = 0; i < sample.n_segs && more > 0; i++) {
				const struct tshard_seg *g = &sample.segs[i];
				uint64_t at =
				    (sample.number - h->first_sample) * h->seq_len +
				    g->start;

				if (is_masked(rows, g) && g->offset == 0 &&
				    first[g->row] == TSHARD_NONE &&
				    tshard_tokens(s, at, 1, &first[g->row], &e) < 0)
					more = -1;
			}
	tshard_sample_iter_close(it);
	for (uint64_t row = 0; row < h->docs && more == 0; row++)
		if (document_rows_has(rows, (uint32_t)row))
			k->gone[n++].first = first[row];
	free(first);
	return more < 0 ? err_tshard(err, &e) : 0;
}

static int
find_in_shard(struct takedown_job *j, struct takedown_task *k, const struct tshard *s,
    struct err *err)
{
	struct document_rows *rows = &j->fate[k->no].rows;
	int rc = documents_find(s, &j->list, count_hit, k->hits, rows, err);

	k->sources = tshard_header(s)->n_sources;
	if (rc == 0 && rows->n > 0)
		rc = note_documents(j, k, s, err);
	if (rc == 0 && rows->n > 0)
		rc = read_first_tokens(k, s, rows, err);
	if (rows->n == 0)
		document_rows_free(rows);
	return rc;
}

static int
found_in_shard(struct takedown_job *j, struct takedown_task *k, struct err *err)
{
	for (size_t i = 0; i < j->list.n; i++)
		j->hits[i] += k->hits[i];
	gone_docs_add(&j->gone, k->gone, k->n_gone, k->sources);
	k->n_gone = 0;
	return 0;
}

/* ---- find the samples that end before one of them ---- */

static int
scan_shard(struct takedown_job *j, struct takedown_task *k, const struct tshard *s,
    struct err *err)
{
	struct next_scan **scan = &j->scan[k->thread];

	if (!*scan)
		*scan = next_scan_new(&j->gone);
	return next_scan_shard(*scan, s, err);
}

static void
share_lost(struct takedown_job *j)
{
	size_t n = tshard_run_shards(j->run), at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct tshard_run_line *line = tshard_run_at(j->run, i);
		struct shard_fate *f = &j->fate[i];

		f->next = j->lost.n > 0 ? &j->lost.v[at] : NULL;
		while (at < j->lost.n &&
		       j->lost.v[at].sample < line->first_sample + line->samples) {
			f->n_next++;
			at++;
		}
		j->shards += f->rows.n > 0 || f->n_next > 0;
	}
}

int
takedown_find(struct takedown_job *j)
{
	struct next_scan *all;
	int rc;

	j->hits = xcalloc(j->list.n + 1, sizeof *j->hits);
	j->fate = xcalloc(tshard_run_shards(j->run) + 1, sizeof *j->fate);
	j->scan = xcalloc((size_t)j->threads + 1, sizeof(struct next_scan *));
	if (takedown_pass_run((struct takedown_pass){
		.j = j, .work = find_in_shard, .done = found_in_shard }) < 0)
		return -1;
	gone_docs_sort(&j->gone);
	if (j->gone.n == 0)
		return 0;
	rc = takedown_pass_run((struct takedown_pass){ .j = j, .work = scan_shard });
	all = next_scan_new(&j->gone);
	for (int i = 0; i < j->threads; i++)
		if (j->scan[i])
			next_scan_merge(all, j->scan[i]);
	next_scan_end(all, &j->lost);
	if (rc == 0)
		share_lost(j);
	return rc;
}

int
takedown_missing(const struct takedown_job *j)
{
	size_t missing = 0;

	for (size_t i = 0; i < j->list.n; i++) {
		if (j->hits[i] > 0 || doc_list_covers(&j->before, &j->list.v[i]))
			continue;
		missing++;
		msg("%s: no token of a document with %s '%s'", j->dir,
		    doc_name_words[j->list.v[i].kind], j->list.v[i].value);
	}
	if (missing == j->list.n || (missing > 0 && !j->t->allow_missing))
		return EXIT_NO;
	return 0;
}
