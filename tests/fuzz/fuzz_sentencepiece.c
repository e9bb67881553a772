/*
 * fuzz_sentencepiece.c - SentencePiece can encode with every model that model_parse
 * accepts, or refuses the model; and our encoder gives the same ids, our decoder the same
 * text.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/text/utf8.h"
#include "tok/engine/text_encoder.h"
#include "tok/model.h"
#include "tok/sp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

enum { MAX_TEXT = 4096 };

/* Each text ends with pieces of the model, so that the fuzzer reaches its merges. */
static const char start_of_text[] =
    " ab  ba\nabab\t\xc3\xa9\xef\xbc\xa1\xe3\x80\x80\xf0\x9f\x98\x80 1234 "
    "\xe2\x96\x81 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab <s></s> ";

/* Write the text for a model to buf, and return its length. */
static size_t
make_text(const struct model *m, char buf[MAX_TEXT])
{
	size_t n = sizeof start_of_text - 1;
	uint32_t id = 0;

	memcpy(buf, start_of_text, n);
	for (uint32_t i = 0; i < m->n && i < 2000; i++) {
		const struct model_piece *p = &m->piece[id];

		if (p->n <= MAX_TEXT - n && utf8_valid((struct span){ p->text, p->n })) {
			memcpy(buf + n, p->text, p->n);
			n += p->n;
		}
		id = (uint32_t)((id + UINT64_C(0x9e3779b1)) % m->n);
	}
	return n;
}

static bool
encode(const struct model *m, const char *text, size_t n, struct token_ids *ids)
{
	const struct text_encoder_options options = { 0 };
	const char *phrase;
	struct text_encoder *e = text_encoder_new(m, &options, &phrase);
	struct text_encoder_work *work = text_encoder_work_new();

	check(work != NULL);
	if (e)
		check(text_encoder_encode(e, work, text, n, false, ids) == 0);
	else
		check(phrase && phrase[0]);
	text_encoder_work_free(work);
	text_encoder_free(e);
	return e != NULL;
}

static void
compare_decoded(const struct model *m, const struct sp *sp, const struct token_ids *ids)
{
	char *ours, *theirs;
	size_t n_ours, n_theirs;

	check(model_decode(m, ids->v, ids->n, &ours, &n_ours) == 0);
	check(sp_decode(sp, ids->v, ids->n, &theirs, &n_theirs) == 0);
	check(n_ours == n_theirs && memcmp(ours, theirs, n_ours) == 0);
	free(ours);
	free(theirs);
}

/* The ids of both are those of pieces, and the same; so is the decoded text. */
static void
compare(const struct model *m, const struct sp *sp)
{
	struct token_ids theirs = { 0 }, ours = { 0 };
	char text[MAX_TEXT];
	const size_t n = make_text(m, text);
	const bool encodes = encode(m, text, n, &ours);

	for (size_t i = 0; i < ours.n; i++)
		check(ours.v[i] < m->n);
	if (sp && sp_encode(sp, text, n, &theirs) == 0) {
		compare_decoded(m, sp, &theirs);
		if (encodes)
			check(ours.n == theirs.n &&
			      (ours.n == 0 || memcmp(ours.v, theirs.v,
						  ours.n * sizeof *ours.v) == 0));
	}
	token_ids_free(&theirs);
	token_ids_free(&ours);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model m;
	const char *phrase;
	struct sp *sp = NULL;
	char why[200] = "";

	if (model_parse(&m, data, size, &phrase) < 0) {
		check(phrase && phrase[0]);
		return 0;
	}
	if (model_nested(&m) <= MODEL_MAX_NESTED) {
		sp = sp_open(m.bytes, m.n_bytes, why, sizeof why);
		check(sp || why[0]);
	}
	compare(&m, sp);
	sp_close(sp);
	model_free(&m);
	return 0;
}
