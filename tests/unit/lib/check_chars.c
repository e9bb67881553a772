/* check_chars.c - classes of ASCII bytes, comma-separated lists, base names of paths. */
#include <check.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"

Suite *chars_suite(void);

static const struct {
	const char *list, *want; /* want: each item in brackets */
} lists[] = {
	{ "", "[]" },
	{ "a", "[a]" },
	{ "en,de", "[en][de]" },
	{ "a,,b", "[a][][b]" },
	{ ",", "[][]" },
	{ "a,", "[a][]" },
	{ ",a", "[][a]" },
	{ "a b, c", "[a b][ c]" },
};

START_TEST(items)
{
	const char *rest = lists[_i].list;
	struct span item;
	struct buf b = { 0 };

	while (list_next(&rest, &item))
		buf_putf(&b, "[%.*s]", (int)item.n, item.p);
	ck_assert(span_eq(buf_span(&b), span_of(lists[_i].want)));
	ck_assert_ptr_null(rest);
	ck_assert(!list_next(&rest, &item));
	buf_free(&b);
}
END_TEST

static const struct {
	const char *list, *item;
	bool want;
} members[] = {
	{ "en", "en", true },
	{ "de,en,fr", "de", true },
	{ "de,en,fr", "en", true },
	{ "de,en,fr", "fr", true },
	{ "de,eng", "en", false },
	{ "de,en", "e", false },
	{ "de,en", "de,en", false },
	{ "de,en", "", false },
	{ "de,", "", true },
	{ "", "", true },
	{ "", "en", false },
};

START_TEST(membership)
{
	ck_assert_int_eq(
	    list_has(members[_i].list, span_of(members[_i].item)), members[_i].want);
}
END_TEST

static const struct {
	const char *path, *base;
} paths[] = {
	{ "a", "a" },
	{ "a/b.c", "b.c" },
	{ "/a", "a" },
	{ "a//b", "b" },
	{ "a/", "" },
	{ "/", "" },
	{ "", "" },
};

START_TEST(base)
{
	ck_assert_str_eq(path_base(paths[_i].path), paths[_i].base);
}
END_TEST

START_TEST(hex_digits)
{
	static const char digits[] = "0123456789abcdef", upper[] = "ABCDEF";
	int n = 0;

	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(hex_digit(digits[i]), i);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(hex_digit(upper[i]), 10 + i);
	for (int c = 0; c < 256; c++)
		n += hex_digit((char)c) >= 0;
	ck_assert_int_eq(n, 22);
}
END_TEST

START_TEST(classes)
{
	for (int c = 0; c < 256; c++) {
		ck_assert_int_eq(is_digit((char)c), c >= '0' && c <= '9');
		ck_assert_int_eq(is_blank((char)c), c == ' ' || c == '\t');
		ck_assert_int_eq(is_space((char)c), c && strchr(" \t\n\r\f", c) != NULL);
		ck_assert_int_eq(
		    ascii_lower((char)c), (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
	}
}
END_TEST

#define ROWS(v) ((int)(sizeof(v) / sizeof *(v)))

Suite *
chars_suite(void)
{
	Suite *s = suite_create("chars");
	TCase *t = tcase_create("chars");

	tcase_add_loop_test(t, items, 0, ROWS(lists));
	tcase_add_loop_test(t, membership, 0, ROWS(members));
	tcase_add_loop_test(t, base, 0, ROWS(paths));
	tcase_add_test(t, hex_digits);
	tcase_add_test(t, classes);
	suite_add_tcase(s, t);
	return s;
}
