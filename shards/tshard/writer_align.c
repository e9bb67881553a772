/* writer_align.c - write MASK, PAIR and LABEL: targets, pairs and labels of each row. */
#include "shards/tshard/tshard_align.h"
#include "shards/tshard/writer.h"

#include <math.h>
#include <stdlib.h>

enum { NAN_BITS = 0x7fc00000 };

void
tsi_align_begin(struct tshard_writer *w, size_t most)
{
	struct tsi_spool *s[] = { &w->align.bits, &w->align.pair, &w->align.label };

	for (size_t i = 0; i < sizeof s / sizeof *s; i++) {
		s[i]->most = most;
		s[i]->path = w->tmp[TSI_SDX];
	}
}

void
tsi_align_free(struct tshard_writer *w)
{
	tsi_spool_free(&w->align.bits);
	tsi_spool_free(&w->align.pair);
	tsi_spool_free(&w->align.label);
	free(w->align.names.p);
	w->align.names = (struct tsi_vec){ .n = 0 };
}

static int
bad_use(struct tshard_writer *w, struct tshard_error *e, const char *what)
{
	w->broken = true;
	return tsi_writer_bad_use(w, e, what);
}

/* Whether a shard of this kind can have these sections. */
static bool
fits(uint32_t kind, const struct tshard_align *a)
{
	switch (kind) {
	case TSHARD_DOCS:
		return true;
	case TSHARD_SFT:
		return a->mask && !a->pairs;
	case TSHARD_PREF:
		return a->mask && a->pairs;
	case TSHARD_REWARD:
		return !a->mask && !a->pairs && a->n_labels > 0;
	default:
		return !a->mask && !a->pairs && a->n_labels == 0;
	}
}

int
tshard_writer_align(
    struct tshard_writer *w, const struct tshard_align *a, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;
	unsigned char head[TSI_LABEL] = { 0 }, name[TSI_LABEL_NAME];

	if (w->broken || o->set || w->tokens > 0 || w->docs > 0)
		return bad_use(
		    w, e, "the sections are chosen twice, or too late: report this bug");
	if (!fits(w->f.kind, a))
		return bad_use(w, e,
		    "a shard of this kind cannot have these sections: report this bug");
	if (a->n_labels > TSHARD_MOST_LABELS)
		return bad_use(w, e, "a shard has at most 64 labels: write fewer");
	for (uint32_t i = 0; i < a->n_labels; i++) {
		if (!tsi_label_ok(a->labels[i]))
			return bad_use(w, e,
			    "the name of a label must be 1 to 23 of A-Za-z0-9._/+-: "
			    "rename it");
		for (uint32_t k = 0; k < i; k++)
			if (strcmp(a->labels[i], a->labels[k]) == 0)
				return bad_use(
				    w, e, "two labels have one name: rename one");
	}
	tsi_put32(head, a->n_labels);
	if (a->n_labels > 0 && tsi_vec_put(&o->names, head, sizeof head) < 0)
		return tsi_nomem(e);
	for (uint32_t i = 0; i < a->n_labels; i++) {
		memset(name, 0, sizeof name);
		memcpy(name, a->labels[i], strlen(a->labels[i]));
		if (tsi_vec_put(&o->names, name, sizeof name) < 0)
			return tsi_nomem(e);
	}
	o->mask = a->mask != 0;
	o->pairs = a->pairs != 0;
	o->n_labels = a->n_labels;
	o->set = o->mask || o->pairs || o->n_labels > 0;
	return 0;
}

/* ---- MASK ---- */

static int
put_byte(struct tsi_align_out *o, struct tshard_error *e)
{
	o->piece[o->n++] = o->byte;
	o->byte = 0;
	o->n_bits = 0;
	if (o->n < sizeof o->piece)
		return 0;
	o->n = 0;
	return tsi_spool_put(&o->bits, o->piece, sizeof o->piece, e);
}

/* n more bits: of v, one a byte, or if it is NULL all like `bit`. */
static int
put_bits(struct tsi_align_out *o, const uint8_t *v, bool bit, uint64_t n,
    struct tshard_error *e)
{
	o->masked += n;
	for (uint64_t i = 0; i < n;) {
		if (!v && o->n_bits == 0 && n - i >= 8) {
			o->byte = bit ? 0xff : 0;
			o->targets += bit ? 8 : 0;
			i += 8;
			if (put_byte(o, e) < 0)
				return -1;
			continue;
		}
		if (v ? v[i] != 0 : bit) {
			o->byte |= (unsigned char)(1u << o->n_bits);
			o->targets++;
		}
		i++;
		if (++o->n_bits == 8 && put_byte(o, e) < 0)
			return -1;
	}
	return 0;
}

/* Tokens of the current row, and the first of them in the payload. */
static uint32_t
row_tokens(const struct tshard_writer *w)
{
	if (w->f.kind == TSHARD_DOCS)
		return (uint32_t)w->in_doc;
	return w->in_seg ? w->in_sample - w->cur.start : 0;
}

int
tshard_writer_targets(
    struct tshard_writer *w, uint32_t from, uint32_t to, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;
	uint64_t row = w->tokens - row_tokens(w);

	if (w->broken || !o->mask)
		return bad_use(w, e, "the shard has no mask: report this bug");
	if (from > to || row + from < o->masked || to > row_tokens(w))
		return bad_use(w, e,
		    "targets must ascend, and be tokens that were put: report this bug");
	if (from == 0 && to > 0)
		return bad_use(w, e, "the first token cannot be a target: unmask it");
	if (put_bits(o, NULL, false, row + from - o->masked, e) == 0 &&
	    put_bits(o, NULL, true, to - from, e) == 0)
		return 0;
	w->broken = true;
	return -1;
}

int
tshard_writer_mask(
    struct tshard_writer *w, const uint8_t *targets, size_t n, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;
	uint64_t row = w->tokens - row_tokens(w);

	if (w->broken || !o->mask)
		return bad_use(w, e, "the shard has no mask: report this bug");
	if (n > w->tokens - o->masked)
		return bad_use(
		    w, e, "the mask has more entries than tokens: report this bug");
	if (n > 0 && o->masked == row && targets[0] != 0)
		return bad_use(w, e, "the first token cannot be a target: unmask it");
	if (put_bits(o, targets, false, n, e) == 0)
		return 0;
	w->broken = true;
	return -1;
}

/* ---- PAIR and LABEL ---- */

int
tshard_writer_pair(
    struct tshard_writer *w, const struct tshard_pair *p, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;

	if (w->broken || !o->pairs || o->paired || row_tokens(w) == 0)
		return bad_use(w, e, "a pair cannot be set here: report this bug");
	o->cur = *p;
	o->paired = true;
	if (w->f.kind == TSHARD_DOCS)
		return 0;
	o->cur.number =
	    p->rank > 0 ? o->last.number
			: (w->f.first_sample + w->samples) * w->f.seq_len + w->cur.start;
	return p->rank == 0 || w->cur.start > 0
		   ? 0
		   : bad_use(w, e, "a pair spans two samples: report this bug");
}

int
tshard_writer_label(
    struct tshard_writer *w, uint32_t offset, const float *v, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;
	uint64_t row = w->f.kind == TSHARD_DOCS ? w->docs : w->segments;
	unsigned char b[TSI_LABEL + 4 * TSHARD_MOST_LABELS];

	if (w->broken || o->n_labels == 0)
		return bad_use(w, e, "the shard has no labels: report this bug");
	if (offset < o->label_end || offset >= row_tokens(w))
		return bad_use(w, e,
		    "labels must ascend, and be at tokens that were put: report this "
		    "bug");
	if (row >= UINT32_MAX || o->n_rows == UINT32_MAX)
		return bad_use(
		    w, e, "a shard has at most 4294967295 labels: write smaller shards");
	tsi_put32(b, (uint32_t)row);
	tsi_put32(b + 4, offset);
	for (uint32_t i = 0; i < o->n_labels; i++) {
		uint32_t bits = NAN_BITS;

		if (isinf(v[i]))
			return bad_use(w, e, "a label is infinite: leave it out");
		if (!isnan(v[i]))
			memcpy(&bits, &v[i], 4);
		tsi_put32(b + TSI_LABEL + (size_t)4 * i, bits);
	}
	if (tsi_spool_put(&o->label, b, TSI_LABEL + (size_t)4 * o->n_labels, e) < 0) {
		w->broken = true;
		return -1;
	}
	o->label_end = offset + 1;
	o->n_rows++;
	return 0;
}

/* ---- rows ---- */

static int
end_pair(struct tshard_writer *w, uint32_t n, bool pad, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;
	unsigned char b[TSI_PAIR];
	const char *wrong = NULL;

	if (pad) {
		memset(b, 0xff, sizeof b);
		return tsi_spool_put(&o->pair, b, sizeof b, e);
	}
	if (!o->paired)
		wrong = "a row has no pair";
	else
		wrong = tsi_wrong_pair(&o->last, o->n_pairs == 0, &o->cur, n);
	if (wrong)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: document %llu, sample %llu: %s: report this bug",
		    w->path[TSI_BIN], (unsigned long long)w->docs,
		    (unsigned long long)w->samples, wrong);
	tsi_pair_put(&o->cur, b);
	o->last = o->cur;
	o->n_pairs += o->cur.rank == 0;
	o->paired = false;
	return tsi_spool_put(&o->pair, b, sizeof b, e);
}

int
tsi_align_row(
    struct tshard_writer *w, uint32_t n, bool pad, bool skip, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;

	if (o->mask && put_bits(o, NULL, false, w->tokens - o->masked, e) < 0)
		return -1;
	if (skip && o->targets > o->before)
		return tsi_writer_bad_use(w, e,
		    "a document that is excluded from the loss has targets: report this "
		    "bug");
	if (o->pairs && o->n_labels > 0 && o->label_end > 0 && o->label_end != n)
		return tsi_writer_bad_use(w, e,
		    "the label of an answer is not at its last token: report this bug");
	o->before = o->targets;
	o->label_end = 0;
	return o->pairs ? end_pair(w, n, pad, e) : 0;
}

int
tsi_align_finish(struct tshard_writer *w, struct tshard_error *e)
{
	struct tsi_align_out *o = &w->align;

	if (tsi_whole(w->f.kind) && !o->set)
		return tsi_writer_bad_use(
		    w, e, "its sections are missing: report this bug");
	if (o->pairs && o->n_pairs > 0 && o->last.rank == 0)
		return tsi_writer_bad_use(
		    w, e, "the last prompt has one answer: add another, or drop it");
	if (o->n_bits > 0 && put_byte(o, e) < 0)
		return -1;
	if (o->n > 0 && tsi_spool_put(&o->bits, o->piece, o->n, e) < 0)
		return -1;
	o->n = 0;
	if (o->n_labels > 0)
		tsi_put32(o->names.p + 4, (uint32_t)o->n_rows);
	return 0;
}
