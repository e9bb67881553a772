/* html_modes_table.c - the insertion modes in tables: HTML standard, 13.2.6.4.9 to .15.
 */
#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"

static const unsigned char table_context[] = { T_TABLE },
			   body_context[] = { T_TBODY, T_TFOOT, T_THEAD },
			   row_context[] = { T_TR };
#define CLEAR_BACK_TO(p, tags) clear_back_to(p, tags, sizeof(tags))

/* Process the token by the rules of "in body", with foster parenting. */
static bool
in_body_outside(struct html_parser *p)
{
	bool done;

	p->foster = true;
	done = in_body(p);
	p->foster = false;
	return done;
}

static bool
is_table_part(uint32_t code)
{
	switch (code) {
	case T_TABLE:
	case T_TBODY:
	case T_TEMPLATE:
	case T_TFOOT:
	case T_THEAD:
	case T_TR:
		return true;
	default:
		return false;
	}
}

static bool
begin_table_text(struct html_parser *p)
{
	if (!is_table_part(current_code(p)))
		return in_body_outside(p);
	p->pending_n = 0;
	p->original_mode = p->mode;
	p->mode = IN_TABLE_TEXT;
	return false;
}

/* Insert the text of a table: white space stays in it. */
static void
flush_table_text(struct html_parser *p)
{
	const struct html_token token = p->token;
	bool space = true;

	for (size_t i = 0; i < p->pending_n && space; i++)
		space = is_all_space(p, p->pending[i]);
	p->token.kind = TOKEN_TEXT;
	for (size_t i = 0; i < p->pending_n; i++) {
		p->token.text = p->pending[i];
		if (space)
			insert_text(p, p->token.text);
		else
			in_body_outside(p);
	}
	p->token = token;
}

bool
in_table_text(struct html_parser *p)
{
	if (p->token.kind == TOKEN_NUL)
		return true;
	if (p->token.kind == TOKEN_TEXT) {
		GROW(p->pending, p->pending_n, p->pending_cap);
		p->pending[p->pending_n++] = p->token.text;
		return true;
	}
	flush_table_text(p);
	p->mode = p->original_mode;
	return false;
}

static bool
close_table(struct html_parser *p)
{
	if (!in_scope(p, T_TABLE, TABLE_SCOPE))
		return false;
	pop_until(p, T_TABLE);
	reset_insertion_mode(p);
	return true;
}

static bool
is_hidden_input(const struct html_parser *p)
{
	struct span type;

	return html_find_attr(&p->source, p->token.at, SPAN("type"), &type) &&
	       type.n == 6 && ascii_eq(type.p, "hidden", 6);
}

/* Open an implied element around that of the token. */
static bool
imply(struct html_parser *p, unsigned tag, enum insertion_mode mode)
{
	CLEAR_BACK_TO(p, table_context);
	insert_implied(p, tag);
	p->mode = mode;
	return false;
}

static bool
open_in_table(struct html_parser *p, enum insertion_mode mode)
{
	CLEAR_BACK_TO(p, table_context);
	if (mode == IN_CAPTION)
		push_marker(p);
	insert_element(p);
	p->mode = mode;
	return true;
}

static bool
start_in_table(struct html_parser *p)
{
	switch (token_tag(p)) {
	case T_CAPTION:
		return open_in_table(p, IN_CAPTION);
	case T_COLGROUP:
		return open_in_table(p, IN_COLUMN_GROUP);
	case T_COL:
		return imply(p, T_COLGROUP, IN_COLUMN_GROUP);
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
		return open_in_table(p, IN_TABLE_BODY);
	case T_TD:
	case T_TH:
	case T_TR:
		return imply(p, T_TBODY, IN_TABLE_BODY);
	case T_TABLE:
		return !close_table(p);
	case T_STYLE:
	case T_SCRIPT:
	case T_TEMPLATE:
		return in_head(p);
	case T_INPUT:
		if (!is_hidden_input(p))
			return in_body_outside(p);
		insert_void(p);
		return true;
	case T_FORM:
		if (!p->open.count[T_TEMPLATE] && !p->form) {
			p->form = insert_element(p);
			pop(p);
		}
		return true;
	default:
		return in_body_outside(p);
	}
}

static bool
end_in_table(struct html_parser *p)
{
	switch (token_tag(p)) {
	case T_TABLE:
		close_table(p);
		return true;
	case T_BODY:
	case T_CAPTION:
	case T_COL:
	case T_COLGROUP:
	case T_HTML:
	case T_TBODY:
	case T_TD:
	case T_TFOOT:
	case T_TH:
	case T_THEAD:
	case T_TR:
		return true;
	case T_TEMPLATE:
		return in_head(p);
	default:
		return in_body_outside(p);
	}
}

bool
in_table(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
	case TOKEN_NUL:
		return begin_table_text(p);
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_START:
		return start_in_table(p);
	case TOKEN_END:
		return end_in_table(p);
	case TOKEN_EOF:
		return in_body(p);
	default:
		return true;
	}
}

static bool
close_caption(struct html_parser *p)
{
	if (!in_scope(p, T_CAPTION, TABLE_SCOPE))
		return false;
	pop_until(p, T_CAPTION);
	clear_to_marker(p);
	p->mode = IN_TABLE;
	return true;
}

/* Whether the token is a start tag that only a table can hold. */
static bool
starts_table_part(const struct html_parser *p)
{
	if (p->token.kind != TOKEN_START)
		return false;
	switch (token_tag(p)) {
	case T_CAPTION:
	case T_COL:
	case T_COLGROUP:
	case T_TBODY:
	case T_TD:
	case T_TFOOT:
	case T_TH:
	case T_THEAD:
	case T_TR:
		return true;
	default:
		return false;
	}
}

static bool
is_end(const struct html_parser *p, unsigned tag)
{
	return p->token.kind == TOKEN_END && token_tag(p) == tag;
}

bool
in_caption(struct html_parser *p)
{
	if (starts_table_part(p) || is_end(p, T_TABLE))
		return !close_caption(p);
	if (p->token.kind == TOKEN_END) {
		switch (token_tag(p)) {
		case T_CAPTION:
			close_caption(p);
			return true;
		case T_BODY:
		case T_COL:
		case T_COLGROUP:
		case T_HTML:
		case T_TBODY:
		case T_TD:
		case T_TFOOT:
		case T_TH:
		case T_THEAD:
		case T_TR:
			return true;
		default:
			break;
		}
	}
	return in_body(p);
}

/* In a column group: any other token ends it. */
static bool
leave_column_group(struct html_parser *p)
{
	if (current_code(p) != T_COLGROUP)
		return true;
	pop(p);
	p->mode = IN_TABLE;
	return false;
}

bool
in_column_group(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		return p->token.text.n == 0 || leave_column_group(p);
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_EOF:
		return in_body(p);
	case TOKEN_START:
		if (token_tag(p) == T_HTML)
			return in_body(p);
		if (token_tag(p) == T_TEMPLATE)
			return in_head(p);
		if (token_tag(p) != T_COL)
			return leave_column_group(p);
		insert_void(p);
		return true;
	case TOKEN_END:
		if (token_tag(p) == T_COLGROUP)
			leave_column_group(p);
		else if (token_tag(p) == T_TEMPLATE)
			return in_head(p);
		else if (token_tag(p) != T_COL)
			return leave_column_group(p);
		return true;
	default:
		return leave_column_group(p);
	}
}

static bool
close_table_body(struct html_parser *p)
{
	if (!in_scope(p, T_TBODY, TABLE_SCOPE) && !in_scope(p, T_THEAD, TABLE_SCOPE) &&
	    !in_scope(p, T_TFOOT, TABLE_SCOPE))
		return false;
	CLEAR_BACK_TO(p, body_context);
	pop(p);
	p->mode = IN_TABLE;
	return true;
}

static bool
start_row(struct html_parser *p)
{
	CLEAR_BACK_TO(p, body_context);
	if (token_tag(p) == T_TR)
		insert_element(p);
	else
		insert_implied(p, T_TR);
	p->mode = IN_ROW;
	return token_tag(p) == T_TR;
}

static bool
end_in_table_body(struct html_parser *p)
{
	switch (token_tag(p)) {
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
		if (in_scope(p, p->token.code, TABLE_SCOPE))
			close_table_body(p);
		return true;
	case T_TABLE:
		return !close_table_body(p);
	case T_BODY:
	case T_CAPTION:
	case T_COL:
	case T_COLGROUP:
	case T_HTML:
	case T_TD:
	case T_TH:
	case T_TR:
		return true;
	default:
		return in_table(p);
	}
}

bool
in_table_body(struct html_parser *p)
{
	if (p->token.kind == TOKEN_END)
		return end_in_table_body(p);
	if (!starts_table_part(p))
		return in_table(p);
	switch (token_tag(p)) {
	case T_TR:
	case T_TH:
	case T_TD:
		return start_row(p);
	default:
		return !close_table_body(p);
	}
}

static bool
close_row(struct html_parser *p)
{
	if (!in_scope(p, T_TR, TABLE_SCOPE))
		return false;
	CLEAR_BACK_TO(p, row_context);
	pop(p);
	p->mode = IN_TABLE_BODY;
	return true;
}

static bool
start_cell(struct html_parser *p)
{
	CLEAR_BACK_TO(p, row_context);
	insert_element(p);
	p->mode = IN_CELL;
	push_marker(p);
	return true;
}

bool
in_row(struct html_parser *p)
{
	if (starts_table_part(p))
		return token_tag(p) == T_TD || token_tag(p) == T_TH ? start_cell(p)
								    : !close_row(p);
	if (p->token.kind != TOKEN_END)
		return in_table(p);
	switch (token_tag(p)) {
	case T_TR:
		close_row(p);
		return true;
	case T_TABLE:
		return !close_row(p);
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
		return !in_scope(p, p->token.code, TABLE_SCOPE) || !close_row(p);
	case T_BODY:
	case T_CAPTION:
	case T_COL:
	case T_COLGROUP:
	case T_HTML:
	case T_TD:
	case T_TH:
		return true;
	default:
		return in_table(p);
	}
}

static bool
close_cell(struct html_parser *p)
{
	if (!in_scope(p, T_TD, TABLE_SCOPE) && !in_scope(p, T_TH, TABLE_SCOPE))
		return false;
	while (current_code(p) != T_TD && current_code(p) != T_TH)
		pop(p);
	pop(p);
	clear_to_marker(p);
	p->mode = IN_ROW;
	return true;
}

bool
in_cell(struct html_parser *p)
{
	if (starts_table_part(p))
		return !close_cell(p);
	if (p->token.kind != TOKEN_END)
		return in_body(p);
	switch (token_tag(p)) {
	case T_TD:
	case T_TH:
		if (in_scope(p, p->token.code, TABLE_SCOPE)) {
			pop_until(p, p->token.code);
			clear_to_marker(p);
			p->mode = IN_ROW;
		}
		return true;
	case T_TABLE:
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
	case T_TR:
		return !in_scope(p, p->token.code, TABLE_SCOPE) || !close_cell(p);
	case T_BODY:
	case T_CAPTION:
	case T_COL:
	case T_COLGROUP:
	case T_HTML:
		return true;
	default:
		return in_body(p);
	}
}
