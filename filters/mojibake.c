/*
 * mojibake.c - repair UTF-8 that was read as windows-1252, Latin-1 or windows-1251.
 *
 * A run is the characters between two of ASCII.  If it stands for the bytes of valid
 * UTF-8 in one of these charsets, it is mojibake, with few exceptions: a letter before a
 * quotation mark, dash or no-break space may stand for bytes of UTF-8, too.
 */
#include "filters/mojibake.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "lib/text/utf8.h"

/* Mojibake of mojibake is repaired so many times. */
enum { ROUNDS = 4 };

enum reading { AS_WESTERN, AS_CYRILLIC, READINGS };

/* The characters of the bytes from 0x80; 0: the C1 control of the same number. */
static const uint16_t high_western[32] = { 0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026,
	0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0, 0x2018,
	0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
	0x153, 0, 0x17e, 0x178 };
static const uint16_t high_cyrillic[64] = { 0x402, 0x403, 0x201a, 0x453, 0x201e, 0x2026,
	0x2020, 0x2021, 0x20ac, 0x2030, 0x409, 0x2039, 0x40a, 0x40c, 0x40b, 0x40f, 0x452,
	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0, 0x2122, 0x459, 0x203a,
	0x45a, 0x45c, 0x45b, 0x45f, 0xa0, 0x40e, 0x45e, 0x408, 0xa4, 0x490, 0xa6, 0xa7,
	0x401, 0xa9, 0x404, 0xab, 0xac, 0xad, 0xae, 0x407, 0xb0, 0xb1, 0x406, 0x456,
	0x491, 0xb5, 0xb6, 0xb7, 0x451, 0x2116, 0x454, 0xbb, 0x458, 0x405, 0x455, 0x457 };

static int
find_in(const uint16_t *table, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (table[i] == c)
			return 0x80 + (int)i;
	return -1;
}

/* The byte that reads as c; -1: none does. */
static int
byte_of(uint32_t c, enum reading as)
{
	if (c >= 0x80 && c < 0xa0)
		return (int)c;
	if (as == AS_WESTERN)
		return c < 0x100 ? (int)c : find_in(high_western, 32, c);
	if (c >= 0x410 && c <= 0x44f)
		return (int)(c - 0x410 + 0xc0);
	return find_in(high_cyrillic, 64, c);
}

/* The letters of scripts that are written today; Chinese and Japanese are one. */
static const struct {
	uint32_t first, last;
} scripts[] = { { 0x370, 0x3ff }, { 0x400, 0x52f }, { 0x531, 0x58a }, { 0x591, 0x5f4 },
	{ 0x60c, 0x6ff }, { 0x900, 0x97f }, { 0x980, 0x9ff }, { 0xa00, 0xa7f },
	{ 0xa80, 0xaff }, { 0xb00, 0xb7f }, { 0xb80, 0xbff }, { 0xc00, 0xc7f },
	{ 0xc80, 0xcff }, { 0xd00, 0xd7f }, { 0xd80, 0xdff }, { 0xe01, 0xe5b },
	{ 0xe81, 0xedf }, { 0x1000, 0x109f }, { 0x10a0, 0x10ff }, { 0x1780, 0x17f9 },
	{ 0x3041, 0x9fff }, { 0xac00, 0xd7a3 } };

enum { SCRIPTS = sizeof scripts / sizeof *scripts };

/* What the repairs of a line have shown: a bit for each script. */
struct evidence {
	bool latin, marks;
	uint32_t scripts;
};

/* A run with its neighbours, and the bytes that it stands for. */
struct suspect {
	struct span chars;
	char before, after; /* ASCII; ' ' at the ends of the line */
	struct span bytes;
};

struct repairer {
	struct buf bytes, again, line, next;
	struct buf *out;
	uint64_t runs;
};

static bool
is_ascii_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Symbols that occur in text of any language, among characters of three bytes or more. */
static bool
is_mark(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2010 && c <= 0x2027) ||
	       (c >= 0x2030 && c <= 0x203a) || c == 0x20ac || c == 0x2116 ||
	       c == 0x2122 || (c >= 0x2190 && c <= 0x21ff) ||
	       (c >= 0x2200 && c <= 0x22ff) || (c >= 0x2500 && c <= 0x27bf) ||
	       c == 0xfe0f || c == 0xfeff || c == 0xfffd ||
	       (c >= 0x1f000 && c <= 0x1faff);
}

/* Bytes that read as what may follow a word: quotation marks, dashes, no-break space,
 * ordinals and the like. */
static bool
follows_words(unsigned char byte)
{
	return memchr(
		   "\x82\x84\x85\x8B\x91\x92\x93\x94\x96\x97\x99\x9B\xA0\xA1\xAA\xAB\xAE"
		   "\xB0\xB2\xB3\xB7\xBA\xBB\xBF",
		   byte, 24) != NULL;
}

/* Whether a character of two bytes, which read as a capital letter of the west and
 * something that may follow it, is more likely than these two. */
static bool
is_likely_pair(const struct suspect *r, uint32_t c, unsigned char last, bool alone)
{
	const char before = alone ? r->before : 'x', after = r->after;

	/* A capital letter within a word, or a mark before one. */
	if (before >= 'a' && before <= 'z')
		return true;
	if (c < 0xc0)
		return !is_upper(before);
	/* Letters of Africa and Vietnam are rare, and elision is not: "Ç'est". */
	if (c >= 0x180 || (c >= 0x100 && last == 0x92))
		return false;
	if (!follows_words(last))
		return true;
	return alone && (is_ascii_letter(after) || (after >= '0' && after <= '9') ||
			    (last == 0xA0 && !is_upper(before)) ||
			    (c == 0xd7 && before == ' ' && after == ' '));
}

/* Counts of what a run would become. */
struct run_tally {
	size_t latin, weak, marks, letters;
	uint32_t scripts; /* of the letters, a bit for each */
};

/* Count the characters of a run.  Returns false if it would be no text. */
static bool
tally_run(const struct suspect *r, enum reading as, struct run_tally *t)
{
	*t = (struct run_tally){ 0 };
	for (size_t at = 0; at < r->bytes.n;) {
		const size_t from = at;
		const uint32_t c = utf8_next(r->bytes, &at);
		unsigned script = 0;

		while (script < SCRIPTS &&
		       (c < scripts[script].first || c > scripts[script].last))
			script++;
		if (c < 0xa0)
			return false;
		if (is_mark(c)) {
			t->marks++;
		} else if (script < SCRIPTS) {
			t->letters++;
			t->scripts |= UINT32_C(1) << script;
		} else if (c < 0x250 || (c >= 0x1e00 && c < 0x1f00)) {
			t->latin++;
			t->weak += !is_likely_pair(r, c,
			    (unsigned char)r->bytes.p[at - 1], r->bytes.n == at - from);
		} else if (!(c >= 0x3000 && c <= 0x303f) &&
			   !(c >= 0xff01 && c <= 0xffef)) {
			return false;
		}
		if (as == AS_CYRILLIC && !is_mark(c) && (c < 0x401 || c > 0x491))
			return false;
	}
	return (t->scripts & (t->scripts - 1)) == 0;
}

static bool
has_controls(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '\xC2' && (unsigned char)s.p[i + 1] < 0xA0)
			return true;
	return false;
}

/* Map characters, which are not ASCII, to the bytes that read as them.  Returns false
 * unless these are valid UTF-8.  Most words of Russian end at their second letter. */
static bool
map_to_bytes(struct span s, enum reading as, struct buf *bytes)
{
	bytes->n = 0;
	for (size_t at = 0; at < s.n;) {
		const int byte = byte_of(utf8_next(s, &at), as);

		if (byte < 0 || (bytes->n == 0 && (byte < 0xC2 || byte > 0xF4)) ||
		    (bytes->n == 1 && byte > 0xBF))
			return false;
		buf_putc(bytes, (char)byte);
	}
	return utf8_valid(buf_span(bytes));
}

/* Whether a run is mojibake of mojibake, which nothing else resembles. */
static bool
maps_again(
    struct repairer *m, const struct suspect *r, enum reading as, struct run_tally *t)
{
	*t = (struct run_tally){ .marks = 1 };
	return r->bytes.n >= 4 && map_to_bytes(r->bytes, as, &m->again);
}

/* Whether to repair a run.  seen: what the other runs of the line have shown; NULL: they
 * do not count. */
static bool
is_mojibake(struct repairer *m, const struct suspect *r, enum reading as,
    const struct evidence *seen, struct run_tally *t)
{
	if (maps_again(m, r, as, t))
		return true;
	if (!tally_run(r, as, t))
		return false;
	if (t->letters >= 2)
		return true;
	if (t->letters == 1)
		return t->marks > 0 || (as == AS_WESTERN && has_controls(r->chars)) ||
		       (seen && (seen->scripts & t->scripts));
	if (t->marks > 0 || t->weak < t->latin)
		return true;
	return seen && t->latin > 0 && (seen->latin || seen->marks);
}

static bool
is_high(char c)
{
	return (unsigned char)c >= 0x80;
}

/* Take the next run of line, from *at on. */
static bool
next_run(struct span line, size_t *at, struct suspect *r)
{
	size_t from = *at, end;

	while (from < line.n && !is_high(line.p[from]))
		from++;
	end = from;
	while (end < line.n && is_high(line.p[end]))
		end++;
	r->chars = (struct span){ line.p + from, end - from };
	r->before = from > 0 ? line.p[from - 1] : ' ';
	r->after = end < line.n ? line.p[end] : ' ';
	*at = end;
	return end > from;
}

/* Whether the first character of a run reads as a first byte of UTF-8, 0xC2 to 0xF4. */
static bool
begins_as_utf8(struct span s, enum reading as)
{
	const unsigned char a = (unsigned char)s.p[0], b = (unsigned char)s.p[1];

	if (as == AS_WESTERN)
		return a == 0xC3 && b >= 0x82 && b <= 0xB4;
	return (a == 0xD0 && b >= 0x92) || (a == 0xD1 && b <= 0x84);
}

/* Repair the runs of a line into m->next, or only note what they show in *seen.  Returns
 * how many there are. */
static uint64_t
repair_runs(struct repairer *m, struct span line, struct evidence *seen, bool write)
{
	uint64_t n = 0;
	size_t at = 0, kept = 0;
	struct suspect r;

	while (next_run(line, &at, &r)) {
		for (enum reading as = 0; as < READINGS; as++) {
			struct run_tally t;

			if (r.chars.n < 4 || !begins_as_utf8(r.chars, as) ||
			    !map_to_bytes(r.chars, as, &m->bytes))
				continue;
			r.bytes = buf_span(&m->bytes);
			if (!is_mojibake(m, &r, as, write ? seen : NULL, &t))
				continue;
			n++;
			seen->latin |= t.latin > 0;
			seen->marks |= t.marks > 0;
			seen->scripts |= t.scripts;
			if (write) {
				buf_put(&m->next, line.p + kept,
				    (size_t)(r.chars.p - line.p) - kept);
				buf_put(&m->next, r.bytes.p, r.bytes.n);
				kept = at;
			}
			break;
		}
	}
	if (write)
		buf_put(&m->next, line.p + kept, line.n - kept);
	return n;
}

/* Append a line to m->out, repaired. */
static void
repair_line(struct repairer *m, struct span line)
{
	m->line.n = 0;
	buf_put(&m->line, line.p, line.n);
	for (int round = 0; round < ROUNDS; round++) {
		struct evidence seen = { 0 };
		struct buf last;

		if (repair_runs(m, buf_span(&m->line), &seen, false) == 0)
			break;
		m->next.n = 0;
		m->runs += repair_runs(m, buf_span(&m->line), &seen, true);
		last = m->line;
		m->line = m->next;
		m->next = last;
	}
	buf_put(m->out, m->line.p, m->line.n);
}

/*
 * Whether mojibake may begin at p, which is followed by three bytes.  In the west this is
 * U+00C2 to U+00F4 and a character that one of the bytes from 0x80 to 0xBF reads as, the
 * first byte of which is one of five.  In Cyrillic it is one of two capitals without a
 * letter of Russian after it, or what the first two bytes of a quotation mark read as.
 */
static bool
may_begin(const unsigned char *p)
{
	const unsigned char next = p[2];

	if (p[0] == 0xC3)
		return next == 0xC2 || next == 0xE2 || next == 0xC5 || next == 0xC6 ||
		       next == 0xCB;
	if (p[0] != 0xD0)
		return false;
	if (p[1] == 0xB2)
		return next == 0xD0 && p[3] == 0x82;
	return (p[1] & 0xFE) == 0xA0 && next >= 0xC2 && !(next == 0xD0 && p[3] >= 0x90) &&
	       !(next == 0xD1 && p[3] < 0x90);
}

typedef uint8_t bytes32 __attribute__((vector_size(32)));

enum { BLOCK = 64, MORE = 3 };

#define INLINE static inline __attribute__((always_inline))

/* Set bits of *found where may_begin() holds for one of 32 bytes, or nearly so.  It
 * returns no vector, as those of AVX2 are returned in another way. */
INLINE void
may_begin32(const unsigned char *p, bytes32 *found)
{
	bytes32 b0, b1, b2, b3, west, east, letter;

	memcpy(&b0, p, sizeof b0);
	memcpy(&b1, p + 1, sizeof b1);
	memcpy(&b2, p + 2, sizeof b2);
	memcpy(&b3, p + 3, sizeof b3);
	/* Among the bytes from 0xC2, only those of the west and of letters are frequent.
	 */
	west = (bytes32)(b0 == 0xC3) & b2 & (bytes32)(b2 != 0xC3) &
	       (bytes32)(b2 != 0xE1) & 0x80;
	letter = (bytes32)((b2 & 0xFE) == 0xD0) &
		 ((bytes32)(b2 == 0xD0) ^ (bytes32)(b3 < 0x90));
	east = (bytes32)((b1 & 0xFE) == 0xA0) & b2 & 0x80 & ~letter;
	east |= (bytes32)(b1 == 0xB2) & (bytes32)(b2 == 0xD0) & (bytes32)(b3 == 0x82);
	*found |= west | ((bytes32)(b0 == 0xD0) & east);
}

/* The offset from `at` on of a block of 64 bytes in which mojibake may begin, or of what
 * is left of s. */
static size_t
next_block_portable(struct span s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (; s.n - at >= BLOCK + MORE; at += BLOCK) {
		bytes32 v = { 0 };
		uint64_t w[4];

		may_begin32(p + at, &v);
		may_begin32(p + at + BLOCK / 2, &v);
		memcpy(w, &v, sizeof w);
		if (w[0] | w[1] | w[2] | w[3])
			break;
	}
	return at;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t
next_block_avx2(struct span s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (; s.n - at >= BLOCK + MORE; at += BLOCK) {
		const __m256i west = _mm256_set1_epi8((char)0xC3);
		const __m256i east = _mm256_set1_epi8((char)0xD0);
		bytes32 v = { 0 };
		__m256i low, high;

		memcpy(&low, p + at, sizeof low);
		memcpy(&high, p + at + BLOCK / 2, sizeof high);
		if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0)
			continue;
		low = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(low, west),
					  _mm256_cmpeq_epi8(low, east)),
		    _mm256_or_si256(
			_mm256_cmpeq_epi8(high, west), _mm256_cmpeq_epi8(high, east)));
		if (_mm256_testz_si256(low, low))
			continue;
		may_begin32(p + at, &v);
		may_begin32(p + at + BLOCK / 2, &v);
		if (!_mm256_testz_si256((__m256i)v, (__m256i)v))
			break;
	}
	return at;
}
#else
#define next_block_avx2 next_block_portable
#endif

static bool
has_avx2(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

/* The offset of the first place from `at` on where mojibake may begin, or s.n. */
static size_t
next_place(struct span s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p;
	const bool avx2 = has_avx2();

	while (s.n - at > MORE) {
		size_t end;

		at = avx2 ? next_block_avx2(s, at) : next_block_portable(s, at);
		end = s.n - at < BLOCK + MORE ? s.n - MORE : at + BLOCK;
		for (; at < end; at++)
			if (may_begin(p + at))
				return at;
	}
	return s.n;
}

uint64_t
mojibake_repair(struct span s, struct buf *out)
{
	struct repairer m = { .out = out };
	size_t searched = 0, done = 0, at = next_place(s, 0);

	if (at == s.n)
		return 0;
	while (at < s.n) {
		const char *nl = memchr(s.p + at, '\n', s.n - at);
		const size_t end = nl ? (size_t)(nl - s.p) : s.n;
		struct evidence seen = { 0 };
		struct span line;
		size_t from = at;

		while (from > searched && s.p[from - 1] != '\n')
			from--;
		line = (struct span){ s.p + from, end - from };
		if (repair_runs(&m, line, &seen, false) > 0) {
			buf_put(out, s.p + done, from - done);
			repair_line(&m, line);
			done = end;
		}
		searched = end;
		at = next_place(s, end);
	}
	if (m.runs > 0)
		buf_put(out, s.p + done, s.n - done);
	buf_free(&m.bytes);
	buf_free(&m.again);
	buf_free(&m.line);
	buf_free(&m.next);
	return m.runs;
}
