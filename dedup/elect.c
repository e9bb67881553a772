/* elect.c - decide which of all documents are kept, in memory that is bounded. */
#include "dedup/elect.h"

#include <stdlib.h>

/* A document that has the same shingles as one before it. */
struct same_pair {
	uint64_t kept, removed;
};

struct elect {
	const struct elect_options *o;
	struct spill_pool *pool;
	struct elect_stats stats;
	struct bits candidate, removed;
	/* In one partition, before the candidates are dealt. */
	struct spill *buckets; /* records as in leaders.h */
	struct spill *docs;    /* struct near_doc */
	struct spill *same;    /* struct same_pair */
	/* By number among the candidates: a forest of components; after elect_deal, the
	 * partition of each root. */
	uint32_t *parent;
	uint64_t *weight; /* of a component, at its root: bytes of shingles */
	/* In partitions. */
	struct spill *dealt_buckets, *dealt_docs;
	struct spill *shingles; /* number, count, and the shingles */
	size_t nparts;
	struct elect_fact *fact; /* ascending by number */
	size_t nfacts, facts_cap;
	struct buf record; /* scratch */
};

struct elect *
elect_new(const struct elect_options *o, struct spill_pool *pool)
{
	struct elect *e = xcalloc(1, sizeof *e);

	e->o = o;
	e->pool = pool;
	e->buckets = spill_new(pool, 1);
	e->docs = spill_new(pool, 1);
	e->same = spill_new(pool, 1);
	return e;
}

int
elect_same(void *arg, uint64_t kept, uint64_t removed, struct err *err)
{
	struct elect *e = arg;
	const struct same_pair s = { kept, removed };

	e->stats.same++;
	bits_add(&e->removed, removed);
	return e->o->details ? spill_put(e->same, 0, &s, sizeof s, err) : 0;
}

int
elect_bucket(void *arg, const uint64_t *number, size_t n, struct err *err)
{
	struct elect *e = arg;
	const uint32_t count = (uint32_t)n;
	unsigned char *p;

	if (n > UINT32_MAX)
		return err_set(
		    err, EXIT_SYSTEM, "more than 2^32 documents share a band key");
	e->record.n = 0;
	buf_put(&e->record, &count, sizeof count);
	buf_reserve(&e->record, n * NUMBER_BYTES);
	p = (unsigned char *)e->record.p + e->record.n;
	for (size_t i = 0; i < n; i++, p += NUMBER_BYTES) {
		store40(p, number[i]);
		bits_add(&e->candidate, number[i]);
	}
	e->record.n += n * NUMBER_BYTES;
	return spill_put(e->buckets, 0, e->record.p, e->record.n, err);
}

/* The root of candidate i. */
static uint32_t
root_of(struct elect *e, uint32_t i)
{
	while (e->parent[i] != i) {
		e->parent[i] = e->parent[e->parent[i]];
		i = e->parent[i];
	}
	return i;
}

/* Take the first bucket off *s.  Returns its numbers. */
static const unsigned char *
next_bucket(struct span *s, uint32_t *n)
{
	const unsigned char *p = (const unsigned char *)s->p + sizeof *n;

	memcpy(n, s->p, sizeof *n);
	*s = span_from(*s, sizeof *n + (size_t)*n * NUMBER_BYTES);
	return p;
}

static uint32_t
candidate_at(const struct elect *e, const unsigned char *number)
{
	return (uint32_t)bits_number(&e->candidate, load40(number));
}

static int
connect_buckets(void *arg, struct span s, struct err *err)
{
	struct elect *e = arg;
	uint32_t n;

	while (s.n) {
		const unsigned char *p = next_bucket(&s, &n);
		uint32_t a = root_of(e, candidate_at(e, p));

		for (uint32_t i = 1; i < n; i++) {
			const uint32_t b =
			    root_of(e, candidate_at(e, p + i * NUMBER_BYTES));

			if (b < a) {
				e->parent[a] = b;
				a = b;
			} else {
				e->parent[b] = a;
			}
		}
	}
	return 0;
}

int
elect_connect(struct elect *e, struct err *err)
{
	const uint64_t n = bits_index(&e->candidate);

	if (n >= UINT32_MAX)
		return err_set(err, EXIT_SYSTEM,
		    "%llu documents share band keys: at most 2^32 can: use more rows",
		    (unsigned long long)n);
	e->stats.candidates = n;
	e->parent = xmalloc(xmul(n + 1, sizeof *e->parent));
	e->weight = xcalloc(n + 1, sizeof *e->weight);
	for (uint32_t i = 0; i < n; i++)
		e->parent[i] = i;
	return spill_read(e->buckets, 0, connect_buckets, e, err);
}

int
elect_doc(void *arg, const struct near_doc *d, struct err *err)
{
	struct elect *e = arg;

	if (!bits_has(&e->candidate, d->number))
		return 0;
	e->weight[root_of(e, (uint32_t)bits_number(&e->candidate, d->number))] +=
	    d->shingles * sizeof(uint64_t) + sizeof *d;
	return spill_put(e->docs, 0, d, sizeof *d, err);
}

/* The partition of candidate i. */
static size_t
part_of(struct elect *e, uint32_t i)
{
	return (size_t)e->weight[root_of(e, i)];
}

static int
deal_buckets(void *arg, struct span s, struct err *err)
{
	struct elect *e = arg;
	uint32_t n;

	while (s.n) {
		const char *from = s.p;
		const unsigned char *p = next_bucket(&s, &n);

		if (spill_put(e->dealt_buckets, part_of(e, candidate_at(e, p)), from,
			(size_t)(s.p - from), err) < 0)
			return -1;
	}
	return 0;
}

static int
deal_docs(void *arg, struct span s, struct err *err)
{
	struct elect *e = arg;

	for (struct near_doc d; s.n; s = span_from(s, sizeof d)) {
		memcpy(&d, s.p, sizeof d);
		if (spill_put(e->dealt_docs,
			part_of(e, (uint32_t)bits_number(&e->candidate, d.number)), &d,
			sizeof d, err) < 0)
			return -1;
	}
	return 0;
}

/* Replace the weight of each root by its partition. */
static void
assign_parts(struct elect *e)
{
	uint64_t filled = 0;

	e->nparts = 1;
	for (uint32_t i = 0; i < e->stats.candidates; i++) {
		if (e->parent[i] != i)
			continue;
		if (filled && filled + e->weight[i] > e->o->memory) {
			filled = 0;
			e->nparts++;
		}
		filled += e->weight[i];
		e->weight[i] = e->nparts - 1;
	}
	e->stats.partitions = e->nparts;
}

int
elect_deal(struct elect *e, struct err *err)
{
	assign_parts(e);
	e->dealt_buckets = spill_new(e->pool, e->nparts);
	e->dealt_docs = spill_new(e->pool, e->nparts);
	e->shingles = spill_new(e->pool, e->nparts);
	if (spill_read(e->buckets, 0, deal_buckets, e, err) < 0 ||
	    spill_read(e->docs, 0, deal_docs, e, err) < 0)
		return -1;
	spill_free(e->buckets);
	spill_free(e->docs);
	e->buckets = e->docs = NULL;
	return 0;
}

bool
elect_wants(const struct elect *e, uint64_t number)
{
	return bits_has(&e->candidate, number);
}

int
elect_shingles(
    struct elect *e, uint64_t number, const uint64_t *shingle, size_t n, struct err *err)
{
	const uint64_t head[2] = { number, n };

	e->record.n = 0;
	buf_put(&e->record, head, sizeof head);
	buf_put(&e->record, shingle, n * sizeof *shingle);
	return spill_put(e->shingles,
	    part_of(e, (uint32_t)bits_number(&e->candidate, number)), e->record.p,
	    e->record.n, err);
}

static int
append(void *arg, struct span s, struct err *err)
{
	buf_put(arg, s.p, s.n);
	return 0;
}

/* All of a partition, in one piece. */
static int
load(const struct spill *s, size_t part, struct buf *b, struct err *err)
{
	b->n = 0;
	buf_reserve(b, (size_t)spill_bytes(s, part));
	return spill_read(s, part, append, b, err);
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t x = ((const struct leader_doc *)a)->doc.number,
		       y = ((const struct leader_doc *)b)->doc.number;

	return x < y ? -1 : x > y;
}

/* Point the documents, ascending by number, to their shingles. */
static int
attach_shingles(struct leader_doc *v, size_t n, const struct buf *b, struct err *err)
{
	size_t found = 0;

	for (size_t at = 0; at < b->n;) {
		struct leader_doc key = { 0 }, *d;
		uint64_t head[2];

		memcpy(head, b->p + at, sizeof head);
		key.doc.number = head[0];
		d = bsearch(&key, v, n, sizeof *v, by_number);
		if (!d)
			BUG("shingles of a document that is not a candidate");
		d->n = head[1];
		d->shingle = (const uint64_t *)(const void *)(b->p + at + sizeof head);
		at += sizeof head + (size_t)head[1] * sizeof(uint64_t);
		found++;
	}
	if (found != n)
		return err_set(err, EXIT_DATA,
		    "the input changed while it was read: %zu of %zu documents are "
		    "missing",
		    n - found, n);
	return 0;
}

static void
note_removed(struct elect *e, const struct leader_doc *d)
{
	bits_add(&e->removed, d->doc.number);
	if (!e->o->details)
		return;
	GROW(e->fact, e->nfacts, e->facts_cap);
	e->fact[e->nfacts++] = (struct elect_fact){
		.number = d->doc.number, .leader = d->leader, .similarity = d->similarity
	};
}

static int
decide_part(struct elect *e, size_t part, struct err *err)
{
	struct buf docs = { 0 }, shingles = { 0 }, buckets = { 0 };
	struct leader_doc *v = NULL;
	size_t n = 0;
	int rc = -1;

	if (load(e->dealt_docs, part, &docs, err) < 0 ||
	    load(e->dealt_buckets, part, &buckets, err) < 0 ||
	    load(e->shingles, part, &shingles, err) < 0)
		goto out;
	n = docs.n / sizeof v->doc;
	v = xcalloc(n + 1, sizeof *v);
	for (size_t i = 0; i < n; i++)
		memcpy(&v[i].doc, docs.p + i * sizeof v->doc, sizeof v->doc);
	qsort(v, n, sizeof *v, by_number);
	rc = attach_shingles(v, n, &shingles, err);
	if (rc < 0)
		goto out;
	leaders_decide(&e->o->leaders, v, n, buf_span(&buckets), &e->stats.leaders);
	for (size_t i = 0; i < n; i++)
		if (v[i].removed)
			note_removed(e, &v[i]);
out:
	free(v);
	buf_free(&docs);
	buf_free(&shingles);
	buf_free(&buckets);
	return rc;
}

static int
facts_by_number(const void *a, const void *b)
{
	const uint64_t x = ((const struct elect_fact *)a)->number,
		       y = ((const struct elect_fact *)b)->number;

	return x < y ? -1 : x > y;
}

static struct elect_fact *
find_fact(const struct elect *e, size_t n, uint64_t number)
{
	const struct elect_fact key = { .number = number };

	return n ? bsearch(&key, e->fact, n, sizeof key, facts_by_number) : NULL;
}

struct facts {
	struct elect *e;
	size_t n; /* facts about documents with shingles of their own */
};

/* Add the facts about documents with the shingles of another one: its leader is theirs.
 */
static int
add_same(void *arg, struct span s, struct err *err)
{
	struct facts *f = arg;
	struct elect *e = f->e;

	for (struct same_pair m; s.n; s = span_from(s, sizeof m)) {
		const struct elect_fact *of;
		struct elect_fact fact;

		memcpy(&m, s.p, sizeof m);
		of = find_fact(e, f->n, m.kept);
		fact = (struct elect_fact){ .number = m.removed,
			.leader = of ? of->leader : m.kept,
			.similarity = of ? of->similarity : 1 };
		GROW(e->fact, e->nfacts, e->facts_cap);
		e->fact[e->nfacts++] = fact;
	}
	return 0;
}

static int
facts_by_leader(const void *a, const void *b)
{
	const uint64_t x = ((const struct elect_fact *)a)->leader,
		       y = ((const struct elect_fact *)b)->leader;

	return x < y ? -1 : x > y;
}

/* Count the documents removed for each leader, and add the facts about leaders. */
static void
count_removed(struct elect *e)
{
	const size_t n = e->nfacts;

	qsort(e->fact, n, sizeof *e->fact, facts_by_leader);
	for (size_t i = 0, k; i < n; i = k) {
		const uint64_t leader = e->fact[i].leader;

		for (k = i; k < n && e->fact[k].leader == leader; k++)
			;
		for (size_t j = i; j < k; j++)
			e->fact[j].removed = k - i;
		GROW(e->fact, e->nfacts, e->facts_cap);
		e->fact[e->nfacts++] = (struct elect_fact){ leader, leader, k - i, 1 };
	}
	qsort(e->fact, e->nfacts, sizeof *e->fact, facts_by_number);
}

static int
collect_facts(struct elect *e, struct err *err)
{
	struct facts f = { e, e->nfacts };

	qsort(e->fact, e->nfacts, sizeof *e->fact, facts_by_number);
	if (spill_read(e->same, 0, add_same, &f, err) < 0)
		return -1;
	count_removed(e);
	return 0;
}

int
elect_run(struct elect *e, struct err *err)
{
	for (size_t i = 0; i < e->nparts; i++)
		if (decide_part(e, i, err) < 0)
			return -1;
	return e->o->details ? collect_facts(e, err) : 0;
}

bool
elect_removed(const struct elect *e, uint64_t number)
{
	return bits_has(&e->removed, number);
}

const struct bits *
elect_removals(const struct elect *e)
{
	return &e->removed;
}

const struct elect_stats *
elect_stats(const struct elect *e)
{
	return &e->stats;
}

const struct elect_fact *
elect_find(const struct elect *e, uint64_t number)
{
	return find_fact(e, e->nfacts, number);
}

void
elect_free(struct elect *e)
{
	if (!e)
		return;
	spill_free(e->buckets);
	spill_free(e->docs);
	spill_free(e->same);
	spill_free(e->dealt_buckets);
	spill_free(e->dealt_docs);
	spill_free(e->shingles);
	bits_free(&e->candidate);
	bits_free(&e->removed);
	free(e->parent);
	free(e->weight);
	free(e->fact);
	buf_free(&e->record);
	free(e);
}
