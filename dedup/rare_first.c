/* rare_first.c - sets whose elements are numbered, the rarest first. */
#include "dedup/rare_first.h"

#include <stdlib.h>

/* All hashes that two or more sets have, in ascending order. */
struct shared {
	uint64_t *hash;
	uint32_t *rank; /* at first the number of sets */
	uint32_t n;
	/* Where the hashes with the same highest bits begin: one or two on average. */
	uint32_t *bucket;
	int shift;
};

uint32_t
rare_sets_add(struct rare_sets *x, const uint64_t *hash, uint32_t n)
{
	if (x->hash_cap - x->elements < n) {
		x->hash_cap = xadd(x->hash_cap, x->hash_cap / 2 + n);
		x->hash = xrealloc(x->hash, x->hash_cap, sizeof *x->hash);
	}
	if (x->n == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 16;
		x->v = xrealloc(x->v, x->cap, sizeof *x->v);
	}
	x->v[x->n] = (struct rare_set){ .from = x->elements, .size = n };
	memcpy(x->hash + x->elements, hash, n * sizeof *hash);
	x->elements += n;
	return x->n++;
}

static void
insertion_sort64(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const uint64_t h = v[i];
		size_t k = i;

		for (; k && v[k - 1] > h; k--)
			v[k] = v[k - 1];
		v[k] = h;
	}
}

/*
 * Order by the byte at `shift`, in place: American flag sort (McIlroy, Bostic, McIlroy
 * 1993).  The hashes with byte b are from v[end[b]] to v[end[b + 1] - 1] then.
 */
static void
flag_pass(uint64_t *v, size_t n, int shift, size_t end[257])
{
	size_t at[256];

	memset(end, 0, 257 * sizeof *end);
	for (size_t i = 0; i < n; i++)
		end[(v[i] >> shift & 255) + 1]++;
	for (int b = 0; b < 256; b++) {
		end[b + 1] += end[b];
		at[b] = end[b];
	}
	for (int b = 0; b < 256; b++)
		while (at[b] < end[b + 1]) {
			uint64_t h = v[at[b]];

			for (int to; (to = (int)(h >> shift & 255)) != b;) {
				const uint64_t other = v[at[to]];

				v[at[to]++] = h;
				h = other;
			}
			v[at[b]++] = h;
		}
}

static void
flag_sort(uint64_t *v, size_t n)
{
	enum { SHORT = 40 };
	/* Parts to sort by the byte at shift and below.  Each pass replaces one by 256 at
	 * most. */
	struct sort_part {
		size_t from, n;
		int shift;
	} todo[8 * 256];
	size_t parts = 0, end[257];

	todo[parts++] = (struct sort_part){ 0, n, 56 };
	while (parts) {
		const struct sort_part p = todo[--parts];

		if (p.n <= SHORT) {
			insertion_sort64(v + p.from, p.n);
			continue;
		}
		flag_pass(v + p.from, p.n, p.shift, end);
		for (int b = 0; b < 256 && p.shift; b++)
			if (end[b + 1] - end[b] > 1)
				todo[parts++] = (struct sort_part){ p.from + end[b],
					end[b + 1] - end[b], p.shift - 8 };
	}
}

/* List the hashes that occur twice or more, with their numbers. */
static void
find_shared(struct shared *s, const struct rare_sets *x)
{
	const size_t n = x->elements;
	size_t shared = 0;

	s->hash = xmalloc(xmul(n + 1, sizeof *s->hash));
	if (n)
		memcpy(s->hash, x->hash, n * sizeof *s->hash);
	flag_sort(s->hash, n);
	for (size_t i = 1; i < n; i++)
		shared += s->hash[i] == s->hash[i - 1] &&
			  (i < 2 || s->hash[i] != s->hash[i - 2]);
	s->rank = xmalloc(xmul(shared + 1, sizeof *s->rank));
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && s->hash[k] == s->hash[i]; k++)
			;
		if (k - i < 2)
			continue;
		s->hash[s->n] = s->hash[i];
		s->rank[s->n++] = (uint32_t)(k - i);
	}
	s->hash = xrealloc(s->hash, (size_t)s->n + 1, sizeof *s->hash);
}

/* Replace the numbers of sets by ranks: the least number first, then the least hash. */
static void
rank_shared(struct shared *s, uint32_t most)
{
	uint64_t *first = xcalloc((size_t)most + 2, sizeof *first);

	for (uint32_t i = 0; i < s->n; i++)
		first[s->rank[i] + 1]++;
	for (size_t i = 1; i < (size_t)most + 2; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < s->n; i++)
		s->rank[i] = (uint32_t)first[s->rank[i]]++;
	free(first);
}

static void
fill_buckets(struct shared *s)
{
	size_t buckets = 2;
	uint32_t i = 0;

	s->shift = 63;
	while (buckets < s->n / 2) {
		buckets *= 2;
		s->shift--;
	}
	s->bucket = xmalloc(xmul(buckets + 1, sizeof *s->bucket));
	for (size_t b = 0; b <= buckets; b++) {
		while (i < s->n && s->hash[i] >> s->shift < b)
			i++;
		s->bucket[b] = i;
	}
}

/* The index of hash h, or s->n. */
static inline uint32_t
find_hash(const struct shared *s, uint64_t h)
{
	const uint32_t *b = s->bucket + (h >> s->shift);
	uint32_t i = b[0];

	while (i < b[1] && s->hash[i] < h)
		i++;
	return i < b[1] && s->hash[i] == h ? i : s->n;
}

static void
insertion_sort32(uint32_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const uint32_t r = v[i];
		size_t k = i;

		for (; k && v[k - 1] > r; k--)
			v[k] = v[k - 1];
		v[k] = r;
	}
}

/* Sort n numbers below `most`; tmp: room for n. */
static void
sort_ranks(uint32_t *v, uint32_t *tmp, size_t n, uint32_t most)
{
	enum { SHORT = 48 };
	uint32_t *from = v, *to = tmp;

	if (n <= SHORT) {
		insertion_sort32(v, n);
		return;
	}
	for (int shift = 0; shift < 32 && most >> shift; shift += 8) {
		size_t at[257] = { 0 };
		uint32_t *other = from;

		for (size_t i = 0; i < n; i++)
			at[(from[i] >> shift & 255) + 1]++;
		for (int i = 0; i < 256; i++)
			at[i + 1] += at[i];
		for (size_t i = 0; i < n; i++)
			to[at[from[i] >> shift & 255]++] = from[i];
		from = to;
		to = other;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
}

/*
 * Write the ranks of set s from `to` on.  The array of ranks replaces that of hashes in
 * place, so `to` is at most 4 bytes for each earlier hash.
 */
static void
replace_hashes(struct rare_sets *x, const struct shared *sh, struct rare_set *s,
    uint64_t to, uint32_t *rank, uint32_t *tmp)
{
	enum { AHEAD = 16 };
	const uint64_t *hash = x->hash + s->from;
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->size; i++) {
		uint32_t at;

		if (i + 2 * AHEAD < s->size)
			__builtin_prefetch(
			    sh->bucket + (hash[i + 2 * AHEAD] >> sh->shift));
		if (i + AHEAD < s->size)
			__builtin_prefetch(
			    sh->hash + sh->bucket[hash[i + AHEAD] >> sh->shift]);
		at = find_hash(sh, hash[i]);
		if (at < sh->n)
			rank[n++] = sh->rank[at];
	}
	sort_ranks(rank, tmp, n, sh->n);
	memcpy((char *)x->hash + to * sizeof *rank, rank, n * sizeof *rank);
	s->from = to;
	s->shared = n;
}

void
rare_sets_order(struct rare_sets *x)
{
	struct shared sh = { 0 };
	uint32_t *rank, *tmp;
	size_t largest = 0;
	uint64_t to = 0;

	x->hash = xrealloc(x->hash, x->elements + 1, sizeof *x->hash);
	find_shared(&sh, x);
	rank_shared(&sh, x->n);
	fill_buckets(&sh);
	for (uint32_t i = 0; i < x->n; i++)
		if (x->v[i].size > largest)
			largest = x->v[i].size;
	rank = xmalloc(xmul(largest + 1, sizeof *rank));
	tmp = xmalloc(xmul(largest + 1, sizeof *tmp));
	for (uint32_t i = 0; i < x->n; i++) {
		replace_hashes(x, &sh, &x->v[i], to, rank, tmp);
		to += x->v[i].shared;
	}
	x->ranks = sh.n;
	x->rank = xrealloc(x->hash, to + 1, sizeof *x->rank);
	x->hash = NULL;
	free(rank);
	free(tmp);
	free(sh.hash);
	free(sh.rank);
	free(sh.bucket);
}

uint64_t
rare_sets_common(const struct rare_sets *x, uint32_t a, uint32_t b, uint64_t need)
{
	const uint32_t *p = rare_set(x, a), *q = rare_set(x, b);
	const uint32_t *const pend = p + x->v[a].shared, *const qend = q + x->v[b].shared;
	const uint64_t n = x->v[a].shared, m = x->v[b].shared;
	uint64_t common = 0, alone = 0;

	if (need > n || need > m)
		return 0;
	while (p < pend && q < qend && alone <= n + m - 2 * need) {
		const uint32_t v = *p, w = *q;

		common += v == w;
		alone += v != w;
		p += v <= w;
		q += w <= v;
	}
	return common;
}

void
rare_sets_free(struct rare_sets *x)
{
	free(x->v);
	free(x->hash);
	free(x->rank);
	*x = (struct rare_sets){ 0 };
}
