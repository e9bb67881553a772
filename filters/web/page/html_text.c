/* html_text.c - write the text of an html_tree as lines. */
#include "filters/web/html/byte_scan.h"
#include "filters/web/page/html_link.h"
#include "filters/web/page/html_list.h"
#include "filters/web/page/html_walk.h"

/* Deeper lists are not indented further, and lists beyond the maximum not numbered. */
enum { INDENT_MAX = 8, LISTS_MAX = 64 };

struct text_writer {
	const struct html_tree *t;
	struct buf *out, *scratch;
	size_t start;	/* offset of this page in out */
	bool space;	/* a blank precedes the next word */
	unsigned pre;	/* number of open <pre> elements */
	bool pre_start; /* at the beginning of the outermost <pre> */
	bool cell;	/* in one of the cells of a row: '|' is escaped */
	bool item;	/* the next word begins an item of the innermost list */
	bool bar;	/* " | " precedes the next word */
	bool brace;	/* '}' follows the exponent */
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

/* End the line of a block. */
static void
end_block(struct text_writer *w, const struct html_node *n)
{
	if (w->pre && html_is_blank_line(w->t, n))
		buf_putc(w->out, '\n');
	else
		end_line(w);
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

/* The end of the words at p that have one blank between them, as the text has, too; p: no
 * word begins there. */
static const char *
end_of_words(const char *p, const char *end)
{
	if (*p == ' ')
		return p;
	while ((p = scan_words(p, end)) < end && !html_space_at(p, end) &&
	       !html_soft_hyphen_at(p, end))
		p++;
	return p;
}

static void
put_text(void *self, struct span s)
{
	struct text_writer *w = self;
	const char *p = s.p, *end = p + s.n;

	if (w->pre) {
		put_verbatim(w, p, end);
		return;
	}
	while (p < end) {
		const char *word = p;
		size_t gap;

		p = end_of_words(p, end);
		if (p > word)
			put_word(w, word, (size_t)(p - word));
		if (p == end)
			break;
		gap = html_space_at(p, end);
		w->space |= gap > 0;
		p += gap ? gap : 2;
	}
}

/* Write the sign of an exponent or index before it. */
static void
enter_script(struct text_writer *w, const struct html_node *n)
{
	const struct span before = { w->out->p + w->start, w->out->n - w->start };
	enum html_script script;

	if (w->pre || w->space || at_line_start(w))
		return;
	script = html_script_in(w->t, n, before);
	if (script)
		buf_putc(w->out, n->tag == T_SUP ? '^' : '_');
	if (script == SCRIPT_BRACED)
		buf_putc(w->out, '{');
	w->brace = script == SCRIPT_BRACED;
}

static void
leave_script(struct text_writer *w)
{
	if (w->brace)
		buf_putc(w->out, '}');
	w->brace = false;
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
enter(void *self, const struct html_node *n)
{
	struct text_writer *w = self;

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
	if (html_is_inline_cell(w->t, n)) {
		w->bar = !at_line_start(w);
		w->cell = w->pre == 0 && !html_is_lone_cell(w->t, n);
		return;
	}
	if (n->flags & N_BLOCK) {
		end_line(w);
		if (n->tag != T_P && n->tag != T_DIV)
			w->bar = false;
	}
	if (html_is_list(n)) {
		enter_list(w, n);
		w->item = false;
	}
	if (n->tag == T_LI) {
		count_item(w, n);
		w->item = w->pre == 0;
	}
	if (html_is_verbatim(n)) {
		w->pre_start = w->pre++ == 0;
		w->item = false;
	}
}

static void
leave(void *self, const struct html_node *n)
{
	struct text_writer *w = self;

	if (n->tag == T_SUP)
		leave_script(w);
	if (html_is_verbatim(n))
		w->pre--;
	if (html_is_list(n))
		w->lists--;
	if (html_is_inline_cell(w->t, n)) {
		w->cell = false;
	} else if (n->flags & N_BLOCK) {
		end_block(w, n);
		w->bar = false;
		if (n->tag == T_LI)
			w->item = false;
	}
}

/* A block that is omitted still separates the words before it from those after it. */
static void
omit(void *self, const struct html_node *n)
{
	struct text_writer *w = self;

	if (n->flags & N_HIDDEN)
		return;
	if (n->tag == T_LI)
		count_item(w, n);
	if (n->flags & N_BLOCK && !html_is_inline_cell(w->t, n))
		end_block(w, n);
}

/* Write the alternative text of an image as words of their own. */
static void
put_mark(void *self, const struct html_mark *m)
{
	struct text_writer *w = self;

	if (m->kind != MARK_IMAGE ||
	    !html_image_alt(w->t, html_image_of(w->t, m).alt, w->scratch))
		return;
	w->space = true;
	put_text(w, buf_span(w->scratch));
	w->space = true;
}

static const struct html_form text_form = { enter, leave, omit, put_text, put_mark };

/* Write the text of node `root`, without nodes that have a flag of `skip`. */
static void
put_node(struct text_writer *w, struct html_walk *walk, size_t root, uint32_t skip)
{
	w->lists = 0;
	if (html_is_list(&w->t->node[root]))
		enter_list(w, &w->t->node[root]);
	w->pre_start = html_is_verbatim(&w->t->node[root]);
	w->pre = w->pre_start;
	html_walk(w->t, root, skip, walk, &text_form, w);
	leave_script(w);
	w->pre = 0;
	w->item = w->bar = w->cell = false;
	end_line(w);
}

void
html_tree_put_text(
    const struct html_tree *t, bool main_only, struct buf *scratch, struct buf *out)
{
	struct text_writer w = {
		.t = t, .out = out, .scratch = scratch, .start = out->n
	};
	struct html_walk walk = { 0 };

	if (!main_only) {
		put_node(&w, &walk, 0, N_HIDDEN);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->node[i].flags & N_KEEP) {
			put_node(&w, &walk, i, N_DROP | N_HIDDEN);
			i = t->node[i].end - 1;
		}
	}
}
