/* export.c - write the tokens of shards in the layout of another program. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "shards/layout_out.h"
#include "shards/prefix_lock.h"
#include "shards/shard_inputs.h"
#include "shards/shard_paths.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard_err.h"

struct export
{
	const char *to;
	uint64_t tokens;
};

static const struct export defaults = { .tokens = UINT64_MAX };

static const struct opt opts[] = {
	OPT_STR(
	    0, "to", struct export, to, "LAYOUT", "datatrove, olmo, llm.c or nanogpt"),
	OPT_U64(
	    0, "tokens", struct export, tokens, "start a new file before more tokens"),
	OPT_END,
};

enum { WINDOW = 1 << 20 /* bytes of payload at a time: whole blocks */ };

struct export_job {
	const struct export *t;
	const struct common *c;
	const struct token_layout *l;
	bool numbered;		/* the outputs are PREFIX-00000, ... */
	struct tshard_header h; /* of the first shard, with the tokens of all */
	char *first;		/* its prefix */
	bool no_loss;		/* any token is without loss */
	struct layout_out *out; /* the current output; NULL: none */
	uint64_t outputs, items, tokens;
	struct buf raw; /* scratch: tokens in payload encoding */
	struct progress progress;
};

static int
end_output(struct export_job *j, struct err *err)
{
	struct layout_out *out = j->out;

	j->out = NULL;
	if (!out)
		return 0;
	j->tokens += layout_out_tokens(out);
	return layout_out_commit(out, err);
}

/* The path of a file of output k, to free(). */
static char *
output_path(const struct export_job *j, uint64_t k, const char *ending)
{
	struct buf b = { 0 };

	buf_puts(&b, j->c->output);
	if (j->numbered)
		buf_putf(&b, "-%05" PRIu64, k);
	buf_puts(&b, ending);
	buf_putc(&b, '\0');
	return b.p;
}

static void
show_progress(struct export_job *j)
{
	const double tokens = (double)j->tokens + (double)layout_out_tokens(j->out);

	if (progress_due(&j->progress))
		progress_line(&j->progress, "export: %.0f%%  %.1f of %.1f Gtok",
		    100 * tokens / (double)j->h.tokens, tokens / 1e9,
		    (double)j->h.tokens / 1e9);
}

/* Begin an output if there is none, or if n more tokens are too many for it. */
static int
make_room(struct export_job *j, uint64_t n, struct err *err)
{
	const uint64_t most = j->t->tokens < j->l->most ? j->t->tokens : j->l->most;
	char *path;
	int rc = 0;

	if (j->out && (layout_out_tokens(j->out) + n <= most || !j->numbered))
		return 0;
	if (end_output(j, err) < 0)
		return -1;
	path = output_path(j, j->outputs, j->l->tokens);
	if (access(path, F_OK) == 0 && !j->c->force)
		rc = err_set(err, EXIT_DATA,
		    "%s: exists: remove it, or replace it with --force", path);
	free(path);
	if (rc < 0)
		return -1;
	path = output_path(j, j->outputs++, "");
	rc = layout_out_open(
	    &j->out, j->l, path, j->h.bits_per_token / 8, j->no_loss, err);
	free(path);
	return rc;
}

/* ---- documents ---- */

/* The documents of a shard in order. */
struct documents {
	const struct tshard *s;
	uint32_t width;
	uint64_t at;	      /* the next token */
	uint64_t first, held; /* tokens of the payload in `window` */
	unsigned char *window;
};

static int
copy_tokens(
    struct export_job *j, struct documents *d, uint32_t n, bool loss, struct err *err)
{
	const uint64_t all = tshard_header(d->s)->tokens;
	struct tshard_error e = { 0 };

	while (n > 0) {
		uint64_t k = d->first + d->held - d->at;

		if (k == 0) {
			d->first = d->at;
			d->held = WINDOW / d->width;
			if (d->held > all - d->at)
				d->held = all - d->at;
			if (tshard_tokens_raw(
				d->s, d->first, (size_t)d->held, d->window, &e) < 0)
				return err_tshard(err, &e);
			continue;
		}
		if (k > n)
			k = n;
		if (layout_out_put(j->out, d->window + (d->at - d->first) * d->width,
			(size_t)k, loss, err) < 0)
			return -1;
		d->at += k;
		n -= (uint32_t)k;
	}
	return 0;
}

/* End what was put with the origin of a row of DOC. */
static int
end_part(struct export_job *j, const struct tshard *s, uint64_t row,
    const struct tshard_doc *d, struct err *err)
{
	struct layout_origin from = { .ordinal = d->ordinal };
	struct tshard_error e = { 0 };
	char hash[33], *id = NULL, *url;
	int rc;

	from.source = tshard_sources(s)[d->source].name;
	if (j->l->kind == LAYOUT_OLMO && tshard_docid(s, row, &id, &url, &e) < 0)
		return err_tshard(err, &e);
	if (!id)
		tshard_hex(d->id_hash, sizeof d->id_hash, hash);
	from.id = id ? id : hash;
	rc = layout_out_end(j->out, &from, err);
	free(id);
	return rc;
}

static int
export_documents(struct export_job *j, const struct tshard *s, struct err *err)
{
	struct documents docs = { .s = s, .width = j->h.bits_per_token / 8 };
	struct tshard_error e = { 0 };
	struct tshard_doc_iter *it;
	struct tshard_doc d;
	int more, rc = 0;

	if (tshard_doc_iter_open(&it, s, 0, tshard_header(s)->docs, &e) < 0)
		return err_tshard(err, &e);
	docs.window = xmalloc(WINDOW);
	for (uint64_t row = 0; (more = tshard_doc_iter_next(it, &d, &e)) > 0; row++) {
		const bool loss = !(d.flags & TSHARD_SEG_NO_LOSS);

		if (make_room(j, d.tokens, err) < 0 ||
		    copy_tokens(j, &docs, d.tokens, loss, err) < 0 ||
		    end_part(j, s, row, &d, err) < 0) {
			rc = -1;
			break;
		}
		j->items++;
		show_progress(j);
	}
	if (more < 0)
		rc = err_tshard(err, &e);
	free(docs.window);
	tshard_doc_iter_close(it);
	return rc;
}

/* ---- samples ---- */

static void
put_raw(struct buf *b, const uint32_t *ids, size_t n, uint32_t width)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < width; k++)
			buf_putc(b, (char)(ids[i] >> 8 * k));
}

/* Put segment i of a sample, and after the last one the next token. */
static int
export_segment(struct export_job *j, const struct tshard *s,
    const struct tshard_sample *sample, uint32_t *ids, uint32_t i, struct err *err)
{
	const struct tshard_seg *seg = &sample->segs[i];
	const bool pad = seg->flags & TSHARD_SEG_PAD;
	const bool loss = !pad && !(seg->flags & TSHARD_SEG_NO_LOSS);
	const uint32_t width = j->h.bits_per_token / 8, n = seg[1].start - seg->start;
	uint32_t next = sample->next;
	struct tshard_error e = { 0 };
	struct tshard_doc d;

	j->raw.n = 0;
	put_raw(&j->raw, ids + seg->start, n, width);
	if (layout_out_put(j->out, j->raw.p, n, loss, err) < 0)
		return -1;
	if (j->l->next && i + 1 == sample->n_segs) {
		const bool known = next != TSHARD_NONE;

		if (!known)
			next = j->h.eod != TSHARD_NONE ? j->h.eod : j->h.pad;
		j->raw.n = 0;
		put_raw(&j->raw, &next, 1, width);
		if (layout_out_put(j->out, j->raw.p, 1, known && loss, err) < 0)
			return -1;
	}
	if (pad)
		return layout_out_end(j->out, NULL, err);
	if (tshard_docs(s, seg->row, 1, &d, &e) < 0)
		return err_tshard(err, &e);
	return end_part(j, s, seg->row, &d, err);
}

static int
export_samples(struct export_job *j, const struct tshard *s, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	uint32_t *ids = xmalloc(xmul(h->seq_len, sizeof *ids));
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1, rc = 0;

	if (tshard_sample_iter_open(&it, s, 0, h->samples, &e) == 0)
		while (rc == 0 &&
		       (more = tshard_sample_iter_next(it, &sample, ids, &e)) > 0) {
			rc = make_room(j, (uint64_t)h->seq_len + j->l->next, err);
			for (uint32_t i = 0; i < sample.n_segs && rc == 0; i++)
				rc = export_segment(j, s, &sample, ids, i, err);
			j->items++;
			show_progress(j);
		}
	if (more < 0)
		rc = err_tshard(err, &e);
	tshard_sample_iter_close(it);
	free(ids);
	return rc;
}

/* ---- all shards ---- */

/* Compare a shard with the first one, and add what it has. */
static int
check_shard(struct export_job *j, const struct tshard *s, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	const char *problem = NULL;

	if (!j->first) {
		j->first = xstrdup(tshard_prefix(s));
		j->h = *h;
		j->h.tokens = 0;
	}
	if (h->kind != j->h.kind)
		problem = "one has documents, the other samples: export them apart";
	else if (h->vocab != j->h.vocab || h->bits_per_token != j->h.bits_per_token ||
		 memcmp(h->tokenizer, j->h.tokenizer, sizeof h->tokenizer) != 0)
		problem = "different tokenizers: export them apart";
	else if (j->l->next && h->seq_len != j->h.seq_len)
		problem = "samples of different lengths: export them apart";
	if (problem)
		return err_set(
		    err, EXIT_DATA, "%s and %s: %s", tshard_prefix(s), j->first, problem);
	j->h.tokens += h->tokens + (j->l->next ? h->samples : 0);
	j->no_loss |= h->loss_tokens < h->tokens;
	return shard_note_inputs(tshard_prefix(s), err);
}

static int
export_shard(struct export_job *j, const struct tshard *s, struct err *err)
{
	struct tshard_error e = { 0 };

	/* Wrong rows of these would be wrong ends, ids and tokens after samples. */
	if (tshard_check(s, "SEGIDX? SEG? NEXT? DOC DOCID? DOCFLAG?", &e) < 0)
		return err_tshard(err, &e);
	return j->h.kind == TSHARD_DOCS ? export_documents(j, s, err)
					: export_samples(j, s, err);
}

typedef int visitor(struct export_job *j, const struct tshard *s, struct err *err);

static int
visit_run(struct export_job *j, const char *dir, unsigned flags, visitor *visit,
    struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard_run *r;
	int rc = 0;

	if (tshard_run_open(&r, dir, &e) < 0)
		return err_tshard(err, &e);
	for (size_t i = 0; i < tshard_run_shards(r) && rc == 0; i++) {
		struct tshard *s;

		if (tshard_run_shard(r, i, flags, &s, &e) < 0) {
			rc = err_tshard(err, &e);
			break;
		}
		rc = visit(j, s, err);
		tshard_close(s);
	}
	tshard_run_close(r);
	return rc;
}

/* Call visit() with each shard, in order. */
static int
visit_shards(struct export_job *j, const struct shard_paths *p, unsigned flags,
    visitor *visit, struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard *s;
	struct stat st;
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		if (stat(p->v[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			rc = visit_run(j, p->v[i], flags, visit, err);
			continue;
		}
		if (tshard_open(&s, p->v[i], flags, &e) < 0)
			return err_tshard(err, &e);
		rc = visit(j, s, err);
		tshard_close(s);
	}
	return rc;
}

/* ---- the command ---- */

static int
check_options(struct export_job *j, int n, struct err *err)
{
	const char *output = j->c->output;

	j->l = layout_to_write(j->t->to, err);
	if (!j->l)
		return -1;
	if (n == 0)
		return err_set(
		    err, EXIT_USAGE, "no PATH: name a shard or the directory of a run");
	if (!output || strcmp(output, "-") == 0 || path_base(output)[0] == '\0')
		return err_set(err, EXIT_USAGE, "no output: name it with -o PREFIX");
	if (j->t->tokens == 0)
		return err_set(err, EXIT_USAGE, "--tokens 0: minimum is 1");
	return 0;
}

/* Check that the layout can hold the tokens. */
static int
check_layout(const struct export_job *j, struct err *err)
{
	if (!j->first)
		return err_set(err, EXIT_DATA, "no shards: there is nothing to export");
	if (j->h.bits_per_token / 8 > j->l->widest)
		return err_set(err, EXIT_DATA,
		    "%s: a vocabulary of %" PRIu32 ", %s has token ids of %" PRIu32
		    " bytes: choose another layout",
		    j->first, j->h.vocab, j->l->name, j->l->widest);
	if (!j->numbered && j->h.tokens > j->l->most)
		return err_set(err, EXIT_DATA,
		    "%" PRIu64 " tokens, a file of %s has at most %" PRIu64
		    ": write several with --tokens",
		    j->h.tokens, j->l->name, j->l->most);
	if (j->no_loss && !j->l->loss)
		warning(
		    "%s has no loss mask: tokens without loss are as others", j->l->name);
	return 0;
}

/* Warn of outputs of an earlier run with more of them. */
static void
warn_of_more(const struct export_job *j)
{
	char *path = output_path(j, j->outputs, j->l->tokens);

	if (j->numbered && access(path, F_OK) == 0)
		warning("%s is of an earlier run: remove it", path);
	free(path);
}

static int
export_all(struct export_job *j, int n, char **operand, struct err *err)
{
	struct shard_paths paths = { 0 };
	struct lockfile lock = { 0 };
	int rc = -1;

	/* The lock comes before the inputs are noted: only .bin can replace one of them.
	 */
	if (check_options(j, n, err) == 0 &&
	    shard_paths_add(&paths, n, operand, err) == 0 &&
	    prefix_lock(&lock, j->c->output, j->numbered, err) == 0 &&
	    visit_shards(j, &paths, 0, check_shard, err) == 0 &&
	    check_layout(j, err) == 0 &&
	    visit_shards(j, &paths, TSHARD_CHECK, export_shard, err) == 0)
		rc = end_output(j, err);
	if (rc == 0)
		warn_of_more(j);
	if (rc == 0 && !j->c->quiet)
		msg("%" PRIu64 " %s%s, %" PRIu64 " tokens, in %" PRIu64 " file%s",
		    j->items, j->h.kind == TSHARD_DOCS ? "document" : "sample",
		    plural(j->items), j->tokens, j->outputs, plural(j->outputs));
	lockfile_release(&lock);
	shard_paths_free(&paths);
	return rc;
}

static int
export_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct export *t = self;
	struct export_job j = { .t = t, .c = c, .numbered = t->tokens != UINT64_MAX };
	int rc;

	progress_init(&j.progress, common_progress(c));
	rc = export_all(&j, n, operand, err);
	progress_clear(&j.progress);
	layout_out_abort(j.out);
	buf_free(&j.raw);
	free(j.first);
	return rc;
}

const struct tool tool_export = {
	.name = "export",
	.summary = "write tokens in the layout of another program",
	.example = "tamis export --to llm.c --tokens 100M -o train shards/",
	.operands = "--to LAYOUT -o PREFIX PATH...",
	.output = "PREFIX",
	.common = " output force progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = export_run,
};
