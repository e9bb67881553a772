/* doc_align.c - carries the targets, pair and labels of a document from shard to shard.
 */
#include "mixer/mix/doc_align.h"

#include <stdlib.h>

#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

enum { SOME = 4096 }; /* tokens at a time, a multiple of 8 */

static void
put32(struct buf *b, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		buf_putc(b, (char)(v >> 8 * i));
}

static uint32_t
get32(const char *at)
{
	const unsigned char *p = (const unsigned char *)at;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- from a shard ---- */

static int
get_mask(const struct tshard *shard, uint64_t first, uint32_t n, struct buf *out,
    struct tshard_error *e)
{
	uint8_t is[SOME];

	for (uint32_t at = 0, k; at < n; at += k) {
		k = n - at < SOME ? n - at : SOME;
		if (tshard_mask(shard, first + at, k, is, e) < 0)
			return -1;
		for (uint32_t i = 0; i < k; i += 8) {
			unsigned byte = 0;

			for (uint32_t bit = 0; bit < 8 && i + bit < k; bit++)
				byte |= (unsigned)is[i + bit] << bit;
			buf_putc(out, (char)byte);
		}
	}
	return 0;
}

/* Set hint->at to the first label whose row is not below `row`. */
static int
find_label(const struct tshard *shard, uint64_t row, struct doc_align_hint *hint,
    struct tshard_error *e)
{
	uint64_t guess = hint->at + row - hint->row, count = tshard_label_count(shard);
	struct tshard_label two[2];

	hint->row = row;
	/* Mostly each document has one label. */
	if (guess > 0 && guess < count) {
		if (tshard_labels(shard, guess - 1, 2, two, NULL, e) < 0)
			return -1;
		if (two[0].row < row && two[1].row >= row) {
			hint->at = guess;
			return 0;
		}
	}
	return tshard_label_find(shard, row, &hint->at, e);
}

static int
get_labels(const struct tshard *shard, uint32_t k, uint64_t row,
    struct doc_align_hint *hint, struct buf *out, struct tshard_error *e)
{
	size_t count_at = out->n;
	float v[TSHARD_MOST_LABELS];
	struct tshard_label l;
	uint32_t n = 0;

	if (find_label(shard, row, hint, e) < 0)
		return -1;
	put32(out, 0);
	for (uint64_t i = hint->at; i < tshard_label_count(shard); i++, n++) {
		if (tshard_labels(shard, i, 1, &l, v, e) < 0)
			return -1;
		if (l.row != row)
			break;
		put32(out, l.offset);
		for (uint32_t j = 0; j < k; j++) {
			uint32_t bits;

			memcpy(&bits, &v[j], 4);
			put32(out, bits);
		}
	}
	for (unsigned i = 0; i < 4; i++)
		out->p[count_at + i] = (char)(n >> 8 * i);
	return 0;
}

int
doc_align_get(const struct tshard *shard, const struct resolved *rp, uint64_t row,
    uint64_t first, uint32_t n, struct doc_align_hint *hint, struct buf *out,
    struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard_pair pair;

	if (rp->mask && get_mask(shard, first, n, out, &e) < 0)
		return err_tshard(err, &e);
	if (rp->pairs) {
		if (tshard_pairs(shard, row, 1, &pair, &e) < 0)
			return err_tshard(err, &e);
		put32(out, pair.prompt);
		put32(out, pair.rank);
	}
	if (rp->nlabels > 0 && get_labels(shard, rp->nlabels, row, hint, out, &e) < 0)
		return err_tshard(err, &e);
	return 0;
}

/* ---- to a writer ---- */

/* Take n bytes from the front, or NULL if there are fewer. */
static const char *
take(struct span *s, size_t n)
{
	const char *p = s->p;

	if (n > s->n)
		return NULL;
	*s = span_from(*s, n);
	return p;
}

static int
damaged(struct tshard_error *e)
{
	*e = (struct tshard_error){ TSHARD_DATA,
		"the targets or labels of a scattered sample are damaged: remove the "
		"scatter files and continue with --resume" };
	return -1;
}

static int
put_mask(struct tshard_writer *w, uint32_t n, const char *bits, struct tshard_error *e)
{
	uint8_t is[SOME];

	for (uint32_t at = 0, k; at < n; at += k) {
		k = n - at < SOME ? n - at : SOME;
		for (uint32_t i = 0; i < k; i++)
			is[i] = (unsigned char)bits[(at + i) / 8] >> (at + i) % 8 & 1;
		if (tshard_writer_mask(w, is, k, e) < 0)
			return -1;
	}
	return 0;
}

static int
put_labels(
    struct tshard_writer *w, uint32_t k, struct span *bytes, struct tshard_error *e)
{
	const char *p = take(bytes, 4);
	float v[TSHARD_MOST_LABELS];
	uint32_t n = p ? get32(p) : 0;

	if (!p)
		return damaged(e);
	for (uint32_t i = 0; i < n; i++) {
		p = take(bytes, 4 + (size_t)4 * k);
		if (!p)
			return damaged(e);
		for (uint32_t j = 0; j < k; j++) {
			uint32_t bits = get32(p + 4 + (size_t)4 * j);

			memcpy(&v[j], &bits, 4);
		}
		if (tshard_writer_label(w, get32(p), v, e) < 0)
			return -1;
	}
	return 0;
}

int
doc_align_put(struct tshard_writer *w, const struct resolved *rp, uint32_t n,
    struct span bytes, struct tshard_error *e)
{
	const char *p;

	if (rp->mask) {
		p = take(&bytes, ((size_t)n + 7) / 8);
		if (!p)
			return damaged(e);
		if (put_mask(w, n, p, e) < 0)
			return -1;
	}
	if (rp->pairs) {
		struct tshard_pair pair = { .number = 0 };

		p = take(&bytes, 8);
		if (!p)
			return damaged(e);
		pair.prompt = get32(p);
		pair.rank = (uint16_t)get32(p + 4);
		if (tshard_writer_pair(w, &pair, e) < 0)
			return -1;
	}
	return rp->nlabels > 0 ? put_labels(w, rp->nlabels, &bytes, e) : 0;
}
