/* html_tokenizer.c - split a web page into tags, text and comments, by the HTML standard,
 * 13.2.5. */
#include "filters/web/html/html_tokenizer.h"

#include <stdlib.h>

#include "filters/web/html/byte_scan.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

static inline bool
is_letter(char c)
{
	const char low = (char)(c | 0x20);

	return low >= 'a' && low <= 'z';
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

	for (;;) {
		struct html_reference ref = { .length = 1 };

		while (p < end && *p != '&' && *p)
			p++;
		if (p == end)
			break;
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

/* The "]]>" at or after p, or `end`. */
static const char *
find_cdata_end(const char *p, const char *end)
{
	while ((p = memchr(p, ']', (size_t)(end - p))) &&
	       !(end - p >= 3 && p[1] == ']' && p[2] == '>'))
		p++;
	return p ? p : end;
}

/* Append text with references decoded, and CDATA sections as they are. */
static void
decode_sections(struct html_tokenizer *t, const char *p, const char *to)
{
	while (p < to) {
		const char *from = p, *end;

		while (p < to && !(to - p >= 9 && memcmp(p, "<![CDATA[", 9) == 0))
			p++;
		decode(t, from, p, false, &t->decoded);
		if (p == to)
			break;
		p += 9;
		end = find_cdata_end(p, to);
		buf_put(&t->decoded, p, (size_t)(end - p));
		p = end < to ? end + 3 : to;
	}
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
	if (t->content == CONTENT_RCDATA && t->xml && memchr(from, '<', n)) {
		decode_sections(t, from, to);
		token->text = decoded_since(t, at);
	} else if (t->content == CONTENT_RCDATA &&
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

/* Whether the appropriate end tag is at p. */
static bool
is_end_tag(const struct html_tokenizer *t, const char *p)
{
	return t->end - p > 2 && p[1] == '/' && is_letter(p[2]) &&
	       html_is_tag(t, p + 2, t->content_tag);
}

const char *
html_find_end_tag(const struct html_tokenizer *t)
{
	const char *p = t->p;

	while ((p = memchr(p, '<', (size_t)(t->end - p))) && !is_end_tag(t, p))
		p++;
	return p ? p : t->end;
}

/* The end of a run of dashes at p; *closed: at least two, and then '>'. */
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
			if (html_is_tag(t, p, T_SCRIPT))
				state = DOUBLE_ESCAPED;
		} else {
			p++;
			if (p < end && *p == '/' && html_is_tag(t, p + 1, T_SCRIPT))
				state = ESCAPED;
		}
	}
	return end;
}

/* Returns whether there is a token: not at an empty CDATA section. */
static bool
take_cdata(struct html_tokenizer *t, struct html_token *token)
{
	const char *p = find_cdata_end(t->p, t->end), *to;

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
	const char *from = t->p + 4, *p;
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

/* The beginning of a CDATA section.  Returns whether it is a token: without its end, the
 * tags of the rest of a page would be its text. */
static bool
begin_cdata(struct html_tokenizer *t, struct html_token *token)
{
	if (!t->foreign && !t->no_cdata_end)
		t->no_cdata_end = find_cdata_end(t->p, t->end) == t->end;
	if (!t->foreign && t->no_cdata_end) {
		take_comment(t, token, t->p + 9, t->p + 9, t->p + 9);
		return true;
	}
	t->content = CONTENT_CDATA;
	t->p += 9;
	return false;
}

/* Returns false at the beginning of a CDATA section, which is not a token. */
static bool
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
	} else if (n >= 9 && (t->foreign || t->xml) && memcmp(p, "<![CDATA[", 9) == 0) {
		return begin_cdata(t, token);
	} else {
		take_bogus_comment(t, token, p + 2);
	}
	return true;
}

/* Markup in data, at '<'.  Returns whether it is a token: "</>" is nothing. */
static bool
take_markup(struct html_tokenizer *t, struct html_token *token)
{
	const char *p = t->p;

	if (is_letter(p[1])) {
		html_read_tag(t, token, p + 1);
	} else if (p[1] == '!') {
		return take_declaration(t, token);
	} else if (p[1] == '?') {
		take_bogus_comment(t, token, p + 1);
	} else if (is_letter(p[2])) {
		html_read_tag(t, token, p + 2);
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

	if (t->self_closed != T_COUNT) {
		token->kind = TOKEN_END;
		token->code = t->self_closed;
		t->self_closed = T_COUNT;
		t->content = CONTENT_DATA;
		return;
	}
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
			if (*t->p == '<' && t->end - t->p > 2 && is_letter(t->p[1])) {
				html_read_tag(t, token, t->p + 1);
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
	html_read_tag(t, token, t->p + 2);
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
	t->no_cdata_end = false;
	t->self_closed = T_COUNT;
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
