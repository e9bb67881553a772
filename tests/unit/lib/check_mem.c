/* check_mem.c - arenas, growable buffers, size overflow. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

Suite *mem_suite(void);

/* Blocks of every size are aligned, do not overlap, and last until the arena is reset. */
START_TEST(arena_pieces)
{
	struct arena a = { 0 };
	unsigned char *p[400];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 400; i++) {
			p[i] = arena_alloc(&a, i * i);
			ck_assert_uint_eq((uintptr_t)p[i] % 16, 0);
			memset(p[i], (int)i & 255, i * i);
		}
		for (size_t i = 0; i < 400; i++)
			for (size_t k = 0; k < i * i; k += 97)
				if (p[i][k] != (i & 255))
					ck_abort_msg("piece %zu was written over", i);
		arena_reset(&a);
	}
	arena_free(&a);
	arena_free(&a);
}
END_TEST

START_TEST(arena_copies)
{
	struct arena a = { 0 };

	ck_assert_str_eq(arena_copy(&a, SPAN("abc")), "abc");
	ck_assert_str_eq(arena_copy(&a, (struct span){ NULL, 0 }), "");
	ck_assert_mem_eq(arena_copy(&a, SPAN("a\0b")), "a\0b", 4);
	arena_free(&a);
}
END_TEST

/* A trimmed piece keeps its bytes, and the next piece follows them. */
START_TEST(arena_trims)
{
	static const size_t sizes[] = { 10, 1000, 100000, 3000000 };
	struct arena a = { 0 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const size_t n = sizes[i], whole = (n + 15) / 16 * 16;
		char *p = arena_alloc(&a, 2 * n), *next;

		memset(p, 'a', 2 * n);
		arena_trim(&a, p, n);
		next = arena_alloc(&a, 8);
		memset(next, 'b', 8);
		ck_assert_ptr_eq(next, p + whole);
		ck_assert_int_eq(p[n - 1], 'a');
		arena_trim(&a, next, 0);
		ck_assert_ptr_eq(arena_alloc(&a, 1), next);
	}
	arena_free(&a);
}
END_TEST

START_TEST(buf_grows)
{
	struct buf b = { 0 };

	buf_put(&b, NULL, 0);
	ck_assert_uint_eq(b.n, 0);
	for (size_t i = 0; i < 100000; i++)
		buf_putc(&b, (char)(i % 127));
	ck_assert_uint_eq(b.n, 100000);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != (char)(i % 127))
			ck_abort_msg("byte %zu", i);
	buf_free(&b);
	ck_assert_ptr_null(b.p);
	buf_free(&b);
}
END_TEST

START_TEST(buf_prints)
{
	struct buf b = { 0 };

	buf_puts(&b, "a");
	buf_putf(&b, "%d-%s", 42, "x");
	buf_putf(&b, "%s", "");
	ck_assert(span_eq(buf_span(&b), SPAN("a42-x")));
	b.n = 0;
	buf_putf(&b, "%05000d", 7);
	ck_assert_uint_eq(b.n, 5000);
	ck_assert_int_eq(b.p[4999], '7');
	buf_free(&b);
}
END_TEST

START_TEST(sums)
{
	ck_assert_uint_eq(xadd(1, SIZE_MAX - 1), SIZE_MAX);
	ck_assert_uint_eq(xmul(SIZE_MAX, 1), SIZE_MAX);
	ck_assert_uint_eq(xmul(0, SIZE_MAX), 0);
	ck_assert_uint_eq(xmul((size_t)1 << 31, (size_t)1 << 32), (size_t)1 << 63);
}
END_TEST

static const struct {
	size_t (*f)(size_t, size_t);
	size_t a, b;
} overflows[] = {
	{ xadd, SIZE_MAX, 1 },
	{ xadd, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1 },
	{ xmul, SIZE_MAX, 2 },
	{ xmul, (size_t)1 << 32, (size_t)1 << 32 },
};

START_TEST(overflow_dies)
{
	overflows[_i].f(overflows[_i].a, overflows[_i].b);
}
END_TEST

START_TEST(reserve_dies)
{
	struct buf b = { .n = 16 };

	buf_reserve(&b, SIZE_MAX - 8);
}
END_TEST

START_TEST(calloc_dies)
{
	free(xcalloc(SIZE_MAX / 2, 4));
}
END_TEST

static TCase *
dying(void)
{
	TCase *t = tcase_create("dies");

	tcase_add_loop_exit_test(t, overflow_dies, EXIT_SYSTEM, 0,
	    (int)(sizeof overflows / sizeof *overflows));
	tcase_add_exit_test(t, reserve_dies, EXIT_SYSTEM);
	tcase_add_exit_test(t, calloc_dies, EXIT_SYSTEM);
	return t;
}

Suite *
mem_suite(void)
{
	Suite *s = suite_create("mem");
	TCase *t = tcase_create("mem");
	const char *fork = getenv("CK_FORK");

	tcase_add_test(t, arena_pieces);
	tcase_add_test(t, arena_copies);
	tcase_add_test(t, arena_trims);
	tcase_add_test(t, buf_grows);
	tcase_add_test(t, buf_prints);
	tcase_add_test(t, sums);
	suite_add_tcase(s, t);
	/* Tests of exits need a process of their own. */
	if (!fork || strcmp(fork, "no") != 0)
		suite_add_tcase(s, dying());
	return s;
}
