/* text_features.c - char code tables, the end of a piece, and the features of a piece. */
#include "filters/langid/text_features.h"

enum {
	/* Codes that mark the ends of a word. */
	BEGIN = 1,
	END = 2,
	/* Each code from here on, an ideograph or a script, is a feature by itself. */
	IDEOGRAPH = 0x3005
};

/* One run of characters in the table of a model file. */
struct code_run {
	uint16_t first, last;
	uint16_t value; /* added to each character, or their common code */
};

static bool
is_script(uint16_t code)
{
	return code >= CHAR_CODE_SCRIPT && code <= 0xdfff;
}

bool
char_codes_read(struct char_codes *codes, struct span s)
{
	uint32_t count[2];
	struct code_run r;
	size_t at = sizeof count;
	uint32_t least = 0; /* the lowest first character of the next run: runs ascend */

	if (s.n < sizeof count)
		return false;
	memcpy(count, s.p, sizeof count);
	if (count[0] > 65536 || count[1] > 65536 ||
	    s.n != at + ((size_t)count[0] + count[1]) * sizeof r)
		return false;
	memset(codes, 0, sizeof *codes);
	for (size_t i = 0; i < (size_t)count[0] + count[1]; i++, at += sizeof r) {
		memcpy(&r, s.p + at, sizeof r);
		if (i == count[0])
			least = 0;
		if (r.first < least || r.last < r.first)
			return false;
		least = (uint32_t)r.last + 1;
		for (uint32_t c = r.first; c <= r.last; c++)
			codes->code[c] = i < count[0] ? (uint16_t)(c + r.value) : r.value;
	}
	return true;
}

/* The longest run from c on: all shifted by one value, or all of one script. */
static struct code_run
run_at(const struct char_codes *codes, uint32_t c, bool script)
{
	const uint16_t value = (uint16_t)(script ? codes->code[c] : codes->code[c] - c);
	uint32_t last = c;

	while (last < 0xffff && codes->code[last + 1] &&
	       is_script(codes->code[last + 1]) == script &&
	       (script ? codes->code[last + 1]
		       : (uint16_t)(codes->code[last + 1] - last - 1)) == value)
		last++;
	return (struct code_run){ (uint16_t)c, (uint16_t)last, value };
}

void
char_codes_write(const struct char_codes *codes, struct buf *out)
{
	const size_t from = out->n;
	uint32_t count[2] = { 0, 0 };

	buf_put(out, count, sizeof count);
	for (int script = 0; script < 2; script++)
		for (uint32_t c = 0; c < 65536; c++) {
			struct code_run r;

			if (!codes->code[c] || is_script(codes->code[c]) != script)
				continue;
			r = run_at(codes, c, script);
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

/* The code of the character at s.p[*i]; advances *i past it. */
static inline uint16_t
next_code(const struct char_codes *codes, struct span s, size_t *i)
{
	const unsigned char *p = (const unsigned char *)s.p + *i;

	if (p[0] < 0x80) {
		*i += 1;
		return codes->code[p[0]];
	}
	if (p[0] < 0xe0) {
		*i += 2;
		return codes->code[(p[0] & 31U) << 6 | (p[1] & 63U)];
	}
	if (p[0] < 0xf0) {
		*i += 3;
		return codes->code[(p[0] & 15U) << 12 | (p[1] & 63U) << 6 | (p[2] & 63U)];
	}
	*i += 4;
	return 0;
}

size_t
langid_piece_end(const struct char_codes *codes, struct span run)
{
	size_t i = 0, last = 0;

	do {
		last = i;
		if (next_code(codes, run, &i) == 0 && last > 0)
			return last;
	} while (i < run.n && i <= PIECE_MAX);
	return i <= PIECE_MAX ? i : last;
}

/* Multiply-shift hashing (Dietzfelbinger et al. 1997): one odd factor per kind of
 * feature.  The high bits select the row. */
#define ONE  0xff51afd7ed558ccdU
#define TWO  0xc4ceb9fe1a85ec53U
#define TRI  0xd6e8feb86659fd93U
#define FOUR 0xa0761d6478bd642fU
#define WORD 0xe7037ed1a0b428dbU

/* The word being read. */
struct word {
	uint64_t codes; /* its last four codes, 16 bits each, the newest lowest */
	uint64_t all;	/* hash of all its codes */
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
 * Write the features of the word that begins with letter c, where *i is the offset after
 * c.  Advances *i past the character that ends the word and sets *next to its code, 0 at
 * the end of the piece.  Returns the end of the rows.
 */
static inline uint32_t *
read_word(const struct char_codes *codes, struct span piece, size_t *i, uint16_t c,
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
		c = *i < piece.n ? next_code(codes, piece, i) : 0;
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
langid_features(
    const struct char_codes *codes, struct span piece, unsigned shift, uint32_t *row)
{
	const uint32_t *const from = row;
	uint16_t c = 0, before = 0; /* before: the preceding ideograph, or 0 */

	for (size_t i = 0; i < piece.n || c;) {
		if (!c)
			c = next_code(codes, piece, &i);
		if (is_letter(c)) {
			row = read_word(codes, piece, &i, c, shift, row, &c);
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
