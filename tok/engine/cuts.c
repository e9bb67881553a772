/* cuts.c - the places in a text that no piece spans. */
#include "tok/engine/cuts.h"

#include <stdlib.h>
#include <string.h>

/* Bits of the filter per byte of the pieces: few pairs are there by chance. */
enum { BITS_PER_BYTE = 8 };

static size_t
index_of(const char *p)
{
	return (size_t)(unsigned char)p[0] | (size_t)(unsigned char)p[1] << 8;
}

static void
tell(struct piece_cuts *c, size_t index, unsigned what, bool is)
{
	const unsigned bits = what << index % 4 * 2;
	unsigned char *to = &c->bytes[index / 4];

	*to = (unsigned char)(is ? *to | bits : *to & ~bits);
}

static void
add_piece(struct piece_cuts *c, const char *s, size_t n)
{
	uint32_t before = 0;

	for (size_t at = 0, w; at < n; at += w) {
		uint32_t now;

		w = piece_char((unsigned char)s[at]);
		now = cuts_char(s + at, w);
		if (at > 0) {
			const uint64_t h = (((uint64_t)before << 32 | now) *
					       UINT64_C(0x9e3779b97f4a7c15)) >>
					   c->shift;

			c->pair[h >> 6] |= UINT64_C(1) << (h & 63);
			tell(c, index_of(s + at - 1), CUT_BETWEEN, false);
		}
		before = now;
	}
}

static void
add_symbol(struct piece_cuts *c, const struct user_symbol *s)
{
	const size_t first = (unsigned char)s->text[0];

	if (s->n > 1) {
		tell(c, index_of(s->text), CUT_SYMBOL, true);
		return;
	}
	for (size_t second = 0; second < 256; second++)
		tell(c, first | second << 8, CUT_SYMBOL, true);
}

int
cuts_open(struct piece_cuts *c, const struct pieces *p, const struct user_symbols *s)
{
	size_t bits = 1 << 16, total = 0;

	c->shift = 64 - 16;
	for (uint32_t i = 0; i < p->n; i++)
		total += p->v[i].n;
	for (; bits < total * BITS_PER_BYTE; bits *= 2)
		c->shift--;
	c->pair = calloc(bits / 64, sizeof *c->pair);
	if (!c->pair)
		return -1;
	/* A byte that continues a character begins none. */
	memset(c->bytes, 0, sizeof c->bytes);
	for (size_t i = 0; i < 65536; i++)
		tell(c, i, CUT_BETWEEN, (i >> 8 & 0xc0) != 0x80);
	for (uint32_t i = 0; i < p->n; i++)
		add_piece(c, p->text + p->v[i].at, p->v[i].n);
	for (size_t i = 0; i < s->n; i++)
		add_symbol(c, &s->v[i]);
	return 0;
}

void
cuts_free(struct piece_cuts *c)
{
	free(c->pair);
	c->pair = NULL;
}
