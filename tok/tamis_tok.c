/* tamis_tok.c - the public library: load a model file, encode text, decode ids. */
#include "tok/tamis_tok.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tok/engine/text_encoder.h"
#include "tok/model.h"

struct tamis_tok {
	struct model model;
	struct text_encoder *encoder; /* NULL: there is none, see refusal */
	const char *refusal;
};

struct tamis_tok_encoder {
	const struct tamis_tok *tok;
	struct text_encoder_work *work;
	struct token_ids ids;
};

/* The whole file, to free(); NULL with a message in err. */
static char *
slurp(const char *path, size_t *n, char *err, size_t errlen)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	size_t cap = 1 << 20;
	int wrong;

	*n = 0;
	if (!f) {
		wrong = errno;
		snprintf(err, errlen, "%s: cannot read: %s", path, strerror(wrong));
		errno = wrong;
		return NULL;
	}
	for (;;) {
		char *more = realloc(p, cap);

		if (!more) {
			snprintf(err, errlen, "%s: out of memory", path);
			wrong = ENOMEM;
			goto fail;
		}
		p = more;
		*n += fread(p + *n, 1, cap - *n, f);
		if (*n < cap ||
		    cap > MODEL_MAX_BYTES) /* model_parse refuses larger ones */
			break;
		cap *= 2;
	}
	if (ferror(f)) {
		wrong = errno;
		snprintf(err, errlen, "%s: cannot read: %s", path, strerror(wrong));
		goto fail;
	}
	fclose(f);
	return p;
fail:
	free(p);
	fclose(f);
	errno = wrong;
	return NULL;
}

/* Parse the model file.  NULL with a message in err. */
static struct tamis_tok *
load(const char *model, const char *bytes, size_t n, char *err, size_t errlen)
{
	const struct text_encoder_options options = { 0 };
	struct tamis_tok *t = calloc(1, sizeof *t);
	const char *why = model_no_memory;

	if (t && model_parse(&t->model, bytes, n, &why) == 0) {
		t->encoder = text_encoder_new(&t->model, &options, &t->refusal);
		if (t->encoder || t->refusal != model_no_memory)
			return t;
		why = model_no_memory;
		model_free(&t->model);
	}
	free(t);
	if (why == model_no_memory) {
		snprintf(err, errlen, "%s: out of memory", model);
		errno = ENOMEM;
	} else {
		snprintf(err, errlen,
		    "%s: not a usable SentencePiece model, it %s: name another", model,
		    why);
		errno = EINVAL;
	}
	return NULL;
}

struct tamis_tok *
tamis_tok_open(const char *model, char *err, size_t errlen)
{
	struct tamis_tok *t;
	size_t n;
	char *bytes = slurp(model, &n, err, errlen);

	if (!bytes)
		return NULL;
	t = load(model, bytes, n, err, errlen);
	free(bytes);
	return t;
}

int
tamis_tok_decode(
    const struct tamis_tok *t, const uint32_t *ids, size_t n, char **text, size_t *len)
{
	errno = 0;
	if (model_decode(&t->model, ids, n, text, len) == 0)
		return 0;
	if (errno != ENOMEM)
		errno = EINVAL;
	return -1;
}

struct tamis_tok_encoder *
tamis_tok_encoder_new(const struct tamis_tok *t, char *err, size_t errlen)
{
	struct tamis_tok_encoder *e;

	if (!t->encoder) {
		snprintf(err, errlen,
		    "the model %s: only the SentencePiece library encodes by it",
		    t->refusal);
		errno = ENOTSUP;
		return NULL;
	}
	e = calloc(1, sizeof *e);
	if (e) {
		e->tok = t;
		e->work = text_encoder_work_new();
	}
	if (!e || !e->work) {
		free(e);
		snprintf(err, errlen, "out of memory");
		errno = ENOMEM;
		return NULL;
	}
	return e;
}

void
tamis_tok_encoder_free(struct tamis_tok_encoder *e)
{
	if (!e)
		return;
	text_encoder_work_free(e->work);
	token_ids_free(&e->ids);
	free(e);
}

int
tamis_tok_encode(struct tamis_tok_encoder *e, const char *text, size_t n, uint32_t *ids,
    size_t cap, size_t *n_ids)
{
	size_t fit;

	e->ids.n = 0;
	if (text_encoder_encode(e->tok->encoder, e->work, text, n, false, &e->ids) < 0) {
		errno = ENOMEM;
		return -1;
	}
	*n_ids = e->ids.n;
	fit = e->ids.n < cap ? e->ids.n : cap;
	if (fit > 0)
		memcpy(ids, e->ids.v, fit * sizeof *ids);
	if (fit == e->ids.n || cap == 0)
		return 0;
	errno = ERANGE;
	return -1;
}

uint32_t
tamis_tok_vocab(const struct tamis_tok *t)
{
	return t->model.n;
}

const char *
tamis_tok_piece(const struct tamis_tok *t, uint32_t id, size_t *len)
{
	if (id >= t->model.n)
		return NULL;
	*len = t->model.piece[id].n;
	return t->model.piece[id].text;
}

void
tamis_tok_close(struct tamis_tok *t)
{
	if (t) {
		text_encoder_free(t->encoder);
		model_free(&t->model);
	}
	free(t);
}
