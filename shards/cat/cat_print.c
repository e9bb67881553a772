/* cat_print.c - print samples and documents of a shard. */
#include "shards/cat/cat_print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "shards/documents.h"
#include "shards/printable.h"
#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

void
cat_choose_paint(struct cat_printer *p, uint32_t i, bool pad)
{
	static const char *const v[] = { "\033[36m", "\033[33m", "\033[32m", "\033[35m" };

	p->paint = !p->color ? "" : pad ? "\033[2m" : v[i % (sizeof v / sizeof *v)];
}

static void
end_paint(struct cat_printer *p)
{
	if (p->paint[0] != '\0')
		buf_puts(&p->out, "\033[0m");
}

static int
flush(struct cat_printer *p, struct err *err)
{
	size_t n = p->out.n;

	p->out.n = 0;
	/* Stop at a full disk: terabytes may follow. */
	if (n > 0 && fwrite(p->out.p, 1, n, stdout) != n)
		return err_errno(err, "cannot write standard output");
	return 0;
}

void
cat_reserve(struct cat_printer *p, size_t n)
{
	if (n <= p->cap)
		return;
	free(p->ids);
	p->ids = xmalloc(xmul(n, sizeof *p->ids));
	p->cap = n;
}

/* Tokens first to last cannot be decoded: errno is the reason. */
static int
cannot_decode(const struct cat_printer *p, uint64_t first, uint64_t last, struct err *err)
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

/* Pieces have no spaces in most models: one separates them.  False: no such id. */
static bool
put_pieces_of(struct cat_printer *p, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len, at;
		const char *piece = tamis_tok_piece(p->model.tok, ids[i], &len);

		if (!piece) {
			errno = EINVAL;
			return false;
		}
		if (i > 0)
			buf_putc(&p->out, ' ');
		at = p->out.n;
		buf_put(&p->out, piece, len);
		buf_putc(&p->out, '\0');
		p->out.n = at + err_mask(p->out.p + at);
	}
	return true;
}

/* False with errno. */
static bool
put_text(struct cat_printer *p, const uint32_t *ids, size_t n)
{
	char *text;
	size_t len;

	if (tamis_tok_decode(p->model.tok, ids, n, &text, &len) < 0)
		return false;
	buf_put(&p->out, text, len);
	free(text);
	return true;
}

/* Read the targets among n tokens of the payload, if they are to be seen. */
static int
load_mask(struct cat_printer *p, uint64_t first, size_t n, struct err *err)
{
	struct tshard_error e = { 0 };

	free(p->mask);
	p->mask = NULL;
	if (!p->color || !tshard_section(p->s, "MASK"))
		return 0;
	if (p->paint[0] == '\0')
		cat_choose_paint(p, 0, false);
	p->mask = xmalloc(n);
	return tshard_mask(p->s, first, n, p->mask, &e) < 0 ? err_tshard(err, &e) : 0;
}

/*
 * Begin a run of tokens of one color, and return its end: targets have the color of their
 * segment where the shard has a mask, and the others are faint.
 */
static size_t
put_paint(struct cat_printer *p, size_t from, size_t n)
{
	size_t to = from + 1;

	buf_puts(&p->out, !p->mask || p->mask[from] ? p->paint : "\033[2m");
	if (!p->mask)
		return n;
	while (to < n && p->mask[to] == p->mask[from])
		to++;
	return to;
}

/*
 * Print the text of n ids by runs of one color.  A run adds to the text of all ids before
 * it, because what an id decodes to depends on them.
 */
static bool
put_runs(struct cat_printer *p, const uint32_t *ids, size_t n)
{
	size_t done = 0, len;

	for (size_t i = 0, k; i < n; i = k) {
		char *text;

		k = put_paint(p, i, n);
		if (tamis_tok_decode(p->model.tok, ids, k, &text, &len) < 0)
			return false;
		if (len > done)
			buf_put(&p->out, text + done, len - done);
		done = len;
		end_paint(p);
		free(text);
	}
	return true;
}

int
cat_tokens(
    struct cat_printer *p, uint64_t first, const uint32_t *ids, size_t n, struct err *err)
{
	if (load_mask(p, first, n, err) < 0)
		return -1;
	if (p->t->ids || !p->model.tok) {
		for (size_t i = 0, k; i < n; i = k) {
			k = put_paint(p, i, n);
			for (; i < k; i++)
				buf_putf(
				    &p->out, i == 0 ? "%" PRIu32 : " %" PRIu32, ids[i]);
			end_paint(p);
		}
		buf_putc(&p->out, '\n');
	}
	if (p->model.tok) {
		bool runs = p->mask && !p->t->pieces;

		buf_puts(&p->out, runs ? "" : p->paint);
		if (!(runs	       ? put_runs
			: p->t->pieces ? put_pieces_of
				       : put_text)(p, ids, n))
			return cannot_decode(p, first, first + n - 1, err);
		if (!runs)
			end_paint(p);
		if (!p->t->plain || p->t->pieces)
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

int
cat_origin(struct cat_printer *p, uint64_t row, struct err *err)
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
    struct cat_printer *p, uint64_t first, const struct tshard_seg *g, struct err *err)
{
	uint32_t end = g[1].start; /* of the next segment, or seq_len */

	if (!p->t->plain) {
		buf_putf(
		    &p->out, "# tokens %" PRIu32 "-%" PRIu32 ": ", g->start, end - 1);
		if (g->flags & TSHARD_SEG_PAD) {
			buf_puts(&p->out, "pad");
		} else {
			if (cat_origin(p, g->row, err) < 0)
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
	return cat_tokens(p, first + g->start, p->ids + g->start, end - g->start, err);
}

static int
put_sample(struct cat_printer *p, const struct tshard_sample *sample, struct err *err)
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
		cat_choose_paint(p, i, (sample->segs[i].flags & TSHARD_SEG_PAD) != 0);
		rc = put_segment(p, first, &sample->segs[i], err);
	}
	p->paint = "";
	return rc;
}

int
cat_samples(struct cat_printer *p, uint64_t first, uint64_t n, struct err *err)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1, rc = 0;

	cat_reserve(p, tshard_header(p->s)->seq_len);
	if (tshard_sample_iter_open(&it, p->s, first, n, &e) == 0)
		while (rc == 0 &&
		       (more = tshard_sample_iter_next(it, &sample, p->ids, &e)) > 0)
			rc = put_sample(p, &sample, err);
	tshard_sample_iter_close(it);
	return more < 0 ? err_tshard(err, &e) : rc;
}

int
cat_document(struct cat_printer *p, uint64_t row, struct err *err)
{
	struct tshard_error e = { 0 };
	uint64_t first;
	uint32_t n;

	if (tshard_doc_at(p->s, row, &first, &n, &e) < 0)
		return err_tshard(err, &e);
	if (!p->t->plain) {
		buf_putf(&p->out, "## row %" PRIu64 ": %" PRIu32 " tokens, ", row, n);
		if (cat_origin(p, row, err) < 0)
			return -1;
		buf_putc(&p->out, '\n');
	}
	cat_reserve(p, n);
	if (tshard_tokens(p->s, first, n, p->ids, &e) < 0)
		return err_tshard(err, &e);
	return cat_tokens(p, first, p->ids, n, err);
}

/* ---- the documents of a SAMPLES shard ---- */

/* A segment, by its place in its document. */
struct doc_piece {
	uint64_t sample; /* in the shard */
	uint32_t row, offset, start, n;
	uint8_t epoch, flags;
};

static int
by_place(const void *a, const void *b)
{
	const struct doc_piece *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->sample < y->sample ? -1 : x->sample > y->sample;
}

/* The segments of rows [first, first + n), sorted, to free(). */
static int
list_pieces(const struct tshard *s, uint64_t first, uint64_t n, struct doc_piece **v,
    size_t *n_v, struct err *err)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	size_t cap = 0;
	int more = -1;

	*v = NULL;
	*n_v = 0;
	if (tshard_sample_iter_open(&it, s, 0, tshard_header(s)->samples, &e) == 0)
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0)
			for (uint32_t i = 0; i < sample.n_segs; i++) {
				const struct tshard_seg *g = &sample.segs[i];

				if (g->flags & TSHARD_SEG_PAD || g->row < first ||
				    g->row - first >= n)
					continue;
				GROW(*v, *n_v, cap);
				(*v)[(*n_v)++] = (struct doc_piece){
					.sample = sample.number -
						  tshard_header(s)->first_sample,
					.row = g->row,
					.offset = g->offset,
					.start = g->start,
					.n = g[1].start - g->start,
					.epoch = g->epoch,
					.flags = g->flags,
				};
			}
	tshard_sample_iter_close(it);
	if (*n_v > 0)
		qsort(*v, *n_v, sizeof **v, by_place);
	return more < 0 ? err_tshard(err, &e) : 0;
}

static int
put_row_head(
    struct cat_printer *p, const struct doc_piece *v, uint32_t *whole, struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard_doc d;

	if (tshard_docs(p->s, v->row, 1, &d, &e) < 0)
		return err_tshard(err, &e);
	*whole = d.tokens;
	if (p->t->plain)
		return 0;
	buf_putf(&p->out, "## row %" PRIu32 ": %" PRIu32 " tokens, ", v->row, d.tokens);
	if (cat_origin(p, v->row, err) < 0)
		return -1;
	buf_putf(&p->out, ", epoch %u\n", v->epoch);
	return 0;
}

/* Tokens [from, to) of the document are in other shards, or in none. */
static void
put_gap(struct cat_printer *p, uint32_t from, uint32_t to)
{
	if (from < to && !p->t->plain)
		buf_putf(&p->out, "# tokens %" PRIu32 "-%" PRIu32 ": not in this shard\n",
		    from, to - 1);
}

static void
put_piece_head(struct cat_printer *p, const struct doc_piece *v)
{
	if (p->t->plain)
		return;
	buf_putf(&p->out,
	    "# tokens %" PRIu32 "-%" PRIu32 ": sample %" PRIu64 ", tokens %" PRIu32
	    "-%" PRIu32,
	    v->offset, v->offset + v->n - 1,
	    v->sample + tshard_header(p->s)->first_sample, v->start, v->start + v->n - 1);
	if (v->flags & TSHARD_SEG_ENDS)
		buf_puts(&p->out, ", ends");
	put_flags(&p->out, v->flags);
	buf_putc(&p->out, '\n');
}

/* Whether b continues a without a gap. */
static bool
follows(const struct doc_piece *a, const struct doc_piece *b)
{
	return a->row == b->row && a->epoch == b->epoch && a->offset + a->n == b->offset;
}

/* Print n segments that follow each other, together: characters may span them. */
static int
put_pieces(struct cat_printer *p, const struct doc_piece *v, size_t n, struct err *err)
{
	const uint64_t seq = tshard_header(p->s)->seq_len;
	struct tshard_error e = { 0 };
	size_t tokens = 0;

	for (size_t i = 0; i < n; i++)
		tokens += v[i].n;
	cat_reserve(p, tokens);
	tokens = 0;
	for (size_t i = 0; i < n; tokens += v[i++].n)
		if (tshard_tokens(p->s, v[i].sample * seq + v[i].start, v[i].n,
			p->ids + tokens, &e) < 0)
			return err_tshard(err, &e);
	return cat_tokens(p, v->sample * seq + v->start, p->ids, tokens, err);
}

/* Print the n segments that the shard has of a document in an epoch. */
static int
put_row(struct cat_printer *p, const struct doc_piece *v, size_t n, struct err *err)
{
	uint32_t whole = 0, at = 0, range = 0;
	size_t k;
	int rc = put_row_head(p, v, &whole, err);

	for (size_t i = 0; i < n && rc == 0; i = k) {
		put_gap(p, at, v[i].offset);
		for (k = i; k < n && (k == i || follows(&v[k - 1], &v[k])); k++)
			put_piece_head(p, &v[k]);
		at = v[k - 1].offset + v[k - 1].n;
		cat_choose_paint(p, range++, false);
		rc = put_pieces(p, &v[i], k - i, err);
		p->paint = "";
	}
	put_gap(p, at, whole);
	return rc == 0 ? flush(p, err) : rc;
}

int
cat_rows(struct cat_printer *p, uint64_t first, uint64_t n, struct err *err)
{
	struct doc_piece *v;
	size_t n_v, k;
	int rc = list_pieces(p->s, first, n, &v, &n_v, err);

	for (size_t i = 0; i < n_v && rc == 0; i = k) {
		for (k = i + 1;
		     k < n_v && v[k].row == v[i].row && v[k].epoch == v[i].epoch; k++)
			;
		rc = put_row(p, &v[i], k - i, err);
	}
	free(v);
	return rc;
}
