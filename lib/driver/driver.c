/* driver.c - the front of every filter: options, inputs, outputs, provenance, commit. */
#include "lib/driver/driver.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/chars.h"
#include "lib/driver/run.h"
#include "lib/io/publish.h"

enum { MAX_REPORT = 64 << 20 };

static int
parse_where(struct stage *s, struct err *err)
{
	const char *eq;

	if (!s->c.where)
		return 0;
	eq = strchr(s->c.where, '=');
	if (!eq || eq == s->c.where)
		return err_set(
		    err, EXIT_USAGE, "--where '%s': write NAME=VALUE,...", s->c.where);
	s->where_key = (struct span){ s->c.where, (size_t)(eq - s->c.where) };
	s->where_values = eq + 1;
	return 0;
}

/* Reject outputs that are the same file. */
static int
check_names(const struct run *r)
{
	const struct {
		const char *option, *path;
	} out[] = { { "--output", r->c.output }, { "--rejects", r->c.rejects },
		{ "--report", r->c.report } };
	enum { N = sizeof out / sizeof *out };
	char *real[N] = { 0 };
	int rc = 0;

	for (size_t i = 0; i < N; i++) {
		if (!out[i].path || strncmp(out[i].path, "/dev/", 5) == 0)
			continue;
		if (!out[i].path[0] || (i > 0 && strcmp(out[i].path, "-") == 0))
			rc = err_set(r->err, EXIT_USAGE, "%s '%s': not a file name",
			    out[i].option, out[i].path);
		real[i] = publish_resolve(out[i].path);
		for (size_t k = 0; k < i; k++)
			if (real[k] && strcmp(real[k], real[i]) == 0)
				rc = err_set(r->err, EXIT_USAGE,
				    "%s and %s are the same file '%s': name two files",
				    out[k].option, out[i].option, out[i].path);
	}
	for (size_t i = 0; i < N; i++)
		free(real[i]);
	return rc;
}

/* Reject contradictory options. */
static int
check_options(const struct run *r)
{
	const struct doc_env *e = &r->env;

	if (e->text_key.n == 0 || e->id_key.n == 0 || span_eq(e->text_key, e->id_key))
		return err_set(r->err, EXIT_USAGE,
		    "--text '%s' and --id '%s': name two different fields", r->c.text,
		    r->c.id);
	if ((e->tags || r->c.rejects) && span_eq(e->text_key, SPAN("drop")))
		return err_set(r->err, EXIT_USAGE,
		    "--text 'drop': --tag and --rejects write field 'drop': rename it in "
		    "the data");
	if (r->c.split_by && r->sink)
		return err_set(r->err, EXIT_USAGE,
		    "--split-by '%s': %s does not write documents", r->c.split_by,
		    r->stage[r->nstages - 1].f->name);
	if (r->c.split_by && !r->c.output)
		return err_set(r->err, EXIT_USAGE,
		    "--split-by '%s' needs a directory: name it with -o DIR",
		    r->c.split_by);
	return check_names(r);
}

/* Open one output per value of a field, for the last stage or --split-by. */
static int
open_split(struct run *r)
{
	const struct setup *s = &r->stage[r->nstages - 1].setup;
	const char *dir = s->split_dir;

	if (dir && r->c.output)
		return err_set(r->err, EXIT_USAGE,
		    "--output '%s': the documents go to directory '%s'", r->c.output,
		    dir);
	r->split_key = span_of(dir ? s->split_by : r->c.split_by);
	r->split = split_open(dir ? dir : r->c.output, r->c.level, r->c.force, r->err);
	return r->split ? 0 : -1;
}

/* A pipe or device, which can be read only once. */
static bool
is_stream(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0 ||
	       (stat(path, &st) == 0 && !S_ISREG(st.st_mode));
}

/*
 * A second pass reads the input files again.  It needs a spool if there are earlier
 * stages, or if an input can be read only once.
 */
static int
open_spool(struct run *r, char **paths, size_t npaths)
{
	const char *tmp = r->c.tmp ? r->c.tmp : getenv("TMPDIR");
	bool needed = r->nstages > 1;

	for (size_t i = 0; i < npaths && !needed; i++)
		needed = is_stream(paths[i]);
	if (!needed || !run_has_second_pass(r))
		return 0;
	r->spool = spool_open(tmp && *tmp ? tmp : "/tmp", r->c.threads, r->err);
	return r->spool ? 0 : -1;
}

static int
open_outputs(struct run *r)
{
	const struct stage *last = &r->stage[r->nstages - 1];

	if (r->c.rejects) {
		r->rejects = out_open(r->c.rejects, 0, 0600, r->err);
		if (!r->rejects)
			return -1;
	}
	if (r->sink)
		return 0;
	if (last->setup.split_dir || r->c.split_by)
		return open_split(r);
	r->out = out_open(r->c.output, r->c.level, 0666, r->err);
	if (!r->out)
		return -1;
	out_threads(r->out, r->c.threads);
	return 0;
}

/* Allocate the scratch memory of each thread, and the ring of blocks. */
static int
open_threads(struct run *r)
{
	size_t threads = (size_t)r->c.threads;

	r->nblocks = threads == 1		? 1
		     : threads * 4 < MAX_BLOCKS ? threads * 4
						: MAX_BLOCKS;
	r->block = xcalloc(r->nblocks, sizeof *r->block);
	for (size_t i = 0; i < r->nblocks; i++)
		r->block[i].env = &r->env;
	for (size_t k = 0; k < r->nstages; k++) {
		struct stage *s = &r->stage[k];

		s->scratch = xcalloc(threads, sizeof *s->scratch);
		for (size_t i = 0; s->f->open_thread && i < threads; i++)
			if (s->f->open_thread(s->self, &s->scratch[i], r->err) < 0)
				return -1;
	}
	return 0;
}

struct run *
run_new(const char *command, struct err *err)
{
	struct run *r = xcalloc(1, sizeof *r);

	r->command = command;
	r->err = err;
	tally_init(&r->tally);
	return r;
}

struct stage *
run_add(struct run *r, const struct filter *f)
{
	struct stage *s = &r->stage[r->nstages++];

	*s = (struct stage){ .f = f,
		.self = memcpy(xmalloc(f->size), f->defaults, f->size) };
	return s;
}

static void
run_free(struct run *r)
{
	for (size_t k = 0; k < r->nstages; k++) {
		struct stage *s = &r->stage[k];

		for (size_t i = 0; s->scratch && s->f->close_thread && i < r->c.threads;
		     i++)
			if (s->scratch[i])
				s->f->close_thread(s->scratch[i]);
		free(s->scratch);
		if (s->open && s->f->close)
			s->f->close(s->self);
		uses_free(&s->uses);
		free(s->self);
	}
	for (size_t i = 0; i < r->nblocks; i++)
		block_free(&r->block[i]);
	for (size_t i = 0; i < r->nbad; i++)
		free(r->bad[i].why);
	free(r->bad);
	free(r->block);
	free(r->upstream);
	out_abort(r->out);
	split_free(r->split);
	out_abort(r->rejects);
	reader_free(r->reader);
	spool_free(r->spool);
	tally_free(&r->tally);
	free(r);
}

/* Load the report of the run that wrote standard input.  That run has ended by now. */
static int
load_upstream(struct run *r)
{
	struct buf b = { 0 };

	if (!r->c.provenance)
		return 0;
	if (file_get(r->c.provenance, MAX_REPORT, &b, r->err) < 0) {
		buf_free(&b);
		return -1;
	}
	if (!report_valid(buf_span(&b))) {
		buf_free(&b);
		return err_set(r->err, EXIT_DATA,
		    "%s: not a report: name a file written by --report", r->c.provenance);
	}
	if (!reader_has_output_of(r->reader, buf_span(&b))) {
		warning("%s does not describe standard input: not used as provenance",
		    r->c.provenance);
		buf_free(&b);
		return 0;
	}
	report_trim(&b);
	r->upstream = b.p;
	return 0;
}

static int
write_reports(struct run *r, struct span report)
{
	bool beside =
	    r->c.output && !r->split && strcmp(r->c.output, "-") != 0 &&
	    (r->sink ? strncmp(r->c.output, "/dev/", 5) != 0 : !out_in_place(r->out));
	struct buf name = { 0 };
	int rc = 0;

	if (r->c.report)
		rc = file_put(r->c.report, report, 0666, r->err);
	if (rc == 0 && beside) {
		buf_putf(&name, "%s.report.json", r->c.output);
		buf_putc(&name, '\0');
		rc = file_put(name.p, report, 0666, r->err);
		buf_free(&name);
	}
	return rc;
}

/* A sink commits its own files, which contain a copy of the report. */
static int
commit_sink(struct run *r, struct span report)
{
	const struct stage *last = &r->stage[r->nstages - 1];

	if (r->sink->finish(last->self, (struct span){ report.p, report.n - 1 }, r->err) <
	    0)
		return -1;
	return write_reports(r, report);
}

/* Publish the report first and the output last, so that an output has its report. */
static int
commit_output(struct run *r, struct span report)
{
	struct out *o = r->out;

	if (out_finish(o, r->err) < 0 || write_reports(r, report) < 0)
		return -1;
	r->out = NULL;
	return out_commit(o, r->err);
}

/* The report of one of several outputs. */
static void
report_split(void *ctx, struct hash128 hash, uint64_t bytes, struct buf *out)
{
	struct report r = *(const struct report *)ctx;
	struct report_output output = { hash, bytes };

	r.output = &output;
	report_put(&r, out);
}

static int
commit_split(struct run *r, struct report *report, struct span all)
{
	if (write_reports(r, all) < 0)
		return -1;
	return split_commit(r->split, report_split, report, r->err);
}

static int
commit(struct run *r)
{
	struct report_stage stage[MAX_STAGES];
	struct report report = { .command = r->command,
		.c = &r->c,
		.stage = stage,
		.nstages = r->nstages,
		.tally = &r->tally };
	struct report_output output = { hasher_sum(r->tally.hasher), r->tally.out_bytes };
	struct out *rejects;
	struct buf b = { 0 };
	int rc = -1;

	if (load_upstream(r) < 0)
		return -1;
	report.inputs = reader_inputs(r->reader, &report.ninputs);
	report.upstream = r->upstream;
	for (size_t i = 0; i < r->nstages; i++) {
		struct stage *s = &r->stage[i];

		stage[i] = (struct report_stage){ .command = s->f->name,
			.own = { s->f->opts, s->self },
			.c = &s->c,
			.uses = &s->uses };
	}
	if (r->out)
		report.output = &output;
	report_put(&report, &b);
	rejects = r->rejects, r->rejects = NULL;
	if (!rejects || out_commit(rejects, r->err) == 0)
		rc = r->sink	? commit_sink(r, buf_span(&b))
		     : r->split ? commit_split(r, &report, buf_span(&b))
				: commit_output(r, buf_span(&b));
	buf_free(&b);
	return rc;
}

/* Reject filters that must be first or last in a chain and are not. */
static int
check_places(const struct run *r)
{
	for (size_t i = 0; i < r->nstages; i++) {
		const struct filter *f = r->stage[i].f;

		if (f->source && i > 0)
			return err_set(r->err, EXIT_USAGE,
			    "%s makes documents: put it first in the chain", f->name);
		if (f->sink && i + 1 < r->nstages)
			return err_set(r->err, EXIT_USAGE,
			    "%s does not write documents: put it last in the chain",
			    f->name);
	}
	return 0;
}

/* The same for needs that filters state in open(). */
static int
check_needs(const struct run *r)
{
	for (size_t i = 0; i < r->nstages; i++) {
		const struct stage *s = &r->stage[i];
		const bool last = i + 1 == r->nstages;

		if (s->setup.split_dir && !last)
			return err_set(r->err, EXIT_USAGE,
			    "%s with these options writes several files: put it last in "
			    "the chain",
			    s->f->name);
		if (s->setup.second_pass && !last)
			return err_set(r->err, EXIT_USAGE,
			    "%s with these options decides after the last document: put "
			    "it last in the chain",
			    s->f->name);
		if (s->f->sink && s->c.where && !s->setup.all_docs)
			return err_set(r->err, EXIT_USAGE,
			    "--where '%s': %s takes all documents: drop the others in an "
			    "earlier filter",
			    s->c.where, s->f->name);
	}
	return 0;
}

static int
open_stage(struct run *r, struct stage *s)
{
	s->setup = (struct setup){ .c = &s->c, .uses = &s->uses };
	if (s->f->open && s->f->open(s->self, &s->setup, r->err) < 0)
		return r->nstages > 1 ? err_prefix(r->err, s->f->name) : -1;
	s->open = true;
	return 0;
}

static int
open_stages(struct run *r)
{
	if (check_places(r) < 0)
		return -1;
	for (size_t i = 0; i < r->nstages; i++)
		if (parse_where(&r->stage[i], r->err) < 0)
			return r->nstages > 1 ? err_prefix(r->err, r->stage[i].f->name)
					      : -1;
	if (check_options(r) < 0)
		return -1;
	for (size_t i = 0; i < r->nstages; i++)
		if (open_stage(r, &r->stage[i]) < 0)
			return -1;
	return check_needs(r);
}

static int
run_filter(struct run *r, char **paths, size_t npaths)
{
	int rc = -1;

	if (open_stages(r) < 0)
		return -1;
	r->reader = reader_new(paths, npaths, r->source, r->stage[0].self, r->c.max_doc,
	    r->c.on_bad == ON_BAD_SKIP);
	progress_init(&r->progress, common_progress(&r->c));
	if (open_spool(r, paths, npaths) == 0 && open_outputs(r) == 0 &&
	    open_threads(r) == 0 && run_passes(r) == 0)
		rc = commit(r);
	progress_clear(&r->progress);
	return rc;
}

/* The operands, then the files that --files-from lists; names owns those. */
static char **
input_paths(const struct common *c, int n, char **operand, struct buf *names,
    size_t *npaths, struct err *err)
{
	static char std[] = "-";
	size_t lines = 0, k = 0;
	char **path;

	if (c->files_from) {
		if (file_get(c->files_from, SIZE_MAX / 2, names, err) < 0)
			return NULL;
		buf_putc(names, '\n');
		for (size_t i = 0; i < names->n; i++)
			lines += names->p[i] == '\n';
	}
	path = xcalloc((size_t)n + lines + 1, sizeof *path);
	for (int i = 0; i < n; i++)
		path[k++] = operand[i];
	for (size_t i = 0, from = 0; i < names->n; i++)
		if (names->p[i] == '\n') {
			names->p[i] = '\0';
			if (i > from)
				path[k++] = names->p + from;
			from = i + 1;
		}
	if (k == 0 && !c->files_from)
		path[k++] = std;
	*npaths = k;
	return path;
}

static void
run_status(const struct run *r)
{
	if (!r->c.quiet)
		report_summary(&r->tally);
	if (r->tally.bad)
		warning("skipped %" PRIu64 " bad record%s: keep them with --rejects FILE",
		    r->tally.bad, r->tally.bad == 1 ? "" : "s");
	if (r->c.verbose)
		msg("%.1f MB in %.2f s", (double)reader_bytes(r->reader) * 1e-6,
		    progress_seconds(&r->progress));
}

int
run_main(struct run *r, int n, char **operand)
{
	struct buf names = { 0 };
	size_t npaths = 0;
	char **paths = NULL;
	int rc = n;

	if (n < 0)
		goto out;
	rc = -1;
	r->source = r->stage[0].f->source ? r->stage[0].f->source : &jsonl_source;
	r->env = (struct doc_env){ .text_key = span_of(r->c.text),
		.id_key = span_of(r->c.id),
		.repair = r->c.on_bad == ON_BAD_REPAIR,
		.by_line = r->source == &jsonl_source };
	for (size_t i = 0; i < r->nstages; i++)
		r->env.tags |= (uint32_t)r->stage[i].c.tag << i;
	r->sink = r->stage[r->nstages - 1].f->sink;
	paths = input_paths(&r->c, n, operand, &names, &npaths, r->err);
	if (paths)
		rc = run_filter(r, paths, npaths);
	if (rc == 0)
		run_status(r);
out:
	if (rc == -1) {
		msg("%s", r->err->msg);
		rc = r->err->code;
	}
	free(paths);
	buf_free(&names);
	run_free(r);
	return rc == -2 ? 0 : rc;
}

int
filter_main(const struct filter *f, int argc, char *argv[])
{
	struct err err = { 0 };
	struct run *r = run_new(f->name, &err);
	struct stage *s = run_add(r, f);
	struct opt_set own = { f->opts, s->self };
	const struct usage usage = { f->name, f->summary, "[FILE...]", NULL };
	int n = common_init(&r->c, &err);

	if (n == 0)
		n = common_parse(&usage, &own, &r->c, argc, argv, &err);
	s->c = r->c;
	return run_main(r, n, argv);
}
