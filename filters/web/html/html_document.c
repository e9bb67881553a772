/* html_document.c - build the document tree of a web page: HTML standard, 13.2.6. */
#include "filters/web/html/html_document.h"

#include <stdlib.h>

#include "filters/web/html/html_document_state.h"

bool
rules_of_mode(struct html_parser *p)
{
	static bool (*const modes[MODES])(struct html_parser *) = {
		[INITIAL] = initial,
		[BEFORE_HTML] = before_html,
		[BEFORE_HEAD] = before_head,
		[IN_HEAD] = in_head,
		[IN_HEAD_NOSCRIPT] = in_head_noscript,
		[AFTER_HEAD] = after_head,
		[IN_BODY] = in_body,
		[TEXT] = in_text,
		[IN_TABLE] = in_table,
		[IN_TABLE_TEXT] = in_table_text,
		[IN_CAPTION] = in_caption,
		[IN_COLUMN_GROUP] = in_column_group,
		[IN_TABLE_BODY] = in_table_body,
		[IN_ROW] = in_row,
		[IN_CELL] = in_cell,
		[IN_TEMPLATE] = in_template,
		[AFTER_BODY] = after_body,
		[IN_FRAMESET] = in_frameset,
		[AFTER_FRAMESET] = in_frameset,
		[AFTER_AFTER_BODY] = after_body,
		[AFTER_AFTER_FRAMESET] = in_frameset,
	};

	return modes[p->mode](p);
}

/* Whether the token is to be processed by the rules of foreign content: 13.2.6. */
static bool
is_foreign(const struct html_parser *p)
{
	const struct html_token *t = &p->token;
	const bool text = t->kind == TOKEN_TEXT || t->kind == TOKEN_NUL;
	const uint32_t code = current_code(p);

	if (t->kind == TOKEN_EOF)
		return false;
	if (code == (CODE_MATHML | T_ANNOTATION_XML) && is_start(p, T_SVG))
		return false;
	if (!(p->open.flags[p->open.n - 1] & E_POINT))
		return true;
	if (t->kind == TOKEN_START && (code & CODE_MATHML) &&
	    code != (CODE_MATHML | T_ANNOTATION_XML))
		return t->code == T_MGLYPH || t->code == T_MALIGNMARK;
	return !text && t->kind != TOKEN_START;
}

/* Whether a start tag makes an element of HTML that holds no others. */
static bool
is_html_leaf(uint32_t code)
{
	switch (code) {
	case T_AREA:
	case T_BR:
	case T_EMBED:
	case T_FRAME:
	case T_HR:
	case T_IFRAME:
	case T_IMG:
	case T_INPUT:
	case T_LINK:
	case T_META:
	case T_NOEMBED:
	case T_NOFRAMES:
	case T_PARAM:
	case T_PLAINTEXT:
	case T_SCRIPT:
	case T_SOURCE:
	case T_STYLE:
	case T_TEXTAREA:
	case T_TITLE:
	case T_TRACK:
	case T_WBR:
	case T_XMP:
		return true;
	default:
		return false;
	}
}

/* Whether the tag is that of an element that leaves the stack before another is opened.
 * Only foreign elements can be self-closing. */
static bool
is_leaf(const struct html_parser *p)
{
	const struct html_token *t = &p->token;
	const bool closed = t->kind == TOKEN_START && t->self_closing;

	if (p->source.foreign && is_foreign(p))
		return closed;
	return is_html_leaf(t->code) ||
	       (closed && (t->code == T_SVG || t->code == T_MATH));
}

/* Whether the token is a tag of an element that is not made for its depth. */
static bool
is_too_deep(struct html_parser *p)
{
	const struct html_token *t = &p->token;

	if ((p->open.n < HTML_DEPTH && !p->deep) || is_leaf(p))
		return false;
	if (t->kind == TOKEN_START && p->open.n >= HTML_DEPTH) {
		p->deep++;
		return true;
	}
	if (t->kind == TOKEN_END && p->deep) {
		p->deep--;
		return true;
	}
	return false;
}

/* <pre> and <textarea> do not begin with a line end. */
static void
skip_line_end(struct html_parser *p)
{
	struct html_text *text = &p->token.text;

	p->skip_line_end = false;
	if (p->token.kind == TOKEN_TEXT &&
	    html_text_span(&p->source, *text).p[0] == '\n') {
		text->at++;
		text->n--;
	}
}

static void
process(struct html_parser *p)
{
	bool done;

	if (p->skip_line_end)
		skip_line_end(p);
	if ((p->token.kind == TOKEN_TEXT && p->token.text.n == 0) || is_too_deep(p))
		return;
	do {
		done = p->source.foreign && is_foreign(p) ? in_foreign_content(p)
							  : rules_of_mode(p);
	} while (!done);
}

/* How the content of an element is read. */
static enum html_content
content_of(unsigned tag)
{
	switch (tag) {
	case T_SCRIPT:
		return CONTENT_SCRIPT;
	case T_TEXTAREA:
	case T_TITLE:
		return CONTENT_RCDATA;
	case T_IFRAME:
	case T_NOEMBED:
	case T_NOFRAMES:
	case T_STYLE:
	case T_XMP:
		return CONTENT_RAWTEXT;
	default:
		return CONTENT_DATA;
	}
}

/* Keep the text of a page that has too many nodes, without its tags. */
static void
flatten_rest(struct html_parser *p)
{
	struct html_tokenizer *t = &p->source;
	struct buf *text = &t->decoded;
	const size_t from = text->n;
	uint32_t node;

	t->end = p->noscript_end ? p->noscript_end : t->end;
	for (; p->token.kind != TOKEN_EOF; html_tokenizer_next(t, &p->token)) {
		const struct span s = html_text_span(t, p->token.text);

		if (p->token.kind == TOKEN_START) {
			t->content = content_of(token_tag(p));
			t->content_tag = p->token.code;
		}
		if (p->token.kind != TOKEN_TEXT || t->content != CONTENT_DATA ||
		    text->n + s.n + 1 >= TEXT_DECODED)
			continue;
		/* Decoded text is there already. */
		if (!(p->token.text.at & TEXT_DECODED))
			buf_put(text, s.p, s.n);
		buf_putc(text, '\n');
	}
	node = dom_new(&p->dom, DOM_TEXT, 0, 0);
	node_of(p, node)->text = (struct html_text){ (uint32_t)from | TEXT_DECODED,
		(uint32_t)(text->n - from) };
	dom_insert(&p->dom, node, (struct dom_place){ p->open.node[p->open.n > 1], 0 });
}

static void
begin(
    struct html_parser *p, struct span page, enum html_noscript noscript, unsigned flags)
{
	html_tokenizer_begin(&p->source, page);
	p->source.controls = flags & HTML_EXACT;
	p->source.xml = flags & HTML_XML;
	dom_begin(&p->dom);
	p->open.n = p->formatting.n = p->templates = 0;
	memset(p->open.count, 0, sizeof p->open.count);
	memset(p->open.foreign, 0, sizeof p->open.foreign);
	p->mode = INITIAL;
	p->head = p->form = 0;
	p->noscript = noscript;
	p->noscript_end = NULL;
	p->exact = flags & HTML_EXACT;
	p->frameset_ok = true;
	p->foster = p->quirks = p->skip_line_end = false;
	p->deep = p->copies = 0;
	p->more_n = 0;
}

/* Whether the page has more nodes than it may have up to the current place. */
static bool
has_too_many_nodes(const struct html_parser *p)
{
	const struct html_tokenizer *t = &p->source;
	size_t max;

	if (p->dom.n <= HTML_FREE_NODES)
		return false;
	max = (size_t)(t->p - t->begin) / HTML_BYTES_PER_NODE + HTML_FREE_NODES;
	return p->dom.n > (max < HTML_NODES ? max : HTML_NODES);
}

struct html_document
html_parse(
    struct html_parser *p, struct span page, enum html_noscript noscript, unsigned flags)
{
	begin(p, page, noscript, flags);
	do {
		html_tokenizer_next(&p->source, &p->token);
		if (has_too_many_nodes(p)) {
			flatten_rest(p);
			break;
		}
		if (p->token.kind == TOKEN_EOF && p->noscript_end) {
			close_noscript(p);
			p->token.kind = TOKEN_NUL;
			continue;
		}
		process(p);
	} while (p->token.kind != TOKEN_EOF);
	return (struct html_document){ &p->source, &p->dom, p->more, p->more_n };
}

struct html_parser *
html_parser_new(const struct html_names *names, const struct html_references *references)
{
	struct html_parser *p = xcalloc(1, sizeof *p);

	p->source.names = names;
	p->source.references = references;
	return p;
}

void
html_parser_free(struct html_parser *p)
{
	if (!p)
		return;
	html_tokenizer_free(&p->source);
	dom_free(&p->dom);
	free(p->formatting.node);
	free(p->formatting.code);
	free(p->formatting.hash);
	free(p->formatting.attr);
	buf_free(&p->formatting.value);
	free(p->pending);
	free(p->more);
	free(p);
}
