/* charsmap.c - the table by which a SentencePiece model rewrites characters. */
#include "tok/charsmap.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * The table: the size of a trie in bytes, 32 bits; the trie, a double array of
 * darts-clone with 32 bits per unit; the replacements, each with its NUL.  All is
 * little-endian.
 *
 * A unit has a label in bits 0-7, whether it ends a rule in bit 8, and in bits 10-30 the
 * offset of its children, times 256 if bit 9 is set.  Children of the unit at i are at
 * i ^ offset ^ label.  The child for label 0 is a leaf, with bit 31 set, and its other
 * bits are the place of the replacement.
 */
struct trie {
	const unsigned char *units;
	size_t n;
	const char *pool; /* replacements */
	size_t n_pool;
	struct node {
		uint16_t longest; /* labels below, at most; 0: not known yet */
		uint8_t rules; /* that begin one another, this one and below, at most */
		bool open;     /* on the way from the root */
	} * node;
};

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static uint32_t
unit_at(const unsigned char *units, size_t i)
{
	return get32(units + 4 * i);
}

static uint32_t
unit(const struct trie *t, size_t i)
{
	return unit_at(t->units, i);
}

static size_t
children_of(size_t i, uint32_t u)
{
	return i ^ (size_t)(u >> 10 & 0x1fffff) << ((u & 1u << 9) >> 6);
}

/* Whether u ends a rule that is broken.  first: where its children begin. */
static bool
leaf_broken(const struct trie *t, size_t first)
{
	size_t at = unit(t, first) & 0x7fffffff;

	return at >= t->n_pool || ((unsigned char)t->pool[at] & 0xc0) == 0x80;
}

/*
 * Check the unit at i, which is reached by `depth` labels, and all below it.  The depth
 * is bounded, so recursion is.  A unit that several others share is checked once.
 */
static bool
check_unit(struct trie *t, size_t i, size_t depth) /* NOLINT(misc-no-recursion) */
{
	struct node *node = &t->node[i];
	const uint32_t u = unit(t, i);
	const size_t first = children_of(i, u);
	unsigned longest = 1, rules = 0;

	if (node->open || depth > CHARSMAP_MAX_KEY)
		return false;
	if (node->longest > 0)
		return depth + node->longest <= CHARSMAP_MAX_KEY + 1;
	/* A lookup reads the unit of the next byte of a text, whatever byte it is. */
	if ((first | 0xff) >= t->n)
		return false;
	if (depth > 0 && u >> 8 & 1 && leaf_broken(t, first))
		return false;
	node->open = true;
	for (size_t label = 1; label < 256; label++) {
		const size_t child = first ^ label;

		if ((unit(t, child) & (1u << 31 | 0xff)) != label)
			continue;
		if (!check_unit(t, child, depth + 1))
			return false;
		if (t->node[child].longest >= longest)
			longest = t->node[child].longest + 1u;
		if (t->node[child].rules > rules)
			rules = t->node[child].rules;
	}
	rules += depth > 0 && u >> 8 & 1;
	if (rules > CHARSMAP_MAX_RULES)
		return false;
	*node = (struct node){ .longest = (uint16_t)longest, .rules = (uint8_t)rules };
	return true;
}

enum charsmap_state
charsmap_check(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	struct trie t = { 0 };
	size_t bytes;
	bool ok;

	if (n == 0)
		return CHARSMAP_OK;
	if (n <= 4 || n > CHARSMAP_MAX_BYTES)
		return CHARSMAP_BROKEN;
	bytes = get32(u);
	/* The last replacement ends with its NUL. */
	if (bytes >= n - 4 || bytes < 1024 || bytes % 4 != 0 || p[n - 1] != '\0')
		return CHARSMAP_BROKEN;
	t.units = u + 4;
	t.n = bytes / 4;
	t.pool = p + 4 + bytes;
	t.n_pool = n - 4 - bytes;
	t.node = calloc(t.n, sizeof *t.node);
	if (!t.node)
		return CHARSMAP_NO_MEMORY;
	ok = check_unit(&t, 0, 0);
	free(t.node);
	return ok ? CHARSMAP_OK : CHARSMAP_BROKEN;
}

void
charsmap_open(struct charsmap *c, const char *p, size_t n)
{
	*c = (struct charsmap){ 0 };
	if (n == 0)
		return;
	c->units = (const unsigned char *)p + 4;
	c->pool = p + 4 + get32((const unsigned char *)p);
}

const char *
charsmap_find(const struct charsmap *c, const char *text, size_t n, size_t *len)
{
	const char *found = NULL;
	size_t at;

	if (!c->units)
		return NULL;
	at = children_of(0, unit_at(c->units, 0));
	for (size_t i = 0; i < n; i++) {
		const unsigned char label = (unsigned char)text[i];
		uint32_t u;

		at ^= label;
		u = unit_at(c->units, at);
		if ((u & (1u << 31 | 0xff)) != label)
			break;
		at = children_of(at, u);
		if (u >> 8 & 1) {
			found = c->pool + (unit_at(c->units, at) & 0x7fffffff);
			*len = i + 1;
		}
	}
	return found;
}

bool
charsmap_begins(const struct charsmap *c, const char pair[2])
{
	size_t at;
	uint32_t u;

	if (!c->units)
		return false;
	at = children_of(0, unit_at(c->units, 0)) ^ (unsigned char)pair[0];
	u = unit_at(c->units, at);
	if ((u & (1u << 31 | 0xff)) != (unsigned char)pair[0])
		return false;
	if (u >> 8 & 1)
		return true;
	at = children_of(at, u) ^ (unsigned char)pair[1];
	return (unit_at(c->units, at) & (1u << 31 | 0xff)) == (unsigned char)pair[1];
}
