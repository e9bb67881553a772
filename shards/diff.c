/* diff.c - compare the tokens of two runs or shards, sample by sample. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "lib/text/json_writer.h"
#include "shards/shard_model.h"
#include "shards/tshard_err.h"

struct diff {
	const char *model;
	bool json;
};

static const struct diff defaults = { .json = false };

static const struct opt opts[] = {
	OPT_STR('m', "model", struct diff, model, "FILE",
	    "print the first difference as text, too, by this model"),
	OPT_BOOL(0, "json", struct diff, json, "print one JSON object"),
	OPT_END,
};

enum {
	JOB = 256,	       /* samples of a job */
	MOST_TOKENS = 1 << 20, /* read at a time, unless one sample has more */
};

/* A run, a SAMPLES shard, or a DOCS shard, whose documents count as samples. */
struct side {
	const char *path;
	struct tshard_run *run; /* NULL: one shard */
	struct tshard *one;
	struct tshard_header h;
	uint64_t first, n; /* number of the first sample, and how many */
};

/* What one thread reads of a side: samples [at, end) of a shard. */
struct reader_side {
	const struct side *side;
	struct tshard *s;
	size_t no;	  /* its line in run.tsv */
	uint64_t at, end; /* numbers in the side, in ids */
	uint32_t *ids;
	size_t cap;
	uint64_t *start; /* of each sample in ids, and one more */
};

/* The sum of the hashes of samples does not depend on their order. */
struct multiset {
	uint64_t lo, hi;
};

struct diff_state {
	const struct diff *t;
	struct side a, b;
	pthread_mutex_t lock;
	struct err err;
	uint64_t err_at; /* the sample that *err is about */
	uint64_t next;	 /* sample of the next job */
	uint64_t differing;
	struct multiset sum[2];
	struct progress progress;

	uint64_t sample; /* the first that differs, or UINT64_MAX */
	uint64_t position;
	uint32_t token[2]; /* TSHARD_NONE: it has no such token */
};

/* ---- read ---- */

static int
side_open(struct side *s, const char *path, struct err *err)
{
	struct tshard_error e = { 0 };
	struct stat st;

	s->path = path;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (tshard_run_open(&s->run, path, &e) < 0)
			return err_tshard(err, &e);
		s->h = *tshard_run_header(s->run);
		s->n = tshard_run_samples(s->run);
		return 0;
	}
	if (tshard_open(&s->one, path, TSHARD_CHECK, &e) < 0)
		return err_tshard(err, &e);
	s->h = *tshard_header(s->one);
	s->n = s->h.kind == TSHARD_DOCS ? s->h.docs : s->h.samples;
	s->first = s->h.kind == TSHARD_DOCS ? 0 : s->h.first_sample;
	return 0;
}

static void
side_close(struct side *s)
{
	tshard_run_close(s->run);
	tshard_close(s->one);
}

/* Open the shard of sample `at` of the side; *local is its number in the shard. */
static int
find_shard(struct reader_side *r, uint64_t at, uint64_t *local, struct err *err)
{
	struct tshard_error e = { 0 };
	size_t no;

	*local = at;
	if (!r->side->run) {
		r->s = r->side->one;
		return 0;
	}
	if (tshard_run_find(r->side->run, at, &no, local) < 0)
		return err_set(err, EXIT_DATA, "%s: sample %" PRIu64 " does not exist",
		    r->side->path, at);
	if (r->s && r->no == no)
		return 0;
	tshard_close(r->s);
	r->s = NULL;
	r->no = no;
	return tshard_run_shard(r->side->run, no, TSHARD_CHECK, &r->s, &e) < 0
		   ? err_tshard(err, &e)
		   : 0;
}

/* The first token in the payload, and the number of tokens, of a sample of the shard. */
static int
place_of(
    const struct tshard *s, uint64_t local, uint64_t *first, uint32_t *n, struct err *err)
{
	struct tshard_error e = { 0 };

	*n = tshard_header(s)->seq_len;
	*first = local * *n;
	if (tshard_header(s)->kind == TSHARD_DOCS &&
	    tshard_doc_at(s, local, first, n, &e) < 0)
		return err_tshard(err, &e);
	return 0;
}

/* Read samples from `at` on, at least one and at most up to `end`. */
static int
read_samples(struct reader_side *r, uint64_t at, uint64_t end, struct err *err)
{
	struct tshard_error e = { 0 };
	uint64_t local, first = 0, begin = 0, count, i = 0;
	uint32_t n;

	if (find_shard(r, at, &local, err) < 0)
		return -1;
	count = tshard_header(r->s)->kind == TSHARD_DOCS ? tshard_header(r->s)->docs
							 : tshard_header(r->s)->samples;
	r->start[0] = 0;
	for (; at + i < end && local + i < count; i++) {
		if (place_of(r->s, local + i, &first, &n, err) < 0)
			return -1;
		if (i == 0)
			begin = first;
		if (first != begin + r->start[i] ||
		    (i > 0 && r->start[i] + n > MOST_TOKENS))
			break;
		r->start[i + 1] = r->start[i] + n;
	}
	if (r->start[i] > r->cap) {
		r->cap = (size_t)r->start[i];
		free(r->ids);
		r->ids = xmalloc(xmul(r->cap, sizeof *r->ids));
	}
	if (tshard_tokens(r->s, begin, (size_t)r->start[i], r->ids, &e) < 0)
		return err_tshard(err, &e);
	r->at = at;
	r->end = at + i;
	return 0;
}

/* Sample i of the side; empty past its end. */
static int
get_sample(
    struct reader_side *r, uint64_t i, uint64_t end, struct span *out, struct err *err)
{
	*out = (struct span){ "", 0 };
	if (i >= r->side->n)
		return 0;
	if ((i < r->at || i >= r->end) &&
	    read_samples(r, i, end < r->side->n ? end : r->side->n, err) < 0)
		return -1;
	out->p = (const char *)(r->ids + r->start[i - r->at]);
	out->n = (size_t)(r->start[i - r->at + 1] - r->start[i - r->at]) * sizeof *r->ids;
	return 0;
}

/* ---- compare ---- */

/* What a job has found; positions are tokens in the sample. */
struct job_result {
	uint64_t differing, sample, position;
	uint32_t token[2];
	struct multiset sum[2];
};

static void
note_difference(struct job_result *r, uint64_t sample, struct span a, struct span b)
{
	const uint32_t *x = (const void *)a.p, *y = (const void *)b.p;
	size_t n = a.n / sizeof *x, m = b.n / sizeof *y, i = 0;

	r->differing++;
	if (r->sample != UINT64_MAX)
		return;
	while (i < n && i < m && x[i] == y[i])
		i++;
	r->sample = sample;
	r->position = i;
	r->token[0] = i < n ? x[i] : TSHARD_NONE;
	r->token[1] = i < m ? y[i] : TSHARD_NONE;
}

static void
add_hash(struct multiset *sum, struct span sample)
{
	struct hash128 h;

	if (sample.n == 0)
		return;
	h = hash128(sample, 0);
	sum->lo += h.lo;
	sum->hi += h.hi;
}

static int
compare_job(struct reader_side side[2], uint64_t from, uint64_t end, uint64_t *at,
    struct job_result *r, struct err *err)
{
	struct span v[2];

	*r = (struct job_result){ .sample = UINT64_MAX };
	for (*at = from; *at < end; ++*at) {
		for (int k = 0; k < 2; k++) {
			if (get_sample(&side[k], *at, end, &v[k], err) < 0)
				return -1;
			add_hash(&r->sum[k], v[k]);
		}
		if (!span_eq(v[0], v[1]))
			note_difference(r, *at, v[0], v[1]);
	}
	return 0;
}

static void
add_result(struct diff_state *c, const struct job_result *r)
{
	c->differing += r->differing;
	for (int k = 0; k < 2; k++) {
		c->sum[k].lo += r->sum[k].lo;
		c->sum[k].hi += r->sum[k].hi;
	}
	if (r->sample >= c->sample)
		return;
	c->sample = r->sample;
	c->position = r->position;
	memcpy(c->token, r->token, sizeof c->token);
}

static void *
compare_thread(void *ctx)
{
	struct diff_state *c = ctx;
	struct reader_side side[2] = { { .side = &c->a }, { .side = &c->b } };
	const uint64_t n = c->a.n > c->b.n ? c->a.n : c->b.n;

	for (int k = 0; k < 2; k++)
		side[k].start = xcalloc(JOB + 1, sizeof *side[k].start);
	pthread_mutex_lock(&c->lock);
	while (c->next < n && !c->err.code) {
		uint64_t from = c->next, at;
		uint64_t end = n - from < JOB ? n : from + JOB;
		struct job_result r;
		struct err err = { 0 };

		c->next = end;
		pthread_mutex_unlock(&c->lock);
		if (compare_job(side, from, end, &at, &r, &err) < 0) {
			pthread_mutex_lock(&c->lock);
			/* Jobs start in order, so that the first error is found. */
			if (at < c->err_at) {
				c->err = err;
				c->err_at = at;
			}
			continue;
		}
		pthread_mutex_lock(&c->lock);
		add_result(c, &r);
		if (progress_due(&c->progress))
			progress_line(&c->progress, "diff: %.0f%%  %llu of %llu",
			    100 * (double)from / (double)n, (unsigned long long)from,
			    (unsigned long long)n);
	}
	pthread_mutex_unlock(&c->lock);
	for (int k = 0; k < 2; k++) {
		if (side[k].s != side[k].side->one)
			tshard_close(side[k].s);
		free(side[k].ids);
		free(side[k].start);
	}
	return NULL;
}

static int
compare(struct diff_state *c, const struct common *common, struct err *err)
{
	const uint64_t threads = common->threads;
	pthread_t *thread = xcalloc((size_t)threads, sizeof *thread);
	size_t started = 0;

	pthread_mutex_init(&c->lock, NULL);
	c->sample = c->err_at = UINT64_MAX;
	progress_init(&c->progress, common_progress(common));
	while (started + 1 < threads &&
	       pthread_create(&thread[started], NULL, compare_thread, c) == 0)
		started++;
	compare_thread(c);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	pthread_mutex_destroy(&c->lock);
	progress_clear(&c->progress);
	free(thread);
	if (c->err.code)
		*err = c->err;
	return c->err.code ? -1 : 0;
}

/* ---- output ---- */

static bool
is_reordered(const struct diff_state *c)
{
	return c->a.n == c->b.n && c->differing > 0 && c->sum[0].lo == c->sum[1].lo &&
	       c->sum[0].hi == c->sum[1].hi;
}

/* Decode one token; NULL if there is no model or no token.  To free(). */
static char *
text_of(const struct shard_model *m, uint32_t token)
{
	char *text;
	size_t n;

	if (!m->tok || token == TSHARD_NONE ||
	    tamis_tok_decode(m->tok, &token, 1, &text, &n) < 0)
		return NULL;
	return text;
}

static void
put_side(struct buf *b, const struct diff_state *c, int k, const struct shard_model *m)
{
	char *text = text_of(m, c->token[k]);

	buf_puts(b, k == 0 ? " " : ", ");
	if (c->token[k] == TSHARD_NONE)
		buf_puts(b, "none");
	else
		buf_putf(b, "%" PRIu32, c->token[k]);
	if (text) {
		struct json_writer w = { .out = b };

		buf_putc(b, ' ');
		jw_text(&w, text);
	}
	buf_putf(b, " in %s", k == 0 ? c->a.path : c->b.path);
	free(text);
}

static void
put_text(const struct diff_state *c, const struct shard_model *m, struct buf *b)
{
	const char *what = c->a.h.kind == TSHARD_DOCS ? "document" : "sample";
	uint64_t n = c->a.n > c->b.n ? c->a.n : c->b.n;

	if (c->differing == 0)
		return;
	buf_putf(b, "%s %" PRIu64 ", token %" PRIu64 ":", what, c->a.first + c->sample,
	    c->position);
	put_side(b, c, 0, m);
	put_side(b, c, 1, m);
	buf_putf(b, "\n%" PRIu64 " of %" PRIu64 " %s%s differ", c->differing, n, what,
	    plural(n));
	if (is_reordered(c))
		buf_putf(b, ": the same %ss in another order", what);
	else if (c->a.n != c->b.n)
		buf_putf(b, ": %s has %" PRIu64 ", %s %" PRIu64, c->a.path, c->a.n,
		    c->b.path, c->b.n);
	buf_putc(b, '\n');
}

static void
put_json(const struct diff_state *c, const struct shard_model *m, struct buf *b)
{
	struct json_writer w = { .out = b };

	jw_object(&w);
	jw_bool(jw_key(&w, "same"), c->differing == 0);
	jw_bool(jw_key(&w, "reordered"), is_reordered(c));
	jw_u64(jw_key(&w, "differing"), c->differing);
	jw_array(jw_key(&w, "samples"));
	jw_u64(&w, c->a.n);
	jw_u64(&w, c->b.n);
	jw_end(&w);
	if (c->differing > 0) {
		jw_u64(jw_key(&w, "sample"), c->a.first + c->sample);
		jw_u64(jw_key(&w, "position"), c->position);
		jw_array(jw_key(&w, "tokens"));
		for (int k = 0; k < 2; k++)
			if (c->token[k] == TSHARD_NONE)
				jw_null(&w);
			else
				jw_u64(&w, c->token[k]);
		jw_end(&w);
	}
	if (c->differing > 0 && m->tok) {
		jw_array(jw_key(&w, "texts"));
		for (int k = 0; k < 2; k++) {
			char *text = text_of(m, c->token[k]);

			jw_text(&w, text ? text : "");
			free(text);
		}
		jw_end(&w);
	}
	jw_end(&w);
	buf_putc(b, '\n');
}

/* ---- together ---- */

/* The model must have encoded both sides. */
static int
check_model(const struct diff_state *c, const struct shard_model *m, struct err *err)
{
	const struct side *const v[] = { &c->a, &c->b };

	for (int k = 0; k < 2; k++) {
		struct tshard_error e = { 0 };
		struct tshard *s = v[k]->one;
		int rc;

		if (!s && tshard_run_shard(v[k]->run, 0, 0, &s, &e) < 0)
			return err_tshard(err, &e);
		rc = shard_model_check(m, s, err);
		if (s != v[k]->one)
			tshard_close(s);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
check_sides(const struct diff_state *c, struct err *err)
{
	if (c->a.h.kind != c->b.h.kind)
		return err_set(err, EXIT_DATA,
		    "%s and %s: one has samples, the other documents: compare two of a "
		    "kind",
		    c->a.path, c->b.path);
	if (memcmp(c->a.h.tokenizer, c->b.h.tokenizer, sizeof c->a.h.tokenizer) != 0)
		warning("%s and %s: the tokenizers differ: equal ids mean other text",
		    c->a.path, c->b.path);
	return 0;
}

static int
diff_run(void *self, const struct common *common, int n, char **operand, struct err *err)
{
	const struct diff *t = self;
	struct diff_state c = { .t = t };
	struct shard_model model = { 0 };
	struct buf b = { 0 };
	int rc = 0;

	if (n != 2)
		return err_set(err, EXIT_USAGE,
		    "%d path%s: name two runs, or two shards of a kind", n,
		    plural((uint64_t)n));
	if (t->model)
		rc = shard_model_open(&model, t->model, err);
	if (rc < 0 || side_open(&c.a, operand[0], err) < 0 ||
	    side_open(&c.b, operand[1], err) < 0 || check_sides(&c, err) < 0 ||
	    (model.tok && check_model(&c, &model, err) < 0) ||
	    compare(&c, common, err) < 0) {
		rc = -1;
		goto out;
	}
	(t->json ? put_json : put_text)(&c, &model, &b);
	if (b.n > 0 && fwrite(b.p, 1, b.n, stdout) != b.n)
		rc = err_errno(err, "cannot write standard output");
	else
		rc = c.differing > 0 ? EXIT_NO : 0;
out:
	side_close(&c.a);
	side_close(&c.b);
	shard_model_close(&model);
	buf_free(&b);
	return rc;
}

const struct tool tool_diff = {
	.name = "diff",
	.summary = "compare the tokens of two runs or shards",
	.example = "tamis diff shards/ again/",
	.operands = "PATH PATH",
	.common = " threads progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = diff_run,
};
