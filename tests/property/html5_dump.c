/* html5_dump.c - print the tokens or trees of pages, for tests/property/html5lib.py.
 *
 * A case on standard input is a line, followed by BYTES bytes: "tokens STATE TAG BYTES",
 * or "tree NOSCRIPT - BYTES".  The strings in the output are hexadecimal; an empty line
 * ends each case.
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

static void
dump_tree(struct html_parser *p, int noscript, struct span page)
{
	const struct html_document d =
	    html_parse(p, page, (enum html_noscript)noscript, true);
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
