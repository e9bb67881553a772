/* check_tshard_hash.c - checksums and digests of shards. */
#include "shards/tshard/writer.h"
#include "tests/unit/shards/tshard_make.h"

#include <stdlib.h>
#include <string.h>

TCase *tshard_hash_case(void);

START_TEST(crc_vectors)
{
	unsigned char b[32];

	ck_assert_uint_eq(tshard_crc32c(0, "123456789", 9), 0xe3069283);
	memset(b, 0, 32);
	ck_assert_uint_eq(tshard_crc32c(0, b, 32), 0x8a9136aa); /* RFC 3720 B.4 */
	memset(b, 0xff, 32);
	ck_assert_uint_eq(tshard_crc32c(0, b, 32), 0x62a8ab43);
	ck_assert_uint_eq(tshard_crc32c(0, b, 0), 0);
}
END_TEST

START_TEST(crc_portable_is_fast)
{
	enum { N = 100000 };
	unsigned char *b = malloc(N);
	uint32_t state = 3;

	for (size_t i = 0; i < N; i++)
		b[i] = (unsigned char)ts_rnd(&state);
	for (size_t n = 0; n < 2000; n++)
		ck_assert_uint_eq(tshard_crc32c(0, b + n % 13, n),
		    tsi_crc32c_portable(0, b + n % 13, n));
	for (size_t n = 2000; n < N - 13; n += 977)
		ck_assert_uint_eq(tshard_crc32c(5, b + n % 13, n),
		    tsi_crc32c_portable(5, b + n % 13, n));
	ck_assert_uint_eq(tshard_crc32c(tshard_crc32c(0, b, 777), b + 777, N - 777),
	    tshard_crc32c(0, b, N));
	free(b);
}
END_TEST

START_TEST(crc_locates_every_bit)
{
	unsigned char b[300];
	uint32_t state = 3, good;
	size_t byte;
	unsigned bit;

	for (size_t i = 0; i < sizeof b; i++)
		b[i] = (unsigned char)ts_rnd(&state);
	good = tshard_crc32c(0, b, sizeof b);
	for (size_t i = 0; i < sizeof b * 8; i++) {
		b[i / 8] ^= (unsigned char)(1 << i % 8);
		ck_assert(tsi_crc_locate(
		    good ^ tshard_crc32c(0, b, sizeof b), sizeof b, &byte, &bit));
		ck_assert_uint_eq(byte * 8 + bit, i);
		b[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	ck_assert(tsi_crc_locate(1u << 21, sizeof b, &byte, &bit));
	ck_assert_uint_eq(byte, sizeof b + 2);
	ck_assert_uint_eq(bit, 5);
	b[7] ^= 0x11;
	ck_assert(
	    !tsi_crc_locate(good ^ tshard_crc32c(0, b, sizeof b), sizeof b, &byte, &bit));
}
END_TEST

static void
expect_sha(const char *p, size_t n, const char *hex)
{
	unsigned char sum[32];
	char is[65];

	tshard_sha256(p, n, sum);
	tshard_hex(sum, 32, is);
	ck_assert_str_eq(is, hex);
}

START_TEST(sha_vectors)
{
	static char million[1000000];
	static const char two[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	unsigned char a[32], b[32];

	memset(million, 'a', sizeof million);
	expect_sha(
	    "", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_sha(
	    "abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_sha(two, strlen(two),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	expect_sha(million, sizeof million,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	/* In pieces of all lengths around that of a block. */
	for (size_t step = 1; step < 200; step++) {
		struct tsi_sha s;

		tsi_sha_init(&s);
		for (size_t at = 0; at < 1000; at += step)
			tsi_sha_add(
			    &s, million + at, 1000 - at < step ? 1000 - at : step);
		tsi_sha_sum(&s, a);
		tshard_sha256(million, 1000, b);
		ck_assert_mem_eq(a, b, 32);
	}
}
END_TEST

/* The sums are those of xxhsum 0.8.1. */
START_TEST(xxh_vectors)
{
	static const struct {
		const char *text, *sum128;
		uint64_t sum64;
	} known[] = { { "", "99aa06d3014798d86001c324468d497f", 0x2d06800538d394c2 },
		{ "123456789", "33119477ede5dcd5e9716427681d5860", 0x72dcb18b67a17dff } };

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(known[i].text);
		struct tsi_hasher *h = tsi_hasher_new();
		unsigned char sum[16];
		char hex[33];

		tshard_xxh3_128(known[i].text, n, sum);
		tshard_hex(sum, 16, hex);
		ck_assert_str_eq(hex, known[i].sum128);
		tsi_hasher_add(h, known[i].text, n / 3);
		tsi_hasher_add(h, known[i].text + n / 3, n - n / 3);
		tsi_hasher_128(h, sum);
		tshard_hex(sum, 16, hex);
		ck_assert_str_eq(hex, known[i].sum128);
		ck_assert(tsi_hasher_64(h) == known[i].sum64);
		tsi_hasher_free(h);
	}
}
END_TEST

TCase *
tshard_hash_case(void)
{
	TCase *t = tcase_create("hash");

	tcase_add_test(t, crc_vectors);
	tcase_add_test(t, crc_portable_is_fast);
	tcase_add_test(t, crc_locates_every_bit);
	tcase_add_test(t, sha_vectors);
	tcase_add_test(t, xxh_vectors);
	return t;
}
