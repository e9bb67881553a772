/* table.c - a hash table with open addressing and linear probing, at most 3/4 full. */
#include "lib/base/table.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* Zero marks an empty slot.  A key of zero is unlikely, but must not be lost. */
static struct hash128
stored(struct hash128 key)
{
	if (key.lo == 0 && key.hi == 0)
		key.hi = 1;
	return key;
}

static struct entry *
find(struct entry *v, size_t cap, struct hash128 key)
{
	size_t i = key.lo & (cap - 1);

	while ((v[i].key.lo || v[i].key.hi) &&
	       (v[i].key.lo != key.lo || v[i].key.hi != key.hi))
		i = (i + 1) & (cap - 1);
	return &v[i];
}

static void
grow(struct table *t)
{
	size_t cap = t->cap ? xmul(t->cap, 2) : 1024;
	struct entry *v = xcalloc(cap, sizeof *v);

	for (size_t i = 0; i < t->cap; i++)
		if (t->v[i].key.lo || t->v[i].key.hi)
			*find(v, cap, t->v[i].key) = t->v[i];
	free(t->v);
	t->v = v;
	t->cap = cap;
}

uint64_t *
table_put(struct table *t, struct hash128 key, bool *fresh)
{
	struct entry *e;

	if (t->n >= t->cap / 4 * 3)
		grow(t);
	key = stored(key);
	e = find(t->v, t->cap, key);
	*fresh = !e->key.lo && !e->key.hi;
	if (*fresh) {
		e->key = key;
		t->n++;
	}
	return &e->value;
}

const uint64_t *
table_get(const struct table *t, struct hash128 key)
{
	struct entry *e;

	if (!t->n)
		return NULL;
	e = find(t->v, t->cap, stored(key));
	return e->key.lo || e->key.hi ? &e->value : NULL;
}

void
table_free(struct table *t)
{
	free(t->v);
	*t = (struct table){ 0 };
}
