/* text_features.c - pieces of text, their features, and their sums. */
#include "filters/langid/text_features.h"

enum { BEGIN = 1, END = 2, IDEOGRAPH = 0x3005 };

/* One run of a table in a file. */
struct letter_run {
	uint16_t first, last, value;
};

static bool
is_script(uint16_t code)
{
	return code >= LETTER_SCRIPT && code <= 0xdfff;
}

bool
letters_read(struct letters *l, struct span s)
{
	uint32_t count[2];
	struct letter_run r;
	size_t at = sizeof count;
	uint32_t free = 0; /* the first letter that no run before has */

	if (s.n < sizeof count)
		return false;
	memcpy(count, s.p, sizeof count);
	if (count[0] > 65536 || count[1] > 65536 ||
	    s.n != at + ((size_t)count[0] + count[1]) * sizeof r)
		return false;
	memset(l, 0, sizeof *l);
	for (size_t i = 0; i < (size_t)count[0] + count[1]; i++, at += sizeof r) {
		memcpy(&r, s.p + at, sizeof r);
		if (i == count[0])
			free = 0;
		if (r.first < free || r.last < r.first)
			return false;
		free = (uint32_t)r.last + 1;
		for (uint32_t c = r.first; c <= r.last; c++)
			l->code[c] = i < count[0] ? (uint16_t)(c + r.value) : r.value;
	}
	return true;
}

/* The run that begins at c: shifted, or all one script. */
static struct letter_run
run_at(const struct letters *l, uint32_t c, bool script)
{
	const uint16_t value = (uint16_t)(script ? l->code[c] : l->code[c] - c);
	uint32_t last = c;

	while (last < 0xffff && l->code[last + 1] &&
	       is_script(l->code[last + 1]) == script &&
	       (script ? l->code[last + 1] : (uint16_t)(l->code[last + 1] - last - 1)) ==
		   value)
		last++;
	return (struct letter_run){ (uint16_t)c, (uint16_t)last, value };
}

void
letters_write(const struct letters *l, struct buf *out)
{
	const size_t from = out->n;
	uint32_t count[2] = { 0, 0 };

	buf_put(out, count, sizeof count);
	for (int script = 0; script < 2; script++)
		for (uint32_t c = 0; c < 65536; c++) {
			struct letter_run r;

			if (!l->code[c] || is_script(l->code[c]) != script)
				continue;
			r = run_at(l, c, script);
			buf_put(out, &r, sizeof r);
			count[script]++;
			c = r.last;
		}
	memcpy(out->p + from, count, sizeof count);
}

bool
langid_in_piece(unsigned char b)
{
	return b >= 0x80 || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
}

/* The code of the character at s.p[*i]; *i moves past it. */
static inline uint16_t
next_code(const struct letters *l, struct span s, size_t *i)
{
	const unsigned char *p = (const unsigned char *)s.p + *i;

	if (p[0] < 0x80) {
		*i += 1;
		return l->code[p[0]];
	}
	if (p[0] < 0xe0) {
		*i += 2;
		return l->code[(p[0] & 31U) << 6 | (p[1] & 63U)];
	}
	if (p[0] < 0xf0) {
		*i += 3;
		return l->code[(p[0] & 15U) << 12 | (p[1] & 63U) << 6 | (p[2] & 63U)];
	}
	*i += 4;
	return 0;
}

size_t
langid_cut(const struct letters *l, struct span run)
{
	size_t i = 0, last = 0;

	do {
		last = i;
		if (next_code(l, run, &i) == 0 && last > 0)
			return last;
	} while (i < run.n && i <= PIECE_MAX);
	return i <= PIECE_MAX ? i : last;
}

/* Multiply-shift hashing: a factor for each kind of feature, of which the high bits
 * count. */
#define ONE  0xff51afd7ed558ccdU
#define TWO  0xc4ceb9fe1a85ec53U
#define TRI  0xd6e8feb86659fd93U
#define FOUR 0xa0761d6478bd642fU
#define WORD 0xe7037ed1a0b428dbU

/* The word that is being read. */
struct word {
	uint64_t codes; /* its last four, 16 bits each, the newest lowest */
	uint64_t all;
};

static inline bool
is_letter(uint16_t c)
{
	return (uint16_t)(c - 1) < IDEOGRAPH - 1;
}

static inline void
add_letter(struct word *w, uint16_t c)
{
	w->codes = w->codes << 16 | c;
	w->all = (w->all + c) * WORD;
	w->all ^= w->all >> 29;
}

/*
 * A word from its first letter c on; *i is behind it.  *next becomes the code of the
 * character that ends it, 0 at the end of the piece.  Returns the end of the rows.
 */
static inline uint32_t *
read_word(const struct letters *l, struct span piece, size_t *i, uint16_t c,
    unsigned shift, uint32_t *row, uint16_t *next)
{
	struct word w = { .codes = BEGIN };
	size_t length = 0;

	do {
		add_letter(&w, c);
		*row++ = (uint32_t)((w.codes << 32) * TWO >> shift);
		if (length >= 1)
			*row++ = (uint32_t)((w.codes << 16) * TRI >> shift);
		if (length >= 2)
			*row++ = (uint32_t)(w.codes * FOUR >> shift);
		length++;
		c = *i < piece.n ? next_code(l, piece, i) : 0;
	} while (is_letter(c));
	*next = c;
	w.codes = w.codes << 16 | END;
	*row++ = (uint32_t)((w.codes << 16) * TRI >> shift);
	if (length >= 3)
		*row++ = (uint32_t)(w.codes * FOUR >> shift);
	*row++ = (uint32_t)(w.all * WORD >> shift);
	return row;
}

size_t
langid_features(const struct letters *l, struct span piece, unsigned shift, uint32_t *row)
{
	const uint32_t *const from = row;
	uint16_t c = 0, before = 0; /* before: an ideograph just before, or 0 */

	for (size_t i = 0; i < piece.n || c;) {
		if (!c)
			c = next_code(l, piece, &i);
		if (is_letter(c)) {
			row = read_word(l, piece, &i, c, shift, row, &c);
			before = 0;
			continue;
		}
		if (c)
			*row++ = (uint32_t)(c * ONE >> shift);
		if (c && !is_script(c) && before)
			*row++ = (uint32_t)(((uint64_t)before << 32 | (uint64_t)c << 16) *
						ONE >>
					    shift);
		before = is_script(c) ? 0 : c;
		c = 0;
	}
	return (size_t)(row - from);
}
