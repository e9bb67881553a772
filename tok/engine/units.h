/*
 * units.h - a cache of units, the stretches of text between two cuts, with their tokens.
 *
 * It grows to a bound.  A new unit takes the place of an old one.  When the tokens of all
 * units with many tokens are too many, it begins again.  What is found depends on earlier
 * texts; what is encoded does not.
 */
#ifndef TAMIS_UNITS_H
#define TAMIS_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	UNIT_SHORT = 15,  /* bytes of text, at most */
	UNIT_MEDIUM = 31, /* longer units are not cached */
	UNIT_ID_BITS = 24 /* of an id */
};

/*
 * The tokens of a unit.  The bits of the first id above UNIT_ID_BITS are the number of
 * ids; or UNIT_MANY or UNIT_ODD, then id[1] is their place in units.many, and id[2] their
 * number.  The tokens of an odd unit are not just copied.
 */
#define UNIT_MANY 254u
#define UNIT_ODD  255u
#define UNIT_ID	  ((UINT32_C(1) << UNIT_ID_BITS) - 1)

/* The text of a unit, padded by zeros, and its size in the last byte. */
struct unit_short {
	uint64_t key[2];
	uint32_t id[4];
};

struct unit_medium {
	uint64_t key[4];
	uint32_t id[8];
};

struct units {
	struct unit_short *shorts; /* pairs by their hash; the one found last is first */
	struct unit_medium *mediums;	    /* by their hash */
	unsigned short_shift, medium_shift; /* of a hash, to a place */
	size_t n_shorts, n_mediums;	    /* stored since there are so many places */
	uint32_t *many;
	size_t n_many, many_cap;
};

/* 0, or -1 when memory is out. */
int units_open(struct units *u);
void units_free(struct units *u);
/*
 * Make room for more units, if many are stored.  Places change.  It stays as it is if
 * memory is out.
 */
void units_grow(struct units *u);

/*
 * Store n tokens in the ids of a unit, `room` of them.  odd: see UNIT_ODD.  The unit must
 * have its key again, since others may lose theirs.
 */
void units_put(
    struct units *u, uint32_t *to, size_t room, const uint32_t *id, size_t n, bool odd);

/*
 * Store the limit of a unigram model's unit; see unigram.h.  Its upper half is in the
 * bits of the second and the third id above UNIT_ID_BITS, which makes it a little
 * smaller.
 */
static inline void
units_put_limit(uint32_t *id, float limit)
{
	uint32_t bits;

	if (!(limit > 0))
		limit = 0;
	memcpy(&bits, &limit, sizeof bits);
	id[1] = (id[1] & UNIT_ID) | (bits & 0xff000000);
	id[2] = (id[2] & UNIT_ID) | (bits << 8 & 0xff000000);
}

static inline float
units_limit(const uint32_t *id)
{
	const uint32_t bits = (id[1] & 0xff000000) | (id[2] & 0xff000000) >> 8;
	float limit;

	memcpy(&limit, &bits, sizeof limit);
	return limit;
}

/* The key of p[0, n), n <= 8 * words - 1.  8 * words bytes must be readable. */
static inline void
unit_key(const char *p, size_t n, size_t words, uint64_t *key)
{
	/* 32 bytes from &mask[32 - n] on: n times 255. */
	static const unsigned char mask[64] = { 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255, 255 };

	for (size_t i = 0; i < words; i++) {
		uint64_t text, bits;

		memcpy(&text, p + 8 * i, 8);
		memcpy(&bits, mask + 32 - n + 8 * i, 8);
		key[i] = text & bits;
	}
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	key[words - 1] |= n;
#else
	key[words - 1] |= (uint64_t)n << 56;
#endif
}

/* Arbitrary odd numbers (fractional digits of pi). */
#define UNIT_A UINT64_C(0x243f6a8885a308d3)
#define UNIT_B UINT64_C(0x13198a2e03707345)
#define UNIT_C UINT64_C(0xa4093822299f31d1)
#define UNIT_D UINT64_C(0x082efa98ec4e6c89)

/* The pair where a short unit is, if it is. */
static inline struct unit_short *
units_pair(const struct units *u, const uint64_t key[2])
{
	const uint64_t h =
	    (key[0] ^ key[0] >> 32) * UNIT_A + (key[1] ^ key[1] >> 32) * UNIT_B;

	return u->shorts + 2 * (h >> u->short_shift);
}

/* The place where a medium unit is, if it is. */
static inline struct unit_medium *
units_medium(const struct units *u, const uint64_t key[4])
{
	uint64_t h = (key[0] ^ key[0] >> 32) * UNIT_A + (key[1] ^ key[1] >> 32) * UNIT_B;

	h += (key[2] ^ key[2] >> 32) * UNIT_C + (key[3] ^ key[3] >> 32) * UNIT_D;
	return u->mediums + (h >> u->medium_shift);
}

/* The short unit of a pair that has this key, moved to the front; or NULL. */
static inline struct unit_short *
units_find(struct unit_short pair[2], const uint64_t key[2])
{
	struct unit_short swap;

	if (pair[0].key[0] == key[0] && pair[0].key[1] == key[1])
		return pair;
	if (pair[1].key[0] != key[0] || pair[1].key[1] != key[1])
		return NULL;
	swap = pair[0];
	pair[0] = pair[1];
	pair[1] = swap;
	return pair;
}

#endif
