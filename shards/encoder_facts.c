/* encoder_facts.c - facts of META that all shards of a run must share. */
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

static bool
is_true(struct span tokenizer, const char *name, struct arena *mem)
{
	return span_eq(field(tokenizer, name, mem), SPAN("true"));
}

static int
compare_options(struct encoder_facts *f, struct span tokenizer, const char *path,
    struct arena *mem, struct buf *problem)
{
	const bool bos = is_true(tokenizer, "adds_bos", mem),
		   plain = is_true(tokenizer, "plain_symbols", mem);

	if (!f->first) {
		f->bos = bos;
		f->plain_symbols = plain;
		f->first = path;
	}
	if (f->bos != bos)
		buf_putf(problem,
		    "%s each document with bos, and %s %s: encode both with or without "
		    "--bos",
		    bos ? "begins" : "does not begin", f->first,
		    bos ? "does not" : "does");
	else if (f->plain_symbols != plain)
		buf_putf(problem,
		    "%s user-defined symbols for plain text, and %s %s: encode both with "
		    "or without --no-user-defined",
		    plain ? "takes" : "does not take", f->first,
		    plain ? "does not" : "does");
	else
		return 1;
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
		same = compare_options(f, tokenizer, path, &mem, problem);
	ties = field(tokenizer, "ties", &mem);
	if (ties.n > 2 && ties.p[0] == '"')
		ties = json_unquote(ties, &mem);
	if (same)
		same = compare_ties(f, ties, path, problem);
	arena_free(&mem);
	free(meta);
	return same;
}
