/* near_view.c - what near-duplicate detection sees of one document. */
#include "dedup/near_view.h"

#include <stdlib.h>

#include "dedup/sketch.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"

static double
priority_of(const struct near_view *v, struct doc *d)
{
	struct span raw;
	double x = 0;

	if (!v->priority)
		return 0;
	if (!doc_get(d, span_of(v->priority), &raw) || !num_json(raw, &x))
		doc_bad(d, "field '%s' is missing or not a number", v->priority);
	return x;
}

/* Fields that are missing are null. */
static uint64_t
scope_of(const struct near_view *v, struct doc *d)
{
	const char *list = v->scope;
	struct span key, value;
	uint64_t h = 0;

	while (list && list_next(&list, &key)) {
		if (!doc_get(d, key, &value))
			value = SPAN("null");
		h = hash64(value, h + 1);
	}
	return h;
}

/* The shingles of d, in s->words.hash, in order and with repetitions.  *sum: see
 * shingles_of.  Returns how many. */
static size_t
find_shingles(
    const struct near_view *v, struct near_scratch *s, struct doc *d, uint64_t *sum)
{
	words_of(&s->words, v->letters, doc_text(d));
	return shingles_of(s->words.hash, s->words.n, sum);
}

struct near_shingle_set *
near_shingle_copy(const struct near_view *v, struct near_scratch *s, struct doc *d)
{
	uint64_t sum;
	const size_t n = find_shingles(v, s, d, &sum);
	struct near_shingle_set *set =
	    doc_alloc(d, sizeof *set + n * sizeof set->shingle[0]);

	if (s->tmp_cap < n) {
		s->tmp_cap = n + n / 2;
		free(s->tmp);
		s->tmp = xmalloc(xmul(s->tmp_cap, sizeof *s->tmp));
	}
	set->content = hash64(doc_text(d), 0);
	set->n = shingles_sort(s->words.hash, s->tmp, n, set->shingle);
	return set;
}

struct near_doc
near_describe(
    const struct near_view *v, struct near_scratch *s, struct doc *d, uint64_t *scope)
{
	const struct span text = doc_text(d);
	uint64_t sum[2];
	const size_t n = find_shingles(v, s, d, &sum[0]);

	*scope = sum[1] = scope_of(v, d);
	return (struct near_doc){ .priority = priority_of(v, d),
		.length = text.n,
		.content = hash64(text, 0),
		.id = hash64(doc_id(d), 0),
		.sum = hash64((struct span){ (const char *)sum, sizeof sum }, 0),
		.shingles = n };
}

void
near_scratch_free(struct near_scratch *s)
{
	words_free(&s->words);
	free(s->tmp);
	*s = (struct near_scratch){ 0 };
}
