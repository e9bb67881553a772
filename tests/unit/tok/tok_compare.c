/* tok_compare.c - texts that are hard for a tokenizer; compare tok/ with SentencePiece.
 */
#include "tests/unit/tok/tok_compare.h"

#include <stdlib.h>

#include "tests/unit/tok/tok_blocks.h"

/* Text in several scripts that is hard for a tokenizer. */
const char *const prose[N_PROSE] = {
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

/* Texts that other settings of the trainer would change. */
const char *const awkward[N_AWKWARD] = {
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

static uint64_t
random_next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

void
both_open(struct both *b, const void *bytes, size_t n)
{
	char why[200];
	const char *phrase;

	ck_assert_msg(model_parse(&b->model, bytes, n, &phrase) == 0, "%s", phrase);
	b->sp = sp_open(bytes, n, why, sizeof why);
	ck_assert_msg(b->sp != NULL, "%s", why);
	b->encoder =
	    text_encoder_new(&b->model, &(struct text_encoder_options){ 0 }, &phrase);
	ck_assert_msg(b->encoder != NULL, "%s", phrase);
	b->work = text_encoder_work_new();
	ck_assert_ptr_nonnull(b->work);
	ck_assert_uint_eq(sp_vocab(b->sp), b->model.n);
}

void
both_close(struct both *b)
{
	text_encoder_work_free(b->work);
	text_encoder_free(b->encoder);
	sp_close(b->sp);
	model_free(&b->model);
}

bool
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

char *
tok_train_with(const struct sp_setting *settings, size_t n_settings,
    struct sp_lines lines, size_t *n)
{
	char why[300] = "", *model;

	ck_assert_msg(
	    sp_train(settings, n_settings, lines, 3, &model, n, why, sizeof why) == 0,
	    "%s", why);
	return model;
}

char *
tok_train_on(struct sp_lines lines, const char *type, const char *size, size_t *n)
{
	const struct sp_setting settings[] = {
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

	return tok_train_with(settings, sizeof settings / sizeof *settings, lines, n);
}

char *
tok_train(const char *type, const char *size, size_t *n)
{
	struct feed feed = { .seed = 7, .left = 400 };

	return tok_train_on(
	    (struct sp_lines){ .next = feed_next, .ctx = &feed }, type, size, n);
}

void
same_ids(const struct both *b, const char *s, size_t n)
{
	struct token_ids theirs = { 0 }, ours = { 0 };

	ck_assert_int_eq(sp_encode(b->sp, s, n, &theirs), 0);
	/* The second time, units are in the cache. */
	for (size_t i = 0; i < 2; i++) {
		ours.n = 0;
		ck_assert_int_eq(
		    text_encoder_encode(b->encoder, b->work, s, n, i > 0, &ours), 0);
		ck_assert_msg(
		    ours.n == theirs.n &&
			(theirs.n == 0 ||
			    memcmp(ours.v, theirs.v, theirs.n * sizeof *theirs.v) == 0),
		    "ids differ: '%.*s'", (int)(n < 200 ? n : 200), s);
	}
	same_blocks(b, s, n, 1 + n % 7, ours);
	same_losses(b, s, n, ours);
	token_ids_free(&theirs);
	token_ids_free(&ours);
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

/* Texts that normalizers rewrite: compatibility characters, marks to compose, spaces of
 * all kinds, characters that vanish. */
const char *const rewritten[N_REWRITTEN] = { "\xef\xbc\xa1", "\xef\xac\x81",
	"\xe3\x80\x80", "e\xcc\x81", "\xe1\x84\x80\xe1\x85\xa1", "\xe2\x80\x8b",
	"\xc2\xa0", "\xe2\x80\x83 ", "\x01", "\xc2\xad", "\xe2\x91\xa0", "\xc2\xbd",
	"\xe3\x8e\x8f", "\xef\xb7\xba", "\xe2\x96\x81", "\xef\xbb\xbf", "\xcc\x81",
	"\xef\xbf\xbd", "\xf0\x9d\x94\x84", "\xf0\xaf\xa0\x80", "\r\n", "\t", "[SEP]a",
	"[S\xef\xbc\xa5P]", " b c", "\xef\xbc\xa1 x" };

/* Valid UTF-8 of pieces of the model, which has many possible merges. */
void
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
		else if (what == 3)
			buf_puts(b, rewritten[random_next(seed) % N_REWRITTEN]);
		else
			for (size_t at = 0, len; at < p->n; at += len) {
				len = model_char(p->text + at, p->n - at, &c);
				if (len == 0 || c == 0)
					break;
				if (c == 0x2581 && what != 4)
					buf_putc(b, ' ');
				else
					buf_put(b, p->text + at, len);
			}
	}
}

void
same_on_prose(const struct both *b)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < N_AWKWARD; i++)
		same_ids(b, awkward[i], strlen(awkward[i]));
	for (size_t i = 0; i < 40; i++)
		buf_puts(&text, prose[i * 5 % N_PROSE]);
	same_ids(b, text.p, text.n);
	buf_free(&text);
}

void
same_on_hostile(const struct both *b, size_t texts)
{
	struct buf text = { 0 };
	uint64_t seed = 99;

	for (size_t i = 0; i < texts; i++) {
		hostile(&b->model, &seed, &text);
		same_ids(b, text.p, text.n);
	}
	buf_free(&text);
}

/* Decode as SentencePiece does: random ids, then ids of texts. */
void
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
		same_parts(b, ids, n, random_next(&seed) % (n + 1), ours, ours_n);
		free(ours);
		free(theirs);
	}
	ids[0] = b->model.n;
	char *text;
	size_t n;

	ck_assert_int_eq(model_decode(&b->model, ids, 1, &text, &n), -1);
	ck_assert_ptr_null(text);
}

void
same_decode_text(const struct both *b, const char *s, size_t n)
{
	struct token_ids ids = { 0 };
	char *ours, *theirs;
	size_t ours_n, theirs_n;

	ck_assert_int_eq(sp_encode(b->sp, s, n, &ids), 0);
	ck_assert_int_eq(model_decode(&b->model, ids.v, ids.n, &ours, &ours_n), 0);
	ck_assert_int_eq(sp_decode(b->sp, ids.v, ids.n, &theirs, &theirs_n), 0);
	ck_assert_str_eq(ours, theirs);
	ck_assert_uint_eq(ours_n, theirs_n);
	for (size_t i = 0; i <= ids.n; i++)
		same_parts(b, ids.v, ids.n, i, ours, ours_n);
	free(ours);
	free(theirs);
	token_ids_free(&ids);
}

void
round_trip(const struct both *b, const char *s, size_t n)
{
	struct token_ids ids = { 0 };
	char *text;
	size_t len;

	ck_assert_int_eq(text_encoder_encode(b->encoder, b->work, s, n, true, &ids), 0);
	ck_assert_int_eq(model_decode(&b->model, ids.v, ids.n, &text, &len), 0);
	ck_assert_msg(len == n && memcmp(text, s, n) == 0, "'%.*s' came back as '%s'",
	    (int)n, s, text);
	free(text);
	token_ids_free(&ids);
}

/* U+2581 is the only character that decodes to another one, a space. */
void
without_u2581(struct buf *b)
{
	for (size_t i = 0; i + 3 <= b->n; i++)
		if (memcmp(b->p + i, "\xe2\x96\x81", 3) == 0)
			memcpy(b->p + i, "\xe2\x96\x82", 3);
}
