/* holdout.c - which documents a source holds out, by a hash of their ids. */
#include "mixer/plan/holdout.h"

#include "mixer/plan/decimal.h"

bool
held_out(uint64_t fraction, const unsigned char id_hash[16])
{
	uint64_t high = 0;

	for (int i = 0; i < 8; i++)
		high = high << 8 | id_hash[i];
	/* high / 2^64 < fraction / SHARE_ONE */
	return (u128)high * SHARE_ONE < (u128)fraction << 64;
}
