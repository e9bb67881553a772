/* encode_split.c - the cut lemma at work: the set of character pairs that pieces hold
 * inside. */
#include "tok/encode_split.h"

#include <stdlib.h>
#include <string.h>

#define SPACE 0x2581u

/*
 * Parts of this many bytes are the cheapest: below, the cost of a call shows; above, the
 * agenda's heap and its cache misses do.
 */
#define PART 512

struct cutter {
	uint64_t *pair; /* open addressing; 0 is empty, as no piece holds two NULs */
	size_t mask;
	bool dummy_prefix; /* parts after the first must begin with a space, which is cut
			      off */
	const char *whole;
};

/* A space and U+2581 become the same symbol; that a model may tell them apart is no harm.
 */
static uint64_t
pair_of(uint32_t a, uint32_t b)
{
	a = a == ' ' ? SPACE : a;
	b = b == ' ' ? SPACE : b;
	return (uint64_t)a << 32 | b;
}

/* splitmix64's finalizer: every bit of the pair moves the slot. */
static size_t
slot_of(const struct cutter *c, uint64_t pair)
{
	pair = (pair ^ pair >> 30) * 0xbf58476d1ce4e5b9u;
	pair = (pair ^ pair >> 27) * 0x94d049bb133111ebu;
	return (size_t)(pair ^ pair >> 31) & c->mask;
}

static bool
holds(const struct cutter *c, uint32_t a, uint32_t b)
{
	uint64_t pair = pair_of(a, b);
	size_t i = slot_of(c, pair);

	while (c->pair[i] != 0 && c->pair[i] != pair)
		i = (i + 1) & c->mask;
	return c->pair[i] == pair;
}

static void
add_pairs(struct cutter *c, const char *s, size_t n)
{
	uint32_t before = 0, now;

	for (size_t at = 0; at < n;) {
		size_t len = model_char(s + at, n - at, &now);

		/* Text is valid UTF-8, so such a piece is never part of it. */
		if (len == 0)
			return;
		if (at > 0 && !holds(c, before, now)) {
			uint64_t pair = pair_of(before, now);
			size_t i = slot_of(c, pair);

			while (c->pair[i] != 0)
				i = (i + 1) & c->mask;
			c->pair[i] = pair;
		}
		before = now;
		at += len;
	}
}

static bool
matches_text(const struct model_piece *piece)
{
	return piece->type == MODEL_NORMAL || piece->type == MODEL_USER_DEFINED ||
	       piece->type == MODEL_UNUSED;
}

/* Why the lemma does not hold for m; NULL if it does. */
static const char *
refuse(const struct model *m)
{
	if (m->kind != MODEL_BPE)
		return "it is no BPE model";
	if (m->has_charsmap)
		return "it rewrites characters";
	if (m->trims)
		return "it removes extra spaces";
	if (m->suffix && m->dummy_prefix)
		return "it puts a space behind the text";
	if (!m->escapes && m->dummy_prefix)
		return "it does not mark spaces";
	/* Runs of <unk> become one, and could do so across a cut. */
	if (!m->byte_fallback)
		return "it has no byte fallback";
	/* How an unused piece is split again depends on the last place it was made. */
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->piece[i].type == MODEL_UNUSED)
			return "it has unused pieces";
	}
	return NULL;
}

struct cutter *
cutter_new(const struct model *m)
{
	struct cutter *c = calloc(1, sizeof *c);
	size_t slots = 1024, pairs = 0;

	if (!c)
		return NULL;
	c->dummy_prefix = m->dummy_prefix;
	c->whole = refuse(m);
	if (c->whole)
		return c;
	for (uint32_t i = 0; i < m->n; i++) {
		if (matches_text(&m->piece[i]))
			pairs += m->piece[i].n - 1;
	}
	while (slots < pairs * 2) /* pairs < MODEL_MAX_BYTES: no overflow */
		slots *= 2;
	c->pair = calloc(slots, sizeof *c->pair);
	if (!c->pair) {
		free(c);
		return NULL;
	}
	c->mask = slots - 1;
	for (uint32_t i = 0; i < m->n; i++) {
		if (matches_text(&m->piece[i]))
			add_pairs(c, m->piece[i].text, m->piece[i].n);
	}
	return c;
}

void
cutter_free(struct cutter *c)
{
	if (c)
		free(c->pair);
	free(c);
}

const char *
cutter_whole(const struct cutter *c)
{
	return c->whole;
}

/* Where the character that holds byte `at` begins. */
static size_t
char_at(const char *s, size_t at)
{
	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

size_t
cutter_next(const struct cutter *c, const char *s, size_t n, size_t least)
{
	uint32_t before, now;
	size_t at, len;

	/* A part that loses its space to the dummy prefix must not be empty then. */
	if (c->dummy_prefix && least < 4)
		least = 4;
	if (c->whole || n <= least)
		return n;
	/* The last character to begin below `least`: the first cut may be behind it. */
	at = char_at(s, least - 1);
	len = model_char(s + at, n - at, &before);
	for (at += len; len > 0 && at < n; at += len, before = now) {
		len = model_char(s + at, n - at, &now);
		if (len == 0)
			break;
		if (!holds(c, before, now) &&
		    (!c->dummy_prefix || ((now == ' ' || now == SPACE) && at + len < n)))
			return at;
	}
	return n;
}

int
cut_encode(const struct cutter *c, const struct sp *sp, const char *s, size_t n,
    size_t least, struct sp_ids *ids)
{
	for (size_t at = 0; at < n;) {
		size_t end = at + cutter_next(c, s + at, n - at, least ? least : PART);

		/* The model puts this part's first space there by itself. */
		if (at > 0 && c->dummy_prefix)
			at += s[at] == ' ' ? 1 : 3;
		if (sp_encode(sp, s + at, end - at, ids) < 0)
			return -1;
		at = end;
	}
	return 0;
}
