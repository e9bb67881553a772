/* shard_set.c - find the missing shards of the numbered sets that reshard writes. */
#include "shards/shard_set.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "shards/prefix_lock.h"

struct numbers {
	uint32_t *v;
	size_t n, cap;
};

/* The prefix of the set of s, without "-NUMBER"; n is 0 if s is not one of a set. */
static struct span
set_prefix(const struct tshard *s)
{
	const struct tshard_header *h = tshard_header(s);
	const char *prefix = tshard_prefix(s);
	const size_t n = strlen(prefix);
	char number[16];
	int k = snprintf(number, sizeof number, "-%05" PRIu32, h->shard_no);

	if (h->kind != TSHARD_DOCS || h->shard_count < 2 || n <= (size_t)k ||
	    strcmp(prefix + n - (size_t)k, number) != 0)
		return (struct span){ prefix, 0 };
	return (struct span){ prefix, n - (size_t)k };
}

/* The number of a sidecar BASE-NUMBER.sdx, or UINT64_MAX. */
static uint64_t
number_of(const char *name, struct span base)
{
	const char *s = name + base.n;
	char digits[24];
	uint64_t number;
	size_t k;

	if (!span_starts(span_of(name), base))
		return UINT64_MAX;
	k = shard_number_length(s);
	/* The writer pads to five digits. */
	if (k == 0 || k >= sizeof digits || strcmp(s + k, ".sdx") != 0 ||
	    (k > 6 && s[1] == '0'))
		return UINT64_MAX;
	memcpy(digits, s + 1, k - 1);
	digits[k - 1] = '\0';
	return num_u64(digits, &number) ? UINT64_MAX : number;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* List the numbers below `count` of the shards of a set.  False: the directory cannot be
 * read. */
static bool
list_numbers(struct span prefix, uint32_t count, struct numbers *out)
{
	struct buf b = { 0 };
	const struct dirent *e;
	struct span base;
	DIR *d;

	buf_put(&b, prefix.p, prefix.n);
	buf_putc(&b, '\0');
	base = span_from(prefix, (size_t)(path_base(b.p) - b.p));
	b.n = prefix.n - base.n;
	buf_puts(&b, ".");
	buf_putc(&b, '\0');
	d = opendir(b.p);
	buf_free(&b);
	if (!d)
		return false;
	while ((e = readdir(d))) {
		const uint64_t number = number_of(e->d_name, base);

		if (number >= count)
			continue;
		GROW(out->v, out->n, out->cap);
		out->v[out->n++] = (uint32_t)number;
	}
	closedir(d);
	if (out->n > 0)
		qsort(out->v, out->n, sizeof *out->v, by_number);
	return true;
}

bool
shard_set_lacks(struct shard_sets *sets, const struct tshard *s, struct buf *problem)
{
	const uint32_t count = tshard_header(s)->shard_count;
	const struct span prefix = set_prefix(s);
	struct numbers found = { 0 };
	bool fresh = false, lacks;
	size_t first = 0;

	if (prefix.n > 0)
		table_put(&sets->seen, hash128(prefix, 0), &fresh);
	lacks = fresh && list_numbers(prefix, count, &found) && found.n < count;
	if (lacks) {
		while (first < found.n && found.v[first] == first)
			first++;
		problem->n = 0;
		buf_putf(problem,
		    "%.*s-%05zu.sdx: missing, only %zu of the %" PRIu32
		    " shards of its set exist",
		    (int)prefix.n, prefix.p, first, found.n, count);
		buf_putc(problem, '\0');
	}
	free(found.v);
	return lacks;
}

void
shard_sets_free(struct shard_sets *sets)
{
	table_free(&sets->seen);
}
