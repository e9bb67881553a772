/* shuffle_test.c - tests whether the samples of each source are in random order. */
#include "mixer/check/shuffle_test.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/base/num.h"

enum {
	PAIRS_A_CELL = 5,    /* on average, the usual minimum for chi-squared */
	TABLE_MAX = 1 << 30, /* pairs before a table is summed up */
};

void
shuffle_test_init(struct shuffle_test *v, uint32_t nsources, const uint64_t *expected)
{
	*v = (struct shuffle_test){ .nsources = nsources, .now = UINT32_MAX };
	v->source = xcalloc(nsources + (size_t)1, sizeof *v->source);
	for (uint32_t s = 0; s < nsources; s++) {
		uint32_t bins = 1;

		while (bins < SHUFFLE_BINS &&
		       expected[s] / PAIRS_A_CELL / (bins + 1) >= bins + 1)
			bins++;
		v->source[s].bins = bins;
	}
}

/*
 * Pearson's chi-squared of independence times (n - 1) / n.  Its mean over all orders of
 * the same values is then exactly the degrees of freedom, so small tables can be added.
 */
static void
add_up(struct shuffle_source *o)
{
	uint64_t row[SHUFFLE_BINS] = { 0 }, column[SHUFFLE_BINS] = { 0 };
	uint32_t rows = 0, columns = 0;
	double sum = 0;

	for (uint32_t i = 0; i < o->bins; i++)
		for (uint32_t k = 0; k < o->bins; k++) {
			row[i] += o->cell[i * o->bins + k];
			column[k] += o->cell[i * o->bins + k];
		}
	for (uint32_t i = 0; i < o->bins; i++) {
		rows += row[i] > 0;
		columns += column[i] > 0;
		for (uint32_t k = 0; k < o->bins; k++) {
			double n = o->cell[i * o->bins + k];

			if (n > 0)
				sum += n * n / ((double)row[i] * (double)column[k]);
		}
	}
	if (rows > 1 && columns > 1) {
		o->pairs += o->in_table;
		o->chi2 += (double)(o->in_table - 1) * (sum - 1);
		o->df += (uint64_t)(rows - 1) * (columns - 1);
	}
	memset(o->cell, 0, (size_t)o->bins * o->bins * sizeof *o->cell);
	o->in_table = 0;
}

static void
end_run(struct shuffle_test *v)
{
	struct shuffle_source *o = &v->source[v->now];

	o->runs++;
	if (v->length > o->longest)
		o->longest = v->length;
	v->length = 0;
}

void
shuffle_test_add(
    struct shuffle_test *v, uint32_t s, uint8_t epoch, uint64_t row, uint64_t rows)
{
	struct shuffle_source *o = &v->source[s];
	uint32_t bin;

	if (v->length > 0 && v->now != s)
		end_run(v);
	v->now = s;
	v->length++;
	o->samples++;
	if (o->bins < 2)
		return;
	if (!o->cell)
		o->cell = xcalloc((size_t)o->bins * o->bins, sizeof *o->cell);
	bin = (uint32_t)((u128)row * o->bins / rows);
	if (o->known && (epoch != o->epoch || o->in_table == TABLE_MAX)) {
		if (o->in_table > 0)
			add_up(o);
	} else if (o->known) {
		o->cell[o->last * o->bins + bin]++;
		o->in_table++;
	}
	o->known = true;
	o->epoch = epoch;
	o->last = bin;
}

void
shuffle_test_finish(struct shuffle_test *v)
{
	if (v->length > 0)
		end_run(v);
	for (uint32_t s = 0; s < v->nsources; s++)
		if (v->source[s].in_table > 0)
			add_up(&v->source[s]);
}

void
shuffle_test_free(struct shuffle_test *v)
{
	for (uint32_t s = 0; s < v->nsources; s++)
		free(v->source[s].cell);
	free(v->source);
	*v = (struct shuffle_test){ 0 };
}
