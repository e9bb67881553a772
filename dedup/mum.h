/* mum.h - fold a product: the mixing step of the hashes in this directory. */
#ifndef TAMIS_MUM_H
#define TAMIS_MUM_H

#include "lib/base/num.h"

/* The halves of a * b, xored: the mum hash of Vladimir Makarov. */
static inline uint64_t
mum(uint64_t a, uint64_t b)
{
	const u128 p = (u128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

#endif
