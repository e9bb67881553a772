/* html_tokenizer.c - split a web page into tags, text and comments, by the HTML standard,
 * 13.2.5. */
#include "filters/web/html_tokenizer.h"

#include <stdlib.h>

#include "filters/web/html_scan.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* The lower case of a byte of a name; 0: it ends the name of a tag.  NUL is part of
 * names. */
static const unsigned char name_bytes[256] = {
#define ROW(c)	c, c + 1, c + 2, c + 3, c + 4, c + 5, c + 6, c + 7
#define ROWS(c) ROW(c), ROW(c + 8), ROW(c + 16), ROW(c + 24)
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

static inline bool
is_letter(char c)
{
	const char low = (char)(c | 0x20);

	return low >= 'a' && low <= 'z';
}

static inline const char *
skip_space(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

/* Attributes: 13.2.5.32 to 13.2.5.40. */

/* The value that begins at p, behind "=".  Returns its end; `end`: the page ends in it.
 */
static inline const char *
read_value(const char *p, const char *end, struct span *value)
{
	const char *from = p;

	if (*p == '"' || *p == '\'') {
		from++;
		p = scan_byte(from, end, *p);
		*value = (struct span){ from, (size_t)(p - from) };
		return p < end ? p + 1 : end;
	}
	while (p < end && *p != '>' && !is_space(*p))
		p++;
	*value = (struct span){ from, (size_t)(p - from) };
	return p;
}

static inline bool
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
	a->key = 0;
	do {
		a->key = a->key << 8 | name_byte(*p++);
	} while (p < end && (c = name_byte(*p)) && c != '=');
	a->name = (struct span){ name, (size_t)(p - name) };
	a->value = (struct span){ p, 0 };
	*at = p;
	p = skip_space(p, end);
	if (p == end || *p != '=')
		return true;
	p = skip_space(p + 1, end);
	*at = p < end ? read_value(p, end, &a->value) : end;
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
	case KEY4('h', 'r', 'e', 'f'):
		return A_HREF;
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
		.name = (uint8_t)name };
}

/* Tags: 13.2.5.6 to 13.2.5.8. */

/* Read the tag at t->p, whose name begins at `name`.  One that the page ends in is
 * dropped. */
static void
read_tag(struct html_tokenizer *t, struct html_token *token, const char *name)
{
	const char *p = name, *end = t->end;
	const size_t first = t->attrs;
	struct html_raw_attr a;
	uint64_t key = 0;
	unsigned seen = 0;
	unsigned char c;

	token->kind = name - t->p == 1 ? TOKEN_START : TOKEN_END;
	token->at = (uint32_t)(t->p - t->begin);
	token->self_closing = false;
	token->attr = 0;
	while (p < end && (c = name_byte(*p)) != 0) {
		key = key << 8 | c;
		p++;
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
		*value = a.value;
		if (a.name.n == name.n && ascii_eq(a.name.p, name.p, name.n))
			return true;
	}
	return false;
}

/* Text: 13.2.5.1 to 13.2.5.5, references: 13.2.5.72 to 13.2.5.80. */

/* Whether a control or non-character can be in a text. */
static bool
is_text(uint32_t c)
{
	return (c >= 0x20 || (c != 0 && is_space((char)c))) && c != 0x7F &&
	       (c < 0xFDD0 || c > 0xFDEF) && (c & 0xFFFE) != 0xFFFE;
}

static void
put_reference(
    const struct html_tokenizer *t, const struct html_reference *ref, struct buf *out)
{
	for (unsigned i = 0; i < ref->n; i++)
		if (t->controls || is_text(ref->code[i]))
			utf8_put(out, ref->code[i]);
}

/* The reference at p, which is '&'; length 0: it is not one. */
static inline struct html_reference
reference_at(
    const struct html_tokenizer *t, const char *p, const char *end, bool attribute)
{
	/* Most lone '&' are followed by a blank. */
	if (end - p < 2 || !(is_letter(p[1]) || p[1] == '#'))
		return (struct html_reference){ .length = 0 };
	return html_reference(
	    t->references, (struct span){ p, (size_t)(end - p) }, attribute);
}

/* Append bytes with references decoded and NUL replaced. */
static void
decode(const struct html_tokenizer *t, const char *p, const char *end, bool attribute,
    struct buf *out)
{
	const char *from = p;
	struct html_reference ref;

	for (;;) {
		while (p < end && *p != '&' && *p)
			p++;
		if (p == end)
			break;
		ref.length = 1;
		if (*p == '&')
			ref = reference_at(t, p, end, attribute);
		if (ref.length == 0) {
			p++;
			continue;
		}
		buf_put(out, from, (size_t)(p - from));
		if (*p)
			put_reference(t, &ref, out);
		else
			buf_puts(out, REPLACEMENT);
		p += ref.length;
		from = p;
	}
	buf_put(out, from, (size_t)(p - from));
}

void
html_decode_value(const struct html_tokenizer *t, struct span value, struct buf *out)
{
	decode(t, value.p, value.p + value.n, true, out);
}

/* Borrowed text; decoded text would not fit beyond the limit of offsets. */
static struct html_text
borrow(const struct html_tokenizer *t, const char *from, const char *to)
{
	return (struct html_text){ (uint32_t)(from - t->begin), (uint32_t)(to - from) };
}

static bool
is_full(const struct html_tokenizer *t, const char *from, const char *to)
{
	/* The longest text of a reference is 6 bytes for 5. */
	return t->decoded.n + 2 * (size_t)(to - from) + 8 >= TEXT_DECODED;
}

static struct html_text
decoded_since(const struct html_tokenizer *t, size_t from)
{
	return (struct html_text){ (uint32_t)from | TEXT_DECODED,
		(uint32_t)(t->decoded.n - from) };
}

/* A run of raw text: NUL is replaced, and references are decoded in RCDATA. */
static void
take_raw(struct html_tokenizer *t, struct html_token *token, const char *to)
{
	const char *from = t->p;
	const size_t n = (size_t)(to - from), at = t->decoded.n;

	token->kind = TOKEN_TEXT;
	t->p = to;
	token->text = borrow(t, from, to);
	if (is_full(t, from, to))
		return;
	if (t->content == CONTENT_RCDATA &&
	    (memchr(from, '&', n) || memchr(from, '\0', n))) {
		decode(t, from, to, false, &t->decoded);
		token->text = decoded_since(t, at);
	} else if (t->content != CONTENT_RCDATA && memchr(from, '\0', n)) {
		for (; from < to; from++)
			buf_put(&t->decoded, *from ? from : REPLACEMENT, *from ? 1 : 3);
		token->text = decoded_since(t, at);
	}
}

/* Whether '<' at p begins a tag, comment or declaration. */
static inline bool
begins_markup(const char *p, const char *end)
{
	if (end - p < 2)
		return false;
	return is_letter(p[1]) || p[1] == '!' || p[1] == '?' ||
	       (p[1] == '/' && end - p > 2);
}

/* A run of text up to markup or NUL. */
static void
take_text(struct html_tokenizer *t, struct html_token *token)
{
	const char *p = t->p, *from = p, *end = t->end;
	const size_t at = t->decoded.n;

	token->kind = TOKEN_TEXT;
	while ((p = scan_text(p, end)) < end) {
		struct html_reference ref = { .length = 0 };

		if (*p == '\0' || (*p == '<' && begins_markup(p, end)))
			break;
		if (*p == '&' && !is_full(t, t->p, p))
			ref = reference_at(t, p, end, false);
		if (ref.length == 0) {
			p++;
			continue;
		}
		buf_put(&t->decoded, from, (size_t)(p - from));
		put_reference(t, &ref, &t->decoded);
		p += ref.length;
		from = p;
	}
	token->text = borrow(t, t->p, p);
	if (from > t->p) {
		buf_put(&t->decoded, from, (size_t)(p - from));
		token->text = decoded_since(t, at);
	}
	t->p = p;
}

/* Whether p is at "<name" or "</name" for the tag `code`, where `name` begins. */
static bool
is_tag(const struct html_tokenizer *t, const char *name, uint32_t code)
{
	const char *p = name;
	uint64_t key = 0;
	unsigned char c = 1;

	while (p < t->end && (c = name_byte(*p)) != 0) {
		key = key << 8 | c;
		p++;
	}
	return p < t->end && p > name &&
	       html_code(t->names, name, (size_t)(p - name), key) == code;
}

/* Whether the appropriate end tag is at p. */
static bool
is_end_tag(const struct html_tokenizer *t, const char *p)
{
	return t->end - p > 2 && p[1] == '/' && is_letter(p[2]) &&
	       is_tag(t, p + 2, t->content_tag);
}

const char *
html_find_end_tag(const struct html_tokenizer *t)
{
	const char *p = t->p;

	while ((p = memchr(p, '<', (size_t)(t->end - p))) && !is_end_tag(t, p))
		p++;
	return p ? p : t->end;
}

/* Behind a run of dashes at p; *closed: at least two, and then '>'. */
static const char *
skip_dashes(const char *p, const char *end, bool *closed)
{
	const char *from = p;

	while (p < end && *p == '-')
		p++;
	*closed = p - from >= 2 && p < end && *p == '>';
	return p;
}

/* The place where a script ends: 13.2.5.15 to 13.2.5.31. */
static const char *
find_script_end(const struct html_tokenizer *t)
{
	enum { PLAIN, ESCAPED, DOUBLE_ESCAPED } state = PLAIN;
	const char *p = t->p, *end = t->end;
	bool closed;

	while (p < end) {
		if (state == PLAIN) {
			p = memchr(p, '<', (size_t)(end - p));
			if (!p || is_end_tag(t, p))
				return p ? p : end;
			if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
				state = ESCAPED;
				p++; /* The dashes can be part of "-->", too. */
			}
			p++;
		} else if (*p == '-') {
			p = skip_dashes(p, end, &closed);
			if (closed)
				state = PLAIN;
		} else if (*p != '<') {
			p++;
		} else if (state == ESCAPED) {
			if (is_end_tag(t, p))
				return p;
			p++;
			if (is_tag(t, p, T_SCRIPT))
				state = DOUBLE_ESCAPED;
		} else {
			p++;
			if (p < end && *p == '/' && is_tag(t, p + 1, T_SCRIPT))
				state = ESCAPED;
		}
	}
	return end;
}

/* Returns whether there is a token: not at an empty CDATA section. */
static bool
take_cdata(struct html_tokenizer *t, struct html_token *token)
{
	const char *p = t->p, *to;

	while ((p = memchr(p, ']', (size_t)(t->end - p))) &&
	       !(t->end - p >= 3 && p[1] == ']' && p[2] == '>'))
		p++;
	p = p ? p : t->end;
	if (p == t->p) {
		t->p = p < t->end ? p + 3 : p;
		t->content = CONTENT_DATA;
		return false;
	}
	to = scan_byte(t->p, p, '\0');
	token->kind = to > t->p ? TOKEN_TEXT : TOKEN_NUL;
	token->text = borrow(t, t->p, to);
	t->p = to > t->p ? to : to + 1;
	return true;
}

/* Comments and declarations: 13.2.5.41 to 13.2.5.53. */

static void
take_comment(struct html_tokenizer *t, struct html_token *token, const char *from,
    const char *to, const char *next)
{
	token->kind = TOKEN_COMMENT;
	token->text = borrow(t, from, to);
	t->p = next;
}

static void
take_bogus_comment(struct html_tokenizer *t, struct html_token *token, const char *from)
{
	const char *to = memchr(from, '>', (size_t)(t->end - from));

	take_comment(t, token, from, to ? to : t->end, to ? to + 1 : t->end);
}

/* The comment "<!--" at t->p. */
static void
take_plain_comment(struct html_tokenizer *t, struct html_token *token)
{
	const char *from = t->p + 4, *p = from;
	const size_t n =
	    html_comment_length((struct span){ t->p, (size_t)(t->end - t->p) });

	if (n) {
		const char *next = t->p + n;

		/* "-->", "--!>", or the short ends of "<!-->" and "<!--->" */
		p = next - 1;
		p -= p > from && p[-1] == '!';
		p -= p > from && p[-1] == '-';
		p -= p > from && p[-1] == '-';
		take_comment(t, token, from, p, next);
		return;
	}
	p = t->end;
	if (p - from >= 3 && memcmp(p - 3, "--!", 3) == 0)
		p -= 3;
	else
		for (int i = 0; i < 2; i++)
			p -= p > from && p[-1] == '-';
	take_comment(t, token, from, p, t->end);
}

static void
take_declaration(struct html_tokenizer *t, struct html_token *token)
{
	const char *p = t->p;
	const size_t n = (size_t)(t->end - p);

	if (n >= 4 && memcmp(p, "<!--", 4) == 0) {
		take_plain_comment(t, token);
	} else if (n >= 9 && ascii_eq(p, "<!doctype", 9)) {
		take_bogus_comment(t, token, p + 9);
		token->kind = TOKEN_DOCTYPE;
		token->at = (uint32_t)(p - t->begin);
	} else if (n >= 9 && t->foreign && memcmp(p, "<![CDATA[", 9) == 0) {
		t->content = CONTENT_CDATA;
		t->p += 9;
		html_tokenizer_next(t, token);
	} else {
		take_bogus_comment(t, token, p + 2);
	}
}

/* Markup in data, at '<'.  Returns false for "</>", which is nothing. */
static bool
take_markup(struct html_tokenizer *t, struct html_token *token)
{
	const char *p = t->p;

	if (is_letter(p[1])) {
		read_tag(t, token, p + 1);
	} else if (p[1] == '!') {
		take_declaration(t, token);
	} else if (p[1] == '?') {
		take_bogus_comment(t, token, p + 1);
	} else if (is_letter(p[2])) {
		read_tag(t, token, p + 2);
	} else if (p[2] == '>') {
		t->p += 3;
		return false;
	} else {
		take_bogus_comment(t, token, p + 2);
	}
	return true;
}

void
html_tokenizer_next(struct html_tokenizer *t, struct html_token *token)
{
	const char *to = t->end;

	for (;;) {
		if (t->p == t->end) {
			token->kind = TOKEN_EOF;
			return;
		}
		if (t->content == CONTENT_CDATA) {
			if (take_cdata(t, token))
				return;
		} else if (t->content == CONTENT_DATA) {
			if (*t->p == '\0') {
				token->kind = TOKEN_NUL;
				t->p++;
				return;
			}
			if (*t->p != '<' || !begins_markup(t->p, t->end)) {
				take_text(t, token);
				return;
			}
			if (take_markup(t, token))
				return;
		} else {
			break;
		}
	}
	if (t->content != CONTENT_PLAINTEXT)
		to = t->content == CONTENT_SCRIPT ? find_script_end(t)
						  : html_find_end_tag(t);
	if (to > t->p) {
		take_raw(t, token, to);
		return;
	}
	t->content = CONTENT_DATA;
	read_tag(t, token, t->p + 2);
}

size_t
html_comment_length(struct span s)
{
	const char *begin = s.p + 4, *end = s.p + s.n, *p = begin;

	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '>')
		return (size_t)(p + 1 - s.p);
	for (; (p = memchr(p, '>', (size_t)(end - p))); p++)
		if ((p - begin >= 2 && memcmp(p - 2, "--", 2) == 0) ||
		    (p - begin >= 3 && memcmp(p - 3, "--!", 3) == 0))
			return (size_t)(p + 1 - s.p);
	return 0;
}

/* Make each CR or CR LF one LF: 13.2.3.5. */
static struct span
normalize_line_ends(struct html_tokenizer *t, struct span page)
{
	const char *end = page.p + page.n, *p = page.p;
	const char *cr = page.n ? memchr(p, '\r', page.n) : NULL;

	if (!cr)
		return page;
	t->page.n = 0;
	for (; cr; cr = memchr(p, '\r', (size_t)(end - p))) {
		buf_put(&t->page, p, (size_t)(cr - p));
		buf_putc(&t->page, '\n');
		p = cr + 1;
		p += p < end && *p == '\n';
	}
	buf_put(&t->page, p, (size_t)(end - p));
	return buf_span(&t->page);
}

void
html_tokenizer_begin(struct html_tokenizer *t, struct span page)
{
	page = normalize_line_ends(t, page);
	t->begin = t->p = page.p;
	t->end = page.p + page.n;
	t->content = CONTENT_DATA;
	t->content_tag = T_COUNT;
	t->foreign = false;
	t->decoded.n = 0;
	if (!t->attr)
		GROW(t->attr, t->attrs, t->attr_cap);
	t->attrs = 1;
}

void
html_tokenizer_free(struct html_tokenizer *t)
{
	buf_free(&t->decoded);
	buf_free(&t->page);
	free(t->attr);
	t->attr = NULL;
	t->attrs = t->attr_cap = 0;
}
