/* code_features.c - source text to hashed features, for a linear model of languages. */
#include "filters/codeid/code_features.h"

enum {
	WORD_MAX = 24, /* bytes of an identifier: longer ones are all alike */
	AT_ONCE = 6    /* features of a token */
};

/* Kinds of bytes. */
enum {
	LOWER = 1,
	UPPER = 2,
	SCORE = 4, /* the underscore */
	DIGIT = 8,
	PUNCT = 16,
	BLANK = 32,
	NEWLINE = 64,
	HIGH = 128, /* not ASCII */
	LETTER = LOWER | UPPER | SCORE
};

/* clang-format off */
#define L LOWER
#define U UPPER
#define S SCORE
#define D DIGIT
#define P PUNCT
#define B BLANK
#define N NEWLINE
#define H16 HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, \
	    HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH
static const unsigned char kinds[256] = {
	B, B, B, B, B, B, B, B, B, B, N, B, B, B, B, B,
	B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
	B, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P,
	D, D, D, D, D, D, D, D, D, D, P, P, P, P, P, P,
	P, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
	U, U, U, U, U, U, U, U, U, U, U, P, P, P, P, S,
	P, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, P, P, P, P, B,
	H16, H16, H16, H16, H16, H16, H16, H16
};
#undef L
#undef U
#undef S
#undef D
#undef P
#undef B
#undef N
#undef H16
/* clang-format on */

/* Two bytes of punctuation are one operator if they are one of each: sets of bytes below
 * 64, and whether '|' is one, too. */
#define BIT(c) ((uint64_t)1 << (c))
#define OPERATORS                                                                        \
	(BIT('=') | BIT('>') | BIT('<') | BIT(':') | BIT('-') | BIT('*') | BIT('/') |    \
	    BIT('+') | BIT('&') | BIT('?') | BIT('!') | BIT('%'))
#define FIRST_ONLY  BIT('.')
#define SECOND_ONLY (BIT('(') | BIT('#') | BIT('$'))

/* What stands for tokens that are not hashes of their bytes. */
enum {
	TOKEN_NONE = 1,
	TOKEN_LINE,
	TOKEN_LONG_WORD,
	TOKEN_NUMBER,
	TOKEN_BYTE = 1 << 8,   /* + the byte */
	TOKEN_RUN = 2 << 8,    /* + the byte of which there are two or more */
	TOKEN_SHAPE = 3 << 8,  /* + kinds of bytes in an identifier, FIRST_UPPER */
	TOKEN_INDENT = 4 << 8, /* + kind of indent * 256 + the byte behind it */
	TOKEN_HIGH = 8 << 8,   /* + length * 256 + the first byte */
	TOKEN_PAIR = 1 << 16,  /* + the two bytes */
	TOKEN_WIDE = 1 << 24,  /* + the three bytes of a punctuation mark */
	FIRST_UPPER = 16
};

/* Odd multipliers, one a kind of feature: fractions of square roots of primes. */
#define MIX_TOKEN 0x6a09e667f3bcc909U
#define MIX_ONE	  0xbb67ae8584caa73bU
#define MIX_TWO	  0x3c6ef372fe94f82bU
#define MIX_SKIP  0x510e527fade682d1U
#define MIX_SHAPE 0xa54ff53a5f1d36f1U
#define MIX_THREE 0xcbbb9d5dc1059ed9U
#define MIX_FIRST 0x9b05688c2b3e6c1fU
#define MIX_LAST  0x1f83d9abfb41bd6bU
#define MIX_SPACE 0x5be0cd19137e2179U

static inline unsigned
kind_of(char c)
{
	return kinds[(unsigned char)c];
}

static inline uint64_t
mix(uint64_t token)
{
	token *= MIX_TOKEN;
	return token ^ token >> 32;
}

/* The first n (1 to 8) bytes as a number, the same on any machine. */
static inline uint64_t
bytes_of(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return v;
}

/* The same where 8 bytes may be read: a load and a mask. */
static inline uint64_t
bytes_within(const char *p, size_t n)
{
	return bytes_of(p, 8) & UINT64_MAX >> (64 - 8 * n);
}

static inline uint64_t
word_token(const char *p, size_t n, const char *end)
{
	uint64_t h = n;

	if (n > WORD_MAX)
		return mix(TOKEN_LONG_WORD);
	for (; n > 8; p += 8, n -= 8)
		h = mix(h ^ bytes_of(p, 8));
	return mix(mix(h ^ (end - p >= 8 ? bytes_within(p, n) : bytes_of(p, n))) + n);
}

static inline bool
is_operator(char c, uint64_t set)
{
	return c == '|' || ((unsigned char)c < 64 && set >> c & 1);
}

/* There must be room for it. */
static inline void
put(struct code_bag *b, uint64_t hash)
{
	const uint64_t top = hash >> (64 - CODE_BAG_BITS);
	const uint64_t seen = b->seen[top / 64], bit = BIT(top % 64);

	/* Without a branch, which would be taken half of the time. */
	b->seen[top / 64] = seen | bit;
	b->feature[b->n] = (uint32_t)top;
	b->n += !(seen & bit);
}

/* Where in a text; tokens before, the last first, and their shapes. */
struct walk {
	const char *p, *end;
	uint64_t before[2], shape_before[2];
	bool line_start;
};

/* Blanks at a line's beginning are a feature; elsewhere they only part tokens. */
static inline void
take_blanks(struct code_bag *b, struct walk *w)
{
	const char *from = w->p;
	uint64_t how;

	while (w->p < w->end && kind_of(*w->p) == BLANK)
		w->p++;
	if (!w->line_start)
		return;
	how = *from == '\t' ? 0 : w->p - from >= 8 ? 1 : (w->p - from) % 4 == 0 ? 2 : 3;
	how <<= 8;
	if (w->p < w->end)
		how |= kind_of(*w->p) == PUNCT	 ? (unsigned char)*w->p
		       : kind_of(*w->p) & LETTER ? LETTER
						 : kind_of(*w->p);
	put(b, mix(TOKEN_INDENT + how) * MIX_SPACE);
}

/* An identifier: itself, and its shape. */
static inline uint64_t
take_word(struct walk *w, uint64_t *shape)
{
	const char *from = w->p;
	unsigned kind = kind_of(*from);
	uint64_t kinds_seen = kind == UPPER ? FIRST_UPPER : 0;

	do {
		kinds_seen |= kind;
		w->p++;
	} while (w->p < w->end && (kind = kind_of(*w->p)) & (LETTER | DIGIT));
	*shape = mix(TOKEN_SHAPE + kinds_seen);
	return word_token(from, (size_t)(w->p - from), w->end);
}

/* A run outside ASCII: its first byte, which tells scripts apart, and about how long. */
static inline uint64_t
high_token(const char *p, size_t n)
{
	const uint64_t length = n > 48 ? 3 : n > 12 ? 2 : n > 3;

	return mix(TOKEN_HIGH + length * 256 + (unsigned char)*p);
}

/* Whether next is a punctuation mark of Chinese or Japanese: U+3000 to U+303F, or U+FF00
 * to U+FF3F, full width. */
static inline bool
at_wide_mark(const struct walk *w)
{
	return w->end - w->p >= 3 &&
	       (memcmp(w->p, "\xe3\x80", 2) == 0 || memcmp(w->p, "\xef\xbc", 2) == 0);
}

/* Anything else but blanks. */
static inline uint64_t
take_other(struct walk *w)
{
	const char *from = w->p;
	const unsigned kind = kind_of(*from);

	w->p++;
	if (kind == DIGIT) {
		while (
		    w->p < w->end && (kind_of(*w->p) & (LETTER | DIGIT) || *w->p == '.'))
			w->p++;
		return mix(TOKEN_NUMBER);
	}
	if (kind == HIGH) {
		w->p = from;
		if (at_wide_mark(w)) {
			w->p += 3;
			return mix(TOKEN_WIDE + bytes_of(from, 3));
		}
		while (w->p < w->end && kind_of(*w->p) == HIGH && !at_wide_mark(w))
			w->p++;
		return high_token(from, (size_t)(w->p - from));
	}
	while (w->p < w->end && *w->p == *from)
		w->p++;
	if (w->p - from > 1)
		return mix(TOKEN_RUN + (uint64_t)(unsigned char)*from);
	if (w->p < w->end && is_operator(*from, OPERATORS | FIRST_ONLY) &&
	    is_operator(*w->p, OPERATORS | SECOND_ONLY)) {
		w->p++;
		return mix(TOKEN_PAIR + bytes_of(from, 2));
	}
	return mix(TOKEN_BYTE + (uint64_t)(unsigned char)*from);
}

/* The next token and its features. */
static inline void
take_token(struct code_bag *b, struct walk *w)
{
	const uint64_t *before = w->before, *shape_before = w->shape_before;
	uint64_t token, shape;

	if (kind_of(*w->p) & LETTER) {
		token = take_word(w, &shape);
		put(b, (before[0] * MIX_ONE + shape) * MIX_SHAPE);
	} else {
		token = shape = take_other(w);
	}
	put(b, token * MIX_ONE);
	put(b, (before[0] * MIX_ONE + token) * MIX_TWO);
	put(b, (before[1] * MIX_ONE + token) * MIX_SKIP);
	put(b, ((shape_before[1] * MIX_TWO + shape_before[0]) * MIX_ONE + shape) *
		   MIX_THREE);
	if (w->line_start)
		put(b, token * MIX_FIRST);
	w->before[1] = w->before[0];
	w->before[0] = token;
	w->shape_before[1] = w->shape_before[0];
	w->shape_before[0] = shape;
	w->line_start = false;
}

static inline void
take_newline(struct code_bag *b, struct walk *w)
{
	const uint64_t line = mix(TOKEN_LINE);

	w->p++;
	if (!w->line_start)
		put(b, w->before[0] * MIX_LAST);
	w->before[1] = w->before[0];
	w->shape_before[1] = w->shape_before[0];
	w->before[0] = w->shape_before[0] = line;
	w->line_start = true;
}

void
code_bag_clear(struct code_bag *b)
{
	b->n = 0;
	memset(b->seen, 0, sizeof b->seen);
}

void
code_bag_add(struct code_bag *b, struct span text)
{
	const uint64_t none = mix(TOKEN_NONE);
	struct walk w = { text.p, text.p + text.n, { none, none }, { none, none }, true };

	while (w.p < w.end && b->n + AT_ONCE <= CODE_BAG_MAX) {
		const unsigned kind = kind_of(*w.p);

		if (kind == BLANK)
			take_blanks(b, &w);
		else if (kind == NEWLINE)
			take_newline(b, &w);
		else
			take_token(b, &w);
	}
}

void
code_bag_of(struct code_bag *b, struct span text)
{
	code_bag_clear(b);
	if (text.n <= CODE_TEXT_HEAD + CODE_TEXT_TAIL) {
		code_bag_add(b, text);
		return;
	}
	code_bag_add(b, (struct span){ text.p, CODE_TEXT_HEAD });
	code_bag_add(b, span_from(text, text.n - CODE_TEXT_TAIL));
}
