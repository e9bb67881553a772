/* takedown.c - write a run again with the tokens of some documents masked. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/io/stream.h"
#include "shards/printable.h"
#include "shards/takedown/takedown_dir.h"
#include "shards/takedown/takedown_job.h"
#include "shards/tshard_err.h"

enum { MOST_PLAN_BYTES = 1 << 30 };

static const struct takedown defaults = { .kind = DOC_BY_LINE };

static const struct opt opts[] = {
	OPT_ENUM(0, "kind", struct takedown, kind, DOC_NAME_KINDS,
	    "what the lines of LIST are; default: each begins with its kind"),
	OPT_BOOL('n', "dry-run", struct takedown, dry_run,
	    "print the samples and tokens, and write nothing"),
	OPT_BOOL(0, "allow-missing", struct takedown, allow_missing,
	    "accept a LIST that names documents that the run does not have"),
	OPT_BOOL(0, "copy", struct takedown, copy,
	    "copy shards that stay the same instead of linking them"),
	OPT_END,
};

/* ---- print ---- */

static void
put_line(struct takedown_task *k, uint64_t sample, uint32_t first, uint32_t last,
    const char *source, const char *id)
{
	buf_putf(&k->out, "%" PRIu64 "\t%" PRIu32 "\t%" PRIu32 "\t", sample, first, last);
	put_printable(&k->out, source);
	buf_putc(&k->out, '\t');
	put_printable(&k->out, id ? id : "");
	buf_putc(&k->out, '\n');
}

static int
print_sample(struct takedown_job *j, struct takedown_task *k, const struct tshard *s,
    const struct tshard_sample *sample, struct err *err)
{
	const struct document_rows *rows = &j->fate[k->no].rows;
	uint64_t before = k->counts.tokens;
	struct document d;

	for (uint32_t i = 0; i < sample->n_segs; i++) {
		const struct tshard_seg *g = &sample->segs[i];

		if (!is_masked(rows, g))
			continue;
		if (document_get(s, g->row, &d, err) < 0)
			return -1;
		put_line(k, sample->number, g->start, g[1].start - 1, d.source, d.id);
		document_free(&d);
		k->counts.tokens += g[1].start - g->start;
	}
	k->counts.samples += k->counts.tokens > before;
	return 0;
}

static int
print_shard(struct takedown_job *j, struct takedown_task *k, const struct tshard *s,
    struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	const struct shard_fate *f = &j->fate[k->no];
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	size_t at = 0;
	int more = -1, rc = 0;

	if (f->rows.n == 0 && f->n_next == 0)
		return 0;
	if (tshard_sample_iter_open(&it, s, 0, h->samples, &e) == 0)
		while (rc == 0 &&
		       (more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0) {
			rc = print_sample(j, k, s, &sample, err);
			if (at == f->n_next || f->next[at].sample != sample.number)
				continue;
			put_line(k, sample.number, h->seq_len, h->seq_len,
			    tshard_sources(s)[f->next[at].doc->source].name,
			    f->next[at].doc->id);
			at++;
		}
	tshard_sample_iter_close(it);
	return more < 0 ? err_tshard(err, &e) : rc;
}

static int
printed_shard(struct takedown_job *j, struct takedown_task *k, struct err *err)
{
	j->samples += k->counts.samples;
	j->tokens += k->counts.tokens;
	if (k->out.n > 0 && fwrite(k->out.p, 1, k->out.n, stdout) != k->out.n)
		return err_errno(err, "cannot write standard output");
	return 0;
}

static int
print_run(struct takedown_job *j, struct err *err)
{
	if (fputs("sample\tfirst\tlast\tsource\tid\n", stdout) < 0)
		return err_errno(err, "cannot write standard output");
	return takedown_pass_run(
	    (struct takedown_pass){ .j = j, .work = print_shard, .done = printed_shard });
}

/* ---- write ---- */

static int
write_shard(struct takedown_job *j, struct takedown_task *k, const struct tshard *s,
    struct err *err)
{
	struct shard_fate *f = &j->fate[k->no];
	const struct masking m = { .rows = &f->rows,
		.next = f->next,
		.n_next = f->n_next,
		.tombstones = hash128(buf_span(&j->tombstones), 0) };
	struct tshard_error e = { 0 };
	char to[4096];
	int rc;

	if (tshard_run_prefix(
		j->output, tshard_run_at(j->run, k->no)->no, to, sizeof to) < 0)
		return err_set(err, EXIT_USAGE, "%s: the path is too long", j->output);
	rc = f->rows.n > 0 || f->n_next > 0
		 ? mask_shard(s, &m, to, &k->counts, err)
		 : takedown_keep(tshard_prefix(s), to, j->t->copy, err);
	if (rc == 0 && tshard_run_line(to, &f->line, &e) < 0)
		rc = err_tshard(err, &e);
	return rc;
}

static int
wrote_shard(struct takedown_job *j, struct takedown_task *k, struct err *err)
{
	j->samples += k->counts.samples;
	j->tokens += k->counts.tokens;
	return 0;
}

/* The hash of plan.lock is in every shard; a damaged one must not go on. */
static int
check_plan(const struct takedown_job *j, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	unsigned char sum[32];
	int rc;

	buf_path(&path, j->dir, "plan.lock");
	rc = file_get(path.p, MOST_PLAN_BYTES, &text, err);
	tshard_sha256(text.p, text.n, sum);
	if (rc == 0 && memcmp(sum, tshard_run_header(j->run)->plan, sizeof sum) != 0)
		rc = err_set(err, EXIT_DATA,
		    "%s: its SHA-256 differs from that in the shards: use an intact copy",
		    path.p);
	buf_free(&path);
	buf_free(&text);
	return rc;
}

static int
put_plan(const struct takedown_job *j, struct err *err)
{
	struct buf from = { 0 }, to = { 0 };
	int rc;

	buf_path(&from, j->dir, "plan.lock");
	buf_path(&to, j->output, "plan.lock");
	rc = takedown_copy(from.p, to.p, err);
	buf_free(&from);
	buf_free(&to);
	return rc;
}

static int
put_run_tsv(const struct takedown_job *j, struct err *err)
{
	size_t n = tshard_run_shards(j->run), bytes;
	struct tshard_run_line *line = xcalloc(n + 1, sizeof *line);
	struct buf path = { 0 };
	char *tsv;
	int rc;

	for (size_t i = 0; i < n; i++)
		line[i] = j->fate[i].line;
	tsv = tshard_run_render(line, n, &bytes);
	if (!tsv)
		die_no_memory("");
	buf_path(&path, j->output, "run.tsv");
	rc = file_put(path.p, (struct span){ tsv, bytes }, 0666, err);
	free(tsv);
	free(line);
	buf_free(&path);
	return rc;
}

static int
write_run(struct takedown_job *j, struct err *err)
{
	struct lockfile lock = { 0 };
	int rc = takedown_dir_begin(&lock, j->output, buf_span(&j->tombstones), err);

	if (rc == 0)
		rc = put_plan(j, err);
	if (rc == 0)
		rc = takedown_pass_run((struct takedown_pass){
		    .j = j, .work = write_shard, .done = wrote_shard });
	if (rc == 0)
		rc = put_run_tsv(j, err);
	lockfile_release(&lock);
	return rc;
}

/* ---- together ---- */

/* The entries that the run has already lost, and the text of those and the list. */
static int
read_tombstones(struct takedown_job *j, struct err *err)
{
	struct doc_list all = { 0 };
	struct buf path = { 0 };
	int rc = 0;

	buf_path(&path, j->dir, TOMBSTONES);
	if (access(path.p, F_OK) == 0 &&
	    (doc_list_read(&j->before, path.p, DOC_BY_LINE, err) < 0 ||
		doc_list_read(&all, path.p, DOC_BY_LINE, err) < 0))
		rc = -1;
	for (size_t i = 0; i < j->list.n && rc == 0; i++)
		rc = doc_list_add(
		    &all, j->list.v[i].kind, span_of(j->list.v[i].value), err);
	doc_list_put(&all, &j->tombstones);
	doc_list_free(&all);
	buf_free(&path);
	return rc;
}

static void
report(const struct takedown_job *j)
{
	size_t n = tshard_run_shards(j->run);

	msg("%" PRIu64 " token%s of %" PRIu64 " sample%s and %zu NEXT%s %s, in %" PRIu64
	    " of %zu shard%s",
	    j->tokens, plural(j->tokens), j->samples, plural(j->samples), j->lost.n,
	    plural(j->lost.n), j->t->dry_run ? "to mask" : "masked", j->shards, n,
	    plural(n));
}

static int
take_down(
    struct takedown_job *j, const char *list, const struct common *c, struct err *err)
{
	struct tshard_error e = { 0 };
	int rc, missing;

	if (doc_list_read(&j->list, list, (enum doc_name_kind)j->t->kind, err) < 0)
		return -1;
	if (j->list.n == 0)
		return err_set(err, EXIT_DATA, "%s: names no document",
		    strcmp(list, "-") == 0 ? "standard input" : list);
	if (tshard_run_open(&j->run, j->dir, &e) < 0)
		return err_tshard(err, &e);
	if (tshard_run_header(j->run)->kind > TSHARD_SFT)
		return err_set(err, EXIT_DATA,
		    "%s: has pairs or rewards, which takedown does not mask: encode "
		    "their inputs with --tombstones %s, and mix again",
		    j->dir, list);
	if (check_plan(j, err) < 0 || read_tombstones(j, err) < 0 || takedown_find(j) < 0)
		return -1;
	missing = takedown_missing(j);
	rc = j->t->dry_run ? print_run(j, err) : missing ? 0 : write_run(j, err);
	if (rc < 0 || missing)
		return rc < 0 ? rc : missing;
	if (!c->quiet)
		report(j);
	return 0;
}

static void
job_free(struct takedown_job *j)
{
	for (size_t i = 0; j->fate && i < tshard_run_shards(j->run); i++)
		document_rows_free(&j->fate[i].rows);
	tshard_run_close(j->run);
	doc_list_free(&j->list);
	doc_list_free(&j->before);
	gone_docs_free(&j->gone);
	buf_free(&j->tombstones);
	free(j->lost.v);
	free(j->scan);
	free(j->hits);
	free(j->fate);
}

static int
takedown_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct takedown *t = self;
	struct takedown_job j = { .t = t, .output = c->output, .err = err };
	int rc;

	if (n != 2)
		return err_set(err, EXIT_USAGE,
		    "%d operand%s: name a list of documents and the directory of a run",
		    n, plural((uint64_t)n));
	if (!t->dry_run && (!c->output || strcmp(c->output, "-") == 0))
		return err_set(
		    err, EXIT_USAGE, "no output directory: name it with -o DIR");
	j.dir = operand[1];
	j.threads = (int)c->threads;
	rc = take_down(&j, operand[0], c, err);
	job_free(&j);
	return rc;
}

const struct tool tool_takedown = {
	.name = "takedown",
	.summary = "write a run again with the tokens of some documents masked",
	.example = "tamis takedown -o shards-2/ list shards/",
	.operands = "LIST RUN -o DIR",
	.output = "DIR",
	.common = " output threads ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = takedown_run,
};
