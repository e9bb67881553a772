/* json_string.c - JSON strings: find the end, verify and decode, in one pass. */
#include "lib/text/json_string.h"

#include "lib/base/bytes16.h"
#include "lib/text/special_bytes.h"
#include "lib/text/utf8.h"
#include "lib/text/utf8_avx2.h"

const char json_escaped_by[256] = {
	['"'] = '"',
	['\\'] = '\\',
	['/'] = '/',
	['b'] = '\b',
	['f'] = '\f',
	['n'] = '\n',
	['r'] = '\r',
	['t'] = '\t',
};

/* The value of a hexadecimal digit with bit 4 set; 0: not a digit. */
static const uint8_t hex_by[256] = {
	['0'] = 16,
	['1'] = 17,
	['2'] = 18,
	['3'] = 19,
	['4'] = 20,
	['5'] = 21,
	['6'] = 22,
	['7'] = 23,
	['8'] = 24,
	['9'] = 25,
	['a'] = 26,
	['b'] = 27,
	['c'] = 28,
	['d'] = 29,
	['e'] = 30,
	['f'] = 31,
	['A'] = 26,
	['B'] = 27,
	['C'] = 28,
	['D'] = 29,
	['E'] = 30,
	['F'] = 31,
};

static bool
hex4(const char *p, uint32_t *out)
{
	const uint32_t a = hex_by[(unsigned char)p[0]], b = hex_by[(unsigned char)p[1]],
		       c = hex_by[(unsigned char)p[2]], d = hex_by[(unsigned char)p[3]];

	*out = (a & 15) << 12 | (b & 15) << 8 | (c & 15) << 4 | (d & 15);
	return a & b & c & d & 16;
}

static bool
is_surrogate(uint32_t c)
{
	return (c & 0xfffff800) == 0xd800;
}

size_t
json_unicode_escape(struct span s, size_t i, uint32_t *c)
{
	uint32_t lo;

	if (s.n - i < 6 || !hex4(s.p + i + 2, c))
		return 0;
	if (*c < 0xd800 || *c > 0xdbff || s.n - i < 12 || s.p[i + 6] != '\\' ||
	    s.p[i + 7] != 'u' || !hex4(s.p + i + 8, &lo) || lo < 0xdc00 || lo > 0xdfff)
		return 6;
	*c = 0x10000 + ((*c - 0xd800) << 10 | (lo - 0xdc00));
	return 12;
}

/*
 * Decode the escape at s.p[i] to *to and move *to past it.  Returns the length of the
 * escape; 0: malformed, NUL or a lone surrogate.
 */
static inline size_t
escape(struct span s, size_t i, char **to)
{
	uint32_t c;
	size_t n;

	if (s.n - i < 2)
		return 0;
	if (s.p[i + 1] != 'u') {
		**to = json_escaped_by[(unsigned char)s.p[i + 1]];
		return *(*to)++ ? 2 : 0;
	}
	n = json_unicode_escape(s, i, &c);
	if (n == 0 || c == 0 || is_surrogate(c))
		return 0;
	*to += utf8_encode(*to, c);
	return n;
}

static const char *
escape_problem(struct span s, size_t i, size_t *n)
{
	uint32_t u;

	if (s.p[i + 1] != 'u') {
		*n = 2;
		return json_escaped_by[(unsigned char)s.p[i + 1]]
			   ? NULL
			   : "unknown escape in a string";
	}
	*n = json_unicode_escape(s, i, &u);
	if (*n == 0)
		return "'\\u' needs four hexadecimal digits";
	if (u == 0)
		return "escaped NUL in a string: replace it with --on-bad=repair";
	if (is_surrogate(u))
		return "lone surrogate in a string: replace it with --on-bad=repair";
	return NULL;
}

const char *
json_string_problem(struct span s, size_t *at)
{
	for (size_t i = *at + 1; i < s.n;) {
		const unsigned char b = (unsigned char)s.p[i];
		const char *what = NULL;
		size_t n = 1;

		if (b == '"') {
			*at = i + 1;
			return NULL;
		}
		if (b == 0)
			what = "NUL byte in a string: remove it, for example with tr -d "
			       "'\\000'";
		else if (b < 0x20)
			what = "control byte in a string: escape it as \\u00XX";
		else if (b == '\\' && i + 1 < s.n)
			what = escape_problem(s, i, &n);
		if (what) {
			*at = i;
			return what;
		}
		i += n;
	}
	return "unterminated string";
}

size_t
json_string_decode(struct span s, size_t i, char *to)
{
	char *const from = to;

	while (i < s.n) {
		uint32_t c = 0;

		if (s.p[i] != '\\') {
			*to++ = s.p[i++];
		} else if (s.p[i + 1] != 'u') {
			*to++ = json_escaped_by[(unsigned char)s.p[i + 1]];
			i += 2;
		} else {
			i += json_unicode_escape(s, i, &c);
			to += utf8_encode(to, c);
		}
	}
	return (size_t)(to - from);
}

/*
 * Skip bytes that are not special from s.p[i] on, and copy them to *out, which it moves
 * past them, unless that is NULL.  Returns the index of the first special byte, or one
 * from s.n on.  Sets *high if it has met a byte above 0x7f.
 */
typedef size_t skip_fn(struct span s, size_t i, char **out, bool *high);

static inline __attribute__((always_inline)) size_t
skip8(struct span s, size_t i, char **out, bool *high)
{
	uint64_t w, hit, all = 0;
	char *to = out ? *out : NULL;

	for (;; i += 8) {
		w = load8(s.p + i, s.n - i);
		all |= w;
		if (out)
			store8(to, w);
		if ((hit = specials8(w)))
			break;
		to += out ? 8 : 0;
	}
	*high |= (all & each_byte(0x80)) != 0;
	hit = (uint64_t)__builtin_ctzll(hit) / 8;
	if (out)
		*out = to + hit;
	return i + hit;
}

/* json_string for a constant `skip`, and `to` constant or not NULL. */
static inline __attribute__((always_inline)) size_t
scan_words(struct span s, size_t i, char **to, skip_fn *skip)
{
	const size_t start = i;
	char four[4], *out = to ? *to : four;
	bool high = false;
	size_t n;

	for (;;) {
		i = skip(s, i, to ? &out : NULL, &high);
		if (i >= s.n)
			return JSON_NO_STRING;
		if (s.p[i] != '\\')
			break;
		out = to ? out : four;
		n = escape(s, i, &out);
		if (n == 0)
			return JSON_NO_STRING;
		i += n;
	}
	if (s.p[i] != '"' ||
	    (high && !utf8_valid((struct span){ s.p + start, i - start })))
		return JSON_NO_STRING;
	if (to)
		*to = out;
	return i;
}

size_t
json_string_portable(struct span s, size_t i, char **to)
{
	return to ? scan_words(s, i, to, skip8) : scan_words(s, i, NULL, skip8);
}

#ifdef BYTES16
static inline __attribute__((always_inline)) size_t
skip16(struct span s, size_t i, char **out, bool *high)
{
	bytes16 v, hit, all = { 0 };
	char tail[16], *to = out ? *out : NULL;
	size_t n;

	for (;; i += 16) {
		const char *p = s.p + i;

		if (s.n - i < 16) {
			memset(tail, 0, sizeof tail);
			p = memcpy(tail, p, s.n - i);
		}
		v = bytes16_load(p);
		all |= v;
		if (out)
			memcpy(to, &v, sizeof v);
		hit = (v == '"') | (v == '\\') | ((v ^ -128) < 0x20 - 128);
		if (bytes16_any(hit))
			break;
		to += out ? 16 : 0;
	}
	*high |= bytes16_any(all);
	n = bytes16_first(hit);
	if (out)
		*out = to + n;
	return i + n;
}

size_t
json_string_baseline(struct span s, size_t i, char **to)
{
	return to ? scan_words(s, i, to, skip16) : scan_words(s, i, NULL, skip16);
}
#else
size_t
json_string_baseline(struct span s, size_t i, char **to)
{
	return json_string_portable(s, i, to);
}
#endif

#if defined(__x86_64__)
/* The state of validation between blocks. */
struct utf8_state {
	__m256i prev, error;
	bool pending; /* prev is not all ASCII */
};

AVX2 static inline void
validate64(struct utf8_state *u, struct half_blocks v)
{
	if (!u->pending && _mm256_movemask_epi8(_mm256_or_si256(v.a, v.b)) == 0)
		return;
	u->error = _mm256_or_si256(
	    u->error, _mm256_or_si256(utf8_errors(u->prev, v.a), utf8_errors(v.a, v.b)));
	u->pending = _mm256_movemask_epi8(v.b) != 0;
	u->prev = v.b;
}

/* The result of a scan for ASCII strings that has found other bytes. */
#define NOT_ASCII (SIZE_MAX - 1)

/*
 * json_string for constants `decode` and `utf8`.  Without the latter, the scan ends at
 * the first block that is not ASCII, at *from and *to, with NOT_ASCII.
 */
AVX2 static inline __attribute__((always_inline)) size_t
scan_blocks(struct span s, size_t *from, char **to, const bool decode, const bool utf8)
{
	/* Decoding reads up to 64 bytes after an escape, which may end the block. */
	enum { WINDOW = 128 };
	const size_t window = decode ? WINDOW : 64;
	const struct special_bytes c = special_bytes();
	struct utf8_state u = { _mm256_setzero_si256(), _mm256_setzero_si256(), false };
	char tail[WINDOW], four[4], *out = decode ? *to : four;
	size_t i = *from;

	for (;;) {
		const size_t left = s.n - i;
		const char *p =
		    left < window ? padded(s.p + i, left, tail, window) : s.p + i;
		const struct half_blocks v = load64(p);
		uint64_t mask = specials64(v, &c);
		size_t at = 0; /* of the first byte of the block that is not decoded */

		if (utf8) {
			validate64(&u, v);
		} else if (_mm256_movemask_epi8(_mm256_or_si256(v.a, v.b))) {
			*from = i;
			if (decode)
				*to = out;
			return NOT_ASCII;
		}
		if (decode)
			copy64(out, p);
		while (mask) {
			const size_t k = (size_t)__builtin_ctzll(mask);
			size_t n;

			out = decode ? out + (k - at) : four;
			if (p[k] != '\\') {
				if (decode)
					*to = out;
				return p[k] == '"' && _mm256_testz_si256(u.error, u.error)
					   ? i + k
					   : JSON_NO_STRING;
			}
			n = escape(s, i + k, &out);
			if (n == 0)
				return JSON_NO_STRING;
			at = k + n;
			if (at >= 64)
				break;
			mask &= ~UINT64_C(0) << at;
			if (decode)
				copy64(out, p + at);
		}
		if (at <= 64) {
			out += decode ? 64 - at : 0;
			i += 64;
		} else {
			/* The block ends inside an escape, which is ASCII. */
			i += at;
			u.prev = _mm256_setzero_si256();
			u.pending = false;
		}
	}
}

/* Apart, so that the constants of validation do not slow the loops for ASCII. */
AVX2 static __attribute__((noinline)) size_t
scan_utf8(struct span s, size_t from, char **to)
{
	return to ? scan_blocks(s, &from, to, true, true)
		  : scan_blocks(s, &from, NULL, false, true);
}

AVX2 size_t
json_string_avx2(struct span s, size_t i, char **to)
{
	const size_t end = to ? scan_blocks(s, &i, to, true, false)
			      : scan_blocks(s, &i, NULL, false, false);

	return end == NOT_ASCII ? scan_utf8(s, i, to) : end;
}
#else
size_t
json_string_avx2(struct span s, size_t i, char **to)
{
	return json_string_portable(s, i, to);
}
#endif

bool
json_has_avx2(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

/* The index of the closing quote of a short string, ASCII without escapes; 0: not one. */
static inline size_t
short_string(struct span s, size_t i)
{
	for (size_t end = i + 24; i < end && s.n - i >= 8; i += 8) {
		const uint64_t w = load8(s.p + i, 8),
			       hit = specials8(w) | (w & each_byte(0x80));

		if (hit) {
			i += (size_t)__builtin_ctzll(hit) / 8;
			return s.p[i] == '"' ? i : 0;
		}
	}
	return 0;
}

size_t
json_string(struct span s, size_t i, char **to)
{
	if (!to) {
		const size_t end = short_string(s, i);

		if (end)
			return end;
	}
	return json_has_avx2() ? json_string_avx2(s, i, to)
			       : json_string_baseline(s, i, to);
}
