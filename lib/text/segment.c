/* segment.c - split UTF-8 text into words by UAX #29, in tables and AVX2. */
#include "lib/text/segment.h"
#include "lib/text/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { PAD = 64 };

int
words_open(struct words *w, struct err *err)
{
	*w = (struct words){ .classes = unicode_classes() };
	w->breaker = word_breaker_open(err);
	if (!w->breaker)
		return -1;
	w->ends = xmalloc(sizeof *w->ends * 2 * WORD_RUN_MAX);
	return 0;
}

void
words_close(struct words *w)
{
	word_breaker_close(w->breaker);
	free(w->ends);
	free(w->bytes);
	free(w->at);
}

const char *
segment_name(void)
{
	static char name[64];

	if (!name[0])
		snprintf(name, sizeof name, "uax29-1/icu-%s", unicode_version());
	return name;
}

static void
reserve_words(struct words *w, size_t extra)
{
	if (w->cap - w->n > extra)
		return;
	w->cap = xadd(w->cap + w->cap / 2, extra + 1);
	w->at = xrealloc(w->at, w->cap, sizeof *w->at);
}

/* The properties of the characters of a word so far. */
struct token {
	uint32_t any, all; /* OR and AND of their bits */
	size_t chars;
};

static inline void
add_char(struct token *t, uint32_t bits)
{
	t->any |= bits;
	t->all &= bits;
	t->chars++;
}

/* Append the word s[from, to).  Most are short: one 16-byte copy is faster. */
static inline void
put_word(struct words *w, struct span s, size_t from, size_t to, const struct token *t)
{
	char *out = w->bytes + w->nbytes;

	if (to - from <= 16 && s.n - from >= 16)
		memcpy(out, s.p + from, 16);
	else
		memcpy(out, s.p + from, to - from);
	reserve_words(w, 1);
	w->nbytes += to - from;
	w->at[++w->n] = (uint32_t)w->nbytes;
	w->letters += (t->any & CHAR_ALPHA) != 0;
	w->chars += t->chars;
	if (t->all & CHAR_SYMBOL) {
		w->symbols++;
		w->symbol_chars += t->chars;
	}
}

static bool
is_letter(enum word_class c)
{
	return c == WORD_LETTER || c == WORD_HEBREW;
}

static bool
is_mark(enum word_class c)
{
	return c == WORD_EXTEND || c == WORD_ZWJ;
}

/* Rules WB5, WB7a to WB10 and WB13a to WB13b. */
static bool
joins(enum word_class a, enum word_class b)
{
	bool word_a = is_letter(a) || a == WORD_NUMERIC;
	bool word_b = is_letter(b) || b == WORD_NUMERIC;

	if (word_b || b == WORD_EXTEND_NUM_LET)
		return word_a || a == WORD_EXTEND_NUM_LET;
	return (a == WORD_HANGUL && b == WORD_HANGUL) ||
	       (a == WORD_HEBREW && b == WORD_SINGLE_QUOTE);
}

/* Rules WB6, WB7, WB7b, WB7c, WB11 and WB12: whether the sign joins a and b. */
static bool
bridges(enum word_class a, enum word_class sign, enum word_class b)
{
	bool both = sign == WORD_MID_NUM_LET || sign == WORD_SINGLE_QUOTE;

	if (is_letter(a) && is_letter(b))
		return both || sign == WORD_MID_LETTER ||
		       (sign == WORD_DOUBLE_QUOTE && a == WORD_HEBREW &&
			   b == WORD_HEBREW);
	return a == WORD_NUMERIC && b == WORD_NUMERIC && (both || sign == WORD_MID_NUM);
}

static bool
is_sign(enum word_class c)
{
	return c == WORD_OTHER || (c >= WORD_MID_LETTER && c <= WORD_DOUBLE_QUOTE);
}

struct word_scan {
	const uint32_t *classes;
	struct span s;
	size_t at; /* end of the word so far */
	struct token token;
	bool zwj; /* its last character is a ZWJ */
};

/* The letters that follow a letter (WB5): by far the most common case. */
static void
take_letters(struct word_scan *k)
{
	struct token t = k->token;
	size_t at = k->at, next = at;

	while (next < k->s.n) {
		uint32_t bits = k->classes[utf8_next(k->s, &next)];

		if (word_class(bits) != WORD_LETTER)
			break;
		add_char(&t, bits);
		at = next;
	}
	k->token = t;
	k->at = at;
}

/* Rule WB4: marks belong to the character before them. */
static void
take_marks(struct word_scan *k)
{
	while (k->at < k->s.n) {
		size_t next = k->at;
		uint32_t bits = k->classes[utf8_next(k->s, &next)];

		if (!is_mark(word_class(bits)))
			return;
		add_char(&k->token, bits);
		k->zwj = word_class(bits) == WORD_ZWJ;
		k->at = next;
	}
}

/* The class of the first character from `at` on that is not a mark. */
static enum word_class
class_after_marks(const struct word_scan *k, size_t at)
{
	while (at < k->s.n) {
		enum word_class c = word_class(k->classes[utf8_next(k->s, &at)]);

		if (!is_mark(c))
			return c;
	}
	return WORD_SPACE;
}

/*
 * One word of a script with spaces, from k->at, by the rules of UAX #29.  A rule that
 * looks two characters ahead accepts the first one only after checking the second.
 */
static void
take_word(struct word_scan *k)
{
	uint32_t first = utf8_next(k->s, &k->at), bits = k->classes[first];
	enum word_class c = word_class(bits);
	bool bridge = false, flag = false;
	bool same = is_sign(c); /* so far the word repeats one sign */

	add_char(&k->token, bits);
	k->zwj = c == WORD_ZWJ;
	for (;;) {
		size_t next;
		uint32_t code;
		enum word_class b;

		if (c == WORD_LETTER && !bridge)
			take_letters(k);
		next = k->at;
		take_marks(k);
		if (k->at != next) {
			same = false;
			if (c == WORD_HANGUL) /* as in ICU, marks end the word */
				c = WORD_OTHER;
		}
		if (k->at == k->s.n)
			return;
		next = k->at;
		code = utf8_next(k->s, &next);
		bits = k->classes[code];
		b = word_class(bits);
		if (!(same && code == first)) {
			same = false;
			if (bridge) {
				bridge = false;
			} else if (is_sign(b) &&
				   bridges(c, b, class_after_marks(k, next))) {
				bridge = true;
				b = c;
			} else if (c == WORD_REGIONAL && b == WORD_REGIONAL && !flag) {
				flag = true; /* WB15, WB16: two make one */
			} else if (!joins(c, b) &&
				   !(k->zwj && (bits & CHAR_PICTOGRAPH))) {
				return;
			}
		}
		add_char(&k->token, bits);
		k->zwj = false;
		k->at = next;
		c = b;
	}
}

/* The words of a run of letters of scripts without spaces, from i.  Returns its end. */
static size_t
take_run(struct words *w, struct span s, size_t i)
{
	size_t end = i, n, from = i;

	for (size_t k = 0; end < s.n && k < WORD_RUN_MAX; k++) {
		size_t next = end;
		enum word_class c = word_class(w->classes[utf8_next(s, &next)]);

		if (c != WORD_DICTIONARY && !is_mark(c))
			break;
		end = next;
	}
	n = word_breaker_ends(w->breaker, (struct span){ s.p + i, end - i }, w->ends);
	for (size_t k = 0; k < n; k++) {
		struct token t = { .all = UINT32_MAX };
		size_t to = i + w->ends[k], at = from;

		while (at < to)
			add_char(&t, w->classes[utf8_next(s, &at)]);
		put_word(w, s, from, to, &t);
		from = to;
	}
	return end;
}

/*
 * The end of the word at i if it consists of letters and white space follows, as is most
 * common; 0 if it needs the full rules.
 */
static inline size_t
plain_word(const uint32_t *classes, struct span s, size_t i, struct token *t)
{
	while (i < s.n) {
		size_t at = i;
		uint32_t bits = classes[utf8_next(s, &i)];

		if (word_class(bits) == WORD_SPACE)
			return at;
		if (word_class(bits) != WORD_LETTER)
			return 0;
		add_char(t, bits);
	}
	return i;
}

/* All words from i to the first ASCII character that follows white space. */
static size_t
plain_words(struct words *w, struct span s, size_t i)
{
	bool space = false;

	while (i < s.n) {
		struct token t = { .all = UINT32_MAX };
		size_t end = i;
		enum word_class c;

		if (space && (signed char)s.p[i] > ' ')
			return i;
		c = word_class(w->classes[utf8_next(s, &end)]);
		space = c == WORD_SPACE;
		if (space) {
			i = end;
			continue;
		}
		if (c == WORD_DICTIONARY) {
			i = take_run(w, s, i);
			continue;
		}
		if (c != WORD_LETTER || !(end = plain_word(w->classes, s, i, &t))) {
			struct word_scan k = { .classes = w->classes, .s = s, .at = i };

			k.token.all = UINT32_MAX;
			take_word(&k);
			t = k.token;
			end = k.at;
		}
		put_word(w, s, i, end, &t);
		i = end;
	}
	return i;
}

#if defined(__x86_64__)
/* A bit for each byte of a block of 64. */
struct masks {
	uint64_t wide;		       /* not ASCII */
	uint64_t space, alpha, join;   /* join: letters and '@' */
	uint64_t digit, under;	       /* '0'..'9', '_' */
	uint64_t in_words, in_numbers; /* signs that can join them */
	uint64_t same;		       /* equal to the byte before it; 0 for the first */
};

/*
 * Classes of an ASCII byte b: low[b & 15] & high[b >> 4], as Keiser and Lemire (2021)
 * classify UTF-8.
 */
enum { AO = 1, PZ = 2, DIGIT = 4, UNDER = 8, BLANK = 16, TAB = 32, FS = 64, AT = 128 };

__attribute__((target("avx2,bmi,popcnt"))) static inline __m256i
classes_of(__m256i v)
{
	const __m256i low = _mm256_broadcastsi128_si256(_mm_setr_epi8(
	    (char)(PZ | DIGIT | BLANK | AT), AO | PZ | DIGIT, AO | PZ | DIGIT,
	    AO | PZ | DIGIT, AO | PZ | DIGIT, AO | PZ | DIGIT, AO | PZ | DIGIT,
	    AO | PZ | DIGIT, AO | PZ | DIGIT, AO | PZ | DIGIT | TAB, AO | PZ | TAB,
	    AO | TAB, AO | TAB | FS, AO | TAB | FS, AO | FS, AO | UNDER | FS));
	const __m256i high = _mm256_broadcastsi128_si256(_mm_setr_epi8(TAB, FS, BLANK,
	    DIGIT, (char)(AO | AT), PZ | UNDER, AO, PZ, 0, 0, 0, 0, 0, 0, 0, 0));
	const __m256i half = _mm256_set1_epi8(15);

	return _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(v, half)),
	    _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), half)));
}

__attribute__((target("avx2,bmi,popcnt"))) static inline uint64_t
bits_of(__m256i bytes)
{
	return (uint32_t)_mm256_movemask_epi8(bytes);
}

/* Bytes whose class in v has one of `bits`. */
__attribute__((target("avx2,bmi,popcnt"))) static inline uint64_t
having(__m256i v, int bits)
{
	return (uint32_t)~bits_of(_mm256_cmpeq_epi8(
	    _mm256_and_si256(v, _mm256_set1_epi8((char)bits)), _mm256_setzero_si256()));
}

__attribute__((target("avx2,bmi,popcnt"))) static inline __m256i
equal(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

__attribute__((target("avx2,bmi,popcnt"))) static inline void
add_masks(struct masks *m, const char *p, int shift)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i before = _mm256_loadu_si256((const __m256i *)(const void *)(p - 1));
	__m256i c = classes_of(v);
	__m256i both = _mm256_or_si256(equal(v, '.'), equal(v, '\''));
	__m256i number = _mm256_or_si256(equal(v, ','), equal(v, ';'));

	m->wide |= bits_of(v) << shift;
	m->space |= having(c, BLANK | TAB | FS) << shift;
	m->alpha |= having(c, AO | PZ) << shift;
	m->join |= having(c, AO | PZ | AT) << shift;
	m->digit |= having(c, DIGIT) << shift;
	m->under |= having(c, UNDER) << shift;
	m->in_words |= bits_of(both) << shift;
	m->in_numbers |= bits_of(_mm256_or_si256(both, number)) << shift;
	m->same |= bits_of(_mm256_cmpeq_epi8(v, before)) << shift;
}

/* Word boundaries in a block, as bits. */
struct cuts {
	uint64_t start, end; /* first bytes of words, bytes after words */
	uint64_t word;	     /* bytes of words of letters, digits and '_' */
};

static inline struct cuts
cut_block(const struct masks *m, size_t limit)
{
	uint64_t below = limit < 64 ? ((uint64_t)1 << limit) - 1 : UINT64_MAX;
	uint64_t word = m->join | m->digit | m->under, sign, all;
	struct cuts c;

	word |= m->join << 1 & m->in_words & m->join >> 1;
	word |= m->digit << 1 & m->in_numbers & m->digit >> 1;
	word &= below;
	sign = ~word & ~m->space & below;
	all = word | sign;
	c.word = word;
	c.start = (word & ~(word << 1)) | (sign & ~(sign << 1 & m->same));
	c.end = all << 1 & (~all | c.start);
	/*
	 * A word that reaches the end of the block, or a character that is not ASCII, may
	 * continue there.  So may one that ends a byte earlier, unless white space
	 * follows.
	 */
	c.end &= below >> 1 | (below & m->space);
	return c;
}

/*
 * The number of runs of ones in `runs` that contain a bit of `some`, a subset of them.
 * Adding a bit to its run carries into the zero after the run.
 */
__attribute__((target("popcnt"))) static inline size_t
runs_with(uint64_t runs, uint64_t some)
{
	return (size_t)__builtin_popcountll((runs + some) & ~runs);
}

/* Count the letters and symbols of the complete words of a block: those in `done`. */
__attribute__((target("popcnt"))) static inline void
count_block(struct words *w, const struct masks *m, struct cuts c, uint64_t done,
    size_t n, size_t nbytes)
{
	uint64_t word = c.word & done, alnum = (m->alpha | m->digit) & word;
	size_t real = runs_with(word, alnum);
	uint64_t bytes = (uint64_t)__builtin_popcountll(word);

	w->letters += runs_with(word, m->alpha & word);
	w->symbols += n - real;
	w->chars += nbytes;
	w->symbol_chars += nbytes - bytes;
	/* Words of nothing but '_' and '@' are rare. */
	for (uint64_t left = word & ~(word << 1); left && runs_with(word, word) != real;
	     left &= left - 1) {
		uint64_t run = word & ~(word + (left & -left));

		if (!(run & alnum))
			w->symbol_chars += (uint64_t)__builtin_popcountll(run);
	}
}

/* Append the complete words of c.  Returns where the first other one starts, or 64. */
__attribute__((target("avx2,bmi,popcnt"))) static inline size_t
put_block(struct words *w, const char *p, const struct masks *m, struct cuts c)
{
	uint32_t *at = w->at + w->n + 1, nbytes = (uint32_t)w->nbytes;
	uint64_t start = c.start, end = c.end;
	size_t next, n;

	while (end) {
		size_t from = (size_t)__builtin_ctzll(start);
		size_t len = (size_t)__builtin_ctzll(end) - from;
		char *out = w->bytes + nbytes;

		_mm_storeu_si128((__m128i *)(void *)out,
		    _mm_loadu_si128((const __m128i *)(const void *)(p + from)));
		if (len > 16)
			memcpy(out + 16, p + from + 16, len - 16);
		nbytes += (uint32_t)len;
		*at++ = nbytes;
		start &= start - 1;
		end &= end - 1;
	}
	next = start ? (size_t)__builtin_ctzll(start) : 64;
	n = (size_t)(at - w->at) - 1 - w->n;
	count_block(w, m, c, next < 64 ? ((uint64_t)1 << next) - 1 : UINT64_MAX, n,
	    nbytes - w->nbytes);
	w->n += n;
	w->nbytes = nbytes;
	return next;
}

/* Words from i on while the text is ASCII.  Returns where that, or the last whole block,
 * ends. */
__attribute__((target("avx2,bmi,popcnt"))) static size_t
ascii_words(struct words *w, struct span s, size_t i)
{
	while (s.n - i >= 64 + 16) {
		struct masks m = { 0 };
		size_t limit, next;

		if (i == 0 || (signed char)s.p[i] < 0)
			return i;
		add_masks(&m, s.p + i, 0);
		add_masks(&m, s.p + i + 32, 32);
		m.same &= ~(uint64_t)1;
		limit = m.wide ? (size_t)__builtin_ctzll(m.wide) : 64;
		reserve_words(w, 64);
		next = put_block(w, s.p + i, &m, cut_block(&m, limit));
		if (next > limit)
			next = limit;
		if (next == 0)
			return i;
		i += next;
	}
	return i;
}
#endif

void
words_split(struct words *w, struct span s)
{
	size_t i = 0;

	if (s.n > SEGMENT_MAX)
		BUG("text is longer than SEGMENT_MAX");
	w->n = w->nbytes = 0;
	w->letters = w->symbols = w->chars = w->symbol_chars = 0;
	if (s.n + PAD > w->cap_bytes) {
		free(w->bytes);
		w->cap_bytes = s.n + s.n / 2 + PAD;
		w->bytes = xmalloc(w->cap_bytes);
	}
	reserve_words(w, 64);
	w->at[0] = 0;
#if defined(__x86_64__)
	if (!w->portable && __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
		while (i < s.n)
			i = plain_words(w, s, ascii_words(w, s, i));
	}
#endif
	while (i < s.n)
		i = plain_words(w, s, i);
	memset(w->bytes + w->nbytes, 0, PAD);
}
