/* stats.c - tamis stats: how many and how long documents and segments of shards are. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "shards/stats.h"

struct stats_conf {
	bool table;
};

static const struct stats_conf defaults = { .table = false };

static const struct opt opts[] = {
	OPT_BOOL(0, "table", struct stats_conf, table, "a table for people, not JSON"),
	OPT_END,
};

struct work {
	struct stats *t;
	struct progress progress;
	struct err *err;
};

static int
count_shard(struct work *w, const char *path)
{
	if (progress_due(&w->progress))
		progress_line(&w->progress, "stats: %llu shards, %.1f Gtok",
		    (unsigned long long)w->t->shards, (double)w->t->tokens / 1e9);
	return stats_shard(w->t, path, w->err);
}

static int
count_run(struct work *w, const char *dir)
{
	struct tshard_error e;
	struct tshard_run *r;
	char prefix[4096];
	int rc = 0;

	if (tshard_run_open(&r, dir, &e) < 0)
		return err_set(w->err, e.code, "%s", e.msg);
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r); i++) {
		if (tshard_run_prefix(
			dir, tshard_run_at(r, i)->no, prefix, sizeof prefix) < 0)
			rc = err_set(w->err, EXIT_DATA,
			    "%s: path too long: use a shorter one", dir);
		else
			rc = count_shard(w, prefix);
	}
	tshard_run_close(r);
	return rc;
}

static int
run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct stats_conf *conf = self;
	struct work w = { .t = xcalloc(1, sizeof *w.t), .err = err };
	struct buf b = { 0 };
	struct stat st;
	int rc = 0;

	if (n == 0)
		rc = err_set(
		    err, EXIT_USAGE, "no shard: name shards of one kind, or run folders");
	progress_init(&w.progress, common_progress(c));
	for (int i = 0; i < n && rc == 0; i++)
		rc = stat(operand[i], &st) == 0 && S_ISDIR(st.st_mode)
			 ? count_run(&w, operand[i])
			 : count_shard(&w, operand[i]);
	progress_clear(&w.progress);
	if (rc == 0 && conf->table)
		stats_table(w.t, &b);
	else if (rc == 0)
		stats_json(w.t, &b);
	if (rc == 0 && fwrite(b.p, 1, b.n, stdout) != b.n)
		rc = err_errno(err, "cannot write standard output");
	buf_free(&b);
	stats_release(w.t);
	free(w.t);
	return rc;
}

const struct tool tool_stats = {
	.name = "stats",
	.summary = "how many and how long the documents and segments of shards are",
	.example = "tamis stats --table tok/code-*.sdx",
	.operands = "PATH...",
	.common = " progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = run,
};
