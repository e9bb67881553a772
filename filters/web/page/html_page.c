/* html_page.c - parse a web page, build its tree, and write its text. */
#include "filters/web/page/html_page.h"

#include <stdlib.h>

#include "filters/web/judge/html_judge.h"
#include "filters/web/page/html_link.h"
#include "filters/web/page/html_tree.h"
#include "lib/base/err.h"

struct html_tables {
	struct html_names names;
	struct html_class_hints *hints;
	struct html_references *references;
};

struct html {
	struct html_parser *parser;
	struct html_tree tree;
	struct html_judge judge;
	struct buf text, title, noframes, base, scratch;
	html_see_fn *see;
	void *see_arg;
};

/* A page with less text, in bytes, may have all of it in its <noscript>s, which then have
 * at least so many times as much. */
enum { NOSCRIPT_PAGE = 1500, NOSCRIPT_TIMES = 3 };

struct html_tables *
html_tables_new(void)
{
	struct html_tables *t = xmalloc(sizeof *t);

	html_names_init(&t->names);
	t->hints = html_class_hints_new();
	t->references = html_references_new();
	return t;
}

void
html_tables_free(struct html_tables *t)
{
	if (!t)
		return;
	html_class_hints_free(t->hints);
	html_references_free(t->references);
	free(t);
}

struct html *
html_new(const struct html_tables *t)
{
	struct html *h = xcalloc(1, sizeof *h);

	h->parser = html_parser_new(&t->names, t->references);
	h->tree.hints = t->hints;
	return h;
}

void
html_free(struct html *h)
{
	if (!h)
		return;
	html_parser_free(h->parser);
	html_tree_free(&h->tree);
	html_judge_free(&h->judge);
	buf_free(&h->text);
	buf_free(&h->title);
	buf_free(&h->noframes);
	buf_free(&h->base);
	buf_free(&h->scratch);
	free(h);
}

void
html_use_model(struct html *h, const struct html_model *m)
{
	h->judge.model = m;
	h->tree.words = m ? m->words : NULL;
}

void
html_blocks_of(
    struct html *h, const struct html_tree **tree, const struct html_blocks **blocks)
{
	if (!h->judge.model || h->judge.passed)
		html_blocks_find(&h->judge.blocks, &h->tree);
	*tree = &h->tree;
	*blocks = &h->judge.blocks;
}

const struct html_judge *
html_judge_of(const struct html *h)
{
	return h->judge.model && !h->judge.passed ? &h->judge : NULL;
}

void
html_watch(struct html *h, html_see_fn *see, void *arg)
{
	h->see = see;
	h->see_arg = arg;
}

/* Append s with each run of white space reduced to one blank, none at the ends. */
static void
collapse_space(struct span s, struct buf *out)
{
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r')) {
			space = out->n > 0;
			continue;
		}
		if (space)
			buf_putc(out, ' ');
		space = false;
		buf_putc(out, s.p[i]);
	}
}

/* Build the tree of a page, with what its <noscript>s hold if that is most of it. */
static struct html_document
build(struct html *h, struct span page, bool xml)
{
	const struct html_document d =
	    html_parse(h->parser, page, NOSCRIPT_APART, xml ? HTML_XML : 0);
	struct html_tree *t = &h->tree;
	size_t n;

	html_tree_build(t, &d, false);
	n = t->text.n;
	if (!t->has_noscript || n >= NOSCRIPT_PAGE)
		return d;
	html_tree_build(t, &d, true);
	if (t->text.n < n * NOSCRIPT_TIMES + NOSCRIPT_PAGE)
		html_tree_build(t, &d, false);
	return d;
}

/* Write the text of the tree. */
static void
put(struct html *h, const struct html_options *options)
{
	struct html_tree *t = &h->tree;

	html_recast_code(t);
	html_hide_line_numbers(t);
	html_hide_labels(t);
	if (!options->markdown) {
		html_tree_put_text(t, options->main_only, &h->scratch, &h->text);
		return;
	}
	html_link_base(t, options->url, &h->scratch, &h->base);
	html_tree_put_markdown(
	    t, options->main_only, buf_span(&h->base), &h->scratch, &h->text);
}

void
html_extract(struct html *h, struct span page, const struct html_options *options,
    struct html_page *out)
{
	struct html_tree *t = &h->tree;
	struct html_document d;

	if (page.n >= HTML_MAX)
		BUG("page too large");
	h->text.n = h->title.n = 0;
	h->judge.type_p = 0;
	t->want = options->images ? WANT_IMAGES : 0;
	if (options->markdown)
		t->want |= WANT_FORMAT | (options->links ? WANT_LINKS : 0);
	d = build(h, page, options->xml);
	collapse_space(buf_span(&t->title), &h->title);
	if (h->see)
		h->see(h->see_arg, &d, h->title.n ? buf_span(&h->title) : SPAN(""));
	/* The page of a frameset is what browsers without frames show. */
	if (t->text.n == 0 && t->noframes.n) {
		h->noframes.n = 0;
		buf_put(&h->noframes, t->noframes.p, t->noframes.n);
		build(h, buf_span(&h->noframes), options->xml);
	}
	if (options->main_only)
		html_tree_find_main(t);
	if (options->main_only && t->want & WANT_IMAGES)
		html_keep_images(t);
	if (options->main_only && h->judge.model)
		html_judge_page(&h->judge, t);
	if (options->main_only && !(h->judge.model && h->judge.decided))
		html_keep_tokens(t);
	if (options->main_only)
		html_drop_note_lists(t);
	put(h, options);
	*out = (struct html_page){ h->text.n ? buf_span(&h->text) : SPAN(""),
		h->title.n ? buf_span(&h->title) : SPAN("") };
}
