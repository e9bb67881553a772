/* elect.c - decide which of all documents are kept, in memory that is bounded. */
#include "dedup/elect.h"

#include <stdlib.h>

struct component {
	struct near_doc best;
	uint64_t n; /* documents */
};

struct elect {
	const struct elect_options *o;
	struct spill_pool *pool;
	struct elect_stats stats;
	struct bitset candidate, removed;
	struct bitset old;   /* decided by an earlier run */
	struct bitset twin;  /* has the same shingles as one before it: in no bucket */
	struct bitset leads; /* has the same shingles as others, and may be kept */
	/* In one partition, before the candidates are dealt. */
	struct spill *buckets; /* records as in leaders.h */
	struct spill *docs;    /* struct near_doc */
	/* By number among the candidates: a forest of components; after elect_deal, the
	 * partition of each root. */
	uint32_t *parent;
	uint64_t *weight; /* of a component, at its root: bytes of shingles */
	/* With o->components: by the weight of its root. */
	struct component *component;
	/* In partitions. */
	struct spill *dealt_buckets, *dealt_docs;
	struct spill *shingles; /* number, content, count, and the shingles */
	size_t nparts;
	struct dup_facts *facts; /* with o->details */
	struct buf example_id;
	struct buf record; /* scratch */
};

struct elect *
elect_new(const struct elect_options *o, struct spill_pool *pool)
{
	struct elect *e = xcalloc(1, sizeof *e);

	e->o = o;
	e->pool = pool;
	e->stats.changed = UINT64_MAX;
	e->buckets = spill_new(pool, 1);
	e->docs = spill_new(pool, 1);
	if (o->details)
		e->facts = facts_new(pool);
	return e;
}

void
elect_old(struct elect *e, uint64_t number, bool removed)
{
	bits_add(&e->old, number);
	if (removed)
		bits_add(&e->removed, number);
}

int
elect_same(void *arg, uint64_t kept, uint64_t removed, struct err *err)
{
	struct elect *e = arg;

	bits_add(&e->twin, removed);
	if (bits_has(&e->old, removed))
		return 0;
	e->stats.same++;
	e->stats.removed++;
	bits_add(&e->removed, removed);
	if (e->o->ids)
		bits_add(&e->leads, kept);
	return e->facts ? facts_same(e->facts, kept, removed, err) : 0;
}

int
elect_bucket(void *arg, const uint64_t *number, size_t n, struct err *err)
{
	struct elect *e = arg;
	uint32_t count = 0;
	unsigned char *p;

	if (n > UINT32_MAX)
		return err_set(
		    err, EXIT_SYSTEM, "more than 2^32 documents share a band key");
	for (size_t i = 0; i < n; i++)
		count += !bits_has(&e->twin, number[i]);
	if (count < 2)
		return 0;
	if (count > e->stats.largest) {
		e->stats.largest = count;
		e->stats.example_number = number[0];
	}
	e->record.n = 0;
	buf_put(&e->record, &count, sizeof count);
	buf_reserve(&e->record, n * NUMBER_BYTES);
	p = (unsigned char *)e->record.p + e->record.n;
	for (size_t i = 0; i < n; i++) {
		if (bits_has(&e->twin, number[i]))
			continue;
		store40(p, number[i]);
		bits_add(&e->candidate, number[i]);
		p += NUMBER_BYTES;
	}
	e->record.n += count * (size_t)NUMBER_BYTES;
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
			    root_of(e, candidate_at(e, p + (size_t)i * NUMBER_BYTES));

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

/* Number the components from 0, in place of their weights. */
static void
list_components(struct elect *e)
{
	for (uint32_t i = 0; i < e->stats.candidates; i++)
		if (e->parent[i] == i)
			e->weight[i] = e->stats.components++;
	e->component = xcalloc(e->stats.components + 1, sizeof *e->component);
}

static void
join_component(struct elect *e, uint32_t root, const struct near_doc *d)
{
	struct component *c = &e->component[e->weight[root]];

	if (c->n == 0 || near_doc_order(d, &c->best) < 0)
		c->best = *d;
	c->n++;
	if (c->n > e->stats.largest_component)
		e->stats.largest_component = c->n;
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
	if (spill_read(e->buckets, 0, connect_buckets, e, err) < 0)
		return -1;
	if (e->o->components)
		list_components(e);
	return 0;
}

int
elect_doc(void *arg, const struct near_doc *d, struct err *err)
{
	struct elect *e = arg;
	uint32_t root;

	if (!bits_has(&e->candidate, d->number))
		return 0;
	root = root_of(e, (uint32_t)bits_number(&e->candidate, d->number));
	if (e->o->components) {
		join_component(e, root, d);
		return 0;
	}
	e->weight[root] += d->shingles * sizeof(uint64_t) + sizeof *d;
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
	if (e->o->components)
		return 0;
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
	return !e->o->components && bits_has(&e->candidate, number) &&
	       !bits_has(&e->removed, number);
}

/* Whether the warning about large buckets names a document. */
static bool
is_example(const struct elect *e, uint64_t number)
{
	return e->stats.largest > e->o->leaders.best &&
	       number == e->stats.example_number && !e->o->components;
}

bool
elect_wants_id(const struct elect *e, uint64_t number)
{
	return (e->o->ids &&
		   (bits_has(&e->candidate, number) || bits_has(&e->leads, number))) ||
	       is_example(e, number);
}

int
elect_id(struct elect *e, uint64_t number, struct span id, struct err *err)
{
	if (is_example(e, number)) {
		e->example_id.n = 0;
		buf_put(&e->example_id, id.p, id.n);
		buf_putc(&e->example_id, '\0');
		e->stats.example = e->example_id.p;
	}
	return e->o->ids ? facts_id(e->facts, number, id, err) : 0;
}

int
elect_shingles(struct elect *e, uint64_t number, uint64_t content,
    const uint64_t *shingle, size_t n, struct err *err)
{
	const uint64_t head[] = { number, content, n };
	char *p = spill_room(e->shingles,
	    part_of(e, (uint32_t)bits_number(&e->candidate, number)),
	    sizeof head + n * sizeof *shingle, err);

	if (!p)
		return -1;
	memcpy(p, head, sizeof head);
	memcpy(p + sizeof head, shingle, n * sizeof *shingle);
	return 0;
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

/* The documents of one partition. */
struct electorate {
	struct leader_doc *v; /* ascending by number */
	size_t n;
};

/* Point documents to their shingles, whose records stay where they are, unless these are
 * of another text. */
static int
attach_shingles(void *arg, struct span s, struct err *err)
{
	struct electorate *x = arg;

	while (s.n) {
		struct leader_doc key = { 0 }, *d;
		uint64_t head[3];

		memcpy(head, s.p, sizeof head);
		key.doc.number = head[0];
		d = bsearch(&key, x->v, x->n, sizeof *x->v, by_number);
		if (!d)
			BUG("shingles of a document that is not a candidate");
		d->n = head[2];
		if (d->doc.content == head[1])
			d->shingle = (const uint64_t *)(const void *)(s.p + sizeof head);
		s = span_from(s, sizeof head + (size_t)head[2] * sizeof(uint64_t));
	}
	return 0;
}

/* Load the documents of a partition, and point them to their shingles. */
static int
load_electorate(struct elect *e, size_t part, struct electorate *x, struct err *err)
{
	struct buf docs = { 0 };

	if (load(e->dealt_docs, part, &docs, err) < 0) {
		buf_free(&docs);
		return -1;
	}
	x->n = docs.n / sizeof x->v->doc;
	x->v = xcalloc(x->n + 1, sizeof *x->v);
	for (size_t i = 0; i < x->n; i++) {
		memcpy(&x->v[i].doc, docs.p + i * sizeof x->v->doc, sizeof x->v->doc);
		x->v[i].removed = bits_has(&e->removed, x->v[i].doc.number);
	}
	buf_free(&docs);
	qsort(x->v, x->n, sizeof *x->v, by_number);
	if (spill_pin(e->shingles, part, attach_shingles, x, err) < 0)
		return -1;
	for (size_t i = 0; i < x->n && e->stats.changed == UINT64_MAX; i++)
		if (!x->v[i].removed && !x->v[i].shingle)
			e->stats.changed = x->v[i].doc.number;
	return e->stats.changed == UINT64_MAX
		   ? 0
		   : err_set(err, EXIT_DATA,
			 "document %llu is not the one that was sketched: the input has "
			 "changed",
			 (unsigned long long)e->stats.changed + 1);
}

static void
note_removed(struct elect *e, uint64_t number, uint64_t leader, double similarity)
{
	bits_add(&e->removed, number);
	e->stats.removed++;
	if (e->facts)
		facts_removed(e->facts, number, leader, similarity);
}

static int
decide_part(struct elect *e, size_t part, struct err *err)
{
	struct electorate x = { 0 };
	struct buf buckets = { 0 };
	int rc = load_electorate(e, part, &x, err);

	if (rc == 0)
		rc = load(e->dealt_buckets, part, &buckets, err);
	if (rc == 0)
		leaders_decide(
		    &e->o->leaders, x.v, x.n, buf_span(&buckets), &e->stats.leaders);
	for (size_t i = 0; i < x.n && rc == 0; i++)
		if (x.v[i].removed && x.v[i].doc.age == NEAR_NEW)
			note_removed(
			    e, x.v[i].doc.number, x.v[i].leader, x.v[i].similarity);
	spill_unpin(e->shingles);
	free(x.v);
	buf_free(&buckets);
	return rc;
}

/* Remove all documents of each component but the best. */
static void
keep_best(struct elect *e)
{
	uint32_t i = 0;

	for (uint64_t number = 0; i < e->stats.candidates; number++) {
		const struct near_doc *best;

		if (!bits_has(&e->candidate, number))
			continue;
		best = &e->component[e->weight[root_of(e, i++)]].best;
		if (best->number != number)
			note_removed(e, number, best->number, 1);
	}
}

int
elect_run(struct elect *e, struct err *err)
{
	if (e->o->components)
		keep_best(e);
	for (size_t i = 0; i < e->nparts; i++)
		if (decide_part(e, i, err) < 0)
			return -1;
	return e->facts ? facts_finish(e->facts, err) : 0;
}

bool
elect_removed(const struct elect *e, uint64_t number)
{
	return bits_has(&e->removed, number);
}

const struct bitset *
elect_twins(const struct elect *e)
{
	return &e->twin;
}

const struct bitset *
elect_removals(const struct elect *e)
{
	return &e->removed;
}

const struct elect_stats *
elect_stats(const struct elect *e)
{
	return &e->stats;
}

bool
elect_find(const struct elect *e, uint64_t number, struct fact *fact)
{
	return facts_find(e->facts, number, fact);
}

void
elect_free(struct elect *e)
{
	if (!e)
		return;
	spill_free(e->buckets);
	spill_free(e->docs);
	spill_free(e->dealt_buckets);
	spill_free(e->dealt_docs);
	spill_free(e->shingles);
	bits_free(&e->candidate);
	bits_free(&e->removed);
	bits_free(&e->old);
	bits_free(&e->twin);
	bits_free(&e->leads);
	free(e->parent);
	free(e->weight);
	free(e->component);
	facts_free(e->facts);
	buf_free(&e->example_id);
	buf_free(&e->record);
	free(e);
}
