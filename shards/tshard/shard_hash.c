/* shard_hash.c - XXH3; the only file of shards/ that includes xxhash.h. */
#include "shards/tshard/tshard_impl.h"

#include <xxhash.h>

struct tsi_hasher *
tsi_hasher_new(void)
{
	XXH3_state_t *s = XXH3_createState();

	if (s)
		XXH3_128bits_reset(s);
	return (struct tsi_hasher *)s;
}

void
tsi_hasher_reset(struct tsi_hasher *h)
{
	XXH3_128bits_reset((XXH3_state_t *)h);
}

void
tsi_hasher_add(struct tsi_hasher *h, const void *p, size_t n)
{
	if (n > 0)
		XXH3_128bits_update((XXH3_state_t *)h, p, n);
}

/* Both widths share one state. */
uint64_t
tsi_hasher_64(const struct tsi_hasher *h)
{
	return XXH3_64bits_digest((const XXH3_state_t *)h);
}

void
tsi_hasher_128(const struct tsi_hasher *h, unsigned char out[16])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, XXH3_128bits_digest((const XXH3_state_t *)h));
	memcpy(out, c.digest, 16);
}

void
tsi_hasher_free(struct tsi_hasher *h)
{
	XXH3_freeState((XXH3_state_t *)h);
}

void
tshard_xxh3_128(const void *p, size_t n, unsigned char out[16])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, XXH3_128bits(p, n));
	memcpy(out, c.digest, 16);
}
