/* html_text.c - write the text of a page's tree as lines. */
#include "filters/web/html_tree.h"

/* Where writing stands. */
struct writer {
	const struct tree *t;
	struct buf *out;
	size_t start;	  /* of this page in out */
	bool space;	  /* white space is due before the next word */
	unsigned pre;	  /* depth of <pre> */
	bool pre_start;	  /* nothing of it was written yet */
	const char *lead; /* what the next word of this line is to follow: "- ", " | " */
};

static bool
at_line_start(const struct writer *w)
{
	return w->out->n == w->start || w->out->p[w->out->n - 1] == '\n';
}

static void
end_line(struct writer *w)
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
put_word(struct writer *w, const char *p, size_t n)
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

/* Bytes of the white space at p: ASCII, or a no-break space. */
static size_t
space_at(const char *p, const char *end)
{
	if (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r' || *p == '\f')
		return 1;
	return (unsigned char)*p == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xA0
		   ? 2
		   : 0;
}

/* Text of <pre>: as it is, but for a first line feed and carriage returns. */
static void
put_verbatim(struct writer *w, const char *p, const char *end)
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

/* U+00AD is a hint for breaking lines, no text. */
static bool
soft_hyphen_at(const char *p, const char *end)
{
	return (unsigned char)*p == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xAD;
}

static void
put_text(struct writer *w, const struct node *n)
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

/* A cell on one line with its row. */
static bool
is_inline_cell(const struct tree *t, const struct node *n)
{
	return (n->tag == T_TD || n->tag == T_TH) && t->node[n->parent].tag == T_TR &&
	       !(t->node[n->parent].flags & N_HOLDS_BLOCK);
}

static void
enter(struct writer *w, const struct node *n)
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
	if (n->tag == T_PRE || n->tag == T_LISTING || n->tag == T_XMP)
		w->pre_start = w->pre++ == 0;
}

static void
leave(struct writer *w, const struct node *n)
{
	if (n->tag == T_PRE || n->tag == T_LISTING || n->tag == T_XMP)
		w->pre--;
	if (n->flags & N_BLOCK && !is_inline_cell(w->t, n)) {
		end_line(w);
		w->lead = NULL;
	}
}

/* The text of all that is in node `root`. */
static void
put_node(struct writer *w, size_t root, uint32_t skip)
{
	const struct node *all = w->t->node;
	size_t in = root;

	for (size_t i = root + 1; i < all[root].end; i++) {
		const struct node *n = &all[i];

		for (; in != n->parent; in = all[in].parent)
			leave(w, &all[in]);
		if (n->tag == T_TEXT) {
			put_text(w, n);
		} else if (n->flags & skip) {
			i = n->end - 1;
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
tree_text(const struct tree *t, bool main_only, struct buf *out)
{
	struct writer w = { .t = t, .out = out, .start = out->n };

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
