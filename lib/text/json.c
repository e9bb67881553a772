/* json.c - scan, unquote and repair JSON, in linear time. */
#include "lib/text/json.h"

#include <stdint.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/text/json_string.h"
#include "lib/text/utf8.h"

enum { MAX_DEPTH = 1024, FEW = 16 };

static const char bad_end[] =
    "the record ends inside a value: write each record on one line";
static const char expected[] = "expected a value";
static const char not_utf8[] = "not UTF-8";
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

static inline void
skip_space(struct scan *c)
{
	while (c->i < c->s.n) {
		char b = c->s.p[c->i];

		if (!is_blank(b) && b != '\r' && b != '\n')
			return;
		c->i++;
	}
}

/*
 * Move from an opening quote past the closing one.  Unless `to` is NULL, decode the
 * string to *to, as json_string does.
 */
static bool
scan_string(struct scan *c, char **to)
{
	const size_t end = json_string(c->s, c->i + 1, to);
	const char *problem;

	if (end != JSON_NO_STRING) {
		c->i = end + 1;
		return true;
	}
	problem = json_string_problem(c->s, &c->i);
	return problem ? fail(c, c->i, problem) : fail(c, utf8_error(c->s), not_utf8);
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
	switch (c->s.p[c->i]) {
	case '"':
		return scan_string(c, NULL);
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
scan_name(struct scan *c, struct span *name)
{
	size_t at;

	skip_space(c);
	at = c->i;
	if (at >= c->s.n || c->s.p[at] != '"')
		return fail(c, at, "expected a field name in double quotes");
	if (!scan_string(c, NULL))
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
		bool open = false, is_object;
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
		    !scan_name(c, &name))
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

/* raw, a string that decodes to the n bytes at p, which the arena has last allocated. */
static struct span
decoded(struct span raw, char *p, size_t n, struct arena *mem)
{
	const bool same = n == raw.n - 2; /* decoding an escape shortens it */

	arena_trim(mem, p, same ? 0 : n);
	return (struct span){ same ? raw.p + 1 : p, n };
}

/* Scan a string value and decode it to mem. */
static bool
scan_decoded(struct scan *c, struct span *s, struct arena *mem)
{
	const size_t at = c->i;
	char *p = arena_alloc(mem, xadd(c->s.n - at, JSON_SLACK)), *end = p;

	if (!scan_string(c, &end))
		return false;
	*s = decoded((struct span){ c->s.p + at, c->i - at }, p, (size_t)(end - p), mem);
	return true;
}

/* Scan one field with the comma before it to fs->v[fs->n].  1: scanned, 0: the object has
 * ended, -1: error. */
static int
scan_field(struct scan *c, struct json_fields *fs, struct arena *mem)
{
	struct json_field *f = &fs->v[fs->n];
	struct span name;
	size_t at;
	bool ok;

	skip_space(c);
	if (c->i >= c->s.n)
		return fail(c, c->i, "unterminated object: expected ',' or '}'"), -1;
	if (c->s.p[c->i] == '}')
		return 0;
	if (fs->n > 0) {
		if (c->s.p[c->i] != ',')
			return fail(c, c->i, "expected ',' or '}'"), -1;
		c->i++;
	}
	if (!scan_name(c, &name))
		return -1;
	f->key = memchr(name.p, '\\', name.n) ? json_unquote(name, mem)
					      : (struct span){ name.p + 1, name.n - 2 };
	at = c->i;
	if (fs->decode.p && at < c->s.n && c->s.p[at] == '"' &&
	    span_eq(f->key, fs->decode))
		ok = scan_decoded(c, &fs->decoded, mem);
	else
		ok = scan_value(c);
	if (!ok)
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
	f->decoded.p = NULL;
	skip_space(&c);
	if (c.i >= s.n || s.p[c.i] != '{')
		return fail(&c, c.i, "not a JSON object: write one object per line"), -1;
	c.i++;
	do {
		GROW(f->v, f->n, f->cap);
		more = scan_field(&c, f, mem);
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

struct span
json_unquote(struct span raw, struct arena *mem)
{
	const size_t end = raw.n - 1;
	char *p = arena_alloc(mem, xadd(raw.n, JSON_SLACK)), *to = p;

	if (json_string(raw, 1, &to) != end)
		to = p + json_string_decode((struct span){ raw.p, end }, 1, p);
	return decoded(raw, p, (size_t)(to - p), mem);
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
			len = json_unicode_escape(s, i, &c);
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
