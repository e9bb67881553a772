/* mix.c - tamis mix: write the shards of a run in training order. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/common.h"
#include "lib/pipe.h"
#include "lib/stream.h"
#include "lib/tty.h"
#include "mixer/compose.h"
#include "mixer/load.h"
#include "mixer/rundir.h"
#include "mixer/shares.h"

struct mix_conf {
	const char *plan, *root;
	bool resume, no_ids;
};

static const struct mix_conf defaults = { 0 };

static const struct opt opts[] = {
	OPT_STR('p', "plan", struct mix_conf, plan, "FILE",
	    "the blend plan, or its plan.lock"),
	OPT_STR(0, "root", struct mix_conf, root, "DIR",
	    "look for the shards here, not beside the plan"),
	OPT_BOOL(0, "resume", struct mix_conf, resume,
	    "keep the finished shards of a killed run"),
	OPT_BOOL(0, "no-ids", struct mix_conf, no_ids, "leave out the documents' ids"),
	OPT_END,
};

/* One shard on its way. */
struct job {
	uint64_t no;
	uint16_t *order; /* the source of each sample */
	struct tshard_run_line line;
	bool kept;
	struct err err;
};

struct mix {
	struct run run;
	bool resume;
	struct lock_order order;
	uint64_t next;		    /* shard */
	uint64_t *count;	    /* samples of each source before it */
	struct composer **composer; /* one a thread, made when first used */
	struct tshard_run_line *lines;
	uint64_t done, kept, tokens;
	struct progress progress;
	struct err *err;
};

/* Serial: which source each sample of the next shard is of. */
static int
read_job(void *ctx, size_t arg, int thread, void *block)
{
	struct mix *m = ctx;
	struct job *j = block;
	const struct lock *l = m->run.l;
	uint64_t n;

	if (m->next == l->nshards)
		return 0;
	j->no = m->next++;
	j->err = (struct err){ 0 };
	j->kept = false;
	n = lock_shard_samples(l, j->no);
	for (uint64_t i = 0; i < n; i++) {
		uint32_t s = lock_order_next(&m->order);

		j->order[i] = (uint16_t)s;
		m->count[s]++;
	}
	if (memcmp(m->count, l->at + (j->no + 1) * l->nsources,
		l->nsources * sizeof *m->count) != 0)
		return err_set(m->err, EXIT_DATA,
		    "plan.lock: its counts at shard %" PRIu64
		    " do not follow from its weights: make it again with tamis plan -o",
		    j->no + 1);
	return 1;
}

/* Whether the shard is there already, whole and of this run. */
static bool
is_done(const struct mix *m, const struct job *j, const char *prefix)
{
	const struct lock *l = m->run.l;
	struct tshard_error e = { 0 };
	struct tshard *s = NULL;
	const struct tshard_header *h;
	bool same;

	if (!m->resume || tshard_open(&s, prefix, 0, &e) < 0)
		return false;
	h = tshard_header(s);
	same = h->kind == TSHARD_SAMPLES &&
	       memcmp(h->plan, m->run.plan, sizeof h->plan) == 0 &&
	       memcmp(h->run_id, m->run.plan, sizeof h->run_id) == 0 &&
	       h->shard_no == j->no && h->first_sample == j->no * l->shard &&
	       h->samples == lock_shard_samples(l, j->no) &&
	       (tshard_section(s, "DOCID") != NULL) == m->run.ids;
	tshard_close(s);
	return same;
}

/* Parallel: write it. */
static int
write_job(void *ctx, size_t arg, int thread, void *block)
{
	struct mix *m = ctx;
	struct job *j = block;
	struct tshard_error e = { 0 };
	char prefix[4096];

	if (tshard_run_prefix(m->run.dir, (uint32_t)j->no, prefix, sizeof prefix) < 0) {
		err_set(&j->err, EXIT_USAGE,
		    "'%s' is too long a name: choose a shorter one", m->run.dir);
		return 1;
	}
	j->kept = is_done(m, j, prefix);
	if (!m->composer[thread])
		m->composer[thread] = composer_new(&m->run);
	if (!j->kept && compose(m->composer[thread], j->no, j->order,
			    m->run.l->at + j->no * m->run.l->nsources, &j->err) < 0)
		return 1;
	if (tshard_run_line(prefix, &j->line, &e) < 0)
		err_set(&j->err, e.code, "%s", e.msg);
	return 1;
}

/* Serial: note it. */
static int
note_job(void *ctx, size_t arg, int thread, void *block)
{
	struct mix *m = ctx;
	const struct job *j = block;
	double seconds;

	if (j->err.code) {
		*m->err = j->err;
		return -1;
	}
	m->lines[j->no] = j->line;
	m->done++;
	m->kept += j->kept;
	m->tokens += j->line.tokens;
	if (progress_due(&m->progress)) {
		seconds = progress_seconds(&m->progress);
		progress_line(&m->progress,
		    "mix: shard %" PRIu64 " of %" PRIu64 "  %.1f Mtok/s", m->done,
		    m->run.l->nshards,
		    seconds > 0 ? (double)m->tokens / seconds / 1e6 : 0.0);
	}
	return 1;
}

static int
write_shards(struct mix *m, const struct common *c)
{
	static const struct pipe_step steps[] = {
		{ .serial = true, .run = read_job },
		{ .serial = false, .run = write_job },
		{ .serial = true, .run = note_job },
	};
	const struct lock *l = m->run.l;
	struct pipe_ops ops = {
		.step = steps, .nsteps = sizeof steps / sizeof *steps, .ctx = m
	};
	uint64_t threads = c->threads < l->nshards ? c->threads : l->nshards;
	size_t n = (size_t)threads + 1;
	struct job *jobs = xcalloc(n, sizeof *jobs);
	void **blocks = xcalloc(n, sizeof *blocks);
	int rc;

	m->lines = xcalloc((size_t)l->nshards, sizeof *m->lines);
	m->count = xcalloc(l->nsources, sizeof *m->count);
	m->composer = xcalloc((size_t)threads, sizeof(struct composer *));
	for (size_t i = 0; i < n; i++) {
		jobs[i].order =
		    xcalloc((size_t)lock_shard_samples(l, 0), sizeof *jobs[i].order);
		blocks[i] = &jobs[i];
	}
	lock_order_init(&m->order, l);
	progress_init(&m->progress, c);
	rc = pipe_run(&ops, (int)threads, blocks, n);
	progress_clear(&m->progress);
	lock_order_release(&m->order);
	for (size_t i = 0; i < n; i++)
		free(jobs[i].order);
	for (uint64_t i = 0; i < threads; i++)
		composer_free(m->composer[i]);
	free(m->composer);
	free(m->count);
	free(jobs);
	free(blocks);
	return rc;
}

/* run.tsv is the last to appear: with it the run is complete. */
static int
finish(struct mix *m, struct err *err)
{
	struct buf path = { 0 };
	size_t len = 0;
	char *text = tshard_run_render(m->lines, (size_t)m->run.l->nshards, &len);
	int rc;

	if (!text)
		return err_set(err, EXIT_SYSTEM, "out of memory: write larger shards");
	buf_putf(&path, "%s/run.tsv", m->run.dir);
	buf_putc(&path, '\0');
	rc = file_put(path.p, (struct span){ text, len }, 0666, err);
	buf_free(&path);
	free(text);
	return rc;
}

static void
summarize(const struct mix *m, const struct common *c)
{
	const struct lock *l = m->run.l;
	struct buf b = { 0 };

	if (c->quiet)
		return;
	shares_put(l, &b);
	for (const char *p = b.p, *end = b.p + b.n, *nl; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		say("%.*s", (int)(nl - p), p);
	}
	say("%" PRIu64 " samples, %" PRIu64 " tokens in %" PRIu64 " shards, %" PRIu64
	    " of them kept",
	    l->samples, m->tokens, l->nshards, m->kept);
	buf_free(&b);
}

static int
mix(const struct mix_conf *conf, const struct common *c, const char *dir,
    const struct lock *l, const struct buf *text, const char *root, struct err *err)
{
	enum rundir_mode mode = conf->resume ? RUNDIR_RESUME
				: c->force   ? RUNDIR_FORCE
					     : RUNDIR_NEW;
	struct mix m = { .err = err, .resume = conf->resume };
	struct pool *pool;
	int rc = -1, hold = -1;

	m.run = (struct run){ .l = l, .dir = dir, .ids = !conf->no_ids };
	tshard_sha256(text->p, text->n, m.run.plan);
	run_describe(&m.run);
	m.run.pool = pool = pool_open(l, root, err);
	if (!pool || (hold = rundir_hold(dir, err)) < 0 ||
	    rundir_prepare(dir, mode, buf_span(text), err) < 0)
		goto out;
	if (write_shards(&m, c) < 0 || finish(&m, err) < 0)
		goto out;
	summarize(&m, c);
	rc = 0;
out:
	rundir_release(dir, hold);
	pool_close(pool);
	run_release(&m.run);
	free(m.lines);
	return rc;
}

static int
run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct mix_conf *conf = self;
	struct buf folder = { 0 }, text = { 0 }, dir = { 0 };
	struct lock l = { 0 };
	const char *root;
	int rc;

	if (n != 0)
		return err_set(err, EXIT_USAGE,
		    "'%s': the plan names the input: use -p PLAN", operand[0]);
	if (!conf->plan)
		return err_set(
		    err, EXIT_USAGE, "no plan: use -p blend.plan, or -p plan.lock");
	if (!c->output || strcmp(c->output, "-") == 0)
		return err_set(err, EXIT_USAGE, "no folder for the shards: use -o DIR");
	if (conf->resume && c->force)
		return err_set(err, EXIT_USAGE,
		    "--resume keeps and --force replaces: use one of them");
	folder_of(conf->plan, &folder);
	root = conf->root ? conf->root : folder.p;
	buf_puts(&dir, c->output);
	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	buf_putc(&dir, '\0');
	rc = load_plan(conf->plan, root, &l, &text, err);
	if (rc == 0)
		rc = mix(conf, c, dir.p, &l, &text, root, err);
	lock_free(&l);
	buf_free(&folder);
	buf_free(&text);
	buf_free(&dir);
	return rc;
}

const struct tool tool_mix = {
	.name = "mix",
	.summary = "blend shards of documents into shards of samples in training order",
	.operands = "",
	.common = " output threads force progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = run,
};
