/* report_command.c - write a page on a run: its blend, sources, languages, and what was
 * dropped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/chars.h"
#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "lib/io/inputs.h"
#include "lib/io/stream.h"
#include "lib/text/json.h"
#include "shards/json_elements.h"
#include "shards/report_dropped.h"
#include "shards/report_page.h"
#include "shards/shard_inputs.h"
#include "shards/shard_paths.h"
#include "shards/tshard_err.h"

struct report_conf {
	const char *title;
};

static const struct report_conf defaults = { .title = NULL };

static const struct opt opts[] = {
	OPT_STR(0, "title", struct report_conf, title, "TEXT",
	    "title of the page; default: name of the first PATH"),
	OPT_END,
};

/* A group of the run: the sources whose names begin alike. */
struct blend_group {
	char *name;
	uint64_t tokens, window[REPORT_WINDOWS];
};

struct report_job {
	const struct common *c;
	struct report_page page;
	struct stats stats;
	struct progress progress;
	struct blend_group *group;
	size_t ngroups, cap;
	bool has_run;
	struct err *err;
};

/* ---- the blend of a run ---- */

/* The group of a source: its name up to the first slash. */
static size_t
group_of(struct report_job *j, const char *source)
{
	const struct span name = { source, strcspn(source, "/") };

	for (size_t i = 0; i < j->ngroups; i++)
		if (span_eq(span_of(j->group[i].name), name))
			return i;
	GROW(j->group, j->ngroups, j->cap);
	j->group[j->ngroups] = (struct blend_group){ .name = span_copy(name) };
	return j->ngroups++;
}

/* Add the samples of a shard to the windows of its run. */
static int
add_blend(struct report_job *j, const struct tshard *s, uint64_t run_samples)
{
	const struct tshard_header *h = tshard_header(s);
	size_t *group = xcalloc((size_t)h->n_sources + 1, sizeof *group);
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	uint64_t number = h->first_sample;
	int more = -1;

	for (uint32_t i = 0; i < h->n_sources; i++)
		group[i] = group_of(j, tshard_sources(s)[i].name);
	if (tshard_sample_iter_open(&it, s, 0, h->samples, &e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0) {
			const struct tshard_seg *last = &sample.segs[sample.n_segs - 1];
			const uint32_t n =
			    last->flags & TSHARD_SEG_PAD ? last->start : h->seq_len;
			struct blend_group *g = &j->group[group[sample.segs->source]];

			g->tokens += n;
			g->window[number++ * REPORT_WINDOWS / run_samples] += n;
		}
	tshard_sample_iter_close(it);
	free(group);
	return more < 0 ? err_tshard(j->err, &e) : 0;
}

static int
by_tokens_of_group(const void *a, const void *b)
{
	const struct blend_group *x = a, *y = b;

	if (x->tokens != y->tokens)
		return x->tokens > y->tokens ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Fill in the blend of the page: the largest groups, and the rest as one. */
static void
set_blend(struct report_job *j)
{
	struct report_page *p = &j->page;

	if (j->ngroups > 0)
		qsort(j->group, j->ngroups, sizeof *j->group, by_tokens_of_group);
	for (size_t i = 0; i < j->ngroups; i++) {
		const size_t to = i < REPORT_GROUPS ? i : REPORT_GROUPS - 1;

		if (to == p->ngroups)
			p->group[p->ngroups++] = j->group[i].name;
		for (size_t w = 0; w < REPORT_WINDOWS; w++)
			p->blend[w][to] += j->group[i].window[w];
	}
	if (j->ngroups > REPORT_GROUPS) {
		free(p->group[REPORT_GROUPS - 1]);
		j->group[REPORT_GROUPS - 1].name = p->group[REPORT_GROUPS - 1] =
		    xstrdup("others");
	}
}

/* ---- shards ---- */

static int
add_provenance(struct report_job *j, const struct tshard *s)
{
	struct tshard_error e = { 0 };
	struct json_error wrong;
	struct json_fields f = { 0 };
	struct arena mem = { 0 };
	char *meta;
	size_t n;
	int rc = 0;

	if (tshard_meta(s, &meta, &n, &e) < 0)
		return err_tshard(j->err, &e);
	if (utf8_valid((struct span){ meta, n }) &&
	    json_scan((struct span){ meta, n }, &f, &mem, &wrong) >= 0)
		for (size_t i = 0; i < f.n && rc == 0; i++)
			if (span_eq(f.v[i].key, SPAN("provenance")) &&
			    f.v[i].value.n > 0 && f.v[i].value.p[0] == '{')
				rc = corpus_stages_add(&j->page.stages, f.v[i].value,
				    tshard_prefix(s), j->err);
	free(f.v);
	arena_free(&mem);
	free(meta);
	return rc;
}

static int
add_shard(struct report_job *j, struct tshard *s)
{
	if (progress_due(&j->progress))
		progress_line(&j->progress, "report: %llu shards, %.1f Gtok",
		    (unsigned long long)j->stats.shards, (double)j->stats.tokens / 1e9);
	if (shard_note_inputs(tshard_prefix(s), j->err) < 0)
		return -1;
	if (tshard_header(s)->kind == TSHARD_DOCS && add_provenance(j, s) < 0)
		return -1;
	/* Beside a run, shards of documents are its sources. */
	if (j->has_run && tshard_header(s)->kind == TSHARD_DOCS)
		return 0;
	return stats_shard(&j->stats, s, j->err);
}

static int
add_run(struct report_job *j, const char *dir)
{
	struct tshard_error e = { 0 };
	struct tshard_run *r;
	struct tshard *s;
	int rc = 0;

	if (tshard_run_open(&r, dir, &e) < 0)
		return err_tshard(j->err, &e);
	if (j->page.run_samples > 0)
		rc = err_set(j->err, EXIT_USAGE,
		    "'%s' is a second run: write a page for each", dir);
	j->page.run_samples = tshard_run_samples(r);
	for (size_t i = 0; rc == 0 && i < tshard_run_shards(r); i++) {
		if (tshard_run_shard(r, i, 0, &s, &e) < 0) {
			rc = err_tshard(j->err, &e);
			break;
		}
		rc = add_shard(j, s);
		if (rc == 0)
			rc = add_blend(j, s, j->page.run_samples);
		tshard_close(s);
	}
	tshard_run_close(r);
	return rc;
}

/* ---- other files ---- */

/* Add a report, or documents that a command has dropped. */
static int
add_json(struct report_job *j, const char *path)
{
	enum { HEAD = 1 << 16, REPORT_MOST = 1 << 26 };
	struct in *in = in_open(path, j->err);
	struct buf head = { 0 };
	ptrdiff_t n = 1;
	bool report;
	int rc = 0;

	if (!in)
		return -1;
	buf_reserve(&head, HEAD);
	while (n > 0 && head.n < HEAD) {
		n = in_read(in, head.p + head.n, HEAD - head.n, j->err);
		head.n += n > 0 ? (size_t)n : 0;
	}
	report = span_starts(buf_span(&head), SPAN("{\"tamis\":"));
	while (n > 0 && report && head.n < REPORT_MOST) {
		buf_reserve(&head, HEAD);
		n = in_read(in, head.p + head.n, HEAD, j->err);
		head.n += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		rc = -1;
	else if (report)
		rc = corpus_stages_add(&j->page.stages, buf_span(&head), path, j->err);
	else
		rc = report_dropped_add(&j->page, in, buf_span(&head), j->err);
	buf_free(&head);
	in_close(in);
	return rc;
}

static bool
ends_with(const char *s, const char *ending)
{
	const size_t n = strlen(s), k = strlen(ending);

	return n >= k && strcmp(s + n - k, ending) == 0;
}

/* Whether an operand is a directory, or a shard by its prefix or files. */
static bool
is_shards(const char *path)
{
	struct stat st;
	struct buf b = { 0 };
	bool there;

	buf_putf(&b, "%s.sdx", path);
	buf_putc(&b, '\0');
	there = stat(b.p, &st) == 0;
	buf_free(&b);
	return there || ends_with(path, ".sdx") || ends_with(path, ".bin") ||
	       ends_with(path, ".idx") || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- the command ---- */

static int
add_shards(struct report_job *j, const struct shard_paths *paths)
{
	struct tshard_error e = { 0 };
	struct tshard *s;
	int rc = 0;

	for (size_t i = 0; i < paths->n; i++)
		j->has_run |= is_directory(paths->v[i]);
	for (size_t i = 0; i < paths->n && rc == 0; i++) {
		if (is_directory(paths->v[i])) {
			rc = add_run(j, paths->v[i]);
			continue;
		}
		if (tshard_open(&s, paths->v[i], 0, &e) < 0)
			return err_tshard(j->err, &e);
		rc = add_shard(j, s);
		tshard_close(s);
	}
	return rc;
}

static int
add_operands(struct report_job *j, int n, char **operand)
{
	struct shard_paths paths = { 0 };
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++)
		rc = is_shards(operand[i])
			 ? shard_paths_add(&paths, 1, &operand[i], j->err)
			 : add_json(j, operand[i]);
	if (rc == 0)
		rc = add_shards(j, &paths);
	shard_paths_free(&paths);
	return rc;
}

/* Write the page to the output. */
static int
put_page(struct report_job *j)
{
	const char *output = j->c->output;
	struct buf b = { 0 };
	int rc = 0;

	j->page.stats = j->stats.shards > 0 ? &j->stats : NULL;
	set_blend(j);
	corpus_stages_sort(&j->page.stages);
	report_dropped_sort(&j->page);
	report_page_put(&j->page, &b);
	if (output && strcmp(output, "-") != 0)
		rc = file_put(output, buf_span(&b), 0666, j->err);
	else if (fwrite(b.p, 1, b.n, stdout) != b.n)
		rc = err_errno(j->err, "cannot write standard output");
	buf_free(&b);
	return rc;
}

static int
report_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct report_conf *conf = self;
	struct report_job *j = xcalloc(1, sizeof *j);
	int rc;

	if (n == 0) {
		free(j);
		return err_set(err, EXIT_USAGE,
		    "no PATH: name a run, shards, reports or files of rejects");
	}
	j->c = c;
	j->err = err;
	j->page.title = conf->title ? conf->title : path_base(operand[0]);
	progress_init(&j->progress, common_progress(c));
	rc = add_operands(j, n, operand);
	progress_clear(&j->progress);
	if (rc == 0)
		rc = put_page(j);
	for (size_t i = 0; i < j->ngroups; i++)
		free(j->group[i].name);
	free(j->group);
	corpus_stages_free(&j->page.stages);
	report_dropped_free(&j->page);
	stats_release(&j->stats);
	free(j);
	return rc;
}

const struct tool tool_report = {
	.name = "report",
	.summary = "write a page on a run and on what was dropped on the way to it",
	.example = "tamis report -o report.html shards/ tok/ clean/*.rejects",
	.operands = "PATH...",
	.common = " output progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = report_run,
};
