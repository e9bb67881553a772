/*
 * fuzz_sentencepiece.c - SentencePiece can encode with every model that model_parse
 * accepts, or refuses the model; and our encoder gives the same ids.
 */
#include <stdlib.h>
#include <string.h>

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

static const char text[] =
    " ab  ba\nabab\t\xc3\xa9\xef\xbc\xa1\xe3\x80\x80\xf0\x9f\x98\x80 1234 "
    "\xe2\x96\x81 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab <s></s> ";

static bool
encode(const struct model *m, struct token_ids *ids)
{
	const struct text_encoder_options options = { 0 };
	const char *phrase;
	struct text_encoder *e = text_encoder_new(m, &options, &phrase);
	struct text_encoder_work *work = text_encoder_work_new();

	check(work != NULL);
	if (e)
		check(
		    text_encoder_encode(e, work, text, sizeof text - 1, false, ids) == 0);
	else
		check(phrase && phrase[0]);
	text_encoder_work_free(work);
	text_encoder_free(e);
	return e != NULL;
}

/* The ids of both are those of pieces, and the same. */
static void
compare(const struct model *m, const struct sp *sp)
{
	struct token_ids theirs = { 0 }, ours = { 0 };
	const bool encodes = encode(m, &ours);
	char *decoded;
	size_t n;

	for (size_t i = 0; i < ours.n; i++)
		check(ours.v[i] < m->n);
	if (sp && sp_encode(sp, text, sizeof text - 1, &theirs) == 0) {
		check(model_decode(m, theirs.v, theirs.n, &decoded, &n) == 0);
		free(decoded);
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
