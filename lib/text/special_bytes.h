/* special_bytes.h - inside lib/text: find the bytes that end or escape a JSON string. */
#ifndef TAMIS_SPECIAL_BYTES_H
#define TAMIS_SPECIAL_BYTES_H

#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline uint64_t
each_byte(unsigned char b)
{
	return UINT64_C(0x0101010101010101) * b;
}

/*
 * Bit 7 of each byte of w that is '"', '\\' or a control byte.  A borrow can set that of
 * bytes above one of these too: the lowest is right.
 */
static inline uint64_t
specials8(uint64_t w)
{
	const uint64_t quote = w ^ each_byte('"'), slash = w ^ each_byte('\\');

	return (((quote - each_byte(1)) & ~quote) | ((slash - each_byte(1)) & ~slash) |
		   ((w - each_byte(0x20)) & ~w)) &
	       each_byte(0x80);
}

/* The 8 bytes at p, or left, if that is less, and NUL bytes; the first is the lowest. */
static inline uint64_t
load8(const char *p, size_t left)
{
	uint64_t w = 0;

	if (left >= 8)
		memcpy(&w, p, 8);
	else
		memcpy(&w, p, left);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

static inline void
store8(char *to, uint64_t w)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	memcpy(to, &w, 8);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

struct half_blocks {
	__m256i a, b;
};

AVX2 static inline struct half_blocks
load64(const char *p)
{
	return (struct half_blocks){
		_mm256_loadu_si256((const __m256i *)(const void *)p),
		_mm256_loadu_si256((const __m256i *)(const void *)(p + 32)),
	};
}

AVX2 static inline void
copy64(char *to, const char *p)
{
	const struct half_blocks v = load64(p);

	_mm256_storeu_si256((__m256i *)(void *)to, v.a);
	_mm256_storeu_si256((__m256i *)(void *)(to + 32), v.b);
}

/* The compiler would otherwise build a constant again for each block. */
AVX2 static inline __m256i
constant(char b)
{
	__m256i v = _mm256_set1_epi8(b);

	__asm__("" : "+x"(v));
	return v;
}

struct special_bytes {
	__m256i quote, slash, limit;
};

AVX2 static inline struct special_bytes
special_bytes(void)
{
	return (struct special_bytes){ constant('"'), constant('\\'), constant(0x1f) };
}

AVX2 static inline uint64_t
specials32(__m256i v, const struct special_bytes *k)
{
	const __m256i quote = _mm256_cmpeq_epi8(v, k->quote);
	const __m256i slash = _mm256_cmpeq_epi8(v, k->slash);
	const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, k->limit), v);

	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_or_si256(_mm256_or_si256(quote, slash), control));
}

/* A bit for each byte of v that is '"', '\\' or a control byte. */
AVX2 static inline uint64_t
specials64(struct half_blocks v, const struct special_bytes *k)
{
	return specials32(v.a, k) | specials32(v.b, k) << 32;
}

/* p[0..left) and NUL bytes, `window` in all. */
AVX2 static inline const char *
padded(const char *p, size_t left, char *tail, size_t window)
{
	for (size_t i = 0; i < window; i += 32)
		_mm256_storeu_si256(
		    (__m256i *)(void *)(tail + i), _mm256_setzero_si256());
	memcpy(tail, p, left);
	return tail;
}
#endif

#endif
