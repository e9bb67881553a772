/* scatter.c - the first pass of a two-pass shuffle: divides a run into jobs and runs
 * them.
 */
#include "mixer/mix/scatter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/io/bigfile.h"

/* ---- jobs ---- */

static void
add_job(struct scatter_plan *p, size_t *cap, struct scatter_job job)
{
	GROW(p->job, p->n, *cap);
	p->job[p->n++] = job;
}

/*
 * Divide one epoch part into jobs.  If the run uses only a fraction of the part, the
 * samples used are spread evenly over it, so a job may cover more samples than fit.
 */
static void
divide_part(struct scatter_plan *p, size_t *cap, uint64_t bytes, struct scatter_job job)
{
	const struct resolved *rp = p->rp;
	uint32_t width = tshard_width(rp->vocab);
	uint64_t first = epoch_part_first(rp, job.source, job.len_class, job.part);
	uint64_t size =
	    epoch_part_first(rp, job.source, job.len_class, job.part + 1) - first;
	uint64_t end = epoch_parts_total(p->parts, job.source, job.len_class),
		 begin = p->before[job.len_class * rp->nsources + job.source], fit, step;

	/* The samples of the part that are scattered. */
	begin = begin > first ? begin : first;
	end = end < first + size ? end : first + size;
	if (begin >= end)
		return;
	fit = bytes / samples_cost(&rp->source[job.source], rp->class_seq[job.len_class],
			  width, p->ids);
	step = (uint64_t)((double)(fit > 0 ? fit : 1) * (double)size /
			  (double)(end - begin));
	for (job.first = 0; job.first < size; job.first += job.n) {
		job.n = size - job.first < step ? size - job.first : step;
		add_job(p, cap, job);
	}
}

static void
count_before(struct scatter_plan *p)
{
	const struct resolved *rp = p->rp;

	free(p->before);
	p->before = xcalloc(xmul(rp->nclasses, rp->nsources), sizeof *p->before);
	for (uint32_t k = 0; k < rp->nphases; k++) {
		const struct resolved_phase *ph = &rp->phase[k];
		uint64_t end = k + 1 < rp->nphases ? ph[1].first_shard : rp->nshards;

		end = end < p->first_shard ? end : p->first_shard;
		for (uint32_t s = 0; s < rp->nsources && end > ph->first_shard; s++)
			p->before[ph->len_class * rp->nsources + s] +=
			    rp->at[end * rp->nsources + s] -
			    rp->at[ph->first_shard * rp->nsources + s];
	}
}

void
scatter_divide(struct scatter_plan *p, uint64_t bytes)
{
	const struct resolved *rp = p->rp;
	size_t cap = 0;

	p->job = NULL;
	p->n = 0;
	count_before(p);
	for (uint32_t c = 0; c < rp->nclasses; c++)
		for (uint32_t s = 0; s < rp->nsources; s++) {
			uint64_t total = epoch_parts_total(p->parts, s, c);
			struct scatter_job job = { .source = s, .len_class = c };

			if (total == 0)
				continue;
			for (; job.part <= epoch_part_of(rp, s, c, total - 1); job.part++)
				divide_part(p, &cap, bytes, job);
		}
}

void
scatter_plan_free(struct scatter_plan *p)
{
	free(p->job);
	free(p->before);
	p->job = NULL;
	p->before = NULL;
	p->n = 0;
}

void
scatter_name(const struct scatter_plan *p, size_t i, struct buf *b)
{
	b->n = 0;
	buf_putf(b, "%s/job-%05zu", p->dir, i);
	buf_putc(b, '\0');
}

/* ---- files ---- */

static int
by_number(const void *a, const void *b)
{
	const struct scatter_entry *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/*
 * List the samples of the job that the run uses, in training order.  The offset of an
 * entry is the slot of its sample for now.
 */
static uint32_t
list_samples(const struct scatter_plan *p, const struct scatter_job *job,
    struct sample_order *o, struct scatter_entry **entries,
    struct sample_request **request)
{
	uint64_t total = epoch_parts_total(p->parts, job->source, job->len_class);
	uint64_t begin = p->before[job->len_class * p->rp->nsources + job->source];
	struct sample_pos at = { job->source, job->len_class, job->part, 0 };
	uint32_t n = 0, cap = 0;

	*entries = NULL;
	*request = NULL;
	for (uint64_t i = 0; i < job->n; i++) {
		uint64_t number;

		at.index = job->first + i;
		number = sample_order_number(o, &at);
		if (number < begin || number >= total)
			continue;
		if (n == cap) {
			cap = cap ? 2 * cap : 1024;
			*entries = xrealloc(*entries, cap, sizeof **entries);
			*request = xrealloc(*request, cap, sizeof **request);
		}
		(*entries)[n] = (struct scatter_entry){ .number = number, .offset = n };
		(*request)[n] = (struct sample_request){ at.index, n };
		n++;
	}
	if (n > 0)
		qsort(*entries, n, sizeof **entries, by_number);
	return n;
}

/* Write the sample in `slot` as a record and complete *e. */
static int
put_record(struct bigfile *f, const struct samples *v, uint32_t slot,
    struct scatter_entry *e, struct buf *front, struct err *err)
{
	struct span tokens;

	e->offset = bigfile_bytes(f);
	scatterfile_put_record(v, slot, front, &tokens, e);
	return bigfile_put(f, front->p, front->n, err) < 0
		   ? -1
		   : bigfile_put(f, tokens.p, tokens.n, err);
}

static int
put_records(struct bigfile *f, const struct samples *v, struct scatter_entry *entries,
    uint32_t n, struct err *err)
{
	struct buf front = { 0 };
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = put_record(
		    f, v, (uint32_t)entries[i].offset, &entries[i], &front, err);
	buf_free(&front);
	return rc;
}

static int
put_file(struct bigfile *f, const struct scatter_plan *p, const struct scatter_job *job,
    const struct samples *v, struct scatter_entry *entries, uint32_t n, struct err *err)
{
	struct scatter_header h = { .version = SCATTER_VERSION, .job = *job };
	struct scatter_tail t = { .entries = n };
	unsigned char raw[SCATTER_HEADER];

	memcpy(h.plan, p->plan, sizeof h.plan);
	scatterfile_put_header(&h, raw);
	if (bigfile_put(f, raw, SCATTER_HEADER, err) < 0 ||
	    put_records(f, v, entries, n, err) < 0)
		return -1;
	t.index = bigfile_bytes(f);
	for (uint32_t i = 0; i < n; i++) {
		scatterfile_put_entry(&entries[i], raw);
		if (bigfile_put(f, raw, SCATTER_ENTRY, err) < 0)
			return -1;
	}
	scatterfile_put_tail(&t, raw);
	return bigfile_put(f, raw, SCATTER_TAIL, err);
}

int
scatter_do(const struct scatter_plan *p, size_t i, struct gatherer *g, struct samples *v,
    struct err *err)
{
	const struct scatter_job *job = &p->job[i];
	uint32_t width = tshard_width(p->rp->vocab), n;
	struct scatter_entry *entries;
	struct sample_request *request;
	struct bigfile *f = NULL;
	struct buf name = { 0 };
	int rc = -1;

	n = list_samples(p, job, gatherer_order(g), &entries, &request);
	samples_begin(v, p->rp->class_seq[job->len_class], width, n);
	if (gather(g, job->source, job->len_class, job->part, request, n, v, err) < 0)
		goto out;
	scatter_name(p, i, &name);
	f = bigfile_open(name.p, err);
	if (!f || put_file(f, p, job, v, entries, n, err) < 0)
		goto out;
	rc = bigfile_commit(f, err);
	f = NULL;
out:
	bigfile_abort(f);
	buf_free(&name);
	free(entries);
	free(request);
	return rc;
}
