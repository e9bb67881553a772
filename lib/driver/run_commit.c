/* run_commit.c - the end of a run: its reports, and the order in which files are
 * published.
 */
#include <stdlib.h>

#include "lib/driver/run.h"
#include "lib/io/publish.h"

enum { MAX_REPORT = 64 << 20 };

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

/* The reports of a run under their temporary names: beside the output, and --report. */
struct reports {
	struct publish file[2];
	size_t n;
};

static int
prepare_report(struct reports *x, const char *path, struct span report, struct err *err)
{
	struct publish *p = &x->file[x->n++];

	return publish_open(p, path, 0666, err) == 0 &&
		       publish_write(p, report, err) == 0 && publish_sync(p, err) == 0
		   ? 0
		   : -1;
}

static int
prepare_reports(struct run *r, struct span report, struct reports *x)
{
	bool beside =
	    r->c.output && !r->split && strcmp(r->c.output, "-") != 0 &&
	    (r->sink ? strncmp(r->c.output, "/dev/", 5) != 0 : !out_in_place(r->out));
	struct buf name = { 0 };
	int rc = 0;

	if (beside) {
		buf_putf(&name, "%s.report.json", r->c.output);
		buf_putc(&name, '\0');
		rc = prepare_report(x, name.p, report, r->err);
		buf_free(&name);
	}
	if (rc == 0 && r->c.report)
		rc = prepare_report(x, r->c.report, report, r->err);
	return rc;
}

static int
commit_reports(struct run *r, struct reports *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (publish_commit(&x->file[i], r->err) < 0)
			return -1;
	return 0;
}

static void
reports_free(struct reports *x)
{
	for (size_t i = 0; i < x->n; i++)
		publish_abort(&x->file[i]);
}

static int
commit_rejects(struct run *r)
{
	struct out *rejects = r->rejects;

	r->rejects = NULL;
	return rejects ? out_commit(rejects, r->err) : 0;
}

/* Publish what the stages and the rejects have written, now that nothing refuses the
 * run. */
static int
commit_beside(struct run *r)
{
	for (size_t i = 0; i < r->nstages; i++) {
		const struct stage *s = &r->stage[i];

		if (s->f->publish && s->f->publish(s->self, r->err) < 0)
			return r->nstages > 1 ? err_prefix(r->err, s->f->name) : -1;
	}
	return commit_rejects(r);
}

/*
 * The last rename proves that all files are there.  A sink publishes files of its own,
 * which contain a copy of the report, and may refuse the run only then: the rejects and
 * the reports follow.
 */
static int
commit_sink(struct run *r, struct report *report, struct reports *reports)
{
	const struct stage *last = &r->stage[r->nstages - 1];
	struct report_output output;
	struct buf b = { 0 };
	int rc;

	if (r->sink->drops) {
		const char *rule;
		const uint64_t n = r->sink->drops(last->self, &rule);

		tally_drop(&r->tally, r->nstages - 1, rule, n);
	}
	report->statistics = r->sink->statistics;
	report->self = last->self;
	report_put(report, &b);
	rc = r->sink->finish(last->self, (struct span){ b.p, b.n - 1 }, r->err);
	if (rc == 0 && r->sink->output) {
		const struct file_digest d = r->sink->output(last->self);

		output = (struct report_output){ d.hash, d.bytes };
		report->output = &output;
		b.n = 0;
		report_put(report, &b);
		report->output = NULL;
	}
	if (rc == 0)
		rc = prepare_reports(r, buf_span(&b), reports);
	if (rc == 0)
		rc = commit_beside(r);
	if (rc == 0)
		rc = commit_reports(r, reports);
	buf_free(&b);
	return rc;
}

/* Publish the files of a run with one output, which comes last: programs such as make
 * name it. */
static int
publish_output(struct run *r, struct reports *reports)
{
	struct out *o = r->out;

	if (commit_beside(r) < 0 || commit_reports(r, reports) < 0)
		return -1;
	r->out = NULL;
	return out_commit(o, r->err);
}

static int
commit_output(struct run *r, struct report *report, struct reports *reports)
{
	struct report_output output = { hasher_sum(r->tally.hasher), r->tally.out_bytes };
	struct buf b = { 0 };
	int rc;

	report->output = &output;
	report_put(report, &b);
	report->output = NULL;
	rc = out_finish(r->out, r->err);
	if (rc == 0)
		rc = prepare_reports(r, buf_span(&b), reports);
	if (rc == 0) {
		/* The report beside a file describes it, also if two runs end at once. */
		const int lock = reports->n > 0 && r->c.output && !out_in_place(r->out)
				     ? publish_lock(r->c.output)
				     : -1;

		rc = publish_output(r, reports);
		publish_unlock(lock);
	}
	buf_free(&b);
	return rc;
}

/* The report of one of several outputs: it keeps the documents of its file. */
static void
report_file(void *ctx, const struct split_output *o, struct buf *out)
{
	struct report r = *(const struct report *)ctx;
	struct tally t = *r.tally;
	struct report_output output = { o->hash, o->bytes };

	t.kept = o->documents;
	r.tally = &t;
	r.output = &output;
	r.split = NULL;
	report_put(&r, out);
}

/* Several outputs: the report of the run comes last. */
static int
commit_split(struct run *r, struct report *report, struct reports *reports)
{
	struct buf b = { 0 };
	int rc;

	if (split_finish(r->split, r->err) < 0)
		return -1;
	r->outputs = split_outputs(r->split, &r->noutputs);
	report->split = r->outputs;
	report->nsplit = r->noutputs;
	report_put(report, &b);
	rc = prepare_reports(r, buf_span(&b), reports);
	if (rc == 0)
		rc = commit_beside(r);
	if (rc == 0)
		rc = split_commit(r->split, report_file, report, r->err);
	if (rc == 0)
		rc = commit_reports(r, reports);
	buf_free(&b);
	return rc;
}

int
run_commit(struct run *r)
{
	struct report_stage stage[MAX_STAGES];
	struct report report = { .command = r->command,
		.c = &r->c,
		.stage = stage,
		.nstages = r->nstages,
		.tally = &r->tally };
	struct reports reports = { 0 };
	int rc;

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
	if (r->rejects && out_finish(r->rejects, r->err) < 0)
		return -1;
	rc = r->sink	? commit_sink(r, &report, &reports)
	     : r->split ? commit_split(r, &report, &reports)
			: commit_output(r, &report, &reports);
	reports_free(&reports);
	return rc;
}
