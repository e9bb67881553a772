/* html_tags.c - read the tags of a web page: HTML standard, 13.2.5.6 to .8 and .32 to
 * .40. */
#include "filters/web/html/byte_scan.h"
#include "filters/web/html/html_tokenizer.h"
#include "lib/base/bytes16.h"
#include "lib/base/chars.h"

#define INLINE static inline __attribute__((always_inline))

/* The lower case of a byte of a name; 0: it ends the name of a tag.  NUL is part of
 * names. */
static const unsigned char name_bytes[256] = {
#define ROW(c)	(c), (c) + 1, (c) + 2, (c) + 3, (c) + 4, (c) + 5, (c) + 6, (c) + 7
#define ROWS(c) ROW(c), ROW((c) + 8), ROW((c) + 16), ROW((c) + 24)
	1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 11, 0, 13, 14, 15, ROW(16), ROW(24), 0, '!', '"',
	'#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', 0, ROW('0'), '8',
	'9', ':', ';', '<', '=', 0, '?', '@', 'a', 'b', 'c', 'd', 'e', 'f', 'g', ROW('h'),
	ROW('p'), 'x', 'y', 'z', '[', '\\', ']', '^', '_', ROW('`'), ROW('h'), ROW('p'),
	ROW('x'), ROWS(128), ROWS(160), ROWS(192), ROWS(224)
};

static inline unsigned char
name_byte(char c)
{
	return name_bytes[(unsigned char)c];
}

static inline const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ' && is_space(*p))
		p++;
	return p;
}

/* The last 8 bytes of the name at p, in lower case: the first of them in the highest
 * byte. */
static inline uint64_t
key_of(const char *p, size_t n)
{
	const uint64_t all = 0x0101010101010101u;
	uint64_t key, from_a, after_z;

	memcpy(&key, n < 8 ? p : p + n - 8, sizeof key);
	key = __builtin_bswap64(key);
	if (n < 8)
		key >>= 8 * (8 - n);
	/* Bit 7 of each byte that is at least 'A', or greater than 'Z'. */
	from_a = (key & all * 0x7F) + all * (0x80 - 'A');
	after_z = (key & all * 0x7F) + all * (0x80 - 'Z' - 1);
	return key | (((from_a ^ after_z) & ~key & all * 0x80) >> 2);
}

/*
 * The end of the name at p, and its key.  `equals`: '=' ends it.  NULL: it is not one of
 * 1 to 15 bytes without controls, and must be read byte by byte.
 */
INLINE const char *
read_short_name(const char *p, const char *end, bool equals, uint64_t *key)
{
#ifdef BYTES16
	/* Controls, the blank, and other bytes that end a name. */
	bytes16 v, stop;
	size_t n;

	if (end - p < 16)
		return NULL;
	v = bytes16_load(p);
	stop = ((v ^ -128) < ' ' + 1 - 128) | (v == '/') | (v == '>') | (v == '=');
	if (!bytes16_any(stop))
		return NULL;
	n = bytes16_first(stop);
	if (n == 0 || (name_byte(p[n]) && !(equals && p[n] == '=')))
		return NULL;
	*key = key_of(p, n);
	return p + n;
#else
	return NULL;
#endif
}

/* Attributes: 13.2.5.32 to 13.2.5.40. */

/* The value that begins at p, after "=".  Returns its end; `end`: the page ends in it.
 */
static inline const char *
read_value(const char *p, const char *end, struct html_raw_attr *a)
{
	const char *from = p;

	if (*p == '"' || *p == '\'') {
		from++;
		p = scan_value(from, end, *p, &a->coded);
		a->value = (struct span){ from, (size_t)(p - from) };
		return p < end ? p + 1 : end;
	}
	while (p < end && *p != '>' && !is_space(*p))
		p++;
	a->coded = true;
	a->value = (struct span){ from, (size_t)(p - from) };
	return p;
}

INLINE bool
next_attr(const char **at, const char *end, struct html_raw_attr *a, bool *self_closing)
{
	const char *p = *at, *name;
	unsigned char c;

	for (;;) {
		p = skip_space(p, end);
		*at = p;
		if (p == end || *p == '>')
			return false;
		if (*p != '/')
			break;
		p++;
		if (p < end && *p == '>')
			*self_closing = true;
	}
	name = p;
	p = read_short_name(name, end, true, &a->key);
	if (!p) {
		p = name;
		a->key = 0;
		do {
			a->key = a->key << 8 | name_byte(*p++);
		} while (p < end && (c = name_byte(*p)) && c != '=');
	}
	a->name = (struct span){ name, (size_t)(p - name) };
	a->value = (struct span){ p, 0 };
	a->coded = false;
	*at = p;
	if (p < end && *p != '=')
		p = skip_space(p, end);
	if (p == end || *p != '=')
		return true;
	p++;
	if (p < end && *p != '"')
		p = skip_space(p, end);
	*at = p < end ? read_value(p, end, a) : end;
	return true;
}

bool
html_next_attr(
    const char **p, const char *end, struct html_raw_attr *a, bool *self_closing)
{
	return next_attr(p, end, a, self_closing);
}

#define KEY4(a, b, c, d)                                                                 \
	((uint64_t)(a) << 24 | (uint64_t)(b) << 16 | (uint64_t)(c) << 8 | (uint64_t)(d))
#define KEY8(a, b, c, d, e, f, g, h) (KEY4(a, b, c, d) << 32 | KEY4(e, f, g, h))

/* The A_ of an attribute, or A_COUNT. */
static inline unsigned
known_attr(const struct html_raw_attr *a)
{
	switch (a->key) {
	case KEY8(0, 0, 0, 'c', 'l', 'a', 's', 's'):
		return A_CLASS;
	case KEY4(0, 0, 'i', 'd'):
		return A_ID;
	case KEY4('r', 'o', 'l', 'e'):
		return A_ROLE;
	case KEY8(0, 0, 0, 's', 't', 'y', 'l', 'e'):
		return A_STYLE;
	case KEY8('i', 't', 'e', 'm', 'p', 'r', 'o', 'p'):
		return a->name.n == 8 ? A_ITEMPROP : A_COUNT;
	case KEY8(0, 0, 'h', 'i', 'd', 'd', 'e', 'n'):
		return A_HIDDEN;
	case KEY8('a', '-', 'h', 'i', 'd', 'd', 'e', 'n'):
		return a->name.n == 11 && ascii_eq(a->name.p, "ari", 3) ? A_ARIA_HIDDEN
									: A_COUNT;
	case KEY8(0, 'p', 'o', 'p', 'o', 'v', 'e', 'r'):
		return A_POPOVER;
	case KEY4('h', 'r', 'e', 'f'):
		return A_HREF;
	case KEY4(0, 'r', 'e', 'l'):
		return A_REL;
	default:
		return A_COUNT;
	}
}

/* Keep an attribute of A_, unless the tag has had one of its name: `seen` has their bits.
 */
static inline void
keep_attr(struct html_tokenizer *t, const struct html_raw_attr *a, unsigned *seen)
{
	const unsigned name = known_attr(a);

	if (name == A_COUNT || *seen & 1u << name)
		return;
	*seen |= 1u << name;
	GROW(t->attr, t->attrs, t->attr_cap);
	t->attr[t->attrs++] = (struct html_attr){ .at = (uint32_t)(a->value.p - t->begin),
		.n = (uint32_t)a->value.n,
		.name = (uint8_t)name,
		.coded = a->coded };
}

/* Tags: 13.2.5.6 to 13.2.5.8. */

/* Have an end tag follow the start tag of an element that HTML would leave open.  The
 * tree of a <noscript> is built apart. */
static void
close_itself(struct html_tokenizer *t, struct html_token *token)
{
	switch (token->code) {
	case T_AREA:
	case T_BASE:
	case T_BR:
	case T_COL:
	case T_EMBED:
	case T_FRAME:
	case T_HR:
	case T_IMAGE:
	case T_IMG:
	case T_INPUT:
	case T_LINK:
	case T_META:
	case T_NOSCRIPT:
	case T_PARAM:
	case T_SOURCE:
	case T_TRACK:
	case T_WBR:
		return;
	default:
		if (token->kind == TOKEN_START)
			t->self_closed = token->code;
		token->self_closing = false;
	}
}

void
html_read_tag(struct html_tokenizer *t, struct html_token *token, const char *name)
{
	const char *end = t->end, *p;
	const size_t first = t->attrs;
	struct html_raw_attr a;
	uint64_t key;
	unsigned seen = 0;
	unsigned char c;

	token->kind = name - t->p == 1 ? TOKEN_START : TOKEN_END;
	token->at = (uint32_t)(t->p - t->begin);
	token->self_closing = false;
	token->attr = 0;
	p = read_short_name(name, end, false, &key);
	if (!p) {
		key = 0;
		for (p = name; p < end && (c = name_byte(*p)) != 0; p++)
			key = key << 8 | c;
	}
	token->code = html_code(t->names, name, (size_t)(p - name), key);
	while (next_attr(&p, end, &a, &token->self_closing)) {
		if (token->kind == TOKEN_START)
			keep_attr(t, &a, &seen);
	}
	if (seen) {
		token->attr = (uint32_t)first;
		t->attr[t->attrs - 1].last = true;
	}
	t->p = p < end ? p + 1 : end;
	if (p == end)
		token->kind = TOKEN_EOF;
	else if (token->self_closing && t->xml)
		close_itself(t, token);
}

const char *
html_tag_attrs(const struct html_tokenizer *t, uint32_t at)
{
	const char *p = t->begin + at + 1;

	while (p < t->end && name_byte(*p))
		p++;
	return p;
}

bool
html_find_attr(
    const struct html_tokenizer *t, uint32_t at, struct span name, struct span *value)
{
	const char *p = html_tag_attrs(t, at);
	struct html_raw_attr a;
	bool self_closing;

	while (next_attr(&p, t->end, &a, &self_closing)) {
		if (a.name.n == name.n && ascii_eq(a.name.p, name.p, name.n)) {
			*value = a.value;
			return true;
		}
	}
	return false;
}

bool
html_is_tag(const struct html_tokenizer *t, const char *name, uint32_t code)
{
	/* Without a limit, "<a<a<a" in a script would take quadratic time. */
	const size_t max = sizeof "annotation-xml";
	const char *p = name;
	uint64_t key = 0;
	unsigned char c = 1;

	while (p < t->end && (size_t)(p - name) < max && (c = name_byte(*p)) != 0) {
		key = key << 8 | c;
		p++;
	}
	return p < t->end && p > name && c == 0 &&
	       html_code(t->names, name, (size_t)(p - name), key) == code;
}
