/* unigram_ties.c - how the encoder of a shard resolved ties of its unigram model. */
#include "shards/unigram_ties.h"

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

int
unigram_ties_add(struct unigram_ties *t, const struct tshard *shard, const char *path,
    struct unigram_ties *found, struct err *err)
{
	struct tshard_error e = { 0 };
	struct arena mem = { 0 };
	struct span ties;
	char *meta;
	size_t n;

	if (tshard_meta(shard, &meta, &n, &e) < 0)
		return err_tshard(err, &e);
	*found = (struct unigram_ties){ .shard = path };
	ties = field(field((struct span){ meta, n }, "tokenizer", &mem), "ties", &mem);
	if (ties.n > 2 && ties.p[0] == '"')
		ties = json_unquote(ties, &mem);
	if (ties.n > 0 && ties.n < sizeof found->version)
		memcpy(found->version, ties.p, ties.n);
	arena_free(&mem);
	free(meta);
	if (!found->version[0])
		return 1;
	if (!t->shard)
		*t = *found;
	return strcmp(t->version, found->version) == 0;
}
