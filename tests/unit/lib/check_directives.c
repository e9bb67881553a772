/* check_directives.c - lines of words: separators, comments, line numbers. */
#include <check.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/text/directives.h"

Suite *directives_suite(void);

static const struct {
	const char *text;
	bool whole_comment;
	const char *want; /* for each line: its number, then "|word" for each word */
} rows[] = {
	{ "", false, "" },
	{ "\n\n \t\r\n", false, "" },
	{ "one", false, "1|one" },
	{ "one two\n", false, "1|one|two" },
	{ "\n a\t b \r\n\nc", false, "2|a|b 4|c" },
	{ "# no\na # b\nc#d e\n", false, "2|a 3|c#d|e" },
	{ "#\n#x\n", false, "" },
	{ "# no\na # b\n  #x y\n", true, "2|a|#|b" },
	{ "a=#1 #2\n", false, "1|a=#1" },
	{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n", false,
	    "1|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18" },
};

START_TEST(words_are_split)
{
	/* In a block of exactly their size, so that a sanitizer sees an overrun. */
	size_t n = strlen(rows[_i].text);
	char *text = memcpy(xmalloc(n ? n : 1), rows[_i].text, n);
	struct directives w = { .text = { text, n },
		.whole_comment = rows[_i].whole_comment };
	struct buf b = { 0 };

	while (directives_next(&w)) {
		ck_assert_uint_gt(w.n, 0);
		buf_putf(&b, "%s%u", b.n ? " " : "", w.line);
		for (size_t i = 0; i < w.n; i++) {
			ck_assert(w.v[i].p >= w.whole.p &&
				  w.v[i].p + w.v[i].n <= w.whole.p + w.whole.n);
			buf_putf(&b, "|%.*s", (int)w.v[i].n, w.v[i].p);
		}
	}
	ck_assert(!directives_next(&w));
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p, rows[_i].want);
	buf_free(&b);
	directives_free(&w);
	free(text);
}
END_TEST

/* NULs are like any other byte: callers reject them. */
START_TEST(nuls_are_kept)
{
	struct directives w = { .text = SPAN("a\0b c\n") };

	ck_assert(directives_next(&w));
	ck_assert_uint_eq(w.n, 2);
	ck_assert(span_eq(w.v[0], SPAN("a\0b")));
	ck_assert_uint_eq(w.whole.n, 5);
	directives_free(&w);
}
END_TEST

START_TEST(quotes_are_short)
{
	char *text = xcalloc(1000, 1);

	ck_assert_int_eq(quoted((struct span){ text, 5 }), 5);
	ck_assert_int_eq(quoted((struct span){ text, 1000 }), 100);
	free(text);
}
END_TEST

Suite *
directives_suite(void)
{
	Suite *s = suite_create("directives");
	TCase *t = tcase_create("lines");

	tcase_add_loop_test(t, words_are_split, 0, sizeof rows / sizeof *rows);
	tcase_add_test(t, nuls_are_kept);
	tcase_add_test(t, quotes_are_short);
	suite_add_tcase(s, t);
	return s;
}
