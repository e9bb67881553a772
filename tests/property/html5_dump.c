/* html5_dump.c - print the tokens or trees of pages, for html5lib.py and html_peers.py.
 *
 * A case on standard input is a line, followed by BYTES bytes: "tokens STATE TAG BYTES",
 * or "tree NOSCRIPT - BYTES".  The strings in the output are hexadecimal; an empty line
 * ends each case.  "html NOSCRIPT - BYTES" prints a line with two sizes and the depth
 * of the tree, then the tree as HTML and its text, without that of templates.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/web/html/html_doctype.h"
#include "filters/web/html/html_document.h"
#include "filters/web/html/html_tokenizer.h"
#include "lib/base/chars.h"

static void
put_hex(struct span s)
{
	putchar('\t');
	for (size_t i = 0; i < s.n; i++)
		printf("%02x", (unsigned char)s.p[i]);
}

static void
put_attrs(const struct html_tokenizer *t, uint32_t at)
{
	const char *p = html_tag_attrs(t, at);
	struct html_raw_attr a;
	struct buf value = { 0 };
	bool self_closing = false;

	while (html_next_attr(&p, t->end, &a, &self_closing)) {
		value.n = 0;
		html_decode_value(t, a.value, &value);
		put_hex(a.name);
		put_hex(buf_span(&value));
	}
	buf_free(&value);
}

static struct span
name_at(const struct html_tokenizer *t, uint32_t at)
{
	const char *p = t->begin + at + 1;

	p += *p == '/';
	return (struct span){ p,
		(size_t)(html_tag_attrs(t, (uint32_t)(p - 1 - t->begin)) - p) };
}

static void
put_doctype(const struct html_tokenizer *t, struct html_text text)
{
	const struct span s = html_text_span(t, text);
	const struct html_doctype d = html_doctype_read(s, s.p + s.n < t->end);
	const struct span ids[] = { d.name, d.public_id, d.system_id };

	printf("doctype\t%d", d.force_quirks);
	for (int i = 0; i < 3; i++) {
		if (ids[i].p)
			put_hex(ids[i]);
		else
			printf("\t-");
	}
}

static void
dump_tokens(struct html_tokenizer *t, int state, struct span tag, struct span page)
{
	struct html_token token;

	html_tokenizer_begin(t, page);
	t->controls = true;
	t->content = (enum html_content)state;
	t->content_tag = html_code_of(t->names, tag);
	while (html_tokenizer_next(t, &token), token.kind != TOKEN_EOF) {
		switch (token.kind) {
		case TOKEN_START:
			printf("start\t%d", token.self_closing);
			put_hex(name_at(t, token.at));
			put_attrs(t, token.at);
			break;
		case TOKEN_END:
			printf("end");
			put_hex(name_at(t, token.at));
			break;
		case TOKEN_DOCTYPE:
			put_doctype(t, token.text);
			break;
		case TOKEN_NUL:
			printf("text\t00");
			break;
		default:
			printf(token.kind == TOKEN_COMMENT ? "comment" : "text");
			put_hex(html_text_span(t, token.text));
		}
		putchar('\n');
	}
	putchar('\n');
}

/* "svg", "math" or nothing, and the name. */
static void
put_name(const struct html_tokenizer *t, const struct dom_node *n)
{
	const unsigned tag = html_tag_of(n->code);

	printf("\t%s", n->code & CODE_SVG ? "svg" : n->code & CODE_MATHML ? "math" : "");
	put_hex(tag == T_OTHER ? name_at(t, n->at) : span_of(html_tag_name(tag)));
}

static void
put_node(const struct html_document *d, uint32_t i)
{
	const struct dom_node *n = &d->dom->node[i];

	if (n->code == DOM_DOCTYPE) {
		put_doctype(d->source, n->text);
	} else if (n->code == DOM_TEXT || n->code == DOM_COMMENT) {
		printf(n->code == DOM_TEXT ? "text" : "comment");
		put_hex(html_text_span(d->source, n->text));
	} else {
		printf("element");
		put_name(d->source, n);
		if (n->at != NO_TAG)
			put_attrs(d->source, n->at);
		for (size_t k = 0; k < d->more_n; k++)
			if (d->more[k].node == i)
				put_attrs(d->source, d->more[k].at);
	}
	putchar('\n');
}

/* Write a tree as HTML: HTML standard, 13.3. */

/* The name of an element in lower case, in SVG, too. */
static void
write_name(const struct html_tokenizer *t, const struct dom_node *n, struct buf *out)
{
	const unsigned tag = html_tag_of(n->code);
	const struct span name =
	    tag == T_OTHER ? name_at(t, n->at) : span_of(html_tag_name(tag));

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '_' && tag != T_OTHER)
			buf_putc(out, '-');
		else if (name.p[i])
			buf_putc(out, ascii_lower(name.p[i]));
		else
			buf_puts(out, "\xEF\xBF\xBD");
}

static void
write_escaped(struct span s, bool attribute, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '&')
			buf_puts(out, "&amp;");
		else if (s.p[i] == '<')
			buf_puts(out, "&lt;");
		else if (s.p[i] == '>')
			buf_puts(out, "&gt;");
		else if (s.p[i] == '"' && attribute)
			buf_puts(out, "&quot;");
		else if (span_starts(span_from(s, i), SPAN("\xC2\xA0")))
			buf_puts(out, "&nbsp");
		else if (s.p[i] == '\xA0' && i > 0 && s.p[i - 1] == '\xC2')
			buf_putc(out, ';');
		else
			buf_putc(out, s.p[i]);
	}
}

/* Whether the tag has an attribute: part is ' ', its name, '=', '"'. */
static bool
has_part(struct span tag, struct span part)
{
	for (; tag.n >= part.n; tag = span_from(tag, 1))
		if (tag.p[0] == ' ' && span_starts(tag, part))
			return true;
	return false;
}

/* The attributes of the tag at `at` that the tag in out, from byte `tag`, does not have.
 */
static void
write_attrs(const struct html_tokenizer *t, uint32_t at, size_t tag, struct buf *out)
{
	const char *p = html_tag_attrs(t, at);
	struct html_raw_attr a;
	struct buf name = { 0 }, value = { 0 };
	bool self_closing = false;

	while (html_next_attr(&p, t->end, &a, &self_closing)) {
		name.n = value.n = 0;
		buf_putc(&name, ' ');
		for (size_t i = 0; i < a.name.n; i++)
			if (a.name.p[i])
				buf_putc(&name, ascii_lower(a.name.p[i]));
			else
				buf_puts(&name, "\xEF\xBF\xBD");
		buf_puts(&name, "=\"");
		if (has_part(span_from(buf_span(out), tag), buf_span(&name)))
			continue;
		html_decode_value(t, a.value, &value);
		buf_put(out, name.p, name.n);
		write_escaped(buf_span(&value), true, out);
		buf_putc(out, '"');
	}
	buf_free(&name);
	buf_free(&value);
}

static bool
is_void(uint32_t code)
{
	switch (code) {
	case T_AREA:
	case T_BASE:
	case T_BASEFONT:
	case T_BGSOUND:
	case T_BR:
	case T_COL:
	case T_EMBED:
	case T_FRAME:
	case T_HR:
	case T_IMG:
	case T_INPUT:
	case T_KEYGEN:
	case T_LINK:
	case T_META:
	case T_PARAM:
	case T_SOURCE:
	case T_TRACK:
	case T_WBR:
		return true;
	default:
		return false;
	}
}

/* Whether the text of an element, or of one of this name in SVG, is not escaped. */
static bool
is_raw(uint32_t code)
{
	switch (html_tag_of(code)) {
	case T_IFRAME:
	case T_NOEMBED:
	case T_NOFRAMES:
	case T_PLAINTEXT:
	case T_SCRIPT:
	case T_STYLE:
	case T_XMP:
		return true;
	default:
		return false;
	}
}

/* What is before the children of node i. */
static void
write_start(const struct html_document *d, uint32_t i, struct buf *out)
{
	const struct dom_node *n = &d->dom->node[i];
	const size_t tag = out->n;
	struct html_doctype doctype;

	if (n->code == DOM_TEXT) {
		const struct span s = html_text_span(d->source, n->text);

		if (is_raw(d->dom->node[n->parent].code))
			buf_put(out, s.p, s.n);
		else
			write_escaped(s, false, out);
	} else if (n->code == DOM_COMMENT) {
		const struct span s = html_text_span(d->source, n->text);

		buf_puts(out, "<!--");
		for (size_t k = 0; k < s.n; k++)
			if (s.p[k])
				buf_putc(out, s.p[k]);
			else
				buf_puts(out, "\xEF\xBF\xBD");
		buf_puts(out, "-->");
	} else if (n->code == DOM_DOCTYPE) {
		const struct span s = html_text_span(d->source, n->text);

		doctype = html_doctype_read(s, s.p + s.n < d->source->end);
		buf_puts(out, "<!DOCTYPE ");
		buf_put(out, doctype.name.p, doctype.name.n);
		buf_putc(out, '>');
	} else {
		buf_putc(out, '<');
		write_name(d->source, n, out);
		if (n->at != NO_TAG)
			write_attrs(d->source, n->at, tag, out);
		for (size_t k = 0; k < d->more_n; k++)
			if (d->more[k].node == i)
				write_attrs(d->source, d->more[k].at, tag, out);
		buf_putc(out, '>');
	}
}

static void
write_end(const struct html_document *d, uint32_t i, struct buf *out)
{
	const struct dom_node *n = &d->dom->node[i];

	if (!dom_is_element(n) || is_void(n->code))
		return;
	buf_puts(out, "</");
	write_name(d->source, n, out);
	buf_putc(out, '>');
}

static void
dump_html(struct html_parser *p, int noscript, struct span page)
{
	const struct html_document d =
	    html_parse(p, page, (enum html_noscript)noscript, HTML_EXACT);
	const struct dom_node *node = d.dom->node;
	struct buf out = { 0 }, text = { 0 };
	uint32_t i = node[0].first;
	int templates = 0, depth = 1, deepest = 0;

	while (i) {
		write_start(&d, i, &out);
		deepest = depth > deepest ? depth : deepest;
		if (node[i].code == DOM_TEXT && !templates) {
			const struct span s = html_text_span(d.source, node[i].text);

			buf_put(&text, s.p, s.n);
		}
		if (dom_is_element(&node[i]) && node[i].first) {
			templates += node[i].code == T_TEMPLATE;
			i = node[i].first;
			depth++;
			continue;
		}
		write_end(&d, i, &out);
		while (i && !node[i].next) {
			i = node[i].parent;
			depth--;
			templates -= node[i].code == T_TEMPLATE;
			if (i)
				write_end(&d, i, &out);
		}
		i = node[i].next;
	}
	printf("%zu %zu %d\n", out.n, text.n, deepest);
	fwrite(out.p, 1, out.n, stdout);
	fwrite(text.p, 1, text.n, stdout);
	fflush(stdout);
	buf_free(&out);
	buf_free(&text);
}

static void
dump_tree(struct html_parser *p, int noscript, struct span page)
{
	const struct html_document d =
	    html_parse(p, page, (enum html_noscript)noscript, HTML_EXACT);
	const struct dom_node *node = d.dom->node;
	uint32_t i = node[0].first;
	int depth = 0;

	while (i) {
		printf("%d\t", depth);
		put_node(&d, i);
		if (dom_is_element(&node[i]) && node[i].first) {
			i = node[i].first;
			depth++;
			continue;
		}
		while (i && !node[i].next) {
			i = node[i].parent;
			depth--;
		}
		i = node[i].next;
	}
	putchar('\n');
}

int
main(void)
{
	struct html_names names;
	struct html_references *references = html_references_new();
	struct html_tokenizer tokenizer = { .names = &names, .references = references };
	struct html_parser *parser = html_parser_new(&names, references);
	char line[256], kind[16], state[16], tag[64], bytes[16];
	size_t n;

	html_names_init(&names);
	while (fgets(line, sizeof line, stdin)) {
		char *page;

		if (sscanf(line, "%15s %15s %63s %15s", kind, state, tag, bytes) != 4)
			return 1;
		n = strtoul(bytes, NULL, 10);
		page = xmalloc(n + 1);
		if (fread(page, 1, n, stdin) != n)
			return 1;
		if (strcmp(kind, "tree") == 0)
			dump_tree(parser, state[0] - '0', (struct span){ page, n });
		else if (strcmp(kind, "html") == 0)
			dump_html(parser, state[0] - '0', (struct span){ page, n });
		else
			dump_tokens(&tokenizer, state[0] - '0', span_of(tag),
			    (struct span){ page, n });
		free(page);
	}
	html_tokenizer_free(&tokenizer);
	html_parser_free(parser);
	html_references_free(references);
	return 0;
}
