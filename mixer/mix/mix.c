/* mix.c - the command mix: writes the shards of a run in training order. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/driver/pipe.h"
#include "lib/driver/tty.h"
#include "lib/io/stream.h"
#include "mixer/mix/compose.h"
#include "mixer/mix/extend.h"
#include "mixer/mix/job_range.h"
#include "mixer/mix/kept.h"
#include "mixer/mix/rundir.h"
#include "mixer/mix/scatterdir.h"
#include "mixer/plan/load.h"
#include "mixer/plan/shares.h"
#include "mixer/plan/tombstones.h"
#include "shards/tshard_err.h"

struct mix_conf {
	const char *plan, *root, *scatter, *only, *tombstones;
	uint64_t memory;
	bool resume, extend, no_ids, dry_run;
};

static const struct mix_conf defaults = { 0 };

static const struct opt opts[] = {
	OPT_STR('p', "plan", struct mix_conf, plan, "FILE", "blend plan or plan.lock"),
	OPT_BYTES(0, "memory", struct mix_conf, memory,
	    "approximate memory to use; default: a quarter of RAM"),
	OPT_STR(0, "root", struct mix_conf, root, "DIR",
	    "directory of the document shards; default: that of the plan"),
	OPT_STR(0, "scatter", struct mix_conf, scatter, "A-B",
	    "run only jobs A to B of the first pass, or 'all'"),
	OPT_STR(
	    0, "only-shards", struct mix_conf, only, "A-B", "write only shards A to B"),
	OPT_BOOL(0, "resume", struct mix_conf, resume,
	    "keep the finished shards of a killed run"),
	OPT_BOOL(0, "extend", struct mix_conf, extend,
	    "lengthen a run to that of a longer plan"),
	OPT_STR(0, "tombstones", struct mix_conf, tombstones, "FILE",
	    "reject shards that have documents that this list names"),
	OPT_BOOL(0, "no-ids", struct mix_conf, no_ids, "do not store document ids"),
	OPT_BOOL('n', "dry-run", struct mix_conf, dry_run,
	    "only print shares and the numbers of shards and jobs"),
	OPT_ALIAS(OPT_T_BYTES, 'm', "memory", struct mix_conf, memory, "BYTES"),
	OPT_END,
};

enum {
	LEAST_MEMORY = 16 << 20,
	LEAST_SLAB = 32 << 20,
};

struct mix {
	const struct mix_conf *conf;
	const struct common *c;
	struct mix_run run;
	struct scatter_plan scatter;
	struct tombstones tombs;
	struct job_range shards; /* to write */
	int lock_fd;
	struct composer **composer;    /* one per thread, made on first use */
	struct tshard_run_line *lines; /* from shards.first on */
	uint64_t kept, tokens;
	struct err *err;
};

/* ---- tasks, run on all threads ---- */

/* One shard or one scatter job. */
struct task {
	uint64_t no;
	bool kept;	   /* it existed already */
	struct buf damage; /* why an existing shard is written again; "" if it is not */
	uint64_t tokens;
	struct err err;
};

struct task_set {
	struct mix *m;
	const char *what;
	struct job_range left;
	uint64_t all, done, made_tokens;
	void (*make)(struct mix *m, struct composer *c, struct task *t);
	struct progress progress;
};

static int
next_task(void *ctx, size_t arg, int thread, void *block)
{
	struct task_set *w = ctx;
	struct task *t = block;

	if (w->left.first == w->left.end)
		return 0;
	*t = (struct task){ .no = w->left.first++, .damage = t->damage };
	return 1;
}

static int
do_task(void *ctx, size_t arg, int thread, void *block)
{
	struct task_set *w = ctx;
	struct composer **c = &w->m->composer[thread];

	if (!*c)
		*c = composer_new(&w->m->run);
	w->make(w->m, *c, block);
	return 1;
}

static void
put_eta(const struct task_set *w, double seconds, char *out, size_t n)
{
	uint64_t left = (uint64_t)(seconds * (double)(w->all - w->done) /
				   (double)(w->done > 0 ? w->done : 1));

	if (left >= 3600)
		snprintf(out, n, "%" PRIu64 " h %02" PRIu64 " min", left / 3600,
		    left / 60 % 60);
	else
		snprintf(out, n, "%" PRIu64 ":%02" PRIu64, left / 60, left % 60);
}

static int
note_task(void *ctx, size_t arg, int thread, void *block)
{
	struct task_set *w = ctx;
	struct task *t = block;
	double seconds;
	char eta[64];

	if (t->damage.n > 0) {
		progress_clear(&w->progress);
		warning("%s: the shard is written again", t->damage.p);
		t->damage.n = 0;
	}
	if (t->err.code) {
		*w->m->err = t->err;
		return -1;
	}
	w->done++;
	w->made_tokens += t->kept ? 0 : t->tokens;
	w->m->tokens += t->tokens;
	w->m->kept += t->kept;
	if (progress_due(&w->progress)) {
		seconds = progress_seconds(&w->progress);
		put_eta(w, seconds, eta, sizeof eta);
		progress_line(&w->progress,
		    "mix: %s %" PRIu64 " of %" PRIu64 "  %.1f Mtok/s  %s left", w->what,
		    w->done, w->all,
		    seconds > 0 ? (double)w->made_tokens / seconds / 1e6 : 0.0, eta);
	}
	return 1;
}

static int
run_tasks(struct mix *m, const char *what, struct job_range range,
    void (*make)(struct mix *m, struct composer *c, struct task *t))
{
	static const struct pipe_step steps[] = {
		{ .serial = true, .run = next_task },
		{ .serial = false, .run = do_task },
		{ .serial = true, .run = note_task },
	};
	uint64_t n = range.end - range.first,
		 threads = m->c->threads < n ? m->c->threads : n;
	struct task_set w = {
		.m = m, .what = what, .left = range, .all = n, .make = make
	};
	struct pipe_ops ops = {
		.step = steps, .nsteps = sizeof steps / sizeof *steps, .ctx = &w
	};
	size_t slots = (size_t)threads + 1;
	struct task *tasks = xcalloc(slots, sizeof *tasks);
	void **blocks = xcalloc(slots, sizeof *blocks);
	int rc = 0;

	m->composer = xcalloc((size_t)threads + 1, sizeof(struct composer *));
	m->kept = m->tokens = 0;
	for (size_t i = 0; i < slots; i++)
		blocks[i] = &tasks[i];
	progress_init(&w.progress, common_progress(m->c));
	if (n > 0)
		rc = pipe_run(&ops, (int)threads, blocks, slots);
	progress_clear(&w.progress);
	for (uint64_t i = 0; i < threads; i++)
		composer_free(m->composer[i]);
	free(m->composer);
	for (size_t i = 0; i < slots; i++)
		buf_free(&tasks[i].damage);
	free(tasks);
	free(blocks);
	return rc;
}

/* ---- shards ---- */

static void
make_shard(struct mix *m, struct composer *c, struct task *t)
{
	struct tshard_run_line *line = &m->lines[t->no - m->shards.first];
	struct tshard_error e = { 0 };
	char prefix[4096];
	int kept = 0;

	if (mix_shard_prefix(&m->run, t->no, prefix, sizeof prefix, &t->err) < 0)
		return;
	if (m->conf->resume || m->conf->extend || m->conf->only)
		kept = kept_intact(&m->run, t->no, prefix, &t->damage, &t->err);
	t->kept = kept > 0;
	if (kept < 0 || (kept == 0 && compose(c, t->no, &t->err) < 0))
		return;
	if (tshard_run_line(prefix, line, &e) < 0)
		err_tshard(&t->err, &e);
	else
		t->tokens = line->tokens;
}

/* Written last: its presence marks the run complete. */
static int
put_run_tsv(struct mix *m, struct err *err)
{
	struct buf path = { 0 };
	size_t len = 0;
	char *text = tshard_run_render(m->lines, (size_t)m->run.rp->nshards, &len);
	int rc;

	if (!text)
		return err_set(
		    err, EXIT_SYSTEM, "out of memory for run.tsv: write larger shards");
	buf_putf(&path, "%s/run.tsv", m->run.dir);
	buf_putc(&path, '\0');
	rc = file_put(path.p, (struct span){ text, len }, 0666, err);
	buf_free(&path);
	free(text);
	return rc;
}

/*
 * After --only-shards: whether all shards of the run exist; if so, collect their lines.
 */
static int
complete(struct mix *m, bool *whole, struct err *err)
{
	uint64_t n = m->run.rp->nshards;
	struct tshard_error e = { 0 };
	char prefix[4096];

	*whole = true;
	for (uint64_t no = 0; no < n && *whole; no++) {
		if (mix_shard_prefix(&m->run, no, prefix, sizeof prefix, err) < 0)
			return -1;
		*whole = kept_is_of(&m->run, no, prefix);
	}
	if (!*whole)
		return 0;
	free(m->lines);
	m->lines = xcalloc((size_t)n, sizeof *m->lines);
	for (uint64_t no = 0; no < n; no++)
		if (mix_shard_prefix(&m->run, no, prefix, sizeof prefix, err) < 0 ||
		    tshard_run_line(prefix, &m->lines[no], &e) < 0)
			return err->code ? -1 : err_tshard(err, &e);
	return 0;
}

static void
print_table(const struct mix *m)
{
	struct buf b = { 0 };

	shares_put(m->run.rp, &b);
	for (const char *p = b.p, *end = b.p + b.n, *nl; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		msg("%.*s", (int)(nl - p), p);
	}
	buf_free(&b);
}

static int
write_shards(struct mix *m, struct err *err)
{
	const struct resolved *rp = m->run.rp;
	uint64_t n = m->shards.end - m->shards.first;
	uint64_t samples = resolved_shard_first(rp, m->shards.end) -
			   resolved_shard_first(rp, m->shards.first);
	bool whole = n == rp->nshards;

	m->lines = xcalloc((size_t)n, sizeof *m->lines);
	if (run_tasks(m, "shard", m->shards, make_shard) < 0)
		return -1;
	if (!whole && complete(m, &whole, err) < 0)
		return -1;
	if (whole && put_run_tsv(m, err) < 0)
		return -1;
	if (m->c->quiet)
		return 0;
	if (!m->conf->only)
		print_table(m);
	msg("%" PRIu64 " sample%s, %" PRIu64 " token%s in %" PRIu64 " shard%s, %" PRIu64
	    " of them kept%s",
	    samples, plural(samples), m->tokens, plural(m->tokens), n, plural(n), m->kept,
	    whole ? "" : ": the run is not complete yet");
	return 0;
}

/* ---- the first pass ---- */

static void
make_job(struct mix *m, struct composer *c, struct task *t)
{
	const struct scatter_job *job = &m->scatter.job[t->no];

	t->tokens = job->n * m->run.rp->class_seq[job->len_class];
	t->kept = scatter_done(&m->scatter, (size_t)t->no);
	if (!t->kept)
		compose_job(c, (size_t)t->no, &t->err);
}

/* Payload bytes of the documents that the run uses. */
static uint64_t
input_bytes(const struct resolved *rp)
{
	uint64_t tokens = 0;

	for (uint32_t s = 0; s < rp->nsources; s++)
		if (rp->at[rp->nshards * rp->nsources + s] > 0)
			tokens += rp->source[s].tokens[0];
	return tokens * tshard_width(rp->vocab);
}

/*
 * Bytes of samples to gather at a time without scattering.  Large slabs read documents
 * that are close together; small ones reuse the same memory.
 */
static uint64_t
slab_bytes(const struct mix *m)
{
	uint64_t bytes = input_bytes(m->run.rp) / 8;

	if (bytes < LEAST_SLAB)
		bytes = LEAST_SLAB;
	return bytes < m->run.memory ? bytes : m->run.memory;
}

/*
 * Input that fits into memory is gathered directly, unless another process has begun to
 * scatter.
 */
static bool
wants_scatter(const struct mix *m)
{
	return m->conf->scatter || scatterdir_exists(m->scatter.dir) ||
	       (!m->conf->only && input_bytes(m->run.rp) > m->conf->memory);
}

static int
scatter(struct mix *m, struct err *err)
{
	uint64_t bytes = m->run.memory;
	struct job_range jobs;

	if (!wants_scatter(m))
		return 0;
	if (scatterdir_begin(&m->scatter, &bytes, err) < 0)
		return -1;
	scatter_divide(&m->scatter, bytes);
	if (job_range_parse(m->conf->scatter ? m->conf->scatter : "all", "--scatter",
		m->scatter.n, &jobs, err) < 0)
		return -1;
	if (m->conf->only)
		jobs.end = jobs.first;
	m->run.scatter = &m->scatter;
	doc_store_bypass_cache(m->run.store);
	if (run_tasks(m, "job", jobs, make_job) < 0)
		return -1;
	if (m->conf->scatter && !m->c->quiet)
		msg("jobs %" PRIu64 "-%" PRIu64 " of %zu scattered, %" PRIu64
		    " of them kept",
		    jobs.first, jobs.end - 1, m->scatter.n, m->kept);
	return 0;
}

/* ---- the command ---- */

static int
dry_run(struct mix *m, struct err *err)
{
	const struct resolved *rp = m->run.rp;
	struct buf b = { 0 };
	int rc = 0;

	shares_put(rp, &b);
	buf_putf(&b, "shards: %" PRIu64 "\n", rp->nshards);
	scatter_divide(&m->scatter, m->run.memory);
	if (wants_scatter(m))
		buf_putf(&b, "scatter jobs: %zu\n", m->scatter.n);
	else
		buf_puts(&b, "scatter jobs: none, all documents fit into memory\n");
	if (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0)
		rc = err_errno(err, "cannot write standard output");
	buf_free(&b);
	return rc;
}

static int
write_run(struct mix *m, const struct buf *lock_text, struct err *err)
{
	const struct mix_conf *conf = m->conf;
	bool partial = conf->scatter || conf->only;
	enum rundir_mode mode = partial			       ? RUNDIR_JOIN
				: conf->resume || conf->extend ? RUNDIR_RESUME
				: m->c->force		       ? RUNDIR_FORCE
							       : RUNDIR_NEW;

	if (conf->extend && extend_check(&m->run, err) < 0)
		return -1;
	m->lock_fd = rundir_lock(m->run.dir, partial, err);
	if (m->lock_fd < 0 ||
	    (conf->extend &&
		extend_begin(&m->run, m->scatter.dir, buf_span(lock_text), err) < 0) ||
	    rundir_prepare(m->run.dir, mode, buf_span(lock_text), err) < 0 ||
	    tombstones_write(&m->tombs, m->run.dir, err) < 0 ||
	    extend_load(&m->run, err) < 0)
		return -1;
	m->scatter.first_shard = m->run.extends ? m->run.old_shards : 0;
	if (mode == RUNDIR_FORCE && scatterdir_remove(m->scatter.dir, err) < 0)
		return -1;
	if (scatter(m, err) < 0)
		return -1;
	if (conf->scatter)
		return 0;
	if (!m->run.scatter)
		m->run.memory = slab_bytes(m);
	if (write_shards(m, err) < 0)
		return -1;
	if (partial)
		return 0;
	return scatterdir_remove(m->scatter.dir, err) < 0 ? -1 : extend_end(&m->run, err);
}

static int
mix(struct mix *m, const struct resolved *rp, const struct buf *text, const char *root,
    struct err *err)
{
	const struct mix_conf *conf = m->conf;
	struct epoch_parts *parts = epoch_parts_new(rp, err);
	struct buf dir = { 0 };
	char hex[65];
	int rc = -1;

	m->run.rp = rp;
	m->run.parts = parts;
	m->run.ids = !conf->no_ids;
	/*
	 * The rest is for sidecars, which stay in memory until their shard is complete.
	 */
	m->run.memory = conf->memory / 5 * 2 / m->c->threads;
	tshard_sha256(text->p, text->n, m->run.plan);
	tshard_hex(m->run.plan, 6, hex);
	if (m->c->tmp)
		buf_putf(&dir, "%s/tamis-scatter-%s", m->c->tmp, hex);
	else
		buf_putf(&dir, "%s/" RUNDIR_SCATTER, m->run.dir);
	buf_putc(&dir, '\0');
	m->scatter = (struct scatter_plan){
		.rp = rp, .parts = parts, .dir = dir.p, .ids = m->run.ids
	};
	memcpy(m->scatter.plan, m->run.plan, sizeof m->scatter.plan);
	run_meta_fill(&m->run);
	m->run.store = doc_store_open(rp, root);
	m->shards = (struct job_range){ 0, rp->nshards };
	if (!parts || (conf->only && job_range_parse(conf->only, "--only-shards",
					 rp->nshards, &m->shards, err) < 0))
		goto out;
	if (tombstones_read(&m->tombs, m->c->output, conf->tombstones, err) < 0 ||
	    (!conf->dry_run && doc_store_check(m->run.store, err) < 0) ||
	    tombstones_check(&m->tombs, rp, root, err) < 0)
		goto out;
	rc = conf->dry_run ? dry_run(m, err) : write_run(m, text, err);
out:
	rundir_unlock(m->run.dir, m->lock_fd);
	tombstones_free(&m->tombs);
	scatter_plan_free(&m->scatter);
	doc_store_close(m->run.store);
	run_meta_free(&m->run);
	epoch_parts_free(parts);
	free(m->lines);
	buf_free(&dir);
	return rc;
}

static int
check_options(
    struct mix_conf *conf, const struct common *c, int n, char **operand, struct err *err)
{
	if (n != 0)
		return err_set(err, EXIT_USAGE,
		    "unexpected operand '%s': name the plan with -p", operand[0]);
	if (!conf->plan)
		return err_set(err, EXIT_USAGE, "no plan given: use -p FILE");
	if (!conf->dry_run && (!c->output || strcmp(c->output, "-") == 0))
		return err_set(err, EXIT_USAGE, "no output directory given: use -o DIR");
	if (conf->extend && (conf->resume || c->force || conf->scatter || conf->only))
		return err_set(err, EXIT_USAGE,
		    "--extend cannot be combined with --resume, --force, --scatter or "
		    "--only-shards");
	if (conf->resume && c->force)
		return err_set(err, EXIT_USAGE,
		    "--resume and --force exclude each other: use one of them");
	if ((conf->scatter || conf->only) && c->force)
		return err_set(err, EXIT_USAGE,
		    "--force cannot be combined with --scatter or --only-shards");
	if (conf->scatter && conf->only)
		return err_set(err, EXIT_USAGE,
		    "--scatter and --only-shards are separate passes: run tamis mix once "
		    "for each");
	if (conf->memory == 0)
		conf->memory = (uint64_t)sysconf(_SC_PHYS_PAGES) / 4 *
			       (uint64_t)sysconf(_SC_PAGESIZE);
	if (conf->memory < (uint64_t)LEAST_MEMORY * c->threads)
		return err_set(err, EXIT_USAGE,
		    "--memory of %" PRIu64 " bytes is too small for %" PRIu64
		    " thread%s: use at least %" PRIu64,
		    conf->memory, c->threads, plural(c->threads),
		    LEAST_MEMORY * c->threads);
	return 0;
}

static int
run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	struct mix_conf *conf = self;
	struct buf plan_dir = { 0 }, text = { 0 }, dir = { 0 };
	struct mix m = { .conf = conf, .c = c, .err = err, .lock_fd = -1 };
	struct resolved rp = { 0 };
	const char *root;
	int rc;

	if (check_options(conf, c, n, operand, err) < 0)
		return -1;
	dir_of(conf->plan, &plan_dir);
	root = conf->root ? conf->root : plan_dir.p;
	buf_puts(&dir, c->output ? c->output : ".");
	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	buf_putc(&dir, '\0');
	m.run.dir = dir.p;
	rc = load_plan(conf->plan, root, &rp, &text, err);
	if (rc == 0)
		rc = mix(&m, &rp, &text, root, err);
	resolved_free(&rp);
	buf_free(&plan_dir);
	buf_free(&text);
	buf_free(&dir);
	return rc;
}

const struct tool tool_mix = {
	.name = "mix",
	.summary = "mix document shards into sample shards in training order",
	.example = "tamis mix -p blend.plan -o shards/",
	.output = "DIR",
	.operands = "-p PLAN -o DIR",
	.common = " output threads force progress tmp ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = run,
};
