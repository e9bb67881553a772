/* encode_split.c - find the places between characters that no piece spans. */
#include "tok/encode_split.h"

#include <stdlib.h>
#include <string.h>

#include "tok/normalizer.h"

#define SPACE 0x2581u

/*
 * The fastest size of a part, in bytes.  In smaller parts the cost of the calls shows, in
 * larger ones the cache misses of SentencePiece's heap.
 */
#define PART 512

struct splitter {
	uint64_t *pair; /* open addressing; 0 is empty: no piece contains two NULs */
	size_t mask;
	struct normalizer *normalizer;
	struct sp *plain; /* the model without its normalizer */
	/* SentencePiece makes one <unk> of neighbouring ones. */
	bool joins_unknown;
	uint32_t unk;
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
	/* SentencePiece overruns an array. */
	if (model_nested(m) > MODEL_MAX_NESTED)
		return "too many of its symbols are prefixes of one another";
	/* How it resolves an unused piece depends on earlier text. */
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->piece[i].type == MODEL_UNUSED)
			return "it has unused pieces";
	}
	return NULL;
}

/*
 * Open m without its normalizer.  Protocol buffers merge a message that occurs twice, so
 * a second normalizer_spec after the model's bytes overrides the fields of the first.
 */
static struct sp *
open_plain(const struct model *m)
{
	static const char spec[] = {
		3 << 3 | 2, 8, /* normalizer_spec, of 8 bytes */
		2 << 3 | 2, 0, /* precompiled_charsmap: none */
		3 << 3 | 0, 0, /* add_dummy_prefix: false */
		4 << 3 | 0, 0, /* remove_extra_whitespaces: false */
		5 << 3 | 0, 0, /* escape_whitespaces: false */
	};
	struct buf bytes = { 0 };
	char why[200];
	struct sp *sp;

	buf_put(&bytes, m->bytes, m->n_bytes);
	buf_put(&bytes, spec, sizeof spec);
	sp = sp_open(bytes.p, bytes.n, why, sizeof why);
	buf_free(&bytes);
	return sp;
}

static void
collect_pairs(struct splitter *s, const struct model *m)
{
	size_t slots = 1024, pairs = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		if (matches_text(&m->piece[i]))
			pairs += m->piece[i].n - 1;
	}
	while (slots < pairs * 2) /* pairs < MODEL_MAX_BYTES: no overflow */
		slots *= 2;
	s->pair = xcalloc(slots, sizeof *s->pair);
	s->mask = slots - 1;
	for (uint32_t i = 0; i < m->n; i++) {
		if (matches_text(&m->piece[i]))
			add_pairs(s, m->piece[i].text, m->piece[i].n);
	}
}

struct splitter *
splitter_new(const struct model *m)
{
	struct splitter *s = xcalloc(1, sizeof *s);

	s->refusal = refusal_of(m);
	if (s->refusal)
		return s;
	s->plain = open_plain(m);
	if (!s->plain) {
		s->refusal = "SentencePiece refuses it without its normalizer";
		return s;
	}
	s->normalizer = normalizer_new(m);
	s->joins_unknown = !m->byte_fallback;
	s->unk = m->unk;
	collect_pairs(s, m);
	return s;
}

void
splitter_free(struct splitter *s)
{
	if (!s)
		return;
	normalizer_free(s->normalizer);
	sp_close(s->plain);
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

/* The first place to split the text that is at least `least` bytes from its start; n if
 * there is none. */
static size_t
next_split(const struct splitter *s, const char *text, size_t n, size_t least)
{
	uint32_t before, now;
	size_t at, len;

	if (n <= least)
		return n;
	/* Places from the end of the character that contains byte least - 1 on will do.
	 */
	at = char_at(text, least - 1);
	len = model_char(text + at, n - at, &before);
	for (at += len; len > 0 && at < n; at += len, before = now) {
		len = model_char(text + at, n - at, &now);
		if (len == 0)
			break;
		if (!contains(s, before, now))
			return at;
	}
	return n;
}

/* Join the <unk> of two parts.  at: the first id of the second one. */
static void
join_unknown(const struct splitter *s, struct sp_ids *ids, size_t at)
{
	if (!s->joins_unknown || at == ids->n || ids->v[at] != s->unk ||
	    ids->v[at - 1] != s->unk)
		return;
	ids->n--;
	memmove(ids->v + at, ids->v + at + 1, (ids->n - at) * sizeof *ids->v);
}

int
splitter_encode(const struct splitter *s, const struct sp *sp, const char *text, size_t n,
    size_t least, struct sp_ids *ids)
{
	const size_t first = ids->n;
	struct buf b = { 0 };
	int rc = 0;

	if (s->refusal)
		return sp_encode(sp, text, n, ids);
	normalize(s->normalizer, (struct span){ text, n }, &b);
	for (size_t at = 0, end; at < b.n && rc == 0; at = end) {
		const size_t from = ids->n;

		end = at + next_split(s, b.p + at, b.n - at, least ? least : PART);
		rc = sp_encode(s->plain, b.p + at, end - at, ids);
		if (from > first)
			join_unknown(s, ids, from);
	}
	buf_free(&b);
	return rc;
}
