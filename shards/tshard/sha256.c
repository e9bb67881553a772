/* sha256.c - SHA-256 (FIPS 180-4), for digests of shards, plans and models. */
#include "shards/tshard/tshard_impl.h"

static const uint32_t round_key[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
	0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138,
	0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
	0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

static uint32_t
rotate(uint32_t v, int by)
{
	return v >> by | v << (32 - by);
}

static uint32_t
big32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Add whole blocks of 64 bytes to the state. */
static void
compress(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	for (; blocks > 0; blocks--, p += 64) {
		uint32_t w[64], v[8];

		for (size_t i = 0; i < 16; i++)
			w[i] = big32(p + 4 * i);
		for (int i = 16; i < 64; i++) {
			uint32_t a = w[i - 15], b = w[i - 2];

			w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
			       w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
		}
		memcpy(v, h, sizeof v);
		for (int i = 0; i < 64; i++) {
			uint32_t s1 =
			    rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
			uint32_t choose = (v[4] & v[5]) ^ (~v[4] & v[6]);
			uint32_t t1 = v[7] + s1 + choose + round_key[i] + w[i];
			uint32_t s0 =
			    rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
			uint32_t most = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

			v[7] = v[6];
			v[6] = v[5];
			v[5] = v[4];
			v[4] = v[3] + t1;
			v[3] = v[2];
			v[2] = v[1];
			v[1] = v[0];
			v[0] = t1 + s0 + most;
		}
		for (int i = 0; i < 8; i++)
			h[i] += v[i];
	}
}

void
tsi_sha_init(struct tsi_sha *s)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(s->h, start, sizeof start);
	s->bytes = 0;
}

void
tsi_sha_add(struct tsi_sha *s, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t held = s->bytes % 64;

	if (n == 0)
		return;
	s->bytes += n;
	if (held > 0) {
		size_t take = n < 64 - held ? n : 64 - held;

		memcpy(s->block + held, p, take);
		if (held + take < 64)
			return;
		compress(s->h, s->block, 1);
		p += take;
		n -= take;
	}
	compress(s->h, p, n / 64);
	memcpy(s->block, p + n / 64 * 64, n % 64);
}

void
tsi_sha_sum(struct tsi_sha *s, unsigned char out[32])
{
	static const unsigned char end[64] = { 0x80 };
	uint64_t bits = s->bytes * 8;
	unsigned char length[8];

	tsi_sha_add(s, end, 1 + (119 - s->bytes % 64) % 64);
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	tsi_sha_add(s, length, 8);
	for (int i = 0; i < 32; i++)
		out[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

void
tshard_sha256(const void *p, size_t n, unsigned char out[32])
{
	struct tsi_sha s;

	tsi_sha_init(&s);
	tsi_sha_add(&s, p, n);
	tsi_sha_sum(&s, out);
}
