/* cat.c - print samples or documents of a shard or run, with their origin. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/driver/common.h"
#include "shards/cat/cat_print.h"
#include "shards/tshard_err.h"

#define UNSET UINT64_MAX

static const struct cat defaults = {
	.number = UNSET, .step = UNSET, .dp = 1, .rank = UNSET
};

static const struct opt opts[] = {
	OPT_U64('n', "number", struct cat, number, "sample or document to print"),
	OPT_BOOL(0, "all", struct cat, all, "print all samples or documents"),
	OPT_BOOL(0, "docs", struct cat, docs,
	    "print by document: the segments that a shard has of each"),
	OPT_U64(0, "step", struct cat, step, "training step to print, from 0"),
	OPT_U64(0, "global-batch", struct cat, global_batch, "samples of a step"),
	OPT_U64(0, "dp", struct cat, dp, "number of data-parallel ranks"),
	OPT_U64(0, "rank", struct cat, rank,
	    "rank whose samples of the step to print; default: all"),
	OPT_U64(0, "micro-batch", struct cat, micro_batch,
	    "samples of a micro-batch; default: a rank's whole share of a step"),
	OPT_STR(
	    'm', "model", struct cat, model, "FILE", "decode to text with this model"),
	OPT_BOOL(0, "ids", struct cat, ids, "print token ids, also with -m"),
	OPT_BOOL(0, "pieces", struct cat, pieces, "print pieces of the model, not text"),
	OPT_BOOL(0, "plain", struct cat, plain, "no headers"),
	OPT_ENUM(0, "color", struct cat, color, "auto|always|never",
	    "color segments; default: on a terminal, unless NO_COLOR is set"),
	OPT_END,
};

/* Whether to color segments: see no-color.org. */
static bool
wants_color(const struct cat *t)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (t->color != COLOR_AUTO)
		return t->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* Whether the shard is printed by document. */
static bool
by_document(const struct cat_printer *p)
{
	return p->t->docs || tshard_header(p->s)->kind == TSHARD_DOCS;
}

/* Print sample or document `local` of the shard, or all of them. */
static int
put_shard(struct cat_printer *p, uint64_t local, bool all, struct err *err)
{
	const struct tshard_header *h = tshard_header(p->s);
	bool docs = by_document(p);
	uint64_t count = docs ? h->docs : h->samples;
	int rc = shard_model_check(&p->model, p->s, err);

	if (rc < 0)
		return rc;
	if (!all && local >= count)
		return err_set(err, EXIT_DATA,
		    "%s: %s %" PRIu64 " does not exist: the shard has %" PRIu64
		    ", from %" PRIu64 " on",
		    tshard_prefix(p->s), docs ? "document" : "sample",
		    local + (docs ? 0 : h->first_sample), count,
		    docs ? 0 : h->first_sample);
	if (all)
		local = 0;
	else
		count = 1;
	if (!docs)
		return cat_samples(p, local, count, err);
	if (h->kind != TSHARD_DOCS)
		return cat_rows(p, local, count, err);
	for (uint64_t i = 0; rc == 0 && i < count; i++)
		rc = cat_document(p, local + i, err);
	return rc;
}

/* Tokens are checked as they are read; their origin by whole sections. */
static int
check_rows(struct cat_printer *p, struct err *err)
{
	struct tshard_error e = { 0 };

	if (tshard_check(p->s,
		"SEGIDX? SEG? NEXT? DOC DOCID? DOCNUM? DOCFLAG? SRC MASK? PAIR? LABEL?",
		&e) == 0)
		return 0;
	tshard_close(p->s);
	p->s = NULL;
	return err_tshard(err, &e);
}

static int
cat_shard(struct cat_printer *p, const char *path, struct err *err)
{
	uint64_t local = p->t->number, first;
	struct tshard_error e = { 0 };
	int rc;

	if (tshard_open(&p->s, path, TSHARD_CHECK, &e) < 0)
		return err_tshard(err, &e);
	if (check_rows(p, err) < 0)
		return -1;
	first = tshard_header(p->s)->first_sample;
	if (by_document(p))
		first = 0;
	/* A number below the first one wraps around to a number that is too large. */
	local = local == UNSET ? 0 : local - first;
	rc = put_shard(p, local, p->t->all, err);
	tshard_close(p->s);
	p->s = NULL;
	return rc;
}

/* Samples [first, first + n) of the run, which exist. */
static int
put_range(struct cat_printer *p, const struct tshard_run *r, uint64_t first, uint64_t n,
    struct err *err)
{
	struct tshard_error e = { 0 };
	uint64_t local, count;
	size_t i;
	int rc = 0;

	for (; n > 0 && rc == 0; first += count, n -= count) {
		if (tshard_run_find(r, first, &i, &local) < 0)
			return err_set(err, EXIT_DATA,
			    "sample %" PRIu64 " does not exist: run 'tamis verify' on "
			    "the run",
			    first);
		count = tshard_run_at(r, i)->samples - local;
		if (count > n)
			count = n;
		if (tshard_run_shard(r, i, TSHARD_CHECK, &p->s, &e) < 0)
			return err_tshard(err, &e);
		if (check_rows(p, err) < 0)
			return -1;
		rc = shard_model_check(&p->model, p->s, err);
		if (rc == 0)
			rc = cat_samples(p, local, count, err);
		tshard_close(p->s);
		p->s = NULL;
	}
	return rc;
}

/* The documents of the run's shards, counted through them, or document number t->number.
 */
static int
put_docs(
    struct cat_printer *p, const struct tshard_run *r, const char *path, struct err *err)
{
	const struct cat *t = p->t;
	uint64_t wanted = t->number == UNSET ? 0 : t->number, before = 0;
	struct tshard_error e = { 0 };
	int rc = 0;

	for (size_t i = 0; i < tshard_run_shards(r) && rc == 0; i++) {
		uint64_t n;
		bool here;

		if (tshard_run_shard(r, i, TSHARD_CHECK, &p->s, &e) < 0)
			return err_tshard(err, &e);
		n = tshard_header(p->s)->docs;
		here = t->all || wanted - before < n;
		if (here && (rc = check_rows(p, err)) == 0)
			rc = put_shard(p, wanted - before, t->all, err);
		tshard_close(p->s);
		p->s = NULL;
		if (!t->all && wanted - before < n)
			return rc;
		before += n;
	}
	if (rc < 0 || t->all)
		return rc;
	return err_set(err, EXIT_DATA,
	    "%s: document %" PRIu64 " does not exist: the shards have %" PRIu64
	    ", from 0 on",
	    path, wanted, before);
}

/* The samples of the step, or of a rank in it, as Megatron-LM divides them. */
static int
put_step(struct cat_printer *p, const struct tshard_run *r, struct err *err)
{
	const struct cat *t = p->t;
	uint64_t micro = t->micro_batch > 0 ? t->micro_batch : t->global_batch / t->dp;
	uint64_t at = t->step * t->global_batch, end = at + t->global_batch;
	int rc = 0;

	if (t->rank == UNSET)
		return put_range(p, r, at, t->global_batch, err);
	for (at += t->rank * micro; at < end && rc == 0; at += micro * t->dp)
		rc = put_range(p, r, at, micro, err);
	return rc;
}

static int
no_sample(const struct cat_printer *p, const struct tshard_run *r, const char *path,
    struct err *err)
{
	if (p->t->step == UNSET)
		return err_set(err, EXIT_DATA,
		    "%s: sample %" PRIu64 " does not exist: the run has %" PRIu64
		    " samples",
		    path, p->t->number, tshard_run_samples(r));
	return err_set(err, EXIT_DATA,
	    "%s: step %" PRIu64 " does not exist: the run has %" PRIu64 " of %" PRIu64
	    " samples each",
	    path, p->t->step, tshard_run_samples(r) / p->t->global_batch,
	    p->t->global_batch);
}

static int
cat_run(struct cat_printer *p, const char *path, struct err *err)
{
	const struct cat *t = p->t;
	struct tshard_error e = { 0 };
	struct tshard_run *r;
	uint64_t n;
	int rc;

	if (tshard_run_open(&r, path, &e) < 0)
		return err_tshard(err, &e);
	n = tshard_run_samples(r);
	if (t->docs)
		rc = put_docs(p, r, path, err);
	else if (t->step != UNSET)
		rc = t->step < n / t->global_batch ? put_step(p, r, err)
						   : no_sample(p, r, path, err);
	else if (t->all)
		rc = put_range(p, r, 0, n, err);
	else if (t->number != UNSET && t->number >= n)
		rc = no_sample(p, r, path, err);
	else
		rc = put_range(p, r, t->number == UNSET ? 0 : t->number, 1, err);
	tshard_run_close(r);
	return rc;
}

static int
check_step(const struct cat *t, struct err *err)
{
	const uint64_t batch = t->global_batch;
	const uint64_t micro = t->micro_batch > 0 ? t->micro_batch : 1;

	if (t->step == UNSET) {
		if (batch > 0 || t->micro_batch > 0 || t->dp != 1 || t->rank != UNSET)
			return err_set(err, EXIT_USAGE,
			    "--global-batch, --micro-batch, --dp and --rank select the "
			    "samples of a step: name it with --step");
		return 0;
	}
	if (t->all || t->number != UNSET || t->docs)
		return err_set(err, EXIT_USAGE,
		    "--step cannot be combined with -n, --all or --docs: choose one");
	if (batch == 0)
		return err_set(err, EXIT_USAGE,
		    "--step: the samples of a step are unknown: set --global-batch");
	if (t->dp == 0 || batch % t->dp != 0 || batch / t->dp % micro != 0)
		return err_set(err, EXIT_USAGE,
		    "--global-batch %" PRIu64 ": not a multiple of --dp %" PRIu64
		    " times --micro-batch %" PRIu64,
		    batch, t->dp, micro);
	if (t->rank != UNSET && t->rank >= t->dp)
		return err_set(err, EXIT_USAGE,
		    "--rank %" PRIu64 ": must be below --dp %" PRIu64, t->rank, t->dp);
	return 0;
}

static int
cat_path(struct cat_printer *p, const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return cat_run(p, path, err);
	if (p->t->step != UNSET)
		return err_set(err, EXIT_USAGE,
		    "%s: --step counts the samples of a run: name its directory", path);
	return cat_shard(p, path, err);
}

static int
cat_run_tool(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct cat *t = self;
	struct cat_printer p = { .t = t, .color = wants_color(t), .paint = "" };
	int rc = 0;

	if (n == 0)
		return err_set(
		    err, EXIT_USAGE, "no PATH: name a shard or the directory of a run");
	if (t->all && t->number != UNSET)
		return err_set(
		    err, EXIT_USAGE, "--all and -n cannot be combined: choose one");
	if (t->pieces && !t->model)
		return err_set(
		    err, EXIT_USAGE, "--pieces: the model is unknown: name it with -m");
	if (check_step(t, err) < 0)
		return -1;
	if (t->model)
		rc = shard_model_open(&p.model, t->model, err);
	for (int i = 0; i < n && rc == 0; i++)
		rc = cat_path(&p, operand[i], err);
	shard_model_close(&p.model);
	free(p.ids);
	free(p.mask);
	buf_free(&p.out);
	return rc;
}

const struct tool tool_cat = {
	.name = "cat",
	.summary = "print samples or documents of a shard or run",
	.example = "tamis cat -n 17 -m corpus.model --plain shards/",
	.operands = "{-n N | --all | --step K} PATH...",
	.common = "",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = cat_run_tool,
};
