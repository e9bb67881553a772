/* check_kind.c - files that are not JSON lines, recognised by their content. */
#include <check.h>

#include "lib/io/kind.h"

Suite *kind_suite(void);

#define LIT(s)                                                                           \
	{                                                                                \
		(s), sizeof(s) - 1                                                       \
	}

static const struct {
	const char *path;
	struct span head;
	const char *want; /* the start of the problem; NULL: none */
} kinds[] = {
	{ "-", LIT(""), NULL },
	{ "-", LIT("\n\n"), NULL },
	{ "-", LIT("{\"text\":\"a\"}\n"), NULL },
	{ "-", LIT("\xef\xbb\xbf{\"text\":\"a\"}\n"), NULL },
	{ "-", LIT("[]\n{\"text\":\"a\"}\n"), NULL },
	{ "-", LIT("<?xml?>\n{\"text\":\"a\"}\n"), NULL },
	{ "-", LIT("a,b\n{\"text\":\"a\"}\n"), NULL },
	{ "-", LIT("Hello, world.\nHow, are you?\n"), "plain text" },
	{ "-", LIT("Hello, world.\n{\"text\":\"a\"}\n"), NULL },
	{ "a", LIT("BZh91AY"), "bzip2 data, not JSON lines: use 'bzip2 -dc a | tamis'" },
	{ "-", LIT("BZh91AY"),
	    "bzip2 data, not JSON lines: use 'bzip2 -dc FILE | tamis'" },
	{ "-", LIT("PK\3\4"), "a zip" },
	{ "-", LIT("PAR1\x15\4"), "a Parquet" },
	{ "-", LIT("ARROW1\0\0"), "an Arrow file" },
	{ "-", LIT("\xff\xfe{\0"), "UTF-16" },
	{ "-", LIT("{\0\"\0"), "UTF-16" },
	{ "-", LIT("\xff\xfe\0\0"), "UTF-32" },
	{ "-", LIT("WARC/1.0\r\n"), "a WARC" },
	{ "x.bin", LIT("\1\0\2\0"), "tokens" },
	{ "x", LIT("\1\0\2\0"), "binary data, not" },
	{ "x", LIT("\0\0\0\0"), "binary data" },
	{ "x", LIT("\x1b[1mHello, world.\n"), NULL },
	{ "x", LIT("\0x\n{\"text\":\"a\"}\n"), NULL },
	{ "x", LIT("\x1f\x8b\x08\0\0"), "compressed twice, not JSON lines: decompress" },
	{ "x", LIT("\x28\xb5\x2f\xfd\4"), "compressed twice" },
	{ "-", LIT("[{\"text\":\"a\"},\n{\"text\":\"b\"}]\n"), "a JSON array" },
	{ "-", LIT("[\n  {\"text\":\"a\"}\n]\n"), "a JSON array" },
	{ "-", LIT("[{\"text\":\"a\"}]"), "a JSON array" },
	{ "-", LIT("{\n  \"text\":\"a\"\n}\n"), "JSON over" },
	{ "-", LIT("<!DOCTYPE html>\n<html>"), "an HTML" },
	{ "-", LIT("<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code>"),
	    "the XML error" },
	{ "-", LIT("<?xml version=\"1.0\"?>\n<a>"), "XML" },
	{ "-", LIT("id,text\n1,\"a, b\"\n"), "comma" },
	{ "-", LIT("id\ttext\n1\tb\n"), "tab" },
	{ "-", LIT("id;text\n1;b\n"), "semicolon" },
	{ "-", LIT("id,text\n"), NULL },
};

START_TEST(kinds_of_files)
{
	struct buf why = { 0 };
	bool found = kind_problem(kinds[_i].path, kinds[_i].head, &why);

	ck_assert_int_eq(found, kinds[_i].want != NULL);
	if (found)
		ck_assert_msg(span_starts(buf_span(&why), span_of(kinds[_i].want)),
		    "%.*s", (int)why.n, why.p);
	else
		ck_assert_uint_eq(why.n, 0);
	buf_free(&why);
}
END_TEST

Suite *
kind_suite(void)
{
	Suite *s = suite_create("kind");
	TCase *t = tcase_create("kind");

	tcase_add_loop_test(t, kinds_of_files, 0, (int)(sizeof kinds / sizeof *kinds));
	suite_add_tcase(s, t);
	return s;
}
