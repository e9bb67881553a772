/* hash.c - xxHash3 under our own names. */
#include "lib/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/err.h"
#include "lib/base/hash_avx2.h"
#include "lib/base/mem.h"

struct hasher {
	XXH3_state_t *state;
};

/* Whether to hash n bytes with AVX2 instructions: shorter inputs gain nothing. */
static inline bool
use_avx2(size_t n)
{
#if defined(__x86_64__)
	enum { LONG = 512 };

	return n >= LONG && __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

uint64_t
hash64(struct span s, uint64_t seed)
{
	if (use_avx2(s.n))
		return xxh3_64_avx2(s.p, s.n, seed);
	return XXH3_64bits_withSeed(s.p, s.n, seed);
}

struct hash128
hash128(struct span s, uint64_t seed)
{
	struct hash128 h;

	if (use_avx2(s.n)) {
		xxh3_128_avx2(s.p, s.n, seed, &h.lo, &h.hi);
	} else {
		const XXH128_hash_t d = XXH3_128bits_withSeed(s.p, s.n, seed);

		h = (struct hash128){ d.low64, d.high64 };
	}
	return h;
}

struct hasher *
hasher_new(void)
{
	struct hasher *h = xmalloc(sizeof *h);

	h->state = XXH3_createState();
	if (!h->state || XXH3_128bits_reset(h->state) != XXH_OK)
		die_no_memory("");
	return h;
}

void
hasher_add(struct hasher *h, struct span s)
{
	if (use_avx2(s.n))
		xxh3_add_avx2(h->state, s.p, s.n);
	else if (s.n)
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
