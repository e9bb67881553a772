/* tamis_tok.c - the public decoder: load a model file, decode ids. */
#include "tok/tamis_tok.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tok/model.h"

struct tamis_tok {
	struct model model;
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
	struct tamis_tok *t = calloc(1, sizeof *t);
	const char *why = model_no_memory;

	if (t && model_parse(&t->model, bytes, n, &why) == 0)
		return t;
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

uint32_t
tamis_tok_vocab(const struct tamis_tok *t)
{
	return t->model.n;
}

void
tamis_tok_close(struct tamis_tok *t)
{
	if (t)
		model_free(&t->model);
	free(t);
}
