/* encode_split.c - find the places between characters that no piece spans. */
#include "tok/encode_split.h"

#include <stdlib.h>
#include <string.h>

#define SPACE 0x2581u

/*
 * The fastest size of a part, in bytes.  In smaller parts the cost of the calls shows, in
 * larger ones the cache misses of SentencePiece's heap.
 */
#define PART 512

struct splitter {
	uint64_t *pair; /* open addressing; 0 is empty: no piece contains two NULs */
	size_t mask;
	/* The model puts a space before a text.  A part after the first must then begin
	 * with one, which is left out. */
	bool dummy_prefix;
	const char *refusal;
};

/*
 * A space and U+2581 count as one character.  For a model that distinguishes them, this
 * only forbids some splits.
 */
static uint64_t
pair_of(uint32_t a, uint32_t b)
{
	a = a == ' ' ? SPACE : a;
	b = b == ' ' ? SPACE : b;
	return (uint64_t)a << 32 | b;
}

/* splitmix64's finalizer, to spread pairs that differ in a few bits. */
static size_t
slot_of(const struct splitter *s, uint64_t pair)
{
	pair = (pair ^ pair >> 30) * 0xbf58476d1ce4e5b9u;
	pair = (pair ^ pair >> 27) * 0x94d049bb133111ebu;
	return (size_t)(pair ^ pair >> 31) & s->mask;
}

static bool
contains(const struct splitter *s, uint32_t a, uint32_t b)
{
	uint64_t pair = pair_of(a, b);
	size_t i = slot_of(s, pair);

	while (s->pair[i] != 0 && s->pair[i] != pair)
		i = (i + 1) & s->mask;
	return s->pair[i] == pair;
}

static void
add_pairs(struct splitter *s, const char *text, size_t n)
{
	uint32_t before = 0, now;

	for (size_t at = 0; at < n;) {
		size_t len = model_char(text + at, n - at, &now);

		/* A text is valid UTF-8, so it never contains such a piece. */
		if (len == 0)
			return;
		if (at > 0 && !contains(s, before, now)) {
			uint64_t pair = pair_of(before, now);
			size_t i = slot_of(s, pair);

			while (s->pair[i] != 0)
				i = (i + 1) & s->mask;
			s->pair[i] = pair;
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

/* Why the lemma does not hold for m, or NULL if it does. */
static const char *
refusal_of(const struct model *m)
{
	if (m->kind != MODEL_BPE)
		return "it is not a BPE model";
	if (m->has_charsmap)
		return "it rewrites characters";
	if (m->trims)
		return "it removes extra spaces";
	if (m->suffix && m->dummy_prefix)
		return "it puts a space after the text";
	if (!m->escapes && m->dummy_prefix)
		return "it does not mark spaces";
	/* SentencePiece joins neighbouring <unk>, which a split could separate. */
	if (!m->byte_fallback)
		return "it has no byte fallback";
	/* How it resolves an unused piece depends on earlier text. */
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->piece[i].type == MODEL_UNUSED)
			return "it has unused pieces";
	}
	return NULL;
}

struct splitter *
splitter_new(const struct model *m)
{
	struct splitter *s = calloc(1, sizeof *s);
	size_t slots = 1024, pairs = 0;

	if (!s)
		return NULL;
	s->dummy_prefix = m->dummy_prefix;
	s->refusal = refusal_of(m);
	if (s->refusal)
		return s;
	for (uint32_t i = 0; i < m->n; i++) {
		if (matches_text(&m->piece[i]))
			pairs += m->piece[i].n - 1;
	}
	while (slots < pairs * 2) /* pairs < MODEL_MAX_BYTES: no overflow */
		slots *= 2;
	s->pair = calloc(slots, sizeof *s->pair);
	if (!s->pair) {
		free(s);
		return NULL;
	}
	s->mask = slots - 1;
	for (uint32_t i = 0; i < m->n; i++) {
		if (matches_text(&m->piece[i]))
			add_pairs(s, m->piece[i].text, m->piece[i].n);
	}
	return s;
}

void
splitter_free(struct splitter *s)
{
	if (s)
		free(s->pair);
	free(s);
}

const char *
splitter_refusal(const struct splitter *s)
{
	return s->refusal;
}

/* The first byte of the character that byte `at` is part of. */
static size_t
char_at(const char *s, size_t at)
{
	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

size_t
splitter_next(const struct splitter *s, const char *text, size_t n, size_t least)
{
	uint32_t before, now;
	size_t at, len;

	/* A part must not be empty after its space has been left out. */
	if (s->dummy_prefix && least < 4)
		least = 4;
	if (s->refusal || n <= least)
		return n;
	/* Places from the end of the character that contains byte least - 1 on will do.
	 */
	at = char_at(text, least - 1);
	len = model_char(text + at, n - at, &before);
	for (at += len; len > 0 && at < n; at += len, before = now) {
		len = model_char(text + at, n - at, &now);
		if (len == 0)
			break;
		if (!contains(s, before, now) &&
		    (!s->dummy_prefix || ((now == ' ' || now == SPACE) && at + len < n)))
			return at;
	}
	return n;
}

int
splitter_encode(const struct splitter *s, const struct sp *sp, const char *text, size_t n,
    size_t least, struct sp_ids *ids)
{
	int rc;

	for (size_t at = 0; at < n;) {
		size_t end =
		    at + splitter_next(s, text + at, n - at, least ? least : PART);

		/* The model itself adds the first space of this part. */
		if (at > 0 && s->dummy_prefix)
			at += text[at] == ' ' ? 1 : 3;
		rc = sp_encode(sp, text + at, end - at, ids);
		if (rc < 0)
			return rc;
		at = end;
	}
	return 0;
}
