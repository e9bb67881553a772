/* near_view.c - what near-duplicate detection sees of one document. */
#include "dedup/near_view.h"

#include <stdlib.h>

#include "dedup/rank.h"
#include "dedup/sketch.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"

/* Set the priority of to. */
static void
set_priority(const struct near_view *v, struct doc *d, struct near_doc *to)
{
	struct span raw;
	int rest = 0, rc = -1;

	if (!v->priority)
		return;
	if (doc_get(d, span_of(v->priority), &raw))
		rc = num_json_exact(raw, &to->priority, &rest);
	to->priority_rest = (int16_t)rest;
	if (rc == -1)
		rank_bad(d, "priority", v->priority);
	else if (rc == -2)
		doc_bad(d,
		    "field '%s' is an integer of more than 64 bits: write it with an "
		    "exponent",
		    v->priority);
}

int
near_scope_check(const struct near_view *v, struct err *err)
{
	const char *list = v->scope;
	struct span key;

	for (int n = 0; list && list_next(&list, &key); n++) {
		if (key.n == 0)
			return err_set(err, EXIT_USAGE,
			    "--scope '%s': the name of a field is empty: write "
			    "FIELD,...",
			    v->scope);
		if (n == SCOPE_MAX)
			return err_set(err, EXIT_USAGE,
			    "--scope: more than %d fields: name at most %d", SCOPE_MAX,
			    SCOPE_MAX);
	}
	return 0;
}

void
near_scope_warn(const struct near_view *v, const struct near_scope_use *u)
{
	const char *list = v->scope;
	struct span key;

	for (int i = 0; u->documents && list && list_next(&list, &key); i++)
		if (!(u->found >> i & 1))
			warning("--scope: no document has field '%.*s', so it separates "
				"none: name a top-level field",
			    (int)key.n, key.p);
}

/* Fields that are missing are null. */
static struct near_scope
scope_of(const struct near_view *v, struct doc *d)
{
	const char *list = v->scope;
	struct near_scope s = { 0, 0 };
	struct span key, value;

	for (int i = 0; list && list_next(&list, &key); i++) {
		if (doc_get(d, key, &value))
			s.found |= UINT64_C(1) << i;
		else
			value = SPAN("null");
		s.hash = hash64(value, s.hash + 1);
	}
	return s;
}

/* Free what an oversized document needed, or every thread would keep it. */
static void
shrink(struct near_scratch *s)
{
	enum { KEEP = 8 << 20 };

	if (s->words.cap > KEEP / sizeof *s->words.hash || s->words.copy_cap > KEEP)
		words_free(&s->words);
	if (s->tmp_cap > KEEP / sizeof *s->tmp) {
		free(s->tmp);
		s->tmp = NULL;
		s->tmp_cap = 0;
	}
}

/* The shingles of d, in s->words.hash, in order and with repetitions.  *sum: see
 * shingles_of.  Returns how many. */
static size_t
find_shingles(
    const struct near_view *v, struct near_scratch *s, struct doc *d, uint64_t *sum)
{
	shrink(s);
	words_of(&s->words, v->letters, doc_text(d));
	return shingles_of(s->words.hash, s->words.n, sum);
}

/* Store the n shingles in s->words.hash in set, sorted.  Returns how many differ. */
static size_t
sort(struct near_scratch *s, size_t n, uint64_t *set)
{
	if (s->tmp_cap < n) {
		s->tmp_cap = n + n / 2;
		free(s->tmp);
		s->tmp = xmalloc(xmul(s->tmp_cap, sizeof *s->tmp));
	}
	return shingles_sort(s->words.hash, s->tmp, n, set);
}

/*
 * Whether n shingles may be few different ones, often repeated: those at the front are.
 * A sketch of few takes many rounds over all of them.
 */
static bool
repeats(const uint64_t *hash, size_t n)
{
	enum { LONG = 16384, BITS = 13, FEW = 2048 };
	uint64_t seen[(1 << BITS) / 64] = { 0 };
	int distinct = 0;

	if (n < LONG)
		return false;
	for (size_t i = 0; i < LONG; i++)
		seen[hash[i] >> (64 - BITS + 6)] |= UINT64_C(1)
						    << (hash[i] >> (64 - BITS) & 63);
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		distinct += __builtin_popcountll(seen[i]);
	return distinct < FEW;
}

struct near_shingle_set *
near_shingle_copy(const struct near_view *v, struct near_scratch *s, struct doc *d)
{
	uint64_t sum;
	const size_t n = find_shingles(v, s, d, &sum);
	struct near_shingle_set *set =
	    doc_alloc(d, sizeof *set + n * sizeof set->shingle[0]);

	set->content = hash64(doc_text(d), 0);
	set->n = sort(s, n, set->shingle);
	shrink(s);
	return set;
}

struct near_doc
near_describe(const struct near_view *v, struct near_scratch *s, struct doc *d,
    struct near_scope *scope)
{
	const struct span text = doc_text(d);
	uint64_t sum[2];
	const size_t n = find_shingles(v, s, d, &sum[0]);
	struct near_doc to;

	*scope = scope_of(v, d);
	sum[1] = scope->hash;
	to = (struct near_doc){ .length = text.n,
		.content = hash64(text, 0),
		.id = hash64(doc_id(d), 0),
		.sum = hash64((struct span){ (const char *)sum, sizeof sum }, 0),
		.shingles = n };
	s->n = repeats(s->words.hash, n) ? sort(s, n, s->words.hash) : n;
	set_priority(v, d, &to);
	return to;
}

void
near_scratch_free(struct near_scratch *s)
{
	words_free(&s->words);
	free(s->tmp);
	*s = (struct near_scratch){ 0 };
}
