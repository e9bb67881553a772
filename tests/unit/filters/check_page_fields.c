/* check_page_fields.c - tests of the dates, language tags and JSON-LD of web pages. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/meta/json_ld.h"
#include "filters/web/meta/lang_tag.h"
#include "filters/web/meta/web_date.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

Suite *page_fields_suite(void);

/* A copy of the exact size, so that a sanitizer detects a read beyond it. */
static struct span
exact(const char *s)
{
	struct span copy = { NULL, strlen(s) };
	char *p = malloc(copy.n + !copy.n);

	ck_assert_ptr_nonnull(p);
	memcpy(p, s, copy.n);
	copy.p = p;
	return copy;
}

static void
release(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

/* "": not a date. */
static const struct {
	const char *in, *want;
} dates[] = {
	{ "2024-05-06", "2024-05-06" },
	{ " 2024-05-06\n", "2024-05-06" },
	{ "2024-5-6", "2024-05-06" },
	{ "20240506", "2024-05-06" },
	{ "2024/05/06", "2024-05-06" },
	{ "2024.05.06", "2024-05-06" },
	{ "2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z" },
	{ "2024-05-06T07:08:09.123456z", "2024-05-06T07:08:09Z" },
	{ "2024-05-06T07:08:09+01:00", "2024-05-06T07:08:09+01:00" },
	{ "2024-05-06T07:08:09-0330", "2024-05-06T07:08:09-03:30" },
	{ "2024-05-06T07:08:09+02", "2024-05-06T07:08:09+02:00" },
	{ "2024-05-06T07:08:09+00:00", "2024-05-06T07:08:09Z" },
	{ "2024-05-06 07:08", "2024-05-06T07:08:00" },
	{ "2024-05-06T07:08:60Z", "2024-05-06T07:08:59Z" },
	{ "2024-05-06 07:08:09 UTC", "2024-05-06T07:08:09Z" },
	{ "2024-05-06 07:08:09 CEST", "2024-05-06T07:08:09" },
	/* a time that cannot be is left out */
	{ "2024-05-06T24:00", "2024-05-06" },
	{ "2024-05-06T07:60", "2024-05-06" },
	{ "2024-05-06T07:08:61", "2024-05-06" },
	{ "2024-05-06T7", "2024-05-06" },
	{ "2024-05-06T07:08+99:00", "2024-05-06T07:08:00" },
	/* RFC 2822, and English */
	{ "Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09Z" },
	{ "Mon, 6 May 2024 07:08:09 +0200", "2024-05-06T07:08:09+02:00" },
	{ "May 6, 2024", "2024-05-06" },
	{ "May 6th, 2024 at 7:08 pm", "2024-05-06T19:08:00" },
	{ "6 May 2024 12:00 AM", "2024-05-06T00:00:00" },
	{ "Sept. 6, 2024", "2024-09-06" },
	{ "6. May 2024", "2024-05-06" },
	/* orders of day and month */
	{ "06.05.2024", "2024-05-06" },
	{ "16/05/2024", "2024-05-16" },
	{ "05/16/2024", "2024-05-16" },
	{ "05/05/2024", "2024-05-05" },
	{ "05/06/2024", "" },
	/* days that do not exist, or are not plausible */
	{ "2023-02-29", "" },
	{ "2024-02-29", "2024-02-29" },
	{ "2000-02-29", "2000-02-29" },
	{ "2024-13-01", "" },
	{ "2024-00-10", "" },
	{ "1989-12-31", "" },
	{ "1990-01-01", "1990-01-01" },
	{ "2100-01-01", "" },
	{ "2024-05-16", "2024-05-16" },
	{ "2024-12-31", "2024-12-31" },
	/* others */
	{ "", "" },
	{ "2024", "" },
	{ "2024-05", "" },
	{ "202405060708", "" },
	{ "1715000000", "" },
	{ "yesterday", "" },
	{ "Monday May", "" },
	{ "6 May", "" },
	{ "24-05-06", "" },
	{ "-2024-05-06", "" },
};

START_TEST(date)
{
	const struct span in = exact(dates[_i].in), none = { "", 0 };
	char got[WEB_DATE_SIZE] = "";

	web_date(in, none, got);
	ck_assert_str_eq(got, dates[_i].want);
	release(in);
}
END_TEST

START_TEST(date_limit)
{
	const struct span capture = span_of("2024-02-28T10:00:00Z");
	char got[WEB_DATE_SIZE];

	ck_assert(web_date(span_of("2024-02-28"), capture, got));
	ck_assert(web_date(span_of("2024-02-29T01:00+10:00"), capture, got));
	ck_assert(!web_date(span_of("2024-03-01"), capture, got));
	ck_assert(!web_date(span_of("2024-01-01"), span_of("2023-12-30"), got));
	ck_assert(web_date(span_of("2024-01-01"), span_of("2023-12-31"), got));
	ck_assert(web_date(span_of("2024-03-01"), span_of("unknown"), got));
}
END_TEST

static const struct {
	const char *in, *want;
} url_dates[] = {
	{ "https://a.example/2024/05/06/title", "2024-05-06" },
	{ "https://a.example/news-2024-05-06.html", "2024-05-06" },
	{ "https://a.example/20240506/x", "" },
	{ "https://a.example/2024/05/", "" },
	{ "https://a.example/12024/05/06", "" },
	{ "https://a.example/2024/13/06", "" },
	{ "2024-05-06", "" },
};

START_TEST(url_date)
{
	const struct span in = exact(url_dates[_i].in), none = { "", 0 };
	char got[WEB_DATE_SIZE] = "";

	web_date_of_url(in, none, got);
	ck_assert_str_eq(got, url_dates[_i].want);
	release(in);
}
END_TEST

static const struct {
	const char *in, *want;
} tags[] = {
	{ "en", "en" },
	{ " EN-us ", "en-US" },
	{ "en_US", "en-US" },
	{ "zh-hans-cn", "zh-Hans-CN" },
	{ "eng", "en" },
	{ "gsw", "gsw" },
	{ "es-419", "es-419" },
	{ "de-CH-1996", "de-CH-1996" },
	{ "en-x-US", "en-x-us" },
	{ "", "" },
	{ "e", "" },
	{ "english", "" },
	{ "en,de", "" },
	{ "en-", "" },
	{ "en--us", "" },
	{ "en-verylongsubtag", "" },
	{ "en_US.UTF-8", "" },
	{ "und", "" },
	{ "x-default", "" },
	{ "en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", "" },
};

START_TEST(tag)
{
	const struct span in = exact(tags[_i].in);
	char got[LANG_TAG_SIZE];

	ck_assert_int_eq(lang_tag(in, got), tags[_i].want[0] != '\0');
	if (tags[_i].want[0])
		ck_assert_str_eq(got, tags[_i].want);
	release(in);
}
END_TEST

/* Type, headline, author, published of the main entity. */
static const struct {
	const char *in, *want;
} ld[] = {
	{ "{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"author\":\"a\","
	  "\"datePublished\":\"d\"}",
	    "NewsArticle|h|a|d" },
	{ "[{\"@type\":\"WebSite\",\"name\":\"s\"},{\"@type\":[\"Article\",\"X\"],"
	  "\"author\":[{\"name\":\"a\"},{\"name\":\"b\"}]}]",
	    "Article||a;b|" },
	{ "{\"@graph\":[{\"@type\":\"WebPage\"},{\"@type\":\"http://schema.org/Product\","
	  "\"author\":{\"@id\":\"#p\"}},{\"@type\":\"Person\",\"@id\":\"#p\","
	  "\"name\":\"n\"}]}",
	    "Product||n|" },
	{ "{\"@type\":\"QAPage\",\"mainEntity\":{\"@type\":\"Question\",\"author\":\"q\"}"
	  "}",
	    "Question||q|" },
	{ "{\"@type\":\"FAQPage\",\"mainEntity\":[{\"@type\":\"Question\"}]}",
	    "FAQPage|||" },
	{ "{\"@type\":\"Organization\",\"name\":\"o\"}", "|||" },
	{ "{\"@type\":\"Article\",\"review\":{\"author\":\"r\"},\"author\":\"a\"}",
	    "Article||a|" },
	/* damage */
	{ "<!-- { \"@type\" : \"Article\" , \"headline\" : \"line\nend\", } -->",
	    "Article|line\nend||" },
	{ "//<![CDATA[\n{\"@type\":\"Article\"}\n//]]>", "Article|||" },
	{ "{\"@type\":\"Article\",\"headline\":\"h", "Article|||" },
	{ "{\"@type\":\"Article\" \"headline\":\"h\" \"author\":[\"a\" \"b\"]",
	    "Article|h|a;b|" },
	{ "{\"@type\":\"Article\",headline:\"x\",\"author\":\"a\"}}}}", "Article||a|" },
	{ "{\"@type\":\"Article\",\"headline\":\"a \"quote\" b\",\"author\":\"a\"}",
	    "Article|a |a|" },
	{ "{\"headline\":\"\\\\\",\"@type\":\"Article\"}", "Article|\\|"
							   "|" },
	{ "", "|||" },
	{ "{", "|||" },
	{ "[[[[[[[[[[[[[[[[[[[[{\"@type\":\"Article\"}]]]]]]]]]]]]]]]]]]]]", "|||" },
	{ "{\"@type\":{\"@value\":\"Article\"},\"headline\":[[\"h\"]]}", "Article|h||" },
};

START_TEST(json_ld)
{
	const struct span in = exact(ld[_i].in);
	struct json_ld *got = calloc(1, sizeof *got);
	const struct ld_entity *e = &got->main;
	struct buf b = { 0 };

	ck_assert_ptr_nonnull(got);
	json_ld_read(got, in);
	if (e->rank > 0) {
		json_ld_decode(e->type, &b);
		buf_putc(&b, '|');
		json_ld_decode(e->headline, &b);
		buf_putc(&b, '|');
		for (size_t i = 0; i < e->authors; i++) {
			if (i > 0)
				buf_putc(&b, ';');
			json_ld_decode(json_ld_name(got, e->author[i]), &b);
		}
		buf_putc(&b, '|');
		json_ld_decode(e->published, &b);
	} else {
		buf_puts(&b, "|||");
	}
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p, ld[_i].want);
	buf_free(&b);
	free(got);
	release(in);
}
END_TEST

static const struct {
	const char *in, *want;
} strings[] = {
	{ "a\\u00e9\\/\\\"b", "a\u00e9/\"b" },
	{ "\\ud83d\\ude00", "\U0001f600" },
	{ "\\ud83d \\ude00 \\u0000", "\ufffd \ufffd \ufffd" },
	{ "a\\nb\\tc", "a b c" },
	{ "\\u12g4 \\\u00e9 \\", "u12g4 \u00e9 " },
};

START_TEST(json_ld_string)
{
	const struct span in = exact(strings[_i].in);
	struct buf b = { 0 };

	json_ld_decode(in, &b);
	ck_assert(utf8_valid(buf_span(&b)));
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p, strings[_i].want);
	buf_free(&b);
	release(in);
}
END_TEST

Suite *
page_fields_suite(void)
{
	Suite *s = suite_create("page_fields");
	TCase *t = tcase_create("values");

#define ROWS(a) ((int)(sizeof(a) / sizeof *(a)))
	tcase_add_loop_test(t, date, 0, ROWS(dates));
	tcase_add_test(t, date_limit);
	tcase_add_loop_test(t, url_date, 0, ROWS(url_dates));
	tcase_add_loop_test(t, tag, 0, ROWS(tags));
	tcase_add_loop_test(t, json_ld, 0, ROWS(ld));
	tcase_add_loop_test(t, json_ld_string, 0, ROWS(strings));
#undef ROWS
	suite_add_tcase(s, t);
	return s;
}
