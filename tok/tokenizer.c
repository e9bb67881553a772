/* tokenizer.c - encode by our engine, or by SentencePiece where ours does not. */
#include "tok/tokenizer.h"

#include "lib/base/mem.h"
#include "tok/sp.h"

/* As sp_ties names them. */
static const char *const ties_name[] = {
	[TOKENIZER_TIES_OLD] = "0.1.97",
	[TOKENIZER_TIES_NEW] = "0.2.2",
};

/*
 * Open m in SentencePiece.  Protocol buffers merge a message that occurs twice, so a
 * second normalizer_spec after the model's bytes overrides the field of the first.
 */
static struct sp *
open_sp(const struct model *m, bool no_prefix, char *why, size_t why_n)
{
	static const char spec[] = { 3 << 3 | 2, 2, 3 << 3 | 0, 0 };
	struct buf bytes = { 0 };
	struct sp *sp;

	buf_put(&bytes, m->bytes, m->n_bytes);
	if (no_prefix)
		buf_put(&bytes, spec, sizeof spec);
	sp = sp_open(bytes.p, bytes.n, why, why_n);
	buf_free(&bytes);
	return sp;
}

static int
use_sentencepiece(struct tokenizer *t, const struct model *m, const char *path,
    const struct tokenizer_options *o, struct err *err)
{
	const int nested = model_nested(m);
	const char *ties = NULL;
	char why[200];

	if (nested < 0)
		return err_set(err, EXIT_SYSTEM, "%s: out of memory", path);
	if (nested > MODEL_MAX_NESTED)
		return err_set(err, EXIT_DATA,
		    "%s: %d user-defined symbols or more are prefixes of one another, "
		    "and SentencePiece allows %d: use another model",
		    path, nested, MODEL_MAX_NESTED);
	if (o->plain_symbols)
		return err_set(err, EXIT_DATA,
		    "%s: SentencePiece encodes by this model, because it %s, and finds "
		    "its user-defined symbols: omit --no-user-defined",
		    path, t->reason);
	if (m->kind == MODEL_UNIGRAM)
		ties = sp_ties();
	if (o->ties != TOKENIZER_TIES_ANY && ties &&
	    strcmp(ties_name[o->ties], ties) != 0)
		return err_set(err, EXIT_USAGE,
		    "--ties %s: SentencePiece encodes by this model, because it %s, and "
		    "the library chooses as %s: omit --ties",
		    ties_name[o->ties], t->reason, ties);
	t->ties = ties;
	t->sp = open_sp(m, o->no_prefix, why, sizeof why);
	if (!t->sp)
		return err_set(err, EXIT_DATA,
		    "%s: SentencePiece refuses the model: %s: name another, or train one "
		    "with 'tamis vocab'",
		    path, why);
	return 0;
}

int
tokenizer_open(struct tokenizer *t, const struct model *m, const char *path,
    const struct tokenizer_options *o, struct err *err)
{
	const bool new_ties = o->ties == TOKENIZER_TIES_NEW;
	const struct text_encoder_options options = { .plain_symbols = o->plain_symbols,
		.ties = new_ties ? TEXT_ENCODER_TIES_NEW : TEXT_ENCODER_TIES_OLD };
	struct model inner = *m;

	*t = (struct tokenizer){ .reason = "is used with --engine sentencepiece" };
	inner.dummy_prefix &= !o->no_prefix;
	if (o->engine != TOKENIZER_SENTENCEPIECE) {
		t->own = text_encoder_new(&inner, &options, &t->reason);
		if (!t->own && t->reason == model_no_memory)
			return err_set(err, EXIT_SYSTEM, "%s: out of memory", path);
	}
	if (t->own) {
		t->reason = NULL;
		if (m->kind == MODEL_UNIGRAM)
			t->ties =
			    ties_name[new_ties ? TOKENIZER_TIES_NEW : TOKENIZER_TIES_OLD];
		return 0;
	}
	if (o->engine == TOKENIZER_OWN)
		return err_set(err, EXIT_DATA,
		    "%s: the model %s: encode with --engine sentencepiece", path,
		    t->reason);
	return use_sentencepiece(t, m, path, o, err);
}

void
tokenizer_close(struct tokenizer *t)
{
	text_encoder_free(t->own);
	sp_close(t->sp);
	*t = (struct tokenizer){ 0 };
}

int
tokenizer_encode(const struct tokenizer *t, struct text_encoder_work *w, const char *text,
    size_t n, struct token_ids *ids)
{
	if (t->own)
		return text_encoder_encode(t->own, w, text, n, true, ids) < 0
			   ? SP_NO_MEMORY
			   : 0;
	return sp_encode(t->sp, text, n, ids);
}
