/* check_blend.c - the command check-blend: checks that a run matches its blend plan. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "lib/io/stream.h"
#include "mixer/check/check_blend.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/holdout.h"
#include "shards/shard_inputs.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard_err.h"

enum {
	SHOW_EVERY = 4096, /* samples between two checks for progress */
	MAX_LOCK_BYTES = 1 << 30,
};

#define UNSET UINT64_MAX

struct blend_conf {
	uint64_t at, batch;
	const char *phase, *svg;
	bool json;
};

static const struct blend_conf defaults = { .at = UNSET, .batch = UNSET };

static const struct opt opts[] = {
	OPT_U64(0, "at", struct blend_conf, at, "check only the first N samples"),
	OPT_STR(0, "phase", struct blend_conf, phase, "NAME", "check only this phase"),
	OPT_U64(0, "batch", struct blend_conf, batch, "show training step N, from 0"),
	OPT_BOOL(0, "json", struct blend_conf, json, "print one JSON object"),
	OPT_STR(0, "svg", struct blend_conf, svg, "FILE",
	    "draw the shares of the groups over the run"),
	OPT_END,
};

/* The state while a run is read. */
struct blend_reader {
	struct blend_check *v;
	struct tshard_run *run;
	unsigned char plan[32]; /* SHA-256 of plan.lock */
	uint64_t *rows;		/* documents of each source */
	struct progress progress;
	struct err *err;
	/* The current shard. */
	struct tshard *s;
	const struct tshard_header *h;
	uint64_t *ordinal; /* row in the source of each row of DOC */
};

/* ---- one shard ---- */

/* Check that the open shard is shard i of the plan, and the checksums of what is read. */
static int
check_shard(struct blend_reader *r, size_t i)
{
	const struct tshard_header *h = r->h;
	const struct resolved *rp = r->v->rp;
	struct tshard_error e = { 0 };

	if (h->kind != resolved_kind(rp) ||
	    memcmp(h->plan, r->plan, sizeof r->plan) != 0 ||
	    h->n_sources != rp->nsources ||
	    h->first_sample != resolved_shard_first(rp, i) ||
	    h->samples != resolved_shard_samples(rp, i) ||
	    h->seq_len != resolved_phase_of(rp, i)->seq)
		return err_set(r->err, EXIT_DATA,
		    "%s: does not match %s/plan.lock: run 'tamis verify'",
		    tshard_prefix(r->s), r->v->dir);
	return tshard_check(r->s, "SEGIDX SEG DOC", &e) < 0 ? err_tshard(r->err, &e) : 0;
}

static int
bad_segment(struct blend_reader *r, uint64_t sample)
{
	return err_set(r->err, EXIT_DATA,
	    "%s: a segment of sample %" PRIu64
	    " refers to a missing source or document: remove the shard and run 'tamis "
	    "mix --resume'",
	    tshard_prefix(r->s), sample);
}

/* Check that a document of the run is one that its source uses. */
static int
check_held(struct blend_reader *r, const struct tshard_doc *d)
{
	const struct resolved *rp = r->v->rp;
	const struct resolved_source *s;

	if (d->source >= rp->nsources)
		return 0; /* its segments are reported */
	s = &rp->source[d->source];
	if (s->hold == 0 || held_out(s->hold, d->id_hash) == s->only_held)
		return 0;
	return err_set(r->err, EXIT_DATA,
	    "%s: document %" PRIu64 " of source '%s' is %s in plan.lock, but occurs: "
	    "remove the shard and run 'tamis mix --resume'",
	    tshard_prefix(r->s), d->ordinal, s->name,
	    s->only_held ? "not held out" : "held out");
}

static int
load_ordinals(struct blend_reader *r)
{
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_doc d;
	int more = -1, rc = 0;

	r->ordinal = xcalloc((size_t)r->h->docs + 1, sizeof *r->ordinal);
	if (tshard_doc_iter_open(&it, r->s, 0, r->h->docs, &e) == 0)
		for (uint64_t row = 0;
		     rc == 0 && (more = tshard_doc_iter_next(it, &d, &e)) > 0; row++) {
			r->ordinal[row] = d.ordinal;
			rc = check_held(r, &d);
		}
	tshard_doc_iter_close(it);
	return more < 0 ? err_tshard(r->err, &e) : rc;
}

static int
count_sample(struct blend_reader *r, const struct tshard_sample *sample)
{
	struct blend_check *v = r->v;
	uint32_t s = sample->segs->source, pad = 0;

	for (uint32_t i = 0; i < sample->n_segs; i++) {
		const struct tshard_seg *g = &sample->segs[i];
		struct occurrence at = { .sample = sample->number, .source = s };

		if (g->flags & TSHARD_SEG_PAD) {
			pad += g[1].start - g->start;
			continue;
		}
		if (r->ordinal[g->row] >= r->rows[s])
			return bad_segment(r, sample->number);
		at.row = r->ordinal[g->row];
		at.epoch = g->epoch;
		at.shard = r->h->shard_no;
		at.shard_row = g->row;
		repeat_distance_add(&v->repeats, &at);
		if (i == 0)
			shuffle_test_add(&v->shuffle, s, at.epoch, at.row, r->rows[s]);
	}
	share_error_add(&v->shares, s, r->h->seq_len - pad);
	v->curve[(sample->number - v->first) / v->step * v->rp->ngroups +
		 v->rp->source[s].group] += r->h->seq_len - pad;
	return 0;
}

static void
show_progress(struct blend_reader *r, uint64_t sample)
{
	struct blend_check *v = r->v;
	double seconds;

	if (!progress_due(&r->progress))
		return;
	seconds = progress_seconds(&r->progress);
	progress_line(&r->progress,
	    "check-blend: sample %" PRIu64 " of %" PRIu64 "  %.1f M samples/s", sample,
	    v->end, seconds > 0 ? (double)(sample - v->first) / seconds / 1e6 : 0.0);
}

/* Count samples [first, end) of the shard. */
static int
read_samples(struct blend_reader *r, uint64_t first, uint64_t end)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1;

	if (tshard_sample_iter_open(&it, r->s, first, end - first, &e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0) {
			if (sample.number % SHOW_EVERY == 0)
				show_progress(r, sample.number);
			if (count_sample(r, &sample) < 0)
				break;
		}
	tshard_sample_iter_close(it);
	if (more < 0)
		return err_tshard(r->err, &e);
	return more == 0 ? 0 : -1;
}

/* Count the samples of shard i that are in the range. */
static int
read_shard(struct blend_reader *r, size_t i)
{
	uint64_t first = resolved_shard_first(r->v->rp, i),
		 end = resolved_shard_first(r->v->rp, i + 1);
	struct tshard_error e = { 0 };
	int rc;

	if (end <= r->v->first || first >= r->v->end)
		return 0;
	if (tshard_run_shard(r->run, i, 0, &r->s, &e) < 0)
		return err_tshard(r->err, &e);
	r->h = tshard_header(r->s);
	rc = check_shard(r, i);
	if (rc == 0)
		rc = load_ordinals(r);
	if (rc == 0)
		rc = read_samples(r, r->v->first > first ? r->v->first - first : 0,
		    (r->v->end < end ? r->v->end : end) - first);
	tshard_close(r->s);
	free(r->ordinal);
	r->s = NULL;
	r->ordinal = NULL;
	return rc;
}

/* ---- the run ---- */

/* Look up the ids of the documents with the shortest distances. */
static int
find_ids(struct blend_reader *r, const struct repeat_stats *of, char ***ids)
{
	uint32_t n = r->v->rp->nsources;
	struct tshard_error e = { 0 };
	int rc = 0;

	*ids = xcalloc(n + (size_t)1, sizeof **ids);
	for (uint32_t s = 0; rc == 0 && s < n; s++) {
		struct tshard *shard;
		char *url;

		if (of[s].distance.total == 0)
			continue;
		if (tshard_run_shard(r->run, (size_t)of[s].nearest.shard, 0, &shard, &e) <
		    0)
			return err_tshard(r->err, &e);
		if (tshard_docid(shard, of[s].nearest.shard_row, &(*ids)[s], &url, &e) <
		    0)
			rc = err_tshard(r->err, &e);
		tshard_close(shard);
	}
	return rc;
}

/* Estimate the samples that an epoch of each source has in the range. */
static void
expected_samples(struct blend_reader *r, uint64_t *expected)
{
	const struct blend_check *v = r->v;
	const struct resolved *rp = v->rp;

	for (uint32_t s = 0; s < rp->nsources; s++)
		for (uint32_t k = 0; k < rp->nphases; k++) {
			const struct resolved_phase *ph = &rp->phase[k];
			uint64_t a = ph->first > v->first ? ph->first : v->first;
			uint64_t b = ph->first + ph->samples;
			uint64_t n,
			    epoch = resolved_epoch_tokens(&rp->source[s]) / ph->seq;

			b = b < v->end ? b : v->end;
			n = a < b ? muldiv(b - a, rp->source[s].weight[k], SHARE_ONE) : 0;
			n = n < epoch ? n : epoch;
			expected[s] = n > expected[s] ? n : expected[s];
		}
}

static int
read_run(struct blend_reader *r)
{
	struct blend_check *v = r->v;
	const struct resolved *rp = v->rp;
	uint64_t *expected = xcalloc(rp->nsources + (size_t)1, sizeof *expected);
	uint64_t documents = 0;
	int rc = 0;

	r->rows = xcalloc(rp->nsources + (size_t)1, sizeof *r->rows);
	for (uint32_t s = 0; s < rp->nsources; s++) {
		for (uint32_t i = 0; i < rp->source[s].ninputs; i++)
			r->rows[s] += rp->source[s].input[i].rows;
		documents += r->rows[s];
	}
	expected_samples(r, expected);
	share_error_init(&v->shares, rp, v->first, v->end);
	shuffle_test_init(&v->shuffle, rp->nsources, expected);
	repeat_distance_init(&v->repeats, rp->nsources, documents);
	free(expected);
	v->step = (v->end - v->first - 1) / BLEND_POINTS + 1;
	v->points = (v->end - v->first - 1) / v->step + 1;
	v->curve = xcalloc(xmul((size_t)v->points, rp->ngroups), sizeof *v->curve);
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r->run); i++)
		rc = read_shard(r, i);
	if (rc < 0)
		return rc;
	share_error_finish(&v->shares);
	shuffle_test_finish(&v->shuffle);
	v->as_planned = share_error_as_planned(&v->shares);
	rc = find_ids(r, v->repeats.copies, &v->copy_id);
	return rc < 0 ? rc : find_ids(r, v->repeats.fragments, &v->fragment_id);
}

static void
blend_check_free(struct blend_check *v)
{
	for (uint32_t s = 0; s < v->rp->nsources; s++) {
		if (v->copy_id)
			free(v->copy_id[s]);
		if (v->fragment_id)
			free(v->fragment_id[s]);
	}
	free(v->copy_id);
	free(v->fragment_id);
	free(v->curve);
	share_error_free(&v->shares);
	shuffle_test_free(&v->shuffle);
	repeat_distance_free(&v->repeats);
}

/* ---- options and output ---- */

static int
choose_phase(const struct blend_conf *conf, struct blend_check *v, struct err *err)
{
	for (uint32_t k = 0; k < v->rp->nphases; k++) {
		const struct resolved_phase *ph = &v->rp->phase[k];

		if (strcmp(ph->name, conf->phase) != 0)
			continue;
		v->first = ph->first;
		v->end = ph->first + ph->samples;
		return 0;
	}
	return err_set(err, EXIT_USAGE,
	    "unknown phase '%s': %s/plan.lock lists the phases", conf->phase, v->dir);
}

static int
choose(const struct blend_conf *conf, struct blend_check *v, struct train_batch *only,
    struct err *err)
{
	uint64_t all = v->rp->samples;

	v->end = all;
	if (conf->phase)
		return choose_phase(conf, v, err);
	if (conf->at != UNSET) {
		if (conf->at == 0 || conf->at > all)
			return err_set(err, EXIT_USAGE,
			    "--at %" PRIu64 " is out of range: use 1 to %" PRIu64,
			    conf->at, all);
		v->end = conf->at;
	}
	if (conf->batch == UNSET)
		return 0;
	*only = train_batch_at(v->rp, conf->batch);
	if (only->first >= all)
		return err_set(err, EXIT_USAGE,
		    "--batch %" PRIu64 " is out of range: the last batch is %" PRIu64,
		    conf->batch, train_batch_of(v->rp, all - 1).no);
	v->only = only;
	v->first = only->first;
	v->end = only->samples < all - only->first ? only->first + only->samples : all;
	return 0;
}

static int
put_svg(const char *path, const struct blend_check *v, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	blend_svg(v, &b);
	rc = file_put(path, buf_span(&b), 0666, err);
	buf_free(&b);
	return rc;
}

static int
print_result(const struct blend_conf *conf, const struct common *c,
    const struct blend_check *v, struct err *err)
{
	struct buf b = { 0 };
	int rc = conf->svg ? put_svg(conf->svg, v, err) : 0;

	if (rc == 0 && conf->json)
		blend_json(v, &b);
	else if (rc == 0 && !c->quiet)
		blend_table(v, &b);
	if (rc == 0 && b.n > 0 && fwrite(b.p, 1, b.n, stdout) != b.n)
		rc = err_errno(err, "cannot write standard output");
	buf_free(&b);
	return rc < 0 ? rc : v->as_planned ? 0 : EXIT_NO;
}

/* Explain why the run did not open: *e, or that it is partial. */
static int
not_open(const struct blend_reader *r, const struct resolved *rp, struct tshard_error *e)
{
	struct tshard_error why = { 0 };
	struct buf tsv = { 0 };
	char missing[256];
	uint32_t *no = NULL;
	int64_t lacks = -1;
	size_t n;

	buf_putf(&tsv, "%s/run.tsv", r->v->dir);
	buf_putc(&tsv, '\0');
	if (access(tsv.p, F_OK) < 0)
		lacks =
		    tshard_run_missing(r->v->dir, &no, &n, missing, sizeof missing, &why);
	if (lacks > 0)
		err_set(r->err, EXIT_DATA,
		    "%s: the run lacks %" PRId64 " of its %" PRIu64
		    " shards (%s) and run.tsv: run 'tamis mix --resume'",
		    r->v->dir, lacks, rp->nshards, missing);
	else if (lacks == 0)
		err_set(r->err, EXIT_DATA,
		    "%s: the run lacks run.tsv: run 'tamis mix --resume'", r->v->dir);
	else
		err_tshard(r->err, e);
	buf_free(&tsv);
	free(no);
	return -1;
}

/* Note the files of the run, so that --svg replaces none of them. */
static int
note_inputs(const struct blend_reader *r)
{
	struct buf path = { 0 };
	int rc;

	buf_putf(&path, "%s/run.tsv", r->v->dir);
	buf_putc(&path, '\0');
	rc = inputs_note_path(path.p, r->err);
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r->run); i++) {
		path.n = 0;
		buf_putf(&path, "%s/shard-%05zu", r->v->dir, i);
		buf_putc(&path, '\0');
		rc = shard_note_inputs(path.p, r->err);
	}
	buf_free(&path);
	return rc;
}

/* Load plan.lock of the run and open the run. */
static int
load(struct blend_reader *r, struct resolved *rp)
{
	struct buf path = { 0 }, text = { 0 };
	struct tshard_error e = { 0 };
	int rc;

	buf_putf(&path, "%s/plan.lock", r->v->dir);
	buf_putc(&path, '\0');
	rc = file_get(path.p, MAX_LOCK_BYTES, &text, r->err);
	if (rc == 0)
		rc = resolved_parse(buf_span(&text), path.p, rp, r->err);
	if (rc == 0 && tshard_run_open(&r->run, r->v->dir, &e) < 0)
		rc = not_open(r, rp, &e);
	if (rc == 0 && tshard_run_shards(r->run) != rp->nshards)
		rc = err_set(r->err, EXIT_DATA,
		    "%s: has %zu shards, its plan.lock states %" PRIu64
		    ": run 'tamis verify'",
		    r->v->dir, tshard_run_shards(r->run), rp->nshards);
	tshard_sha256(text.p, text.n, r->plan);
	buf_free(&path);
	buf_free(&text);
	return rc;
}

static int
run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct blend_conf *conf = self;
	struct resolved rp = { 0 };
	struct blend_check v = { .rp = &rp };
	struct blend_reader r = { .v = &v, .err = err };
	struct train_batch only;
	int rc;

	if (n != 1)
		return err_set(err, EXIT_USAGE,
		    "expected one run, got %d: run 'tamis check-blend DIR'", n);
	if ((conf->at != UNSET) + (conf->batch != UNSET) + (conf->phase != NULL) > 1)
		return err_set(err, EXIT_USAGE,
		    "--at, --phase and --batch exclude each other: keep one");
	v.dir = operand[0];
	progress_init(&r.progress, common_progress(c));
	rc = load(&r, &rp);
	if (rc == 0)
		rc = note_inputs(&r);
	if (rc == 0 && conf->svg)
		rc = inputs_check(conf->svg, err);
	if (rc == 0)
		rc = choose(conf, &v, &only, err);
	if (rc == 0)
		rc = read_run(&r);
	progress_clear(&r.progress);
	if (rc == 0)
		rc = print_result(conf, c, &v, err);
	tshard_run_close(r.run);
	free(r.rows);
	blend_check_free(&v);
	resolved_free(&rp);
	return rc;
}

const struct tool tool_check_blend = {
	.name = "check-blend",
	.summary = "check that a run matches its blend plan",
	.example = "tamis check-blend -q --svg blend.svg shards/",
	.operands = "RUN",
	.common = " progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = run,
};
