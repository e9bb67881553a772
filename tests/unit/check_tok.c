/* check_tok.c - models, encoding and decoding, compared with SentencePiece. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/io/stream.h"
#include "tok/encode_split.h"
#include "tok/model.h"
#include "tok/tamis_tok.h"
#include "tok/train_sample.h"

Suite *tok_suite(void);

/* Text in several scripts that is hard for a tokenizer. */
static const char *const prose[] = {
	"The sieve is shaken, and what is fine falls through; what is coarse stays "
	"above.\n"
	"He shook it 12 times, then 345 more, and wrote down 1,024.50 in the ledger.\n",
	"\tif (n > 0)\n\t\treturn   n - 1;  /* two  spaces, three   spaces */\n\n\n",
	"Das Sieb wird gesch\xc3\xbcttelt, und das Feine f\xc3\xa4llt hindurch.\r\n"
	"Le tamis retient ce qui est grossier \xc2\xab tout \xc3\xa0 fait \xc2\xbb.\r\n",
	"\xd0\xa1\xd0\xb8\xd1\x82\xd0\xbe "
	"\xd0\xbf\xd1\x80\xd0\xbe\xd0\xbf\xd1\x83\xd1\x81\xd0"
	"\xba\xd0\xb0\xd0\xb5\xd1\x82 "
	"\xd0\xbc\xd0\xb5\xd0\xbb\xd0\xba\xd0\xbe\xd0\xb5.\n",
	"\xe7\xad\x9b\xe5\xad\x90\xe7\x95\x99\xe4\xb8\x8b\xe7\xb2\x97\xe7\x9a\x84\xef\xbc"
	"\x8c"
	"\xe6\xbc\x8f\xe4\xb8\x8b\xe7\xbb\x86\xe7\x9a\x84\xe3\x80\x82\xe3\x81\xb5\xe3\x82"
	"\x8b"
	"\xe3\x81\x84\xe3\x80\x82\n",
	"emoji \xf0\x9f\x98\x80\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb and "
	"combining e\xcc\x81 and "
	"\xe0\xb8\x95\xe0\xb8\xb0\xe0\xb9\x81\xe0\xb8\x81\xe0\xb8\xa3"
	"\xe0\xb8\x87\n",
};
#define N_PROSE (sizeof prose / sizeof *prose)

/* Texts that other settings of the trainer would change. */
static const char *const awkward[] = {
	" leading",
	"trailing ",
	"  ",
	" ",
	"\n",
	"\n\n\n",
	"\t\ttabs\t",
	"a\r\nb\r",
	"a  b   c    d",
	"0123456789 3.14",
	"\xf0\x9f\x98\x80",
	"\xc2\xa0no break\xe3\x80\x80ideographic",
	"<s> </s>",
	"<0x0A>",
	"<unk> <pad>",
	"\xe2\x96\x85 a block",
	"\x01\x1b\x7f controls",
	"\xef\xbf\xbd",
	"\xef\xbb\xbf",
	"e\xcc\x81 \xc3\xa9",
	"[SEP][SEP]a[SEP",
	"\xf4\x8f\xbf\xbf \xef\xbf\xbf",
};
#define N_AWKWARD (sizeof awkward / sizeof *awkward)

static uint64_t
random_next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* A model, as ours and as SentencePiece's. */
struct both {
	struct model model;
	struct sp *sp;
	struct splitter *splitter;
};

static void
both_open(struct both *b, const void *bytes, size_t n)
{
	char why[200];
	const char *phrase;

	ck_assert_msg(model_parse(&b->model, bytes, n, &phrase) == 0, "%s", phrase);
	b->sp = sp_open(bytes, n, why, sizeof why);
	ck_assert_msg(b->sp != NULL, "%s", why);
	b->splitter = splitter_new(&b->model);
	ck_assert_ptr_nonnull(b->splitter);
	ck_assert_uint_eq(sp_vocab(b->sp), b->model.n);
}

static void
both_close(struct both *b)
{
	splitter_free(b->splitter);
	sp_close(b->sp);
	model_free(&b->model);
}

/* Training text: the prose repeated, with enough invented words to fill a vocabulary. */
struct feed {
	uint64_t seed;
	size_t left;
	char line[400];
};

static bool
feed_next(void *ctx, const char **line, size_t *n)
{
	struct feed *f = ctx;
	const char *p;

	if (f->left-- == 0)
		return false;
	p = prose[random_next(&f->seed) % N_PROSE];
	*n = strcspn(p, "\r\n");
	memcpy(f->line, p, *n);
	while (*n < 300) {
		size_t len = 2 + random_next(&f->seed) % 6;

		f->line[(*n)++] = ' ';
		for (size_t i = 0; i < len; i++)
			f->line[(*n)++] = (char)('a' + random_next(&f->seed) % 12);
	}
	*line = f->line;
	return true;
}

static char *
train_on(struct sp_lines lines, const char *type, const char *size, size_t *n)
{
	struct sp_setting settings[] = {
		{ "model_type", type },
		{ "vocab_size", size },
		{ "byte_fallback", "true" },
		{ "split_digits", "true" },
		{ "normalization_rule_name", "identity" },
		{ "remove_extra_whitespaces", "false" },
		{ "add_dummy_prefix", "false" },
		{ "allow_whitespace_only_pieces", "true" },
		{ "user_defined_symbols", "[SEP],[SEP]a,\xe2\x96\x81;;" },
		{ "character_coverage", "0.999" },
		{ "max_sentence_length", "8192" },
		{ "pad_id", "3" },
		{ "num_threads", "1" },
	};
	char why[300] = "", *model;

	ck_assert_msg(sp_train(settings, sizeof settings / sizeof *settings, lines, 3,
			  &model, n, why, sizeof why) == 0,
	    "%s", why);
	return model;
}

static char *
train(const char *type, const char *size, size_t *n)
{
	struct feed feed = { .seed = 7, .left = 400 };

	return train_on(
	    (struct sp_lines){ .next = feed_next, .ctx = &feed }, type, size, n);
}

/* Parts of any size give the ids of the whole. */
static void
same_as_whole(const struct both *b, const char *s, size_t n)
{
	static const size_t least[] = { 1, 7, 64, 0 };
	struct sp_ids whole = { 0 }, parts = { 0 };

	ck_assert_int_eq(sp_encode(b->sp, s, n, &whole), 0);
	for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
		parts.n = 0;
		ck_assert_int_eq(
		    splitter_encode(b->splitter, b->sp, s, n, least[i], &parts), 0);
		ck_assert_msg(parts.n == whole.n &&
				  (whole.n == 0 || memcmp(parts.v, whole.v,
						       whole.n * sizeof *whole.v) == 0),
		    "parts of %zu differ from the whole: '%.*s'", least[i],
		    (int)(n < 200 ? n : 200), s);
	}
	sp_ids_free(&whole);
	sp_ids_free(&parts);
}

static void
put_char(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(b, (char)c);
	} else if (c < 0x800) {
		buf_putc(b, (char)(0xc0 | c >> 6));
		buf_putc(b, (char)(0x80 | (c & 63)));
	} else {
		buf_putc(b, (char)(0xe0 | c >> 12));
		buf_putc(b, (char)(0x80 | (c >> 6 & 63)));
		buf_putc(b, (char)(0x80 | (c & 63)));
	}
}

/* Valid UTF-8 of pieces of the model, which has many possible merges. */
static void
hostile(const struct model *m, uint64_t *seed, struct buf *b)
{
	size_t want = 20 + random_next(seed) % 3000;

	b->n = 0;
	while (b->n < want) {
		const struct model_piece *p = &m->piece[random_next(seed) % m->n];
		uint64_t what = random_next(seed) % 16;
		uint32_t c;

		if (what == 0)
			put_char(b, (uint32_t)(random_next(seed) % 0xd000) + 1);
		else if (what == 1)
			buf_putc(b, " \n\t a0.-"[random_next(seed) % 8]);
		else if (what == 2)
			for (size_t i = random_next(seed) % 40; i > 0; i--)
				buf_putc(b, ' ');
		else
			for (size_t at = 0, len; at < p->n; at += len) {
				len = model_char(p->text + at, p->n - at, &c);
				if (len == 0 || c == 0)
					break;
				if (c == 0x2581 && what != 3)
					buf_putc(b, ' ');
				else
					buf_put(b, p->text + at, len);
			}
	}
}

static void
same_on_prose(const struct both *b)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < N_AWKWARD; i++)
		same_as_whole(b, awkward[i], strlen(awkward[i]));
	for (size_t i = 0; i < 40; i++)
		buf_puts(&text, prose[i * 5 % N_PROSE]);
	same_as_whole(b, text.p, text.n);
	buf_free(&text);
}

static void
same_on_hostile(const struct both *b, size_t texts)
{
	struct buf text = { 0 };
	uint64_t seed = 99;

	for (size_t i = 0; i < texts; i++) {
		hostile(&b->model, &seed, &text);
		same_as_whole(b, text.p, text.n);
	}
	buf_free(&text);
}

/* Decode as SentencePiece does: random ids, then ids of texts. */
static void
same_decode(const struct both *b, size_t runs)
{
	uint64_t seed = 5;
	uint32_t ids[64];

	for (size_t r = 0; r < runs; r++) {
		size_t n = random_next(&seed) % 64, ours_n, theirs_n;
		char *ours, *theirs;

		/* Use the first ids often: control and byte pieces. */
		for (size_t i = 0; i < n; i++)
			ids[i] = (uint32_t)(random_next(&seed) %
					    (random_next(&seed) % 2 ? 300 : b->model.n));
		ck_assert_int_eq(model_decode(&b->model, ids, n, &ours, &ours_n), 0);
		ck_assert_int_eq(sp_decode(b->sp, ids, n, &theirs, &theirs_n), 0);
		ck_assert_uint_eq(ours_n, theirs_n);
		ck_assert_mem_eq(ours, theirs, ours_n);
		free(ours);
		free(theirs);
	}
	ids[0] = b->model.n;
	char *text;
	size_t n;

	ck_assert_int_eq(model_decode(&b->model, ids, 1, &text, &n), -1);
	ck_assert_ptr_null(text);
}

static void
round_trip(const struct both *b, const char *s, size_t n)
{
	struct sp_ids ids = { 0 };
	char *text;
	size_t len;

	ck_assert_int_eq(splitter_encode(b->splitter, b->sp, s, n, 0, &ids), 0);
	ck_assert_int_eq(model_decode(&b->model, ids.v, ids.n, &text, &len), 0);
	ck_assert_msg(len == n && memcmp(text, s, n) == 0, "'%.*s' came back as '%s'",
	    (int)n, s, text);
	free(text);
	sp_ids_free(&ids);
}

/* U+2581 is the only character that decodes to another one, a space. */
static void
without_u2581(struct buf *b)
{
	for (size_t i = 0; i + 3 <= b->n; i++)
		if (memcmp(b->p + i, "\xe2\x96\x81", 3) == 0)
			memcpy(b->p + i, "\xe2\x96\x82", 3);
}

START_TEST(own_bpe)
{
	struct both b;
	size_t n;
	char *bytes = train("bpe", "900", &n);
	struct buf text = { 0 };
	uint64_t seed = 3;

	both_open(&b, bytes, n);
	ck_assert_ptr_null(splitter_refusal(b.splitter));
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

START_TEST(own_unigram)
{
	struct both b;
	size_t n;
	char *bytes = train("unigram", "500", &n);

	both_open(&b, bytes, n);
	ck_assert_ptr_nonnull(splitter_refusal(b.splitter));
	same_on_prose(&b);
	same_decode(&b, 500);
	both_close(&b);
	free(bytes);
}
END_TEST

START_TEST(training_repeats)
{
	size_t n, n2;
	char *a = train("bpe", "600", &n), *b = train("bpe", "600", &n2);

	ck_assert_uint_eq(n, n2);
	ck_assert_mem_eq(a, b, n);
	free(a);
	free(b);
}
END_TEST

START_TEST(public_decoder)
{
	static const char path[] = "check_tok.model.tmp";
	char why[100] = "", *text;
	size_t n, len;
	char *bytes = train("bpe", "600", &n);
	struct err err = { 0 };
	struct tamis_tok *t;
	uint32_t id = 4;

	ck_assert_ptr_null(tamis_tok_open("no/such.model", why, sizeof why));
	ck_assert_str_eq(why, "no/such.model: cannot read: No such file or directory");
	ck_assert_int_eq(file_put(path, (struct span){ bytes, n / 2 }, 0666, &err), 0);
	ck_assert_ptr_null(tamis_tok_open(path, why, sizeof why));
	ck_assert_ptr_nonnull(strstr(why, "not a usable SentencePiece model"));
	ck_assert_int_eq(file_put(path, (struct span){ bytes, n }, 0666, &err), 0);
	t = tamis_tok_open(path, why, sizeof why);
	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(tamis_tok_vocab(t), 600);
	ck_assert_int_eq(tamis_tok_decode(t, &id, 1, &text, &len), 0);
	ck_assert_str_eq(text, "[SEP]");
	free(text);
	id = 600;
	ck_assert_int_eq(tamis_tok_decode(t, &id, 1, &text, &len), -1);
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
		same_as_whole(b, text->p + at, end - at);
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

/* Train on real text; encode it in parts, and decode it. */
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
	train_sample_add(&l, 0, buf_span(&text));
	train_sample_start(&l);
	bytes = train_on(
	    (struct sp_lines){ .next = real_line, .ctx = &l }, "bpe", "5000", &n);
	both_open(&b, bytes, n);
	ck_assert_ptr_null(splitter_refusal(b.splitter));
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

static const struct {
	const char *name;
	bool cuts;
} models[] = {
	{ "llama2-32k.bpe.model", true },
	{ "mistral.model.v3", true },
	{ "internlm-103k.model", true },
	{ "chinese-llama-sp.model", false },
	{ "blink-elq.model", false },
};

START_TEST(real_models)
{
	struct buf path = { 0 }, bytes = { 0 }, text = { 0 };
	struct err err = { 0 };
	struct both b;

	buf_putf(
	    &path, "%s/%s", dir_of("TAMIS_MODELS", "../shared/models"), models[_i].name);
	buf_putc(&path, '\0');
	if (file_get(path.p, MODEL_MAX_BYTES, &bytes, &err) < 0) {
		printf("# skipped: no model %s: set TAMIS_MODELS\n", path.p);
		goto out;
	}
	both_open(&b, bytes.p, bytes.n);
	ck_assert_int_eq(splitter_refusal(b.splitter) == NULL, models[_i].cuts);
	same_on_prose(&b);
	same_on_hostile(&b, models[_i].cuts ? 100 : 10);
	same_decode(&b, 2000);
	real_text("english/english.jsonl.zst", models[_i].cuts ? 200000 : 20000, &text);
	if (text.n == 0)
		printf("# skipped: no corpora: set TAMIS_CORPORA\n");
	same_on_text(&b, &text);
	text.n = 0;
	real_text("multilingual/multilingual.jsonl.zst", models[_i].cuts ? 200000 : 20000,
	    &text);
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

	tcase_set_timeout(t, 120);
	tcase_add_test(t, own_bpe);
	tcase_add_test(t, own_unigram);
	tcase_add_test(t, training_repeats);
	tcase_add_test(t, public_decoder);
	tcase_add_test(t, real_training);
	tcase_add_loop_test(t, real_models, 0, (int)(sizeof models / sizeof *models));
	suite_add_tcase(s, t);
	return s;
}
