/* crc32c.c - CRC32C, portable and by the instruction; locate a flipped bit. */
#include "shards/tshard/tshard_impl.h"

#include <pthread.h>

#define POLY 0x82f63b78u /* Castagnoli, reflected */

/* Bytes per stream; three streams are computed at once and then combined. */
static const size_t long_run = 8192, short_run = 256;

static uint32_t slice[8][256];
static uint32_t shift_long[4][256], shift_short[4][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* v times x, modulo the polynomial. */
static uint32_t
times_x(uint32_t v)
{
	return v & 1 ? (v >> 1) ^ POLY : v >> 1;
}

static uint32_t
times(uint32_t a, uint32_t b)
{
	uint32_t sum = 0;

	for (uint32_t m = 1u << 31; m != 0; m >>= 1) {
		if (a & m)
			sum ^= b;
		b = times_x(b);
	}
	return sum;
}

/* Tables that multiply a CRC by x^(8 * bytes), which appends that many zero bytes. */
static void
make_shift(uint32_t table[4][256], size_t bytes)
{
	uint32_t power = 1u << 31;

	for (size_t i = 0; i < 8 * bytes; i++)
		power = times_x(power);
	for (uint32_t k = 0; k < 4; k++)
		for (uint32_t b = 0; b < 256; b++)
			table[k][b] = times(power, b << (8 * k));
}

static void
make_tables(void)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t v = b;

		for (int i = 0; i < 8; i++)
			v = times_x(v);
		slice[0][b] = v;
	}
	for (uint32_t b = 0; b < 256; b++)
		for (int k = 1; k < 8; k++)
			slice[k][b] =
			    (slice[k - 1][b] >> 8) ^ slice[0][slice[k - 1][b] & 255];
	make_shift(shift_long, long_run);
	make_shift(shift_short, short_run);
}

/* Slicing by 8 (Kounavis and Berry 2005).  Same contract as tshard_crc32c. */
uint32_t
tsi_crc32c_portable(uint32_t crc, const void *data, size_t n)
{
	const unsigned char *p = data;

	pthread_once(&once, make_tables);
	crc = ~crc;
	for (; n >= 8; p += 8, n -= 8) {
		uint32_t a = crc ^ tsi_get32(p), b = tsi_get32(p + 4);

		crc = slice[7][a & 255] ^ slice[6][a >> 8 & 255] ^
		      slice[5][a >> 16 & 255] ^ slice[4][a >> 24] ^ slice[3][b & 255] ^
		      slice[2][b >> 8 & 255] ^ slice[1][b >> 16 & 255] ^
		      slice[0][b >> 24];
	}
	for (; n > 0; p++, n--)
		crc = crc >> 8 ^ slice[0][(crc ^ *p) & 255];
	return ~crc;
}

#if defined(__x86_64__)

#include <nmmintrin.h>

static uint32_t
shifted(uint32_t table[4][256], uint64_t crc)
{
	return table[0][crc & 255] ^ table[1][crc >> 8 & 255] ^
	       table[2][crc >> 16 & 255] ^ table[3][crc >> 24 & 255];
}

static uint64_t
load64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/*
 * The instruction takes three cycles and can start every cycle, so three streams keep it
 * busy.  The streams are combined as in Mark Adler's crc32c.c.
 */
__attribute__((target("sse4.2"))) static uint64_t
three(uint64_t crc, const unsigned char *p, size_t run, uint32_t table[4][256])
{
	uint64_t b = 0, c = 0;

	for (size_t i = 0; i < run; i += 8) {
		crc = _mm_crc32_u64(crc, load64(p + i));
		b = _mm_crc32_u64(b, load64(p + run + i));
		c = _mm_crc32_u64(c, load64(p + 2 * run + i));
	}
	b ^= shifted(table, crc);
	return c ^ shifted(table, b);
}

__attribute__((target("sse4.2"))) static uint32_t
by_instruction(uint32_t start, const unsigned char *p, size_t n)
{
	uint64_t crc = (uint32_t)~start;

	for (; n >= 3 * long_run; p += 3 * long_run, n -= 3 * long_run)
		crc = three(crc, p, long_run, shift_long);
	for (; n >= 3 * short_run; p += 3 * short_run, n -= 3 * short_run)
		crc = three(crc, p, short_run, shift_short);
	for (; n >= 8; p += 8, n -= 8)
		crc = _mm_crc32_u64(crc, load64(p));
	for (; n > 0; p++, n--)
		crc = _mm_crc32_u8((uint32_t)crc, *p);
	return ~(uint32_t)crc;
}

uint32_t
tshard_crc32c(uint32_t crc, const void *p, size_t n)
{
	if (!__builtin_cpu_supports("sse4.2"))
		return tsi_crc32c_portable(crc, p, n);
	pthread_once(&once, make_tables);
	return by_instruction(crc, p, n);
}

#else

uint32_t
tshard_crc32c(uint32_t crc, const void *p, size_t n)
{
	return tsi_crc32c_portable(crc, p, n);
}

#endif

bool
tsi_crc_locate(uint32_t diff, size_t n, size_t *byte, unsigned *bit)
{
	/* A bit j bits before the end changes the CRC by x^(32+j): try all j. */
	uint32_t v = POLY;

	for (unsigned i = 0; i < 32; i++) {
		if (diff == 1u << i) {
			*byte = n + i / 8;
			*bit = i % 8;
			return true;
		}
	}
	for (size_t at = 8 * n; at-- > 0; v = times_x(v)) {
		if (v == diff) {
			*byte = at / 8;
			*bit = at % 8;
			return true;
		}
	}
	return false;
}
