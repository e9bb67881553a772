/* json.c - scan, unquote, repair and quote JSON, in linear time. */
#include "lib/text/json.h"

#include <stdint.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum { MAX_DEPTH = 1024, FEW = 16 };

static const char bad_end[] =
    "the record ends inside a value: write each record on one line";
static const char expected[] = "expected a value";
static const char not_finite[] = "NaN and Infinity are not JSON: write null instead "
				 "(allow_nan=False in Python finds them)";

struct scan {
	struct span s;
	size_t i;
	struct json_error *e;
};

static bool
fail(struct scan *c, size_t at, const char *what)
{
	c->e->at = at;
	c->e->what = what;
	return false;
}

static void
skip_space(struct scan *c)
{
	while (c->i < c->s.n) {
		char b = c->s.p[c->i];

		if (!is_blank(b) && b != '\r' && b != '\n')
			return;
		c->i++;
	}
}

/* What the letter after '\\' stands for; 0: nothing. */
static const char escaped_by[256] = {
	['"'] = '"',
	['\\'] = '\\',
	['/'] = '/',
	['b'] = '\b',
	['f'] = '\f',
	['n'] = '\n',
	['r'] = '\r',
	['t'] = '\t',
};

/* Index of the first '"', '\\' or control byte at or after i; s.n if there is none. */
static size_t
plain_run(struct span s, size_t i)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'),
		      limit = _mm_set1_epi8(0x1f);

	for (; s.n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i hit = _mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
		    _mm_cmpeq_epi8(_mm_min_epu8(v, limit), v));
		int mask = _mm_movemask_epi8(hit);

		if (mask)
			return i + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	for (; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];

		if (b == '"' || b == '\\' || b < 0x20)
			break;
	}
	return i;
}

static bool
hex4(const char *p, uint32_t *out)
{
	uint32_t v = 0;

	for (int k = 0; k < 4; k++) {
		int d = hex_digit(p[k]);

		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return true;
}

/*
 * Decode the escape or surrogate pair at s.p[i] == '\\', s.p[i + 1] == 'u'.  A lone
 * surrogate is stored as such.  Returns the length of the escape, 0 if not hexadecimal.
 */
static size_t
scan_unicode(struct span s, size_t i, uint32_t *c)
{
	uint32_t lo;

	if (s.n - i < 6 || !hex4(s.p + i + 2, c))
		return 0;
	if (*c < 0xd800 || *c > 0xdbff || s.n - i < 12 || s.p[i + 6] != '\\' ||
	    s.p[i + 7] != 'u' || !hex4(s.p + i + 8, &lo) || lo < 0xdc00 || lo > 0xdfff)
		return 6;
	*c = 0x10000 + ((*c - 0xd800) << 10 | (lo - 0xdc00));
	return 12;
}

/* Move from an opening quote past the closing one.  *escaped: the string has escapes. */
static bool
scan_string(struct scan *c, bool *escaped)
{
	size_t i = c->i + 1;
	uint32_t u;

	*escaped = false;
	for (;;) {
		i = plain_run(c->s, i);
		if (i >= c->s.n)
			return fail(c, c->i, "unterminated string");
		if (c->s.p[i] == '"')
			break;
		if (c->s.p[i] == '\0')
			return fail(c, i,
			    "NUL byte in a string: remove it, for example with tr -d "
			    "'\\000'");
		if (c->s.p[i] != '\\')
			return fail(
			    c, i, "control byte in a string: escape it as \\u00XX");
		*escaped = true;
		if (i + 1 >= c->s.n)
			return fail(c, c->i, "unterminated string");
		if (c->s.p[i + 1] == 'u') {
			size_t n = scan_unicode(c->s, i, &u);

			if (n == 0)
				return fail(c, i, "'\\u' needs four hexadecimal digits");
			if (u == 0)
				return fail(c, i,
				    "escaped NUL in a string: replace it with "
				    "--on-bad=repair");
			if (u >= 0xd800 && u <= 0xdfff)
				return fail(c, i,
				    "lone surrogate in a string: replace it with "
				    "--on-bad=repair");
			i += n;
		} else {
			if (!escaped_by[(unsigned char)c->s.p[i + 1]])
				return fail(c, i, "unknown escape in a string");
			i += 2;
		}
	}
	c->i = i + 1;
	return true;
}

static size_t
digits(struct scan *c)
{
	size_t from = c->i;

	while (c->i < c->s.n && is_digit(c->s.p[c->i]))
		c->i++;
	return c->i - from;
}

static bool
scan_number(struct scan *c)
{
	static const char what[] = "malformed number";
	size_t at = c->i;

	if (span_starts(span_from(c->s, at), SPAN("-Infinity")))
		return fail(c, at, not_finite);

	if (c->s.p[c->i] == '-')
		c->i++;
	if (c->i < c->s.n && c->s.p[c->i] == '0')
		c->i++;
	else if (digits(c) == 0)
		return fail(c, at, what);
	if (c->i < c->s.n && c->s.p[c->i] == '.') {
		c->i++;
		if (digits(c) == 0)
			return fail(c, at, what);
	}
	if (c->i < c->s.n && (c->s.p[c->i] | 32) == 'e') {
		c->i++;
		if (c->i < c->s.n && (c->s.p[c->i] == '+' || c->s.p[c->i] == '-'))
			c->i++;
		if (digits(c) == 0)
			return fail(c, at, what);
	}
	return true;
}

static bool
scan_word(struct scan *c, struct span word)
{
	if (!span_starts(span_from(c->s, c->i), word))
		return fail(c, c->i, expected);
	c->i += word.n;
	return true;
}

/* Python writes NaN and Infinity by default. */
static bool
no_value(struct scan *c)
{
	const struct span s = span_from(c->s, c->i);

	return fail(c, c->i,
	    span_starts(s, SPAN("NaN")) || span_starts(s, SPAN("Infinity")) ? not_finite
									    : expected);
}

/* A string, number or word.  Arrays and objects are an error: scan_value handles them. */
static bool
scan_scalar(struct scan *c)
{
	bool escaped;

	switch (c->s.p[c->i]) {
	case '"':
		return scan_string(c, &escaped);
	case 't':
		return scan_word(c, SPAN("true"));
	case 'f':
		return scan_word(c, SPAN("false"));
	case 'n':
		return scan_word(c, SPAN("null"));
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return scan_number(c);
	default:
		return no_value(c);
	}
}

/* The name of a field with its quotes, its colon, and the space around them. */
static bool
scan_name(struct scan *c, struct span *name, bool *escaped)
{
	size_t at;

	skip_space(c);
	at = c->i;
	if (at >= c->s.n || c->s.p[at] != '"')
		return fail(c, at, "expected a field name in double quotes");
	if (!scan_string(c, escaped))
		return false;
	*name = (struct span){ c->s.p + at, c->i - at };
	skip_space(c);
	if (c->i >= c->s.n || c->s.p[c->i] != ':')
		return fail(c, c->i, "expected ':'");
	c->i++;
	skip_space(c);
	return true;
}

/*
 * Any value.  A stack of bits (1: object, 0: array) replaces recursion.  `open` states
 * that a value must follow; otherwise one has just ended.
 */
static bool
scan_value(struct scan *c)
{
	uint64_t object[MAX_DEPTH / 64];
	size_t depth = 0;

	for (;;) {
		bool open = false, is_object, escaped;
		struct span name;

		skip_space(c);
		if (c->i >= c->s.n)
			return fail(c, c->i, bad_end);
		is_object = c->s.p[c->i] == '{';
		if (is_object || c->s.p[c->i] == '[') {
			char close = is_object ? '}' : ']';

			if (depth == MAX_DEPTH)
				return fail(c, c->i, "nested more than 1024 deep");
			if (depth % 64 == 0)
				object[depth / 64] = 0;
			object[depth / 64] &= ~((uint64_t)1 << depth % 64);
			object[depth / 64] |= (uint64_t)is_object << depth % 64;
			depth++;
			c->i++;
			skip_space(c);
			if (c->i < c->s.n && c->s.p[c->i] == close)
				c->i++, depth--;
			else
				open = true;
		} else if (!scan_scalar(c)) {
			return false;
		}
		while (!open && depth > 0) {
			bool in_object = object[(depth - 1) / 64] >> (depth - 1) % 64 & 1;

			skip_space(c);
			if (c->i >= c->s.n)
				return fail(c, c->i, bad_end);
			if (c->s.p[c->i] == (in_object ? '}' : ']'))
				c->i++, depth--;
			else if (c->s.p[c->i] == ',')
				c->i++, open = true;
			else
				return fail(c, c->i,
				    in_object ? "expected ',' or '}'"
					      : "expected ',' or ']'");
		}
		if (depth == 0)
			return true;
		if ((object[(depth - 1) / 64] >> (depth - 1) % 64 & 1) &&
		    !scan_name(c, &name, &escaped))
			return false;
	}
}

static int
by_key(const void *a, const void *b)
{
	const struct json_field *x = *(const struct json_field *const *)a;
	const struct json_field *y = *(const struct json_field *const *)b;
	size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
	int order = n ? memcmp(x->key.p, y->key.p, n) : 0;

	if (order == 0 && x->key.n != y->key.n)
		order = x->key.n < y->key.n ? -1 : 1;
	/* Of equal names, the later one is the duplicate. */
	return order ? order : x < y ? -1 : x > y;
}

/*
 * The first field whose name an earlier one has, or NULL.  Many names are sorted rather
 * than hashed, so that no choice of names makes this slow.
 */
static const struct json_field *
duplicate(const struct json_fields *f)
{
	const struct json_field **by, *found = NULL;

	if (f->n <= FEW) {
		for (size_t i = 1; i < f->n; i++)
			for (size_t j = 0; j < i; j++)
				if (span_eq(f->v[i].key, f->v[j].key))
					return &f->v[i];
		return NULL;
	}
	by = xcalloc(f->n, sizeof *by);
	for (size_t i = 0; i < f->n; i++)
		by[i] = &f->v[i];
	qsort(by, f->n, sizeof *by, by_key);
	for (size_t i = 1; i < f->n; i++)
		if (span_eq(by[i]->key, by[i - 1]->key) && (!found || by[i] < found))
			found = by[i];
	free(by);
	return found;
}

/* One field with the comma before it.  1: scanned, 0: the object has ended, -1: error. */
static int
scan_field(struct scan *c, bool first, struct json_field *f, struct arena *mem)
{
	struct span name;
	bool escaped;
	size_t at;

	skip_space(c);
	if (c->i >= c->s.n)
		return fail(c, c->i, "unterminated object: expected ',' or '}'"), -1;
	if (c->s.p[c->i] == '}')
		return 0;
	if (!first) {
		if (c->s.p[c->i] != ',')
			return fail(c, c->i, "expected ',' or '}'"), -1;
		c->i++;
	}
	if (!scan_name(c, &name, &escaped))
		return -1;
	f->key =
	    escaped ? json_unquote(name, mem) : (struct span){ name.p + 1, name.n - 2 };
	at = c->i;
	if (!scan_value(c))
		return -1;
	f->value = (struct span){ c->s.p + at, c->i - at };
	return 1;
}

static const char *
duplicate_message(struct span name, struct arena *mem)
{
	enum { LONG = 64 };
	const bool cut = name.n > LONG;
	struct buf b = { 0 };
	const char *what;

	buf_putf(&b, "duplicate field '%.*s%s': rename one of the two",
	    (int)(cut ? LONG : name.n), name.p, cut ? "..." : "");
	buf_putc(&b, '\0');
	what = arena_copy(mem, buf_span(&b));
	buf_free(&b);
	return what;
}

int
json_scan(struct span s, struct json_fields *f, struct arena *mem, struct json_error *e)
{
	struct scan c = { .s = s, .e = e };
	const struct json_field *twice;
	int more;

	f->n = 0;
	skip_space(&c);
	if (c.i >= s.n || s.p[c.i] != '{')
		return fail(&c, c.i, "not a JSON object: write one object per line"), -1;
	c.i++;
	do {
		GROW(f->v, f->n, f->cap);
		more = scan_field(&c, f->n == 0, &f->v[f->n], mem);
		if (more < 0)
			return -1;
		f->n += (size_t)more;
	} while (more);
	c.i++;
	skip_space(&c);
	if (c.i != s.n)
		return fail(&c, c.i,
			   "unexpected data after the object: write one object per line"),
		       -1;
	if ((twice = duplicate(f)))
		return fail(&c, (size_t)(twice->value.p - s.p),
			   duplicate_message(twice->key, mem)),
		       -1;
	return f->n > INT32_MAX ? (fail(&c, 0, "too many fields"), -1) : (int)f->n;
}

/* Decode the escape at s.p[*i] of a scanned string and move *i past it. */
static uint32_t
unescape(struct span s, size_t *i)
{
	uint32_t c = 0;

	if (s.p[*i + 1] == 'u') {
		*i += scan_unicode(s, *i, &c);
		return c;
	}
	c = (unsigned char)escaped_by[(unsigned char)s.p[*i + 1]];
	*i += 2;
	return c;
}

/* Copy s.p[i] and what follows up to the next '\\', of a scanned string, to `to`, which
 * has room for COPY_SLACK more bytes.  Returns how many. */
enum { COPY_SLACK = 16 };
static size_t
copy_run(char *to, struct span s, size_t i)
{
	const size_t from = i;

#ifdef __SSE2__
	for (; s.n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));

		_mm_storeu_si128((__m128i *)(void *)(to + (i - from)), v);
		if (mask)
			return i - from + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	for (; i < s.n && s.p[i] != '\\'; i++)
		to[i - from] = s.p[i];
	return i - from;
}

struct span
json_unquote(struct span raw, struct arena *mem)
{
	struct span s = { raw.p + 1, raw.n - 2 };
	size_t at = s.n ? plain_run(s, 0) : 0;
	struct buf b;

	if (at == s.n)
		return s; /* no copy in the common case */
	/* Decoding never grows. */
	b = (struct buf){
		.p = arena_alloc(mem, xadd(s.n, COPY_SLACK)), .n = at, .cap = s.n
	};
	memcpy(b.p, s.p, at);
	while (at < s.n) {
		uint32_t c = unescape(s, &at);
		size_t n;

		if (c < 0x80)
			b.p[b.n++] = (char)c;
		else
			utf8_put(&b, c);
		n = copy_run(b.p + b.n, s, at);
		b.n += n;
		at += n;
	}
	return buf_span(&b);
}

uint64_t
json_repair(char *p, size_t n)
{
	struct span s = { p, n };
	uint64_t repaired = 0;
	uint32_t c;

	for (size_t i = 0; i + 1 < n;) {
		const char *slash = memchr(p + i, '\\', n - 1 - i);
		size_t len = 2;

		if (!slash)
			break;
		i = (size_t)(slash - p);
		if (p[i + 1] == 'u') {
			len = scan_unicode(s, i, &c);
			if (len == 0) {
				len = 2;
			} else if (c == 0 || (c >= 0xd800 && c <= 0xdfff)) {
				memcpy(p + i, "\\ufffd", 6);
				repaired++;
			}
		}
		i += len;
	}
	return repaired;
}

void
json_quote(struct buf *b, struct span s)
{
	static const char hex[] = "0123456789abcdef";
	static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	size_t from = 0;

	buf_reserve(b, xadd(s.n, 2));
	buf_putc(b, '"');
	for (size_t i = s.n ? plain_run(s, 0) : 0; i < s.n; i = plain_run(s, from)) {
		unsigned char c = (unsigned char)s.p[i];
		const char *k = c ? strchr(plain, c) : NULL;
		char e[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

		if (k)
			e[1] = letter[k - plain];
		buf_put(b, s.p + from, i - from);
		buf_put(b, e, k ? 2 : 6);
		from = i + 1;
	}
	buf_put(b, s.p + from, s.n - from);
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
