/* check_html_structure.c - tests of structure in the text of web pages. */
#include <check.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/text/utf8.h"
#include "tests/unit/filters/page_text.h"

Suite *html_structure_suite(void);

/* Structure in the text of a page. */
static const struct {
	const char *in, *want;
} structure[] = {
	/* numbers of lists */
	{ "<ol start=3><li>a<li value=' 7x'>b<li>c</ol>", "3. a\n7. b\n8. c\n" },
	{ "<ol reversed><li>a<li><ol><li>x</ol><li>b</ol>", "3. a\n  1. x\n1. b\n" },
	{ "<ol reversed start=-1><li>a<li>b</ol>", "-1. a\n-2. b\n" },
	{ "<ol type=a start=26><li>a<li>b<li value=0>c</ol>", "z. a\naa. b\n0. c\n" },
	{ "<ol type=I start=1994><li>a</ol><ol type=i><li>b</ol>", "MCMXCIV. a\ni. b\n" },
	{ "<ol type=i start=4000><li>a</ol>", "4000. a\n" },
	{ "<ol start=99999999999999><li>a</ol>", "999999999. a\n" },
	{ "<ol><li hidden>a<li>b<li><p><p>c</ol>", "1. b\n2. c\n" },
	{ "<ol><li>a<ul><li>b<ul><li>c</ul></ul><li>d</ol>",
	    "1. a\n  - b\n    - c\n2. d\n" },
	/* bars in cells */
	{ "<table><tr><td>a|b<td>|<tr><td>x|y</table>", "a\\|b | \\|\nx|y\n" },
	/* TeX */
	{ "<math><semantics><mi>x</mi><annotation encoding=application/x-tex>"
	  " x &lt; y</annotation></semantics></math>.",
	    "$x < y$.\n" },
	{ "a <math alttext='\\pi' display=block><mi>p</mi></math> b", "a $$\\pi$$ b\n" },
	{ "<math><mi>x</mi><annotation encoding=text/plain>y</annotation></math>",
	    "x\n" },
	{ "<span class=katex><span class=katex-mathml><math alttext=x^2></math></span>"
	  "<span class=katex-html aria-hidden=true>x2</span></span>",
	    "$x^2$\n" },
	{ "<span class=katex-html>x2</span>", "x2\n" },
	{ "<span class=MathJax>v</span><script type=math/tex>w</script>", "$w$\n" },
	{ "<script type='math/tex; mode=display'>w</script>", "$$w$$\n" },
	{ "<span class=MathJax>v</span><script>w</script>", "v\n" },
	{ "<img class='x latex' alt='$\\frac12$'><img class=x alt=cat>", "$\\frac12$\n" },
	{ "<span style='display:none'><math alttext='{\\displaystyle a}'></math></span>"
	  "<img class=mwe-math-fallback-image-inline alt='{\\displaystyle a}'>",
	    "$a$\n" },
	{ "<math alttext='{\\displaystyle {a}+{b}}'></math><img class=tex alt='{a}+{b}'>",
	    "${a}+{b}$\n" },
	{ "\\(x^2\\)", "\\(x^2\\)\n" },
	{ "a<img class=latex src=x.png><img class=mwe-math-fallback-image-inline src=y>",
	    "a\n" },
	/* MathML without its source */
	{ "Let <math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi></math>.",
	    "Let x.\n" },
	{ "a<math display=block class=c><mi>x</mi></math>b", "a x b\n" },
	{ "<math><semantics><mi>x</mi><annotation-xml encoding=MathML-Content><ci>y</ci>"
	  "</annotation-xml></semantics></math>",
	    "x\n" },
	{ "<math><msup><mi>y</mi><mn>2</mn></msup><msub><mi>y</mi><mi>i</mi></msub>"
	  "<msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow>"
	  "</msubsup><msup><mi>f</mi><mo>\u2032</mo></msup>",
	    "y^2 y_i x_i^{n+1} f\u2032\n" },
	{ "<math><mi>x</mi><mfrac><mn>1</mn><mn>2</mn></mfrac><mfrac><mrow><mi>a</"
	  "mi><mo>+"
	  "</mo><mi>b</mi></mrow><mrow><mn>2</mn><mi>c</mi></mrow></mfrac><mi>y</mi>",
	    "x 1/2 (a+b)/(2c) y\n" },
	{ "<math><msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></"
	  "msup><msup><mrow><mo>("
	  "</mo><mi>a</mi><mo>)</mo></mrow><mn>2</mn></msup>",
	    "(ab)^2(a)^2\n" },
	{ "<math><mi>sin</mi><mo>&#x2061;</mo><mi>x</mi><mo>+</mo><msqrt><mi>x</mi></"
	  "msqrt>"
	  "<mo>+</mo><msqrt><mi>x</mi><mi>y</mi></msqrt><mo>+</mo><mroot><mi>x</mi><mn>3",
	    "sin x+\u221ax+\u221a(xy)+x^(1/3)\n" },
	{ "<math><munderover><mo>\u2211</mo><mi>i</mi><mi>n</mi></munderover><mover><mi>x"
	  "</mi><mo>\u00af</mo></mover><mfenced open='['><mi>a</mi><mi>b</mi></mfenced>",
	    "\u2211_i^n x\u00af[a,b)\n" },
	{ "<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr> <mtr><mtd>"
	  "<mn>3</mn></mtd></mtr></mtable></math>",
	    "1 2; 3\n" },
	{ "<math>x^2</math> <math><mphantom><mi>a</mi></mphantom></math>"
	  "<math hidden><mi>b</mi></math><math><mtext>a <b>b</b></mtext></math>",
	    "x^2 a b\n" },
	{ "a <mjx-container class=MathJax><mjx-math "
	  "aria-hidden=true><mjx-utext>v</mjx-utext>"
	  "</mjx-math><mjx-assistive-mml display=inline><math "
	  "xmlns='http://www.w3.org/1998/"
	  "Math/MathML'><mi>x</mi></math></mjx-assistive-mml></mjx-container>",
	    "a x\n" },
	{ "<span class=MathJax><nobr>v</nobr><span class=MJX_Assistive_MathML><math><mi>x"
	  "</mi></math></span></span>",
	    "x\n" },
	{ "<span class=mjx-math>v</span><span "
	  "class=MJX_Assistive_MathML><math><mi>x</math>",
	    "x\n" },
	{ "<mjx-math>v</mjx-math><mjx-assistive-mml></mjx-assistive-mml>", "v\n" },
	/* exponents and indexes */
	{ "x<sup>2</sup>+2y<sup>n</sup> 10<sup>\u22126</sup> (x+1)<sup>2</sup>",
	    "x^2+2y^n 10^\u22126 (x+1)^2\n" },
	{ "a<sub>i</sub> x<sub>12</sub> A<sub>n</sub>", "a_i x_12 A_n\n" },
	{ "H<sub>2</sub>O CO<sub>2</sub> N<sub>2</sub>", "H2O CO2 N2\n" },
	{ "1<sup>st</sup> D<sup>r</sup> n<sup>o</sup> 1<sup>e</sup> word<sup>2</sup>",
	    "1st Dr no 1e word2\n" },
	{ "5 m<sup>2</sup> $9<sup>99</sup> 2020<sup>2</sup> x<sup>1</sup>",
	    "5 m2 $999 20202 x1\n" },
	{ "x<sup><a href=#n>2</a></sup> x <sup>2</sup> (a word)<sup>2</sup>",
	    "x2 x 2 (a word)2\n" },
	{ "5&times;10<sup>6</sup> 6.02\u00b710<sup>23</sup> 6.0x10<sup>23</sup> 6.0 x "
	  "10<sup>"
	  "-3</sup> 2 \u00d7 10<sup>+5</sup> 10<sup>\u20136</sup>",
	    "5\u00d710^6 6.02\u00b710^23 6.0x10^23 6.0 x 10^-3 2 \u00d7 10^+5 "
	    "10^\u20136\n" },
	{ "2009\u201310<sup>2</sup> 5-10<sup>2</sup> 10<sup>3</sup>\u201310<sup>6</sup> "
	  "-10<sup>2</sup>",
	    "2009\u2013102 5-102 10^3\u201310^6 -10^2\n" },
	{ "1920x10<sup>2</sup> 0x10<sup>2</sup> \u20ac10<sup>99</sup> 110<sup>2</sup> "
	  "3,10<sup>2</sup>",
	    "1920x102 0x102 \u20ac1099 1102 3,102\n" },
	{ "E=mc<sup>2</sup> E = <i>mc</i><sup>2</sup> e<sup>-x</sup> x<sup>n+1</sup> "
	  "x<sup><i>n</i>&nbsp;+ 1</sup> e<sup>2\u03c0i</sup> 2<sup>n</sup> "
	  "x<sup>2n</sup>",
	    "E=mc^2 E = mc^2 e^{-x} x^{n+1} x^{n + 1} e^{2\u03c0i} 2^n x^{2n}\n" },
	{ "3 cm<sup>3</sup> g/cm<sup>3</sup> 5 km<sup>2</sup> kg<sup>-1</sup> "
	  "4\u03c0r<sup>2</sup> \u03c3<sup>2</sup> x<sup>1/2</sup>",
	    "3 cm^3 g/cm^3 5 km^2 kg^-1 4\u03c0r^2 \u03c3^2 x^{1/2}\n" },
	{ "2<sup>1/2</sup> 5 kg<sup>2</sup> 9 min<sup>3</sup> 5 \u03bcg<sup>3</sup> "
	  "TNF-\u03b1<sup>2</sup> IL-1\u03b2<sup>2</sup> \u03b1<sup>12</sup>",
	    "21/2 5 kg2 9 min3 5 \u03bcg3 TNF-\u03b12 IL-1\u03b22 \u03b112\n" },
	{ "n<sup>1-3</sup> n<sup>1,2</sup> n<sup>a-c</sup> n<sup>th</sup> 2<sup>e</sup> "
	  "n<sup>os</sup> Ca<sup>2+</sup> H<sup>+</sup> Acme<sup>TM</sup> "
	  "2<sup>\u03b7</sup>",
	    "n1-3 n1,2 na-c nth 2e nos Ca2+ H+ AcmeTM 2\u03b7\n" },
	/* words that only the style of their elements keeps apart */
	{ "<a href=x>Crossref</a><a href=y>Medline</a>", "Crossref Medline\n" },
	{ "<span><span>Sodium: </span><span>4</span><span>mg</span></span><span><span>"
	  "Fiber: </span><span>2</span></span>",
	    "Sodium: 4mg Fiber: 2\n" },
	{ "<span>anna</span><span>18.10.</span> <a>\u00fc)</a><span>\u00dcber</span>"
	  "<a>\u0442\u0430</a><a>\u0414\u0430</a>",
	    "anna 18.10. \u00fc) \u00dcber\u0442\u0430 \u0414\u0430\n" },
	{ "<span>T</span><span>HE</span> <span>wo</span><span>rd</span> <span>$</span>"
	  "<span>12</span> <span>a<b>B</b></span> <span>Mac</span>Book <b>Mac</b>"
	  "<span>OS</span> <span>\u201c</span><span>So</span>",
	    "THE word $12 aB MacBook MacOS \u201cSo\n" },
	{ "<code><span>my</span><span>Name</span></code><pre><span>my</span><span>Name"
	  "</span></pre>",
	    "myName\nmyName\n" },
	/* the author of a quotation */
	{ "<blockquote><div><cite><a href=u>anna</a> wrote:</cite>It leaks.</div>"
	  "</blockquote><blockquote><cite>Hamlet</cite> is long, <cite>he said:</cite> so"
	  "</blockquote>",
	    "anna wrote:\nIt leaks.\nHamlet is long, he said: so\n" },
	/* line numbers and buttons of code */
	{ "<pre><span class=lineno>1 </span>a\n<span class=lineno>2</span>b"
	  "<button>Copy</button></pre>",
	    "a\nb\n" },
	{ "<table><tr><td class=linenos><div class=linenodiv><pre>1\n2</pre></div>"
	  "<td class=code><pre>a\nb</pre></table>",
	    "a\nb\n" },
	{ "<div class=gutter>about 1</div><span class=line-number>x</span>",
	    "about 1\nx\n" },
	{ "<table><tr><td data-line-number=1>1<td>a</table>", "a\n" },
};

START_TEST(structured_text)
{
	assert_span(
	    page_extract(span_of(structure[_i].in), false).text, structure[_i].want);
}
END_TEST

#define PROSE                                                                            \
	"Thirty and more characters of prose without a link, so it counts as a "         \
	"sentence. "
#define LINE                                                                             \
	"Thirty and more characters of prose without a link, so it counts as a "         \
	"sentence.\n"
#define LONG PROSE PROSE PROSE PROSE PROSE PROSE PROSE PROSE

/* Parts of an article, after a line of prose, and what is left of them. */
static const struct {
	const char *in, *want;
} furniture[] = {
	{ "<h2>T<span class=mw-editsection>[<a href=e>edit</a>]</span></h2><p>x",
	    "T\nx\n" },
	{ "<h2>T<a class='headerlink x' href=#t>Link</a></h2><p>x", "T\nx\n" },
	{ "<h2 class=sr-only>T</h2><p>x<span class=sr-only>no</span>", "T\nx\n" },
	{ "<p>x<a class=visually-hidden href=a>no</a>", "x\n" },
	{ "<p>x<span style='visibility: hidden'>no</span>", "x\n" },
	/* marks of notes */
	{ "<p>Some words without a link, and x, x<sup class=reference><a "
	  "href=#n><span>[</span>1]</a></sup>.",
	    "Some words without a link, and x, x.\n" },
	{ "<p>Some words without a link, and x, x<sup><a href=#n>[1]</a></sup><sup><a "
	  "href=#m>12</a></sup>.",
	    "Some words without a link, and x, x.\n" },
	{ "<p>Some words without a link, and x, x<sup>[<a href=#n>citation "
	  "needed</a>]</sup>",
	    "Some words without a link, and x, x[citation needed]\n" },
	{ "<p>Some words without a link, and x, x<sup>[<i><a href=#n>citation "
	  "needed</a></i>]</sup>",
	    "Some words without a link, and x, x[citation needed]\n" },
	{ "<p>Some words without a link, and x, x<sup class='noprint "
	  "Inline-Template'>[<a href=#n>citation "
	  "needed</a>]</sup>",
	    "Some words without a link, and x, x\n" },
	{ "<p>Some words without a link, and x, x<sup><a href=#n>[note 3]</a></sup> "
	  "y<sup><a href=#n>[a]</a></sup>",
	    "Some words without a link, and x, x y\n" },
	{ "<p>Some words without a link, and x, x<sup>[1]</sup> y<sup><a "
	  "href=#n>tm</a></sup>",
	    "Some words without a link, and x, x[1] ytm\n" },
	/* phrases */
	{ "<p>Some words without a link, and x, <a href=#c>Skip to content</a> x",
	    "Some words without a link, and x, x\n" },
	{ "<p>Some words without a link, and x, <a href=#c>Zum Inhalt springen</a>. <a "
	  "href=#c>Aller au contenu</a>",
	    "Some words without a link, and x, .\n" },
	{ "<p>Skip to content", "Skip to content\n" },
	{ "<p><a href=a>\u00ab Previous</a> <a href=b>Next \u2192</a>", "" },
	{ "<p>The <a href=b>next</a> day", "The next day\n" },
	{ "<p>Advertisement<p>Share this:<p>Artikel teilen<p>Advertisement for a show",
	    "Advertisement for a show\n" },
	{ "<div><p>We use cookies to count readers. <a href=p>More</a></div>", "More\n" },
	{ "<p>We use cookies to count readers.", "We use cookies to count readers.\n" },
};

START_TEST(without_furniture)
{
	struct buf page = { 0 }, want = { 0 };

	buf_puts(&page, "<article><p>" LONG LONG);
	buf_puts(&page, furniture[_i].in);
	buf_puts(&page, "<p>" PROSE "</article>");
	buf_puts(&want, LONG LONG);
	want.p[want.n - 1] = '\n';
	buf_puts(&want, furniture[_i].want);
	buf_puts(&want, LINE);
	buf_putc(&want, '\0');
	assert_span(page_extract(buf_span(&page), true).text, want.p);
	buf_free(&page);
	buf_free(&want);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
html_structure_suite(void)
{
	Suite *s = suite_create("html_structure");
	TCase *c = tcase_create("text");

	tcase_add_checked_fixture(c, page_set_up, page_tear_down);
	tcase_add_loop_test(c, structured_text, 0, ROWS(structure));
	tcase_add_loop_test(c, without_furniture, 0, ROWS(furniture));
	suite_add_tcase(s, c);
	return s;
}
