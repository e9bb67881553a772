/* check_table.c - the hash table: all keys keep their values as it grows, zero too. */
#include <check.h>
#include <stdlib.h>

#include "lib/base/table.h"

Suite *table_suite(void);

static struct hash128
key(uint64_t i)
{
	return hash128((struct span){ (const char *)&i, sizeof i }, 0);
}

START_TEST(keeps)
{
	enum { KEYS = 50000 };
	struct table t = { 0 };
	bool fresh;

	ck_assert_ptr_null(table_get(&t, key(1)));
	for (uint64_t i = 0; i < KEYS; i++) {
		uint64_t *v = table_put(&t, key(i), &fresh);

		if (!fresh || *v)
			ck_abort_msg("key %ju is not new", (uintmax_t)i);
		*v = i + 1;
	}
	for (uint64_t i = 0; i < KEYS; i++) {
		const uint64_t *v = table_get(&t, key(i));

		if (!v || *v != i + 1 || table_put(&t, key(i), &fresh) != v || fresh)
			ck_abort_msg("key %ju is lost", (uintmax_t)i);
		if (table_get(&t, key(i + KEYS)))
			ck_abort_msg("key %ju was never put", (uintmax_t)(i + KEYS));
	}
	ck_assert_uint_eq(t.n, KEYS);
	table_free(&t);
	ck_assert_ptr_null(t.v);
	table_free(&t);
}
END_TEST

/* Keys that all start at one slot, and the key that marks an empty slot. */
START_TEST(clash)
{
	struct table t = { 0 };
	bool fresh;

	*table_put(&t, (struct hash128){ 0, 0 }, &fresh) = 7;
	ck_assert(fresh);
	for (uint64_t i = 1; i < 3000; i++) {
		*table_put(&t, (struct hash128){ i << 40, i }, &fresh) = i;
		ck_assert(fresh);
	}
	for (uint64_t i = 1; i < 3000; i++)
		ck_assert_uint_eq(*table_get(&t, (struct hash128){ i << 40, i }), i);
	ck_assert_uint_eq(*table_get(&t, (struct hash128){ 0, 0 }), 7);
	table_put(&t, (struct hash128){ 0, 0 }, &fresh);
	ck_assert(!fresh);
	ck_assert_ptr_null(table_get(&t, (struct hash128){ 1, 0 }));
	table_free(&t);
}
END_TEST

START_TEST(hex)
{
	struct hasher *h = hasher_new();
	struct hash128 whole = hash128(SPAN("hello world"), 0), parts;
	char s[33];

	hash128_hex((struct hash128){ UINT64_C(0x0123456789abcdef),
			UINT64_C(0xfedcba9876543210) },
	    s);
	ck_assert_str_eq(s, "fedcba98765432100123456789abcdef");
	hasher_add(h, SPAN("hello"));
	hasher_add(h, SPAN(""));
	hasher_add(h, SPAN(" world"));
	parts = hasher_sum(h);
	ck_assert_uint_eq(parts.lo, whole.lo);
	ck_assert_uint_eq(parts.hi, whole.hi);
	hasher_free(h);
	hasher_free(NULL);
	/* The published value for the empty input (xxhsum -H2). */
	hash128_hex(hash128(SPAN(""), 0), s);
	ck_assert_str_eq(s, "99aa06d3014798d86001c324468d497f");
}
END_TEST

Suite *
table_suite(void)
{
	Suite *s = suite_create("table");
	TCase *t = tcase_create("table");

	tcase_add_test(t, keeps);
	tcase_add_test(t, clash);
	tcase_add_test(t, hex);
	suite_add_tcase(s, t);
	return s;
}
