/* filter.c - the front of every filter: options, inputs, outputs, provenance, commit. */
#include "lib/filter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/run.h"

enum { MAX_REPORT = 64 << 20 };

static int
parse_where(struct run *r)
{
	const char *eq;

	if (!r->c.where)
		return 0;
	eq = strchr(r->c.where, '=');
	if (!eq || eq == r->c.where)
		return err_set(
		    r->err, EXIT_USAGE, "--where '%s': write NAME=VALUE,...", r->c.where);
	r->where_key = (struct span){ r->c.where, (size_t)(eq - r->c.where) };
	r->where_values = eq + 1;
	return 0;
}

/* Two outputs of one name, however it is spelled. */
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
			rc = err_set(r->err, EXIT_USAGE, "%s '%s': name a file",
			    out[i].option, out[i].path);
		real[i] = file_resolve(out[i].path);
		for (size_t k = 0; k < i; k++)
			if (real[k] && strcmp(real[k], real[i]) == 0)
				rc = err_set(r->err, EXIT_USAGE,
				    "%s and %s are both '%s': name two files",
				    out[k].option, out[i].option, out[i].path);
	}
	for (size_t i = 0; i < N; i++)
		free(real[i]);
	return rc;
}

/* Options that do not go together. */
static int
check_options(const struct run *r)
{
	if (r->text_key.n == 0 || r->id_key.n == 0 || span_eq(r->text_key, r->id_key))
		return err_set(r->err, EXIT_USAGE,
		    "--text '%s' and --id '%s': name two members", r->c.text, r->c.id);
	if ((r->c.tag || r->c.rejects) && span_eq(r->text_key, SPAN("drop")))
		return err_set(r->err, EXIT_USAGE,
		    "--text 'drop': --tag and --rejects write that member: rename it in "
		    "the data");
	if (r->sink && r->c.where)
		return err_set(r->err, EXIT_USAGE,
		    "--where: this verb takes all documents: filter them before");
	return check_names(r);
}

static int
open_outputs(struct run *r)
{
	if (r->c.rejects) {
		r->rejects = out_open(r->c.rejects, 0, 0600, r->err);
		if (!r->rejects)
			return -1;
	}
	if (r->sink)
		return 0;
	r->out = out_open(r->c.output, r->c.level, 0666, r->err);
	return r->out ? 0 : -1;
}

/* Threads' scratch and the ring of blocks. */
static int
open_threads(struct run *r)
{
	size_t threads = (size_t)r->c.threads;

	r->packer = xcalloc(threads, sizeof *r->packer);
	r->nblocks = threads == 1		? 1
		     : threads * 4 < MAX_BLOCKS ? threads * 4
						: MAX_BLOCKS;
	r->block = xcalloc(r->nblocks, sizeof *r->block);
	for (size_t i = 0; i < r->nblocks; i++)
		r->block[i].run = r;
	for (size_t k = 0; k < r->nstages; k++) {
		struct stage *s = &r->stage[k];

		s->scratch = xcalloc(threads, sizeof *s->scratch);
		for (size_t i = 0; s->f->open_thread && i < threads; i++)
			if (s->f->open_thread(s->self, &s->scratch[i], r->err) < 0)
				return -1;
	}
	return 0;
}

static void
close_run(struct run *r)
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
	}
	for (size_t i = 0; i < r->nblocks; i++) {
		struct block *b = &r->block[i];

		arena_free(&b->mem);
		buf_free(&b->data);
		buf_free(&b->out);
		buf_free(&b->packed);
		buf_free(&b->rejects);
		free(b->stretch);
		free(b->doc);
		free(b->members.v);
		free(b->counts.v);
	}
	for (size_t i = 0; r->packer && i < r->c.threads; i++)
		packer_free(r->packer[i]);
	packer_free(r->reject_packer);
	free(r->packer);
	free(r->block);
	free(r->upstream);
	out_abort(r->out);
	out_abort(r->rejects);
	reader_free(r->reader);
	tally_free(&r->tally);
}

/* The report of what wrote our standard input.  It is whole when that input has ended. */
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
		    "%s: not a report: name what --report wrote", r->c.provenance);
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
	    r->c.output && strcmp(r->c.output, "-") != 0 &&
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

/* A sink commits its own files; then comes the report, which they hold a copy of. */
static int
commit_sink(struct run *r, struct span report)
{
	const struct stage *last = &r->stage[r->nstages - 1];

	if (r->sink->finish(last->self, (struct span){ report.p, report.n - 1 }, r->err) <
	    0)
		return -1;
	return write_reports(r, report);
}

/* The report first, the output's own name last: whoever sees it finds its report. */
static int
commit_output(struct run *r, struct span report)
{
	struct out *o = r->out;

	if (write_reports(r, report) < 0)
		return -1;
	r->out = NULL;
	return out_commit(o, r->err);
}

static int
commit(struct run *r)
{
	struct opt_set sets[2] = { r->own, { common_opts, &r->c } };
	const struct filter *f = r->stage[0].f;
	struct report report = { .verb = f->name,
		.sets = sets,
		.nsets = 2,
		.tally = &r->tally,
		.has_output = !r->sink };
	struct out *rejects;
	struct buf b = { 0 };
	int rc = -1;

	if (load_upstream(r) < 0)
		return -1;
	report.inputs = reader_inputs(r->reader, &report.ninputs);
	report.upstream = r->upstream;
	report.libraries = f->libraries ? f->libraries(r->stage[0].self) : NULL;
	report_put(&report, &b);
	rejects = r->rejects, r->rejects = NULL;
	if (!rejects || out_commit(rejects, r->err) == 0)
		rc = r->sink ? commit_sink(r, buf_span(&b))
			     : commit_output(r, buf_span(&b));
	buf_free(&b);
	return rc;
}

static int
run_filter(struct run *r, char **paths, size_t npaths)
{
	const struct filter *f = r->stage[0].f;
	const char *tmp = r->c.tmp ? r->c.tmp : getenv("TMPDIR");
	int rc = -1;

	if (parse_where(r) < 0 || check_options(r) < 0)
		return -1;
	if (f->open && f->open(r->stage[0].self, &r->c, r->err) < 0)
		return -1;
	r->stage[0].open = true;
	r->reader = reader_new(paths, npaths, r->split, r->stage[0].self, r->c.max_doc,
	    run_wants_two(r) ? (tmp && *tmp ? tmp : "/tmp") : NULL);
	progress_init(&r->progress, &r->c);
	if (open_outputs(r) == 0 && open_threads(r) == 0 && run_passes(r) == 0)
		rc = commit(r);
	progress_clear(&r->progress);
	return rc;
}

/* Operands, then what --files-from lists.  names: owns the strings of the list. */
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

static int
run_status(const struct run *r)
{
	if (!r->c.quiet)
		report_summary(&r->tally);
	if (r->tally.bad)
		warning("bad records left out: %" PRIu64 ": see them with --rejects FILE",
		    r->tally.bad);
	if (r->c.verbose)
		say("%.1f MB in %.2f s", (double)reader_bytes(r->reader) * 1e-6,
		    progress_seconds(&r->progress));
	return 0;
}

int
filter_main(const struct filter *f, int argc, char *argv[])
{
	struct err err = { 0 };
	struct run *r = xcalloc(1, sizeof *r);
	struct buf names = { 0 };
	char **paths = NULL;
	size_t npaths = 0;
	int n, rc = 0;

	r->own =
	    (struct opt_set){ f->opts, memcpy(xmalloc(f->size), f->defaults, f->size) };
	r->stage[0] = (struct stage){ .f = f, .self = r->own.conf };
	r->nstages = 1;
	r->split = f->split ? f->split : &jsonl_split;
	r->sink = f->sink;
	r->err = &err;
	tally_init(&r->tally);
	n = common_parse(
	    f->name, f->summary, "[FILE...]", NULL, &r->own, &r->c, argc, argv, &err);
	r->text_key = n >= 0 ? span_of(r->c.text) : SPAN("text");
	r->id_key = n >= 0 ? span_of(r->c.id) : SPAN("id");
	if (n == -1 ||
	    (n >= 0 && !(paths = input_paths(&r->c, n, argv, &names, &npaths, &err))))
		rc = -1;
	else if (n >= 0)
		rc = run_filter(r, paths, npaths);
	if (rc < 0) {
		say("%s", err.msg);
		rc = err.code;
	} else if (n >= 0) {
		rc = run_status(r);
	}
	close_run(r);
	free(r->own.conf);
	free(paths);
	buf_free(&names);
	free(r);
	return rc;
}
