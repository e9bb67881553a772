/* facts.c - which document each removed one duplicates, for the fields of --tag. */
#include "dedup/facts.h"

#include <stdlib.h>

#include "dedup/near_doc.h"

enum { SIMILARITY_UNITS = 10000 };

/* A document number fits NUMBER_BITS. */
static const uint64_t number_mask = (UINT64_C(1) << NUMBER_BITS) - 1;

/* A removed document. */
struct removal {
	uint64_t number : NUMBER_BITS, similarity : 64 - NUMBER_BITS;
	uint64_t leader;
};

struct leader {
	uint64_t number;
	uint64_t count; /* documents removed in its favour */
	size_t id;	/* offset of its id, and a NUL, in ids; SIZE_MAX: not yet known */
};

struct same_pair {
	uint64_t of, removed;
};

struct dup_facts {
	struct spill *same;	 /* struct same_pair */
	struct spill *id;	 /* number, length, and the bytes of an id */
	struct removal *removal; /* at last, ascending by number */
	size_t nremovals, cap;
	struct leader *leader; /* ascending by number */
	size_t nleaders, leader_cap;
	struct buf ids, record;
};

struct dup_facts *
facts_new(struct spill_pool *pool)
{
	struct dup_facts *f = xcalloc(1, sizeof *f);

	f->same = spill_new(pool, 1);
	f->id = spill_new(pool, 1);
	return f;
}

static void
add_removal(struct dup_facts *f, uint64_t number, uint64_t leader, unsigned similarity)
{
	GROW(f->removal, f->nremovals, f->cap);
	f->removal[f->nremovals++] = (struct removal){ .number = number & number_mask,
		.similarity = similarity & 0xffffff,
		.leader = leader };
}

void
facts_removed(struct dup_facts *f, uint64_t number, uint64_t leader, double similarity)
{
	add_removal(f, number, leader, (unsigned)(similarity * SIMILARITY_UNITS + 0.5));
}

int
facts_same(struct dup_facts *f, uint64_t of, uint64_t removed, struct err *err)
{
	const struct same_pair s = { of, removed };

	return spill_put(f->same, 0, &s, sizeof s, err);
}

int
facts_id(struct dup_facts *f, uint64_t number, struct span id, struct err *err)
{
	const uint64_t head[2] = { number, id.n };

	f->record.n = 0;
	buf_put(&f->record, head, sizeof head);
	buf_put(&f->record, id.p, id.n);
	return spill_put(f->id, 0, f->record.p, f->record.n, err);
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t x = ((const struct removal *)a)->number,
		       y = ((const struct removal *)b)->number;

	return x < y ? -1 : x > y;
}

static int
by_leader(const void *a, const void *b)
{
	const uint64_t x = ((const struct removal *)a)->leader,
		       y = ((const struct removal *)b)->leader;

	return x < y ? -1 : x > y;
}

static int
leaders_by_number(const void *a, const void *b)
{
	const uint64_t x = ((const struct leader *)a)->number,
		       y = ((const struct leader *)b)->number;

	return x < y ? -1 : x > y;
}

static struct removal *
find_removal(const struct dup_facts *f, size_t n, uint64_t number)
{
	const struct removal key = { .number = number & number_mask };

	return n ? bsearch(&key, f->removal, n, sizeof key, by_number) : NULL;
}

static struct leader *
find_leader(const struct dup_facts *f, uint64_t number)
{
	const struct leader key = { .number = number };

	return f->nleaders
		   ? bsearch(&key, f->leader, f->nleaders, sizeof key, leaders_by_number)
		   : NULL;
}

struct same_reader {
	struct dup_facts *f;
	size_t n; /* removals in order */
};

/* Give each document of a pair the leader of the other one. */
static int
add_same(void *arg, struct span s, struct err *err)
{
	struct same_reader *a = arg;

	for (struct same_pair p; s.n; s = span_from(s, sizeof p)) {
		const struct removal *of;

		memcpy(&p, s.p, sizeof p);
		of = find_removal(a->f, a->n, p.of);
		if (of)
			add_removal(a->f, p.removed, of->leader, of->similarity);
		else
			add_removal(a->f, p.removed, p.of, SIMILARITY_UNITS);
	}
	return 0;
}

/* List the leaders. */
static void
count_removals(struct dup_facts *f)
{
	qsort(f->removal, f->nremovals, sizeof *f->removal, by_leader);
	for (size_t i = 0, k; i < f->nremovals; i = k) {
		for (k = i + 1;
		     k < f->nremovals && f->removal[k].leader == f->removal[i].leader;
		     k++)
			;
		GROW(f->leader, f->nleaders, f->leader_cap);
		f->leader[f->nleaders++] =
		    (struct leader){ f->removal[i].leader, k - i, SIZE_MAX };
	}
}

/* Keep the ids of the leaders. */
static int
read_ids(void *arg, struct span s, struct err *err)
{
	struct dup_facts *f = arg;

	while (s.n) {
		struct leader *l;
		uint64_t head[2];

		memcpy(head, s.p, sizeof head);
		s = span_from(s, sizeof head);
		l = find_leader(f, head[0]);
		if (l) {
			l->id = f->ids.n;
			buf_put(&f->ids, s.p, (size_t)head[1]);
			buf_putc(&f->ids, '\0');
		}
		s = span_from(s, (size_t)head[1]);
	}
	return 0;
}

int
facts_finish(struct dup_facts *f, struct err *err)
{
	struct same_reader a = { f, f->nremovals };

	if (f->nremovals)
		qsort(f->removal, f->nremovals, sizeof *f->removal, by_number);
	if (spill_read(f->same, 0, add_same, &a, err) < 0)
		return -1;
	if (f->nremovals == 0)
		return 0;
	count_removals(f);
	qsort(f->removal, f->nremovals, sizeof *f->removal, by_number);
	if (spill_read(f->id, 0, read_ids, f, err) < 0)
		return -1;
	for (size_t i = 0; f->ids.n && i < f->nleaders; i++)
		if (f->leader[i].id == SIZE_MAX)
			return err_set(err, EXIT_DATA,
			    "the input changed while it was read: a document is missing");
	spill_free(f->same);
	spill_free(f->id);
	f->same = f->id = NULL;
	return 0;
}

bool
facts_find(const struct dup_facts *f, uint64_t number, struct fact *fact)
{
	const struct removal *r = find_removal(f, f->nremovals, number);
	const struct leader *l = find_leader(f, r ? r->leader : number);

	if (!l)
		return false;
	*fact = (struct fact){ .removed = r != NULL, .count = l->count, .similarity = 1 };
	if (l->id != SIZE_MAX)
		fact->id = span_of(f->ids.p + l->id);
	if (r)
		fact->similarity = (double)r->similarity / SIMILARITY_UNITS;
	return true;
}

void
facts_free(struct dup_facts *f)
{
	if (!f)
		return;
	spill_free(f->same);
	spill_free(f->id);
	free(f->removal);
	free(f->leader);
	buf_free(&f->ids);
	buf_free(&f->record);
	free(f);
}
