/* check_hash.c - test that long inputs, which may use SIMD instructions, hash as in
 * pieces that do not, and pin some hashes. */
#include <check.h>

#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "tests/unit/testing.h"

Suite *hash_suite(void);

enum { MOST = 4000 };

static void
fill(char *p)
{
	for (size_t i = 0; i < MOST; i++)
		p[i] = (char)(i * 251 / 7);
}

/* The hash of s, added in pieces of up to `piece` bytes. */
static struct hash128
in_pieces(struct span s, size_t piece)
{
	struct hasher *h = hasher_new();
	struct hash128 sum;

	while (s.n) {
		const size_t n = s.n < piece ? s.n : piece;

		hasher_add(h, (struct span){ s.p, n });
		s = span_from(s, n);
	}
	sum = hasher_sum(h);
	hasher_free(h);
	return sum;
}

START_TEST(pieces_and_whole)
{
	static const size_t piece[] = { 1, 100, 511, 512, 700, MOST };
	char p[MOST];

	fill(p);
	for (size_t n = 0; n <= MOST; n += n < 1200 ? 7 : 411) {
		const struct span s = { p, n };
		const struct hash128 want = hash128(s, 0);

		for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
			const struct hash128 got = in_pieces(s, piece[i]);

			MUST(got.lo == want.lo && got.hi == want.hi);
		}
		/* Short of 240 bytes, the two differ. */
		MUST(n <= 240 || hash64(s, 0) == want.lo);
	}
}
END_TEST

/* By other implementations of xxHash3. */
static const struct {
	size_t n;
	uint64_t seed, h64, lo, hi;
} pinned[] = {
	{ 0, 0, UINT64_C(0x2d06800538d394c2), UINT64_C(0x6001c324468d497f),
	    UINT64_C(0x99aa06d3014798d8) },
	{ 300, 0, UINT64_C(0x8c3053ab69914365), UINT64_C(0x8c3053ab69914365),
	    UINT64_C(0x6d93cd7f4604dd0a) },
	{ 600, 0, UINT64_C(0xa13b82f8d376f6ea), UINT64_C(0xa13b82f8d376f6ea),
	    UINT64_C(0x5e7e81b3291f6c7c) },
	{ 600, 9, UINT64_C(0xf94d2275cd369191), UINT64_C(0xf94d2275cd369191),
	    UINT64_C(0xc7c87b199ce51ad1) },
	{ MOST, 0, UINT64_C(0xca753a90d9a5330b), UINT64_C(0xca753a90d9a5330b),
	    UINT64_C(0x8f9aad7ef719ae99) },
	{ MOST, 9, UINT64_C(0x2ba285af49178cb3), UINT64_C(0x2ba285af49178cb3),
	    UINT64_C(0x8a7fe1e722bba8d9) },
};

START_TEST(hashes_are_pinned)
{
	char p[MOST];
	struct span s = { p, pinned[_i].n };
	struct hash128 h;

	fill(p);
	h = hash128(s, pinned[_i].seed);
	ck_assert_msg(hash64(s, pinned[_i].seed) == pinned[_i].h64 &&
			  h.lo == pinned[_i].lo && h.hi == pinned[_i].hi,
	    "UINT64_C(%#llx), UINT64_C(%#llx), UINT64_C(%#llx)",
	    (unsigned long long)hash64(s, pinned[_i].seed), (unsigned long long)h.lo,
	    (unsigned long long)h.hi);
}
END_TEST

Suite *
hash_suite(void)
{
	Suite *s = suite_create("hash");
	TCase *t = tcase_create("hash");

	tcase_add_test(t, pieces_and_whole);
	tcase_add_loop_test(
	    t, hashes_are_pinned, 0, (int)(sizeof pinned / sizeof *pinned));
	suite_add_tcase(s, t);
	return s;
}
