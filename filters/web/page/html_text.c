/* html_text.c - write the text of an html_tree as lines. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

struct text_writer {
	const struct html_tree *t;
	struct buf *out;
	size_t start;	  /* offset of this page in out */
	bool space;	  /* a blank precedes the next word */
	unsigned pre;	  /* number of open <pre> elements */
	bool pre_start;	  /* at the beginning of the outermost <pre> */
	const char *lead; /* "- " or " | " precedes the next word; or NULL */
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

static void
put_word(struct text_writer *w, const char *p, size_t n)
{
	if (w->lead) {
		buf_puts(w->out, w->lead);
		w->lead = NULL;
	} else if (w->space && !at_line_start(w)) {
		buf_putc(w->out, ' ');
	}
	w->space = false;
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
	if (is_inline_cell(w->t, n)) {
		if (!at_line_start(w))
			w->lead = " | ";
		return;
	}
	if (n->flags & N_BLOCK) {
		end_line(w);
		if (n->tag != T_P && n->tag != T_DIV)
			w->lead = NULL;
	}
	if (n->tag == T_LI)
		w->lead = "- ";
	if (is_verbatim(n))
		w->pre_start = w->pre++ == 0;
}

static void
leave(struct text_writer *w, const struct html_node *n)
{
	if (is_verbatim(n))
		w->pre--;
	if (n->flags & N_BLOCK && !is_inline_cell(w->t, n)) {
		end_line(w);
		w->lead = NULL;
	}
}

/* Write the text of node `root`, without nodes that have a flag of `skip`. */
static void
put_node(struct text_writer *w, size_t root, uint32_t skip)
{
	const struct html_node *all = w->t->node;
	size_t in = root;

	for (size_t i = root + 1; i < all[root].end; i++) {
		const struct html_node *n = &all[i];

		for (; in != n->parent; in = all[in].parent)
			leave(w, &all[in]);
		if (n->flags & skip) {
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
	w->lead = NULL;
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
