/* check_tok.c - models, encoding and decoding, compared with SentencePiece. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/text/utf8.h"
#include "tests/unit/tok/tok_compare.h"
#include "tok/tamis_tok.h"
#include "tok/train_sample.h"

Suite *tok_suite(void);

START_TEST(own_bpe)
{
	struct both b;
	size_t n;
	char *bytes = tok_train("bpe", "900", &n);
	struct buf text = { 0 };
	uint64_t seed = 3;

	both_open(&b, bytes, n);
	ck_assert_uint_eq(b.model.eos, 2);
	ck_assert_uint_eq(b.model.pad, 3);
	ck_assert_int_eq(model_nested(&b.model), 2);
	ck_assert_uint_eq(model_find(&b.model, "[SEP]a", 6), 5);
	same_on_prose(&b);
	same_on_hostile(&b, 300);
	same_decode(&b, 2000);
	for (size_t i = 0; i < N_AWKWARD; i++)
		round_trip(&b, awkward[i], strlen(awkward[i]));
	for (size_t i = 0; i < N_PROSE; i++)
		round_trip(&b, prose[i], strlen(prose[i]));
	for (size_t i = 0; i < 100; i++) {
		hostile(&b.model, &seed, &text);
		without_u2581(&text);
		round_trip(&b, text.p, text.n);
	}
	buf_free(&text);
	both_close(&b);
	free(bytes);
}
END_TEST

/* Models that rewrite texts, in each way that trainers offer. */
static const struct {
	const char *rule, *trims, *prefix, *suffix, *bytes;
} normalizers[] = {
	{ "nmt_nfkc", "true", "true", "false", "false" },
	{ "nmt_nfkc_cf", "true", "false", "false", "true" },
	{ "nfkc", "false", "true", "false", "false" },
	{ "nmt_nfkc", "true", "true", "true", "false" },
	{ "identity", "true", "true", "false", "true" },
	{ "identity", "false", "true", "true", "true" },
	{ "nfkc_cf", "true", "true", "true", "false" },
	{ "nmt_nfkc", "false", "false", "false", "false" },
};

START_TEST(own_normalizers)
{
	struct feed feed = { .seed = 11, .left = 300 };
	const struct sp_setting settings[] = {
		{ "model_type", _i % 2 ? "unigram" : "bpe" },
		{ "vocab_size", "700" },
		{ "byte_fallback", normalizers[_i / 2].bytes },
		{ "normalization_rule_name", normalizers[_i / 2].rule },
		{ "remove_extra_whitespaces", normalizers[_i / 2].trims },
		{ "add_dummy_prefix", normalizers[_i / 2].prefix },
		{ "treat_whitespace_as_suffix", normalizers[_i / 2].suffix },
		{ "user_defined_symbols",
		    "[SEP],[SEP]a,\xe2\x96\x81;;,\xef\xbc\xa1 x, b c,\xc2\xbd" },
		{ "character_coverage", "0.98" },
		{ "hard_vocab_limit", "false" },
		{ "num_threads", "1" },
	};
	struct both b;
	size_t n;
	char *bytes = tok_train_with(settings, sizeof settings / sizeof *settings,
	    (struct sp_lines){ .next = feed_next, .ctx = &feed }, &n);

	both_open(&b, bytes, n);
	for (size_t i = 0; i < N_REWRITTEN; i++)
		same_ids(&b, rewritten[i], strlen(rewritten[i]));
	same_ids(&b, "", 0);
	same_ids(&b, "   ", 3);
	same_on_prose(&b);
	same_on_hostile(&b, 100);
	both_close(&b);
	free(bytes);
}
END_TEST

/* Rules of a denormalizer: characters to join, to remove and to lengthen, a word that
 * several pieces make, and one that begins with the longest rule. */
static const char denormalizer[] = "61\t41 42 43\n"
				   "61 62\t20AC\n"
				   "74 68 65 20\t54\n"
				   "20 61 6E 64 20 77\t\n"
				   "3A\t\n"
				   "0A\t20 20\n"
				   "E9\t65 301\n"
				   "FFFD\t3F\n";

/* A model whose denormalizer has these rules. */
static char *
train_denormalizer(const char *type, const char *rule, size_t *n)
{
	struct feed feed = { .seed = 13, .left = 300 };
	const char *dir = getenv("TMPDIR");
	char path[4096];
	FILE *f;
	const struct sp_setting settings[] = {
		{ "model_type", type },
		{ "vocab_size", "700" },
		{ "byte_fallback", "true" },
		{ "normalization_rule_name", rule },
		{ "denormalization_rule_tsv", path },
		{ "hard_vocab_limit", "false" },
		{ "num_threads", "1" },
	};
	char *bytes;

	snprintf(
	    path, sizeof path, "%s/check_tok.%ld", dir ? dir : "/tmp", (long)getpid());
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(denormalizer, f);
	ck_assert_int_eq(fclose(f), 0);
	bytes = tok_train_with(settings, sizeof settings / sizeof *settings,
	    (struct sp_lines){ .next = feed_next, .ctx = &feed }, n);
	unlink(path);
	return bytes;
}

START_TEST(own_denormalizer)
{
	struct both b;
	size_t n;
	char *bytes =
	    train_denormalizer(_i ? "unigram" : "bpe", _i ? "nmt_nfkc" : "identity", &n);

	both_open(&b, bytes, n);
	ck_assert(b.model.denormalizes);
	same_on_prose(&b);
	same_on_hostile(&b, 100);
	same_decode(&b, 2000);
	same_decode_text(&b, "the mill: the and web, and we and", 33);
	for (size_t i = 0; i < N_PROSE; i++)
		same_decode_text(&b, prose[i], strlen(prose[i]));
	both_close(&b);
	free(bytes);
}
END_TEST

/* Each character below U+10000 before one that rules may join to it, or may not. */
START_TEST(pairs_of_characters)
{
	static const char *const seconds[] = { "\xcc\x81", "\xcc\x88", "\xe3\x82\x99",
		"\xd9\x93", "\xe0\xa4\xbc", "\xe1\x85\xa1", "\xe1\x86\xa8",
		"\xef\xbe\x9e", "x", " ", "  ", "\xc3\xa9", "\xe4\xb8\xad",
		"\xf0\x9f\x98\x80", "\xff", "\xe3\x80", "\xed\xa0\x80", "\xe0\x80\x80" };
	struct feed feed = { .seed = 12, .left = 300 };
	const struct sp_setting settings[] = {
		{ "vocab_size", "700" },
		{ "model_type", "bpe" },
		{ "byte_fallback", "true" },
		{ "normalization_rule_name", _i ? "nmt_nfkc_cf" : "nmt_nfkc" },
		{ "hard_vocab_limit", "false" },
		{ "num_threads", "1" },
	};
	struct buf text = { 0 };
	struct both b;
	size_t n;
	char *bytes = tok_train_with(settings, sizeof settings / sizeof *settings,
	    (struct sp_lines){ .next = feed_next, .ctx = &feed }, &n);

	both_open(&b, bytes, n);
	for (uint32_t c = 1; c < 0x10000; c++) {
		if (c < 0xd800 || c >= 0xe000)
			utf8_put(&text, c);
		buf_puts(&text, seconds[(c * 2654435761u >> 16) %
					(sizeof seconds / sizeof *seconds)]);
		if (c % 512 == 511) {
			same_ids(&b, text.p, text.n);
			text.n = 0;
		}
	}
	buf_free(&text);
	both_close(&b);
	free(bytes);
}
END_TEST

START_TEST(own_unigram)
{
	struct both b;
	size_t n;
	char *bytes = tok_train("unigram", "500", &n);

	both_open(&b, bytes, n);
	same_on_prose(&b);
	same_decode(&b, 500);
	both_close(&b);
	free(bytes);
}
END_TEST

START_TEST(training_repeats)
{
	size_t n, n2;
	char *a = tok_train("bpe", "600", &n), *b = tok_train("bpe", "600", &n2);

	ck_assert_uint_eq(n, n2);
	ck_assert_mem_eq(a, b, n);
	free(a);
	free(b);
}
END_TEST

START_TEST(public_library)
{
	static const char path[] = "check_tok.model.tmp";
	char why[100] = "", *text;
	size_t n, len;
	char *bytes = tok_train("bpe", "600", &n);
	struct err err = { 0 };
	struct tamis_tok *t;
	struct tamis_tok_encoder *e;
	uint32_t id = 4, ids[3];

	ck_assert_ptr_null(tamis_tok_open("no/such.model", why, sizeof why));
	ck_assert_str_eq(why, "no/such.model: cannot read: No such file or directory");
	ck_assert_int_eq(file_put(path, (struct span){ bytes, n / 2 }, 0666, &err), 0);
	ck_assert_ptr_null(tamis_tok_open(path, why, sizeof why));
	ck_assert_ptr_nonnull(strstr(why, "not a usable SentencePiece model"));
	ck_assert_int_eq(file_put(path, (struct span){ bytes, n }, 0666, &err), 0);
	t = tamis_tok_open(path, why, sizeof why);
	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(tamis_tok_vocab(t), 600);
	ck_assert_ptr_null(tamis_tok_piece(t, 600, &len));
	ck_assert_ptr_nonnull(tamis_tok_piece(t, 1, &len));
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(tamis_tok_piece(t, 1, &len), "<s>", 3);
	ck_assert_int_eq(tamis_tok_decode(t, &id, 1, &text, &len), 0);
	ck_assert_str_eq(text, "[SEP]");
	free(text);
	id = 600;
	ck_assert_int_eq(tamis_tok_decode(t, &id, 1, &text, &len), -1);
	e = tamis_tok_encoder_new(t, why, sizeof why);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(tamis_tok_encode(e, "[SEP]a [SEP]", 12, NULL, 0, &len), 0);
	ck_assert_uint_eq(len, 3);
	ck_assert_int_eq(tamis_tok_encode(e, "[SEP]a [SEP]", 12, ids, 2, &len), -1);
	ck_assert_int_eq(errno, ERANGE);
	ck_assert_int_eq(tamis_tok_encode(e, "[SEP]a [SEP]", 12, ids, 3, &len), 0);
	ck_assert_uint_eq(ids[0], 5);
	ck_assert_uint_eq(ids[2], 4);
	tamis_tok_encoder_free(e);
	tamis_tok_close(t);
	remove(path);
	free(bytes);
}
END_TEST

/* ---- with models and corpora that are not part of the repository ---- */

static const char *
dir_of(const char *variable, const char *usual)
{
	const char *dir = getenv(variable);

	return dir ? dir : usual;
}

/* Append the start of a file of documents, as raw JSON; nothing if it is missing. */
static void
real_text(const char *name, size_t n, struct buf *b)
{
	struct buf path = { 0 };
	struct err err = { 0 };
	struct in *in;
	ptrdiff_t got;
	size_t read = 0;

	buf_putf(&path, "%s/%s", dir_of("TAMIS_CORPORA", "../shared/corpora"), name);
	buf_putc(&path, '\0');
	in = in_open(path.p, &err);
	buf_free(&path);
	if (!in)
		return;
	buf_reserve(b, n);
	while (read < n && (got = in_read(in, b->p + b->n + read, n - read, &err)) > 0)
		read += (size_t)got;
	in_close(in);
	/* Replace "\\n" by line ends, and end with a whole character. */
	for (size_t i = 0, from = b->n; i < read; i++) {
		bool escape =
		    b->p[from + i] == '\\' && i + 1 < read && b->p[from + i + 1] == 'n';

		b->p[b->n++] = escape ? '\n' : b->p[from + i];
		i += escape;
	}
	while (b->n > 0 && b->p[b->n - 1] != '\n')
		b->n--;
}

/* Documents of about 20 KB. */
static void
same_on_text(const struct both *b, const struct buf *text)
{
	for (size_t at = 0; at < text->n;) {
		size_t end = at + 20000;
		const char *nl =
		    end < text->n ? memchr(text->p + end, '\n', text->n - end) : NULL;

		end = nl ? (size_t)(nl - text->p) + 1 : text->n;
		same_ids(b, text->p + at, end - at);
		at = end;
	}
}

static bool
real_line(void *ctx, const char **line, size_t *n)
{
	struct span s;

	if (!train_sample_next(ctx, &s))
		return false;
	*line = s.p;
	*n = s.n;
	return true;
}

/* Train on real text; encode and decode it. */
START_TEST(real_training)
{
	struct buf text = { 0 };
	struct train_sample l = { 0 };
	char *bytes;
	size_t n;
	struct both b;

	real_text("english/english.jsonl.zst", 400000, &text);
	real_text("multilingual/multilingual.jsonl.zst", 400000, &text);
	if (text.n == 0) {
		printf("# skipped: no corpora: set TAMIS_CORPORA\n");
		return;
	}
	train_sample_add(&l, 0, buf_span(&text), 1);
	train_sample_start(&l);
	bytes = tok_train_on(
	    (struct sp_lines){ .next = real_line, .ctx = &l }, "bpe", "5000", &n);
	both_open(&b, bytes, n);
	same_on_text(&b, &text);
	without_u2581(&text);
	round_trip(&b, text.p, text.n);
	same_on_hostile(&b, 100);
	same_decode(&b, 2000);
	both_close(&b);
	train_sample_free(&l);
	buf_free(&text);
	free(bytes);
}
END_TEST

static const char *const models[] = { "llama2-32k.bpe.model", "mistral.model.v3",
	"internlm-103k.model", "chinese-llama-sp.model", "blink-elq.model" };

START_TEST(real_models)
{
	struct buf path = { 0 }, bytes = { 0 }, text = { 0 };
	struct err err = { 0 };
	struct both b;

	buf_putf(&path, "%s/%s", dir_of("TAMIS_MODELS", "../shared/models"), models[_i]);
	buf_putc(&path, '\0');
	if (file_get(path.p, MODEL_MAX_BYTES, &bytes, &err) < 0) {
		printf("# skipped: no model %s: set TAMIS_MODELS\n", path.p);
		goto out;
	}
	both_open(&b, bytes.p, bytes.n);
	same_on_prose(&b);
	same_on_hostile(&b, 100);
	same_decode(&b, 2000);
	real_text("english/english.jsonl.zst", 200000, &text);
	if (text.n == 0)
		printf("# skipped: no corpora: set TAMIS_CORPORA\n");
	same_on_text(&b, &text);
	text.n = 0;
	real_text("multilingual/multilingual.jsonl.zst", 200000, &text);
	same_on_text(&b, &text);
	both_close(&b);
out:
	buf_free(&path);
	buf_free(&bytes);
	buf_free(&text);
}
END_TEST

Suite *
tok_suite(void)
{
	Suite *s = suite_create("tok");
	TCase *t = tcase_create("tok");

	tcase_add_test(t, own_bpe);
	tcase_add_loop_test(
	    t, own_normalizers, 0, 2 * sizeof normalizers / sizeof *normalizers);
	tcase_add_loop_test(t, own_denormalizer, 0, 2);
	tcase_add_loop_test(t, pairs_of_characters, 0, 2);
	tcase_add_test(t, own_unigram);
	tcase_add_test(t, training_repeats);
	tcase_add_test(t, public_library);
	tcase_add_test(t, real_training);
	tcase_add_loop_test(t, real_models, 0, (int)(sizeof models / sizeof *models));
	suite_add_tcase(s, t);
	return s;
}
