/* check_html_tokens.c - tests of the HTML tokenizer: tokens, attributes, doctypes. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/html/html_doctype.h"
#include "filters/web/html/html_tokenizer.h"
#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "tests/unit/filters/html_dump.h"

Suite *html_tokens_suite(void);

static struct html_tokenizer tokenizer;

static void
set_up(void)
{
	dump_set_up();
	tokenizer = (struct html_tokenizer){ .names = &names, .references = references };
}

static void
tear_down(void)
{
	html_tokenizer_free(&tokenizer);
	dump_tear_down();
}

static void
put_attrs(const struct html_tokenizer *t, uint32_t at)
{
	const char *p = html_tag_attrs(t, at);
	struct html_raw_attr a;
	bool self_closing;

	while (html_next_attr(&p, t->end, &a, &self_closing)) {
		buf_putc(&out, ' ');
		put_name(a.name);
		buf_putc(&out, '=');
		html_decode_value(t, a.value, &out);
	}
}

/* Tokens: <tag attr=value/> </tag> text <!--comment--> <!doctype>, with "|" between. */
static void
put_token(const struct html_tokenizer *t, const struct html_token *k)
{
	const char *name = t->begin + k->at + 1;

	switch (k->kind) {
	case TOKEN_START:
	case TOKEN_END:
		name += k->kind == TOKEN_END;
		buf_puts(&out, k->kind == TOKEN_END ? "</" : "<");
		put_name((struct span){
		    name, (size_t)(html_tag_attrs(t, (uint32_t)(name - t->begin) - 1) -
				   name) });
		if (k->kind == TOKEN_START)
			put_attrs(t, k->at);
		buf_puts(&out, k->self_closing ? "/>" : ">");
		break;
	case TOKEN_NUL:
		buf_putc(&out, '@');
		break;
	case TOKEN_COMMENT:
		buf_puts(&out, "<!--");
		put_text(html_text_span(t, k->text));
		buf_puts(&out, "-->");
		break;
	case TOKEN_DOCTYPE:
		buf_puts(&out, "<!");
		put_text(html_text_span(t, k->text));
		buf_puts(&out, ">");
		break;
	default:
		put_text(html_text_span(t, k->text));
	}
	buf_putc(&out, '|');
}

static void
put_tokens(struct span page, enum html_content content, const char *tag)
{
	struct html_token token;

	html_tokenizer_begin(&tokenizer, page);
	tokenizer.content = content;
	tokenizer.content_tag = html_code_of(&names, span_of(tag));
	while (html_tokenizer_next(&tokenizer, &token), token.kind != TOKEN_EOF)
		put_token(&tokenizer, &token);
}

static const struct {
	enum html_content content;
	const char *tag, *in, *want;
} tokens[] = {
	/* data */
	{ CONTENT_DATA, "", "", "" },
	{ CONTENT_DATA, "", "one < two", "one < two|" },
	{ CONTENT_DATA, "", "1<2<", "1<2<|" },
	{ CONTENT_DATA, "", "cat&amp;dog &lt", "cat&dog <|" },
	{ CONTENT_DATA, "", "a & b &zzz;", "a & b &zzz;|" },
	{ CONTENT_DATA, "", "x\r\ny\rz", "x\ny\nz|" },
	/* tags */
	{ CONTENT_DATA, "", "<Em>x</EM >", "<em>|x|</em>|" },
	{ CONTENT_DATA, "", "<hr/><hr / ><hr a/>", "<hr/>|<hr>|<hr a=/>|" },
	{ CONTENT_DATA, "", "<p/x=1/>", "<p x=1/>|" },
	{ CONTENT_DATA, "", "<a>b</", "<a>|b</|" },
	{ CONTENT_DATA, "", "a</>b</ c>d", "a|b|<!-- c-->|d|" },
	{ CONTENT_DATA, "", "a<b", "a|" },
	{ CONTENT_DATA, "", "a</b ", "a|" },
	{ CONTENT_DATA, "", "a<b c=\"d>", "a|" },
	{ CONTENT_DATA, "", "a<b c='d'", "a|" },
	/* attributes */
	{ CONTENT_DATA, "", "<a B=c D = 'e f' g=\"h\" i>", "<a b=c d=e f g=h i=>|" },
	{ CONTENT_DATA, "", "<a b='c'd=e>", "<a b=c d=e>|" },
	{ CONTENT_DATA, "", "<a =b c==d>", "<a =b= c==d>|" },
	{ CONTENT_DATA, "", "<a b=>c", "<a b=>|c|" },
	{ CONTENT_DATA, "", "<a b=c/d>", "<a b=c/d>|" },
	{ CONTENT_DATA, "", "<a b=c/>", "<a b=c/>|" },
	{ CONTENT_DATA, "", "<a b='&lt;' c=&lt d='?x&ltd=&gt'>",
	    "<a b=< c=< d=?x&ltd=>>|" },
	{ CONTENT_DATA, "", "<a\nb\t=\fc>", "<a b=c>|" },
	/* comments and declarations */
	{ CONTENT_DATA, "", "<!--a-->b", "<!--a-->|b|" },
	{ CONTENT_DATA, "", "<!-->b", "<!---->|b|" },
	{ CONTENT_DATA, "", "<!--->b", "<!---->|b|" },
	{ CONTENT_DATA, "", "<!--a--!>b", "<!--a-->|b|" },
	{ CONTENT_DATA, "", "<!--a--b--->c", "<!--a--b--->|c|" },
	{ CONTENT_DATA, "", "<!--a-", "<!--a-->|" },
	{ CONTENT_DATA, "", "<!--a--", "<!--a-->|" },
	{ CONTENT_DATA, "", "<!--a--!", "<!--a-->|" },
	{ CONTENT_DATA, "", "<!--<!--a-->b", "<!--<!--a-->|b|" },
	{ CONTENT_DATA, "", "<!-a>b", "<!---a-->|b|" },
	{ CONTENT_DATA, "", "<?php a ?>b", "<!--?php a ?-->|b|" },
	{ CONTENT_DATA, "", "<![CDATA[a]]>b", "<!--[CDATA[a]]-->|b|" },
	{ CONTENT_DATA, "", "<!DOCTYPE a>b", "<! a>|b|" },
	/* text of elements */
	{ CONTENT_RCDATA, "title", "a<b>&lt;</titles></TITLE >c",
	    "a<b><</titles>|</title>|c|" },
	{ CONTENT_RCDATA, "title", "a</title", "a</title|" },
	{ CONTENT_RCDATA, "title", "a</title b", "a|" },
	{ CONTENT_RAWTEXT, "style", "a<b>&lt;</style/>c", "a<b>&lt;|</style/>|c|" },
	{ CONTENT_RAWTEXT, "style", "</style>", "</style>|" },
	{ CONTENT_PLAINTEXT, "", "a<b>&lt;</plaintext>", "a<b>&lt;</plaintext>|" },
	{ CONTENT_CDATA, "", "a<b>]]&lt;]]>c<d>", "a<b>]]&lt;|c|<d>|" },
	{ CONTENT_CDATA, "", "]]>", "" },
	{ CONTENT_CDATA, "", "a]]", "a]]|" },
	/* scripts */
	{ CONTENT_SCRIPT, "script", "a<b</scripts></script>c",
	    "a<b</scripts>|</script>|c|" },
	{ CONTENT_SCRIPT, "script", "<!--a</script>b", "<!--a|</script>|b|" },
	{ CONTENT_SCRIPT, "script", "<!--<script>a</script>b--></script>c",
	    "<!--<script>a</script>b-->|</script>|c|" },
	{ CONTENT_SCRIPT, "script", "<!--<script>a</script>b</script>c",
	    "<!--<script>a</script>b|</script>|c|" },
	{ CONTENT_SCRIPT, "script", "<!--><script></script>a",
	    "<!--><script>|</script>|a|" },
	{ CONTENT_SCRIPT, "script", "<!--<scripty></script>a",
	    "<!--<scripty>|</script>|a|" },
	{ CONTENT_SCRIPT, "script", "<!--<script>--></script>a",
	    "<!--<script>-->|</script>|a|" },
	{ CONTENT_SCRIPT, "script", "<!--<script>", "<!--<script>|" },
};

START_TEST(token)
{
	put_tokens(span_of(tokens[_i].in), tokens[_i].content, tokens[_i].tag);
	assert_out(tokens[_i].want);
}
END_TEST

START_TEST(nul)
{
	put_tokens(SPAN("a\0b<c\0d e\0='\0'><!--\0-->"), CONTENT_DATA, "");
	assert_out("a|@|b|<c");
}
END_TEST

START_TEST(nul_in_text)
{
	put_tokens(SPAN("a\0b"), CONTENT_RAWTEXT, "style");
	assert_out("a\uFFFDb|");
	put_tokens(SPAN("a\0&lt;b"), CONTENT_RCDATA, "title");
	assert_out("a\uFFFD<b|");
	put_tokens(SPAN("a\0b]]>"), CONTENT_CDATA, "");
	assert_out("a|@|b|");
}
END_TEST

/* The attributes that the tokenizer keeps: the first of each name. */
START_TEST(kept_attrs)
{
	static const struct span values[] = { { "a", 1 }, { "", 0 }, { "u", 1 } };
	static const unsigned kept[] = { A_CLASS, A_HIDDEN, A_HREF };
	struct html_token t;

	html_tokenizer_begin(
	    &tokenizer, SPAN("<p><p x CLASS=a hidden class=b href='u' xhref=v>"));
	html_tokenizer_next(&tokenizer, &t);
	ck_assert_uint_eq(t.attr, 0);
	html_tokenizer_next(&tokenizer, &t);
	for (int i = 0; i < 3; i++) {
		const struct html_attr *a = &tokenizer.attr[t.attr + (uint32_t)i];

		ck_assert_uint_eq(a->name, kept[i]);
		ck_assert(a->last == (i == 2));
		ck_assert(
		    span_eq((struct span){ tokenizer.begin + a->at, a->n }, values[i]));
	}
}
END_TEST

static const struct {
	const char *in;
	bool quirky;
} doctypes[] = {
	{ " html", false },
	{ "HTML", false },
	{ "", true },
	{ " htm", true },
	{ " html public \"-//W3C//DTD HTML 4.01//EN\"", false },
	{ " html PUBLIC '-//W3C//DTD HTML 4.01//EN", true },
	{ " html PUBLIC \"-//w3c//dtd html 4.01 transitional//en\"", true },
	{ " html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" 'x'", false },
	{ " html PUBLIC '-//W3C//DTD HTML 3.2 Final//EN' 'x'", true },
	{ " html PUBLIC", true },
	{ " html SYSTEM 'about:legacy-compat'", false },
	{ " html SYSTEM 'about:legacy-compat' x", false },
	{ " html x", true },
};

START_TEST(doctype)
{
	const struct html_doctype d = html_doctype_read(span_of(doctypes[_i].in), true);

	ck_assert(html_doctype_is_quirky(&d) == doctypes[_i].quirky);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
html_tokens_suite(void)
{
	Suite *s = suite_create("html_tokens");
	TCase *c = tcase_create("html_tokens");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, token, 0, ROWS(tokens));
	tcase_add_test(c, nul);
	tcase_add_test(c, nul_in_text);
	tcase_add_test(c, kept_attrs);
	tcase_add_loop_test(c, doctype, 0, ROWS(doctypes));
	suite_add_tcase(s, c);
	return s;
}
