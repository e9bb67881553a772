/* bpe_symbols.c - the symbols of BPE training: letters, and what merges made of them. */
#include "tok/train/bpe_symbols.h"

#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/text/utf8.h"
#include "tok/train/alphabet.h"
#include "tok/train/word_split.h"

struct span
bpe_symbols_text(const struct bpe_symbols *s, uint32_t symbol)
{
	return (struct span){ s->text.p + s->v[symbol].at, s->v[symbol].bytes };
}

void
bpe_symbols_letter(struct bpe_symbols *s, uint32_t c, unsigned class)
{
	const size_t at = s->text.n;
	const bool space = c == ALPHABET_SPACE;

	utf8_put(&s->text, c);
	GROW(s->v, s->n, s->cap);
	s->v[s->n++] = (struct merge_symbol){ .at = at,
		.bytes = (uint16_t)(s->text.n - at),
		.chars = 1,
		.class = (uint8_t)(space ? CLASS_INHERITED : class),
		.has_space = space,
		.all_spaces = space };
}

bool
bpe_symbols_join(const struct bpe_symbols *s, uint32_t left, uint32_t right)
{
	const struct merge_symbol *l = &s->v[left], *r = &s->v[right];

	if (l->chars + r->chars > PIECE_CHARS_MAX)
		return false;
	if (r->has_space && !(l->all_spaces && r->all_spaces))
		return false;
	if (l->all_spaces && l->chars > 1 && !r->all_spaces)
		return false;
	return classes_join(l->class, r->class);
}

static uint32_t *
find_slot(const struct bpe_symbols *s, struct span text)
{
	size_t i = hash64(text, 0) & (s->slots - 1);

	while (s->slot[i] && !span_eq(bpe_symbols_text(s, s->slot[i] - 1), text))
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

static void
grow_slots(struct bpe_symbols *s)
{
	uint32_t *const old = s->slot;
	const size_t n = s->slots;

	s->slots = n ? 2 * n : 1024;
	s->slot = xcalloc(s->slots, sizeof *s->slot);
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*find_slot(s, bpe_symbols_text(s, old[i] - 1)) = old[i];
	free(old);
}

bool
bpe_symbols_merge(struct bpe_symbols *s, uint32_t left, uint32_t right)
{
	const struct merge_symbol l = s->v[left], r = s->v[right];
	const size_t at = s->text.n;
	uint32_t *slot;

	if (2 * s->merged >= s->slots)
		grow_slots(s);
	buf_reserve(&s->text, (size_t)l.bytes + r.bytes);
	buf_put(&s->text, s->text.p + l.at, l.bytes);
	buf_put(&s->text, s->text.p + r.at, r.bytes);
	slot = find_slot(s, (struct span){ s->text.p + at, s->text.n - at });
	if (*slot) {
		s->text.n = at;
		return false;
	}
	GROW(s->v, s->n, s->cap);
	s->v[s->n++] = (struct merge_symbol){ .at = at,
		.bytes = (uint16_t)(l.bytes + r.bytes),
		.chars = (uint16_t)(l.chars + r.chars),
		.class = l.class == CLASS_INHERITED ? r.class : l.class,
		.has_space = l.has_space,
		.all_spaces = l.all_spaces && r.all_spaces };
	*slot = (uint32_t)s->n;
	s->merged++;
	return true;
}

/* The bytes of two symbols joined, by number. */
static unsigned char
byte_of(struct span left, struct span right, size_t i)
{
	return (unsigned char)(i < left.n ? left.p[i] : right.p[i - left.n]);
}

int
bpe_symbols_order(const struct bpe_symbols *s, uint32_t left_a, uint32_t right_a,
    uint32_t left_b, uint32_t right_b)
{
	const int chars_a = s->v[left_a].chars + s->v[right_a].chars;
	const int chars_b = s->v[left_b].chars + s->v[right_b].chars;
	const struct span la = bpe_symbols_text(s, left_a),
			  ra = bpe_symbols_text(s, right_a),
			  lb = bpe_symbols_text(s, left_b),
			  rb = bpe_symbols_text(s, right_b);
	const size_t na = la.n + ra.n, nb = lb.n + rb.n;

	if (chars_a != chars_b)
		return chars_a - chars_b;
	for (size_t i = 0; i < na && i < nb; i++) {
		const int d = byte_of(la, ra, i) - byte_of(lb, rb, i);

		if (d)
			return d;
	}
	return (na > nb) - (na < nb);
}

void
bpe_symbols_free(struct bpe_symbols *s)
{
	free(s->v);
	free(s->slot);
	buf_free(&s->text);
	*s = (struct bpe_symbols){ 0 };
}
