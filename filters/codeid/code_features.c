/* code_features.c - split source text into tokens and hash their features. */
#include "filters/codeid/code_features.h"

enum {
	WORD_MAX = 24,	   /* bytes: longer identifiers all share one token */
	TOKEN_FEATURES = 6 /* at most, per token */
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

/* Two bytes are one operator if the first is '|' or in OPERATORS | FIRST_ONLY, and the
 * second is '|' or in OPERATORS | SECOND_ONLY.  The sets hold bytes below 64. */
#define BIT(c) ((uint64_t)1 << (c))
#define OPERATORS                                                                        \
	(BIT('=') | BIT('>') | BIT('<') | BIT(':') | BIT('-') | BIT('*') | BIT('/') |    \
	    BIT('+') | BIT('&') | BIT('?') | BIT('!') | BIT('%'))
#define FIRST_ONLY  BIT('.')
#define SECOND_ONLY (BIT('(') | BIT('#') | BIT('$'))

/* Values of tokens that are not hashes of their bytes. */
enum {
	TOKEN_NONE = 1,
	TOKEN_LINE,
	TOKEN_LONG_WORD,
	TOKEN_NUMBER,
	TOKEN_BYTE = 1 << 8,   /* + the byte */
	TOKEN_RUN = 2 << 8,    /* + the repeated byte */
	TOKEN_SHAPE = 3 << 8,  /* + byte kinds of an identifier, FIRST_UPPER */
	TOKEN_INDENT = 4 << 8, /* + kind of indentation * 256 + the next byte */
	TOKEN_HIGH = 8 << 8,   /* + length * 256 + the first byte */
	TOKEN_PAIR = 1 << 16,  /* + the two bytes */
	TOKEN_WIDE = 1 << 24,  /* + the three bytes of a punctuation mark */
	FIRST_UPPER = 16
};

/* One odd multiplier per kind of feature: fractional parts of square roots of primes. */
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

/* The first n bytes, 1 to 8, as a little-endian number. */
static inline uint64_t
bytes_of(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return v;
}

/* bytes_of(), for p with 8 readable bytes: one load and one mask. */
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

/* Add a feature.  f->feature must have room. */
static inline void
put(struct code_features *f, uint64_t hash)
{
	const uint64_t top = hash >> (64 - CODE_FEATURE_BITS);
	const uint64_t seen = f->seen[top / 64], bit = BIT(top % 64);

	/* No branch: it would be mispredicted half of the time. */
	f->seen[top / 64] = seen | bit;
	f->feature[f->n] = (uint32_t)top;
	f->n += !(seen & bit);
}

/* A position in a text, and the two tokens and shapes before it, the latest first. */
struct code_tokenizer {
	const char *p, *end;
	uint64_t before[2], shape_before[2];
	bool line_start;
};

/* Blanks at the beginning of a line are a feature; elsewhere they only separate tokens.
 */
static inline void
take_blanks(struct code_features *f, struct code_tokenizer *w)
{
	const char *from = w->p;
	uint64_t indent;

	while (w->p < w->end && kind_of(*w->p) == BLANK)
		w->p++;
	if (!w->line_start)
		return;
	indent = *from == '\t'		  ? 0
		 : w->p - from >= 8	  ? 1
		 : (w->p - from) % 4 == 0 ? 2
					  : 3;
	indent <<= 8;
	if (w->p < w->end)
		indent |= kind_of(*w->p) == PUNCT   ? (unsigned char)*w->p
			  : kind_of(*w->p) & LETTER ? LETTER
						    : kind_of(*w->p);
	put(f, mix(TOKEN_INDENT + indent) * MIX_SPACE);
}

/* Read an identifier.  Returns its token and sets *shape. */
static inline uint64_t
take_word(struct code_tokenizer *w, uint64_t *shape)
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

/* The token of a non-ASCII run: its first byte, which depends on the script, and its
 * length in four classes. */
static inline uint64_t
high_token(const char *p, size_t n)
{
	const uint64_t length = n > 48 ? 3 : n > 12 ? 2 : n > 3;

	return mix(TOKEN_HIGH + length * 256 + (unsigned char)*p);
}

/* Whether a CJK punctuation mark is next: U+3000 to U+303F, or U+FF00 to U+FF3F. */
static inline bool
at_wide_mark(const struct code_tokenizer *w)
{
	return w->end - w->p >= 3 &&
	       (memcmp(w->p, "\xe3\x80", 2) == 0 || memcmp(w->p, "\xef\xbc", 2) == 0);
}

/* Read any other token, except blanks. */
static inline uint64_t
take_other(struct code_tokenizer *w)
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

/* Read the next token and add its features. */
static inline void
take_token(struct code_features *f, struct code_tokenizer *w)
{
	const uint64_t *before = w->before, *shape_before = w->shape_before;
	uint64_t token, shape;

	if (kind_of(*w->p) & LETTER) {
		token = take_word(w, &shape);
		put(f, (before[0] * MIX_ONE + shape) * MIX_SHAPE);
	} else {
		token = shape = take_other(w);
	}
	put(f, token * MIX_ONE);
	put(f, (before[0] * MIX_ONE + token) * MIX_TWO);
	put(f, (before[1] * MIX_ONE + token) * MIX_SKIP);
	put(f, ((shape_before[1] * MIX_TWO + shape_before[0]) * MIX_ONE + shape) *
		   MIX_THREE);
	if (w->line_start)
		put(f, token * MIX_FIRST);
	w->before[1] = w->before[0];
	w->before[0] = token;
	w->shape_before[1] = w->shape_before[0];
	w->shape_before[0] = shape;
	w->line_start = false;
}

static inline void
take_newline(struct code_features *f, struct code_tokenizer *w)
{
	const uint64_t line = mix(TOKEN_LINE);

	w->p++;
	if (!w->line_start)
		put(f, w->before[0] * MIX_LAST);
	w->before[1] = w->before[0];
	w->shape_before[1] = w->shape_before[0];
	w->before[0] = w->shape_before[0] = line;
	w->line_start = true;
}

void
code_features_clear(struct code_features *f)
{
	f->n = 0;
	memset(f->seen, 0, sizeof f->seen);
}

void
code_features_add(struct code_features *f, struct span text)
{
	const uint64_t none = mix(TOKEN_NONE);
	struct code_tokenizer w = { text.p, text.p + text.n, { none, none },
		{ none, none }, true };

	while (w.p < w.end && f->n + TOKEN_FEATURES <= CODE_FEATURES_MAX) {
		const unsigned kind = kind_of(*w.p);

		if (kind == BLANK)
			take_blanks(f, &w);
		else if (kind == NEWLINE)
			take_newline(f, &w);
		else
			take_token(f, &w);
	}
}

void
code_features_of_text(struct code_features *f, struct span text)
{
	code_features_clear(f);
	if (text.n <= CODE_HEAD_BYTES + CODE_TAIL_BYTES) {
		code_features_add(f, text);
		return;
	}
	code_features_add(f, (struct span){ text.p, CODE_HEAD_BYTES });
	code_features_add(f, span_from(text, text.n - CODE_TAIL_BYTES));
}
