/* extend.c - lengthens a run in place, keeping the payload of its first shards. */
#include "mixer/mix/extend.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/inputs.h"
#include "lib/io/stream.h"
#include "mixer/mix/rundir.h"
#include "mixer/mix/scatterdir.h"
#include "mixer/plan/longer.h"

enum { MAX_LOCK_BYTES = 1 << 30 };

/* Read a file of the directory into *text.  Returns 1, 0 if it is missing, or -1. */
static int
get(const char *dir, const char *name, struct buf *path, struct buf *text,
    struct err *err)
{
	buf_path(path, dir, name);
	if (access(path->p, F_OK) < 0 && errno == ENOENT)
		return 0;
	return file_get(path->p, MAX_LOCK_BYTES, text, err) < 0 ? -1 : 1;
}

static int
remove_file(const char *dir, const char *name, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	buf_path(&path, dir, name);
	if (unlink(path.p) < 0 && errno != ENOENT)
		rc = err_errno(err, "cannot remove '%s'", path.p);
	buf_free(&path);
	return rc;
}

/* A run that is being extended already has another plan.lock.old than plan.lock. */
static int
check_idle(const struct mix_run *r, struct span now, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	int rc = get(r->dir, EXTEND_OLD, &path, &text, err);

	if (rc > 0 && !span_eq(buf_span(&text), now))
		rc = err_set(err, EXIT_DATA,
		    "%s: the run is being extended to another plan: finish that with "
		    "'tamis mix --resume -p %s/plan.lock --root DIR'",
		    path.p, r->dir);
	buf_free(&path);
	buf_free(&text);
	return rc < 0 ? -1 : 0;
}

static int
check_longer(const struct mix_run *r, struct span now, const char *name, struct err *err)
{
	struct resolved old = { 0 };
	int rc = resolved_parse(now, name, &old, err);

	if (rc == 0 && !resolved_is_longer(&old, r->rp, name, err))
		rc = -1;
	resolved_free(&old);
	return rc;
}

static int
put(const char *dir, const char *name, struct span text, struct err *err)
{
	struct buf path = { 0 };
	int rc;

	buf_path(&path, dir, name);
	inputs_clear(); /* plan.lock is one */
	rc = file_put(path.p, text, 0666, err);
	buf_free(&path);
	return rc;
}

/*
 * The first step marks the directory, the second ends the state of a complete run, and
 * the third is the commit point.
 */
static int
replace_plan(const struct mix_run *r, struct span now, struct span next, struct err *err)
{
	if (put(r->dir, EXTEND_OLD, now, err) < 0 ||
	    remove_file(r->dir, "run.tsv", err) < 0)
		return -1;
	return put(r->dir, "plan.lock", next, err);
}

static int
no_run(const struct mix_run *r, struct err *err)
{
	return err_set(err, EXIT_DATA,
	    "%s: contains no run to extend: run 'tamis mix' without --extend", r->dir);
}

int
extend_check(const struct mix_run *r, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	buf_path(&path, r->dir, "plan.lock");
	if (access(path.p, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		rc = no_run(r, err);
	buf_free(&path);
	return rc;
}

int
extend_begin(
    const struct mix_run *r, const char *scatter, struct span plan_lock, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	struct span now;
	int rc = get(r->dir, "plan.lock", &path, &text, err);

	if (rc == 0)
		rc = no_run(r, err);
	now = buf_span(&text);
	if (rc < 0 || span_eq(now, plan_lock)) {
		rc = rc < 0 ? -1 : 0;
		goto out;
	}
	rc = -1;
	if (check_idle(r, now, err) == 0 && check_longer(r, now, path.p, err) == 0 &&
	    rundir_prepare(r->dir, RUNDIR_RESUME, now, err) == 0 &&
	    scatterdir_remove(scatter, err) == 0)
		rc = replace_plan(r, now, plan_lock, err);
out:
	buf_free(&path);
	buf_free(&text);
	return rc;
}

int
extend_load(struct mix_run *r, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	struct resolved old = { 0 };
	int rc = get(r->dir, EXTEND_OLD, &path, &text, err);

	if (rc <= 0)
		goto out;
	rc = resolved_parse(buf_span(&text), path.p, &old, err);
	if (rc == 0 && !resolved_is_longer(&old, r->rp, path.p, err))
		rc = -1;
	if (rc < 0)
		goto out;
	tshard_sha256(text.p, text.n, r->old_plan);
	r->extends = memcmp(r->old_plan, r->plan, sizeof r->plan) != 0;
	r->old_shards = resolved_same_shards(&old, r->rp);
out:
	resolved_free(&old);
	buf_free(&path);
	buf_free(&text);
	return rc < 0 ? -1 : 0;
}

int
extend_end(const struct mix_run *r, struct err *err)
{
	return remove_file(r->dir, EXTEND_OLD, err);
}
