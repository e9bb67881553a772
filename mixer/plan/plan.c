/* plan.c - the command plan: resolves a blend plan into plan.lock, or prints its
 * shares.
 */
#include <stdio.h>

#include "lib/driver/common.h"
#include "lib/io/stream.h"
#include "mixer/plan/load.h"
#include "mixer/plan/shares.h"
#include "mixer/plan/tombstones.h"

struct plan_conf {
	bool dry_run;
	const char *root, *tombstones;
};

static const struct plan_conf defaults = { 0 };

static const struct opt opts[] = {
	OPT_BOOL('n', "dry-run", struct plan_conf, dry_run,
	    "only print shares, tokens and epochs"),
	OPT_STR(0, "root", struct plan_conf, root, "DIR",
	    "directory of the document shards; default: that of the plan"),
	OPT_STR(0, "tombstones", struct plan_conf, tombstones, "FILE",
	    "reject shards that have documents that this list names"),
	OPT_END,
};

/* Write to standard output, or replace a file atomically. */
static int
put_out(const char *path, struct span s, struct err *err)
{
	if (path && strcmp(path, "-") != 0)
		return file_put(path, s, 0666, err);
	if (fwrite(s.p, 1, s.n, stdout) != s.n || fflush(stdout) != 0)
		return err_errno(err, "cannot write standard output");
	return 0;
}

static int
run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct plan_conf *conf = self;
	struct buf dir = { 0 }, text = { 0 }, table = { 0 };
	struct tombstones tombs = { 0 };
	struct resolved rp = { 0 };
	const char *root;
	int rc;

	if (n != 1)
		return err_set(err, EXIT_USAGE,
		    "expected one plan, got %d: run 'tamis plan -o plan.lock blend.plan'",
		    n);
	dir_of(operand[0], &dir);
	root = conf->root ? conf->root : dir.p;
	if (tombstones_read(&tombs, NULL, conf->tombstones, err) < 0 ||
	    load_plan(operand[0], root, &rp, &text, err) < 0 ||
	    tombstones_check(&tombs, &rp, root, err) < 0) {
		rc = -1;
		goto out;
	}
	if (conf->dry_run)
		shares_put(&rp, &table);
	rc = put_out(c->output, buf_span(conf->dry_run ? &table : &text), err);
out:
	tombstones_free(&tombs);
	resolved_free(&rp);
	buf_free(&dir);
	buf_free(&text);
	buf_free(&table);
	return rc;
}

const struct tool tool_plan = {
	.name = "plan",
	.summary = "resolve a blend plan into exact sample counts",
	.example = "tamis plan -o plan.lock blend.plan",
	.operands = "PLAN",
	.common = " output ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = run,
};
