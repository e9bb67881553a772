/* takedown.c - write a run again with the tokens of some documents masked. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "shards/documents.h"
#include "shards/printable.h"
#include "shards/shard_paths.h"
#include "shards/tshard_err.h"

struct takedown {
	unsigned kind;
	bool dry_run, allow_missing, copy;
};

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

enum { COPY_BYTES = 1 << 20, MOST_PLAN_BYTES = 1 << 30 };

struct takedown_job {
	const struct takedown *t;
	const char *dir, *output;
	struct tshard_run *run;
	struct doc_list list;
	uint64_t *hits;		    /* for each entry: rows of DOC */
	struct document_rows *rows; /* for each shard */
	uint64_t shards, samples, tokens;
	struct buf out;
};

/* ---- find ---- */

static void
count_hit(void *ctx, size_t entry)
{
	((struct takedown_job *)ctx)->hits[entry]++;
}

static bool
is_masked(const struct document_rows *rows, const struct tshard_seg *g)
{
	return !(g->flags & TSHARD_SEG_PAD) && document_rows_has(rows, g->row);
}

static int
put_dry(struct takedown_job *j, const struct tshard *s, uint64_t sample,
    const struct tshard_seg *g, struct err *err)
{
	struct document d;

	if (document_get(s, g->row, &d, err) < 0)
		return -1;
	buf_putf(&j->out, "%" PRIu64 "\t%" PRIu32 "\t%" PRIu32 "\t", sample, g->start,
	    g[1].start - 1);
	put_printable(&j->out, d.source);
	buf_putc(&j->out, '\t');
	put_printable(&j->out, d.id ? d.id : "");
	buf_putc(&j->out, '\n');
	document_free(&d);
	return 0;
}

/* Count the samples and tokens of a shard that has documents of the list. */
static int
count_shard(struct takedown_job *j, const struct tshard *s,
    const struct document_rows *rows, struct err *err)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1, rc = 0;

	j->shards++;
	if (tshard_sample_iter_open(&it, s, 0, tshard_header(s)->samples, &e) == 0)
		while (rc == 0 &&
		       (more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0) {
			uint64_t before = j->tokens;

			for (uint32_t i = 0; i < sample.n_segs && rc == 0; i++) {
				const struct tshard_seg *g = &sample.segs[i];

				if (!is_masked(rows, g))
					continue;
				j->tokens += g[1].start - g->start;
				if (j->t->dry_run)
					rc = put_dry(j, s, sample.number, g, err);
			}
			j->samples += j->tokens > before;
		}
	tshard_sample_iter_close(it);
	return more < 0 ? err_tshard(err, &e) : rc;
}

static int
find_all(struct takedown_job *j, struct err *err)
{
	size_t n = tshard_run_shards(j->run);
	struct tshard_error e = { 0 };
	int rc = 0;

	j->hits = xcalloc(j->list.n + 1, sizeof *j->hits);
	j->rows = xcalloc(n + 1, sizeof *j->rows);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct tshard *s;

		if (tshard_run_shard(j->run, i, 0, &s, &e) < 0)
			return err_tshard(err, &e);
		rc = documents_find(s, &j->list, count_hit, j, &j->rows[i], err);
		if (rc == 0 && j->rows[i].n > 0)
			rc = count_shard(j, s, &j->rows[i], err);
		if (j->rows[i].n == 0)
			document_rows_free(&j->rows[i]);
		tshard_close(s);
	}
	return rc;
}

/* Name the entries that the run does not have.  EXIT_NO if that ends the command. */
static int
check_found(const struct takedown_job *j)
{
	size_t missing = 0;

	for (size_t i = 0; i < j->list.n; i++) {
		if (j->hits[i] > 0)
			continue;
		missing++;
		msg("%s: no token of a document with %s '%s'", j->dir,
		    doc_name_words[j->list.v[i].kind], j->list.v[i].value);
	}
	if (missing == j->list.n || (missing > 0 && !j->t->allow_missing))
		return EXIT_NO;
	return 0;
}

/* ---- write ---- */

/* The ids of a masked segment: only an end-of-document token stays. */
static void
mask(const struct tshard_header *h, const struct tshard_seg *g, uint32_t *ids)
{
	uint32_t end = g[1].start;

	if (g->flags & TSHARD_SEG_ENDS && h->eod != TSHARD_NONE)
		end--;
	for (uint32_t i = g->start; i < end; i++)
		ids[i] = h->pad;
}

static int
write_sample(struct tshard_writer *w, const struct tshard_header *h,
    const struct document_rows *rows, const struct tshard_sample *sample, uint32_t *ids,
    struct tshard_error *e)
{
	uint32_t next = sample->next;

	for (uint32_t i = 0; i < sample->n_segs; i++) {
		struct tshard_seg g = sample->segs[i];
		uint32_t n = sample->segs[i + 1].start - g.start;
		const uint32_t *from = ids + g.start;

		if (g.flags & TSHARD_SEG_PAD) {
			if (tshard_writer_pad(w, g.source, g.epoch, e) < 0)
				return -1;
			continue;
		}
		if (is_masked(rows, &g)) {
			mask(h, &sample->segs[i], ids);
			if (i + 1 == sample->n_segs && !(g.flags & TSHARD_SEG_ENDS))
				next = TSHARD_NONE;
			g.flags |= TSHARD_SEG_NO_LOSS;
		}
		if (tshard_writer_segment(w, &g, e) < 0 ||
		    tshard_writer_put(w, from, n, e) < 0)
			return -1;
	}
	return tshard_writer_end_sample(w, next, e);
}

/* DOC and DOCID stay as they are. */
static int
copy_rows(struct tshard_writer *w, const struct tshard *s, struct tshard_error *e)
{
	for (uint64_t row = 0; row < tshard_header(s)->docs; row++) {
		struct tshard_doc d;
		char *id, *url;
		uint32_t to;
		int rc;

		if (tshard_docs(s, row, 1, &d, e) < 0 ||
		    tshard_docid(s, row, &id, &url, e) < 0)
			return -1;
		rc = tshard_writer_add_doc(
		    w, &d, id, id ? strlen(id) : 0, url, url ? strlen(url) : 0, &to, e);
		free(id);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int
write_samples(struct tshard_writer *w, const struct tshard *s,
    const struct document_rows *rows, struct tshard_error *e)
{
	const struct tshard_header *h = tshard_header(s);
	uint32_t *ids = xmalloc(xmul(h->seq_len, sizeof *ids));
	struct tshard_sample_iter *it = NULL;
	struct tshard_sample sample;
	size_t meta_n;
	char *meta = NULL;
	int more = -1;

	if (tshard_writer_sources(w, tshard_sources(s), h->n_sources, e) == 0 &&
	    tshard_meta(s, &meta, &meta_n, e) == 0 &&
	    tshard_writer_meta(w, meta, meta_n, e) == 0 && copy_rows(w, s, e) == 0 &&
	    tshard_sample_iter_open(&it, s, 0, h->samples, e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, ids, e)) > 0)
			if (write_sample(w, h, rows, &sample, ids, e) < 0) {
				more = -1;
				break;
			}
	tshard_sample_iter_close(it);
	free(meta);
	free(ids);
	return more;
}

static int
write_masked(const struct tshard *s, const struct document_rows *rows, const char *to,
    struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_facts facts = { .kind = TSHARD_SAMPLES,
		.vocab = h->vocab,
		.seq_len = h->seq_len,
		.eod = h->eod,
		.pad = h->pad,
		.bos = h->bos,
		.first_sample = h->first_sample,
		.run_samples = h->run_samples,
		.shard_no = h->shard_no,
		.shard_count = h->shard_count,
		.seed = h->seed,
		.ids = tshard_section(s, "DOCID") != NULL,
		.temporary = temporary_note };
	struct tshard_error e = { 0 };
	struct tshard_writer *w;

	if (h->pad == TSHARD_NONE)
		return err_set(err, EXIT_DATA,
		    "%s: has no pad token to mask with: mix the run without the "
		    "documents",
		    tshard_prefix(s));
	memcpy(facts.tokenizer, h->tokenizer, sizeof facts.tokenizer);
	memcpy(facts.plan, h->plan, sizeof facts.plan);
	memcpy(facts.run_id, h->run_id, sizeof facts.run_id);
	if (tshard_check(s, "SEGIDX SEG NEXT DOC DOCID? SRC META", &e) < 0 ||
	    tshard_writer_open(&w, to, &facts, &e) < 0)
		return err_tshard(err, &e);
	if (write_samples(w, s, rows, &e) < 0) {
		tshard_writer_abort(w);
		return err_tshard(err, &e);
	}
	return tshard_writer_commit(w, NULL, &e) < 0 ? err_tshard(err, &e) : 0;
}

static int
copy_file(const char *from, const char *to, struct err *err)
{
	struct publish p = { .fd = -1 };
	char *bytes = xmalloc(COPY_BYTES);
	int fd = open(from, O_RDONLY | O_CLOEXEC), rc = 0;
	ssize_t n = 1;

	if (fd < 0)
		rc = err_errno(err, "cannot open '%s'", from);
	if (rc == 0)
		rc = publish_open(&p, to, 0666, err);
	while (rc == 0 && (n = read(fd, bytes, COPY_BYTES)) > 0)
		rc = publish_write(&p, (struct span){ bytes, (size_t)n }, err);
	if (rc == 0 && n < 0)
		rc = err_errno(err, "cannot read '%s'", from);
	if (rc == 0)
		rc = publish_commit(&p, err);
	publish_abort(&p);
	if (fd >= 0)
		close(fd);
	free(bytes);
	return rc;
}

/* Link or copy the three files of a shard, .sdx last. */
static int
keep_shard(
    const struct takedown_job *j, const char *from, const char *to, struct err *err)
{
	static const char *const ending[] = { ".bin", ".idx", ".sdx" };
	int rc = 0;

	for (int i = 0; i < 3 && rc == 0; i++) {
		char *a = shard_file(from, ending[i]), *b = shard_file(to, ending[i]);

		if (j->t->copy || link(a, b) < 0)
			rc = copy_file(a, b, err);
		free(a);
		free(b);
	}
	return rc;
}

static int
write_shard(
    struct takedown_job *j, size_t i, struct tshard_run_line *line, struct err *err)
{
	char to[4096];
	struct tshard_error e = { 0 };
	struct tshard *s;
	int rc;

	if (tshard_run_prefix(j->output, tshard_run_at(j->run, i)->no, to, sizeof to) < 0)
		return err_set(err, EXIT_USAGE, "%s: the path is too long", j->output);
	if (tshard_run_shard(j->run, i, TSHARD_CHECK, &s, &e) < 0)
		return err_tshard(err, &e);
	rc = j->rows[i].n > 0 ? write_masked(s, &j->rows[i], to, err)
			      : keep_shard(j, tshard_prefix(s), to, err);
	tshard_close(s);
	if (rc == 0 && tshard_run_line(to, line, &e) < 0)
		rc = err_tshard(err, &e);
	return rc;
}

/* The list, after the entries that the run has already lost. */
static int
put_tombstones(struct takedown_job *j, struct err *err)
{
	struct doc_list all = { 0 };
	struct buf path = { 0 }, text = { 0 };
	int rc = 0;

	buf_path(&path, j->dir, TOMBSTONES);
	if (access(path.p, F_OK) == 0)
		rc = doc_list_read(&all, path.p, DOC_BY_LINE, err);
	for (size_t i = 0; i < j->list.n && rc == 0; i++)
		rc = doc_list_add(
		    &all, j->list.v[i].kind, span_of(j->list.v[i].value), err);
	doc_list_put(&all, &text);
	buf_path(&path, j->output, TOMBSTONES);
	if (rc == 0)
		rc = file_put(path.p, buf_span(&text), 0666, err);
	buf_free(&path);
	buf_free(&text);
	doc_list_free(&all);
	return rc;
}

/* plan.lock is that of the run: its hash is in every shard. */
static int
put_plan(const struct takedown_job *j, struct err *err)
{
	struct buf from = { 0 }, to = { 0 };
	int rc;

	buf_path(&from, j->dir, "plan.lock");
	buf_path(&to, j->output, "plan.lock");
	rc = copy_file(from.p, to.p, err);
	buf_free(&from);
	buf_free(&to);
	return rc;
}

static int
write_run(struct takedown_job *j, struct err *err)
{
	size_t n = tshard_run_shards(j->run), bytes;
	struct tshard_run_line *line = xcalloc(n + 1, sizeof *line);
	struct buf path = { 0 };
	char *tsv = NULL;
	int rc = 0;

	if (mkdir(j->output, 0777) < 0)
		rc = errno == EEXIST
			 ? err_set(err, EXIT_DATA,
			       "%s: exists: remove it, or name another directory",
			       j->output)
			 : err_errno(err, "cannot create directory '%s'", j->output);
	/* Tombstones come first: an incomplete run must not lack them. */
	if (rc == 0)
		rc = put_tombstones(j, err);
	if (rc == 0)
		rc = put_plan(j, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_shard(j, i, &line[i], err);
	if (rc == 0) {
		tsv = tshard_run_render(line, n, &bytes);
		if (!tsv)
			die_no_memory("");
		buf_path(&path, j->output, "run.tsv");
		rc = file_put(path.p, (struct span){ tsv, bytes }, 0666, err);
	}
	free(tsv);
	free(line);
	buf_free(&path);
	return rc;
}

/* ---- together ---- */

static int
take_down(
    struct takedown_job *j, const char *list, const struct common *c, struct err *err)
{
	struct tshard_error e = { 0 };
	int rc;

	if (doc_list_read(&j->list, list, (enum doc_name_kind)j->t->kind, err) < 0)
		return -1;
	if (j->list.n == 0)
		return err_set(err, EXIT_DATA, "%s: names no document", list);
	if (tshard_run_open(&j->run, j->dir, &e) < 0)
		return err_tshard(err, &e);
	if (j->t->dry_run)
		buf_puts(&j->out, "sample\tfirst\tlast\tsource\tid\n");
	if (find_all(j, err) < 0)
		return -1;
	rc = check_found(j);
	if (j->t->dry_run && fwrite(j->out.p, 1, j->out.n, stdout) != j->out.n)
		return err_errno(err, "cannot write standard output");
	if (rc == 0 && !j->t->dry_run)
		rc = write_run(j, err);
	if (rc == 0 && !c->quiet)
		msg("%" PRIu64 " token%s of %" PRIu64 " sample%s %s, in %" PRIu64
		    " of %zu shard%s",
		    j->tokens, plural(j->tokens), j->samples, plural(j->samples),
		    j->t->dry_run ? "to mask" : "masked", j->shards,
		    tshard_run_shards(j->run), plural(tshard_run_shards(j->run)));
	return rc;
}

static int
takedown_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct takedown *t = self;
	struct takedown_job j = { .t = t, .output = c->output };
	int rc;

	if (n != 2)
		return err_set(err, EXIT_USAGE,
		    "%d operand%s: name a list of documents and the directory of a run",
		    n, plural((uint64_t)n));
	if (!t->dry_run && (!c->output || strcmp(c->output, "-") == 0))
		return err_set(
		    err, EXIT_USAGE, "no output directory: name it with -o DIR");
	j.dir = operand[1];
	rc = take_down(&j, operand[0], c, err);
	for (size_t i = 0; j.rows && i < tshard_run_shards(j.run); i++)
		document_rows_free(&j.rows[i]);
	tshard_run_close(j.run);
	doc_list_free(&j.list);
	free(j.hits);
	free(j.rows);
	buf_free(&j.out);
	return rc;
}

const struct tool tool_takedown = {
	.name = "takedown",
	.summary = "write a run again with the tokens of some documents masked",
	.example = "tamis takedown -o shards-2/ list shards/",
	.operands = "LIST RUN -o DIR",
	.output = "DIR",
	.common = " output ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = takedown_run,
};
