/*
 * scatter.c - the first pass of a large shuffle: jobs, and the files they write.
 *
 * A file holds, in native byte order since it lives no longer than the run is being made:
 * a head; records, sorted by the order of training; an index of them.
 */
#include "mixer/mix/scatter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/io/bigfile.h"
#include "mixer/mix/scatterfile.h"

/* ---- jobs ---- */

static void
add_job(struct scatter_plan *p, size_t *cap, struct scatter_job job)
{
	if (p->n == *cap) {
		*cap = *cap ? 2 * *cap : 64;
		p->job = xrealloc(p->job, *cap, sizeof *p->job);
	}
	p->job[p->n++] = job;
}

/*
 * The jobs of one pass.  Of a pass that the run does not use up, a part of the samples
 * is drawn, spread evenly: a job may look at more of them then.
 */
static void
divide_pass(struct scatter_plan *p, size_t *cap, uint64_t bytes, struct scatter_job job)
{
	const struct lock *l = p->l;
	uint32_t width = l->vocab <= 65536 ? 2 : 4;
	uint64_t first = pass_first(l, job.source, job.cut, job.pass);
	uint64_t size = pass_first(l, job.source, job.cut, job.pass + 1) - first;
	uint64_t drawn = passes_total(p->passes, job.source, job.cut) - first, fit, step;

	if (drawn > size)
		drawn = size;
	fit =
	    bytes / samples_cost(&l->source[job.source], l->cut[job.cut], width, p->ids);
	step = (uint64_t)((double)(fit > 0 ? fit : 1) * (double)size / (double)drawn);
	for (job.first = 0; job.first < size; job.first += job.n) {
		job.n = size - job.first < step ? size - job.first : step;
		add_job(p, cap, job);
	}
}

void
scatter_divide(struct scatter_plan *p, uint64_t bytes)
{
	const struct lock *l = p->l;
	size_t cap = 0;

	p->job = NULL;
	p->n = 0;
	for (uint32_t c = 0; c < l->ncuts; c++)
		for (uint32_t s = 0; s < l->nsources; s++) {
			uint64_t total = passes_total(p->passes, s, c);
			struct scatter_job job = { .source = s, .cut = c };

			if (total == 0)
				continue;
			for (; job.pass <= pass_of(l, s, c, total - 1); job.pass++)
				divide_pass(p, &cap, bytes, job);
		}
}

void
scatter_plan_free(struct scatter_plan *p)
{
	free(p->job);
	p->job = NULL;
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

/* The samples of the job that the run draws: entries by the order of training, each with
 * its slot for an offset; and what to gather. */
static uint32_t
list_samples(const struct scatter_plan *p, const struct scatter_job *job,
    struct orders *o, struct scatter_entry **entries, struct wanted **wanted)
{
	uint64_t total = passes_total(p->passes, job->source, job->cut);
	struct spot at = { job->source, job->cut, job->pass, 0 };
	uint32_t n = 0, cap = 0;

	*entries = NULL;
	*wanted = NULL;
	for (uint64_t i = 0; i < job->n; i++) {
		uint64_t number;

		at.number = job->first + i;
		number = orders_number(o, &at);
		if (number >= total)
			continue;
		if (n == cap) {
			cap = cap ? 2 * cap : 1024;
			*entries = xrealloc(*entries, cap, sizeof **entries);
			*wanted = xrealloc(*wanted, cap, sizeof **wanted);
		}
		(*entries)[n] = (struct scatter_entry){ .number = number, .offset = n };
		(*wanted)[n] = (struct wanted){ at.number, n };
		n++;
	}
	if (n > 0)
		qsort(*entries, n, sizeof **entries, by_number);
	return n;
}

/* One sample: its head, its stretches, their texts; its tokens. */
static int
put_record(struct bigfile *f, const struct samples *v, uint32_t slot, uint64_t number,
    struct scatter_entry *e, struct buf *b, struct err *err)
{
	const struct slot *s = &v->slot[slot];
	struct scatter_record r = { .number = number, .slot = *s };
	struct span tokens = { (const char *)s->tokens, (size_t)s->fill * v->width };

	b->n = 0;
	buf_put(b, &r, sizeof r);
	for (uint32_t i = s->first; i != SAMPLES_NO_STRETCH; i = v->stretch[i].link) {
		buf_put(b, &v->stretch[i], sizeof v->stretch[i]);
		r.nstretches++;
	}
	for (uint32_t i = s->first; i != SAMPLES_NO_STRETCH; i = v->stretch[i].link) {
		const struct stretch *t = &v->stretch[i];
		size_t n = (size_t)t->id_bytes + t->url_bytes;

		buf_put(b, v->text.p + t->text, n);
		r.text_bytes += (uint32_t)n;
	}
	r.slot.tokens = NULL;
	memcpy(b->p, &r, sizeof r);
	*e = (struct scatter_entry){ .number = number,
		.offset = bigfile_bytes(f),
		.bytes = b->n + tokens.n,
		.sum = scatter_sum(buf_span(b), tokens) };
	return bigfile_put(f, b->p, b->n, err) < 0
		   ? -1
		   : bigfile_put(f, tokens.p, tokens.n, err);
}

static int
put_file(struct bigfile *f, const struct scatter_plan *p, const struct scatter_job *job,
    const struct samples *v, struct scatter_entry *entries, uint32_t n, struct err *err)
{
	struct scatter_head h = { .magic = SCATTER_MAGIC, .job = *job };
	struct scatter_tail t = { .magic = SCATTER_MAGIC, .entries = n };
	struct buf b = { 0 };
	int rc;

	memcpy(h.plan, p->plan, sizeof h.plan);
	rc = bigfile_put(f, &h, sizeof h, err);
	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = put_record(f, v, (uint32_t)entries[i].offset, entries[i].number,
		    &entries[i], &b, err);
	buf_free(&b);
	t.index = bigfile_bytes(f);
	if (rc == 0)
		rc = bigfile_put(f, entries, n * sizeof *entries, err);
	if (rc == 0)
		rc = bigfile_put(f, &t, sizeof t, err);
	return rc;
}

int
scatter_do(const struct scatter_plan *p, size_t i, struct gatherer *g, struct samples *v,
    struct err *err)
{
	const struct scatter_job *job = &p->job[i];
	uint32_t width = p->l->vocab <= 65536 ? 2 : 4, n;
	struct scatter_entry *entries;
	struct wanted *wanted;
	struct bigfile *f = NULL;
	struct buf name = { 0 };
	int rc = -1;

	n = list_samples(p, job, gatherer_orders(g), &entries, &wanted);
	samples_begin(v, p->l->cut[job->cut], width, n);
	if (gather(g, job->source, job->cut, job->pass, wanted, n, v, err) < 0)
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
	free(wanted);
	return rc;
}
