/* html_document_state.h - inside the parser of web pages: the state of tree construction.
 */
#ifndef TAMIS_HTML_DOCUMENT_STATE_H
#define TAMIS_HTML_DOCUMENT_STATE_H

#include "filters/web/html/byte_scan.h"
#include "filters/web/html/html_document.h"

/* Insertion modes: 13.2.4.1. */
enum insertion_mode {
	INITIAL,
	BEFORE_HTML,
	BEFORE_HEAD,
	IN_HEAD,
	IN_HEAD_NOSCRIPT,
	AFTER_HEAD,
	IN_BODY,
	TEXT,
	IN_TABLE,
	IN_TABLE_TEXT,
	IN_CAPTION,
	IN_COLUMN_GROUP,
	IN_TABLE_BODY,
	IN_ROW,
	IN_CELL,
	IN_TEMPLATE,
	AFTER_BODY,
	IN_FRAMESET,
	AFTER_FRAMESET,
	AFTER_AFTER_BODY,
	AFTER_AFTER_FRAMESET,
	MODES
};

/* What an element is on the stack of open elements: 13.2.4.2. */
enum {
	E_SPECIAL = 1 << 0,
	E_SCOPE = 1 << 1, /* bounds any scope but that of tables */
	E_BUTTON = 1 << 2,
	E_LIST = 1 << 3,
	E_TABLE = 1 << 4,
	E_HTML = 1 << 5,       /* in the namespace of HTML */
	E_POINT = 1 << 6,      /* an integration point, of text in MathML or of HTML */
	E_ITEM_BOUND = 1 << 7, /* special, except <address>, <div> and <p> */
};

/* The elements that bound a scope. */
enum {
	SCOPE = E_SCOPE,
	BUTTON_SCOPE = E_SCOPE | E_BUTTON,
	LIST_SCOPE = E_SCOPE | E_LIST,
	TABLE_SCOPE = E_TABLE,
};

enum { STACK_MAX = HTML_DEPTH + HTML_FORMATTING + 16 };

/* The stack of open elements, from the root on. */
struct open_elements {
	int n;
	uint32_t node[STACK_MAX], code[STACK_MAX];
	uint8_t flags[STACK_MAX]; /* E_ */
	/* of HTML elements and of others, by the lower bits of the code */
	unsigned short count[CODE_SLOTS], foreign[CODE_SLOTS];
};

/* An attribute of an element, to compare it with others. */
struct attr_hash {
	uint64_t name, value;
	size_t place;
};

/* The list of active formatting elements: 13.2.4.3. */
struct formatting {
	int n, cap;
	uint32_t *node, *code;
	uint64_t *hash; /* of the attributes; 0: not known yet */
	/* scratch, to hash attributes */
	struct attr_hash *attr;
	size_t attr_cap;
	struct buf value;
};
#define MARKER UINT32_MAX /* the code of a marker */

struct html_parser {
	struct html_tokenizer source;
	struct html_token token;
	struct html_dom dom;
	struct open_elements open;
	struct formatting formatting;
	enum insertion_mode mode, original_mode;
	unsigned char template_mode[STACK_MAX];
	int templates;
	uint32_t head, form; /* nodes; 0: none */
	enum html_noscript noscript;
	const char
	    *noscript_end; /* the end of the page, while it ends with a <noscript> */
	bool exact;
	bool frameset_ok;
	bool foster; /* foster parenting is enabled */
	bool quirks;
	bool skip_line_end;	   /* of the next token */
	uint64_t deep;		   /* open elements that were not made: HTML_DEPTH */
	uint64_t copies;	   /* of formatting elements */
	struct html_text *pending; /* text in a table */
	size_t pending_n, pending_cap;
	struct html_more_attrs *more;
	size_t more_n, more_cap;
};

static inline struct dom_node *
node_of(struct html_parser *p, uint32_t node)
{
	return &p->dom.node[node];
}

static inline uint32_t
current_node(const struct html_parser *p)
{
	return p->open.node[p->open.n - 1];
}

static inline uint32_t
current_code(const struct html_parser *p)
{
	return p->open.code[p->open.n - 1];
}

/* The T_ of the token's tag. */
static inline unsigned
token_tag(const struct html_parser *p)
{
	return html_tag_of(p->token.code);
}

static inline bool
is_start(const struct html_parser *p, unsigned tag)
{
	return p->token.kind == TOKEN_START && token_tag(p) == tag;
}

/* The stack of open elements: html_open.c */
uint8_t element_flags(const struct html_parser *p, uint32_t code, uint32_t at);
void push(struct html_parser *p, uint32_t node);
void pop(struct html_parser *p);
void pop_to(struct html_parser *p, int n); /* leave n elements */
void pop_until(
    struct html_parser *p, uint32_t code);	/* pop an element of the code, too */
void remove_open(struct html_parser *p, int i); /* from anywhere */
void set_open(struct html_parser *p, int i, uint32_t node);
void clear_open(struct html_parser *p, int i);		 /* before another is set there */
void close_gap(struct html_parser *p, int from, int to); /* of cleared elements */
/* The index of the innermost element with the code; -1: none. */
int find_open(const struct html_parser *p, uint32_t code);
bool in_scope(const struct html_parser *p, uint32_t code, unsigned scope);
bool heading_in_scope(const struct html_parser *p);
/* except: a code; MARKER: none */
void generate_implied_end_tags(struct html_parser *p, uint32_t except);
void generate_all_implied_end_tags(struct html_parser *p);
void close_p(struct html_parser *p); /* an element in button scope */
void clear_back_to(struct html_parser *p, const unsigned char *tags, size_t n);
void reset_insertion_mode(struct html_parser *p);

/* Insert nodes: html_insert.c */
struct dom_place place_in_table(struct html_parser *p, uint32_t target);

static inline struct dom_place
appropriate_place(struct html_parser *p, uint32_t target)
{
	return p->foster ? place_in_table(p, target) : (struct dom_place){ target, 0 };
}

void insert_text(struct html_parser *p, struct html_text text);
void insert_comment(struct html_parser *p);
void insert_comment_in(struct html_parser *p, uint32_t parent);
uint32_t insert_element(struct html_parser *p); /* for the token */
uint32_t insert_foreign(
    struct html_parser *p, uint32_t space);		      /* the same, CODE_SVG .. */
uint32_t insert_implied(struct html_parser *p, unsigned tag); /* <tbody>, ... */
void insert_void(struct html_parser *p);		      /* and pop it */
void insert_raw_text(struct html_parser *p, enum html_content content);
/* Take the white space at the front of the token's text off it. */
struct html_text take_space(struct html_parser *p);
bool is_all_space(const struct html_parser *p, struct html_text text);

/* Active formatting elements: html_formatting.c */
void push_formatting(struct html_parser *p, uint32_t node);
void push_marker(struct html_parser *p);
void clear_to_marker(struct html_parser *p);
/* The index of the last element with the code since the last marker; -1: none. */
int find_formatting(const struct html_parser *p, uint32_t code);
/* The index of an element in the list; -1: it is not in it. */
int find_entry(const struct html_parser *p, uint32_t node);
void remove_formatting(struct html_parser *p, int i);
void reconstruct_formatting(struct html_parser *p);
void adoption_agency(struct html_parser *p, uint32_t code);

/* Insertion modes: they return false to have the token processed again. */
bool initial(struct html_parser *p);
bool before_html(struct html_parser *p);
bool before_head(struct html_parser *p);
bool in_head(struct html_parser *p);
bool in_head_noscript(struct html_parser *p);
bool after_head(struct html_parser *p);
bool in_text(struct html_parser *p);
bool after_body(struct html_parser *p);
bool in_frameset(struct html_parser *p);
bool in_body(struct html_parser *p);
bool in_table(struct html_parser *p);
bool in_table_text(struct html_parser *p);
bool in_caption(struct html_parser *p);
bool in_column_group(struct html_parser *p);
bool in_table_body(struct html_parser *p);
bool in_row(struct html_parser *p);
bool in_cell(struct html_parser *p);
bool in_template(struct html_parser *p);
bool in_foreign_content(struct html_parser *p);
bool rules_of_mode(struct html_parser *p);
void any_other_end_tag(struct html_parser *p);
void start_template(struct html_parser *p);
void close_template(struct html_parser *p);
void open_noscript(struct html_parser *p);  /* NOSCRIPT_APART */
void close_noscript(struct html_parser *p); /* at the end of what it holds */
/* Stop parsing or process the end of a page inside of templates. */
bool end_of_page(struct html_parser *p);

#endif
