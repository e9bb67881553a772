/* hash.c - xxHash3 under our own names. */
#include "lib/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct hasher {
	XXH3_state_t *state;
};

uint64_t
hash64(struct span s, uint64_t seed)
{
	return XXH3_64bits_withSeed(s.p, s.n, seed);
}

struct hash128
hash128(struct span s, uint64_t seed)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(s.p, s.n, seed);

	return (struct hash128){ h.low64, h.high64 };
}

struct hasher *
hasher_new(void)
{
	struct hasher *h = xmalloc(sizeof *h);

	h->state = XXH3_createState();
	if (!h->state || XXH3_128bits_reset(h->state) != XXH_OK)
		die(EXIT_SYSTEM, "out of memory: try fewer threads (-j)");
	return h;
}

void
hasher_add(struct hasher *h, struct span s)
{
	if (s.n)
		XXH3_128bits_update(h->state, s.p, s.n);
}

struct hash128
hasher_sum(const struct hasher *h)
{
	XXH128_hash_t d = XXH3_128bits_digest(h->state);

	return (struct hash128){ d.low64, d.high64 };
}

void
hasher_free(struct hasher *h)
{
	if (!h)
		return;
	XXH3_freeState(h->state);
	free(h);
}

void
hash128_hex(struct hash128 h, char out[33])
{
	static const char hex[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		out[15 - i] = hex[h.hi >> (4 * i) & 15];
		out[31 - i] = hex[h.lo >> (4 * i) & 15];
	}
	out[32] = '\0';
}
