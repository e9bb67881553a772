/* charsmap.c - the table by which a SentencePiece model rewrites characters. */
#include "tok/charsmap.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * The table: the size of a trie in bytes, 32 bits; the trie, a double array of
 * darts-clone with 32 bits per unit; the replacements, each with its NUL.  All is
 * little-endian.
 *
 * A unit has a label in bits 0-7, whether it ends a rule in bit 8, and in bits 10-31 the
 * offset of its children, times 256 if bit 9 is set.  Children of the unit at i are at
 * i ^ offset ^ label.  Bit 31 is not set in them, but may be in a damaged root.  The
 * child for label 0 is a leaf, with bit 31 set, and its other bits are the place of the
 * replacement.
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
	return i ^ (size_t)(u >> 10) << ((u & 1u << 9) >> 6);
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
	/* A NUL of a text must lead nowhere: no rule contains one. */
	if (!(unit(t, first) & (1u << 31 | 0xff)))
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

/* Where the children of a unit are, and whether a rule ends at it. */
struct place {
	size_t children;
	bool ends_rule;
};

static struct place
root(const struct charsmap *c)
{
	return (struct place){ children_of(0, unit_at(c->units, 0)), false };
}

/* Go to the child for a byte.  False if there is none. */
static inline bool
go(const struct charsmap *c, struct place *at, unsigned char byte)
{
	const size_t i = at->children ^ byte;
	const uint32_t u = unit_at(c->units, i);

	if ((u & (1u << 31 | 0xff)) != byte)
		return false;
	*at = (struct place){ children_of(i, u), u >> 8 & 1 };
	return true;
}

const char *
charsmap_find(const struct charsmap *c, const char *text, size_t n, size_t *len)
{
	const char *found = NULL;
	struct place at;

	if (!c->units)
		return NULL;
	at = root(c);
	for (size_t i = 0; i < n && go(c, &at, (unsigned char)text[i]); i++)
		if (at.ends_rule) {
			found = c->pool + (unit_at(c->units, at.children) & 0x7fffffff);
			*len = i + 1;
		}
	return found;
}

bool
charsmap_begins(const struct charsmap *c, const char pair[2])
{
	struct place at;

	if (!c->units)
		return false;
	at = root(c);
	return go(c, &at, (unsigned char)pair[0]) &&
	       (at.ends_rule || go(c, &at, (unsigned char)pair[1]));
}

/*
 * Mark the second characters that begin with the bits of `lead`, of which `more` bytes
 * follow.  False if a rule ends inside of one.
 */
static bool
/* NOLINTNEXTLINE(misc-no-recursion): more falls from 2 */
mark_continued(const struct charsmap *c, struct place from, unsigned lead, unsigned more,
    unsigned char *bits)
{
	bool ok = true;

	for (unsigned byte = 0x80; byte < 0xc0; byte++) {
		const unsigned now = lead << 6 | (byte & 0x3f);
		struct place at = from;

		if (!go(c, &at, (unsigned char)byte))
			continue;
		if (more == 1)
			bits[now] |= CHAR_SECOND;
		else
			ok &= !at.ends_rule && mark_continued(c, at, now, more - 1, bits);
	}
	return ok;
}

/* Mark the second characters of the rules whose first one leads to `from`. */
static bool
mark_seconds(const struct charsmap *c, struct place from, unsigned char *bits)
{
	bool ok = true;

	for (unsigned byte = 1; byte < 0xf0; byte++) {
		struct place at = from;

		if (!go(c, &at, (unsigned char)byte))
			continue;
		if (byte < 0x80)
			bits[byte] |= CHAR_SECOND;
		else if (byte < 0xe0)
			ok &=
			    !at.ends_rule && mark_continued(c, at, byte & 0x1f, 1, bits);
		else
			ok &= !at.ends_rule && mark_continued(c, at, byte & 0xf, 2, bits);
	}
	return ok;
}

/* The bits of a character of n bytes as the first one. */
static unsigned char
first_bits(
    const struct charsmap *c, const unsigned char *text, size_t n, unsigned char *bits)
{
	struct place at = root(c);

	for (size_t i = 0; i < n; i++) {
		if (!go(c, &at, text[i]))
			return 0;
		if (at.ends_rule)
			return CHAR_REWRITTEN;
	}
	return mark_seconds(c, at, bits) ? CHAR_FIRST : CHAR_REWRITTEN;
}

void
charsmap_classify(const struct charsmap *c, unsigned char bits[CHARSMAP_CHARS])
{
	for (unsigned x = 0x80; x < CHARSMAP_CHARS && c->units; x++) {
		const unsigned char last = (unsigned char)(0x80 | (x & 0x3f)),
				    middle = (unsigned char)(0x80 | (x >> 6 & 0x3f));

		if (x < 0x800)
			bits[x] |= first_bits(c,
			    (unsigned char[]){ (unsigned char)(0xc0 | x >> 6), last }, 2,
			    bits);
		else
			bits[x] |= first_bits(c,
			    (unsigned char[]){
				(unsigned char)(0xe0 | x >> 12), middle, last },
			    3, bits);
	}
}
