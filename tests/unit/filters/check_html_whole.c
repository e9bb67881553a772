/* check_html_whole.c - test which tables, lists, code and the like are kept or dropped as
 * a whole. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/judge/html_whole.h"
#include "filters/web/page/html_page.h"

Suite *html_whole_suite(void);

/* A sentence that is long enough to be prose. */
#define PROSE                                                                            \
	" is the first word of a sentence that is long enough to be the prose of a"      \
	" page, and not a label beside it."

/*
 * Pages.  A block with a minus has a score below the bound.  Wanted are the first words
 * of the blocks, those of dropped ones in parentheses, each with the reason if its
 * verdict is not that of the score.
 */
static const struct {
	const char *name, *in, *want;
} pages[] = {
	{ "the rows of a table follow its text",
	    "<table><tr><th>-City<th>Rain<tr><td>York<td>1 mm<tr><td>-Hull<td>2 "
	    "mm<tr><td>"
	    "-Leeds<td>3 mm</table>",
	    "City:table York Hull:table Leeds:table" },
	{ "a table that is dropped stays dropped",
	    "<table><tr><th>-City<th>Rain<tr><td>-York<td>1 mm<tr><td>-Hull<td>2 mm"
	    "</table>",
	    "(City) (York) (Hull)" },
	{ "a table of one column is layout",
	    "<table><tr><td>Left text<tr><td>-Right text<tr><td>Below it</table>",
	    "Left (Right) Below" },
	{ "the items of a list follow most of its text",
	    "<ul><li>Wheat and barley<li>-Oats<li>Rye</ul>"
	    "<ul><li>-Home of the firm<li>About</ul>",
	    "Wheat Oats:list Rye (Home) (About:list)" },
	{ "an item follows most of its text",
	    "<ul><li><p>Take two eggs and beat them<p>-Rest<p>Take the flour and sift it"
	    "</ul>",
	    "Take Rest:item Take" },
	{ "a term follows its definition",
	    "<dl><dt>-Yeast<dd>A fungus that eats sugar<dt>Salt<dd>-A crystal from the "
	    "sea"
	    "</dl>",
	    "Yeast:term A (Salt:term) (A)" },
	{ "code follows any of its lines",
	    "<pre><div>int x;</div><div>-int y;</div><div>-int z;</div></pre>",
	    "int int:code int:code" },
	{ "code is kept beside kept text", "<pre>-make install</pre>", "make:code" },
	{ "a quotation follows most of its text",
	    "<blockquote><p>We were wrong about the bridge<p>-She said</blockquote>",
	    "We She:quote" },
	{ "the source of a quotation follows it",
	    "<blockquote>1<p>2<p>3<p>4<p>5<p>6<p>7<p>8<p>9<p>10<footer>-Anna</footer>"
	    "</blockquote>",
	    "1 2 3 4 5 6 7 8 9 10 Anna:companion" },
	{ "a paragraph between kept ones is kept", "<p>-Hole" PROSE, "Hole:prose" },
	{ "a label between kept paragraphs is not", "<p>-Read more", "(Read)" },
	{ "a heading of kept text is kept, and one of none is dropped",
	    "<h2>-Harvest</h2><p>Corn" PROSE "<h2>Links</h2><p>-More<h2>-End</h2>",
	    "Harvest:heading Corn (Links:empty) (More) End:heading" },
};

/* The first text of a block. */
static struct span
text_of(const struct html_tree *t, const struct html_block *k)
{
	const struct html_node *n = &t->node[k->first];
	struct span s = { t->text.p + n->off, n->len };

	while (s.n > 0 && s.p[0] <= ' ') {
		s.p++;
		s.n--;
	}
	return s;
}

static void
put_verdict(struct buf *out, struct span text, const struct html_block *k)
{
	const bool drop = text.p[0] == '-';

	if (out->n)
		buf_putc(out, ' ');
	if (!k->keep)
		buf_putc(out, '(');
	for (size_t i = drop; i < text.n && text.p[i] > ' '; i++)
		buf_putc(out, text.p[i]);
	if (k->keep == drop)
		buf_putf(out, ":%s", html_why_name(k->why));
	if (!k->keep)
		buf_putc(out, ')');
}

START_TEST(units_are_whole)
{
	const struct html_options options = { .main_only = true, .url = SPAN("") };
	struct html_tables *tables = html_tables_new();
	struct html *html = html_new(tables);
	const struct html_tree *tree;
	const struct html_blocks *found;
	struct html_blocks b;
	struct html_page page;
	struct buf in = { 0 }, got = { 0 }, want = { 0 };

	buf_putf(&in, "<p>First%s<p>Second%s", PROSE, PROSE);
	buf_putf(&in, "%s<p>Last%s", pages[_i].in, PROSE);
	html_extract(html, buf_span(&in), &options, &page);
	html_blocks_of(html, &tree, &found);
	b = *found;
	for (size_t i = 0; i < b.n; i++)
		b.block[i].keep = text_of(tree, &b.block[i]).p[0] != '-';
	html_make_whole(&b, tree);
	for (size_t i = 0; i < b.n; i++)
		put_verdict(&got, text_of(tree, &b.block[i]), &b.block[i]);
	buf_putc(&got, '\0');
	buf_putf(&want, "First Second %s Last%c", pages[_i].want, '\0');
	ck_assert_msg(strcmp(got.p, want.p) == 0, "%s: %s", pages[_i].name, got.p);
	buf_free(&in);
	buf_free(&got);
	buf_free(&want);
	html_free(html);
	html_tables_free(tables);
}
END_TEST

Suite *
html_whole_suite(void)
{
	Suite *s = suite_create("html_whole");
	TCase *t = tcase_create("html_whole");

	tcase_add_loop_test(t, units_are_whole, 0, sizeof pages / sizeof *pages);
	suite_add_tcase(s, t);
	return s;
}
