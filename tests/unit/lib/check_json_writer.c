/* check_json_writer.c - the JSON writer: commas, nesting, keys, strings of any bytes. */
#include <check.h>
#include <stdlib.h>

#include "lib/text/json.h"
#include "lib/text/json_writer.h"

Suite *json_writer_suite(void);

static struct buf out;
static struct json_writer w;

static void
setup(void)
{
	out = (struct buf){ 0 };
	w = (struct json_writer){ .out = &out };
}

static void
teardown(void)
{
	buf_free(&out);
}

static void
wrote(const char *want)
{
	buf_putc(&out, '\0');
	ck_assert_str_eq(out.p, want);
}

START_TEST(empty)
{
	jw_object(&w);
	jw_end(&w);
	wrote("{}");
}
END_TEST

START_TEST(scalars)
{
	jw_array(&w);
	jw_u64(&w, UINT64_MAX);
	jw_num(&w, -1.5, 3);
	jw_num(&w, 2, 0);
	jw_num(&w, __builtin_nan(""), 3);
	jw_bool(&w, true);
	jw_bool(&w, false);
	jw_null(&w);
	jw_text(&w, "a");
	jw_str(&w, SPAN("b\0c"));
	jw_raw(&w, SPAN("[1, 2]"));
	jw_end(&w);
	wrote("[18446744073709551615,-1.500,2,null,true,false,null,\"a\",\"b\\u0000c\","
	      "[1, 2]]");
}
END_TEST

/* A comma precedes all values but the first, on every level and after nested ones. */
START_TEST(commas)
{
	jw_object(&w);
	jw_array(jw_key(&w, "a"));
	jw_object(&w);
	jw_end(&w);
	jw_array(&w);
	jw_array(&w);
	jw_end(&w);
	jw_end(&w);
	jw_u64(&w, 1);
	jw_object(&w);
	jw_u64(jw_key(&w, "x"), 1);
	jw_u64(jw_key(&w, "y"), 2);
	jw_end(&w);
	jw_end(&w);
	jw_object(jw_key(&w, "b"));
	jw_end(&w);
	jw_null(jw_key(&w, "c"));
	jw_end(&w);
	wrote("{\"a\":[{},[[]],1,{\"x\":1,\"y\":2}],\"b\":{},\"c\":null}");
}
END_TEST

/* The text is appended, so that a line per value needs a new writer for each. */
START_TEST(appends)
{
	buf_puts(&out, "x=");
	jw_object(&w);
	jw_end(&w);
	buf_putc(&out, '\n');
	w = (struct json_writer){ .out = &out };
	jw_array(&w);
	jw_end(&w);
	wrote("x={}\n[]");
}
END_TEST

static const struct {
	struct span in;
	const char *want;
} strings[] = {
	{ { "", 0 }, "\"\"" },
	{ { "plain", 5 }, "\"plain\"" },
	{ { "\"quoted\"", 8 }, "\"\\\"quoted\\\"\"" },
	{ { "back\\slash", 10 }, "\"back\\\\slash\"" },
	{ { "line\nend\x01", 9 }, "\"line\\nend\\u0001\"" },
	{ { "\xc3\xa4\xf0\x9f\x98\x80", 6 }, "\"\xc3\xa4\xf0\x9f\x98\x80\"" },
	{ { "a\xff", 2 }, "\"a\xef\xbf\xbd\"" },
	{ { "\xc3", 1 }, "\"\xef\xbf\xbd\"" },
	{ { "\xed\xa0\x80.", 4 }, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.\"" },
};

START_TEST(any_key)
{
	struct buf want = { 0 };

	jw_object(&w);
	jw_u64(jw_any_key(&w, strings[_i].in), 1);
	jw_str(jw_key(&w, "s"), strings[_i].in);
	jw_end(&w);
	buf_putf(&want, "{%s:1,\"s\":%s}", strings[_i].want, strings[_i].want);
	buf_putc(&want, '\0');
	wrote(want.p);
	buf_free(&want);
}
END_TEST

/* Values nest 64 deep, in any mix of arrays and objects. */
START_TEST(deep)
{
	struct json_fields fields = { 0 };
	struct arena mem = { 0 };
	struct json_error e;

	jw_object(&w);
	for (int i = 1; i < 64; i++) {
		struct json_writer *at = i % 3 == 1 ? jw_key(&w, "k") : &w;

		if (i % 3 == 0)
			jw_object(at);
		else
			jw_array(at);
	}
	for (int i = 0; i < 64; i++)
		jw_end(&w);
	ck_assert_uint_eq(w.depth, 0);
	ck_assert_int_eq(json_scan(buf_span(&out), &fields, &mem, &e), 1);
	free(fields.v);
	arena_free(&mem);
}
END_TEST

#define ROWS(v) ((int)(sizeof(v) / sizeof *(v)))

Suite *
json_writer_suite(void)
{
	Suite *s = suite_create("json_writer");
	TCase *t = tcase_create("json_writer");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, empty);
	tcase_add_test(t, scalars);
	tcase_add_test(t, commas);
	tcase_add_test(t, appends);
	tcase_add_loop_test(t, any_key, 0, ROWS(strings));
	tcase_add_test(t, deep);
	suite_add_tcase(s, t);
	return s;
}
