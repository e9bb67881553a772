/* cat.c - print samples or documents of a shard or run, with their origin. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/driver/common.h"
#include "shards/documents.h"
#include "shards/printable.h"
#include "shards/shard_model.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard_err.h"

struct cat {
	uint64_t number;
	uint64_t step, global_batch, micro_batch, dp, rank;
	const char *model;
	unsigned color;
	bool all, ids, plain;
};

enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

#define UNSET UINT64_MAX

static const struct cat defaults = {
	.number = UNSET, .step = UNSET, .dp = 1, .rank = UNSET
};

static const struct opt opts[] = {
	OPT_U64('n', "number", struct cat, number, "sample or document to print"),
	OPT_BOOL(0, "all", struct cat, all, "print all samples or documents"),
	OPT_U64(0, "step", struct cat, step, "training step to print, from 0"),
	OPT_U64(0, "global-batch", struct cat, global_batch, "samples of a step"),
	OPT_U64(0, "dp", struct cat, dp, "number of data-parallel ranks"),
	OPT_U64(0, "rank", struct cat, rank,
	    "rank whose samples of the step to print; default: all"),
	OPT_U64(0, "micro-batch", struct cat, micro_batch,
	    "samples of a micro-batch; default: a rank's whole share of a step"),
	OPT_STR(
	    'm', "model", struct cat, model, "FILE", "decode to text with this model"),
	OPT_BOOL(0, "ids", struct cat, ids, "print token ids, also with -m"),
	OPT_BOOL(0, "plain", struct cat, plain, "no headers"),
	OPT_ENUM(0, "color", struct cat, color, "auto|always|never",
	    "color segments; default: on a terminal, unless NO_COLOR is set"),
	OPT_END,
};

/* The shard that is printed, and buffers that are reused. */
struct printer {
	const struct cat *t;
	struct shard_model model;
	struct tshard *s;
	uint32_t *ids;
	size_t cap;
	struct buf out;
	bool color;
	const char *paint; /* of the current segment, or "" */
};

/* Whether to color segments: see no-color.org. */
static bool
wants_color(const struct cat *t)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (t->color != COLOR_AUTO)
		return t->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* Choose the color of segment i: neighbours differ. */
static void
choose_paint(struct printer *p, uint32_t i, bool pad)
{
	static const char *const v[] = { "\033[36m", "\033[33m", "\033[32m", "\033[35m" };

	p->paint = !p->color ? "" : pad ? "\033[2m" : v[i % (sizeof v / sizeof *v)];
}

static void
end_paint(struct printer *p)
{
	if (p->paint[0] != '\0')
		buf_puts(&p->out, "\033[0m");
}

static int
flush(struct printer *p, struct err *err)
{
	size_t n = p->out.n;

	p->out.n = 0;
	/* Stop at a full disk: terabytes may follow. */
	if (n > 0 && fwrite(p->out.p, 1, n, stdout) != n)
		return err_errno(err, "cannot write standard output");
	return 0;
}

/* Make room for n ids. */
static void
reserve_ids(struct printer *p, size_t n)
{
	if (n <= p->cap)
		return;
	free(p->ids);
	p->ids = xmalloc(xmul(n, sizeof *p->ids));
	p->cap = n;
}

/* Tokens first to last cannot be decoded: errno is the reason. */
static int
cannot_decode(const struct printer *p, uint64_t first, uint64_t last, struct err *err)
{
	if (errno == ENOMEM)
		return err_set(err, EXIT_SYSTEM,
		    "%s: tokens %" PRIu64 " to %" PRIu64 ": out of memory",
		    tshard_prefix(p->s), first, last);
	return err_set(err, EXIT_DATA,
	    "%s: tokens %" PRIu64 " to %" PRIu64
	    ": '%s' cannot decode them: name the model that encoded the shard",
	    tshard_prefix(p->s), first, last, p->t->model);
}

/* Print n ids, or their text, or both.  first: their place in the payload. */
static int
put_tokens(
    struct printer *p, uint64_t first, const uint32_t *ids, size_t n, struct err *err)
{
	char *text;
	size_t len;

	if (p->t->ids || !p->model.tok) {
		buf_puts(&p->out, p->paint);
		for (size_t i = 0; i < n; i++)
			buf_putf(&p->out, i == 0 ? "%" PRIu32 : " %" PRIu32, ids[i]);
		end_paint(p);
		buf_putc(&p->out, '\n');
	}
	if (p->model.tok) {
		if (tamis_tok_decode(p->model.tok, ids, n, &text, &len) < 0)
			return cannot_decode(p, first, first + n - 1, err);
		buf_puts(&p->out, p->paint);
		buf_put(&p->out, text, len);
		end_paint(p);
		free(text);
		if (!p->t->plain)
			buf_putc(&p->out, '\n');
	}
	return flush(p, err);
}

static void
put_flags(struct buf *b, uint8_t flags)
{
	if (flags & TSHARD_SEG_NO_LOSS)
		buf_puts(b, ", no loss");
	if (flags & TSHARD_SEG_FIM_PSM)
		buf_puts(b, ", infilling PSM");
	if (flags & TSHARD_SEG_FIM_SPM)
		buf_puts(b, ", infilling SPM");
}

/* The origin in a header: "source en, document 'cc-17', http://..., language en". */
static int
put_origin(struct printer *p, uint64_t row, struct err *err)
{
	struct document d;
	char lang[4], hash[33];

	if (document_get(p->s, row, &d, err) < 0)
		return -1;
	buf_puts(&p->out, "source ");
	put_printable(&p->out, d.source[0] ? d.source : "unknown");
	if (d.taken_down) {
		tshard_hex(d.d.id_hash, 16, hash);
		buf_putf(&p->out, ", document taken down, id hash %s", hash);
	} else if (d.id) {
		buf_puts(&p->out, ", document '");
		put_printable(&p->out, d.id);
		buf_putc(&p->out, '\'');
		if (*d.url) {
			buf_puts(&p->out, ", ");
			put_printable(&p->out, d.url);
		}
	} else {
		tshard_hex(d.d.id_hash, 16, hash);
		buf_putf(
		    &p->out, ", document %" PRIu64 ", id hash %s", d.d.ordinal, hash);
	}
	tshard_lang_name(d.d.language, lang);
	if (lang[0])
		buf_putf(&p->out, ", language %s", lang);
	if (tshard_number_name(p->s))
		buf_putf(&p->out, ", %s %u", tshard_number_name(p->s), d.d.number);
	put_flags(&p->out, d.d.flags);
	document_free(&d);
	return 0;
}

static int
put_segment(
    struct printer *p, uint64_t first, const struct tshard_seg *g, struct err *err)
{
	uint32_t end = g[1].start; /* of the next segment, or seq_len */

	if (!p->t->plain) {
		buf_putf(
		    &p->out, "# tokens %" PRIu32 "-%" PRIu32 ": ", g->start, end - 1);
		if (g->flags & TSHARD_SEG_PAD) {
			buf_puts(&p->out, "pad");
		} else {
			if (put_origin(p, g->row, err) < 0)
				return -1;
			buf_putf(&p->out, ", offset %" PRIu32 ", epoch %u", g->offset,
			    g->epoch);
		}
		if (g->flags & TSHARD_SEG_ENDS)
			buf_puts(&p->out, ", ends");
		put_flags(&p->out, g->flags);
		buf_putc(&p->out, '\n');
	}
	/* Pad has no text. */
	if (g->flags & TSHARD_SEG_PAD && p->model.tok && !p->t->ids)
		return flush(p, err);
	return put_tokens(p, first + g->start, p->ids + g->start, end - g->start, err);
}

static int
put_sample(struct printer *p, const struct tshard_sample *sample, struct err *err)
{
	const struct tshard_header *h = tshard_header(p->s);
	uint64_t first = (sample->number - h->first_sample) * h->seq_len;
	int rc = 0;

	if (!p->t->plain) {
		buf_putf(&p->out, "## sample %" PRIu64, sample->number);
		buf_putf(&p->out,
		    sample->next == TSHARD_NONE ? ", nothing follows\n"
						: ", next token %" PRIu32 "\n",
		    sample->next);
	}
	for (uint32_t i = 0; i < sample->n_segs && rc == 0; i++) {
		choose_paint(p, i, (sample->segs[i].flags & TSHARD_SEG_PAD) != 0);
		rc = put_segment(p, first, &sample->segs[i], err);
	}
	p->paint = "";
	return rc;
}

/* Samples [first, first + n) of the shard. */
static int
put_samples(struct printer *p, uint64_t first, uint64_t n, struct err *err)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1, rc = 0;

	reserve_ids(p, tshard_header(p->s)->seq_len);
	if (tshard_sample_iter_open(&it, p->s, first, n, &e) == 0)
		while (rc == 0 &&
		       (more = tshard_sample_iter_next(it, &sample, p->ids, &e)) > 0)
			rc = put_sample(p, &sample, err);
	tshard_sample_iter_close(it);
	return more < 0 ? err_tshard(err, &e) : rc;
}

static int
put_document(struct printer *p, uint64_t row, struct err *err)
{
	struct tshard_error e = { 0 };
	uint64_t first;
	uint32_t n;

	if (tshard_doc_at(p->s, row, &first, &n, &e) < 0)
		return err_tshard(err, &e);
	if (!p->t->plain) {
		buf_putf(&p->out, "## row %" PRIu64 ": %" PRIu32 " tokens, ", row, n);
		if (put_origin(p, row, err) < 0)
			return -1;
		buf_putc(&p->out, '\n');
	}
	reserve_ids(p, n);
	if (tshard_tokens(p->s, first, n, p->ids, &e) < 0)
		return err_tshard(err, &e);
	return put_tokens(p, first, p->ids, n, err);
}

/* Print sample or document `local` of the shard, or all of them. */
static int
put_shard(struct printer *p, uint64_t local, bool all, struct err *err)
{
	const struct tshard_header *h = tshard_header(p->s);
	bool docs = h->kind == TSHARD_DOCS;
	uint64_t count = docs ? h->docs : h->samples;
	int rc = shard_model_check(&p->model, p->s, err);

	if (rc < 0)
		return rc;
	if (!all && local >= count)
		return err_set(err, EXIT_DATA,
		    "%s: %s %" PRIu64 " does not exist: the shard has %" PRIu64
		    ", from %" PRIu64 " on",
		    tshard_prefix(p->s), docs ? "document" : "sample",
		    local + (docs ? 0 : h->first_sample), count,
		    docs ? 0 : h->first_sample);
	if (all)
		local = 0;
	else
		count = 1;
	if (!docs)
		return put_samples(p, local, count, err);
	for (uint64_t i = 0; rc == 0 && i < count; i++)
		rc = put_document(p, local + i, err);
	return rc;
}

static int
cat_shard(struct printer *p, const char *path, struct err *err)
{
	uint64_t local = p->t->number, first;
	struct tshard_error e = { 0 };
	int rc;

	if (tshard_open(&p->s, path, TSHARD_CHECK, &e) < 0)
		return err_tshard(err, &e);
	first = tshard_header(p->s)->first_sample;
	if (tshard_header(p->s)->kind == TSHARD_DOCS)
		first = 0;
	/* A number below the first one wraps around to a number that is too large. */
	local = local == UNSET ? 0 : local - first;
	rc = put_shard(p, local, p->t->all, err);
	tshard_close(p->s);
	p->s = NULL;
	return rc;
}

/* Samples [first, first + n) of the run, which exist. */
static int
put_range(struct printer *p, const struct tshard_run *r, uint64_t first, uint64_t n,
    struct err *err)
{
	struct tshard_error e = { 0 };
	uint64_t local, count;
	size_t i;
	int rc = 0;

	for (; n > 0 && rc == 0; first += count, n -= count) {
		if (tshard_run_find(r, first, &i, &local) < 0)
			return err_set(err, EXIT_DATA,
			    "sample %" PRIu64 " does not exist: run 'tamis verify' on "
			    "the run",
			    first);
		count = tshard_run_at(r, i)->samples - local;
		if (count > n)
			count = n;
		if (tshard_run_shard(r, i, TSHARD_CHECK, &p->s, &e) < 0)
			return err_tshard(err, &e);
		rc = shard_model_check(&p->model, p->s, err);
		if (rc == 0)
			rc = put_samples(p, local, count, err);
		tshard_close(p->s);
		p->s = NULL;
	}
	return rc;
}

/* The samples of the step, or of a rank in it, as Megatron-LM divides them. */
static int
put_step(struct printer *p, const struct tshard_run *r, struct err *err)
{
	const struct cat *t = p->t;
	uint64_t micro = t->micro_batch > 0 ? t->micro_batch : t->global_batch / t->dp;
	uint64_t at = t->step * t->global_batch, end = at + t->global_batch;
	int rc = 0;

	if (t->rank == UNSET)
		return put_range(p, r, at, t->global_batch, err);
	for (at += t->rank * micro; at < end && rc == 0; at += micro * t->dp)
		rc = put_range(p, r, at, micro, err);
	return rc;
}

static int
no_sample(const struct printer *p, const struct tshard_run *r, const char *path,
    struct err *err)
{
	if (p->t->step == UNSET)
		return err_set(err, EXIT_DATA,
		    "%s: sample %" PRIu64 " does not exist: the run has %" PRIu64
		    " samples",
		    path, p->t->number, tshard_run_samples(r));
	return err_set(err, EXIT_DATA,
	    "%s: step %" PRIu64 " does not exist: the run has %" PRIu64 " of %" PRIu64
	    " samples each",
	    path, p->t->step, tshard_run_samples(r) / p->t->global_batch,
	    p->t->global_batch);
}

static int
cat_run(struct printer *p, const char *path, struct err *err)
{
	const struct cat *t = p->t;
	struct tshard_error e = { 0 };
	struct tshard_run *r;
	uint64_t n;
	int rc;

	if (tshard_run_open(&r, path, &e) < 0)
		return err_tshard(err, &e);
	n = tshard_run_samples(r);
	if (t->step != UNSET)
		rc = t->step < n / t->global_batch ? put_step(p, r, err)
						   : no_sample(p, r, path, err);
	else if (t->all)
		rc = put_range(p, r, 0, n, err);
	else if (t->number != UNSET && t->number >= n)
		rc = no_sample(p, r, path, err);
	else
		rc = put_range(p, r, t->number == UNSET ? 0 : t->number, 1, err);
	tshard_run_close(r);
	return rc;
}

static int
check_step(const struct cat *t, struct err *err)
{
	const uint64_t batch = t->global_batch;
	const uint64_t micro = t->micro_batch > 0 ? t->micro_batch : 1;

	if (t->step == UNSET) {
		if (batch > 0 || t->micro_batch > 0 || t->dp != 1 || t->rank != UNSET)
			return err_set(err, EXIT_USAGE,
			    "--global-batch, --micro-batch, --dp and --rank select the "
			    "samples of a step: name it with --step");
		return 0;
	}
	if (t->all || t->number != UNSET)
		return err_set(err, EXIT_USAGE,
		    "--step cannot be combined with -n or --all: choose one");
	if (batch == 0)
		return err_set(err, EXIT_USAGE,
		    "--step: the samples of a step are unknown: set --global-batch");
	if (t->dp == 0 || batch % t->dp != 0 || batch / t->dp % micro != 0)
		return err_set(err, EXIT_USAGE,
		    "--global-batch %" PRIu64 ": not a multiple of --dp %" PRIu64
		    " times --micro-batch %" PRIu64,
		    batch, t->dp, micro);
	if (t->rank != UNSET && t->rank >= t->dp)
		return err_set(err, EXIT_USAGE,
		    "--rank %" PRIu64 ": must be below --dp %" PRIu64, t->rank, t->dp);
	return 0;
}

static int
cat_path(struct printer *p, const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return cat_run(p, path, err);
	if (p->t->step != UNSET)
		return err_set(err, EXIT_USAGE,
		    "%s: --step counts the samples of a run: name its directory", path);
	return cat_shard(p, path, err);
}

static int
cat_run_tool(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct cat *t = self;
	struct printer p = { .t = t, .color = wants_color(t), .paint = "" };
	int rc = 0;

	if (n == 0)
		return err_set(
		    err, EXIT_USAGE, "no PATH: name a shard or the directory of a run");
	if (t->all && t->number != UNSET)
		return err_set(
		    err, EXIT_USAGE, "--all and -n cannot be combined: choose one");
	if (check_step(t, err) < 0)
		return -1;
	if (t->model)
		rc = shard_model_open(&p.model, t->model, err);
	for (int i = 0; i < n && rc == 0; i++)
		rc = cat_path(&p, operand[i], err);
	shard_model_close(&p.model);
	free(p.ids);
	buf_free(&p.out);
	return rc;
}

const struct tool tool_cat = {
	.name = "cat",
	.summary = "print samples or documents of a shard or run",
	.example = "tamis cat -n 17 -m corpus.model --plain shards/",
	.operands = "{-n N | --all | --step K} PATH...",
	.common = "",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = cat_run_tool,
};
