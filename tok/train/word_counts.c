/*
 * word_counts.c - count words in bounded memory: a hash table that is written as a sorted
 * run whenever it is full.
 *
 * The top bits of a hash choose the slot; the next free one is taken.  Therefore each
 * stretch of used slots holds smaller hashes than the next, and sorting the stretches
 * sorts the table.  Slots past the last home slot make that true of the end, too.
 */
#include "tok/train/word_counts.h"

#include <stdlib.h>

enum { BITS_MIN = 12, BITS_MAX = 40, BEYOND = 4096 };

struct count_slot {
	uint64_t hash, count; /* count 0: a free slot */
	uint64_t text;	      /* offset in texts << 14 | bytes */
};

struct word_counts {
	uint64_t memory;
	struct count_slot *slot; /* 2^bits home slots and BEYOND more */
	unsigned bits;
	size_t n; /* used */
	struct buf texts;
	struct word_runs *runs;
	size_t spills;
	struct counted *sorted; /* a stretch, while the table is read */
	size_t cap;
};

static size_t
slots(unsigned bits)
{
	return ((size_t)1 << bits) + BEYOND;
}

struct word_counts *
word_counts_new(uint64_t memory, const char *tmp)
{
	struct word_counts *c = xcalloc(1, sizeof *c);

	if (!tmp)
		tmp = getenv("TMPDIR");
	c->memory = memory;
	c->bits = BITS_MIN;
	c->slot = xcalloc(slots(c->bits), sizeof *c->slot);
	c->runs = word_runs_new(tmp && *tmp ? tmp : "/tmp");
	return c;
}

static struct span
counted_text(const struct word_counts *c, const struct count_slot *s)
{
	return (struct span){ c->texts.p + (s->text >> 14), s->text & WORD_MAX };
}

/* The slot of a word, or the free one for it; NULL: no slot is left there. */
static struct count_slot *
find(const struct word_counts *c, const struct counted *w)
{
	struct count_slot *s = &c->slot[w->hash >> (64 - c->bits)];
	const struct count_slot *const end = c->slot + slots(c->bits);

	for (; s < end; s++)
		if (!s->count ||
		    (s->hash == w->hash && span_eq(counted_text(c, s), w->text)))
			return s;
	return NULL;
}

/* Whether the table may have one slot bit more, while it is copied. */
static bool
may_grow(const struct word_counts *c)
{
	const uint64_t both = (slots(c->bits) + slots(c->bits + 1)) * sizeof *c->slot;

	return c->bits < BITS_MAX && both + c->texts.n <= c->memory;
}

static void
grow(struct word_counts *c)
{
	const struct word_counts old = *c;

	c->bits++;
	c->slot = xcalloc(slots(c->bits), sizeof *c->slot);
	for (size_t i = 0; i < slots(old.bits); i++) {
		struct count_slot *to = &c->slot[old.slot[i].hash >> (64 - c->bits)];

		if (!old.slot[i].count)
			continue;
		/* A word that was at its old home or after it fits here, too. */
		while (to->count)
			to++;
		*to = old.slot[i];
	}
	free(old.slot);
}

static int
by_order(const void *a, const void *b)
{
	return word_order(a, b);
}

static int
each_in_table(struct word_counts *c, word_fn *each, void *arg, struct err *err)
{
	const size_t end = slots(c->bits);

	for (size_t i = 0, n; i < end; i += n + 1) {
		for (n = 0; i + n < end && c->slot[i + n].count; n++)
			;
		if (n > c->cap) {
			c->cap = 2 * n;
			c->sorted = xrealloc(c->sorted, c->cap, sizeof *c->sorted);
		}
		if (n == 0)
			continue;
		for (size_t k = 0; k < n; k++) {
			const struct count_slot *s = &c->slot[i + k];

			c->sorted[k] =
			    (struct counted){ s->hash, counted_text(c, s), s->count };
		}
		qsort(c->sorted, n, sizeof *c->sorted, by_order);
		for (size_t k = 0; k < n; k++)
			if (each(arg, &c->sorted[k], err) < 0)
				return -1;
	}
	return 0;
}

static int
put_word(void *arg, const struct counted *w, struct err *err)
{
	return word_runs_put(arg, w, err);
}

static int
spill(struct word_counts *c, struct err *err)
{
	if (each_in_table(c, put_word, c->runs, err) < 0 ||
	    word_runs_end(c->runs, err) < 0)
		return -1;
	memset(c->slot, 0, slots(c->bits) * sizeof *c->slot);
	c->n = 0;
	c->texts.n = 0;
	c->spills++;
	return 0;
}

static bool
full(const struct word_counts *c, size_t more)
{
	return c->n >= ((size_t)3 << c->bits) / 4 ||
	       (c->n && c->texts.n + more + slots(c->bits) * sizeof *c->slot > c->memory);
}

int
word_counts_add(struct word_counts *c, const struct counted *w, struct err *err)
{
	struct count_slot *s;

	while ((s = find(c, w)) == NULL || (!s->count && full(c, w->text.n))) {
		if (may_grow(c))
			grow(c);
		else if (spill(c, err) < 0)
			return -1;
	}
	if (s->count) {
		if (__builtin_add_overflow(s->count, w->count, &s->count))
			s->count = UINT64_MAX;
		return 0;
	}
	*s = (struct count_slot){ w->hash, w->count,
		(uint64_t)c->texts.n << 14 | w->text.n };
	buf_put(&c->texts, w->text.p, w->text.n);
	c->n++;
	return 0;
}

int
word_counts_put(struct word_counts *c, const struct counted *w, struct err *err)
{
	return word_runs_put(c->runs, w, err);
}

int
word_counts_end(struct word_counts *c, struct err *err)
{
	c->spills++;
	return word_runs_end(c->runs, err);
}

void
word_counts_prefetch(const struct word_counts *c, uint64_t hash)
{
	__builtin_prefetch(&c->slot[hash >> (64 - c->bits)], 1);
}

int
word_counts_each(struct word_counts *c, word_fn *each, void *arg, struct err *err)
{
	if (!c->spills)
		return each_in_table(c, each, arg, err);
	if (c->n && spill(c, err) < 0)
		return -1;
	return word_runs_each(c->runs, each, arg, err);
}

size_t
word_counts_spills(const struct word_counts *c)
{
	return c->spills;
}

void
word_counts_free(struct word_counts *c)
{
	if (!c)
		return;
	word_runs_free(c->runs);
	free(c->slot);
	free(c->sorted);
	buf_free(&c->texts);
	free(c);
}
