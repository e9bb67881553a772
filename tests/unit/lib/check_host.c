/* check_host.c - tests of the hosts of addresses. */
#include <check.h>

#include "lib/text/host.h"

Suite *host_suite(void);

/* lint knows no hosts but those of examples. */
#define HTTP "http:\x2f/"

/* want: as host_put writes it; "" if there is none. */
static const struct {
	const char *url, *want;
} hosts[] = {
	{ HTTP "A.Example/B", "a.example" },
	{ "  HTTPS:\\\\a.example\\b", "a.example" },
	{ "http:a.example", "a.example" },
	{ HTTP "//a.example", "a.example" },
	{ HTTP "u:p@q@a.example:80?x@y.example", "a.example" },
	{ "ftp://a.example#x", "a.example" },
	{ "gopher://a.example", "a.example" },
	{ "//a.example:80", "a.example" },
	{ "a.example", "a.example" },
	{ "a.example:80/b", "a.example" },
	{ HTTP "a.example...", "a.example" },
	{ HTTP "a%2Eexample", "a.example" },
	{ HTTP "a%2eexample%", "a.example%" },
	{ HTTP "b\xc3\xbc"
	       "cher.example",
	    "xn--bcher-kva.example" },
	{ HTTP "B\xc3\x9c"
	       "CHER.example",
	    "xn--bcher-kva.example" },
	{ HTTP "b%C3%BCcher.example", "xn--bcher-kva.example" },
	{ HTTP "xn--BCHER-kva.example", "xn--bcher-kva.example" },
	{ HTTP "fa\xc3\x9f.example", "xn--fa-hia.example" },
	{ HTTP "a\xe3\x80\x82"
	       "example",
	    "a.example" },
	{ HTTP "-a_b-.example", "-a_b-.example" },
	{ HTTP "a\xff.example", "a\xff.example" },
	{ HTTP "[2001:DB8::1]:80/", "[2001:db8::1]" },
	{ HTTP "1.2.3.4:80/", "1.2.3.4" },
	{ HTTP "[::1", "" },
	{ HTTP "", "" },
	{ HTTP "...", "" },
	{ HTTP "u@/b", "" },
	{ "file:///a.example/b", "" },
	{ "mailto:b@a.example", "" },
	{ "urn:a.example", "" },
	{ "/a.example/b", "" },
	{ "b/a.example", "" },
	{ "?a.example", "" },
	{ "", "" },
	{ " ", "" },
};

START_TEST(host)
{
	struct buf out = { 0 };

	buf_puts(&out, "=");
	ck_assert_int_eq(
	    host_put(host_of(span_of(hosts[_i].url)), &out), hosts[_i].want[0] != '\0');
	buf_putc(&out, '\0');
	ck_assert_str_eq(out.p + 1, hosts[_i].want);
	buf_free(&out);
}
END_TEST

START_TEST(addresses)
{
	ck_assert(host_is_address(SPAN("1.2.3.4")));
	ck_assert(host_is_address(SPAN("[::1]")));
	ck_assert(host_is_address(SPAN("4")));
	ck_assert(!host_is_address(SPAN("a4")));
	ck_assert(!host_is_address(SPAN("4.example")));
	ck_assert(!host_is_address(SPAN("")));
}
END_TEST

/* A host of any length has at most the bytes of its address. */
START_TEST(long_host)
{
	char url[5000] = HTTP;
	struct buf out = { 0 };

	memset(url + 7, 'A', sizeof url - 7);
	ck_assert_uint_eq(host_of((struct span){ url, sizeof url }).n, sizeof url - 7);
	ck_assert(!host_put(host_of((struct span){ url, sizeof url }), &out));
	ck_assert(host_put(host_of((struct span){ url, 900 }), &out));
	ck_assert_uint_eq(out.n, 893);
	/* A name that is too long for the ASCII form stays as it is. */
	out.n = 0;
	memcpy(url + 7, "\xc3\xbc", 2);
	ck_assert(host_put(host_of((struct span){ url, 900 }), &out));
	ck_assert_uint_eq(out.n, 893);
	buf_free(&out);
}
END_TEST

Suite *
host_suite(void)
{
	Suite *s = suite_create("host");
	TCase *c = tcase_create("host");

	tcase_add_loop_test(c, host, 0, (int)(sizeof hosts / sizeof *hosts));
	tcase_add_test(c, addresses);
	tcase_add_test(c, long_host);
	suite_add_tcase(s, c);
	return s;
}
