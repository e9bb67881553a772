/* cursor.c - read the rows of a section in order, and the sequences of .idx they imply.
 */
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

enum { WINDOW = 1 << 18, PEEK = 1 << 12 };

int
tsi_cursor_spool(struct tsi_cursor *c, const struct tsi_spool *spool, uint32_t elem,
    struct tshard_error *e)
{
	memset(c, 0, sizeof *c);
	c->spool = spool;
	c->elem = elem;
	c->count = tsi_spool_bytes(spool) / elem;
	c->e = e;
	if (spool->written == 0)
		return 0;
	c->window = malloc(WINDOW);
	return c->window ? 0 : tsi_nomem(e);
}

int
tsi_cursor_open(
    struct tsi_cursor *c, const struct tshard *s, const char *tag, struct tshard_error *e)
{
	memset(c, 0, sizeof *c);
	c->s = s;
	c->e = e;
	c->sec = tshard_section(s, tag);
	if (!c->sec || c->sec->elem_bytes == 0)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: section %s is missing: regenerate the shard", s->path[TSI_SDX],
		    tag);
	c->elem = c->sec->elem_bytes;
	c->count = c->sec->count;
	c->window = malloc(WINDOW);
	return c->window ? 0 : tsi_nomem(e);
}

static int
fill(struct tsi_cursor *c, uint64_t i)
{
	/* Read far ahead in sequential use, and little after a jump. */
	size_t want = i == c->first + c->held ? WINDOW : PEEK;
	uint64_t n = want / c->elem;

	if (n > c->count - i)
		n = c->count - i;
	c->held = 0;
	if ((c->spool ? tsi_spool_read(
			    c->spool, i * c->elem, c->window, (size_t)(n * c->elem), c->e)
		      : tshard_section_read(c->s, c->sec, i * c->elem, c->window,
			    (size_t)(n * c->elem), c->e)) < 0)
		return -1;
	c->first = i;
	c->held = n;
	return 0;
}

const unsigned char *
tsi_cursor_at(struct tsi_cursor *c, uint64_t i)
{
	if (c->spool && c->spool->written == 0)
		return c->spool->buf.p + i * c->elem;
	if ((i < c->first || i - c->first >= c->held) && fill(c, i) < 0)
		return NULL;
	return c->window + (i - c->first) * c->elem;
}

void
tsi_cursor_close(struct tsi_cursor *c)
{
	free(c->window);
	c->window = NULL;
}

void
tsi_walk_begin(struct tsi_walk *w, const struct tshard_header *h)
{
	w->kind = h->kind;
	w->seq_len = h->seq_len;
	w->tokens = h->tokens;
	w->row = w->sample = w->first = w->next = 0;
	w->n = 0;
}

static int
bad_row(struct tsi_walk *w, uint64_t at, const char *what)
{
	if (!w->rows.s)
		return tsi_fail(w->rows.e, TSHARD_DATA, "row %llu: %s: report this bug",
		    (unsigned long long)w->row, what);
	at += w->rows.sec->offset + w->row * w->rows.elem;
	w->bad_byte = at;
	return tsi_fail(w->rows.e, TSHARD_DATA,
	    "%s: byte %llu: %s row %llu: %s: regenerate the shard",
	    w->rows.s->path[TSI_SDX], (unsigned long long)at, w->rows.sec->tag,
	    (unsigned long long)w->row, what);
}

static int
next_doc(struct tsi_walk *w)
{
	const unsigned char *p = tsi_cursor_at(&w->rows, w->row);

	if (!p)
		return -1;
	tsi_doc_get(p, &w->doc);
	w->first += w->n;
	w->n = w->doc.tokens;
	if (w->n == 0 || w->n > INT32_MAX)
		return bad_row(w, 24, "a document must have 1 to 2147483647 tokens");
	if (w->n > w->tokens - w->first)
		return bad_row(w, 24, "the documents have more tokens than the payload");
	return 1;
}

static int
next_seg(struct tsi_walk *w)
{
	const unsigned char *p = tsi_cursor_at(&w->rows, w->row);
	uint32_t end = w->seq_len, before = w->seg.start;

	if (!p)
		return -1;
	tsi_seg_get(p, &w->seg);
	if (w->row == 0) {
		w->sample = 0;
	} else if (w->seg.start == 0) {
		w->sample++;
	} else if (w->seg.start <= before) {
		return bad_row(w, 0, "a segment must start after the one before it");
	}
	if (w->row == 0 && w->seg.start != 0)
		return bad_row(w, 0, "the first segment must start at token 0");
	if (w->seg.start >= w->seq_len || w->sample >= w->tokens / w->seq_len)
		return bad_row(w, 0, "a segment starts past the end of its sample");
	if (w->row + 1 < w->rows.count) {
		p = tsi_cursor_at(&w->rows, w->row + 1);
		if (!p)
			return -1;
		if (tsi_get32(p) != 0)
			end = tsi_get32(p);
	}
	if (end <= w->seg.start || end > w->seq_len)
		return bad_row(
		    w, TSI_SEG, "a segment must start after the one before it");
	w->n = end - w->seg.start;
	w->first = w->sample * w->seq_len + w->seg.start;
	return 1;
}

int
tsi_walk_next(struct tsi_walk *w)
{
	if (w->next == w->rows.count)
		return 0;
	w->row = w->next++;
	return w->kind == TSHARD_DOCS ? next_doc(w) : next_seg(w);
}
