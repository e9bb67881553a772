/* page_body.c - find authors and dates in the body of a web page. */
#include "filters/web/meta/page_facts.h"
#include "lib/base/bytes16.h"
#include "lib/base/chars.h"

/* Whether a class or id has a word of a part of the page that is not about it. */
static bool
has_aside_word(struct span v)
{
	static const char *const words[] = { "comment", "respond", "related", "teaser",
		"recommend" };

	while (v.n > 0) {
		size_t n = 0;

		while (n < v.n && !is_space(v.p[n]))
			n++;
		/* Layouts are called "sidebar-left", and articles "comments-open". */
		if (n == 7 && ascii_eq(v.p, "sidebar", 7))
			return true;
		for (size_t w = 0; w < sizeof words / sizeof *words; w++)
			if (n >= strlen(words[w]) &&
			    ascii_eq(v.p, words[w], strlen(words[w])) &&
			    !(n > 9 && ascii_eq(v.p, "comments-", 9)))
				return true;
		v = span_from(v, n < v.n ? n + 1 : n);
	}
	return false;
}

/* Whether an element is not part of the article, but of comments, pictures or other
 * articles.
 */
static bool
is_aside(const struct html_document *d, const struct dom_node *n)
{
	enum { NAME_MAX_BYTES = 128 };
	const unsigned tag = html_tag_of(n->code);

	if (tag == T_ASIDE || tag == T_FOOTER || tag == T_NAV || tag == T_FIGURE)
		return true;
	/* The body has the classes of its template. */
	for (unsigned a = A_CLASS; a <= A_ID && tag != T_BODY && tag != T_HTML; a++) {
		const struct span v = page_kept_attr(d, n, a);

		if (v.n <= NAME_MAX_BYTES && has_aside_word(v))
			return true;
	}
	return false;
}

/* Whether a word of a class marks the name of an author. */
static bool
is_byline_word(struct span word)
{
	static const struct span ends[] = { { "author", 6 }, { "byline", 6 },
		{ "autor", 5 }, { "auteur", 6 }, { "author-name", 11 },
		{ "author_name", 11 }, { "author__name", 12 }, { "authorname", 10 },
		{ "author-link", 11 }, { "byline-name", 11 }, { "byline__name", 12 },
		{ "byline__author", 14 } };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (word.n >= ends[i].n &&
		    ascii_eq(word.p + word.n - ends[i].n, ends[i].p, ends[i].n))
			return true;
	return false;
}

/* Whether v may have a word of is_byline_word: all of them have "ut" or "yl".  end: of
 * the page, whose bytes after v may be read. */
static inline bool
may_be_byline(struct span v, const char *end)
{
#ifdef BYTES16
	for (size_t i = 0; i < v.n; i += 16) {
		bytes16 first, second;

		if (end - (v.p + i) < 17)
			return true;
		first = bytes16_load(v.p + i);
		second = bytes16_load(v.p + i + 1);
		if (bytes16_any(((first == 'u') & (second == 't')) |
				((first == 'y') & (second == 'l'))))
			return true;
	}
	return false;
#else
	(void)end;
	return memchr(v.p, 'u', v.n) || memchr(v.p, 'y', v.n);
#endif
}

/* Whether a class marks the name of an author. */
static bool
is_byline(struct span v, const char *end)
{
	enum { CLASS_MIN = 5, CLASS_MAX = 256 };

	if (v.n < CLASS_MIN || v.n > CLASS_MAX || !may_be_byline(v, end))
		return false;
	while (v.n > 0) {
		size_t n = 0;

		while (n < v.n && !is_space(v.p[n]))
			n++;
		if (is_byline_word((struct span){ v.p, n }))
			return true;
		v = span_from(v, n < v.n ? n + 1 : n);
	}
	return false;
}

/* Whether an element is in a part of the page that is not about it.  *steps: how many
 * ancestors were looked at; beyond FACT_STEPS, the answer is yes. */
static bool
is_in_aside(const struct html_document *d, uint32_t at, unsigned *steps)
{
	const struct dom_node *node = d->dom->node;

	for (uint32_t up = at; up; up = node[up].parent)
		if (++*steps > FACT_STEPS ||
		    (dom_is_element(&node[up]) && is_aside(d, &node[up])))
			return true;
	return false;
}

/* Note a date that an element states. */
static void
note_date(const struct html_document *d, const struct dom_node *n, struct span *to)
{
	struct span attr[TA_COUNT];

	if (to->n > 0)
		return;
	page_tag_attrs(d, n, attr);
	*to = attr[TA_DATETIME].n ? attr[TA_DATETIME] : attr[TA_CONTENT];
}

/* Look at an element for its attributes of A_. */
static void
see_element(const struct html_document *d, uint32_t at, bool bylines, unsigned *steps,
    struct page_body_facts *f)
{
	const struct dom_node *n = &d->dom->node[at];
	const struct html_attr *a = &d->source->attr[n->attr];
	bool author = false, marked = false;

	for (bool last = !n->attr; !last; last = a++->last) {
		const struct span v = { d->source->begin + a->at, a->n };

		if (a->name == A_CLASS) {
			author |= bylines && is_byline(v, d->source->end);
		} else if (a->name == A_REL) {
			marked |= n->code == T_A && page_has_word(v, SPAN("author"));
		} else if (a->name == A_ITEMPROP) {
			marked |= page_has_word(v, SPAN("author"));
			if (page_has_word(v, SPAN("datepublished")))
				note_date(d, n, &f->published);
			if (page_has_word(v, SPAN("datemodified")))
				note_date(d, n, &f->modified);
		}
	}
	if ((author || marked) && bylines && n->first && f->authors < FACT_BYLINES &&
	    !is_in_aside(d, at, steps)) {
		f->marked[f->authors] = marked;
		f->author[f->authors++] = at;
	}
	if (n->code == T_TIME && f->time.n == 0 && !is_in_aside(d, at, steps))
		note_date(d, n, &f->time);
}

void
page_body_facts_find(
    const struct html_document *d, bool bylines, struct page_body_facts *f)
{
	const struct dom_node *node = d->dom->node;
	unsigned steps = 0;

	memset(f, 0, sizeof *f);
	for (uint32_t i = 1; i < d->dom->n; i++)
		if (dom_is_element(&node[i]) && (node[i].attr || node[i].code == T_TIME))
			see_element(d, i, bylines, &steps, f);
}

static bool
is_unseen(uint32_t code)
{
	const unsigned tag = html_tag_of(code);

	return tag == T_SCRIPT || tag == T_STYLE || tag == T_SVG || tag == T_TEMPLATE;
}

void
page_element_text(const struct html_document *d, uint32_t at, size_t max, struct buf *out)
{
	enum { NODES = 256 };
	const struct dom_node *node = d->dom->node;
	const size_t start = out->n;
	uint32_t i = at;

	for (int seen = 0; seen < NODES && out->n - start < max; seen++) {
		if (node[i].code == DOM_TEXT) {
			const struct span s = html_text_span(d->source, node[i].text);

			buf_put(out, s.p, s.n < max ? s.n : max);
		} else if (html_tag_of(node[i].code) == T_BR) {
			buf_putc(out, ' ');
		}
		if (dom_is_element(&node[i]) && node[i].first &&
		    !is_unseen(node[i].code)) {
			i = node[i].first;
			continue;
		}
		while (i != at && !node[i].next)
			i = node[i].parent;
		if (i == at)
			return;
		i = node[i].next;
	}
}
