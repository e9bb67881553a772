/* split.c - one output file for each value of a field. */
#include "lib/driver/split.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/io/inputs.h"
#include "lib/io/lockfile.h"

enum { MAX_FILES = 512, PENDING = 1 << 20 };

struct split_file {
	char *key, *path;
	struct out *out;
	struct buf pending; /* not yet written */
	struct hasher *hasher;
	uint64_t documents, bytes;
};

struct split {
	char *dir;
	int level;
	struct split_file v[MAX_FILES];
	size_t n;
	struct lockfile lock;
};

/* Call f for each file of the directory that is not hidden, until it returns -1. */
static int
each_file(const struct split *r,
    int (*f)(const struct split *r, int dir, const char *name, struct err *err),
    struct err *err)
{
	DIR *d = opendir(r->dir);
	const struct dirent *e;
	int rc = 0;

	if (!d)
		return err_errno(err, "cannot read directory '%s'", r->dir);
	while (rc == 0 && (e = readdir(d)))
		if (e->d_name[0] != '.')
			rc = f(r, dirfd(d), e->d_name, err);
	closedir(d);
	return rc;
}

static int
remove_file(const struct split *r, int dir, const char *name, struct err *err)
{
	return unlinkat(dir, name, 0) < 0 && errno != ENOENT
		   ? err_errno(err, "cannot remove '%s/%s'", r->dir, name)
		   : 0;
}

/* A temporary file of a killed run: NAME.jsonl[...].HOST.PID.N.tmp. */
static int
remove_leftover(const struct split *r, int dir, const char *name, struct err *err)
{
	const size_t n = strlen(name);

	if (!strstr(name, ".jsonl") || n < 4 || strcmp(name + n - 4, ".tmp") != 0)
		return 0;
	return remove_file(r, dir, name, err);
}

static int
refuse_file(const struct split *r, int dir, const char *name, struct err *err)
{
	return err_set(err, EXIT_USAGE,
	    "directory '%s' is not empty: name another, or overwrite its files with "
	    "--force",
	    r->dir);
}

/* The file that a report describes, or an empty span. */
static struct span
described(const char *report)
{
	static const char *const ends[] = { ".jsonl.report.json",
		".jsonl.zst.report.json" };
	const size_t n = strlen(report), k = strlen(".report.json");

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const size_t end = strlen(ends[i]);

		if (n > end && strcmp(report + n - end, ends[i]) == 0)
			return (struct span){ report, n - k };
	}
	return (struct span){ NULL, 0 };
}

bool
split_names(const char *name)
{
	static const char *const ends[] = { ".jsonl", ".jsonl.zst" };
	const size_t n = strlen(name);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const size_t end = strlen(ends[i]);

		if (n > end && strcmp(name + n - end, ends[i]) == 0)
			return true;
	}
	return described(name).n > 0;
}

/* Remove the file that an earlier run wrote for a value that this one does not have. */
static int
remove_stale(const struct split *r, int dir, const char *report, struct err *err)
{
	const struct span name = described(report);
	struct buf path = { 0 };
	struct err ignored;
	int rc = 0;

	for (size_t i = 0; i < r->n; i++)
		if (span_eq(span_of(path_base(r->v[i].path)), name))
			return 0;
	if (name.n == 0)
		return 0;
	buf_putf(&path, "%s/%.*s", r->dir, (int)name.n, name.p);
	buf_putc(&path, '\0');
	if (inputs_check(path.p, &ignored) == 0) {
		rc = remove_file(r, dir, path_base(path.p), err);
		if (rc == 0)
			rc = remove_file(r, dir, report, err);
	}
	buf_free(&path);
	return rc;
}

/* A lock file that a killed run left makes its files incomplete: they may be replaced. */
static int
prepare(struct split *r, bool force, struct err *err)
{
	struct buf path = { 0 };
	int rc;

	buf_path(&path, r->dir, ".tamis.lock");
	rc = lockfile_take(&r->lock, path.p, r->dir,
	    "to this directory: wait for it, or choose another", err);
	buf_free(&path);
	if (rc == 0)
		rc = each_file(r, remove_leftover, err);
	if (rc == 0 && !force && !r->lock.left)
		rc = each_file(r, refuse_file, err);
	return rc;
}

struct split *
split_open(const char *dir, int level, bool force, struct err *err)
{
	struct split *r;
	struct stat st;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
		err_errno(err, "cannot create directory '%s'", dir);
		return NULL;
	}
	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode)) {
		err_set(err, EXIT_USAGE, "'%s' is not a directory", dir);
		return NULL;
	}
	r = xcalloc(1, sizeof *r);
	r->dir = xstrdup(dir);
	r->level = level;
	if (prepare(r, force, err) == 0)
		return r;
	split_free(r);
	return NULL;
}

static bool
is_file_name(struct span s)
{
	if (s.n == 0 || s.n > 64 || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i], low = (char)(c | 0x20);

		if (!(low >= 'a' && low <= 'z') && !is_digit(c) && c != '-' && c != '_' &&
		    c != '.')
			return false;
	}
	return true;
}

static struct split_file *
open_file(struct split *r, struct span key, struct err *err)
{
	struct split_file *to = &r->v[r->n];
	struct buf path = { 0 };

	if (r->n == MAX_FILES) {
		err_set(err, EXIT_DATA,
		    "directory '%s': the split field has more than %d values: split by "
		    "another field",
		    r->dir, MAX_FILES);
		return NULL;
	}
	buf_putf(
	    &path, "%s/%.*s.jsonl%s", r->dir, (int)key.n, key.p, r->level ? ".zst" : "");
	buf_putc(&path, '\0');
	to->path = path.p;
	to->out = out_open(to->path, r->level, 0666, err);
	if (!to->out) {
		free(to->path);
		return NULL;
	}
	out_threads(to->out, 0);
	to->key = memcpy(xcalloc(1, key.n + 1), key.p, key.n);
	to->hasher = hasher_new();
	r->n++;
	return to;
}

static int
flush(struct split_file *to, struct err *err)
{
	const struct span raw = buf_span(&to->pending);

	hasher_add(to->hasher, raw);
	to->bytes += raw.n;
	if (out_write(to->out, raw, err) < 0)
		return -1;
	to->pending.n = 0;
	return 0;
}

int
split_put(struct split *r, struct span key, struct span line, struct err *err)
{
	struct split_file *to = NULL;

	if (!is_file_name(key))
		key = SPAN("other");
	for (size_t i = 0; i < r->n && !to; i++)
		if (span_eq(span_of(r->v[i].key), key))
			to = &r->v[i];
	if (!to && !(to = open_file(r, key, err)))
		return -1;
	buf_put(&to->pending, line.p, line.n);
	to->documents++;
	return to->pending.n < PENDING ? 0 : flush(to, err);
}

int
split_finish(struct split *r, struct err *err)
{
	for (size_t i = 0; i < r->n; i++)
		if (flush(&r->v[i], err) < 0 || out_finish(r->v[i].out, err) < 0)
			return -1;
	return 0;
}

struct split_output *
split_outputs(const struct split *r, size_t *n)
{
	struct split_output *v = xcalloc(r->n + 1, sizeof *v);

	for (size_t i = 0; i < r->n; i++) {
		const struct split_file *f = &r->v[i];

		v[i] = (struct split_output){ f->key, path_base(f->path), f->documents,
			f->bytes, hasher_sum(f->hasher) };
	}
	*n = r->n;
	return v;
}

/* Publish one file after its report. */
static int
commit_file(struct split_file *f, struct span report, struct err *err)
{
	struct buf name = { 0 };
	struct out *out = f->out;
	int rc;

	buf_putf(&name, "%s.report.json", f->path);
	buf_putc(&name, '\0');
	rc = file_put(name.p, report, 0666, err);
	if (rc == 0) {
		f->out = NULL;
		rc = out_commit(out, err);
	}
	buf_free(&name);
	return rc;
}

int
split_commit(struct split *r,
    void (*report)(void *ctx, const struct split_output *o, struct buf *out), void *ctx,
    struct err *err)
{
	struct buf text = { 0 };
	size_t n;
	struct split_output *v = split_outputs(r, &n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		text.n = 0;
		report(ctx, &v[i], &text);
		rc = commit_file(&r->v[i], buf_span(&text), err);
	}
	if (rc == 0)
		rc = each_file(r, remove_stale, err);
	buf_free(&text);
	free(v);
	return rc;
}

void
split_free(struct split *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		out_abort(r->v[i].out);
		buf_free(&r->v[i].pending);
		hasher_free(r->v[i].hasher);
		free(r->v[i].key);
		free(r->v[i].path);
	}
	lockfile_release(&r->lock);
	free(r->dir);
	free(r);
}
