/* verify_align.c - verify targets, pairs and labels against the rows and the header. */
#include "shards/tshard/tshard_align.h"
#include "shards/tshard/tshard_impl.h"

#include <inttypes.h>
#include <stdlib.h>

struct align_check {
	struct tshard *s;
	struct tsi_report *r;
	struct tshard_error *e;
	struct tsi_walk walk;
	struct tsi_cursor flag, mask, pair, label; /* count 0: the section is missing */
	struct tshard_section rows;		   /* LABEL without what precedes them */
	uint64_t next_label, targets;
	struct tshard_pair last;
	bool any_pair;
	uint64_t pair_sample; /* of the last pair */
	bool after_pad;	      /* the segment before is padding, in the same sample */
};

static void
bad(struct align_check *c, const struct tsi_cursor *rows, uint64_t row, uint64_t at,
    const char *what)
{
	const struct tsi_walk *w = &c->walk;
	const char *unit = w->kind == TSHARD_DOCS ? "document" : "segment";

	tsi_found(c->r, c->s->path[TSI_SDX], rows->sec->offset + row * rows->elem + at,
	    "%s: %s %" PRIu64 ": %s: regenerate the shard", rows->sec->tag, unit, w->row,
	    what);
}

static bool
is_pad(const struct tsi_walk *w)
{
	return w->kind != TSHARD_DOCS && w->seg.flags & TSHARD_SEG_PAD;
}

/* ---- MASK ---- */

/* The targets among tokens [from, to): *n.  -1 with *e. */
static int
count_bits(struct align_check *c, uint64_t from, uint64_t to, uint64_t *n)
{
	*n = 0;
	while (from < to) {
		const unsigned char *p = tsi_cursor_at(&c->mask, from / 8);
		unsigned bits, skip = from % 8;
		uint64_t take = 8 - skip;

		if (!p)
			return -1;
		if (take > to - from)
			take = to - from;
		bits = (unsigned)*p >> skip & ((1u << take) - 1);
		*n += (unsigned)__builtin_popcount(bits);
		from += take;
	}
	return 0;
}

/* Whether the row's loss does not count: pad, or flagged so. */
static int
no_loss(struct align_check *c)
{
	const struct tsi_walk *w = &c->walk;
	const unsigned char *p;

	if (w->kind != TSHARD_DOCS)
		return (w->seg.flags & (TSHARD_SEG_PAD | TSHARD_SEG_NO_LOSS)) != 0;
	if (c->flag.count == 0)
		return 0;
	p = tsi_cursor_at(&c->flag, w->row);
	return p ? (*p & TSHARD_SEG_NO_LOSS) != 0 : -1;
}

static int
check_mask(struct align_check *c)
{
	const struct tsi_walk *w = &c->walk;
	uint64_t first = w->first, n, all;
	int skip = no_loss(c);

	if (skip < 0 || count_bits(c, first, first + 1, &n) < 0 ||
	    count_bits(c, first, first + w->n, &all) < 0)
		return -1;
	if (n > 0)
		bad(c, &c->mask, first / 8, 0, "its first token is a target");
	else if (skip && all > 0)
		bad(c, &c->mask, first / 8, 0,
		    is_pad(w) ? "padding has targets"
			      : "it has targets, and is excluded from the loss");
	c->targets += all;
	return 0;
}

static int
end_mask(struct align_check *c)
{
	const struct tshard_header *h = &c->s->h;
	uint64_t spare;

	if (count_bits(c, h->tokens, 8 * c->mask.count, &spare) < 0)
		return -1;
	if (spare > 0)
		tsi_found(c->r, c->s->path[TSI_SDX], c->mask.sec->offset + h->tokens / 8,
		    "MASK: a bit after the last token is set: regenerate the shard");
	if (c->targets != h->loss_tokens)
		tsi_found(c->r, c->s->path[TSI_SDX], 232,
		    "the header has %" PRIu64 " loss tokens, MASK has %" PRIu64
		    ": regenerate the shard",
		    h->loss_tokens, c->targets);
	return 0;
}

/* ---- PAIR ---- */

/* Why a segment cannot be this answer of its pair, or NULL. */
static const char *
wrong_place(struct align_check *c, const struct tshard_pair *p)
{
	const struct tsi_walk *w = &c->walk;
	uint8_t flag = w->seg.flags & (TSHARD_SEG_CHOSEN | TSHARD_SEG_REJECTED);

	if (flag != (p->rank == 0 ? TSHARD_SEG_CHOSEN : TSHARD_SEG_REJECTED))
		return "the flags chosen and rejected disagree with the rank";
	if (p->rank > 0)
		return c->pair_sample == w->sample ? NULL : "a pair spans two samples";
	c->pair_sample = w->sample;
	return p->number == c->s->h.first_sample * w->seq_len + w->first
		   ? NULL
		   : "the number of the pair is not the place of its first token";
}

static int
check_pair(struct align_check *c)
{
	static const unsigned char none[TSI_PAIR] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct tsi_walk *w = &c->walk;
	const unsigned char *p = tsi_cursor_at(&c->pair, w->row);
	struct tshard_pair pair;
	const char *wrong;

	if (!p)
		return -1;
	if (is_pad(w)) {
		if (memcmp(p, none, sizeof none) != 0)
			bad(c, &c->pair, w->row, 0, "padding has a pair");
		return 0;
	}
	tsi_pair_get(p, &pair);
	wrong = tsi_wrong_pair(&c->last, !c->any_pair, &pair, w->n);
	if (!wrong && w->kind != TSHARD_DOCS)
		wrong = wrong_place(c, &pair);
	if (!wrong && tsi_get16(p + 14) != 0)
		wrong = "the flags of a pair must be 0";
	if (wrong)
		bad(c, &c->pair, w->row, 0, wrong);
	c->last = pair;
	c->any_pair = true;
	return 0;
}

/* ---- LABEL ---- */

/* Entry i of LABEL, or NULL with *e. */
static const unsigned char *
label_at(struct align_check *c, uint64_t i)
{
	return tsi_cursor_at(&c->label, i);
}

static const char *
wrong_label(const struct align_check *c, const unsigned char *p)
{
	const struct tsi_walk *w = &c->walk;
	uint32_t offset = tsi_get32(p + 4);

	if (is_pad(w))
		return "padding has a label";
	if (offset >= w->n)
		return "a label is after the last token";
	if (c->pair.count > 0 && offset != w->n - 1)
		return "the label of an answer is not at its last token";
	for (uint32_t k = 0; k < c->s->n_labels; k++)
		if (!tsi_value_ok(tsi_get32(p + TSI_LABEL + (size_t)4 * k)))
			return "a label is infinite, or a NaN other than 7FC00000";
	return NULL;
}

static int
check_labels(struct align_check *c)
{
	const struct tsi_walk *w = &c->walk;
	uint64_t end = 0;

	for (; c->next_label < c->label.count; c->next_label++) {
		const unsigned char *p = label_at(c, c->next_label);
		const char *wrong;

		if (!p)
			return -1;
		if (tsi_get32(p) > w->row)
			return 0;
		wrong = tsi_get32(p) < w->row || tsi_get32(p + 4) < end
			    ? "the labels are not sorted"
			    : wrong_label(c, p);
		if (wrong)
			bad(c, &c->label, c->next_label, 0, wrong);
		end = (uint64_t)tsi_get32(p + 4) + 1;
	}
	return 0;
}

/* ---- together ---- */

static int
open_cursors(struct align_check *c)
{
	struct tshard *s = c->s;
	const struct tshard_section *label = tshard_section(s, "LABEL");
	bool docs = s->h.kind == TSHARD_DOCS;

	if (tsi_cursor_open(&c->walk.rows, s, docs ? "DOC" : "SEG", c->e) < 0 ||
	    (tshard_section(s, "DOCFLAG") &&
		tsi_cursor_open(&c->flag, s, "DOCFLAG", c->e) < 0) ||
	    (tshard_section(s, "MASK") &&
		tsi_cursor_open(&c->mask, s, "MASK", c->e) < 0) ||
	    (tshard_section(s, "PAIR") && tsi_cursor_open(&c->pair, s, "PAIR", c->e) < 0))
		return -1;
	if (!label)
		return 0;
	/* Read the entries like a section whose elements have one size. */
	if (tsi_cursor_open(&c->label, s, docs ? "DOC" : "SEG", c->e) < 0)
		return -1;
	c->rows = *label;
	c->rows.offset += TSI_LABEL + (uint64_t)s->n_labels * TSI_LABEL_NAME;
	c->rows.bytes -= TSI_LABEL + (uint64_t)s->n_labels * TSI_LABEL_NAME;
	c->rows.elem_bytes = c->label.elem = TSI_LABEL + 4 * s->n_labels;
	c->label.count = s->label_rows;
	c->label.sec = &c->rows;
	return 0;
}

/* Padding is one segment, and only pairs have answers that are chosen or rejected. */
static void
check_gap(struct align_check *c)
{
	const struct tsi_walk *w = &c->walk;
	uint8_t answer = w->seg.flags & (TSHARD_SEG_CHOSEN | TSHARD_SEG_REJECTED);

	if (w->kind == TSHARD_DOCS)
		return;
	if (w->seg.start > 0 && c->after_pad && is_pad(w))
		bad(c, &w->rows, w->row, 0, "padding follows padding");
	if (answer != 0 && (c->pair.count == 0 || is_pad(w)))
		bad(c, &w->rows, w->row, 15, "it is not an answer of a pair");
	c->after_pad = is_pad(w);
}

static int
check_rows(struct align_check *c)
{
	int more;

	tsi_walk_begin(&c->walk, &c->s->h);
	while ((more = tsi_walk_next(&c->walk)) > 0) {
		check_gap(c);
		if ((c->mask.count > 0 && check_mask(c) < 0) ||
		    (c->pair.count > 0 && check_pair(c) < 0) ||
		    (c->label.count > 0 && check_labels(c) < 0))
			return -1;
	}
	if (more < 0)
		return -1;
	if (c->any_pair && c->last.rank == 0)
		bad(c, &c->pair, c->pair.count - 1, 0, "the last prompt has one answer");
	if (c->next_label < c->label.count)
		bad(c, &c->label, c->next_label, 0, "a label is after the last row");
	return tshard_section(c->s, "MASK") ? end_mask(c) : 0;
}

int
tsi_verify_align(struct tshard *s, struct tsi_report *r, struct tshard_error *e)
{
	struct align_check c = { .s = s, .r = r, .e = e };
	struct tsi_cursor *all[] = { &c.walk.rows, &c.flag, &c.mask, &c.pair, &c.label };
	struct tshard_align has;
	int rc;

	tshard_align_of(s, &has);
	if (!has.mask && !has.pairs && has.n_labels == 0)
		return 0;
	rc = open_cursors(&c) < 0 ? -1 : check_rows(&c);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		tsi_cursor_close(all[i]);
	return rc;
}

/* ---- prompts ---- */

enum { SOME = 1 << 14 }; /* tokens that are compared at a time */

/* Compare n tokens at `a` with those at `b`, where an answer starts. */
static int
same_prompt(struct align_check *c, uint64_t a, uint64_t b, uint32_t n, unsigned char *buf)
{
	uint32_t width = tsi_width(c->s->h.encoding);

	for (uint32_t at = 0, k; at < n; at += k) {
		unsigned char *other = buf + (size_t)4 * SOME;

		k = n - at < SOME ? n - at : SOME;
		if (tshard_tokens_again(c->s, a + at, k, buf, c->e) < 0 ||
		    tshard_tokens_again(c->s, b + at, k, other, c->e) < 0)
			return -1;
		for (size_t i = 0; i < (size_t)k * width; i++) {
			if (buf[i] == other[i])
				continue;
			tsi_found(c->r, c->s->path[TSI_BIN], (b + at) * width + i,
			    "token %zu of an answer to prompt %" PRIu64
			    " is not that of the first answer: regenerate the shard",
			    at + i / width, c->last.number);
			return 0;
		}
	}
	return 0;
}

static int
check_prompts(struct align_check *c, unsigned char *buf)
{
	uint64_t first = 0;
	int more;

	tsi_walk_begin(&c->walk, &c->s->h);
	while ((more = tsi_walk_next(&c->walk)) > 0) {
		const unsigned char *p = tsi_cursor_at(&c->pair, c->walk.row);

		if (!p)
			return -1;
		if (is_pad(&c->walk))
			continue;
		tsi_pair_get(p, &c->last);
		if (c->last.rank == 0)
			first = c->walk.first;
		else if (same_prompt(c, first, c->walk.first, c->last.prompt, buf) < 0)
			return -1;
	}
	return more;
}

int
tsi_verify_prompts(struct tshard *s, struct tsi_report *r, struct tshard_error *e)
{
	struct align_check c = { .s = s, .r = r, .e = e };
	unsigned char *buf = NULL;
	int rc = -1;

	if (!tshard_section(s, "PAIR"))
		return 0;
	if (tsi_cursor_open(&c.pair, s, "PAIR", e) < 0 ||
	    tsi_cursor_open(
		&c.walk.rows, s, s->h.kind == TSHARD_DOCS ? "DOC" : "SEG", e) < 0)
		goto out;
	buf = malloc((size_t)8 * SOME);
	rc = buf ? check_prompts(&c, buf) : tsi_nomem(e);
out:
	free(buf);
	tsi_cursor_close(&c.pair);
	tsi_cursor_close(&c.walk.rows);
	return rc;
}
