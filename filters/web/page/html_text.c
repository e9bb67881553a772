/* html_text.c - write the text of an html_tree as lines. */
#include "filters/web/page/html_list.h"
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* Deeper lists are not indented further, and lists beyond the maximum not numbered. */
enum { INDENT_MAX = 8, LISTS_MAX = 64 };

struct text_writer {
	const struct html_tree *t;
	struct buf *out;
	size_t start;	/* offset of this page in out */
	bool space;	/* a blank precedes the next word */
	unsigned pre;	/* number of open <pre> elements */
	bool pre_start; /* at the beginning of the outermost <pre> */
	bool cell;	/* in one of the cells of a row: '|' is escaped */
	bool item;	/* the next word begins an item of the innermost list */
	bool bar;	/* " | " precedes the next word */
	long number;	/* of the item */
	size_t lists;	/* number of open lists */
	struct html_list list[LISTS_MAX];
};

static bool
at_line_start(const struct text_writer *w)
{
	return w->out->n == w->start || w->out->p[w->out->n - 1] == '\n';
}

static void
end_line(struct text_writer *w)
{
	w->space = false;
	if (w->pre == 0) {
		while (w->out->n > w->start && w->out->p[w->out->n - 1] == ' ')
			w->out->n--;
	}
	if (!at_line_start(w))
		buf_putc(w->out, '\n');
}

/* The innermost list, or NULL. */
static struct html_list *
innermost(struct text_writer *w)
{
	return w->lists > 0 && w->lists <= LISTS_MAX ? &w->list[w->lists - 1] : NULL;
}

/* Write the marker of a list item, indented. */
static void
put_marker(struct text_writer *w)
{
	const struct html_list *l = innermost(w);
	char number[HTML_NUMBER];

	for (size_t i = 1; i < w->lists && i <= INDENT_MAX; i++)
		buf_puts(w->out, "  ");
	if (l && l->ordered) {
		html_list_format(l, w->number, number);
		buf_puts(w->out, number);
		buf_puts(w->out, ". ");
	} else {
		buf_puts(w->out, "- ");
	}
}

/* Write what precedes the next word. */
static void
put_lead(struct text_writer *w)
{
	if (w->item)
		put_marker(w);
	else if (w->bar)
		buf_puts(w->out, " | ");
	else if (w->space && !at_line_start(w))
		buf_putc(w->out, ' ');
	w->item = w->bar = w->space = false;
}

static void
put_word(struct text_writer *w, const char *p, size_t n)
{
	put_lead(w);
	while (w->cell) {
		const char *bar = memchr(p, '|', n);
		const size_t part = bar ? (size_t)(bar - p) : n;

		buf_put(w->out, p, part);
		if (!bar)
			return;
		buf_puts(w->out, "\\|");
		p += part + 1;
		n -= part + 1;
	}
	buf_put(w->out, p, n);
}

/* The length in bytes of the white space at p: ASCII or U+00A0; 0: none. */
static size_t
space_at(const char *p, const char *end)
{
	if (is_space(*p))
		return 1;
	return (unsigned char)*p == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xA0
		   ? 2
		   : 0;
}

/* Write the text of <pre> without its first line end and without carriage returns. */
static void
put_verbatim(struct text_writer *w, const char *p, const char *end)
{
	if (w->pre_start && p < end && *p == '\r')
		p++;
	if (w->pre_start && p < end && *p == '\n')
		p++;
	w->pre_start = false;
	while (p < end) {
		const char *cr = memchr(p, '\r', (size_t)(end - p));
		const char *to = cr ? cr : end;

		if (to > p)
			put_word(w, p, (size_t)(to - p));
		p = cr ? cr + 1 : end;
	}
}

/* U+00AD marks a possible line break and is not part of the text. */
static bool
soft_hyphen_at(const char *p, const char *end)
{
	return (unsigned char)*p == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xAD;
}

static void
put_text(struct text_writer *w, const struct html_node *n)
{
	const char *p = w->t->text.p + n->off, *end = p + n->len;

	if (w->pre) {
		put_verbatim(w, p, end);
		return;
	}
	while (p < end) {
		const char *word = p;
		size_t gap = 0;

		while (
		    p < end && (gap = space_at(p, end)) == 0 && !soft_hyphen_at(p, end))
			p++;
		if (p > word)
			put_word(w, word, (size_t)(p - word));
		if (p == end)
			break;
		w->space |= gap > 0;
		p += gap ? gap : 2;
	}
}

static bool
is_verbatim(const struct html_node *n)
{
	return n->tag == T_PRE || n->tag == T_LISTING || n->tag == T_XMP ||
	       n->tag == T_PLAINTEXT;
}

/* Whether the node is a table cell in a row that is written as one line. */
static bool
is_inline_cell(const struct html_tree *t, const struct html_node *n)
{
	return (n->tag == T_TD || n->tag == T_TH) && t->node[n->parent].tag == T_TR &&
	       !(t->node[n->parent].flags & N_HOLDS_BLOCK);
}

/* Whether a cell is the only one of its row. */
static bool
is_lone_cell(const struct html_tree *t, const struct html_node *n)
{
	const struct html_node *row = &t->node[n->parent];

	return n == row + 1 && n->end == row->end;
}

/* The bytes of a text node. */
static struct span
text_at(const struct html_tree *t, size_t i)
{
	const struct html_node *n = &t->node[i];

	return i < t->n && n->tag == T_TEXT ? (struct span){ t->text.p + n->off, n->len }
					    : SPAN("");
}

/* Write the sign of an exponent or index before it. */
static void
enter_script(struct text_writer *w, const struct html_node *n)
{
	const size_t i = (size_t)(n - w->t->node);
	const struct span before = { w->out->p + w->start, w->out->n - w->start };
	const bool sup = n->tag == T_SUP;

	if (w->pre || w->space || at_line_start(w) || n->end != i + 2 ||
	    w->t->node[i + 1].flags & N_LINK)
		return;
	if (html_is_exponent(before, text_at(w->t, i + 1), text_at(w->t, n->end), sup))
		buf_putc(w->out, sup ? '^' : '_');
}

static void
enter_list(struct text_writer *w, const struct html_node *n)
{
	w->lists++;
	if (innermost(w))
		html_list_begin(w->t, n, innermost(w));
}

/* Count an item of a list, which may be omitted. */
static void
count_item(struct text_writer *w, const struct html_node *n)
{
	struct html_list *l = innermost(w);

	if (l && l->ordered)
		w->number = html_list_count(w->t, n, l);
}

static void
enter(struct text_writer *w, const struct html_node *n)
{
	if (n->tag == T_BR) {
		if (w->pre)
			buf_putc(w->out, '\n');
		else
			end_line(w);
		return;
	}
	if (n->tag == T_SUP || n->tag == T_SUB) {
		enter_script(w, n);
		return;
	}
	if (is_inline_cell(w->t, n)) {
		w->bar = !at_line_start(w);
		w->cell = !is_lone_cell(w->t, n);
		return;
	}
	if (n->flags & N_BLOCK) {
		end_line(w);
		if (n->tag != T_P && n->tag != T_DIV)
			w->item = w->bar = false;
	}
	if (html_is_list(n))
		enter_list(w, n);
	if (n->tag == T_LI) {
		count_item(w, n);
		w->item = true;
	}
	if (is_verbatim(n))
		w->pre_start = w->pre++ == 0;
}

static void
leave(struct text_writer *w, const struct html_node *n)
{
	if (is_verbatim(n))
		w->pre--;
	if (html_is_list(n))
		w->lists--;
	if (is_inline_cell(w->t, n)) {
		w->cell = false;
	} else if (n->flags & N_BLOCK) {
		end_line(w);
		w->bar = false;
		if (n->tag != T_P && n->tag != T_DIV)
			w->item = false;
	}
}

/* Write the text of node `root`, without nodes that have a flag of `skip`. */
static void
put_node(struct text_writer *w, size_t root, uint32_t skip)
{
	const struct html_node *all = w->t->node;
	size_t in = root;

	w->lists = 0;
	if (html_is_list(&all[root]))
		enter_list(w, &all[root]);
	for (size_t i = root + 1; i < all[root].end; i++) {
		const struct html_node *n = &all[i];

		for (; in != n->parent; in = all[in].parent)
			leave(w, &all[in]);
		if (n->flags & skip) {
			if (n->tag == T_LI && !(n->flags & N_HIDDEN))
				count_item(w, n);
			i = n->end - 1;
		} else if (n->tag == T_TEXT) {
			put_text(w, n);
		} else {
			enter(w, n);
			if (n->end > i + 1)
				in = i;
			else if (n->tag != T_BR)
				leave(w, n);
		}
	}
	w->pre = 0;
	w->item = w->bar = w->cell = false;
	end_line(w);
}

void
html_tree_put_text(const struct html_tree *t, bool main_only, struct buf *out)
{
	struct text_writer w = { .t = t, .out = out, .start = out->n };

	if (!main_only) {
		put_node(&w, 0, N_HIDDEN);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->node[i].flags & N_KEEP) {
			put_node(&w, i, N_DROP | N_HIDDEN);
			i = t->node[i].end - 1;
		}
	}
}
