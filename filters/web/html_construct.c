/* html_construct.c - build the document tree of a web page: HTML standard, 13.2.6. */
#include "filters/web/html_construct.h"

#include <stdlib.h>

#include "filters/web/html_doctype.h"
#include "filters/web/html_parser.h"
#include "lib/base/chars.h"

/* The text of the token is white space, which the mode ignores; else the rest of it is to
 * be processed. */
static bool
only_space(struct html_parser *p)
{
	if (p->token.kind != TOKEN_TEXT)
		return false;
	take_space(p);
	return p->token.text.n == 0;
}

static bool
is_start(const struct html_parser *p, unsigned tag)
{
	return p->token.kind == TOKEN_START && token_tag(p) == tag;
}

/* 13.2.6.4.1 */
static bool
initial(struct html_parser *p)
{
	const struct html_tokenizer *t = &p->source;

	if (only_space(p))
		return true;
	if (p->token.kind == TOKEN_COMMENT) {
		insert_comment_in(p, 0);
		return true;
	}
	p->mode = BEFORE_HTML;
	p->quirks = true;
	if (p->token.kind == TOKEN_DOCTYPE) {
		const struct span s = html_text_span(t, p->token.text);
		const struct html_doctype d = html_doctype_read(s, s.p + s.n < t->end);

		p->quirks = html_doctype_is_quirky(&d);
		if (p->exact) {
			const uint32_t node = dom_new(&p->dom, DOM_DOCTYPE, 0, 0);

			node_of(p, node)->text = p->token.text;
			dom_insert(&p->dom, node, (struct dom_place){ 0, 0 });
		}
		return true;
	}
	return false;
}

/* Whether the token is an end tag that the modes before <body> ignore. */
static bool
is_stray_end(const struct html_parser *p)
{
	if (p->token.kind != TOKEN_END)
		return false;
	switch (token_tag(p)) {
	case T_HEAD:
	case T_BODY:
	case T_HTML:
	case T_BR:
		return false;
	default:
		return true;
	}
}

/* 13.2.6.4.2 */
static bool
before_html(struct html_parser *p)
{
	if (only_space(p) || p->token.kind == TOKEN_DOCTYPE || is_stray_end(p))
		return true;
	if (p->token.kind == TOKEN_COMMENT) {
		insert_comment_in(p, 0);
		return true;
	}
	p->mode = BEFORE_HEAD;
	if (is_start(p, T_HTML)) {
		insert_element(p);
		return true;
	}
	insert_implied(p, T_HTML);
	return false;
}

/* 13.2.6.4.3 */
static bool
before_head(struct html_parser *p)
{
	if (only_space(p) || p->token.kind == TOKEN_DOCTYPE || is_stray_end(p))
		return true;
	if (p->token.kind == TOKEN_COMMENT) {
		insert_comment(p);
		return true;
	}
	if (is_start(p, T_HTML))
		return in_body(p);
	p->mode = IN_HEAD;
	if (is_start(p, T_HEAD)) {
		p->head = insert_element(p);
		return true;
	}
	p->head = insert_implied(p, T_HEAD);
	return false;
}

static bool
leave_head(struct html_parser *p)
{
	pop(p);
	p->mode = AFTER_HEAD;
	return false;
}

static void
start_template(struct html_parser *p)
{
	insert_element(p);
	push_marker(p);
	p->frameset_ok = false;
	p->mode = IN_TEMPLATE;
	p->template_mode[p->templates++] = IN_TEMPLATE;
}

void
close_template(struct html_parser *p)
{
	if (!p->open.count[T_TEMPLATE])
		return;
	generate_all_implied_end_tags(p);
	pop_until(p, T_TEMPLATE);
	clear_to_marker(p);
	p->templates--;
	reset_insertion_mode(p);
}

void
open_noscript(struct html_parser *p)
{
	if (p->noscript_end)
		return;
	reconstruct_formatting(p);
	insert_element(p);
	push_marker(p);
	p->mode = IN_BODY;
	p->noscript_end = p->source.end;
	p->source.content_tag = T_NOSCRIPT;
	p->source.end = html_find_end_tag(&p->source);
}

/* At the end of what a <noscript> holds. */
static void
close_noscript(struct html_parser *p)
{
	p->source.p = p->source.end;
	p->source.end = p->noscript_end;
	p->source.content = CONTENT_DATA;
	p->noscript_end = NULL;
	if (p->mode == IN_TABLE_TEXT)
		in_table_text(p);
	while (find_open(p, T_TEMPLATE) > find_open(p, T_NOSCRIPT))
		close_template(p);
	if (p->open.count[T_NOSCRIPT]) {
		pop_until(p, T_NOSCRIPT);
		clear_to_marker(p);
	}
	reset_insertion_mode(p);
}

static bool
start_in_head(struct html_parser *p)
{
	switch (token_tag(p)) {
	case T_HTML:
		return in_body(p);
	case T_BASE:
	case T_BASEFONT:
	case T_BGSOUND:
	case T_LINK:
	case T_META:
		insert_void(p);
		return true;
	case T_TITLE:
		insert_raw_text(p, CONTENT_RCDATA);
		return true;
	case T_NOFRAMES:
	case T_STYLE:
		insert_raw_text(p, CONTENT_RAWTEXT);
		return true;
	case T_SCRIPT:
		insert_raw_text(p, CONTENT_SCRIPT);
		return true;
	case T_NOSCRIPT:
		if (p->noscript == NOSCRIPT_RAW) {
			insert_raw_text(p, CONTENT_RAWTEXT);
		} else if (p->noscript == NOSCRIPT_APART) {
			open_noscript(p);
		} else {
			insert_element(p);
			p->mode = IN_HEAD_NOSCRIPT;
		}
		return true;
	case T_TEMPLATE:
		start_template(p);
		return true;
	case T_HEAD:
		return true;
	default:
		return leave_head(p);
	}
}

/* 13.2.6.4.4 */
bool
in_head(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		return p->token.text.n == 0 || leave_head(p);
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_START:
		return start_in_head(p);
	case TOKEN_END:
		if (token_tag(p) == T_TEMPLATE) {
			close_template(p);
			return true;
		}
		if (is_stray_end(p))
			return true;
		leave_head(p);
		return token_tag(p) == T_HEAD;
	default:
		return leave_head(p);
	}
}

/* 13.2.6.4.5 */
static bool
in_head_noscript(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		if (p->token.text.n == 0)
			return true;
		break;
	case TOKEN_COMMENT:
		return in_head(p);
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_START:
		switch (token_tag(p)) {
		case T_HTML:
			return in_body(p);
		case T_BASEFONT:
		case T_BGSOUND:
		case T_LINK:
		case T_META:
		case T_NOFRAMES:
		case T_STYLE:
			return in_head(p);
		case T_HEAD:
		case T_NOSCRIPT:
			return true;
		default:
			break;
		}
		break;
	case TOKEN_END:
		if (token_tag(p) != T_BR && token_tag(p) != T_NOSCRIPT)
			return true;
		break;
	default:
		break;
	}
	pop(p);
	p->mode = IN_HEAD;
	return p->token.kind == TOKEN_END && token_tag(p) == T_NOSCRIPT;
}

/* Elements of <head> that come after it go into it. */
static bool
in_head_again(struct html_parser *p)
{
	int i;

	push(p, p->head);
	in_head(p);
	i = scan_last(p->open.node, 0, p->open.n, p->head);
	if (i >= 0)
		remove_open(p, i);
	return true;
}

/* 13.2.6.4.6 */
static bool
after_head(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		if (p->token.text.n == 0)
			return true;
		break;
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_START:
		switch (token_tag(p)) {
		case T_HTML:
			return in_body(p);
		case T_BODY:
			insert_element(p);
			p->frameset_ok = false;
			p->mode = IN_BODY;
			return true;
		case T_FRAMESET:
			insert_element(p);
			p->mode = IN_FRAMESET;
			return true;
		case T_BASE:
		case T_BASEFONT:
		case T_BGSOUND:
		case T_LINK:
		case T_META:
		case T_NOFRAMES:
		case T_SCRIPT:
		case T_STYLE:
		case T_TEMPLATE:
		case T_TITLE:
			return in_head_again(p);
		case T_HEAD:
			return true;
		default:
			break;
		}
		break;
	case TOKEN_END:
		if (token_tag(p) == T_TEMPLATE)
			return in_head(p);
		if (is_stray_end(p) || token_tag(p) == T_HEAD)
			return true;
		break;
	default:
		break;
	}
	insert_implied(p, T_BODY);
	p->mode = IN_BODY;
	return false;
}

/* 13.2.6.4.8: the text of <script>, <title>, <textarea>, ... */
static bool
in_text(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, p->token.text);
		return true;
	case TOKEN_END:
	case TOKEN_EOF:
		pop(p);
		p->mode = p->original_mode;
		return p->token.kind == TOKEN_END;
	default:
		return true;
	}
}

static bool
switch_template_mode(struct html_parser *p, enum insertion_mode mode)
{
	p->template_mode[p->templates - 1] = (unsigned char)mode;
	p->mode = mode;
	return false;
}

/* 13.2.6.4.16 */
bool
in_template(struct html_parser *p)
{
	if (p->token.kind == TOKEN_EOF)
		return end_of_page(p);
	if (p->token.kind == TOKEN_END) {
		if (token_tag(p) == T_TEMPLATE)
			close_template(p);
		return true;
	}
	if (p->token.kind != TOKEN_START)
		return in_body(p);
	switch (token_tag(p)) {
	case T_BASE:
	case T_BASEFONT:
	case T_BGSOUND:
	case T_LINK:
	case T_META:
	case T_NOFRAMES:
	case T_SCRIPT:
	case T_STYLE:
	case T_TEMPLATE:
	case T_TITLE:
		return in_head(p);
	case T_CAPTION:
	case T_COLGROUP:
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
		return switch_template_mode(p, IN_TABLE);
	case T_COL:
		return switch_template_mode(p, IN_COLUMN_GROUP);
	case T_TR:
		return switch_template_mode(p, IN_TABLE_BODY);
	case T_TD:
	case T_TH:
		return switch_template_mode(p, IN_ROW);
	default:
		return switch_template_mode(p, IN_BODY);
	}
}

bool
end_of_page(struct html_parser *p)
{
	if (!p->open.count[T_TEMPLATE])
		return true;
	close_template(p);
	return false;
}

/* White space in a text that is otherwise ignored. */
static void
insert_spaces(struct html_parser *p)
{
	while (p->token.text.n) {
		insert_text(p, take_space(p));
		while (p->token.text.n &&
		       !is_space(html_text_span(&p->source, p->token.text).p[0])) {
			p->token.text.at++;
			p->token.text.n--;
		}
	}
}

/* 13.2.6.4.17 and .20: behind </body> and behind </html> */
static bool
after_body(struct html_parser *p)
{
	struct html_text rest;
	bool space;

	switch (p->token.kind) {
	case TOKEN_TEXT:
		rest = p->token.text;
		p->token.text = take_space(p);
		space = p->token.text.n == rest.n;
		if (p->token.text.n)
			in_body(p);
		if (space)
			return true;
		rest.at += p->token.text.n;
		rest.n -= p->token.text.n;
		p->token.text = rest;
		break;
	case TOKEN_COMMENT:
		insert_comment_in(p, p->mode == AFTER_BODY ? p->open.node[0] : 0);
		return true;
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_EOF:
		return true;
	case TOKEN_START:
		if (token_tag(p) == T_HTML)
			return in_body(p);
		break;
	case TOKEN_END:
		if (token_tag(p) == T_HTML && p->mode == AFTER_BODY) {
			p->mode = AFTER_AFTER_BODY;
			return true;
		}
		break;
	default:
		break;
	}
	p->mode = IN_BODY;
	return false;
}

/* 13.2.6.4.18, .19 and .21 */
static bool
in_frameset(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_spaces(p);
		break;
	case TOKEN_COMMENT:
		if (p->mode == AFTER_AFTER_FRAMESET)
			insert_comment_in(p, 0);
		else
			insert_comment(p);
		break;
	case TOKEN_START:
		if (token_tag(p) == T_HTML)
			return in_body(p);
		if (token_tag(p) == T_NOFRAMES)
			return in_head(p);
		if (p->mode == IN_FRAMESET && token_tag(p) == T_FRAMESET)
			insert_element(p);
		else if (p->mode == IN_FRAMESET && token_tag(p) == T_FRAME)
			insert_void(p);
		break;
	case TOKEN_END:
		if (p->mode == AFTER_FRAMESET && token_tag(p) == T_HTML)
			p->mode = AFTER_AFTER_FRAMESET;
		if (p->mode != IN_FRAMESET || token_tag(p) != T_FRAMESET ||
		    p->open.n == 1)
			break;
		pop(p);
		if (current_code(p) != T_FRAMESET)
			p->mode = AFTER_FRAMESET;
		break;
	default:
		break;
	}
	return true;
}

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

/* Whether a start tag makes an element that holds no others. */
static bool
is_leaf(uint32_t code)
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

/* Whether the token is a tag of an element that is not made for its depth. */
static bool
is_too_deep(struct html_parser *p)
{
	const struct html_token *t = &p->token;

	if (p->open.n < HTML_DEPTH && !p->deep)
		return false;
	if (is_leaf(t->code) || (t->kind == TOKEN_START && t->self_closing))
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
begin(struct html_parser *p, struct span page, enum html_noscript noscript, bool exact)
{
	html_tokenizer_begin(&p->source, page);
	p->source.controls = exact;
	dom_begin(&p->dom);
	p->open.n = p->formatting.n = p->templates = 0;
	memset(p->open.count, 0, sizeof p->open.count);
	memset(p->open.foreign, 0, sizeof p->open.foreign);
	p->mode = INITIAL;
	p->head = p->form = 0;
	p->noscript = noscript;
	p->noscript_end = NULL;
	p->exact = exact;
	p->frameset_ok = true;
	p->foster = p->quirks = p->skip_line_end = false;
	p->deep = p->copies = 0;
	p->more_n = 0;
}

struct html_document
html_parse(
    struct html_parser *p, struct span page, enum html_noscript noscript, bool exact)
{
	begin(p, page, noscript, exact);
	do {
		html_tokenizer_next(&p->source, &p->token);
		if (p->dom.n > HTML_NODES) {
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
	free(p->pending);
	free(p->more);
	free(p);
}
