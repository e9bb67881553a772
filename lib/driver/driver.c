/* driver.c - the front of every filter: options, inputs, outputs, summary. */
#include "lib/driver/driver.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/run.h"
#include "lib/driver/walk.h"
#include "lib/io/inputs.h"
#include "lib/io/publish.h"

static int
parse_where(struct stage *s, struct err *err)
{
	const char *eq;

	if (!s->c.where)
		return 0;
	eq = strchr(s->c.where, '=');
	if (!eq || eq == s->c.where)
		return err_set(
		    err, EXIT_USAGE, "--where '%s': write FIELD=VALUE,...", s->c.where);
	s->where_key = (struct span){ s->c.where, (size_t)(eq - s->c.where) };
	s->where_values = eq + 1;
	return 0;
}

/* Whether a report is written next to the output, as OUTPUT.report.json. */
static bool
has_own_report(const struct run *r)
{
	const char *path = r->c.output;
	struct stat st;

	if (!path || r->c.split_by || strcmp(path, "-") == 0 ||
	    strncmp(path, "/dev/", 5) == 0)
		return false;
	return r->sink || stat(path, &st) < 0 || S_ISREG(st.st_mode);
}

/* Reject outputs that are the same file. */
static int
check_names(const struct run *r)
{
	const struct output_name out[] = { { "--output", r->c.output },
		{ "--rejects", r->c.rejects }, { "--report", r->c.report } };
	struct output_name own[] = { { "the report of --output", NULL }, out[1] };
	struct buf name = { 0 };
	int rc = 0;

	for (size_t i = 0; i < sizeof out / sizeof *out && rc == 0; i++)
		if (out[i].path &&
		    (!out[i].path[0] || (i > 0 && strcmp(out[i].path, "-") == 0)))
			rc = err_set(r->err, EXIT_USAGE, "%s '%s': not a file name",
			    out[i].option, out[i].path);
	if (rc == 0)
		rc = publish_distinct(out, sizeof out / sizeof *out, r->err);
	if (rc == 0 && has_own_report(r)) {
		buf_putf(&name, "%s.report.json", r->c.output);
		buf_putc(&name, '\0');
		own[0].path = name.p;
		/* --report may name it: both are the same report. */
		rc = publish_distinct(own, sizeof own / sizeof *own, r->err);
		if (rc == 0)
			rc = inputs_check(name.p, r->err);
	}
	buf_free(&name);
	return rc == 0 && r->c.report ? file_put_check(r->c.report, r->err) : rc;
}

/* The one name of the first n bytes of path, a directory that may be missing. */
static char *
resolve_dir(const char *path, size_t n)
{
	struct buf b = { 0 };
	char *real;

	while (n > 1 && path[n - 1] == '/')
		n--;
	buf_put(&b, n > 0 ? path : ".", n > 0 ? n : 1);
	buf_putc(&b, '\0');
	real = publish_resolve(b.p);
	buf_free(&b);
	return real;
}

/* Reject outputs that a directory of several outputs could replace. */
static int
check_split_names(const struct run *r, const char *dir)
{
	const struct output_name out[] = { { "--rejects", r->c.rejects },
		{ "--report", r->c.report } };
	char *split = resolve_dir(dir, strlen(dir));
	int rc = 0;

	for (size_t i = 0; i < sizeof out / sizeof *out && rc == 0; i++) {
		const char *path = out[i].path, *name = path ? path_base(path) : "";
		char *real;

		if (!path || !split_names(name))
			continue;
		real = resolve_dir(path, (size_t)(name - path));
		if (strcmp(real, split) == 0)
			rc = err_set(r->err, EXIT_USAGE,
			    "%s '%s': the documents of a value may go to this file: name "
			    "a file outside '%s'",
			    out[i].option, path, dir);
		free(real);
	}
	free(split);
	return rc;
}

/* Reject contradictory options. */
static int
check_options(const struct run *r)
{
	const struct doc_env *e = &r->env;

	if (e->text_key.n == 0 || e->id_key.n == 0)
		return err_set(r->err, EXIT_USAGE, "--%s '': name a field",
		    e->text_key.n == 0 ? "text" : "id");
	if (span_eq(e->text_key, e->id_key))
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
	if (check_split_names(r, dir ? dir : r->c.output) < 0)
		return -1;
	r->split_key = span_of(dir ? s->split_by : r->c.split_by);
	r->split = split_open(dir ? dir : r->c.output, r->c.level, r->c.force, r->err);
	/* Now that the directory exists, all its names resolve. */
	return r->split ? check_split_names(r, dir ? dir : r->c.output) : -1;
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
 * Reject a missing input or a directory before any input is read: a wrong name is a usage
 * error.  Add up the sizes, for the progress line.
 */
static int
check_inputs(struct run *r, char *const *path, size_t n)
{
	bool regular = true;

	r->input_bytes = xcalloc(n + 1, sizeof *r->input_bytes);
	for (size_t i = 0; i < n; i++) {
		const bool std = strcmp(path[i], "-") == 0;
		struct stat st = { 0 };
		const int rc = std ? fstat(STDIN_FILENO, &st) : stat(path[i], &st);

		if (!std && rc < 0 && (errno == ENOENT || errno == ENOTDIR))
			return err_errno(r->err, "cannot open '%s'", path[i]);
		if (!std && rc == 0 && S_ISDIR(st.st_mode))
			return err_set(r->err, EXIT_USAGE,
			    "'%s' is a directory: name a file in it", path[i]);
		if (std && !r->c.quiet && isatty(STDIN_FILENO))
			msg("reading from the terminal: end with Ctrl-D");
		regular = regular && rc == 0 && S_ISREG(st.st_mode);
		r->input_bytes[i] = (uint64_t)st.st_size;
		r->input_bytes_total += r->input_bytes[i];
	}
	if (!regular)
		r->input_bytes_total = 0;
	return 0;
}

/* Note the report beside an input, which is read as its provenance, unless the output
 * replaces both. */
static int
note_provenance(const struct run *r, const char *path, const struct stat *st)
{
	static const char *const ending[] = { ".report.json" };
	struct stat out;

	if (!r->sink && r->c.output && stat(r->c.output, &out) == 0 &&
	    out.st_ino == st->st_ino && out.st_dev == st->st_dev)
		return 0;
	return inputs_note_prefix(path, ending, 1, r->err);
}

/*
 * Refuse to write to an input.  Documents may replace their own input, so this comes
 * after the output is open.  Files that are not documents may not be replaced by theirs.
 */
static int
note_inputs(struct run *r, char *const *path, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const bool std = strcmp(path[i], "-") == 0;
		struct stat st;

		if ((std ? fstat(STDIN_FILENO, &st) : stat(path[i], &st)) < 0)
			continue;
		if (inputs_note(&st, path[i], r->err) < 0 ||
		    (!std && note_provenance(r, path[i], &st) < 0))
			return -1;
	}
	if ((r->sink ? !r->sink->prefix : r->stage[0].f->source && !r->split) &&
	    r->c.output && inputs_check(r->c.output, r->err) < 0)
		return -1;
	return r->c.report ? inputs_check(r->c.report, r->err) : 0;
}

/*
 * Later passes read the input files again.  They need a spool if there are earlier
 * stages, or if an input can be read only once.
 */
static int
open_spool(struct run *r, char **paths, size_t npaths)
{
	bool needed = r->nstages > 1;

	for (size_t i = 0; i < npaths && !needed; i++)
		needed = is_stream(paths[i]);
	if (!needed || run_npasses(r) == 1)
		return 0;
	r->spool = spool_open(common_tmp(&r->c), r->c.threads, r->err);
	return r->spool ? 0 : -1;
}

static int
open_documents(struct run *r)
{
	const struct stage *last = &r->stage[r->nstages - 1];

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

static int
open_outputs(struct run *r, char *const *path, size_t n)
{
	if (open_documents(r) < 0 || (!r->sink && note_inputs(r, path, n) < 0))
		return -1;
	if (r->c.rejects)
		r->rejects = out_open(r->c.rejects, 0, 0600, r->err);
	return r->c.rejects && !r->rejects ? -1 : 0;
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
	bad_docs_free(&r->bad);
	free(r->block);
	free(r->upstream);
	out_abort(r->out);
	split_free(r->split);
	free(r->outputs);
	free(r->input_bytes);
	out_abort(r->rejects);
	reader_free(r->reader);
	spool_free(r->spool);
	tally_free(&r->tally);
	free(r);
	inputs_clear();
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
		if (s->setup.passes > 1 && !last)
			return err_set(r->err, EXIT_USAGE,
			    "%s decides after the last document: put it last in the "
			    "chain",
			    s->f->name);
		if (s->setup.last && !last)
			return err_set(r->err, EXIT_USAGE,
			    "%s describes the output: put it last in the chain",
			    s->f->name);
		if (s->setup.first && i > 0)
			return err_set(r->err, EXIT_USAGE,
			    "%s counts documents as they are in the input: put it first "
			    "in "
			    "the chain",
			    s->f->name);
		if (s->setup.alone && r->nstages > 1)
			return err_set(
			    r->err, EXIT_USAGE, "%s cannot be in a chain", s->f->name);
		if ((s->f->sink || s->setup.last) && s->c.where && !s->setup.all_docs)
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
	s->setup = (struct setup){ .c = &s->c,
		.uses = &s->uses,
		.input = r->paths,
		.ninputs = r->npaths,
		.run = r };
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
	r->env.no_text = true;
	for (size_t i = 0; i < r->nstages; i++) {
		if (open_stage(r, &r->stage[i]) < 0)
			return -1;
		r->env.no_text &= r->stage[i].setup.no_text;
	}
	return check_needs(r);
}

static int
run_filter(struct run *r, char **paths, size_t npaths)
{
	int rc = -1;

	r->paths = paths;
	r->npaths = npaths;
	/* A sink opens files of its own. */
	if (r->sink && note_inputs(r, paths, npaths) < 0)
		return -1;
	if (open_stages(r) < 0 || check_inputs(r, paths, npaths) < 0)
		return -1;
	r->reader = reader_new(paths, npaths, r->source, r->stage[0].self, r->c.max_doc,
	    r->c.on_bad == ON_BAD_SKIP || r->c.on_bad == ON_BAD_REPAIR_SKIP);
	progress_init(&r->progress, common_progress(&r->c));
	if (open_spool(r, paths, npaths) == 0 && open_outputs(r, paths, npaths) == 0 &&
	    open_threads(r) == 0 && run_passes(r) == 0)
		rc = run_commit(r);
	progress_clear(&r->progress);
	return rc;
}

/* The inputs, which are standard input if none is given; names owns some of them. */
static char **
input_paths(const struct common *c, int n, char **operand, struct buf *names,
    size_t *npaths, struct err *err)
{
	static char std[] = "-";
	char **path = common_operands(c, n, operand, names, npaths, err);

	if (path && *npaths == 0 && !c->files_from)
		path[(*npaths)++] = std;
	return path;
}

static void
run_status(const struct run *r)
{
	uint32_t selects = 0;

	for (size_t i = 0; i < r->nstages; i++)
		selects |= (uint32_t)r->stage[i].f->selects << i;
	if (!r->c.quiet) {
		report_summary(&r->tally, r->env.tags);
		report_split(r->outputs, r->noutputs);
	}
	report_warnings(&r->tally, selects);
	if (r->tally.bad && r->c.rejects)
		warning("skipped %" PRIu64 " bad record%s: see '%s'", r->tally.bad,
		    plural(r->tally.bad), r->c.rejects);
	else if (r->tally.bad)
		warning("skipped %" PRIu64 " bad record%s: keep them with --rejects FILE",
		    r->tally.bad, plural(r->tally.bad));
	if (r->c.verbose)
		msg("%.1f MB in %.2f s", (double)reader_bytes(r->reader) * 1e-6,
		    progress_seconds(&r->progress));
	for (size_t i = 0; i < r->nstages; i++)
		if (r->stage[i].f->remark)
			r->stage[i].f->remark(r->stage[i].self);
}

int
run_main(struct run *r, int n, char **operand)
{
	struct buf names = { 0 };
	struct arena below = { 0 }; /* paths below directories */
	size_t npaths = 0;
	char **paths = NULL;
	int rc = n;

	if (n < 0)
		goto out;
	rc = -1;
	r->source = r->stage[0].f->source ? r->stage[0].f->source : &jsonl_source;
	r->env = (struct doc_env){ .text_key = span_of(r->c.text),
		.id_key = span_of(r->c.id),
		.repair =
		    r->c.on_bad == ON_BAD_REPAIR || r->c.on_bad == ON_BAD_REPAIR_SKIP,
		.by_line = r->source == &jsonl_source };
	for (size_t i = 0; i < r->nstages; i++)
		r->env.tags |= (uint32_t)r->stage[i].c.tag << i;
	r->sink = r->stage[r->nstages - 1].f->sink;
	paths = input_paths(&r->c, n, operand, &names, &npaths, r->err);
	if (paths && r->source != &jsonl_source &&
	    walk_directories(&paths, &npaths, &below, r->err) < 0)
		goto out;
	if (paths)
		rc = run_filter(r, paths, npaths);
	if (rc == 0)
		run_status(r);
out:
	if (rc == -1) {
		msg("%s", r->err->msg);
		rc = r->err->code;
	}
	run_free(r);
	free(paths);
	buf_free(&names);
	arena_free(&below);
	return rc == -2 ? 0 : rc;
}

struct usage
filter_usage(const struct filter *f)
{
	return (struct usage){ f->name, f->summary,
		f->operands ? f->operands : "[FILE...]", NULL, f->output, f->example,
		f->defaults };
}

int
filter_main(const struct filter *f, int argc, char *argv[])
{
	struct err err = { 0 };
	struct run *r = run_new(f->name, &err);
	struct stage *s = run_add(r, f);
	struct opt_set own = { f->opts, s->self };
	const struct usage usage = filter_usage(f);
	int n = common_init(&r->c, &err);

	if (n == 0)
		n = common_parse(&usage, &own, &r->c, argc, argv, &err);
	s->c = r->c;
	return run_main(r, n, argv);
}
