/* leaders.c - decide which documents of a set are kept, by rank and exact similarity. */
#include "dedup/leaders.h"

#include <stdlib.h>

#include "dedup/parity.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/base/table.h"

bool
sets_similar(
    enum measure measure, uint64_t threshold, uint64_t n, uint64_t m, uint64_t common)
{
	const uint64_t of = measure == MEASURE_JACCARD ? n + m - common : n < m ? n : m;

	return (u128)common * SIMILARITY_ONE >= (u128)threshold * of;
}

double
sets_similarity(enum measure measure, uint64_t n, uint64_t m, uint64_t common)
{
	const uint64_t of = measure == MEASURE_JACCARD ? n + m - common : n < m ? n : m;

	return (double)common / (double)of;
}

uint64_t
sets_need(enum measure measure, uint64_t threshold, uint64_t n, uint64_t m)
{
	/* common / (n + m - common) >= t  <=>  common >= (n + m) t / (1 + t) */
	const u128 part = (u128)threshold * (measure == MEASURE_JACCARD ? n + m
						: n < m			? n
									: m);
	const uint64_t of =
	    measure == MEASURE_JACCARD ? SIMILARITY_ONE + threshold : SIMILARITY_ONE;

	return (uint64_t)((part + of - 1) / of);
}

uint64_t
sets_common(const uint64_t *a, uint64_t n, const uint64_t *b, uint64_t m, uint64_t need)
{
	const uint64_t *const aend = a + n, *const bend = b + m;
	uint64_t common = 0, missed = 0;
	uint64_t allowed; /* elements that only one of them has */

	if (need > n || need > m)
		return 0;
	allowed = n + m - 2 * need;
	while (a < aend && b < bend && missed <= allowed) {
		const uint64_t x = *a, y = *b;

		common += x == y;
		missed += x != y;
		a += x <= y;
		b += y <= x;
	}
	return common;
}

/* A bucket in terms of ranks: positions in the sorted array of documents. */
struct bucket {
	size_t from; /* of its members in `member`, ascending */
	uint32_t n;
	uint32_t kept; /* kept ones that can remove others: the first in `member` */
};

struct decision {
	const struct leader_options *o;
	struct leader_doc *doc;
	size_t ndocs;
	struct parity *parity; /* of each document */
	uint64_t *parity_word;
	struct leader_stats *stats;
	struct bucket *bucket;
	size_t nbuckets, cap;
	uint32_t *member;
	size_t nmembers;
	size_t *of; /* doc i is in bucket in[of[i]] to in[of[i + 1] - 1] */
	uint32_t *in;
	uint32_t *rival; /* scratch: ranks of kept candidates */
	uint32_t *stamp; /* the last document that met this rival */
};

static int
by_rank(const void *a, const void *b)
{
	return near_doc_order(
	    &((const struct leader_doc *)a)->doc, &((const struct leader_doc *)b)->doc);
}

static int
ascending(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static struct hash128
number_key(uint64_t number)
{
	return (struct hash128){ number * UINT64_C(0x9e3779b97f4a7c15) + 1, number };
}

/* Read the buckets, as ranks.  The same bucket in several bands counts once. */
static void
read_buckets(struct decision *x, struct span s)
{
	struct table rank = { 0 }, seen = { 0 };
	bool fresh;

	for (size_t i = 0; i < x->ndocs; i++)
		*table_put(&rank, number_key(x->doc[i].doc.number), &fresh) = i;
	x->member = xmalloc(xmul(s.n / NUMBER_BYTES + 1, sizeof *x->member));
	while (s.n) {
		struct bucket b = { .from = x->nmembers };

		memcpy(&b.n, s.p, sizeof b.n);
		s = span_from(s, sizeof b.n);
		for (uint32_t i = 0; i < b.n; i++, s = span_from(s, NUMBER_BYTES)) {
			const uint64_t number = load40((const unsigned char *)s.p);

			x->member[x->nmembers++] =
			    (uint32_t)*table_get(&rank, number_key(number));
		}
		qsort(x->member + b.from, b.n, sizeof *x->member, ascending);
		table_put(&seen,
		    hash128((struct span){ (const char *)(x->member + b.from),
				b.n * sizeof *x->member },
			0),
		    &fresh);
		if (!fresh) {
			x->nmembers = b.from;
			continue;
		}
		x->stats->large += b.n > x->o->best;
		GROW(x->bucket, x->nbuckets, x->cap);
		x->bucket[x->nbuckets++] = b;
	}
	table_free(&rank);
	table_free(&seen);
}

/* List the buckets of each document. */
static void
invert(struct decision *x)
{
	x->of = xcalloc(x->ndocs + 2, sizeof *x->of);
	x->in = xmalloc(xmul(x->nmembers + 1, sizeof *x->in));
	for (size_t i = 0; i < x->nmembers; i++)
		x->of[x->member[i] + 2]++;
	for (size_t i = 2; i < x->ndocs + 2; i++)
		x->of[i] += x->of[i - 1];
	for (size_t b = 0; b < x->nbuckets; b++)
		for (uint32_t i = 0; i < x->bucket[b].n; i++)
			x->in[x->of[x->member[x->bucket[b].from + i] + 1]++] =
			    (uint32_t)b;
}

static void
fill_parities(struct decision *x)
{
	size_t total = 0;

	x->parity = xcalloc(x->ndocs + 1, sizeof *x->parity);
	for (size_t i = 0; i < x->ndocs; i++)
		total += parity_words(x->doc[i].n);
	x->parity_word = xcalloc(total + 1, sizeof *x->parity_word);
	total = 0;
	for (size_t i = 0; i < x->ndocs; i++) {
		const size_t words = parity_words(x->doc[i].n);

		x->parity[i] =
		    (struct parity){ x->doc[i].n, x->parity_word + total, words };
		parity_fill(&x->parity[i], x->doc[i].shingle);
		total += words;
	}
}

/* Whether document r may be similar to d. */
static bool
may_remove(struct decision *x, uint32_t r, uint32_t d)
{
	const struct parity *a = &x->parity[r], *b = &x->parity[d];
	const uint64_t need = sets_need(x->o->measure, x->o->threshold, a->n, b->n);

	if (need > a->n || need > b->n)
		return false;
	x->stats->compared++;
	return !parity_excludes(a, b, need);
}

/*
 * List the kept candidates that may be similar to document d, ascending by rank.  Returns
 * how many.
 */
static size_t
list_rivals(struct decision *x, uint32_t d)
{
	size_t n = 0;

	for (size_t i = x->of[d]; i < x->of[d + 1]; i++) {
		const struct bucket *b = &x->bucket[x->in[i]];

		for (uint32_t k = 0; k < b->kept; k++) {
			const uint32_t rival = x->member[b->from + k];

			if (x->stamp[rival] == d)
				continue;
			x->stamp[rival] = d;
			if (may_remove(x, rival, d))
				x->rival[n++] = rival;
		}
	}
	qsort(x->rival, n, sizeof *x->rival, ascending);
	return n;
}

/* Whether kept document r removes d. */
static bool
removes(struct decision *x, const struct leader_doc *r, struct leader_doc *d)
{
	const enum measure measure = x->o->measure;
	const uint64_t need = sets_need(measure, x->o->threshold, r->n, d->n);
	uint64_t common;

	x->stats->merged++;
	common = sets_common(r->shingle, r->n, d->shingle, d->n, need);
	if (!sets_similar(measure, x->o->threshold, r->n, d->n, common))
		return false;
	d->removed = true;
	d->leader = r->doc.number;
	d->similarity = sets_similarity(measure, r->n, d->n, common);
	return true;
}

static void
decide_one(struct decision *x, uint32_t d)
{
	struct leader_doc *doc = &x->doc[d];
	const size_t n = doc->doc.age != NEAR_NEW ? 0 : list_rivals(x, d);

	for (size_t i = 0; i < n && !doc->removed; i++)
		removes(x, &x->doc[x->rival[i]], doc);
	for (size_t i = x->of[d]; i < x->of[d + 1]; i++) {
		struct bucket *b = &x->bucket[x->in[i]];

		if (!doc->removed && b->kept < x->o->best)
			x->member[b->from + b->kept++] = d;
	}
}

void
leaders_decide(const struct leader_options *o, struct leader_doc *v, size_t n,
    struct span buckets, struct leader_stats *stats)
{
	struct decision x = { .o = o, .doc = v, .ndocs = n, .stats = stats };

	qsort(v, n, sizeof *v, by_rank);
	read_buckets(&x, buckets);
	invert(&x);
	fill_parities(&x);
	x.rival = xmalloc(xmul(n + 1, sizeof *x.rival));
	x.stamp = xmalloc(xmul(n + 1, sizeof *x.stamp));
	for (size_t i = 0; i < n; i++)
		x.stamp[i] = UINT32_MAX;
	for (size_t i = 0; i < n; i++)
		decide_one(&x, (uint32_t)i);
	free(x.bucket);
	free(x.member);
	free(x.of);
	free(x.in);
	free(x.parity);
	free(x.parity_word);
	free(x.rival);
	free(x.stamp);
}
