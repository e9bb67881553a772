/* check_engine.c - our encoder: rare kinds of models, long and hostile texts. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/tok/tok_compare.h"

Suite *engine_suite(void);

static void
put_varint(struct buf *b, size_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_putc(b, (char)(v | 0x80));
	buf_putc(b, (char)v);
}

static size_t
get_varint(const char *p, size_t *v)
{
	size_t n = 0;

	*v = 0;
	do
		*v |= (size_t)(p[n] & 0x7f) << 7 * n;
	while (p[n++] & 0x80);
	return n;
}

/* Append the model with `field` added to every k-th NORMAL piece of several bytes. */
static void
change_pieces(const char *bytes, size_t n, const struct model *m, size_t k,
    struct span field, struct buf *b)
{
	size_t id = 0, normal = 0;

	for (size_t at = 0, size, head; at < n; at += head + size) {
		const bool is_piece = bytes[at] == (1 << 3 | 2);
		const struct model_piece *p = &m->piece[id];
		bool chosen = false;

		head = 1 + get_varint(bytes + at + 1, &size);
		if (is_piece) {
			id++;
			chosen = p->type == MODEL_NORMAL && p->n > 4 && normal++ % k == 0;
		}
		buf_putc(b, bytes[at]);
		put_varint(b, size + (chosen ? field.n : 0));
		buf_put(b, bytes + at + head, size);
		if (chosen)
			buf_put(b, field.p, field.n);
	}
}

static const struct {
	const char *type;
	size_t every;
} unused[] = { { "bpe", 1 }, { "bpe", 7 }, { "bpe", 50 }, { "unigram", 2 },
	{ "unigram", 20 } };

/* Unused pieces: ours gives the ids of SentencePiece, or refuses the model. */
START_TEST(unused_pieces)
{
	const struct text_encoder_options options = { 0 };
	struct buf changed = { 0 };
	struct model m;
	const char *why;
	size_t n;
	char *bytes = tok_train(unused[_i].type, "700", &n);
	struct both b;
	struct text_encoder *e;

	ck_assert_int_eq(model_parse(&m, bytes, n, &why), 0);
	change_pieces(bytes, n, &m, unused[_i].every, SPAN("\x18\x05"), &changed);
	model_free(&m);
	ck_assert_int_eq(model_parse(&m, changed.p, changed.n, &why), 0);
	e = text_encoder_new(&m, &options, &why);
	if (e) {
		both_open(&b, changed.p, changed.n);
		same_on_prose(&b);
		same_on_hostile(&b, 100);
		both_close(&b);
	} else {
		ck_assert_str_eq(why, "has unused pieces that split in several ways");
	}
	text_encoder_free(e);
	model_free(&m);
	buf_free(&changed);
	free(bytes);
}
END_TEST

/* Scores that tie, and that are not finite. */
START_TEST(scores)
{
	static const struct {
		const char *score;
		size_t every;
		const char *why;
	} changes[] = { { "\x15\0\0\x80\xbf", 1, NULL }, { "\x15\0\0\x80\xbf", 3, NULL },
		{ "\x15\0\0\0\0", 2, NULL }, { "\x15\0\0\0\x80", 5, NULL },
		{ "\x15\0\0\xc0\x7f", 9, "has a score that is not finite" },
		{ "\x15\0\0\x80\xff", 4, "has a score that is not finite" },
		{ "\x15\0\0\x7f\x7f", 4, "has a score whose sums may be infinite" } };
	struct buf changed = { 0 };
	const char *const types[] = { "bpe", "unigram" };
	const struct text_encoder_options options = { 0 };
	const char *why;
	struct model m;
	struct both b;
	size_t n;
	char *bytes = tok_train(types[_i], "600", &n);

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		changed.n = 0;
		ck_assert_int_eq(model_parse(&m, bytes, n, &why), 0);
		change_pieces(bytes, n, &m, changes[i].every,
		    (struct span){ changes[i].score, 5 }, &changed);
		model_free(&m);
		if (!changes[i].why) {
			both_open(&b, changed.p, changed.n);
			same_on_prose(&b);
			same_on_hostile(&b, 50);
			both_close(&b);
			continue;
		}
		ck_assert_int_eq(model_parse(&m, changed.p, changed.n, &why), 0);
		ck_assert_ptr_null(text_encoder_new(&m, &options, &why));
		ck_assert_str_eq(why, changes[i].why);
		model_free(&m);
	}
	buf_free(&changed);
	free(bytes);
}
END_TEST

/* Text without a cut, longer than the windows. */
START_TEST(long_runs)
{
	static const char *const parts[] = { "a", "ab", "the", "sieve", "\xe7\xad\x9b",
		"\xd0\xa1\xd0\xb8", "  ", "[SEP]", "\xf0\x9f\x98\x80", "abcabcab",
		"aaab" };
	const char *const types[] = { "bpe", "unigram" };
	struct buf text = { 0 };
	struct both b;
	size_t n;
	char *bytes = tok_train(types[_i], "600", &n);

	both_open(&b, bytes, n);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		text.n = 0;
		for (size_t k = 0; k < (_i ? 30000 : 8000); k++)
			buf_puts(&text, parts[i]);
		same_ids(&b, text.p, text.n);
	}
	text.n = 0;
	for (size_t k = 0; k < (_i ? 60000 : 20000); k++)
		buf_putc(&text, (char)('a' + k * k / 7 % 12));
	same_ids(&b, text.p, text.n);
	buf_free(&text);
	both_close(&b);
	free(bytes);
}
END_TEST

/* Portable code and SIMD code give the same ids, and so does a full cache. */
START_TEST(same_everywhere)
{
	const struct text_encoder_options options = { .portable = true };
	const char *const types[] = { "bpe", "unigram" };
	struct token_ids ours = { 0 }, others = { 0 };
	struct text_encoder_work *work = text_encoder_work_new();
	struct text_encoder *portable;
	struct buf text = { 0 };
	uint64_t seed = 17;
	const char *why;
	struct both b;
	size_t n;
	char *bytes = tok_train(types[_i], "800", &n);

	both_open(&b, bytes, n);
	portable = text_encoder_new(&b.model, &options, &why);
	for (size_t i = 0; i < 300; i++) {
		hostile(&b.model, &seed, &text);
		ours.n = others.n = 0;
		ck_assert_int_eq(
		    text_encoder_encode(b.encoder, b.work, text.p, text.n, true, &ours),
		    0);
		ck_assert_int_eq(
		    text_encoder_encode(portable, work, text.p, text.n, true, &others),
		    0);
		ck_assert_uint_eq(ours.n, others.n);
		ck_assert_mem_eq(ours.v, others.v, ours.n * sizeof *ours.v);
	}
	text_encoder_free(portable);
	text_encoder_work_free(work);
	token_ids_free(&ours);
	token_ids_free(&others);
	buf_free(&text);
	both_close(&b);
	free(bytes);
}
END_TEST

/* Bytes that are not UTF-8, NULs and U+2581, as SentencePiece takes them. */
START_TEST(any_bytes)
{
	static const char usual[] = "\xe2\x96\x81 ab\xc3\xa9";
	const char *const types[] = { "bpe", "unigram" };
	struct buf text = { 0 };
	uint64_t seed = 5;
	struct both b;
	size_t n;
	char *bytes = tok_train(types[_i], "600", &n);
	struct token_ids ours = { 0 }, theirs = { 0 };

	both_open(&b, bytes, n);
	for (size_t i = 0; i < 2000; i++) {
		text.n = 0;
		for (size_t k = seed % 97; k > 0; k--) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			if (seed >> 40 & 1)
				buf_putc(&text, (char)(seed >> 56));
			else
				buf_putc(&text, usual[seed >> 50 & 7]);
		}
		ours.n = theirs.n = 0;
		ck_assert_int_eq(
		    text_encoder_encode(b.encoder, b.work, text.p, text.n, false, &ours),
		    0);
		ck_assert_int_eq(sp_encode(b.sp, text.p, text.n, &theirs), 0);
		ck_assert_uint_eq(ours.n, theirs.n);
		ck_assert_mem_eq(ours.v, theirs.v, ours.n * sizeof *ours.v);
		seed++;
	}
	token_ids_free(&ours);
	token_ids_free(&theirs);
	buf_free(&text);
	both_close(&b);
	free(bytes);
}
END_TEST

/* Of the segmentations of "aaaa" by a and aaa, which score the same when rounded, 0.1.97
 * chooses the last one, and 0.2.2 the first; see sp_ties. */
START_TEST(ties)
{
	static const char model[] = "\x0a\x0e\x0a\x05<unk>\x15\0\0\0\0\x18\x02"
				    "\x0a\x0a\x0a\x01"
				    "a\x15\0\0\x80\xbf\x18\x01"
				    "\x0a\x0c\x0a\x03"
				    "aaa\x15\x03\0\x80\xbf\x18\x01"
				    "\x12\x02\x18\x01\x1a\x10\x0a\x08identity"
				    "\x18\0\x20\0\x28\0";
	static const uint32_t first[] = { 2, 1 };
	struct text_encoder_options options = { .ties = (enum text_encoder_ties)_i };
	struct text_encoder_work *work = text_encoder_work_new();
	struct token_ids ids = { 0 };
	struct text_encoder *e;
	struct model m;
	const char *why;

	ck_assert_int_eq(model_parse(&m, model, sizeof model - 1, &why), 0);
	e = text_encoder_new(&m, &options, &why);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(text_encoder_encode(e, work, "aaaa", 4, true, &ids), 0);
	ck_assert_uint_eq(ids.n, 2);
	ck_assert_uint_eq(ids.v[0], first[_i]);
	ck_assert_uint_eq(ids.v[1], 3 - first[_i]);
	token_ids_free(&ids);
	text_encoder_work_free(work);
	text_encoder_free(e);
	model_free(&m);
}
END_TEST

/*
 * SentencePiece 0.1.97 cuts the text of a piece in a unigram model at a NUL, and decodes
 * its id to other text.  0.2.2 refuses the model.  Models of other kinds keep the piece.
 */
START_TEST(nul_in_piece)
{
	static const char model[] = "\x0a\x09\x0a\x05<unk>\x18\x02"
				    "\x0a\x04\x0a\x02"
				    "a\0"
				    "\x12\x02\x18\x01\x1a\0";
	char bpe[sizeof model - 1];
	struct model m;
	const char *why;

	ck_assert_int_eq(model_parse(&m, model, sizeof model - 1, &why), -1);
	ck_assert_str_eq(why, "is a unigram model with a NUL in a piece");
	memcpy(bpe, model, sizeof bpe);
	bpe[sizeof bpe - 3] = 2;
	ck_assert_int_eq(model_parse(&m, bpe, sizeof bpe, &why), 0);
	ck_assert_uint_eq(m.piece[1].n, 2);
	model_free(&m);
}
END_TEST

Suite *
engine_suite(void)
{
	Suite *s = suite_create("engine");
	TCase *t = tcase_create("engine");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, unused_pieces, 0, (int)(sizeof unused / sizeof *unused));
	tcase_add_loop_test(t, scores, 0, 2);
	tcase_add_loop_test(t, ties, TEXT_ENCODER_TIES_OLD, TEXT_ENCODER_TIES_NEW + 1);
	tcase_add_loop_test(t, long_runs, 0, 2);
	tcase_add_loop_test(t, same_everywhere, 0, 2);
	tcase_add_loop_test(t, any_bytes, 0, 2);
	tcase_add_test(t, nul_in_piece);
	suite_add_tcase(s, t);
	return s;
}
