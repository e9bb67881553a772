/* utf8.c - validate, repair and step through UTF-8. */
#include "lib/text/utf8.h"

#include "lib/base/bytes16.h"

/*
 * Length of the sequence at s.p[i]; 0 if it is ill-formed (Unicode 15, table 3-7).  *bad
 * is then the length of its maximal ill-formed subpart.
 */
static size_t
sequence(struct span s, size_t i, size_t *bad)
{
	const unsigned char *p = (const unsigned char *)s.p + i;
	size_t left = s.n - i, n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4, k;
	unsigned lo = 0x80, hi = 0xbf;

	*bad = 1;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	for (k = 1; k < n && k < left && p[k] >= lo && p[k] <= hi; k++)
		lo = 0x80, hi = 0xbf;
	*bad = k;
	return k == n ? n : 0;
}

/* Index of the first byte at or after i that is not ASCII, or s.n. */
static size_t
ascii_run(struct span s, size_t i)
{
	uint64_t w;

	for (; s.n - i >= 8; i += 8) {
		memcpy(&w, s.p + i, 8);
		if (w & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

/* The index after the sequences of 2 and 3 bytes at i, as far as they are well-formed and
 * 3 bytes can be read. */
static size_t
short_sequences(struct span s, size_t i)
{
	while (s.n - i >= 3) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		const unsigned w = p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16;
		const unsigned third = w & 0x200f; /* 0: overlong, 0x200d: surrogate */

		if ((w & 0xc0e0) == 0x80c0 && (w & 0x1e) != 0)
			i += 2;
		else if ((w & 0xc0c0f0) == 0x8080e0 && third != 0 && third != 0x200d)
			i += 3;
		else
			break;
	}
	return i;
}

#ifdef BYTES16
/*
 * Below 0 in each byte at p that cannot follow those before it, three of which must be
 * readable.  A sequence may extend past the 16 bytes.
 */
static inline bytes16
errors16(const char *p)
{
	/* Signed, with 0x80 as 0: ASCII is below 0, and first bytes are from 0x40 on. */
	const bytes16 v = bytes16_load(p) ^ -128, one = bytes16_load(p - 1) ^ -128,
		      two = bytes16_load(p - 2) ^ -128,
		      three = bytes16_load(p - 3) ^ -128;
	const bytes16 inner = (one > 0x3f) | (two > 0x5f) | (three > 0x6f);
	const bytes16 other = (v < 0) | (v > 0x3f); /* not 80-BF */
	const bytes16 over_9f = v > 0x1f, over_8f = v > 0x0f;

	return ~(inner ^ other) | ((v & -2) == 0x40) | (v > 0x74) |
	       (~over_9f & (one == 0x60)) | (over_9f & (one == 0x6d)) |
	       (~over_8f & (one == 0x70)) | (over_8f & (one == 0x74));
}

/*
 * Skip well-formed steps of 64 bytes from i on.  Returns the start of the last sequence
 * in them, which may extend past them.
 */
static size_t
skip_steps(struct span s, size_t i)
{
	const size_t from = i;
	bool pending = false;
	size_t start, n, bad;

	/* What errors16 reads before the first step must be well-formed. */
	while (i < s.n && i - from < 3 && (n = sequence(s, i, &bad)) > 0)
		i += n;
	if (i - from < 3)
		return i;
	for (start = i; s.n - i >= 64; i += 64) {
		const char *p = s.p + i;
		const bool high =
		    bytes16_any(bytes16_load(p) | bytes16_load(p + 16) |
				bytes16_load(p + 32) | bytes16_load(p + 48));

		if ((high || pending) && bytes16_any(errors16(p) | errors16(p + 16) |
						     errors16(p + 32) | errors16(p + 48)))
			break;
		pending = high;
	}
	while (i > start && ((unsigned char)s.p[--i] & 0xc0) == 0x80) {}
	return i;
}
#else
static size_t
skip_steps(struct span s, size_t i)
{
	return i;
}
#endif

/* The index of the first ill-formed sequence from i on, or s.n. */
static size_t
error_from(struct span s, size_t i)
{
	size_t bad, n;

	i = skip_steps(s, i);
	for (;;) {
		i = ascii_run(s, short_sequences(s, i));
		if (i == s.n)
			return i;
		if ((n = sequence(s, i, &bad)) == 0)
			return i;
		i += n;
	}
}

size_t
utf8_error(struct span s)
{
	return error_from(s, 0);
}

bool
utf8_valid(struct span s)
{
	return error_from(s, 0) == s.n;
}

uint64_t
utf8_repair(struct buf *b, struct span s)
{
	uint64_t repaired = 0;
	size_t bad = 0;

	for (size_t i = 0; i < s.n; i += bad) {
		size_t e = error_from(s, i);

		buf_put(b, s.p + i, e - i);
		i = e;
		if (i == s.n)
			break;
		sequence(s, i, &bad);
		buf_puts(b, "\xef\xbf\xbd");
		repaired++;
	}
	return repaired;
}

void
utf8_put(struct buf *b, uint32_t c)
{
	char o[4];

	buf_put(b, o, utf8_encode(o, c));
}
