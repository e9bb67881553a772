/*
 * fuzz_sentencepiece.c - SentencePiece can encode with every model that model_parse
 * accepts, or refuses the model.
 */
#include <stdlib.h>
#include <string.h>

#include "tok/encode_split.h"
#include "tok/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static void
encode(const struct model *m, const struct sp *sp, const struct splitter *splitter)
{
	static const char text[] =
	    " ab  ba\nabab\t\xc3\xa9\xef\xbc\xa1\xe3\x80\x80\xf0\x9f\x98\x80 1234 ";
	struct sp_ids ids = { 0 };
	char *decoded;
	size_t n;

	if (splitter_encode(splitter, sp, text, sizeof text - 1, 0, &ids) == 0) {
		for (size_t i = 0; i < ids.n; i++)
			check(ids.v[i] < m->n);
		check(model_decode(m, ids.v, ids.n, &decoded, &n) == 0);
		free(decoded);
	}
	sp_ids_free(&ids);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model m;
	const char *phrase;
	struct splitter *splitter;
	struct sp *sp;
	char why[200] = "";

	if (model_parse(&m, data, size, &phrase) < 0) {
		check(phrase && phrase[0]);
		return 0;
	}
	splitter = splitter_new(&m);
	if (model_nested(&m) <= MODEL_MAX_NESTED) {
		sp = sp_open(m.bytes, m.n_bytes, why, sizeof why);
		if (sp)
			encode(&m, sp, splitter);
		else
			check(why[0]);
		sp_close(sp);
	}
	splitter_free(splitter);
	model_free(&m);
	return 0;
}
