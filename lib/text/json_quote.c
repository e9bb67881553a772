/* json_quote.c - quote strings for JSON, in one pass. */
#include "lib/text/json.h"
#include "lib/text/json_string.h"
#include "lib/text/special_bytes.h"

enum {
	STEP = 64,
	WINDOW = 2 * STEP, /* copies read up to a step after the last escape */
	STEP_ROOM = 6 * STEP + JSON_SLACK, /* the output, if each byte is escaped */
};

/* Write the escape of c to `to`, which has room for 6 bytes, and return its length. */
static inline size_t
put_escape(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letter[256] = {
		['"'] = '"',
		['\\'] = '\\',
		['\b'] = 'b',
		['\f'] = 'f',
		['\n'] = 'n',
		['\r'] = 'r',
		['\t'] = 't',
	};

	to[0] = '\\';
	to[1] = letter[c];
	if (to[1])
		return 2;
	memcpy(to + 1, "u00", 3);
	to[4] = hex[c >> 4];
	to[5] = hex[c & 15];
	return 6;
}

void
json_quote_portable(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		const size_t left = s.n - i < 8 ? s.n - i : 8;
		const uint64_t w = load8(s.p + i, left), hit = specials8(w);
		size_t n = hit ? (size_t)__builtin_ctzll(hit) / 8 : 8;

		if (b->cap - b->n < STEP_ROOM)
			buf_reserve(b, STEP_ROOM);
		store8(b->p + b->n, w);
		n = n < left ? n : left;
		b->n += n;
		i += n;
		if (n < left)
			b->n += put_escape(b->p + b->n, (unsigned char)s.p[i++]);
	}
}

#if defined(__x86_64__)
AVX2 void
json_quote_avx2(struct buf *b, struct span s)
{
	const struct special_bytes c = special_bytes();
	char tail[WINDOW];

	for (size_t i = 0; i < s.n; i += STEP) {
		const size_t left = s.n - i, size = left < STEP ? left : STEP;
		const char *p =
		    left < WINDOW ? padded(s.p + i, left, tail, WINDOW) : s.p + i;
		uint64_t mask = specials64(load64(p), &c);
		size_t at = 0; /* of the first byte of the step that is not quoted */
		char *to;

		if (size < STEP)
			mask &= (UINT64_C(1) << size) - 1;
		if (b->cap - b->n < STEP_ROOM)
			buf_reserve(b, STEP_ROOM);
		to = b->p + b->n;
		copy64(to, p);
		for (; mask; mask &= mask - 1) {
			const size_t k = (size_t)__builtin_ctzll(mask);

			to += k - at;
			to += put_escape(to, (unsigned char)p[k]);
			at = k + 1;
			copy64(to, p + at);
		}
		b->n = (size_t)(to - b->p) + (size - at);
	}
}
#else
void
json_quote_avx2(struct buf *b, struct span s)
{
	json_quote_portable(b, s);
}
#endif

void
json_quote(struct buf *b, struct span s)
{
	buf_reserve(b, xadd(s.n, STEP_ROOM));
	buf_putc(b, '"');
	if (json_has_avx2())
		json_quote_avx2(b, s);
	else
		json_quote_portable(b, s);
	buf_putc(b, '"');
}

void
json_quote_any(struct buf *b, struct span s)
{
	struct buf repaired = { 0 };

	if (utf8_valid(s)) {
		json_quote(b, s.n ? s : SPAN(""));
		return;
	}
	utf8_repair(&repaired, s);
	json_quote(b, buf_span(&repaired));
	buf_free(&repaired);
}
