/* join.c - find all pairs of sets that are similar, exactly and in memory. */
#include "dedup/join.h"

#include <stdlib.h>

#include "dedup/rare_first.h"
#include "lib/base/num.h"

/*
 * A set in the index has postings in the lists of its rarest elements.  Two similar sets
 * have an element in common within the short prefix of the smaller and the long prefix of
 * the larger.  So a list has two parts: postings of short prefixes, and of long ones.
 */
struct prefix {
	uint32_t small, large; /* elements; large >= small */
};

/* The lists of all elements.  One grows upwards and one downwards from its ends. */
struct postings {
	uint64_t *start; /* of each list in set[] */
	uint32_t *up,
	    *down; /* postings in short prefixes, and beyond these in long ones */
	uint32_t *set;
};

struct join {
	enum measure measure;
	uint64_t threshold;
	struct rare_sets sets;
	struct prefix *prefix;
	struct postings lists;
	/* Scratch: sets to compare with, and for each set the last one that met it. */
	uint32_t *rival, *met;
	size_t nrivals;
};

struct join *
join_new(enum measure measure, uint64_t threshold)
{
	struct join *j = xcalloc(1, sizeof *j);

	j->measure = measure;
	j->threshold = threshold;
	return j;
}

uint32_t
join_add(struct join *j, const uint64_t *element, uint32_t n)
{
	return rare_sets_add(&j->sets, element, n);
}

uint32_t
join_sets(const struct join *j)
{
	return j->sets.n;
}

uint64_t
join_elements(const struct join *j)
{
	return j->sets.elements;
}

uint32_t
join_size(const struct join *j, uint32_t set)
{
	return j->sets.v[set].size;
}

/* The least number of elements of a set that is similar to one of n. */
static uint64_t
least_size(const struct join *j, uint64_t n)
{
	if (j->measure == MEASURE_CONTAINMENT)
		return 1;
	return (uint64_t)(((u128)j->threshold * n + SIMILARITY_ONE - 1) / SIMILARITY_ONE);
}

/* The length of a prefix of set s without the elements that no other set has. */
static uint32_t
shared_prefix(const struct rare_set *s, uint64_t common)
{
	const uint64_t n = s->size - common + 1, alone = s->size - s->shared;

	return (uint32_t)(n > alone ? n - alone : 0);
}

/*
 * A set of n elements has at least sets_need(n, n) in common with one that is similar
 * and not smaller, and at least least_size(n) with one that is not larger.  Prefixes
 * leave out one element less than that.
 */
static struct prefix
prefix_of(const struct join *j, const struct rare_set *s)
{
	const uint64_t n = s->size;

	return (
	    struct prefix){ shared_prefix(s, sets_need(j->measure, j->threshold, n, n)),
		shared_prefix(s, least_size(j, n)) };
}

static void
lists_new(struct join *j)
{
	const struct rare_sets *sets = &j->sets;
	struct postings *l = &j->lists;
	uint64_t sum = 0;

	l->start = xcalloc((size_t)sets->ranks + 1, sizeof *l->start);
	l->up = xcalloc((size_t)sets->ranks + 1, sizeof *l->up);
	l->down = xcalloc((size_t)sets->ranks + 1, sizeof *l->down);
	for (uint32_t s = 0; s < sets->n; s++)
		for (uint32_t i = 0; i < j->prefix[s].large; i++)
			l->start[rare_set(sets, s)[i]]++;
	for (uint64_t r = 0; r <= sets->ranks; r++) {
		const uint64_t n = l->start[r];

		l->start[r] = sum;
		sum += n;
	}
	l->set = xmalloc(xmul(sum + 1, sizeof *l->set));
}

static void
lists_add(struct join *j, uint32_t set)
{
	const struct prefix p = j->prefix[set];
	const uint32_t *element = rare_set(&j->sets, set);
	struct postings *l = &j->lists;

	for (uint32_t i = 0; i < p.small; i++)
		l->set[l->start[element[i]] + l->up[element[i]]++] = set;
	for (uint32_t i = p.small; i < p.large; i++)
		l->set[l->start[element[i] + 1] - ++l->down[element[i]]] = set;
}

/* Note n sets of a list as rivals of `set` if their size is within the bounds. */
static void
meet(struct join *j, uint32_t set, const uint32_t *list, uint32_t n, uint64_t least,
    uint64_t most)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t s = list[i];

		if (j->met[s] == set || j->sets.v[s].size < least ||
		    j->sets.v[s].size > most)
			continue;
		j->met[s] = set;
		j->rival[j->nrivals++] = s;
	}
}

/* List the sets of the index that may be similar to `set`. */
static void
find_rivals(struct join *j, uint32_t set)
{
	const struct prefix p = j->prefix[set];
	const uint64_t size = join_size(j, set), least = least_size(j, size);
	const uint64_t most =
	    j->measure == MEASURE_CONTAINMENT
		? UINT64_MAX
		: (uint64_t)((u128)size * SIMILARITY_ONE / j->threshold);
	const uint32_t *element = rare_set(&j->sets, set);
	const struct postings *l = &j->lists;

	j->nrivals = 0;
	for (uint32_t i = 0; i < p.large; i++) {
		const uint32_t e = element[i];

		meet(j, set, l->set + l->start[e], l->up[e], least,
		    i < p.small ? most : size);
		if (i < p.small)
			meet(j, set, l->set + l->start[e + 1] - l->down[e], l->down[e],
			    size, most);
	}
}

void
join_run(struct join *j, const uint32_t *order, join_pair *pair, void *arg)
{
	const struct rare_sets *sets = &j->sets;

	rare_sets_order(&j->sets);
	j->prefix = xcalloc((size_t)sets->n + 1, sizeof *j->prefix);
	j->rival = xcalloc((size_t)sets->n + 1, sizeof *j->rival);
	j->met = xcalloc((size_t)sets->n + 1, sizeof *j->met);
	for (uint32_t s = 0; s < sets->n; s++) {
		j->prefix[s] = prefix_of(j, &sets->v[s]);
		j->met[s] = s; /* not met, as no set meets itself */
	}
	lists_new(j);
	for (uint32_t k = 0; k < sets->n; k++) {
		const uint32_t b = order[k];

		find_rivals(j, b);
		for (size_t i = 0; i < j->nrivals; i++) {
			const uint32_t a = j->rival[i];
			const uint64_t n = join_size(j, a), m = join_size(j, b);
			const uint64_t common = rare_sets_common(
			    sets, a, b, sets_need(j->measure, j->threshold, n, m));

			if (sets_similar(j->measure, j->threshold, n, m, common))
				pair(arg, a, b, common);
		}
		lists_add(j, b);
	}
}

uint64_t
join_common(const struct join *j, uint32_t a, uint32_t b)
{
	return rare_sets_common(&j->sets, a, b, 0);
}

void
join_free(struct join *j)
{
	if (!j)
		return;
	rare_sets_free(&j->sets);
	free(j->prefix);
	free(j->lists.start);
	free(j->lists.up);
	free(j->lists.down);
	free(j->lists.set);
	free(j->rival);
	free(j->met);
	free(j);
}
