/* check_url.c - tests of the resolution of addresses. */
#include <check.h>
#include <stdlib.h>

#include "lib/text/url.h"

Suite *url_suite(void);

static const char rfc_base[] = "http://a.example/b/c/d;p?q";

/* RFC 3986, 5.4: the examples as of links. */
static const struct {
	const char *ref, *want;
} examples[] = {
	{ "g:h", NULL }, /* "g:h", which cannot be followed */
	{ "g", "http://a.example/b/c/g" }, { "./g", "http://a.example/b/c/g" },
	{ "g/", "http://a.example/b/c/g/" }, { "/g", "http://a.example/g" },
	{ "//g.example", "http://g.example/" }, /* with the slash of RFC 3986, 6.2.3 */
	{ "?y", "http://a.example/b/c/d;p?y" }, { "g?y", "http://a.example/b/c/g?y" },
	{ "#s", "http://a.example/b/c/d;p?q#s" }, { "g#s", "http://a.example/b/c/g#s" },
	{ "g?y#s", "http://a.example/b/c/g?y#s" }, { ";x", "http://a.example/b/c/;x" },
	{ "g;x", "http://a.example/b/c/g;x" },
	{ "g;x?y#s", "http://a.example/b/c/g;x?y#s" },
	{ "", "http://a.example/b/c/d;p?q" }, { ".", "http://a.example/b/c/" },
	{ "./", "http://a.example/b/c/" }, { "..", "http://a.example/b/" },
	{ "../", "http://a.example/b/" }, { "../g", "http://a.example/b/g" },
	{ "../..", "http://a.example/" }, { "../../", "http://a.example/" },
	{ "../../g", "http://a.example/g" },
	/* abnormal */
	{ "../../../g", "http://a.example/g" }, { "../../../../g", "http://a.example/g" },
	{ "/./g", "http://a.example/g" }, { "/../g", "http://a.example/g" },
	{ "g.", "http://a.example/b/c/g." }, { ".g", "http://a.example/b/c/.g" },
	{ "g..", "http://a.example/b/c/g.." }, { "..g", "http://a.example/b/c/..g" },
	{ "./../g", "http://a.example/b/g" }, { "./g/.", "http://a.example/b/c/g/" },
	{ "g/./h", "http://a.example/b/c/g/h" }, { "g/../h", "http://a.example/b/c/h" },
	{ "g;x=1/./y", "http://a.example/b/c/g;x=1/y" },
	{ "g;x=1/../y", "http://a.example/b/c/y" },
	{ "g?y/./x", "http://a.example/b/c/g?y/./x" },
	{ "g?y/../x", "http://a.example/b/c/g?y/../x" },
	{ "g#s/./x", "http://a.example/b/c/g#s/./x" },
	{ "g#s/../x", "http://a.example/b/c/g#s/../x" },
	{ "http:g", "http://a.example/b/c/g" }, /* as browsers */
};

/* NULL: refused. */
static const struct {
	enum url_use use;
	const char *base, *ref, *want;
} urls[] = {
	{ URL_NAME, "", "HTTP://A.Example", "http://a.example/" },
	{ URL_NAME, "", "https://a.example:443/x#y", "https://a.example/x" },
	{ URL_NAME, "", "http://a.example:80", "http://a.example/" },
	{ URL_NAME, "", "http://a.example:8080/", "http://a.example:8080/" },
	{ URL_NAME, "", "http://a.example:/", "http://a.example/" },
	{ URL_NAME, "", "http://[2001:DB8::1]/x", "http://[2001:db8::1]/x" },
	{ URL_NAME, "", "https://a.example?q=/../", "https://a.example/?q=/../" },
	{ URL_NAME, rfc_base, "#s", "http://a.example/b/c/d;p?q" },
	{ URL_NAME, "http://a.example", "g", "http://a.example/g" },
	{ URL_NAME, "http://a.example/b//c", "d", "http://a.example/b//d" },
	{ URL_NAME, "http://a.example/b\xff/", "c", "http://a.example/b%FF/c" },
	/* bytes that an address cannot have, and bytes that browsers ignore */
	{ URL_NAME, "", " https://a.example/a b\t", "https://a.example/a%20b" },
	{ URL_NAME, "", "\x01htt\nps://a.exa\tmple/\r\nb", "https://a.example/b" },
	{ URL_NAME, "", "https://a.example/\u00e9?\u00e9#x",
	    "https://a.example/%C3%A9?%C3%A9" },
	{ URL_NAME, "", "https://\u00e9.example/", "https://\u00e9.example/" },
	{ URL_NAME, "", "https://a.example/%7e%zz%", "https://a.example/%7e%zz%" },
	{ URL_NAME, "", "https://a.example/<|>[]\"^`{}'",
	    "https://a.example/%3C%7C%3E[]%22%5E%60%7B%7D'" },
	/* as browsers, not as RFC 3986 */
	{ URL_NAME, "", "https:\\\\a.example\\b?\\", "https://a.example/b?%5C" },
	{ URL_NAME, rfc_base, "..\\g", "http://a.example/b/g" },
	{ URL_NAME, rfc_base, "%2e%2E/.%2e/g", "http://a.example/g" },
	{ URL_NAME, rfc_base, "///g.example/", "http://g.example/" },
	{ URL_NAME, rfc_base, "https:g.example", "https://g.example/" },
	{ URL_NAME, "", "http:/g.example", "http://g.example/" },
	/* links */
	{ URL_LINK, rfc_base, "FTP://h.example:21/x#y", "ftp://h.example/x#y" },
	{ URL_LINK, rfc_base, "ftp:h.example", "ftp://h.example/" },
	{ URL_LINK, rfc_base, "mailto:a@b?subject=c d", "mailto:a@b?subject=c%20d" },
	{ URL_LINK, rfc_base, "g#", "http://a.example/b/c/g" },
	{ URL_LINK, rfc_base, "#\u00e9 #", "http://a.example/b/c/d;p?q#%C3%A9%20#" },
	{ URL_LINK, "", "../x\\./y?z#s t", "../x/./y?z#s%20t" },
	{ URL_LINK, "", "//H/x", "//H/x" },
	{ URL_LINK, "ftp://a.example/b", "c", "c" },
	/* refused */
	{ URL_NAME, rfc_base, "mailto:a@b", NULL },
	{ URL_NAME, rfc_base, "ftp://h.example/", NULL },
	{ URL_LINK, rfc_base, "mailto:", NULL },
	{ URL_LINK, rfc_base, "java\nscript:x", NULL },
	{ URL_LINK, rfc_base, "data:,x", NULL },
	{ URL_LINK, rfc_base, "file:///etc", NULL },
	{ URL_LINK, "", "C:\\x", NULL },
	{ URL_NAME, "ftp://a.example/b", "c", NULL },
	{ URL_NAME, "data:x", "c", NULL },
	{ URL_NAME, "", "/c", NULL },
	{ URL_NAME, "", "", NULL },
	{ URL_NAME, "", "http://", NULL },
	{ URL_NAME, "", "http://:80/", NULL },
	{ URL_NAME, "",
	    "http:"
	    "//user:password@a.example/",
	    NULL },
	{ URL_NAME, "",
	    "http:"
	    "//a b/",
	    NULL },
	{ URL_NAME, "",
	    "http:"
	    "//a&b/",
	    NULL },
	{ URL_NAME, "",
	    "http:"
	    "//a\xff/",
	    NULL },
};

/* Resolve copies of the exact size, so that a sanitizer detects a read beyond them. */
static void
assert_resolved(const char *base, const char *ref, enum url_use use, const char *want)
{
	const size_t nbase = strlen(base), nref = strlen(ref);
	char *b = malloc(nbase + !nbase), *r = malloc(nref + !nref);
	struct buf out = { 0 };
	bool is;

	ck_assert(b && r);
	memcpy(b, base, nbase);
	memcpy(r, ref, nref);
	buf_puts(&out, "before ");
	is = url_resolve((struct span){ b, nbase }, (struct span){ r, nref }, use, &out);
	ck_assert_int_eq(is, want != NULL);
	buf_putc(&out, '\0');
	ck_assert_str_eq(out.p + strlen("before "), want ? want : "");
	buf_free(&out);
	free(b);
	free(r);
}

START_TEST(rfc_example)
{
	assert_resolved(rfc_base, examples[_i].ref, URL_LINK, examples[_i].want);
}
END_TEST

START_TEST(url)
{
	assert_resolved(urls[_i].base, urls[_i].ref, urls[_i].use, urls[_i].want);
	/* A resolved address stays as it is. */
	if (urls[_i].want)
		assert_resolved(
		    urls[_i].base, urls[_i].want, urls[_i].use, urls[_i].want);
}
END_TEST

START_TEST(long_url)
{
	char ref[URL_MAX + 2] = "http://a.example/"; /* 17 bytes */

	memset(ref + 17, 'x', URL_MAX - 17);
	assert_resolved("", ref, URL_NAME, ref);
	memcpy(ref + 17, "\u00e9", 2);
	assert_resolved("", ref, URL_NAME, NULL);
	memset(ref + 17, 'x', URL_MAX - 16);
	assert_resolved("", ref, URL_NAME, NULL);
	assert_resolved(ref, "x", URL_NAME, NULL);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
url_suite(void)
{
	Suite *s = suite_create("url");
	TCase *c = tcase_create("url");

	tcase_add_loop_test(c, rfc_example, 0, ROWS(examples));
	tcase_add_loop_test(c, url, 0, ROWS(urls));
	tcase_add_test(c, long_url);
	suite_add_tcase(s, c);
	return s;
}
