/*
 * use_tamis_tok.c - encode and decode by the installed library, as C and as C++.
 *
 * usage: use_tamis_tok MODEL WORDS JUNK
 * MODEL is that of tests/golden/sp_model.py, WORDS one of kind WORD, and JUNK is not a
 * model.  Prints one line on success, else the line of the failed check.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tamis_tok.h>

enum { THREADS = 4, TEXTS = 300, LONGEST = 400 };
enum { ID_UNK, ID_SPACE = 3, ID_A, ID_B, ID_AB, VOCAB };

#define CHECK(condition)                                                                 \
	do {                                                                             \
		if (!(condition))                                                        \
			return __LINE__;                                                 \
	} while (0)

struct task {
	const struct tamis_tok *tok;
	uint32_t seed;
	int failed; /* a line, or 0 */
};

/* Text of a, b and spaces, with its ids.  Returns their number. */
static size_t
make_text(uint32_t *seed, char *text, size_t n, uint32_t *ids)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		text[i] = "aaabb b "[*seed >> 29];
		if (text[i] == 'b' && i > 0 && text[i - 1] == 'a')
			ids[k - 1] = ID_AB;
		else
			ids[k++] = text[i] == ' '   ? ID_SPACE
				   : text[i] == 'a' ? ID_A
						    : ID_B;
	}
	return k;
}

static int
one_text(const struct tamis_tok *tok, struct tamis_tok_encoder *e, uint32_t *seed)
{
	char text[LONGEST], *back;
	uint32_t want[LONGEST], ids[LONGEST + 1];
	const size_t n = *seed % LONGEST;
	const size_t n_want = make_text(seed, text, n, want);
	size_t k = 12345, len;

	CHECK(tamis_tok_encode(e, text, n, NULL, 0, &k) == 0 && k == n_want);
	ids[n_want] = 4711;
	CHECK(tamis_tok_encode(e, text, n, ids, n_want, &k) == 0 && k == n_want);
	CHECK(n_want == 0 || memcmp(ids, want, n_want * sizeof *ids) == 0);
	CHECK(ids[n_want] == 4711);
	if (n_want > 1) {
		ids[n_want - 1] = 4712;
		errno = 0;
		CHECK(tamis_tok_encode(e, text, n, ids, n_want - 1, &k) == -1);
		CHECK(errno == ERANGE && k == n_want && ids[n_want - 1] == 4712);
	}
	CHECK(tamis_tok_decode(tok, want, n_want, &back, &len) == 0);
	CHECK(len == n && memcmp(back, text, n) == 0 && back[n] == '\0');
	free(back);
	return 0;
}

static void *
encode_texts(void *arg)
{
	struct task *t = (struct task *)arg;
	char err[200];
	struct tamis_tok_encoder *e = tamis_tok_encoder_new(t->tok, err, sizeof err);

	if (!e)
		t->failed = __LINE__;
	for (int i = 0; i < TEXTS && !t->failed; i++)
		t->failed = one_text(t->tok, e, &t->seed);
	tamis_tok_encoder_free(e);
	return NULL;
}

/* Many threads share one model, each with an encoder. */
static int
with_threads(const struct tamis_tok *tok)
{
	pthread_t thread[THREADS];
	struct task task[THREADS];

	for (int i = 0; i < THREADS; i++) {
		task[i].tok = tok;
		task[i].seed = (uint32_t)i;
		task[i].failed = 0;
		CHECK(pthread_create(&thread[i], NULL, encode_texts, &task[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (int i = 0; i < THREADS; i++)
		if (task[i].failed)
			return task[i].failed;
	return 0;
}

/* Bad arguments give a message of one line, and nothing else. */
static int
errors(const struct tamis_tok *tok, const char *words, const char *junk)
{
	const uint32_t above = VOCAB;
	struct tamis_tok *t;
	char err[200], cut[8], *text;
	size_t len;

	errno = 0;
	CHECK(!tamis_tok_open("absent", err, sizeof err) && errno == ENOENT);
	CHECK(strcmp(err, "absent: cannot read: No such file or directory") == 0);
	CHECK(!tamis_tok_open("absent", cut, sizeof cut) && strcmp(cut, "absent:") == 0);
	CHECK(!tamis_tok_open("absent", NULL, 0) && errno == ENOENT);
	CHECK(!tamis_tok_open(".", err, sizeof err) && errno == EISDIR);
	CHECK(!tamis_tok_open(junk, err, sizeof err) && errno == EINVAL);
	CHECK(strstr(err, "not a usable SentencePiece model") && !strchr(err, '\n'));
	CHECK(tamis_tok_decode(tok, &above, 1, &text, &len) == -1 && errno == EINVAL);
	t = tamis_tok_open(words, err, sizeof err);
	CHECK(t && !tamis_tok_encoder_new(t, err, sizeof err) && errno == ENOTSUP);
	CHECK(strstr(err, "only the SentencePiece library") && !strchr(err, '\n'));
	tamis_tok_close(t);
	tamis_tok_close(NULL);
	tamis_tok_encoder_free(NULL);
	return 0;
}

static int
invalid_text(const struct tamis_tok *tok)
{
	char err[200];
	struct tamis_tok_encoder *e = tamis_tok_encoder_new(tok, err, sizeof err);
	uint32_t ids[8];
	size_t n;

	CHECK(e && tamis_tok_encode(e,
		       "ab\xff"
		       "c\0b",
		       6, ids, 8, &n) == 0);
	CHECK(n >= 3 && ids[0] == ID_AB && ids[1] == ID_UNK && ids[n - 1] == ID_B);
	tamis_tok_encoder_free(e);
	return 0;
}

int
main(int argc, char *argv[])
{
	char err[200];
	struct tamis_tok *tok;
	int failed = 0;

	if (argc != 4)
		return 2;
	tok = tamis_tok_open(argv[1], err, sizeof err);
	if (!tok || tamis_tok_vocab(tok) != VOCAB)
		failed = __LINE__;
	if (!failed)
		failed = errors(tok, argv[2], argv[3]);
	if (!failed)
		failed = with_threads(tok);
	if (!failed)
		failed = invalid_text(tok);
	tamis_tok_close(tok);
	if (failed)
		printf("failed: line %d\n", failed);
	else
		puts("encodes and decodes");
	return failed != 0;
}
