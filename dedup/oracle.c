/* oracle.c - the exact result of near-duplicate removal, and the judgement of another. */
#include "dedup/oracle.h"

#include <stdlib.h>

/* The documents that have the same shingles. */
struct oracle_set {
	uint32_t first; /* the best of them by rank */
	uint32_t n;
	uint32_t parent; /* in the forest of components; itself: a root */
	uint32_t kept;	 /* documents that the judged result keeps */
	uint32_t first_kept;
	bool removed;	/* even the best document: another set has a similar one */
	bool near_kept; /* another set has a similar document that is kept */
	bool missed;	/* and one of them ranks before first_kept */
};

void
oracle_init(struct oracle *o, enum measure measure, uint64_t threshold, bool judge)
{
	*o = (struct oracle){ .measure = measure,
		.threshold = threshold,
		.judge = judge,
		.join = join_new(measure, threshold) };
}

uint64_t
oracle_memory(const struct oracle *o)
{
	/* Arrays grow by half or double, and sorting documents takes a copy. */
	const uint64_t doc = 2 * sizeof *o->doc + sizeof(uint32_t);
	const uint64_t set =
	    JOIN_SET_BYTES + sizeof(struct oracle_set) + 2 * sizeof(struct entry);

	return o->n * doc + o->mem_bytes + join_sets(o->join) * set +
	       join_elements(o->join) * JOIN_ELEMENT_BYTES;
}

bool
oracle_full(const struct oracle *o)
{
	return o->n == NO_DOC - 1 || join_sets(o->join) == JOIN_SETS_MAX - 1 ||
	       join_elements(o->join) > JOIN_ELEMENTS_MAX - UINT32_MAX;
}

void
oracle_add(
    struct oracle *o, const struct oracle_doc *d, const uint64_t *shingle, uint32_t n)
{
	struct oracle_doc *to;
	uint64_t *set;
	bool fresh;

	if (o->n == o->cap) {
		o->cap = o->cap ? o->cap * 2 : 16;
		o->doc = xrealloc(o->doc, o->cap, sizeof *o->doc);
	}
	to = &o->doc[o->n++];
	*to = *d;
	to->id.p = arena_copy(&o->mem, d->id);
	to->set = NO_SET;
	o->mem_bytes += d->id.n + 16;
	if (n == 0)
		return;
	set = table_put(&o->set_of,
	    hash128((struct span){ (const char *)shingle, n * sizeof *shingle }, 0),
	    &fresh);
	if (fresh)
		*set = join_add(o->join, shingle, n);
	to->set = (uint32_t)*set;
}

static int
by_rank(const void *a, const void *b)
{
	return near_doc_order(
	    &((const struct oracle_doc *)a)->doc, &((const struct oracle_doc *)b)->doc);
}

/*
 * Fill in all sets, and list them in `order` by their best documents.  Of a set, all
 * documents but the best are removed: a document that removes the best is similar to
 * them, too.
 */
static void
collect_sets(struct oracle *o, uint32_t *order)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < o->n; i++) {
		struct oracle_doc *d = &o->doc[i];
		struct oracle_set *s;

		if (d->set == NO_SET) {
			o->r.without_words++;
			continue;
		}
		s = &o->set[d->set];
		if (s->n++ == 0) {
			s->first = i;
			s->parent = d->set;
			order[n++] = d->set;
		}
		if (d->kept && s->kept++ == 0)
			s->first_kept = i;
	}
}

static uint32_t
root_of(struct oracle_set *set, uint32_t s)
{
	while (set[s].parent != s)
		s = set[s].parent = set[set[s].parent].parent;
	return s;
}

/* Keep the examples of most similarity; of equal ones the first by rank. */
static void
add_example(struct oracle_examples *e, struct oracle_example x)
{
	size_t i = e->n;

	while (
	    i && (e->v[i - 1].similarity < x.similarity ||
		     (e->v[i - 1].similarity == x.similarity &&
			 (e->v[i - 1].doc > x.doc ||
			     (e->v[i - 1].doc == x.doc && e->v[i - 1].other > x.other)))))
		i--;
	if (i == ORACLE_EXAMPLES)
		return;
	e->n += e->n < ORACLE_EXAMPLES;
	memmove(e->v + i + 1, e->v + i, (e->n - i - 1) * sizeof *e->v);
	e->v[i] = x;
}

static void
count_similarity(
    struct oracle *o, uint64_t n, uint64_t m, uint64_t common, uint64_t pairs)
{
	const uint64_t of = o->measure == MEASURE_JACCARD ? n + m - common
			    : n < m			  ? n
							  : m;
	const uint64_t above = common * SIMILARITY_ONE / of - o->threshold;

	o->r.pairs += pairs;
	o->r.bin[common == of ? ORACLE_BINS - 1 : above / ORACLE_STEP] += pairs;
}

/* The pairs within set s. */
static void
pairs_within(struct oracle *o, uint32_t s)
{
	const uint64_t n = o->set[s].n, kept = o->set[s].kept,
		       size = join_size(o->join, s);

	count_similarity(o, size, size, size, n * (n - 1) / 2);
	if (kept)
		o->r.kept_pairs += kept * (kept - 1) / 2;
}

/* Judge a pair of sets that both have kept documents. */
static void
judge_kept(
    struct oracle *o, struct oracle_set *a, struct oracle_set *b, double similarity)
{
	struct oracle_set *first = a->first_kept < b->first_kept ? a : b;
	struct oracle_set *later = first == a ? b : a;

	o->r.kept_pairs += (uint64_t)a->kept * b->kept;
	later->missed = true;
	add_example(&o->r.missed_at,
	    (struct oracle_example){ later->first_kept, first->first_kept, similarity });
}

static void
add_pair(void *arg, uint32_t earlier, uint32_t later, uint64_t common)
{
	struct oracle *o = arg;
	struct oracle_set *a = &o->set[earlier], *b = &o->set[later];
	const uint64_t n = join_size(o->join, earlier), m = join_size(o->join, later);
	const uint32_t x = root_of(o->set, earlier), y = root_of(o->set, later);

	count_similarity(o, n, m, common, (uint64_t)a->n * b->n);
	o->set[x < y ? y : x].parent = x < y ? x : y;
	/* The pairs come by the rank of `later`, so it is known whether a is removed. */
	b->removed |= !a->removed;
	a->near_kept |= b->kept > 0;
	b->near_kept |= a->kept > 0;
	if (a->kept && b->kept)
		judge_kept(o, a, b, sets_similarity(o->measure, n, m, common));
}

static uint64_t
largest_component(struct oracle *o)
{
	const uint32_t n = join_sets(o->join);
	uint64_t *size = xcalloc((size_t)n + 1, sizeof *size), most = 0;

	for (uint32_t s = 0; s < n; s++)
		size[root_of(o->set, s)] += o->set[s].n;
	for (uint32_t s = 0; s < n; s++)
		most = size[s] > most ? size[s] : most;
	free(size);
	return most;
}

/* The kept document that is most similar to document d. */
static struct oracle_example
nearest_kept(const struct oracle *o, uint32_t d)
{
	struct oracle_example e = { .doc = d, .other = NO_DOC };
	const uint32_t own = o->doc[d].set, n = join_sets(o->join);

	if (own == NO_SET)
		return e;
	for (uint32_t s = 0; s < n; s++) {
		const struct oracle_set *set = &o->set[s];
		double similarity;

		if (!set->kept || s == own)
			continue;
		similarity = sets_similarity(o->measure, join_size(o->join, own),
		    join_size(o->join, s), join_common(o->join, own, s));
		if (similarity > e.similarity ||
		    (similarity > 0 && similarity == e.similarity &&
			set->first_kept < e.other)) {
			e.similarity = similarity;
			e.other = set->first_kept;
		}
	}
	return e;
}

/* Judge document i. */
static void
judge_doc(struct oracle *o, uint32_t i)
{
	const struct oracle_doc *d = &o->doc[i];
	const bool words = d->set != NO_SET;
	const struct oracle_set *s = &o->set[words ? d->set : 0];
	struct oracle_examples *e = &o->r.unjustified_at;

	if (!d->kept) {
		o->r.judged_removed++;
		o->r.agreed += d->removed;
		if (words && (s->kept || s->near_kept))
			return;
		o->r.unjustified++;
		if (e->n < ORACLE_EXAMPLES)
			e->v[e->n++] = nearest_kept(o, i);
	} else if (words && s->first_kept != i) {
		o->r.missed++;
		add_example(
		    &o->r.missed_at, (struct oracle_example){ i, s->first_kept, 1 });
	} else if (words) {
		o->r.missed += s->missed;
	}
}

void
oracle_run(struct oracle *o)
{
	const uint32_t n = join_sets(o->join);
	uint32_t *order = xcalloc((size_t)n + 1, sizeof *order);

	table_free(&o->set_of);
	o->set = xcalloc((size_t)n + 1, sizeof *o->set);
	if (o->n)
		qsort(o->doc, o->n, sizeof *o->doc, by_rank);
	collect_sets(o, order);
	for (uint32_t s = 0; s < n; s++)
		pairs_within(o, s);
	join_run(o->join, order, add_pair, o);
	for (uint32_t i = 0; i < o->n; i++) {
		struct oracle_doc *d = &o->doc[i];

		d->removed = d->set != NO_SET &&
			     (o->set[d->set].removed || o->set[d->set].first != i);
		o->r.removed += d->removed;
	}
	o->r.largest = largest_component(o);
	for (uint32_t i = 0; o->judge && i < o->n; i++)
		judge_doc(o, i);
	free(order);
}

void
oracle_free(struct oracle *o)
{
	join_free(o->join);
	table_free(&o->set_of);
	arena_free(&o->mem);
	free(o->doc);
	free(o->set);
}
