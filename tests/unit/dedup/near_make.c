/* near_make.c - random sets of documents for tests of near duplicates, and who removes
 * whom by definition. */
#include "tests/unit/dedup/near_make.h"

#include <stdlib.h>

#include "tests/unit/testing.h"

static int
ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One of few sets without some elements, sorted. */
static size_t
make_shingles(uint64_t *to, uint64_t *rng)
{
	static const size_t sizes[] = { 1, 4, 5, 9, 10, 10, 20, MAKE_SHINGLES };
	const uint64_t family = random_below(rng, 3);
	const size_t size = sizes[random_below(rng, 8)];
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		if (random_below(rng, 10) || (i + 1 == size && n == 0))
			to[n++] = (family + 1) * UINT64_C(0x9e3779b97f4a7c15) * (i + 1);
	qsort(to, n, sizeof *to, ascending);
	return n;
}

static void
make_doc(struct make_set *m, size_t i, uint64_t number, bool old, uint64_t *rng)
{
	m->doc[i] = (struct leader_doc){
		.doc = { .number = number,
		    .priority =
			random_below(rng, 4) ? 0 : (double)random_below(rng, 3) - 1,
		    .priority_rest =
			(int16_t)(random_below(rng, 4) ? 0 : random_below(rng, 3)),
		    .length = random_below(rng, 4),
		    .content = random_below(rng, 2),
		    .id = random_below(rng, 2) },
		.shingle = m->shingle[i],
		.n = make_shingles(m->shingle[i], rng),
	};
	m->doc[i].doc.shingles = m->doc[i].n + random_below(rng, 3);
	m->doc[i].doc.age = !old || random_below(rng, 3) ? NEAR_NEW
			    : random_below(rng, 3)	 ? NEAR_OLD_KEPT
							 : NEAR_OLD_REMOVED;
	m->doc[i].removed = m->doc[i].doc.age == NEAR_OLD_REMOVED;
}

/* A bucket of documents i with i % of == rest. */
static void
make_bucket(struct make_set *m, size_t of, uint64_t *rng)
{
	struct make_bucket *b = &m->bucket[m->nbuckets];
	const size_t rest = random_below(rng, of), odds = 1 + random_below(rng, 4);

	b->n = 0;
	for (size_t i = rest; i < m->ndocs; i += of)
		if (random_below(rng, odds) == 0)
			b->number[b->n++] = m->doc[i].doc.number;
	m->nbuckets += b->n >= 2;
}

void
make_near(struct make_set *m, uint64_t stride, uint64_t *rng)
{
	static const uint64_t thresholds[] = { 1, 333333, 333334, 500000, 800000, 800000,
		800001, 900000, SIMILARITY_ONE };
	const size_t groups = 1 + random_below(rng, 6);
	const bool old = random_below(rng, 4) == 0;
	uint64_t number = random_below(rng, stride);

	m->ndocs = 1 + random_below(rng, MAKE_DOCS);
	m->nbuckets = 0;
	for (size_t i = 0; i < m->ndocs; i++) {
		make_doc(m, i, number, old, rng);
		number += 1 + random_below(rng, stride);
	}
	for (uint64_t k = random_below(rng, MAKE_BUCKETS); k; k--) {
		make_bucket(m, groups, rng);
		if (m->nbuckets && m->nbuckets < MAKE_BUCKETS &&
		    random_below(rng, 4) == 0) {
			m->bucket[m->nbuckets] =
			    m->bucket[random_below(rng, m->nbuckets)];
			m->nbuckets++;
			k -= k > 1;
		}
	}
	m->o = (struct leader_options){
		.measure = random_below(rng, 3) ? MEASURE_JACCARD : MEASURE_CONTAINMENT,
		.threshold = thresholds[random_below(rng, 9)],
		.best = random_below(rng, 2) ? 1 + random_below(rng, 5) : 1000,
	};
}

void
make_buckets(const struct make_set *m, struct buf *b)
{
	for (size_t i = 0; i < m->nbuckets; i++) {
		const uint32_t n = (uint32_t)m->bucket[i].n;

		buf_put(b, &n, sizeof n);
		for (uint32_t k = 0; k < n; k++) {
			unsigned char number[NUMBER_BYTES];

			store40(number, m->bucket[i].number[k]);
			buf_put(b, number, sizeof number);
		}
	}
}

void
make_shuffle(struct make_set *m, uint64_t *rng)
{
	for (size_t i = m->ndocs; i > 1; i--) {
		const size_t k = random_below(rng, i);
		const struct leader_doc d = m->doc[i - 1];

		m->doc[i - 1] = m->doc[k];
		m->doc[k] = d;
	}
	for (size_t i = m->nbuckets; i > 0; i--) {
		const size_t k = random_below(rng, i);
		const struct make_bucket b = m->bucket[i - 1];

		m->bucket[i - 1] = m->bucket[k];
		m->bucket[k] = b;
	}
	for (size_t b = 0; b < m->nbuckets; b++)
		for (size_t i = m->bucket[b].n; i > 1; i--) {
			uint64_t *v = m->bucket[b].number;
			const size_t k = random_below(rng, i);
			const uint64_t number = v[i - 1];

			v[i - 1] = v[k];
			v[k] = number;
		}
}

const struct leader_doc *
make_find(const struct make_set *m, uint64_t number)
{
	for (size_t i = 0; i < m->ndocs; i++)
		if (m->doc[i].doc.number == number)
			return &m->doc[i];
	return NULL;
}

/* Whether a ranks before b. */
static bool
before(const struct near_doc *a, const struct near_doc *b)
{
	const double x[7] = { a->age, a->priority, a->priority_rest, (double)a->length,
		-(double)a->content, -(double)a->id, -(double)a->number },
		     y[7] = { b->age, b->priority, b->priority_rest, (double)b->length,
			     -(double)b->content, -(double)b->id, -(double)b->number };

	for (size_t i = 0; i < 7; i++)
		if (x[i] != y[i])
			return x[i] > y[i];
	return false;
}

static bool
is_member(const struct make_bucket *b, uint64_t number)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->number[i] == number)
			return true;
	return false;
}

/* Whether a and d share a bucket in which a is one of the best that are kept. */
static bool
are_candidates(
    const struct make_set *m, const struct leader_doc *a, const struct leader_doc *d)
{
	for (size_t i = 0; i < m->nbuckets; i++) {
		const struct make_bucket *b = &m->bucket[i];
		size_t better = 0;

		if (!is_member(b, a->doc.number) || !is_member(b, d->doc.number))
			continue;
		for (size_t k = 0; k < b->n; k++) {
			const struct leader_doc *c = make_find(m, b->number[k]);

			better += c && !c->removed && before(&c->doc, &a->doc);
		}
		if (better < m->o.best)
			return true;
	}
	return false;
}

/* Returns whether a and d are similar, and how much. */
static bool
are_similar(const struct make_set *m, const struct leader_doc *a,
    const struct leader_doc *d, double *similarity)
{
	uint64_t common = 0, of = a->n < d->n ? a->n : d->n;

	for (uint64_t i = 0; i < a->n; i++)
		for (uint64_t k = 0; k < d->n; k++)
			common += a->shingle[i] == d->shingle[k];
	if (m->o.measure == MEASURE_JACCARD)
		of = a->n + d->n - common;
	*similarity = (double)common / (double)of;
	return common * SIMILARITY_ONE >= m->o.threshold * of;
}

/* How many different buckets are larger than `best`. */
static size_t
count_large(const struct make_set *m)
{
	size_t large = 0;

	for (size_t i = 0; i < m->nbuckets; i++) {
		bool again = false;

		for (size_t k = 0; k < i && !again; k++) {
			again = m->bucket[k].n == m->bucket[i].n;
			for (size_t j = 0; j < m->bucket[i].n && again; j++)
				again = is_member(&m->bucket[k], m->bucket[i].number[j]);
		}
		large += !again && m->bucket[i].n > m->o.best;
	}
	return large;
}

size_t
make_decide(struct make_set *m)
{
	struct leader_doc *order[MAKE_DOCS];

	for (size_t i = 0; i < m->ndocs; i++) {
		size_t k = i;

		for (; k && before(&m->doc[i].doc, &order[k - 1]->doc); k--)
			order[k] = order[k - 1];
		order[k] = &m->doc[i];
	}
	for (size_t i = 0; i < m->ndocs; i++) {
		struct leader_doc *d = order[i];

		if (d->doc.age != NEAR_NEW)
			continue;
		d->removed = false;
		for (size_t k = 0; k < i && !d->removed; k++) {
			const struct leader_doc *a = order[k];

			if (a->removed || !are_candidates(m, a, d))
				continue;
			d->removed = are_similar(m, a, d, &d->similarity);
			d->leader = a->doc.number;
		}
	}
	return count_large(m);
}
