/* vector.h - vectors of eight floats that give the same bits on every instruction set. */
#ifndef TAMIS_VECTOR_H
#define TAMIS_VECTOR_H

#include <stdint.h>

/* Always inlined, so that functions for a wider instruction set get its code. */
#define V8_INLINE static inline __attribute__((always_inline))

typedef float v8 __attribute__((vector_size(32)));
/* A vector at any address of a float. */
typedef float v8u __attribute__((vector_size(32), aligned(4)));
typedef int32_t v8i __attribute__((vector_size(32)));

/* Lane by lane: a where the mask is all ones, b where it is zero. */
V8_INLINE v8
v8_select(v8i mask, v8 a, v8 b)
{
	return (v8)((mask & (v8i)a) | (~mask & (v8i)b));
}

/* Round each lane to the nearest integer; |x| < 2^22.  Adding 1.5 * 2^23 shifts the
 * fraction out of the 24-bit significand. */
V8_INLINE v8
v8_round(v8 x)
{
	const float shift = 12582912; /* 1.5 * 2^23 */

	return (x + shift) - shift;
}

/* The largest lane. */
V8_INLINE float
v8_top(v8 v)
{
	float top = v[0];

	for (int i = 1; i < 8; i++)
		top = v[i] > top ? v[i] : top;
	return top;
}

/* The sum of the lanes, added in one fixed order. */
V8_INLINE float
v8_sum(v8 v)
{
	return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* e^x for x <= 0, relative error below 1e-7: 2^n times a Taylor polynomial of the
 * remainder (Cody and Waite reduction). */
V8_INLINE v8
v8_exp(v8 x)
{
	const v8 least = (v8){ 0 } - 87.0F;
	v8 n, r, p;

	x = v8_select(x < least, least, x);
	n = v8_round(x * 1.44269504F);
	/* ln 2 in two parts; the product of n and the first is exact. */
	r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
	p = r * (1 / 720.0F) + 1 / 120.0F;
	p = p * r + 1 / 24.0F;
	p = p * r + 1 / 6.0F;
	p = p * r + 0.5F;
	p = (p * r + 1) * r + 1;
	return p * (v8)((__builtin_convertvector(n, v8i) + 127) << 23);
}

#endif
