/* stats.c - count documents, segments and tokens of shards and runs. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "shards/shard_paths.h"
#include "shards/stats.h"
#include "shards/tshard_err.h"

struct stats_conf {
	bool table;
};

static const struct stats_conf defaults = { .table = false };

static const struct opt opts[] = {
	OPT_BOOL(0, "table", struct stats_conf, table, "print tables, not JSON"),
	OPT_END,
};

struct stats_job {
	struct stats *t;
	struct progress progress;
	struct err *err;
};

/* Count the shard, and close it. */
static int
count_shard(struct stats_job *w, struct tshard *s)
{
	int rc;

	if (progress_due(&w->progress))
		progress_line(&w->progress, "stats: %llu shards, %.1f Gtok",
		    (unsigned long long)w->t->shards, (double)w->t->tokens / 1e9);
	rc = stats_shard(w->t, s, w->err);
	tshard_close(s);
	return rc;
}

static int
count_run(struct stats_job *w, const char *dir)
{
	struct tshard_error e = { 0 };
	struct tshard_run *r;
	struct tshard *s;
	int rc = 0;

	if (tshard_run_open(&r, dir, &e) < 0)
		return err_tshard(w->err, &e);
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r); i++)
		rc = tshard_run_shard(r, i, 0, &s, &e) < 0 ? err_tshard(w->err, &e)
							   : count_shard(w, s);
	tshard_run_close(r);
	return rc;
}

static int
count_path(struct stats_job *w, const char *path)
{
	struct tshard_error e = { 0 };
	struct tshard *s;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return count_run(w, path);
	if (tshard_open(&s, path, 0, &e) < 0)
		return err_tshard(w->err, &e);
	return count_shard(w, s);
}

static int
run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct stats_conf *conf = self;
	struct stats_job w = { .t = xcalloc(1, sizeof *w.t), .err = err };
	struct shard_paths paths = { 0 };
	struct buf b = { 0 };
	int rc = 0;

	if (n == 0)
		rc = err_set(err, EXIT_USAGE,
		    "no PATH: name shards of one kind, runs, or directories of shards");
	progress_init(&w.progress, common_progress(c));
	if (rc == 0)
		rc = shard_paths_add(&paths, n, operand, err);
	for (size_t i = 0; i < paths.n && rc == 0; i++)
		rc = count_path(&w, paths.v[i]);
	progress_clear(&w.progress);
	if (rc == 0 && conf->table)
		stats_table(w.t, &b);
	else if (rc == 0)
		stats_json(w.t, &b);
	if (rc == 0 && fwrite(b.p, 1, b.n, stdout) != b.n)
		rc = err_errno(err, "cannot write standard output");
	buf_free(&b);
	shard_paths_free(&paths);
	stats_release(w.t);
	free(w.t);
	return rc;
}

const struct tool tool_stats = {
	.name = "stats",
	.summary = "count documents, segments and tokens, with length distributions",
	.example = "tamis stats --table tok/code-*.sdx",
	.operands = "PATH...",
	.common = " progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = run,
};
