/*
 * cuts.c - the places in a text that no piece spans.
 *
 * With SIMD instructions, a byte's class is one bit of eight: from the high half of the
 * byte and the low one, two table lookups give the classes that fit, and one fits both.
 * For most pairs of classes, either all pairs of bytes are cuts or none is.  The others
 * are looked up one by one, but for pairs of letters: few are cuts, and a cut may be left
 * out.
 */
#include "tok/engine/cuts.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Bits of the filter per byte of the pieces: few pairs are there by chance. */
enum { BITS_PER_BYTE = 8 };

static size_t
index_of(const char *p)
{
	return (size_t)(unsigned char)p[0] | (size_t)(unsigned char)p[1] << 8;
}

static void
tell(struct piece_cuts *c, size_t index, unsigned what, bool is)
{
	const unsigned bits = what << index % 4 * 2;
	unsigned char *to = &c->bytes[index / 4];

	*to = (unsigned char)(is ? *to | bits : *to & ~bits);
}

static void
add_piece(struct piece_cuts *c, const char *s, size_t n)
{
	uint32_t before = 0;

	for (size_t at = 0, w; at < n; at += w) {
		uint32_t now;

		w = piece_char((unsigned char)s[at]);
		now = cuts_char(s + at, w);
		if (at > 0) {
			const uint64_t h = (((uint64_t)before << 32 | now) *
					       UINT64_C(0x9e3779b97f4a7c15)) >>
					   c->shift;

			c->pair[h >> 6] |= UINT64_C(1) << (h & 63);
			tell(c, index_of(s + at - 1), CUT_BETWEEN, false);
		}
		before = now;
	}
}

static void
add_symbol(struct piece_cuts *c, const struct user_symbol *s)
{
	const size_t first = (unsigned char)s->text[0];

	if (s->n > 1) {
		tell(c, index_of(s->text), CUT_SYMBOL, true);
		return;
	}
	for (size_t second = 0; second < 256; second++)
		tell(c, first | second << 8, CUT_SYMBOL, true);
}

enum {
	CLASS_LOWER = 1 | 2, /* a-o, p-z */
	CLASS_UPPER = 4 | 8, /* A-O, P-Z */
	CLASS_DIGIT = 16,
	CLASS_SPACE = 32,
	CLASS_HIGH = 64,  /* bytes of characters that are not ASCII */
	CLASS_OTHER = 128 /* neither */
};

/* The classes that fit the halves of a byte. */
static const unsigned char high_half[16] = { 0, 0, 32, 16, 4, 8, 1, 2, 64, 64, 64, 64, 64,
	64, 64, 64 };
static const unsigned char low_half[16] = { 0x7a, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f,
	0x5f, 0x5f, 0x5f, 0x4f, 0x45, 0x45, 0x45, 0x45, 0x45 };

static unsigned
class_of(unsigned byte)
{
	const unsigned fits = high_half[byte >> 4] & low_half[byte & 15];

	return fits ? fits : CLASS_OTHER;
}

/* Whether cuts between two of these classes may be left out if not all are cuts. */
static bool
may_skip(unsigned first, unsigned second)
{
	const unsigned letters = CLASS_LOWER | CLASS_UPPER;

	return (first & letters && second & letters) ||
	       (first == CLASS_HIGH && second == CLASS_HIGH);
}

/* The set of first classes of a second class, one bit, is in the table of its half. */
static void
put_set(unsigned char table[2][16], unsigned second, unsigned set)
{
	if (second < 16)
		table[0][second] = (unsigned char)set;
	else
		table[1][second >> 4] = (unsigned char)set;
}

/* Sum up the pairs of bytes of two classes. */
static void
sum_up(const struct piece_cuts *c, unsigned first, unsigned second, bool *always,
    bool *check)
{
	bool all = true, any = false, symbol = false;

	for (unsigned x = 0; x < 256; x++)
		for (unsigned y = 0; y < 256 && class_of(x) == first; y++) {
			const unsigned char pair[2] = { (unsigned char)x,
				(unsigned char)y };
			unsigned found;

			if (class_of(y) != second)
				continue;
			found = cuts_bytes(c, pair);
			symbol |= (found & CUT_SYMBOL) != 0;
			if ((y & 0xc0) == 0x80)
				continue;
			all &= found & CUT_BETWEEN;
			any |= found & CUT_BETWEEN;
		}
	*always = all && !symbol;
	*check = symbol || (any && !all && !may_skip(first, second));
}

static void
sum_up_classes(struct piece_cuts *c)
{
	for (unsigned second = 1; second < 256; second *= 2) {
		unsigned always = 0, check = 0;

		for (unsigned first = 1; first < 256; first *= 2) {
			bool is_always, is_check;

			sum_up(c, first, second, &is_always, &is_check);
			always |= is_always ? first : 0;
			check |= is_check ? first : 0;
		}
		put_set(c->always, second, always);
		put_set(c->check, second, check);
	}
}

int
cuts_open(struct piece_cuts *c, const struct pieces *p, const struct user_symbols *s,
    bool portable)
{
	size_t bits = 1 << 16, total = 0;

	c->shift = 64 - 16;
	for (uint32_t i = 0; i < p->n; i++)
		total += p->v[i].n;
	for (; bits < total * BITS_PER_BYTE; bits *= 2)
		c->shift--;
	c->pair = calloc(bits / 64, sizeof *c->pair);
	if (!c->pair)
		return -1;
	/* A byte that continues a character begins none. */
	memset(c->bytes, 0, sizeof c->bytes);
	for (size_t i = 0; i < 65536; i++)
		tell(c, i, CUT_BETWEEN, (i >> 8 & 0xc0) != 0x80);
	for (uint32_t i = 0; i < p->n; i++)
		add_piece(c, p->text + p->v[i].at, p->v[i].n);
	for (size_t i = 0; i < s->n; i++)
		add_symbol(c, &s->v[i]);
	sum_up_classes(c);
	c->portable = portable;
#if defined(__x86_64__)
	c->portable |= !__builtin_cpu_supports("avx2") ||
		       !__builtin_cpu_supports("bmi") ||
		       !__builtin_cpu_supports("popcnt");
#endif
	return 0;
}

void
cuts_free(struct piece_cuts *c)
{
	free(c->pair);
	c->pair = NULL;
}

static size_t
find_portable(const struct piece_cuts *c, const char *text, size_t from, size_t end,
    size_t *cut, unsigned *found)
{
	const unsigned char *p = (const unsigned char *)text + from - 1;
	unsigned all = 0;
	size_t n = 0;

	for (size_t i = from; i < end; i++, p++) {
		const unsigned tell = cuts_bytes(c, p);

		all |= tell;
		cut[n] = i;
		n += tell & CUT_BETWEEN;
	}
	*found = all & CUT_SYMBOL;
	return n;
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __m256i
load_table(const unsigned char table[16])
{
	return _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const __m128i *)(const void *)table));
}

/* The classes of 32 bytes. */
AVX2 static inline __m256i
classes_at(const char *p)
{
	const __m256i half = _mm256_set1_epi8(15),
		      v = _mm256_loadu_si256((const __m256i *)(const void *)p),
		      fits = _mm256_and_si256(_mm256_shuffle_epi8(load_table(low_half),
						  _mm256_and_si256(v, half)),
			  _mm256_shuffle_epi8(load_table(high_half),
			      _mm256_and_si256(_mm256_srli_epi16(v, 4), half)));
	const __m256i other = _mm256_cmpeq_epi8(fits, _mm256_setzero_si256());

	return _mm256_or_si256(
	    fits, _mm256_and_si256(other, _mm256_set1_epi8((char)CLASS_OTHER)));
}

/* A bit for each of 32 bytes whose class and that of the byte before are in `table`. */
AVX2 static inline uint32_t
pairs_in(const unsigned char table[2][16], __m256i before, __m256i low, __m256i high)
{
	const __m256i set =
	    _mm256_or_si256(_mm256_shuffle_epi8(load_table(table[0]), low),
		_mm256_shuffle_epi8(load_table(table[1]), high));

	return ~(uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(_mm256_and_si256(set, before), _mm256_setzero_si256()));
}

/* A bit for each of the 32 bytes from p on: a cut is before it, or that must be looked
 * up. */
struct cut_bits {
	uint32_t always, check;
};

AVX2 static inline struct cut_bits
find_32(const struct piece_cuts *c, const char *p)
{
	const __m256i half = _mm256_set1_epi8(15), before = classes_at(p - 1),
		      now = classes_at(p), low = _mm256_and_si256(now, half),
		      high = _mm256_and_si256(_mm256_srli_epi16(now, 4), half);
	const uint32_t continued = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(
	    _mm256_set1_epi8(-64), _mm256_loadu_si256((const __m256i *)(const void *)p)));

	return (struct cut_bits){ pairs_in(c->always, before, low, high) & ~continued,
		pairs_in(c->check, before, low, high) };
}

/* A bit for each of the 64 bytes from p on that a cut is before. */
AVX2 static inline uint64_t
find_64(const struct piece_cuts *c, const char *p, unsigned *found)
{
	const struct cut_bits low = find_32(c, p), high = find_32(c, p + 32);
	uint64_t cuts = low.always | (uint64_t)high.always << 32,
		 check = low.check | (uint64_t)high.check << 32;

	for (; check; check &= check - 1) {
		const int i = __builtin_ctzll(check);
		const unsigned tell = cuts_bytes(c, (const unsigned char *)p + i - 1);

		*found |= tell & CUT_SYMBOL;
		cuts |= (uint64_t)(tell & CUT_BETWEEN) << i;
	}
	return cuts;
}

/* Put the places of the first four bits of cuts.  Returns the others. */
AVX2 static inline uint64_t
put_four(uint64_t cuts, size_t at, size_t *cut)
{
	cut[0] = at + (size_t)_tzcnt_u64(cuts);
	cuts &= cuts - 1;
	cut[1] = at + (size_t)_tzcnt_u64(cuts);
	cuts &= cuts - 1;
	cut[2] = at + (size_t)_tzcnt_u64(cuts);
	cuts &= cuts - 1;
	cut[3] = at + (size_t)_tzcnt_u64(cuts);
	return cuts & (cuts - 1);
}

AVX2 static size_t
find_avx2(const struct piece_cuts *c, const char *text, size_t from, size_t end,
    size_t *cut, unsigned *found)
{
	size_t n = 0;

	*found = 0;
	for (size_t at = from; at < end; at += 64) {
		uint64_t cuts = find_64(c, text + at, found);
		size_t m;

		if (end - at < 64)
			cuts &= (UINT64_C(1) << (end - at)) - 1;
		m = (size_t)__builtin_popcountll(cuts);
		/* Many at a time, the last ones too many: fewer branches to guess. */
		for (size_t i = n; i < n + m; i += CUT_SLACK) {
			cuts = put_four(cuts, at, cut + i);
			cuts = put_four(cuts, at, cut + i + 4);
			cuts = put_four(cuts, at, cut + i + 8);
			cuts = put_four(cuts, at, cut + i + 12);
		}
		n += m;
	}
	return n;
}
#endif

size_t
cuts_find(const struct piece_cuts *c, const char *text, size_t from, size_t end,
    size_t *cut, unsigned *found)
{
#if defined(__x86_64__)
	if (!c->portable)
		return find_avx2(c, text, from, end, cut, found);
#endif
	return find_portable(c, text, from, end, cut, found);
}
