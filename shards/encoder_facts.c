/* encoder_facts.c - facts of META that all shards of a run must share: bos and ties. */
#include "shards/encoder_facts.h"

#include <stdlib.h>

#include "lib/text/json.h"
#include "shards/tshard_err.h"

/* The value of a field of an object in JSON; n is 0 if there is none. */
static struct span
field(struct span json, const char *name, struct arena *mem)
{
	struct json_fields f = { 0 };
	struct json_error e;
	struct span value = { NULL, 0 };

	if (json.n > 0 && json.p[0] == '{' && utf8_valid(json) &&
	    json_scan(json, &f, mem, &e) >= 0)
		for (size_t i = 0; i < f.n; i++)
			if (span_eq(f.v[i].key, span_of(name)))
				value = f.v[i].value;
	free(f.v);
	return value;
}

static int
compare_bos(struct encoder_facts *f, bool adds_bos, const char *path, struct buf *problem)
{
	if (!f->bos_of) {
		f->adds_bos = adds_bos;
		f->bos_of = path;
	}
	if (f->adds_bos == adds_bos)
		return 1;
	buf_putf(problem,
	    "%s each document with bos, and %s %s: encode both with or without --bos",
	    adds_bos ? "begins" : "does not begin", f->bos_of,
	    adds_bos ? "does not" : "does");
	buf_putc(problem, '\0');
	return 0;
}

static int
compare_ties(
    struct encoder_facts *f, struct span ties, const char *path, struct buf *problem)
{
	if (ties.n == 0 || ties.n >= sizeof f->ties)
		return 1;
	if (!f->ties_of) {
		memcpy(f->ties, ties.p, ties.n);
		f->ties_of = path;
	}
	if (span_eq(ties, span_of(f->ties)))
		return 1;
	buf_putf(problem,
	    "resolves ties of its unigram model as SentencePiece %.*s does, and %s as "
	    "%s: encode both with one version",
	    (int)ties.n, ties.p, f->ties_of, f->ties);
	buf_putc(problem, '\0');
	return 0;
}

int
encoder_facts_add(struct encoder_facts *f, const struct tshard *shard, const char *path,
    struct buf *problem, struct err *err)
{
	struct tshard_error e = { 0 };
	struct arena mem = { 0 };
	struct span tokenizer, ties;
	char *meta;
	size_t n;
	int same = 1;

	if (tshard_meta(shard, &meta, &n, &e) < 0)
		return err_tshard(err, &e);
	tokenizer = field((struct span){ meta, n }, "tokenizer", &mem);
	if (tokenizer.n > 0)
		same = compare_bos(f,
		    span_eq(field(tokenizer, "adds_bos", &mem), SPAN("true")), path,
		    problem);
	ties = field(tokenizer, "ties", &mem);
	if (ties.n > 2 && ties.p[0] == '"')
		ties = json_unquote(ties, &mem);
	if (same)
		same = compare_ties(f, ties, path, problem);
	arena_free(&mem);
	free(meta);
	return same;
}
