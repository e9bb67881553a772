/* check_model_damage.c - SentencePiece encodes with a damaged model, or it is refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "tok/engine/text_encoder.h"
#include "tok/model.h"
#include "tok/sp.h"

Suite *model_damage_suite(void);

static const char *const prose[] = {
	"The sieve is shaken, and what is fine falls through; what is coarse stays.\n",
	"\tif (n > 0)\n\t\treturn   n - 1;  /* two  spaces */\r\n",
	"Das Sieb wird gesch\xc3\xbcttelt \xc2\xab tout \xc3\xa0 fait \xc2\xbb.\n",
	"\xe7\xad\x9b\xe5\xad\x90\xef\xbc\x8c\xe3\x81\xb5\xe3\x82\x8b\xef\xbc\xa1\n",
	"\xf0\x9f\x98\x80 e\xcc\x81 \xc2\xa0\xe3\x80\x80 \x01\x1b\x7f <s>\n",
};
#define N_PROSE (sizeof prose / sizeof *prose)

static uint64_t
random_next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* Training text: invented words. */
struct words {
	uint64_t seed;
	size_t left;
	char line[300];
};

static bool
next_words(void *ctx, const char **line, size_t *n)
{
	struct words *w = ctx;

	if (w->left-- == 0)
		return false;
	for (size_t i = 0; i < sizeof w->line; i++)
		w->line[i] = "abcdefghijkl  "[random_next(&w->seed) % 14];
	*line = w->line;
	*n = sizeof w->line;
	return true;
}

static char *
train(const char *rule, size_t *n)
{
	struct sp_setting settings[] = {
		{ "model_type", "bpe" },
		{ "vocab_size", "600" },
		{ "byte_fallback", "true" },
		{ "normalization_rule_name", rule },
		{ "user_defined_symbols", "[SEP],[SEP]a" },
		{ "num_threads", "1" },
	};
	struct words words = { .seed = 7, .left = 400 };
	char why[300] = "", *model;

	ck_assert_msg(sp_train(settings, sizeof settings / sizeof *settings,
			  (struct sp_lines){ .next = next_words, .ctx = &words }, 3,
			  &model, n, why, sizeof why) == 0,
	    "%s", why);
	return model;
}

static void
encode_if_possible(const struct model *m)
{
	const struct text_encoder_options options = { 0 };
	struct token_ids theirs = { 0 }, ours = { 0 };
	struct text_encoder_work *work = text_encoder_work_new();
	char why[200];
	const char *phrase;
	struct text_encoder *e = text_encoder_new(m, &options, &phrase);
	struct sp *sp = sp_open(m->bytes, m->n_bytes, why, sizeof why);
	int rc = 0;

	for (size_t i = 0; sp && rc == 0 && i < N_PROSE; i++)
		rc = sp_encode(sp, prose[i], strlen(prose[i]), &theirs);
	for (size_t i = 0; e && i < N_PROSE; i++)
		ck_assert_int_eq(
		    text_encoder_encode(e, work, prose[i], strlen(prose[i]), true, &ours),
		    0);
	if (e && sp && rc == 0) {
		ck_assert_uint_eq(ours.n, theirs.n);
		ck_assert_mem_eq(ours.v, theirs.v, ours.n * sizeof *ours.v);
	}
	token_ids_free(&theirs);
	token_ids_free(&ours);
	text_encoder_work_free(work);
	text_encoder_free(e);
	sp_close(sp);
}

/* Truncated model files are refused, and a flipped byte is harmless. */
START_TEST(broken_models)
{
	size_t n;
	char *bytes = train("identity", &n);
	struct model m;
	const char *why;
	uint64_t seed = 11;

	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; i < n; i++) {
		why = NULL;
		ck_assert_int_eq(model_parse(&m, bytes, i, &why), -1);
		ck_assert_ptr_nonnull(why);
	}
	for (size_t i = 0; i < 3000; i++) {
		size_t at = random_next(&seed) % n;
		char was = bytes[at];

		bytes[at] = (char)random_next(&seed);
		if (model_parse(&m, bytes, n, &why) == 0) {
			encode_if_possible(&m);
			model_free(&m);
		}
		bytes[at] = was;
	}
	free(bytes);
}
END_TEST

/* The start of the charsmap of a model that normalizes by nmt_nfkc. */
static char *
find_charsmap(char *bytes, size_t n)
{
	for (size_t i = 0; i + 9 < n; i++)
		if (memcmp(bytes + i, "nmt_nfkc\x12", 9) == 0)
			return bytes + i + 9 + 3; /* its size is a varint of 3 bytes */
	return NULL;
}

/* SentencePiece survives each damaged charsmap that model_parse accepts. */
START_TEST(broken_charsmap)
{
	enum { ROOT = 32, BLOCK = 20, N = 152 };
	size_t n, accepted = 0;
	char *bytes = train("nmt_nfkc", &n);
	char *map = find_charsmap(bytes, n), why[200];
	struct buf text = { 0 };
	struct model m;
	const char *phrase;
	uint64_t seed = 13;

	ck_assert_ptr_nonnull(map);
	for (size_t i = 0; i < N_PROSE; i++)
		buf_puts(&text, prose[i]);
	for (size_t i = 0; i < N; i++) {
		/* Each lookup reads the root of the trie and its first block. */
		size_t bytes_in = i < ROOT + BLOCK ? 1024 : 200000;
		size_t bit = i < ROOT ? i : random_next(&seed) % (8 * bytes_in);
		char *at = map + 4 + bit / 8, was = *at;
		struct token_ids ids = { 0 };
		struct sp *sp;

		*at = (char)(*at ^ 1 << bit % 8);
		if (model_parse(&m, bytes, n, &phrase) == 0) {
			sp = sp_open(m.bytes, m.n_bytes, why, sizeof why);
			ck_assert_ptr_nonnull(sp);
			ck_assert_int_eq(sp_encode(sp, text.p, text.n, &ids), 0);
			accepted++;
			token_ids_free(&ids);
			sp_close(sp);
			model_free(&m);
		} else {
			ck_assert_str_eq(phrase, "has a broken charsmap");
		}
		*at = was;
	}
	ck_assert_uint_gt(accepted, 0);
	ck_assert_uint_lt(accepted, N);
	buf_free(&text);
	free(bytes);
}
END_TEST

Suite *
model_damage_suite(void)
{
	Suite *s = suite_create("model_damage");
	TCase *t = tcase_create("model_damage");

	tcase_add_test(t, broken_models);
	tcase_add_test(t, broken_charsmap);
	suite_add_tcase(s, t);
	return s;
}
