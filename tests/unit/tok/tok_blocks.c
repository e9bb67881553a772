/* tok_blocks.c - ids that come in blocks give what they give as a whole. */
#include "tests/unit/tok/tok_blocks.h"

#include <stdlib.h>

#include "tok/encode_counts.h"

static int
collect(void *to, struct token_ids *ids)
{
	buf_put(to, ids->v, ids->n * sizeof *ids->v);
	ids->n = 0;
	return 0;
}

static int
refuse(void *to, struct token_ids *ids)
{
	return -1;
}

void
same_blocks(
    const struct both *b, const char *s, size_t n, size_t most, struct token_ids want)
{
	struct buf got = { 0 };
	struct token_ids ids = { .most = most, .full = collect, .to = &got };

	/* An id of another text never joins those of this one. */
	ck_assert_int_eq(token_ids_reserve(&ids, 1), 0);
	ids.v[ids.n++] = b->model.unk;
	ck_assert_int_eq(text_encoder_encode(b->encoder, b->work, s, n, true, &ids), 0);
	ck_assert(ids.full == collect && ids.to == &got);
	collect(&got, &ids);
	ck_assert_uint_eq(got.n, (want.n + 1) * sizeof *want.v);
	if (want.n > 0)
		ck_assert_mem_eq(got.p + sizeof *want.v, want.v, want.n * sizeof *want.v);
	if (ids.cap < want.n) {
		ids.full = refuse;
		ck_assert_int_eq(
		    text_encoder_encode(b->encoder, b->work, s, n, true, &ids), -1);
		ck_assert(ids.full == refuse);
	}
	token_ids_free(&ids);
	buf_free(&got);
}

void
same_parts(const struct both *b, const uint32_t *ids, size_t n, size_t first,
    const char *want, size_t len)
{
	struct decoding s = { 0 };
	struct buf got = { 0 };
	char *text = NULL;
	size_t cap = 0, size;

	ck_assert_int_eq(
	    model_decode_next(&b->model, &s, ids, first, false, &text, &cap, &size), 0);
	buf_put(&got, text, size);
	ck_assert_int_eq(model_decode_next(&b->model, &s, ids + first, n - first, true,
			     &text, &cap, &size),
	    0);
	buf_put(&got, text, size);
	ck_assert_uint_eq(got.n, len);
	if (len > 0)
		ck_assert_mem_eq(got.p, want, len);
	free(text);
	buf_free(&got);
}

static uint64_t
newlines(const char *s, size_t n)
{
	uint64_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += s[i] == '\n';
	return found;
}

void
same_losses(const struct both *b, const char *s, size_t n, struct token_ids ids)
{
	struct loss_check c = { 0 };
	size_t len, i = 0, k = 0, at = NOT_LOST;
	uint64_t before, after;
	char *text;

	ck_assert_int_eq(model_decode(&b->model, ids.v, ids.n, &text, &len), 0);
	for (; i < n && k < len; k++) {
		if (s[i] == text[k]) {
			i++;
			continue;
		}
		at = at == NOT_LOST ? i : at;
		if (!b->model.escapes || text[k] != ' ' || n - i < 3 ||
		    memcmp(s + i, "\xe2\x96\x81", 3) != 0)
			break;
		i += 3;
	}
	if (at == NOT_LOST && (i < n || k < len))
		at = i;
	before = newlines(s, n);
	after = newlines(text, len);
	loss_start(&c, &b->model, (struct span){ s, n });
	for (size_t x = 0; x < ids.n; x++)
		ck_assert_int_eq(loss_next(&c, ids.v + x, 1, false), 0);
	ck_assert_int_eq(loss_next(&c, NULL, 0, true), 0);
	ck_assert_int_eq(c.loss.changed, i < n || k < len);
	ck_assert_uint_eq(c.loss.at, at);
	ck_assert_int_eq(c.loss.why != NULL, at != NOT_LOST);
	ck_assert_uint_eq(c.loss.newlines, before > after ? before - after : 0);
	loss_free(&c);
	free(text);
}
