/* pairs.c - pairs of adjacent symbols, their counts and words, and a heap of them. */
#include "tok/train/pairs.h"

#include <stdlib.h>

static struct symbol_pair *
find_slot(const struct pairs *p, uint32_t left, uint32_t right)
{
	const uint64_t key = (uint64_t)left << 32 | right;
	size_t i = (key ^ key >> 29) * 0x9e3779b97f4a7c15u >> (64 - p->bits);

	while (p->slot[i].left != PAIR_NONE &&
	       (p->slot[i].left != left || p->slot[i].right != right))
		i = (i + 1) & (((size_t)1 << p->bits) - 1);
	return &p->slot[i];
}

static void
new_slots(struct pairs *p, unsigned bits)
{
	const size_t n = (size_t)1 << bits;

	p->bits = bits;
	p->slot = xmalloc(xmul(n, sizeof *p->slot));
	for (size_t i = 0; i < n; i++)
		p->slot[i] = (struct symbol_pair){ .left = PAIR_NONE };
}

/* Move the pairs with a count of at least `least` to a table of 2^bits. */
static void
move_pairs(struct pairs *p, unsigned bits, uint64_t least)
{
	struct symbol_pair *const old = p->slot;
	const size_t n = old ? (size_t)1 << p->bits : 0;

	new_slots(p, bits);
	p->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (old[i].left == PAIR_NONE)
			continue;
		if (old[i].count < least) {
			pair_list_free(&p->pool, &old[i].words);
			continue;
		}
		*find_slot(p, old[i].left, old[i].right) = old[i];
		p->n++;
	}
	free(old);
}

struct symbol_pair *
pairs_find(const struct pairs *p, uint32_t left, uint32_t right)
{
	struct symbol_pair *pair;

	if (!p->slot)
		return NULL;
	pair = find_slot(p, left, right);
	return pair->left == PAIR_NONE ? NULL : pair;
}

struct symbol_pair *
pairs_add(struct pairs *p, struct symbol_pair new)
{
	struct symbol_pair *pair;

	if (!p->slot)
		new_slots(p, 12);
	if (p->n >= (size_t)1 << (p->bits - 1))
		move_pairs(p, p->bits + 1, 0);
	pair = find_slot(p, new.left, new.right);
	*pair = new;
	p->n++;
	return pair;
}

static bool
above(const struct pairs *p, const struct heap_entry *a, const struct heap_entry *b)
{
	int d;

	if (a->count != b->count)
		return a->count > b->count;
	d = bpe_symbols_order(p->symbols, a->left, a->right, b->left, b->right);
	if (d)
		return d < 0;
	return a->left != b->left ? a->left < b->left : a->right < b->right;
}

static void
sift_down(struct pairs *p, size_t i)
{
	struct heap_entry *const h = p->heap;
	const struct heap_entry e = h[i];

	for (size_t kid; (kid = 2 * i + 1) < p->heap_n; i = kid) {
		if (kid + 1 < p->heap_n && above(p, &h[kid + 1], &h[kid]))
			kid++;
		if (!above(p, &h[kid], &e))
			break;
		h[i] = h[kid];
	}
	h[i] = e;
}

void
pairs_push(struct pairs *p, const struct symbol_pair *pair)
{
	const struct heap_entry e = { pair->count, pair->left, pair->right };
	size_t i = p->heap_n;

	GROW(p->heap, p->heap_n, p->heap_cap);
	for (p->heap_n++; i > 0 && above(p, &e, &p->heap[(i - 1) / 2]); i = (i - 1) / 2)
		p->heap[i] = p->heap[(i - 1) / 2];
	p->heap[i] = e;
}

void
pairs_pop(struct pairs *p)
{
	p->heap[0] = p->heap[--p->heap_n];
	if (p->heap_n)
		sift_down(p, 0);
}

struct symbol_pair *
pairs_top(struct pairs *p, uint64_t least)
{
	while (p->heap_n) {
		struct heap_entry *const top = &p->heap[0];
		struct symbol_pair *const pair = pairs_find(p, top->left, top->right);

		if (top->count < least)
			return NULL;
		if (!pair || pair->count < least || pair->count == 0) {
			pairs_pop(p);
		} else if (pair->count != top->count) {
			top->count = pair->count;
			sift_down(p, 0);
		} else {
			return pair;
		}
	}
	return NULL;
}

void
pairs_empty(struct pairs *p, struct symbol_pair *pair)
{
	pair->count = 0;
	pair_list_free(&p->pool, &pair->words);
}

void
pairs_compact(struct pairs *p, uint64_t least)
{
	if (!p->slot)
		return;
	move_pairs(p, p->bits, least);
	p->heap_n = 0;
	for (size_t i = 0; i < (size_t)1 << p->bits; i++)
		if (p->slot[i].left != PAIR_NONE)
			pairs_push(p, &p->slot[i]);
}

void
pairs_free(struct pairs *p)
{
	free(p->slot);
	free(p->heap);
	chunk_pool_free(&p->pool);
	*p = (struct pairs){ 0 };
}
